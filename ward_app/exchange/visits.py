"""Visits: an admission with its moves from unit to unit, or one stay in the emergency department.

Moves follow each other without overlap, so times of beds come from them; the administrative
times of `hosp/admissions` differ from them (`dischtime` in three of four rows).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from ward_app.exchange.mimic_records import (
    DISCHARGE,
    ED,
    AdmissionRecord,
    MimicFiles,
    MoveRecord,
    PatientRecord,
    ServiceRecord,
    SetRecord,
)
from ward_app.exchange.report import ImportReport

_SAME_TIME = timedelta(minutes=1)
_NO_PATIENT = "its patient is not there"
_NO_ADMISSION = "its admission is not there"
_OTHER_PATIENT = "its admission is that of another patient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One stay in hospital, in the source's own time.

    Attributes:
        key: hadm_id, or "ED-" and the transfer_id of a visit without admission.
        admission: None for a visit to the emergency department without admission.
        moves: times on units, in order, without overlap; at least one.
        left: the discharge row, None when the source has none.
    """

    key: str
    patient: PatientRecord
    admission: AdmissionRecord | None
    moves: tuple[MoveRecord, ...]
    left: MoveRecord | None
    services: tuple[ServiceRecord, ...] = ()
    sets: tuple[SetRecord, ...] = ()

    @property
    def begins_at(self) -> datetime:
        """When the patient arrived."""
        return self.moves[0].begins_at

    @property
    def ends_at(self) -> datetime:
        """When the patient left the last bed."""
        return self.moves[-1].ends_at


def build_visits(files: MimicFiles, report: ImportReport) -> list[Visit]:
    """Return the visits by patient and time; rows that belong to none go to the report."""
    register = _Register(files, report)
    visits = {visit.key: visit for visit in register.visits()}
    for hadm_id, admission in register.admissions.items():
        if hadm_id not in visits:
            report.refuse_row(admission.row, "the patient was on no unit")
    services = _by_admission(files.services, visits, report=report)
    sets = _by_admission(files.sets, visits, report=report)
    complete = [
        replace(visit, services=tuple(services[visit.key]), sets=tuple(sets[visit.key]))
        for visit in visits.values()
    ]
    for visit in complete:
        _compare_discharge(visit, report)
    return sorted(
        complete, key=lambda visit: (visit.patient.subject_id, visit.begins_at, visit.key)
    )


class _Register:
    """The patients and admissions that moves can belong to."""

    def __init__(self, files: MimicFiles, report: ImportReport) -> None:
        self._report = report
        self._moves = files.moves
        self._patients = {record.subject_id: record for record in files.patients}
        self.admissions: dict[str, AdmissionRecord] = {}
        for admission in files.admissions:
            if admission.subject_id in self._patients:
                self.admissions[admission.hadm_id] = admission
            else:
                report.refuse_row(admission.row, _NO_PATIENT)

    def visits(self) -> Iterator[Visit]:
        """Yield a visit for each admission, and for each stay in the ED without one."""
        found: dict[str, list[MoveRecord]] = defaultdict(list)
        for move in self._moves:
            reason = self._stray(move)
            if reason:
                self._report.refuse_row(move.row, reason)
            else:
                found[move.hadm_id or f"ED-{move.transfer_id}"].append(move)
        for key, moves in found.items():
            visit = self._visit(key, moves)
            if visit is not None:
                yield visit

    def _stray(self, move: MoveRecord) -> str | None:
        """Return why a move belongs to no visit, None when it belongs to one."""
        if move.subject_id not in self._patients:
            return _NO_PATIENT
        if move.hadm_id is None:
            return None if move.kind == ED else "a move outside the ED needs an admission"
        admission = self.admissions.get(move.hadm_id)
        if admission is None:
            return _NO_ADMISSION
        return None if admission.subject_id == move.subject_id else _OTHER_PATIENT

    def _visit(self, key: str, moves: list[MoveRecord]) -> Visit | None:
        """Return the visit, None when the patient was never on a unit."""
        in_beds = self._without_overlap([move for move in moves if move.kind != DISCHARGE])
        left = [move for move in moves if move.kind == DISCHARGE]
        reason = "the patient has left already" if in_beds else "the patient was on no unit before"
        for move in left[1:] if in_beds else left:
            self._report.refuse_row(move.row, reason)
        if not in_beds:
            return None
        return Visit(
            key=key,
            patient=self._patients[in_beds[0].subject_id],
            admission=self.admissions.get(key),
            moves=tuple(in_beds),
            left=left[0] if left else None,
        )

    def _without_overlap(self, moves: list[MoveRecord]) -> list[MoveRecord]:
        kept: list[MoveRecord] = []
        in_order = sorted(moves, key=lambda move: (move.begins_at, move.ends_at, move.transfer_id))
        for move in in_order:
            if kept and move.begins_at < kept[-1].ends_at:
                reason = "the move begins before the one before it has ended"
                self._report.refuse_row(move.row, reason)
            else:
                kept.append(move)
        return kept


R = TypeVar("R", ServiceRecord, SetRecord)


def _by_admission(
    records: Iterable[R], visits: Mapping[str, Visit], *, report: ImportReport
) -> dict[str, list[R]]:
    """Return the records of each visit in time order; strays go to the report."""
    found: dict[str, list[R]] = defaultdict(list)
    for record in sorted(records, key=lambda record: record.moment):
        visit = visits.get(record.hadm_id)
        if visit is None:
            report.refuse_row(record.row, _NO_ADMISSION)
        elif record.subject_id != visit.patient.subject_id:
            report.refuse_row(record.row, _OTHER_PATIENT)
        else:
            found[record.hadm_id].append(record)
    return found


def _compare_discharge(visit: Visit, report: ImportReport) -> None:
    admission = visit.admission
    if admission is None or admission.discharged_at is None:
        return
    if abs(admission.discharged_at - visit.ends_at) > _SAME_TIME:
        reason = "the bed was left at another time; that of the bed counts"
        report.keep(admission.row, "dischtime", reason=reason)
