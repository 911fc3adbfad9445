"""How the schedule reads: why a set is due, how often, what a patient's line says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from ui.due_words import DEFERRAL_WORDS, every_text, leave_text
from ui.formats import due_text, moment_text, person_name
from ui.score_words import with_name
from ui.theme import risk_glyph, risk_token
from ui.widgets.rows_table import RowColumn
from ward_app.schedule.rules import asks_review, is_on_leave, is_overdue
from ward_app.schedule.types import DeferralReason, DueItem, DueReason

TOPIC = "schedule"
NOBODY = "Nobody is on this ward."


def patient_text(item: DueItem) -> str:
    """Return "SURNAME, Given (Title)"."""
    return person_name(item.family_name, item.given_name, item.title)


def why_text(item: DueItem, zone: tzinfo, now: datetime) -> str:
    """Return why the set is due when it is: "Hourly by plan until 14:00 (Dr X)"."""
    reason = DueReason(item.due_reason)
    if reason is DueReason.PLAN and item.plan_minutes is not None:
        until = f" until {moment_text(item.plan_until, zone, now)}" if item.plan_until else ""
        return f"{every_text(item.plan_minutes)} by plan{until} ({item.plan_by})"
    if reason is DueReason.PAUSED:
        return leave_text(item.back_by, now, zone)
    if reason is DueReason.SCORE:
        by = "by the score" if item.score_pack else "without a score"
        return f"{every_text(item.asked_minutes)} {by}"
    if reason is DueReason.REFUSED:
        return f"Refused before ({item.deferred_by or 'imported'})"
    if reason is DueReason.DEFERRED:
        words = DEFERRAL_WORDS[DeferralReason(item.deferral_reason or "other")].lower()
        return f"Put off: {words} ({item.deferred_by or 'imported'})"
    return "First set after arrival" if reason is DueReason.ARRIVAL else "First set after return"


def note_text(item: DueItem, zone: tzinfo, now: datetime) -> str:
    """Return what else needs thought: a plan to be reviewed, a return not recorded."""
    return " · ".join(_notes(item, zone, now))


def _notes(item: DueItem, zone: tzinfo, now: datetime) -> Iterator[str]:
    if asks_review(item, now):
        yield f"▲ Plan review was due {moment_text(item.plan_review_at, zone, now)}"
    if is_on_leave(item) and item.due_at is not None:
        yield "Return not recorded: press L"


def summary_text(items: tuple[DueItem, ...], now: datetime) -> str:
    """Return the sentence above the list."""
    overdue = sum(is_overdue(item, now) for item in items)
    away = sum(item.due_at is None for item in items)
    patients = "1 patient" if len(items) == 1 else f"{len(items)} patients"
    text = f"{patients}, {overdue} overdue"
    return f"{text}, {away} on leave." if away else f"{text}."


def score_text(item: DueItem) -> str:
    """Return the latest score: "▲ 5", "● MEWC 0", "● ≥3", "none yet", "not scored"."""
    if item.score_at_least is None:
        return "none yet" if item.observed_at is None else "not scored"
    whole = item.score_total is not None
    number = str(item.score_total) if whole else f"≥{item.score_at_least}"
    glyph = risk_glyph(item.score_at_least, item.risk)
    return f"{glyph} {with_name(number, item.score_pack)}"


def score_colour(item: DueItem) -> str | None:
    """Return the colour of the latest score's risk; None where there is none to show."""
    return risk_token(item.score_at_least, item.risk) if item.score_at_least else None


def due_columns(zone: tzinfo, now: datetime) -> tuple[RowColumn[DueItem], ...]:
    """Return the columns of the worklist as of `now`."""

    def due(item: DueItem) -> str:
        if item.due_at is None:
            return "paused"
        text = due_text(item.due_at, now)
        return f"▲ {text}" if is_overdue(item, now) else text

    return (
        RowColumn("Due", 152, due, colour=lambda i: "risk_high" if is_overdue(i, now) else None),
        RowColumn("At", 112, lambda i: moment_text(i.due_at, zone, now) if i.due_at else ""),
        RowColumn("Bed", 56, lambda i: i.bed_label or "No bed"),
        RowColumn("Patient", 220, patient_text),
        RowColumn("Score", 92, score_text, colour=score_colour),
        RowColumn("Why", 284, lambda i: why_text(i, zone, now)),
        RowColumn(
            "Last set", 104,
            lambda i: moment_text(i.observed_at, zone, now) if i.observed_at else "none yet",
        ),
        RowColumn("Note", 156, lambda i: note_text(i, zone, now), colour=lambda _i: "caution"),
        RowColumn("Ward", 100, lambda i: i.ward_name),
    )  # fmt: skip
