"""The invented patients and their stays, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.types.range import TimestamptzRange

from ward_app.admissions.types import Destination
from ward_app.core.field_cipher import FieldCipher
from ward_app.demo.building_rows import FACILITY_ID, add_readiness
from ward_app.demo.cases import Flags, Person
from ward_app.demo.detail_rows import add_details
from ward_app.demo.hospital import TIME_ZONE, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import charting_staff
from ward_app.demo.stays import Stay, Whereabouts
from ward_app.observations.oxygen_target import TargetRange
from ward_app.rooms.types import Readiness

_DAYS_PER_YEAR = 365.25
_LONG_STAY = timedelta(days=4)
_BLOOD_TYPES = ("O+", "A+", "B+", "O-", "AB+", None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A person in the hospital's books.

    Attributes:
        seen_at: the moment at which the person has the age that is given.
        died_at: None while alive.
    """

    person: Person
    patient_id: UUID
    mrn: str
    seen_at: datetime
    died_at: datetime | None = None


def add_person(
    load: Load, registered: Registration, rng: Random, cipher: FieldCipher | None = None
) -> None:
    """Add who somebody is, and with keys the protected details too."""
    person = registered.person
    load.add(
        "patient.patients",
        id=registered.patient_id,
        facility_id=FACILITY_ID,
        mrn=registered.mrn,
        family_name=person.name.family,
        given_name=person.name.given,
        title=person.name.title,
        sex=person.name.sex.value,
        born_on=_born_on(person, registered.seen_at, rng),
        died_at=registered.died_at,
    )
    blood_type = rng.choice(_BLOOD_TYPES)
    add_details(load, registered.patient_id, cipher, blood_type=blood_type)


def add_allergies(
    load: Load, person: Person, patient_id: UUID, at: datetime, by: UUID | None = None
) -> None:
    """Add what is known of allergies: each substance, or that there are none, or nothing."""
    if person.allergies is None:
        return
    for substance in person.allergies or (None,):
        load.add(
            "patient.allergies",
            id=id_of("allergy", patient_id, substance),
            patient_id=patient_id,
            substance=substance,
            status="active" if substance else "none_known",
            occurred_at=at,
            recorded_at=at,
            recorded_by=by,
        )


def add_stay(load: Load, stay: Stay, *, now: datetime, rng: Random) -> None:
    """Add a stay with its places, moves, flags, expected discharge, scale and leaving."""
    by = rng.choice(charting_staff(stay.ward.code)).id
    consultant = rng.choice(stay.ward.consultants)
    _add_admission(load, stay, consultant, by)
    _add_flags(load, stay.case.flags, stay, by)
    _add_places(load, stay, by)
    _add_moves(load, stay, by)
    _add_expected_discharge(load, stay, now, by)
    if stay.case.course.scale_2:
        _add_scale_decision(load, stay, consultant, by)
    if stay.case.target is not None:
        _add_target(load, stay, stay.case.target, (consultant, by))
    if stay.left_at is not None:
        _add_leaving(load, stay, stay.left_at, by)


def died_at(stay: Stay) -> datetime | None:
    """Return when the patient died, None for who did not die on this stay."""
    return stay.left_at if stay.case.destination is Destination.DIED else None


def _born_on(person: Person, now: datetime, rng: Random) -> date | None:
    if person.born_on is not None or person.age is None:
        return person.born_on
    days = int((person.age + rng.random()) * _DAYS_PER_YEAR)
    return _day(now) - timedelta(days=days)


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(TIME_ZONE)).date()


def _add_admission(load: Load, stay: Stay, consultant: str, by: UUID) -> None:
    load.add(
        "admission.admissions",
        id=stay.admission_id,
        facility_id=FACILITY_ID,
        patient_id=stay.patient_id,
        source=stay.case.source.value,
        specialty=stay.ward.specialty,
        consultant=consultant,
        reason=stay.case.reason,
        admitted_at=stay.admitted_at,
        discharged_at=stay.left_at,
        recorded_at=stay.admitted_at,
        recorded_by=by,
    )


def _add_flags(load: Load, flags: Flags, stay: Stay, by: UUID) -> None:
    for kind, detail in flags:
        load.add(
            "patient.patient_flags",
            id=id_of("flag", stay.patient_id, kind),
            patient_id=stay.patient_id,
            kind=kind.value,
            active=True,
            detail=detail,
            occurred_at=stay.admitted_at,
            recorded_at=stay.admitted_at,
            recorded_by=by,
        )


def _add_places(load: Load, stay: Stay, by: UUID) -> None:
    for place in stay.places:
        load.add(
            "admission.bed_stays",
            id=place.id,
            admission_id=stay.admission_id,
            patient_id=stay.patient_id,
            ward_id=place.ward.id,
            bed_id=place.bed_id,
            during=TimestamptzRange(place.start, place.end),
            ward_arrived_at=place.start,
            share_group=place.share_group or place.id,
            share_reason=place.share_reason,
            recorded_at=place.start,
            recorded_by=by,
        )


def _add_moves(load: Load, stay: Stay, by: UUID) -> None:
    for before, after in pairwise(stay.places):
        load.add(
            "admission.transfers",
            id=id_of("transfer", after.id),
            admission_id=stay.admission_id,
            kind="transfer",
            from_ward_id=before.ward.id,
            from_bed_id=before.bed_id,
            to_ward_id=after.ward.id,
            to_bed_id=after.bed_id,
            from_stay_id=before.id,
            to_stay_id=after.id,
            reason="To the ward",
            occurred_at=after.start,
            recorded_at=after.start,
            recorded_by=by,
        )


def _add_expected_discharge(load: Load, stay: Stay, now: datetime, by: UUID) -> None:
    """Add when the patient is to leave; of a long stay also the day first thought of."""
    days = stay.case.leaves_in_days
    if days is None or stay.left_at is not None:
        return
    leaves_on = _day(now) + timedelta(days=days)
    statements = [(stay.admitted_at, leaves_on, "at admission")]
    if now - stay.admitted_at > _LONG_STAY:
        first = (stay.admitted_at, _day(stay.admitted_at) + timedelta(days=3), "at admission")
        statements = [first, (now - timedelta(hours=20), leaves_on, "Not well enough yet")]
    for number, (at, expected_on, reason) in enumerate(statements):
        load.add(
            "admission.expected_discharges",
            id=id_of("expected", stay.admission_id, number),
            admission_id=stay.admission_id,
            expected_on=expected_on,
            reason=reason,
            recorded_at=at,
            recorded_by=by,
        )


def _add_scale_decision(load: Load, stay: Stay, decided_by: str, by: UUID) -> None:
    load.add(
        "report.spo2_scale_decisions",
        id=id_of("scale", stay.admission_id),
        admission_id=stay.admission_id,
        scale=2,
        decided_by=decided_by,
        reason="Hypercapnic respiratory failure on blood gas, target 88-92 %",
        occurred_at=stay.admitted_at,
        recorded_at=stay.admitted_at,
        recorded_by=by,
    )


def _add_target(load: Load, stay: Stay, target: TargetRange, who: tuple[str, UUID]) -> None:
    """Add the oxygen target of a stay; `who` decided on it, and wrote it down."""
    decided_by, by = who
    load.add(
        "report.oxygen_targets",
        id=id_of("oxygen-target", stay.admission_id),
        admission_id=stay.admission_id,
        low_percent=target.low_percent,
        high_percent=target.high_percent,
        decided_by=decided_by,
        occurred_at=stay.admitted_at,
        recorded_at=stay.admitted_at,
        recorded_by=by,
    )


def _add_leaving(load: Load, stay: Stay, left_at: datetime, by: UUID) -> None:
    last = stay.places[-1]
    load.add(
        "admission.discharges",
        id=id_of("discharge", stay.admission_id),
        admission_id=stay.admission_id,
        destination=stay.case.destination.value,
        from_stay_id=last.id,
        occurred_at=left_at,
        recorded_at=left_at,
        recorded_by=by,
    )
    _add_cleaning(load, last, left_at)


def _add_cleaning(load: Load, place: Whereabouts, left_at: datetime) -> None:
    """Add that the bed became dirty, unless that is the state it is in still."""
    if place.bed is None or place.bed_id is None:
        return
    state = place.ward.empty.get(place.bed)
    if state is not None and state.readiness is not Readiness.DIRTY:
        add_readiness(load, place.bed_id, Readiness.DIRTY, left_at)
