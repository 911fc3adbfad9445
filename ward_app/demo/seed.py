"""Fills a migrated database with the simulated hospital, anchored to the present."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from psycopg.rows import TupleRow

from ward_app.core.environment import Environment
from ward_app.core.errors import NotPermittedError
from ward_app.core.field_cipher import FieldCipher
from ward_app.core.locks import AdvisoryLock
from ward_app.core.progress import Report, silent
from ward_app.demo import cast, patient_rows
from ward_app.demo.account_rows import add_unusual_accounts
from ward_app.demo.assessment_rows import add_assessments
from ward_app.demo.building_rows import (
    FACILITY_ID,
    StaffSecrets,
    add_building,
    add_empty_beds,
    add_staff,
)
from ward_app.demo.cases import Case, Person, drawn_cases, former_patients
from ward_app.demo.chart_rows import add_chart
from ward_app.demo.charts import chart
from ward_app.demo.device_rows import add_devices
from ward_app.demo.escalation_rows import Escalations
from ward_app.demo.handover_rows import add_handovers
from ward_app.demo.hospital import FACILITY_CODE, SEVEN_EAST, TIME_ZONE, WARDS, id_of
from ward_app.demo.lane_rows import add_lane
from ward_app.demo.load import Load
from ward_app.demo.loader import Connection, loader
from ward_app.demo.measurement_rows import add_measurements
from ward_app.demo.message_rows import add_messages
from ward_app.demo.note_rows import add_notes
from ward_app.demo.opening_rows import add_openings
from ward_app.demo.patient_rows import Registration, add_allergies, add_stay, died_at
from ward_app.demo.round_rows import add_rounds
from ward_app.demo.schedule_rows import add_decisions
from ward_app.demo.score_rows import add_maternal_score, add_scoring
from ward_app.demo.shift_rows import add_shifts
from ward_app.demo.staff import NURSE, PASSWORD, PIN, STAFF
from ward_app.demo.stays import Stay, laid_out
from ward_app.operations import installation

AddPerson = Callable[[Load, Registration, Random], None]

USUAL_SEED = 7
_FIRST_NUMBER = 9_000_000
# the password is published, so nothing is gained by making its hash slow
_HASH_COST = 4
_FORMER_STAY = timedelta(days=300)

_SEEDED_AT = """
SELECT min(u.created_at) FROM public.facilities f
JOIN public.users u ON u.facility_id = f.id WHERE f.code = %s
"""

# numbers of invented patients begin high, so that they are told from others at a glance
_BEGIN_NUMBERS = """
INSERT INTO patient.patient_sequences (facility_id, year, last_number)
VALUES (%s, extract(year FROM clock_timestamp() AT TIME ZONE %s), %s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """What seeding did.

    Attributes:
        added: False when the hospital was there already and nothing was changed.
        beds, in_hospital, sets: how many were added.
    """

    added: bool
    beds: int = 0
    in_hospital: int = 0
    sets: int = 0

    @property
    def sentence(self) -> str:
        """What happened, for people."""
        if not self.added:
            return "The demo hospital is there already; nothing was changed."
        return (
            f"Added the demo hospital: {self.beds} beds, {self.in_hospital} invented patients "
            f"in them, {self.sets} sets of observations. Everybody's password is “{PASSWORD}”; "
            f"a nurse of Ward 7 East is “{NURSE}”."
        )


def seed_demo(
    dsn: str,
    *,
    seed: int = USUAL_SEED,
    now: datetime | None = None,
    cipher: Callable[[], FieldCipher] | None = None,
    report: Report = silent,
) -> Seeded:
    """Add the simulated hospital, unless it is there; return what was done.

    Args:
        dsn: how the administrator, or a member of `ward_loader`, connects to a migrated database.
        seed: another number gives other people on the wards that are drawn at random.
        now: what every time is counted from, aware; None = the present.
        cipher: returns what encrypts the protected details, once it is sure that the database
            may have some; None = there are none.
        report: is told how many rows are sent.

    Raises:
        NotPermittedError: the database is for training, staging or care, or holds data and does
            not say what it is for.
        ConfigurationError: the database has no schema yet.
        DatabaseUnavailableError: the server cannot be reached.
    """
    _require_not_for_care(dsn)
    moment = (now or datetime.now(UTC)).replace(second=0, microsecond=0)
    with loader(dsn) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (AdvisoryLock.DEMO_SEED,))
        if _seeded_at(connection) is not None:
            return Seeded(added=False)
        seals = cipher() if cipher else None
        return _fill(connection, moment, seed=seed, cipher=seals, report=report)


def demo_seeded_at(dsn: str) -> datetime | None:
    """Return when the simulated hospital was added, aware; None when it was not.

    Raises:
        ConfigurationError: the database has no schema yet.
        DatabaseUnavailableError: the server cannot be reached.
    """
    with loader(dsn) as connection:
        return _seeded_at(connection)


def _require_not_for_care(dsn: str) -> None:
    named = installation.environment(dsn)
    if named is not None and named.is_disposable:
        return
    if named is None and not _has_facilities(dsn):
        installation.name_environment(dsn, Environment.DEMO)
        return
    raise NotPermittedError(
        f"This database is for {named or 'an unnamed purpose'} and must not get invented patients."
    )


def _has_facilities(dsn: str) -> bool:
    with loader(dsn) as connection:
        return connection.execute("SELECT FROM public.facilities").fetchone() is not None


def _seeded_at(connection: Connection) -> datetime | None:
    row = connection.execute(_SEEDED_AT, (FACILITY_CODE,)).fetchone()
    return row[0] if row else None


def _fill_house(connection: Connection, now: datetime) -> Load:
    """Add building and staff, then what happened to some of their accounts; return the first."""
    hospital = Load()
    add_building(hospital)
    role_ids: dict[str, UUID] = dict(_roles(connection))
    secrets = _staff_secrets(connection)
    add_staff(hospital, role_ids, secrets)
    hospital.copy_into(connection)
    unusual = Load()
    add_unusual_accounts(unusual, role_ids, secrets.password_hash, now)
    unusual.copy_into(connection)
    return hospital


def _fill(
    connection: Connection, now: datetime, *, seed: int, cipher: FieldCipher | None, report: Report
) -> Seeded:
    hospital = _fill_house(connection, now)
    connection.execute(_BEGIN_NUMBERS, (FACILITY_ID, TIME_ZONE, _FIRST_NUMBER))
    stays = laid_out(_cases(seed), now, _rng(seed, "stays"))
    patients = _invented(connection, stays, now, seed=seed, cipher=cipher)
    patients.copy_into(connection, report)
    return Seeded(
        added=True,
        beds=hospital.count("room.beds"),
        in_hospital=sum(stay.left_at is None for stay in stays),
        sets=patients.count("report.vital_signs"),
    )


def _invented(
    connection: Connection,
    stays: Sequence[Stay],
    now: datetime,
    *,
    seed: int,
    cipher: FieldCipher | None,
) -> Load:
    """Return everything of the patients, on the wards and of former times."""
    patients = Load()
    add_person = partial(patient_rows.add_person, cipher=cipher)
    add_empty_beds(patients, now)
    numbers = _numbers(connection, len(stays))
    _add_stays(patients, zip(stays, numbers, strict=True), add_person, now=now, seed=seed)
    add_decisions(patients, stays, now)
    add_maternal_score(patients, connection)
    add_scoring(patients, stays, now)
    add_measurements(patients, stays, now, _rng(seed, "measurements"))
    add_rounds(patients, stays, now, _rng(seed, "rounds"))
    add_lane(patients, stays, now)
    add_shifts(patients, now)
    add_devices(patients, stays, now, _rng(seed, "devices"))
    add_notes(patients, stays, now, _rng(seed, "notes"))
    add_messages(patients, stays, now)
    add_openings(patients, stays, now)
    add_assessments(patients, stays, now, _rng(seed, "assessments"))
    add_handovers(patients, stays, now)
    people = list(former_patients(rng := _rng(seed, "former")))
    numbers = _numbers(connection, len(people))
    _add_former_patients(patients, zip(people, numbers, strict=True), add_person, now=now, rng=rng)
    return patients


def _cases(seed: int) -> Iterator[Case]:
    """Yield everybody of Ward 7 East and who was drawn for the other wards, then who left."""
    yield from (*cast.PRESENT, cast.WITHOUT_BED)
    taken = {case.person.name.family for case in (*cast.PRESENT, cast.WITHOUT_BED, *cast.DEPARTED)}
    for ward in WARDS:
        if ward is not SEVEN_EAST:
            yield from drawn_cases(ward, _rng(seed, ward.code), taken)
    yield from cast.DEPARTED


def _add_stays(
    load: Load,
    stays: Iterable[tuple[Stay, str]],
    add_person: AddPerson,
    *,
    now: datetime,
    seed: int,
) -> None:
    escalations = Escalations(load, now)
    for stay, mrn in stays:
        rng, person = _rng(seed, stay.patient_id), stay.case.person
        registered = Registration(
            person=person,
            patient_id=stay.patient_id,
            mrn=mrn,
            seen_at=now,
            died_at=died_at(stay),
        )
        add_person(load, registered, rng)
        add_allergies(load, person, stay.patient_id, stay.admitted_at)
        add_stay(load, stay, now=now, rng=rng)
        sets = list(chart(stay, now, rng))
        add_chart(load, sets)
        escalations.add(stay, sets)


def _add_former_patients(
    load: Load,
    people: Iterable[tuple[Person, str]],
    add_person: AddPerson,
    *,
    now: datetime,
    rng: Random,
) -> None:
    for person, mrn in people:
        patient_id = id_of("former patient", mrn)
        registered = Registration(person=person, patient_id=patient_id, mrn=mrn, seen_at=now)
        add_person(load, registered, rng)
        add_allergies(load, person, patient_id, now - _FORMER_STAY)


def _numbers(connection: Connection, count: int) -> list[str]:
    """Return so many new patient numbers."""
    give = "SELECT patient.next_mrn(%s) FROM generate_series(1, %s)"
    return [row[0] for row in connection.execute(give, (FACILITY_ID, count))]


def _roles(connection: Connection) -> list[TupleRow]:
    return connection.execute("SELECT name, id FROM public.roles").fetchall()


def _staff_secrets(connection: Connection) -> StaffSecrets:
    hashed = "SELECT auth.password_hash(%s, %s), auth.password_hash(%s, %s)"
    [(password, pin)] = connection.execute(
        hashed, (PASSWORD, _HASH_COST, PIN, _HASH_COST)
    ).fetchall()
    badges = {
        one.login: connection.execute("SELECT auth.badge_hash(%s)", (one.badge,)).fetchall()[0][0]
        for one in STAFF
    }
    return StaffSecrets(password, pin, badges)


def _rng(seed: int, *words: object) -> Random:
    """Return numbers that are the same for the same words: one person more changes no other."""
    return Random(f"{seed} {words}")  # noqa: S311 - invented people, no secret
