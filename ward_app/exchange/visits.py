"""Visits: an admission with its moves from unit to unit, or one stay in the emergency department.

Moves follow each other without overlap, so times of beds come from them; the administrative
times of `hosp/admissions` differ from them (`dischtime` in three of four rows).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

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
    patients = {record.subject_id: record for record in files.patients}
    admissions = {
        record.hadm_id: record
        for record in files.admissions
        if _known(record.subject_id in patients, record, "its patient is not there", report)
    }
    moves = _moves_by_visit(files.moves, patients, admissions, report)
    visits = [
        visit
        for key, of_visit in moves.items()
        if (visit := _visit(key, of_visit, patients, admissions, report))
    ]
    _refuse_unmoved(admissions, {visit.key for visit in visits}, report)
    by_key = _with_records(visits, files, report)
    for visit in by_key:
        _compare_discharge(visit, report)
    return sorted(by_key, key=lambda visit: (visit.patient.subject_id, visit.begins_at, visit.key))


def _known(
    is_known: bool,  # noqa: FBT001 - reads as the condition of a filter
    record: AdmissionRecord | MoveRecord | ServiceRecord | SetRecord,
    reason: str,
    report: ImportReport,
) -> bool:
    if not is_known:
        report.refuse_row(record.row, reason)
    return is_known


def _moves_by_visit(
    moves: Iterable[MoveRecord],
    patients: Mapping[str, PatientRecord],
    admissions: Mapping[str, AdmissionRecord],
    report: ImportReport,
) -> dict[str, list[MoveRecord]]:
    found: dict[str, list[MoveRecord]] = defaultdict(list)
    for move in moves:
        reason = _stray(move, patients, admissions)
        if reason:
            report.refuse_row(move.row, reason)
        else:
            found[move.hadm_id or f"ED-{move.transfer_id}"].append(move)
    return found


def _stray(
    move: MoveRecord,
    patients: Mapping[str, PatientRecord],
    admissions: Mapping[str, AdmissionRecord],
) -> str | None:
    """Return why a move belongs to no visit, None when it belongs to one."""
    if move.subject_id not in patients:
        return "its patient is not there"
    if move.hadm_id is None:
        return None if move.kind == ED else "a move outside the ED needs an admission"
    admission = admissions.get(move.hadm_id)
    if admission is None:
        return "its admission is not there"
    if admission.subject_id != move.subject_id:
        return "its admission is that of another patient"
    return None


def _visit(
    key: str,
    moves: list[MoveRecord],
    patients: Mapping[str, PatientRecord],
    admissions: Mapping[str, AdmissionRecord],
    report: ImportReport,
) -> Visit | None:
    """Return the visit, None when the patient was never on a unit."""
    in_beds = _without_overlap([move for move in moves if move.kind != DISCHARGE], report)
    left = [move for move in moves if move.kind == DISCHARGE]
    if not in_beds:
        for move in left:
            report.refuse_row(move.row, "the patient was on no unit before")
        return None
    for move in left[1:]:
        report.refuse_row(move.row, "the patient has left already")
    return Visit(
        key=key,
        patient=patients[in_beds[0].subject_id],
        admission=admissions.get(key),
        moves=tuple(in_beds),
        left=left[0] if left else None,
    )


def _without_overlap(moves: list[MoveRecord], report: ImportReport) -> list[MoveRecord]:
    kept: list[MoveRecord] = []
    for move in sorted(moves, key=lambda move: (move.begins_at, move.ends_at, move.transfer_id)):
        if kept and move.begins_at < kept[-1].ends_at:
            report.refuse_row(move.row, "the move begins before the one before it has ended")
        else:
            kept.append(move)
    return kept


def _refuse_unmoved(
    admissions: Mapping[str, AdmissionRecord], moved: set[str], report: ImportReport
) -> None:
    for hadm_id, admission in admissions.items():
        if hadm_id not in moved:
            report.refuse_row(admission.row, "the patient was on no unit")


def _with_records(visits: list[Visit], files: MimicFiles, report: ImportReport) -> list[Visit]:
    """Return the visits with the services and observation sets of each, in time order."""
    by_key = {visit.key: visit for visit in visits}
    services: dict[str, list[ServiceRecord]] = defaultdict(list)
    sets: dict[str, list[SetRecord]] = defaultdict(list)
    for service in files.services:
        if _known(service.hadm_id in by_key, service, "its admission is not there", report):
            services[service.hadm_id].append(service)
    for one in files.sets:
        visit = by_key.get(one.hadm_id)
        if not _known(visit is not None, one, "its admission is not there", report):
            continue
        same = visit is not None and visit.patient.subject_id == one.subject_id
        if _known(same, one, "its admission is that of another patient", report):
            sets[one.hadm_id].append(one)
    return [
        Visit(
            key=visit.key,
            patient=visit.patient,
            admission=visit.admission,
            moves=visit.moves,
            left=visit.left,
            services=tuple(sorted(services[visit.key], key=lambda one: one.begins_at)),
            sets=tuple(sorted(sets[visit.key], key=lambda one: one.charted_at)),
        )
        for visit in visits
    ]


def _compare_discharge(visit: Visit, report: ImportReport) -> None:
    admission = visit.admission
    if admission is None or admission.discharged_at is None:
        return
    if abs(admission.discharged_at - visit.ends_at) > _SAME_TIME:
        reason = "the bed was left at another time; that of the bed counts"
        report.keep(admission.row, "dischtime", reason)
