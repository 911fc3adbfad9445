"""The shift's part of a ward's copy as values: what is due, alerts, handover, who holds beds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from ward_app.assessments.types import AssessmentDue
from ward_app.core.json_rows import typed
from ward_app.downtime.copy_types import HandoverCopy, ShiftCopy
from ward_app.escalations.queries import open_of
from ward_app.escalations.rules import worst_first
from ward_app.escalations.types import OpenEscalation
from ward_app.handover.rules import facts_of
from ward_app.handover.sheet_types import PocketSheet, SheetEnd
from ward_app.lane.types import DueEntry, Kind, LanePatient, Policy
from ward_app.rounding.types import OpenTask
from ward_app.shifts.types import Responsible

_Row = Mapping[str, Any]


def read_shift(ward_id: UUID, found: _Row) -> ShiftCopy:
    """Return the parts "shift" and "staff" of a copy, with its open tasks, as one value."""
    shift, staff = found["shift"], found["staff"]
    patients: Sequence[_Row] = shift["patients"] or ()
    until = datetime.fromisoformat(shift["until"])
    handover = shift["handover"]
    shift_until = staff["shift_until"]
    return ShiftCopy(
        patients=tuple(sorted(map(_patient, patients), key=_place)),
        entries=tuple(_entries(ward_id, found, until)),
        policy=_policy(shift["policy"]),
        until=until,
        alerts=tuple(worst_first(map(_alert, shift["alerts"] or ()))),
        handover=None if handover is None else tuple(map(_line, handover)),
        beds=tuple(Responsible(**typed(bed, Responsible)) for bed in staff["beds"]),
        shift_until=datetime.fromisoformat(shift_until) if shift_until else None,
        sheets=tuple(map(_sheet, staff["sheets"])),
    )


def _patient(row: _Row) -> LanePatient:
    return LanePatient(**typed({name: row[name] for name in LanePatient._fields}, LanePatient))


def _place(patient: LanePatient) -> tuple[bool, int, UUID]:
    """Return what the lane is ordered by: the beds as they stand, patients without one last."""
    return patient.bed_position is None, patient.bed_position or 0, patient.admission_id


def _entries(ward_id: UUID, found: _Row, until: datetime) -> Iterator[DueEntry]:
    """Yield everything that is due, and when it is expected again, as the lane reads it."""
    shift = found["shift"]
    for row in shift["patients"] or ():
        yield from _entry(Kind.SET, row, row["set_at"])
    for row in shift["ahead"] or ():
        about = {
            "subject_id": row["template_id"],
            "words": row["title"],
            "minutes": row["work_minutes"],
        }
        yield from _entry(Kind.ROUND, row, row["due_at"], about)
    for task in (OpenTask(**typed(row, OpenTask)) for row in found["tasks"] or ()):
        if task.due_at < until:
            yield DueEntry(
                Kind.TASK, task.ward_id, task.admission_id, task.id, task.title, None,
                (task.due_at,), task.shift_name,
            )  # fmt: skip
    for due in (AssessmentDue(**typed(row, AssessmentDue)) for row in shift["assessments"] or ()):
        if due.due_at < until:
            yield DueEntry(
                Kind.ASSESSMENT, ward_id, due.admission_id, due.instrument_id,
                due.title, due.work_minutes, (due.due_at,),
            )  # fmt: skip


def _entry(
    kind: Kind, row: _Row, times: Sequence[str], about: _Row | None = None
) -> Iterator[DueEntry]:
    """Yield what is due at some time, with what it is about where that is more than a stay."""
    if not times:
        return
    said = {"subject_id": None, "words": None, "minutes": None} | dict(about or {})
    ids = {"ward_id": row["ward_id"], "admission_id": row["admission_id"]}
    at = tuple(map(datetime.fromisoformat, times))
    yield DueEntry(kind=kind, times=at, **typed(ids | said, DueEntry))


def _policy(row: _Row) -> Policy:
    night = {
        name: time.fromisoformat(row[name]) if row[name] else None
        for name in ("night_from", "night_until")
    }
    return Policy(
        visit_minutes=row["visit_minutes"],
        sleep_kinds=frozenset(row["sleep_kinds"]),
        sleep_risks=frozenset(row["sleep_risks"]),
        sleep_minutes=row["sleep_minutes"],
        work_minutes=row["work_minutes"],
        **night,
    )


def _alert(row: _Row) -> OpenEscalation:
    return open_of(*typed(row, OpenEscalation).values())


def _line(row: _Row) -> HandoverCopy:
    ids = typed({name: row[name] for name in ("admission_id", "patient_id", "bed_id")},
                HandoverCopy)  # fmt: skip
    accepted: Mapping[str, str] = row["accepted"] or {}
    return HandoverCopy(
        facts=facts_of(row["facts"]),
        facts_hash=row["facts_hash"],
        accepted={UUID(who): datetime.fromisoformat(at) for who, at in accepted.items()},
        draft=row["draft"],
        **ids,
    )


def _sheet(row: _Row) -> PocketSheet:
    kept = typed(row, PocketSheet)
    return PocketSheet(**kept | {"ended": SheetEnd(kept["ended"]) if kept["ended"] else None})
