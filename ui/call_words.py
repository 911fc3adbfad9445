"""How escalations read: levels, roles, states and what happened. Pure functions, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from ui.formats import duration_text, moment_text, person_name, time_text
from ui.level_words import LEVEL_WORDS, ROLE_WORDS, STATE_WORDS
from ward_app.escalations.rules import is_late, open_for, time_left
from ward_app.escalations.types import (
    Answered,
    DeclineReason,
    Escalation,
    Event,
    EventKind,
    Level,
    OpenEscalation,
    Outcome,
    SepsisAnswer,
    State,
    WardAlerts,
)

SEPSIS_QUESTION = "Could this be sepsis?"
SEPSIS_SOURCE = (
    "A prompt, not a diagnosis: NEWS2 of 5 or more. (Royal College of Physicians, NEWS2, 2017)"
)
ANSWER_WORDS = {
    EventKind.INFORMED: "A registered nurse was informed",
    EventKind.NOTIFIED: "Somebody was told",
    EventKind.ACKNOWLEDGED: "Acknowledged",
    EventKind.ARRIVED: "Arrived at the bedside",
    EventKind.PLANNED: "Plan made",
    EventKind.OUTCOME: "Outcome, ends it",
    EventKind.NOT_ESCALATED: "Nobody is called, ends it",
    EventKind.SEPSIS_ANSWERED: "Sepsis thought of",
}
OUTCOME_WORDS = {
    Outcome.STABLE_ON_WARD: "Stable, stays on the ward",
    Outcome.TREATMENT_STARTED: "Treatment started or changed",
    Outcome.HIGHER_CARE: "Moved to higher care",
    Outcome.TREATMENT_LIMITS: "Treatment limits agreed",
    Outcome.DIED: "Died",
    Outcome.OTHER: "Other (say it)",
}
DECLINE_WORDS = {
    DeclineReason.PLAN_IN_PLACE: "A plan for this is in place",
    DeclineReason.USUAL_FOR_PATIENT: "Usual for this patient, as documented",
    DeclineReason.TREATMENT_LIMITS: "Outside the agreed limits of treatment",
    DeclineReason.END_OF_LIFE: "End of life care",
    DeclineReason.DOUBTFUL_VALUE: "Value doubtful, measured again now",
    DeclineReason.OTHER: "Other (say it)",
}
SEPSIS_WORDS = {
    SepsisAnswer.SUSPECTED: "Suspected",
    SepsisAnswer.NOT_SUSPECTED: "Not suspected",
    SepsisAnswer.UNSURE: "Unsure (say why)",
}
_HAPPENED = {
    EventKind.INFORMED: "Informed",
    EventKind.NOTIFIED: "Told",
    EventKind.RE_NOTIFIED: "Called again",
    EventKind.CASCADED: "Called next",
    EventKind.ACKNOWLEDGED: "Acknowledged",
    EventKind.ARRIVED: "Arrived",
    EventKind.SEPSIS_ANSWERED: "Sepsis",
    EventKind.PLANNED: "Plan",
    EventKind.SILENCED: "Sound silenced",
    EventKind.CONCERN: "Concern",
    EventKind.RAISED: "Raised to",
    EventKind.LOWERED: "Lowered to",
    EventKind.OUTCOME: "Outcome",
    EventKind.NOT_ESCALATED: "Nobody called",
    EventKind.CLOSED: "Ended",
}
_CODE_WORDS: dict[str, str] = {
    **{each.value: words for each, words in OUTCOME_WORDS.items()},
    **{each.value: words for each, words in DECLINE_WORDS.items()},
    **{each.value: words for each, words in SEPSIS_WORDS.items()},
    "corrected": "the observations were corrected",
}


def item_name(item: OpenEscalation) -> str:
    """Return "SURNAME, Given (Title)"."""
    return person_name(item.family_name, item.given_name, item.title)


def place_text(item: OpenEscalation) -> str:
    """Return "Bed 12", or "No bed"."""
    return f"Bed {item.bed_label}" if item.bed_label else "No bed"


def level_text(level: Level, points: int | None) -> str:
    """Return "High, NEWS2 8", or "Concern"."""
    words = LEVEL_WORDS[level]
    return words if points is None else f"{words}, score {points}"


def open_text(item: OpenEscalation, now: datetime) -> str:
    """Return how long it is open: "12 min"."""
    return duration_text(max(timedelta(), open_for(item, now)))


def state_text(item: OpenEscalation, zone: tzinfo) -> str:
    """Return "Not answered", or "Acknowledged 14:05, Dr Mensah"."""
    parts = [STATE_WORDS[item.state]]
    if item.answered_at is not None:
        parts = [f"{parts[0]} {time_text(item.answered_at, zone)}"]
    if item.answered_by:
        parts.append(item.answered_by)
    return ", ".join(parts)


def next_text(item: OpenEscalation, now: datetime, zone: tzinfo) -> str:
    """Return what is owed next and by when; what must be done before is said first."""
    left = time_left(item, now)
    if left is None or item.respond_by is None:
        return "Plan and outcome" if item.state is State.ARRIVED else "Outcome"
    what = "acknowledge" if item.state is State.UNANSWERED else "arrive"
    at = time_text(item.respond_by, zone)
    if is_late(item, now):
        return f"Late {duration_text(left)}: {what} by {at}"
    return f"{what.capitalize()} by {at}, in {duration_text(left)}"


def owed_text(item: OpenEscalation) -> str:
    """Return what else waits for an answer: a nurse to be informed, the sepsis question."""
    parts = []
    if item.needs_nurse:
        parts.append("Inform a registered nurse")
    if item.asks_sepsis:
        parts.append(SEPSIS_QUESTION)
    return " · ".join(parts)


def line_text(item: OpenEscalation, now: datetime, zone: tzinfo) -> str:
    """Return one line about an escalation for the chart and the details of a bed."""
    opened = moment_text(item.opened_at, zone, now)
    parts = (
        f"Escalated {opened} to the {ROLE_WORDS[item.role]}",
        state_text(item, zone),
        next_text(item, now, zone),
        owed_text(item),
    )
    return " · ".join(part for part in parts if part)


def opened_text(item: OpenEscalation, zone: tzinfo) -> str:
    """Return what is said after saving a set that called somebody."""
    if item.state is not State.UNANSWERED or item.respond_by is None:
        return f"The escalation is open: {STATE_WORDS[item.state].lower()}."
    by = time_text(item.respond_by, zone)
    return f"Escalation to the {ROLE_WORDS[item.role]} is open; acknowledge by {by}."


def answered_text(kind: EventKind, answered: Answered, zone: tzinfo) -> str:
    """Return what came of an answer; of two alike it says whose counted."""
    if answered.counted:
        return f"Recorded: {ANSWER_WORDS[kind].lower()}."
    at = time_text(answered.at, zone)
    return f"{answered.by_name} recorded this already at {at}; that one counts."


def alerts_text(alerts: tuple[WardAlerts, ...]) -> str:
    """Return "2 alerts on Ward 7 East": all that a locked screen may say; empty for none."""
    return " · ".join(
        f"{one.unanswered} {'alert' if one.unanswered == 1 else 'alerts'} on {one.ward_name}"
        for one in alerts
    )


def unscored_text(unscored: Sequence[tuple[str, str | None]]) -> str:
    """Return for whom no score can call, by ward: "▲ No score calls for: Ward 7 East, bed 16"."""
    wards: dict[str, list[str]] = {}
    for ward, bed in unscored:
        wards.setdefault(ward, []).append(bed or "no bed")
    if not wards:
        return ""
    places = "; ".join(
        f"{ward}, {'bed' if len(beds) == 1 else 'beds'} {', '.join(beds)}"
        for ward, beds in wards.items()
    )
    return f"▲ No score calls for: {places}. Who is worried calls (W on the board)."


def head_text(escalation: Escalation, zone: tzinfo, now: datetime) -> str:
    """Return the first line of one escalation's history."""
    opened = moment_text(escalation.opened_at, zone, now)
    who = f", by {escalation.recorded_by}" if escalation.recorded_by else ""
    said = f": “{escalation.words}”" if escalation.words else ""
    return f"{opened}  {level_text(escalation.level, escalation.points)}{who}{said}"


def event_text(event: Event, zone: tzinfo, now: datetime) -> str:
    """Return one line of the history: when, what, who, in whose words, entered by whom."""
    what = [_HAPPENED[event.kind]]
    if event.level is not None:
        what.append(level_text(event.level, event.points).lower())
    who = ", ".join(part for part in (event.role and ROLE_WORDS[event.role], event.person) if part)
    said = [
        part for part in (who, _CODE_WORDS.get(event.code or "", ""), event.words or "") if part
    ]
    by = f" (by {event.recorded_by})" if event.recorded_by else ""
    tail = f": {'; '.join(said)}" if said else ""
    return f"{moment_text(event.occurred_at, zone, now)}  {' '.join(what)}{tail}{by}"
