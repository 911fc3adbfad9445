"""What is due after something was charted on this station: lists and lane of a copy follow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ward_app.board.types import BoardBed
from ward_app.downtime.copy_types import ShiftCopy, WardCopy
from ward_app.lane.types import DueEntry, Kind, LanePatient
from ward_app.rounding.types import DueLine
from ward_app.schedule.kinds import DueReason
from ward_app.schedule.rules import urgency
from ward_app.schedule.types import DueItem


def after_a_set(copy: WardCopy, row: BoardBed) -> WardCopy:
    """Return the copy with the next set due as the board's row of the patient has it now."""
    due = sorted((_item(item, row) for item in copy.due), key=urgency)
    shift = copy.shift
    if shift is not None:
        entries = _entries(shift, Kind.SET, row.admission_id, None, row.next_due_at)
        patients = tuple(_scored(patient, row) for patient in shift.patients)
        shift = replace(shift, entries=entries, patients=patients)
    return replace(copy, due=tuple(due), shift=shift)


def after_a_round(copy: WardCopy, lines: Iterable[DueLine]) -> WardCopy:
    """Return the copy with these checklists due on the lane when their lines say."""
    shift = copy.shift
    if shift is None:
        return copy
    for line in lines:
        about = (line.admission_id, line.template_id)
        shift = replace(shift, entries=_entries(shift, Kind.ROUND, *about, line.due_at))
    return replace(copy, shift=shift)


def _item(item: DueItem, row: BoardBed) -> DueItem:
    if item.admission_id != row.admission_id or row.next_due_at is None:
        return item
    return item._replace(
        due_at=row.next_due_at,
        due_reason=DueReason.SCORE.value,
        observed_at=row.observed_at,
        score_pack=row.score_pack,
        score_total=row.news2_total,
        score_at_least=row.news2_at_least,
        risk=row.news2_risk,
        deferral_id=None,
        deferral_reason=None,
        deferred_by=None,
    )


def _scored(patient: LanePatient, row: BoardBed) -> LanePatient:
    if patient.admission_id != row.admission_id:
        return patient
    return patient._replace(
        risk=row.news2_risk,
        score_pack=row.score_pack,
        score_total=row.news2_total,
        score_at_least=row.news2_at_least,
        due_reason=DueReason.SCORE.value,
    )


def _entries(
    shift: ShiftCopy,
    kind: Kind,
    admission_id: UUID | None,
    subject_id: UUID | None,
    due_at: datetime | None,
) -> tuple[DueEntry, ...]:
    """Return what is due with one thing due at another time; None: not by itself any more."""

    def moved() -> Iterator[DueEntry]:
        for entry in shift.entries:
            if (entry.kind, entry.admission_id, entry.subject_id) != (
                kind, admission_id, subject_id,
            ):  # fmt: skip
                yield entry
            elif due_at is not None and due_at < shift.until:
                yield entry._replace(times=(due_at,))

    return tuple(moved())
