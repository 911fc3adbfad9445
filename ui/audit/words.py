"""How the audit trail reads: questions, actions, columns. No Qt."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from ui.formats import at_local, date_text, mrn_text, person_name
from ui.widgets.rows_table import RowColumn
from ward_app.audit.types import Action, Question, TrailRow, Wanted

QUESTION_WORDS = {
    Question.EVERYTHING: "Everything",
    Question.OPENINGS: "Opened",
    Question.CHANGES: "Changed",
    Question.TAKEN_OUT: "Printed, saved",
    Question.SIGN_INS: "Sign-ins",
    Question.FAILED_SIGN_INS: "Failed sign-ins",
    Question.OFF_HOURS: "Off hours",
    Question.BREAK_GLASS: "Glass broken",
    Question.MASS_OPENING: "Many charts",
    Question.ACCOUNTS: "Accounts",
}
QUESTION_KEYS = dict(zip(QUESTION_WORDS, "1234567890", strict=True))
QUESTION_HELP = {
    Question.EVERYTHING: "Everything on record",
    Question.OPENINGS: "Who opened which chart, list or trail",
    Question.CHANGES: "Who changed which record; never what stands in it",
    Question.TAKEN_OUT: "What was printed or saved as a file",
    Question.SIGN_INS: "Who signed in and out",
    Question.FAILED_SIGN_INS: "Sign-ins that failed",
    Question.OFF_HOURS: "Openings and sign-ins in the night hours the hospital set",
    Question.BREAK_GLASS: "Charts opened by breaking the glass",
    Question.MASS_OPENING: "Sessions that opened more charts in a few minutes than the rules say",
    Question.ACCOUNTS: "What was done to accounts, and why",
}
ACTION_WORDS = {
    Action.CREATE: "Made",
    Action.UPDATE: "Changed",
    Action.DELETE: "Removed",
    Action.VIEW: "Opened",
    Action.LOGIN: "Signed in",
    Action.LOGOUT: "Signed out",
    Action.EXPORT: "Saved as a file",
    Action.PRINT: "Printed",
}
_FAILED = "▲ Sign-in failed"
_GLASS = "◆ Broke the glass"
_SCHEMAS = ("public.", "patient.", "room.", "admission.", "report.", "rounding.", "audit.")
READING = "The audit trail is being read…"
NOTHING_FOUND = "Nothing is on record that fits. X shows everybody again."


def done_text(row: TrailRow) -> str:
    """Return what was done, in words; what stands out with its glyph."""
    if row.kind == "break_glass":
        return _GLASS
    return ACTION_WORDS[row.action] if row.succeeded else _FAILED


def colour_of(row: TrailRow) -> str | None:
    """Return the colour of what stands out."""
    if row.kind == "break_glass":
        return "problem"
    return None if row.succeeded else "caution"


def who_text(row: TrailRow) -> str:
    """Return who it was: "Nora Nurse"; whoever is not known is said to be so."""
    if row.user_name:
        return row.user_name
    return "Not known" if row.source == "login" else "Nobody signed in"


def patient_text(row: TrailRow) -> str:
    """Return "OKAFOR, Ada, 400 123 4567"; nothing where it was of nobody's record."""
    if row.patient_id is None:
        return ""
    return f"{person_name(row.family_name, row.given_name)}, {mrn_text(row.mrn)}"


def record_text(row: TrailRow) -> str:
    """Return what kind of record it was: "Vital signs"."""
    name = row.resource_type
    for schema in _SCHEMAS:
        name = name.removeprefix(schema)
    return name.replace("_", " ").capitalize()


def time_of(row: TrailRow, zone: tzinfo) -> str:
    """Return "20-Nov-2026 14:07:09" on the hospital's clock."""
    local = row.at.astimezone(zone)
    return f"{date_text(local.date())} {local:%H:%M:%S}"


def detail_text(row: TrailRow) -> str:
    """Return what more there is to say: a reason, what was printed, names of columns."""
    told = row.detail or ""
    if row.action is Action.UPDATE:
        return told.replace("_", " ")
    return told


def entry_text(row: TrailRow) -> str:
    """Return in full what the columns of an entry may have to cut: patient and detail."""
    return " · ".join(part for part in (patient_text(row), detail_text(row)) if part)


def trail_columns(zone: tzinfo) -> tuple[RowColumn[TrailRow], ...]:
    """Return the columns of the list; the last takes what is left."""
    return (
        RowColumn("Time", 182, lambda row: time_of(row, zone)),
        RowColumn("What", 136, done_text, colour=colour_of),
        RowColumn("Person", 136, who_text),
        RowColumn("Patient", 230, patient_text),
        RowColumn("Record", 130, record_text),
        RowColumn("Ward", 105, lambda row: row.ward_name or ""),
        RowColumn("Workstation", 110, lambda row: row.workstation),
        RowColumn("Detail", 200, detail_text),
    )


def printed_columns(zone: tzinfo) -> tuple[RowColumn[TrailRow], ...]:
    """Return the columns on paper and in a file: those of the list, with code and session."""
    *columns, detail = trail_columns(zone)
    return (
        *columns,
        RowColumn("User name", 80, lambda row: row.login or ""),
        RowColumn("Code", 60, lambda row: row.action.value),
        RowColumn("Session", 70, lambda row: str(row.session_id or "")),
        detail,
    )


def asked_text(wanted: Wanted, zone: tzinfo) -> str:
    """Return what is asked, as it goes on record: "Opened, 14-Nov-2026 to 20-Nov-2026, …"."""
    last = wanted.until.astimezone(zone) - timedelta(microseconds=1)
    parts = [
        QUESTION_WORDS[wanted.question],
        f"{date_text(wanted.since.astimezone(zone).date())} to {date_text(last.date())}",
        f"person {wanted.person}" if wanted.person else "",
        f"patient {wanted.patient}" if wanted.patient else "",
        f"workstation {wanted.workstation}" if wanted.workstation else "",
    ]
    return ", ".join(part for part in parts if part)


def found_text(number: int, *, more: bool) -> str:
    """Return how many entries are shown, and whether there are older ones."""
    if more:
        return f"The newest {number} entries; more are read at the end of the list."
    return f"{number} entr{'y' if number == 1 else 'ies'}, all there are."


def day_begins(day: date, zone: tzinfo, near: datetime) -> datetime:
    """Return when a day begins on the hospital's clock, in UTC, also where it has no midnight."""
    midnight = datetime.min.time()
    began = at_local(day, midnight, zone, near) or datetime.combine(day, midnight, tzinfo=zone)
    return began.astimezone(UTC)
