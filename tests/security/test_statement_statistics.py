"""[C24] [E04] What pg_stat_statements keeps of statements: no secret, nothing of a patient."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from functools import partial

import psycopg
import pytest

from tests import world
from tests.conftest import STATION_PASSWORD, make_stations
from tests.steps import a_set, an_admission, register
from ward_app.admissions.service import admit
from ward_app.audit.service import open_chart, open_directory
from ward_app.core.database import Actor, Database
from ward_app.core.errors import WardError
from ward_app.core.ids import new_id
from ward_app.core.settings import DatabaseSettings
from ward_app.core.settings_groups import EncryptionEngine
from ward_app.core.station_keys import StationKeys
from ward_app.observations.service import record_observations
from ward_app.operations import data_keys, staff_accounts, workstations
from ward_app.operations.bootstrap import initialise
from ward_app.operations.cluster import private_cluster
from ward_app.operations.migrate import upgrade
from ward_app.patients.detail_queries import read_details
from ward_app.patients.detail_service import record_details
from ward_app.patients.queries import search_patients
from ward_app.patients.types import DetailEntry, ProtectedField
from ward_app.staff.badge_service import keep_badge_and_pin, sign_in_with_badge
from ward_app.staff.service import change_password, sign_in

NAME = "ward_counted"
SETTINGS = """
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.track = all
pg_stat_statements.max = 20000
"""
KEPT = "SELECT string_agg(query, E'\\n') FROM pg_stat_statements"
WRONG, BADGE, PIN, WRONG_PIN = "Wrong-Blue-Kettle-77", "04A1B2C3D4", "582047", "917364"
NEW = "nine blue saucepans"
PASSPHRASE = "ninety purple tortoises dancing"  # noqa: S105 - of keys made here
OF_A_PATIENT = (
    "Quagmire",
    "Xylophone",
    "Wobbliness",
    "Velociraptor",
    "QQ 12 34 56 C",
    "1931-07-19",
)


@pytest.fixture(scope="module")
def server_that_counts(tmp_path_factory):
    """The test hospital on a server of its own, which keeps the text of every statement."""
    cluster = private_cluster(tmp_path_factory.mktemp("counts"), fast_unsafe=True)
    cluster.create()
    with (cluster.data_dir / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS)
    cluster.start()
    initialise(cluster.dsn("postgres"), NAME)
    make_stations(cluster.dsn("postgres"))
    upgrade(cluster.dsn(NAME))
    world.build(cluster.dsn(NAME))
    with psycopg.connect(cluster.dsn(NAME)) as admin:
        admin.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        admin.execute("SELECT pg_stat_statements_reset()")
    yield cluster
    cluster.destroy()


@pytest.fixture
def station(server_that_counts):
    """Workstation alpha of that hospital."""
    settings = DatabaseSettings(
        host=str(server_that_counts.socket_dir),
        port=server_that_counts.port,
        name=NAME,
        user="ws_alpha",
    )
    database = Database.connect(settings, STATION_PASSWORD)
    yield database
    database.close()


def people_come_in(station, dsn):
    """Sign in in every way, right and wrong; return what must not be seen."""
    nora = station.run(None, sign_in, "nora", world.PASSWORD)
    station.run(Actor(nora.token), keep_badge_and_pin, world.PASSWORD, BADGE, PIN)
    for refused in (
        partial(sign_in, login="nora", password=WRONG),
        partial(sign_in_with_badge, badge=BADGE, pin=WRONG_PIN),
    ):
        with pytest.raises(WardError):
            station.run(None, refused)
    by_badge = station.run(None, sign_in_with_badge, BADGE, PIN)
    station.run(None, change_password, nora.token, world.PASSWORD, NEW)
    office = staff_accounts.Office(dsn, NAME, "IT", "new nurse")
    one_time = staff_accounts.create_account(
        office, staff_accounts.NewAccount(login="newbie", name="New Nurse", facility="main")
    )
    staff_accounts.give_badge(office, "newbie", "0499887766")
    tokens = (nora.token, by_badge.token)
    return (world.PASSWORD, WRONG, BADGE, PIN, WRONG_PIN, NEW, one_time, "0499887766", *tokens)


def workstations_get_keys(dsn, folder):
    """Enrol one, give another new secrets; return all of them and the keys of the first."""
    enrolled = workstations.enrol(dsn, "Desk of statistics", database=NAME, facility_code="main")
    password = workstations.new_password()
    workstations.set_password(dsn, enrolled.role_name, password, database=NAME)
    private = workstations.give_private_key(dsn, "ws_alpha", database=NAME)
    vault = data_keys.Vault(dsn, NAME, folder / "recovery.txt", log2_cost=10)
    made = data_keys.generate(vault, PASSPHRASE)
    secrets = [text for key in made for text in (key.secret.hex(), b64encode(key.secret).decode())]
    return private, (
        enrolled.password,
        enrolled.private_key,
        password,
        private,
        PASSPHRASE,
        *secrets,
    )


def a_patient_is_charted(station, private):
    """Put values of a patient through everything that takes them; both engines."""
    actor = Actor(station.run(None, sign_in, "nora", NEW).token)
    patient = register(station, actor, "Quagmire", "Xylophone", born_on=date(1931, 7, 19))
    stay = station.run(actor, admit, an_admission(patient.id, reason="Wobbliness")).admission_id
    station.run(actor, open_chart, patient.id)
    station.run(actor, record_observations, a_set(stay, note="Velociraptor"))
    station.run(actor, open_directory)
    assert station.run(actor, search_patients, "Quagmire")
    for version, engine in enumerate(EncryptionEngine, start=1):
        keys = StationKeys("ws_alpha", private, engine)
        values = {ProtectedField.NATIONAL_ID: "QQ 12 34 56 C"}
        entry = DetailEntry(
            id=new_id(),
            patient_id=patient.id,
            version=version,
            values=values,
            reason="said Umlaut",
        )
        station.run(actor, record_details, keys, entry)
        station.run(actor, read_details, keys, patient.id)


def test_that_statistics_of_statements_tell_no_secret_and_no_value(
    server_that_counts, station, tmp_path
):
    """Whatever the program and wardctl send, secrets and values are bound, never written out."""
    dsn = server_that_counts.dsn(NAME)
    secrets = people_come_in(station, dsn)
    private, more = workstations_get_keys(dsn, tmp_path)
    a_patient_is_charted(station, private)
    with psycopg.connect(dsn) as admin:
        kept = admin.execute(KEPT).fetchone()[0]
        seen = admin.execute("SELECT string_agg(query, E'\\n') FROM pg_stat_activity").fetchone()[
            0
        ]
    # the statistics are there, of functions' own statements too, and of statements not planned
    for part in ("auth.sign_in_v2($1, $2)", "patient.record_details", "crypt", "CREATE ROLE"):
        assert part in kept
    shown = [each for each in (*secrets, *more, *OF_A_PATIENT) if each in kept or each in seen]
    assert shown == []


def test_that_statistics_of_statements_would_show_what_is_written_out(server_that_counts):
    """The counter-test: a setting's value is kept as it stands."""
    with psycopg.connect(server_that_counts.dsn(NAME)) as admin:
        admin.execute("SET ward.token = 'written-out-in-full'")
        assert "written-out-in-full" in admin.execute(KEPT).fetchone()[0]
