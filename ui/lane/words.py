"""How the lane reads: a patient's row, a visit's marks, a nurse's work. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from uuid import UUID

from ui.formats import due_text, duration_text, moment_text, person_name, time_text
from ui.score_words import with_name
from ui.theme import risk_glyph, risk_token
from ui.widgets.rows_table import RowColumn
from ward_app.lane.rules import WORK_HOURS, imbalance, is_late
from ward_app.lane.types import LaneItem, LanePatient, LaneRow, Load, Visit
from ward_app.patients.likeness import alike_admissions

READING = "The shift is being read…"
ONE_WARD = "Choose one ward (Ctrl+W): a shift is worked ward by ward."
UNREAD = "The shift could not be read. F5 tries again."
NOBODY = "Nobody is on this ward, and nothing is due for it."
NOTHING_MINE = "Nobody lies in your beds. A shows the whole ward."
CHOOSE = "Nothing is chosen: arrow keys, or N for the next visit."
EXPECTED = "This is expected once what is due before it is done."
WARD = "The ward"
_HOURS_WITH_MINUTES, _DAY_HOURS = timedelta(hours=10), 24
SLEEP, LATE, ALIKE_MARK = "☾", "▲", "≈ "
KEYS = (
    "Arrows: visits and patients · N: next visit · Space: next thing in the visit · Enter: do it"
    " · D: not now · + and -: zoom · Home: back to now · T: table"
)


@dataclass(frozen=True, slots=True)
class LaneLine:
    """One line of the table: an item with its row and visit, and who answers for the bed."""

    row: LaneRow
    visit: Visit
    item: LaneItem
    nurse: str


def bed_text(row: LaneRow) -> str:
    """Return the bed of a row; nothing for the ward itself."""
    return (row.patient.bed_label or "No bed") if row.patient else ""


def alike_stays(rows: Sequence[LaneRow]) -> frozenset[UUID]:
    """Return the stays of patients whose names are easily taken for each other."""
    patients = [row.patient for row in rows if row.patient]
    return alike_admissions(
        tuple((p.admission_id, p.patient_id, p.family_name, p.given_name) for p in patients)
    )


def short_whose_text(row: LaneRow) -> str:
    """Return the same without the title, where there is little room."""
    patient = row.patient
    return person_name(patient.family_name, patient.given_name) if patient else WARD


def whose_text(row: LaneRow) -> str:
    """Return "SURNAME, Given (Title)", or that it is the ward's."""
    patient = row.patient
    if patient is None:
        return WARD
    return person_name(patient.family_name, patient.given_name, patient.title)


def score_text(patient: LanePatient) -> str:
    """Return the latest score with its glyph: "▲ 5", "● ≥3"; empty without a set."""
    if patient.score_at_least is None:
        return ""
    whole = patient.score_total is not None
    number = str(patient.score_total) if whole else f"≥{patient.score_at_least}"
    glyph = risk_glyph(patient.score_at_least, patient.risk)
    return f"{glyph} {with_name(number, patient.score_pack)}"


def score_token(patient: LanePatient) -> str:
    """Return the colour token of the latest score's risk."""
    return risk_token(patient.score_at_least, patient.risk)


def marks_text(visit: Visit) -> str:
    """Return the letters of a visit, each with its number where there are several: "O R2"."""
    counted = Counter(item.letter for item in visit.items)
    letters = (f"{letter}{number if number > 1 else ''}" for letter, number in counted.items())
    return " ".join(letters)


def visit_labels(visit: Visit, zone: tzinfo) -> tuple[str, ...]:
    """Return how a visit may read on its mark, the longest first.

    What is to be done with its time, then the letters with the time, the letters, their number.
    """
    sleeps = SLEEP if is_night(visit) else ""
    at, marks = time_text(visit.at, zone), f"{sleeps}{marks_text(visit)}"
    whole = " · ".join(f"{item.words} {time_text(item.due_at, zone)}" for item in visit.items)
    return f"{sleeps}{whole}", f"{marks}  {at}", marks, sleeps or str(len(visit.items))


def is_night(visit: Visit) -> bool:
    """Whether something in a visit waits until the night is over."""
    return any(item.is_let_sleep for item in visit.items)


def lateness_text(visit: Visit, now: datetime) -> str:
    """Return for how long the first item of an overdue visit waits: "2 h 05 min", "20 h"."""
    late = now.astimezone(UTC) - visit.at.astimezone(UTC)
    if late < _HOURS_WITH_MINUTES:
        return duration_text(late)
    hours = late // timedelta(hours=1)
    return f"{hours} h" if hours < _DAY_HOURS else f"{hours // _DAY_HOURS} d"


def item_text(item: LaneItem, zone: tzinfo, now: datetime) -> str:
    """Return "Observations 22:00", with what else is to be known of it."""
    at = moment_text(item.due_at, zone, now)
    shift = f", {item.shift}" if item.shift else ""
    if is_late(item, now):
        return f"{LATE} {item.words} {at}{shift}"
    if item.is_let_sleep:
        return f"{SLEEP} {item.words} {at}, let sleep until {time_text(item.lane_at, zone)}"
    return f"{item.words} {at}{shift}{' (expected)' if item.is_expected else ''}"


def visit_text(row: LaneRow, visit: Visit, zone: tzinfo, now: datetime) -> str:
    """Return whose visit it is and everything in it, for the eye and the screen reader."""
    bed = bed_text(row)
    whose = f"Bed {bed}, {whose_text(row)}" if row.patient and bed != "No bed" else whose_text(row)
    items = " · ".join(item_text(item, zone, now) for item in visit.items)
    return f"{whose}: {items}. {visit.minutes} min of work."


def load_text(load: Load) -> str:
    """Return one nurse's work: "Nora Nurse 85 min, 4 patients"."""
    patients = "1 patient" if load.patients == 1 else f"{load.patients} patients"
    late = f", {LATE} {load.overdue} overdue" if load.overdue else ""
    if load.nurse is None:
        return f"{LATE} Nobody looks after {patients}: {load.minutes} min{late}"
    plan = f", {LATE} {load.not_taken} not taken" if load.not_taken else ""
    return f"{load.nurse.name} {load.minutes} min, {patients}{plan}{late}"


def work_text(found: Sequence[Load]) -> str:
    """Return the work of the hours to come: of each nurse, and how uneven it is."""
    if all(load.nurse is None for load in found):
        minutes = sum(load.minutes for load in found)
        return f"Next {WORK_HOURS} h: {minutes} min of work. Nobody is allocated to these beds."
    words = f"Next {WORK_HOURS} h: {' · '.join(load_text(load) for load in found)}."
    nurses = sum(load.nurse is not None for load in found)
    return f"{words} Between most and least: {imbalance(found)} min." if nurses > 1 else words


def summary_text(rows: Sequence[LaneRow], now: datetime, *, mine: bool) -> str:
    """Return the sentence above the lane: whose it is, visits, overdue."""
    patients = sum(row.patient is not None for row in rows)
    visits = sum(len(row.visits) for row in rows)
    late = sum(is_late(item, now) for row in rows for visit in row.visits for item in visit.items)
    whose = "Your patients" if mine else "The whole ward"
    counted = f"{patients} patient{'' if patients == 1 else 's'}, {visits} visits"
    return f"{whose}: {counted}{f', {LATE} {late} overdue' if late else ''}."


def lines_of(rows: Sequence[LaneRow], nurses: dict[UUID, str]) -> tuple[LaneLine, ...]:
    """Return the table's lines, what waits longest first."""
    lines = [
        LaneLine(row, visit, item, nurses.get(row.bed_id, "") if row.bed_id else "")
        for row in rows
        for visit in row.visits
        for item in visit.items
    ]
    return tuple(sorted(lines, key=lambda line: (line.visit.at, bed_text(line.row))))


def lane_columns(zone: tzinfo, now: datetime) -> tuple[RowColumn[LaneLine], ...]:
    """Return the columns of the table as of `now`."""

    def due(line: LaneLine) -> str:
        text = due_text(line.item.lane_at, now)
        return f"{LATE} {text}" if is_late(line.item, now) else text

    def note(line: LaneLine) -> str:
        if line.item.is_let_sleep:
            return f"{SLEEP} let sleep until {time_text(line.item.lane_at, zone)}"
        if line.item.shift:
            return f"{line.item.shift} shift"
        return "expected" if line.item.is_expected else ""

    return (
        RowColumn(
            "Due", 178, due,
            colour=lambda line: "risk_high" if is_late(line.item, now) else None,
        ),
        RowColumn("At", 110, lambda line: moment_text(line.item.due_at, zone, now)),
        RowColumn("Bed", 60, lambda line: bed_text(line.row)),
        RowColumn("Whose", 220, lambda line: whose_text(line.row)),
        RowColumn("What", 214, lambda line: line.item.words),
        RowColumn("Visit", 80, lambda line: marks_text(line.visit)),
        RowColumn("Work", 68, lambda line: f"{line.item.minutes} min", number=True),
        RowColumn("Nurse", 140, lambda line: line.nurse),
        RowColumn("Note", 160, note),
    )  # fmt: skip
