"""A hospital with something to steal: patients of the own ward, another ward, another hospital."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from tests import world
from tests.conftest import HOME, STATION_PASSWORD, one_at_a_time
from tests.security.intruder import Intruder
from tests.security.permissions import chart_one_of_each
from tests.steps import ago, an_admission, register
from ward_app.admissions.service import admit, set_expected_discharge
from ward_app.audit.service import open_chart
from ward_app.core.database import Actor, Database
from ward_app.core.ids import new_id
from ward_app.core.settings import DatabaseSettings
from ward_app.observations.oxygen_target import SCALE_2_RANGE, NewOxygenTarget
from ward_app.observations.service import decide_spo2_scale, record_observations
from ward_app.observations.target_service import set_oxygen_target
from ward_app.observations.types import (
    Consciousness,
    NewObservations,
    SpO2ScaleDecision,
    VitalSigns,
)
from ward_app.operations.bootstrap import create_database
from ward_app.patients.service import change_flag, record_allergy
from ward_app.patients.types import Allergy, FlagChange, FlagKind
from ward_app.staff.service import sign_in

# Words that stand nowhere but in the records of patients out of Nora's reach.
SECRETS = (
    "Quagmire",
    "Xylophone",
    "Zinfandel",
    "Wobbliness",
    "Umlaut",
    "Velociraptor",
    "Contagium",
    "Telescope",
    "Bagpipe",
    "Palimpsest",
    "Saxophone",
)
OTHER_STATION = "ws_other"


@dataclass(frozen=True)
class Stolen:
    """What an intruder may have got hold of: tokens, and ids that no search of his gives."""

    nora: str
    wes: str
    olga: str
    my_patient: UUID
    mine: UUID
    their_patient: UUID
    theirs: UUID
    their_set: UUID
    their_allergy: UUID
    stranger: UUID
    strangers_stay: UUID
    gone: UUID
    gone_stay: UUID


_OTHER_HOSPITAL = """
INSERT INTO public.workstations (id, facility_id, role_name, name)
VALUES (%(station)s, %(facility)s, %(role)s, 'Other desk');
INSERT INTO room.wards (id, facility_id, floor_id, code, name, time_zone)
VALUES (%(ward)s, %(facility)s, %(floor)s, 'north', 'Ward North', 'Europe/London');
INSERT INTO room.rooms VALUES (%(room)s, %(floor)s, %(ward)s, 'Bay N', 'bay', 0);
INSERT INTO room.beds (id, room_id, ward_id, label, position)
VALUES (%(bed)s, %(room)s, %(ward)s, '1', 1), (%(free_bed)s, %(room)s, %(ward)s, '2', 2);
INSERT INTO public.users (id, facility_id, login, display_name, password_hash)
VALUES (%(nurse)s, %(facility)s, 'olga', 'Olga Other', auth.password_hash(%(password)s, 4));
INSERT INTO public.user_roles SELECT %(nurse)s, id FROM public.roles WHERE name = 'nurse';
INSERT INTO public.user_wards VALUES (%(nurse)s, %(ward)s);
"""


@pytest.fixture(scope="session")
def template(server, template):
    """The migrated hospital filled with people and records, once per test run."""
    name = f"{template}_filled"
    folder = Path(os.environ[HOME])
    with one_at_a_time(folder):
        if not (folder / "stolen").exists():
            create_database(server.dsn("postgres"), name, template=template)
            with psycopg.connect(server.dsn(name), autocommit=True) as admin:
                stolen = fill_hospital(server, name, admin)
            (folder / "stolen").write_bytes(pickle.dumps(stolen))
    return name


@pytest.fixture
def charted(hospital, admin):
    """One of everything on record of Nora's patient; returns the id of the set."""
    return chart_one_of_each(hospital, admin)


@pytest.fixture
def hospital(database_name):
    """What an intruder into this test's database could have found out before."""
    return pickle.loads((Path(os.environ[HOME]) / "stolen").read_bytes())  # noqa: S301 - our own


def add_ward_manager(admin):
    """Give Ward 7 East its manager, Mona."""
    admin.execute(
        "INSERT INTO public.users (id, facility_id, login, display_name, password_hash)"
        " VALUES (%s, %s, 'mona', 'Mona Manager', auth.password_hash(%s, 4))",
        (world.id_of("mona"), world.id_of("main"), world.PASSWORD),
    )
    admin.execute(
        "INSERT INTO public.user_roles SELECT %s, id FROM public.roles"
        " WHERE name = 'ward_manager'",
        (world.id_of("mona"),),
    )
    admin.execute(
        "INSERT INTO public.user_wards VALUES (%s, %s)", (world.id_of("mona"), world.id_of("east"))
    )


def fill_hospital(server, database_name, admin):
    """Fill the wards of both hospitals and return what an intruder could find out."""
    add_other_hospital(admin)
    add_ward_manager(admin)
    # nobody's session ends of itself while the tests run
    admin.execute("UPDATE public.users SET idle_minutes = 720")
    at = {
        station: Database.connect(
            DatabaseSettings(
                host=str(server.socket_dir), port=server.port, name=database_name, user=station
            ),
            STATION_PASSWORD,
        )
        for station in ("ws_alpha", "ws_beta", OTHER_STATION)
    }
    alpha, beta, other = at.values()
    nora, wes, olga = (
        place.run(None, sign_in, login, world.PASSWORD).token
        for place, login in ((alpha, "nora"), (beta, "wes"), (other, "olga"))
    )
    my_patient, mine = fill(alpha, Actor(nora), "Okafor", "Ada", ward="east")
    their_patient, theirs = fill(beta, Actor(wes), "Quagmire", "Xylophone", ward="west")
    stranger, strangers_stay = fill(other, Actor(olga), "Palimpsest", "Saxophone", ward="north")
    their_set, their_allergy = chart(beta, Actor(wes), their_patient, theirs)
    gone, gone_stay = somebody_who_left(admin)
    for place in at.values():
        place.close()
    return Stolen(
        nora=nora,
        wes=wes,
        olga=olga,
        my_patient=my_patient,
        mine=mine,
        their_patient=their_patient,
        theirs=theirs,
        their_set=their_set,
        their_allergy=their_allergy,
        stranger=stranger,
        strangers_stay=strangers_stay,
        gone=gone,
        gone_stay=gone_stay,
    )


def add_other_hospital(admin):
    """Give the other facility a workstation, a ward with two beds, and Olga, its nurse."""
    admin.execute(
        f"CREATE ROLE {OTHER_STATION} LOGIN PASSWORD '{STATION_PASSWORD}' IN ROLE ward_client"
    )
    values = {
        "station": world.id_of(OTHER_STATION),
        "role": OTHER_STATION,
        "facility": world.id_of("other"),
        "floor": world.id_of("floor other"),
        "ward": world.id_of("north"),
        "room": world.id_of("Bay N"),
        "bed": world.bed("north", "1"),
        "free_bed": world.bed("north", "2"),
        "nurse": world.id_of("olga"),
        "password": world.PASSWORD,
    }
    psycopg.ClientCursor(admin).execute(_OTHER_HOSPITAL, values)


@pytest.fixture
def intruder(station_settings):
    """Whoever holds the credential of workstation alpha."""
    return Intruder(station_settings("ws_alpha"))


@pytest.fixture
def at_beta(station_settings):
    """Whoever holds the credential of workstation beta."""
    return Intruder(station_settings("ws_beta"))


@pytest.fixture
def at_other(station_settings):
    """Whoever holds the credential of the other hospital's workstation."""
    return Intruder(station_settings(OTHER_STATION))


def fill(database, actor, *names, ward):
    """Admit somebody to bed 1 of the ward; return patient and admission."""
    foreign = ward != "east"
    patient = register(database, actor, *names)
    admission = an_admission(
        patient.id,
        ward,
        "1",
        reason="Wobbliness" if foreign else "Pneumonia",
        consultant="Dr Umlaut" if foreign else "Dr Mensah",
    )
    return patient.id, database.run(actor, admit, admission).admission_id


def chart(database, actor, patient_id, admission_id):
    """Put everything a chart can hold on record; return a set's id and an allergy's."""
    database.run(actor, open_chart, patient_id)
    allergy = Allergy(id=new_id(), substance="Zinfandel")
    database.run(actor, record_allergy, patient_id, allergy)
    isolation = FlagChange(
        id=new_id(),
        patient_id=patient_id,
        kind=FlagKind.ISOLATION,
        active=True,
        occurred_at=ago(5),
        detail="Contagium",
    )
    database.run(actor, change_flag, isolation)
    stored = database.run(actor, record_observations, a_set(admission_id, note="Velociraptor"))
    decision = SpO2ScaleDecision(
        id=new_id(),
        admission_id=admission_id,
        scale=2,
        decided_by="Dr Umlaut",
        reason="Telescope",
        occurred_at=ago(4),
    )
    database.run(actor, decide_spo2_scale, decision)
    target = NewOxygenTarget(
        id=new_id(),
        admission_id=admission_id,
        target=SCALE_2_RANGE,
        decided_by="Dr Umlaut",
        reason="Bagpipe",
        occurred_at=ago(4),
    )
    database.run(actor, set_oxygen_target, target)
    database.run(
        actor,
        set_expected_discharge,
        statement_id=new_id(),
        admission_id=admission_id,
        expected_on=date(2030, 1, 1),
        reason="Telescope",
    )
    return stored.id, allergy.id


def a_set(admission_id, **changes):
    """Return a complete, unremarkable set, measured a minute ago."""
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "occurred_at": ago(1),
        "vital_signs": VitalSigns(
            respiratory_rate_per_min=16,
            spo2_percent=97,
            on_oxygen=False,
            systolic_bp_mmhg=124,
            diastolic_bp_mmhg=70,
            pulse_per_min=72,
            consciousness=Consciousness.ALERT,
            temperature_celsius=Decimal("36.8"),
        ),
    } | changes
    return NewObservations(**facts)


def somebody_who_left(admin):
    """Enter a patient who lay in bed East 4 two months ago; return patient and admission."""
    patient, stay = new_id(), new_id()
    came, left = datetime(2026, 1, 5, 9, tzinfo=UTC), datetime(2026, 1, 9, 9, tzinfo=UTC)
    admin.execute(
        "INSERT INTO patient.patients (id, facility_id, mrn, family_name, given_name, sex)"
        " VALUES (%s, %s, '0000000018', 'Quagmire', 'Saxophone', 'male')",
        (patient, world.id_of("main")),
    )
    admin.execute(
        "INSERT INTO patient.allergies (id, patient_id, substance, status, occurred_at)"
        " VALUES (%s, %s, 'Zinfandel', 'active', %s)",
        (new_id(), patient, came),
    )
    admin.execute(
        "INSERT INTO admission.admissions (id, facility_id, patient_id, source, reason,"
        " admitted_at, discharged_at) VALUES (%s, %s, %s, 'home', 'Wobbliness', %s, %s)",
        (stay, world.id_of("main"), patient, came, left),
    )
    admin.execute(
        "INSERT INTO admission.bed_stays (id, admission_id, patient_id, ward_id, bed_id, during,"
        " ward_arrived_at, share_group) VALUES (%s, %s, %s, %s, %s, tstzrange(%s, %s), %s, %s)",
        (
            share := new_id(),
            stay,
            patient,
            world.id_of("east"),
            world.bed("east", "4"),
            came,
            left,
            came,
            share,
        ),
    )
    return patient, stay


@pytest.fixture
def wes_leads_west(admin):
    """Let Wes lead Ward West: he is told of what is opened there."""
    admin.execute(
        "INSERT INTO public.user_roles SELECT %s, id FROM public.roles"
        " WHERE name = 'ward_manager'",
        (world.id_of("wes"),),
    )
