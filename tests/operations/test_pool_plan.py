"""How many connections a hospital needs, and a real PgBouncer with the settings for it."""

from __future__ import annotations

import configparser
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import STATION_PASSWORD
from tests.security.authority import Authority
from tests.security.pooler import PROGRAM, Pooler
from ward_app.core.database import Database
from ward_app.core.errors import RuleBrokenError
from ward_app.core.settings import DatabaseSettings
from ward_app.operations.pgbouncer_config import PoolerPlace, PoolSizes, ini, sizes_for
from ward_app.operations.pool_plan import Fleet, advice, lines, problems

SMALL = Fleet(
    cores=4, spindles=1, workstations=60, pool_max=4, budget=500, max_connections=350
)  # fmt: skip


@pytest.mark.parametrize(
    ("cores", "active", "usual"), [(2, 5, "5 to 10"), (4, 9, "10 to 20"), (8, 17, "20 to 40")]
)
def test_that_the_server_is_sized_by_cores_and_disks(cores, active, usual):
    """[L02] [L03]"""
    fleet = replace(SMALL, cores=cores)
    assert fleet.active == active
    assert f"works on {active} statements" in next(lines(fleet))
    assert usual in next(lines(fleet))


def test_that_the_fleet_is_held_against_what_the_server_has():
    """[L04] [L05] Sixty workstations, as database.md works them out."""
    assert (SMALL.held, SMALL.needed, SMALL.there) == (300, 320, 347)
    assert "92 % of the 347 it has" in list(lines(SMALL))[-1]
    assert list(problems(SMALL)) == []
    [told] = problems(replace(SMALL, max_connections=322))
    assert "320 of 319. Set max_connections to 350" in told
    assert list(problems(replace(SMALL, max_connections=323))) == []
    [told] = problems(replace(SMALL, budget=239))
    assert "fleet_budget" in told


def test_that_many_workstations_are_advised_to_take_pgbouncer():
    """[L15]"""
    assert list(advice(replace(SMALL, workstations=150))) == []
    [told] = advice(replace(SMALL, workstations=151))
    assert "the server needs 180 connections" in told
    pooled = replace(SMALL, workstations=151, pooled=True)
    assert (pooled.needed, list(advice(pooled))) == (180, [])


def test_that_the_command_ends_with_2_where_it_does_not_fit(wardctl):
    words = ("pool", "plan", "--cores", "4", "--workstations", "60", "--max-connections")
    assert wardctl(*words, "350")[0] == 0
    status, _, complaint = wardctl(*words, "300")
    assert (status, "It does not fit" in complaint) == (2, True)
    assert wardctl(*words, "120", "--pgbouncer")[0] == 0


def test_that_pgbouncer_has_the_documents_sizes_unless_workstations_are_named(wardctl):
    """[L13]"""
    status, said, _ = wardctl("pgbouncer", "config")
    read = configparser.ConfigParser(interpolation=None)
    read.read_string(said)
    assert status == 0
    assert read["databases"]["ward"] == "host=/run/postgresql port=5432"
    wanted = {
        "pool_mode": "transaction", "max_client_conn": "100", "default_pool_size": "20",
        "min_pool_size": "5", "reserve_pool_size": "5", "reserve_pool_timeout": "3",
    }  # fmt: skip
    assert wanted.items() <= dict(read["pgbouncer"]).items()
    status, said, _ = wardctl("pgbouncer", "config", "--workstations", "100", "--cores", "8")
    read.read_string(said)
    wanted = {"max_client_conn": "420", "default_pool_size": "2", "max_db_connections": "17"}
    assert wanted.items() <= dict(read["pgbouncer"]).items()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (PoolerPlace(database="ward\nauth_type = any"), "cannot stand"),
        (PoolerPlace(database="ward", server="db.example"), "--server-ca"),
    ],
)
def test_that_pgbouncer_is_not_opened_by_a_name(place, words):
    with pytest.raises(RuleBrokenError, match=words):
        ini(place, PoolSizes())
    with pytest.raises(RuleBrokenError, match="fleet_budget"):
        sizes_for(200, 4, active=9, budget=500)


@pytest.fixture
def station(spare_server, empty_database):
    """The role of a workstation, with a password."""
    name = f"ws_{uuid4().hex[:12]}"
    with psycopg.connect(spare_server.dsn("postgres"), autocommit=True) as admin:
        admin.execute(
            f"CREATE ROLE {name} LOGIN PASSWORD '{STATION_PASSWORD}' IN ROLE ward_client"
        )
        yield name
        admin.execute(f"DROP ROLE {name}")


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "authority")


@pytest.fixture
def pooler(spare_server, empty_database, station, authority):
    """A PgBouncer that speaks TLS, with what the command prints."""
    shown = authority.certificate("localhost", is_server=True)

    def written(folder, port):
        place = PoolerPlace(
            database=empty_database, server=str(spare_server.socket_dir), listen="127.0.0.1",
            server_port=spare_server.port, port=port, folder=str(folder),
            certificate=shown.cert.name, key=shown.key.name,
        )  # fmt: skip
        return ini(place, sizes_for(20, 4, active=9, budget=500))

    pooler = Pooler(spare_server, empty_database, written, (shown.cert, shown.key))
    yield pooler
    pooler.stop()


@pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed")
def test_that_a_real_pgbouncer_starts_with_it_and_lets_a_workstation_through(
    pooler, authority, station, empty_database
):
    """[L13] Encrypted, by the server's own verifiers; without encryption nobody."""
    settings = DatabaseSettings(
        host="localhost", port=pooler.port, name=empty_database, user=station,
        sslrootcert=str(authority.ca), via_pgbouncer=True,
    )  # fmt: skip
    database = Database.connect(settings, STATION_PASSWORD)
    try:
        with database.transaction(None) as tx:
            assert tx.value("SELECT session_user") == station
    finally:
        database.close()
    with pytest.raises(psycopg.OperationalError, match="SSL required"):
        psycopg.connect(
            host="localhost", port=pooler.port, dbname=empty_database, user=station,
            password=STATION_PASSWORD, sslmode="disable",
        )  # fmt: skip
