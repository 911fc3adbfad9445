"""How the timeliness report reads: periods, outcomes, the sentence on top, the columns."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from ui.formats import date_time_text, duration_text, moment_text, person_name
from ui.widgets.rows_table import RowColumn
from ward_app.timeliness.rules import Period, deferral_counts
from ward_app.timeliness.types import Due, Grouping, Line, Outcome, Work

PERIOD_WORDS = {
    Period.TODAY: "Today",
    Period.YESTERDAY: "Yesterday",
    Period.SEVEN_DAYS: "7 days",
    Period.FOUR_WEEKS: "28 days",
}

GROUPING_WORDS = {
    Grouping.WARD: "Ward",
    Grouping.SHIFT: "Shift",
    Grouping.HOUR: "Hour",
    Grouping.CAUSE: "Because of",
}

WORK_WORDS = {
    Work.OBSERVATIONS: "Observations",
    Work.ESCALATION: "Escalations",
    Work.ROUNDS: "Rounds",
    Work.ASSESSMENTS: "Assessments",
}

OUTCOME_WORDS = {
    Outcome.ON_TIME: "On time",
    Outcome.LATE: "Late",
    Outcome.MISSED: "Missed",
    Outcome.DEFERRED: "Deferred",
    Outcome.LET_SLEEP: "Let sleep",
    Outcome.PAUSED: "Paused",
    Outcome.OPEN: "Open",
}

OUTCOME_GLYPHS = {
    Outcome.ON_TIME: "✓",
    Outcome.LATE: "▲",
    Outcome.MISSED: "◆",
    Outcome.LET_SLEEP: "☾",
}

NOTHING_DUE = "Nothing was due in this time."


def patient_text(due: Due) -> str:
    """Return "OKAFOR, Ada (Ms)"."""
    if due.admission_id is None:
        return "The ward"
    if due.family_name is None:
        return "No longer on your wards"
    return person_name(due.family_name, due.given_name, due.title)


def bed_text(due: Due) -> str:
    """Return where the patient is now; nothing for one who is out of reach."""
    if due.family_name is None:
        return ""
    return due.bed_label or "No bed"


def words_of(code: str | None) -> str:
    """Return a code in words: "off_ward" is "Off ward"; None is nothing."""
    return (code or "").replace("_", " ").capitalize()


def key_text(line: Line) -> str:
    """Return what a line stands for; a code in words."""
    return words_of(line.key) if line.key.islower() else line.key


def minutes_text(minutes: int | None) -> str:
    """Return "1 h 5 min"; nothing for None."""
    return "" if minutes is None else duration_text(timedelta(minutes=minutes))


def percent_text(line: Line) -> str:
    """Return "84 %", or a dash where nothing was expected."""
    percent = line.on_time_percent
    return "–" if percent is None else f"{percent} %"  # noqa: RUF001 - a dash, not a minus


def outcome_text(due: Due) -> str:
    """Return what became of it, with its glyph."""
    return f"{OUTCOME_GLYPHS.get(due.outcome, '')} {OUTCOME_WORDS[due.outcome]}".strip()


def summary_text(total: Line, since: datetime, until: datetime, zone: tzinfo) -> str:
    """Return the report in two sentences: what was on time, and what does not count as missed."""
    when = f"{moment_text(since, zone, until)} to {moment_text(until, zone, until)}"
    if not total.dues:
        return f"{when}: {NOTHING_DUE.lower()}"
    counts = total.counts
    late = f"{counts[Outcome.LATE]} late"
    if total.median_minutes_late is not None:
        by = minutes_text(total.median_minutes_late)
        late += f" (by {by})" if counts[Outcome.LATE] == 1 else f" (half of them by {by} or more)"
    return (
        f"{when}: {counts[Outcome.ON_TIME]} of {total.expected} on time"
        f" ({percent_text(total)}), {late}, {counts[Outcome.MISSED]} missed."
        f" Counted apart: {counts[Outcome.DEFERRED]} deferred with a reason{_reasons(total)},"
        f" {counts[Outcome.LET_SLEEP]} let sleep,"
        f" {counts[Outcome.PAUSED]} paused, {counts[Outcome.OPEN]} still open."
    )


def printed_text(total: Line, since: datetime, until: datetime, zone: tzinfo) -> str:
    """Return the same with the days named, for paper that is read on another day."""
    days = f"From {date_time_text(since, zone)} to {date_time_text(until, zone)}"
    return f"{days}. {summary_text(total, since, until, zone)}"


def _reasons(total: Line) -> str:
    """Return " (2 asleep, 1 off ward)" for what was put off."""
    told = (f"{count} {words_of(code).lower()}" for code, count in deferral_counts(total.dues))
    words = ", ".join(told)
    return f" ({words})" if words else ""


def report_title(work: Work, grouping: Grouping) -> str:
    """Return what a report is about: "Timeliness of rounds, by checklist"."""
    by = "checklist" if (work, grouping) == (Work.ROUNDS, Grouping.CAUSE) else grouping.value
    return f"Timeliness of {WORK_WORDS[work].lower()}, by {by}"


def line_columns() -> tuple[RowColumn[Line], ...]:
    """Return the columns of the lines."""
    return (
        RowColumn("Ward", 220, key_text),
        RowColumn("Expected", 96, lambda line: str(line.expected), number=True),
        _count(Outcome.ON_TIME),
        _count(Outcome.LATE, "risk_medium"),
        _count(Outcome.MISSED, "risk_high"),
        RowColumn("Share", 96, percent_text, number=True),
        RowColumn(
            "Late by, median",
            150,
            lambda line: minutes_text(line.median_minutes_late),
            number=True,
        ),
        _count(Outcome.DEFERRED),
        _count(Outcome.LET_SLEEP),
        _count(Outcome.PAUSED),
        _count(Outcome.OPEN),
    )


def due_columns(zone: tzinfo) -> tuple[RowColumn[Due], ...]:
    """Return the columns of the rows behind a line, times in `zone`."""
    return (
        RowColumn("Due", 146, lambda due: date_time_text(due.due_at, zone)),
        RowColumn("Bed now", 76, bed_text),
        RowColumn("Patient", 230, patient_text),
        RowColumn("Ward", 106, lambda due: due.ward_name),
        RowColumn("Because of", 140, lambda due: words_of(due.reason)),
        RowColumn("Outcome", 110, outcome_text, colour=_outcome_colour),
        RowColumn("Late by", 90, _late_text),
        RowColumn("Answered", 146, lambda due: _answered_text(due, zone)),
        RowColumn("By", 120, lambda due: due.answered_by or ""),
        RowColumn("Reason given", 130, lambda due: words_of(due.deferral)),
    )


def _count(outcome: Outcome, colour: str | None = None) -> RowColumn[Line]:
    def token(line: Line) -> str | None:
        return colour if line.counts[outcome] else None

    return RowColumn(
        OUTCOME_WORDS[outcome],
        92,
        lambda line: str(line.counts[outcome]),
        number=True,
        colour=token,
    )


def _late_text(due: Due) -> str:
    return minutes_text(due.minutes_late) if due.minutes_late else ""


def _answered_text(due: Due, zone: tzinfo) -> str:
    return date_time_text(due.answered_at, zone) if due.answered_at else ""


def _outcome_colour(due: Due) -> str | None:
    return {Outcome.LATE: "risk_medium", Outcome.MISSED: "risk_high"}.get(due.outcome)
