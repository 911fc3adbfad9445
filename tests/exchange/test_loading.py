"""What can go wrong between an import and the database."""

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests import world
from tests.conftest import STATION_PASSWORD
from ward_app.core.errors import (
    ConfigurationError,
    ConflictError,
    DatabaseUnavailableError,
    RuleBrokenError,
    SchemaMismatchError,
)
from ward_app.exchange import loading
from ward_app.exchange.load_plan import BEDS, LoadPlan
from ward_app.exchange.loading import loader


def enter(dsn, statement="SELECT FROM public.facilities"):
    with loader(dsn) as connection:
        connection.execute(statement)


def test_that_a_server_that_does_not_answer_is_said_to_be_unreachable(admin_dsn):
    with pytest.raises(DatabaseUnavailableError, match="cannot be reached"):
        enter(make_conninfo(admin_dsn, host="127.0.0.1", port=1))


def test_that_a_workstation_may_not_load(admin_dsn):
    dsn = make_conninfo(admin_dsn, user=world.STATIONS[0], password=STATION_PASSWORD)
    with pytest.raises(ConfigurationError, match="may not load data"):
        enter(dsn)


def test_that_what_a_loader_may_not_do_is_said_the_same_way(admin_dsn):
    with pytest.raises(ConfigurationError, match="may not load data"):
        enter(admin_dsn, "DELETE FROM patient.patients")


def test_that_a_database_without_a_schema_is_told_apart(server, template):
    assert template  # with it the server has the product's roles
    with pytest.raises(SchemaMismatchError, match="wardctl migrate run"):
        enter(server.dsn("postgres"))


def test_that_a_rule_of_the_database_is_named(admin_dsn):
    with pytest.raises(ConflictError, match=r"stands in the way \(rule pk_facilities\)"):
        enter(
            admin_dsn,
            "INSERT INTO public.facilities SELECT id, 'again', name, time_zone"
            " FROM public.facilities",
        )


def test_that_a_row_must_name_every_column():
    with pytest.raises(ValueError, match="label"):
        LoadPlan().add(BEDS, id=1, room_id=2, ward_id=3, position=4)


def test_that_a_second_import_at_the_same_time_gives_way(data_set, tables, load, monkeypatch):
    monkeypatch.setattr(loading, "_LOCK_TIMEOUT_MS", 50)
    refused = []

    def start_another(step, done, total):
        if step == "Loading the rows" and not refused:
            with pytest.raises(ConflictError, match="Another import") as refusal:
                load()
            refused.append(refusal)

    data_set(tables)
    assert not load(announce=start_another).changed_nothing
    assert refused


def test_that_an_import_cut_off_half_way_leaves_nothing_and_can_be_repeated(
    data_set, tables, load, admin
):
    """[P07] [Q14]"""

    def cut_off(step, done, total):
        if step == "Loading the rows" and done == total:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )

    data_set(tables)
    with pytest.raises(DatabaseUnavailableError, match=r"broke during the import\. Run it again"):
        load(announce=cut_off)
    assert admin.execute("SELECT count(*) FROM patient.patients").fetchone() == (0,)
    assert load().added["patient.patients"] == 2


def test_that_a_database_without_a_hospital_says_how_to_make_one(data_set, tables, load, admin):
    with psycopg.connect(admin.info.dsn, autocommit=True) as connection:
        # not even an administrator deletes a hospital while the triggers run
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM public.facilities")
    data_set(tables)
    with pytest.raises(RuleBrokenError, match=r"has no hospital yet.*wardctl seed --demo"):
        load(facility_code=None)
