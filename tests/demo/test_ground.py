"""What the demo stands on: made once, kept, refreshed, never where care is given."""

from __future__ import annotations

import shutil
from uuid import uuid4

import psycopg
import pytest

from tests.demo.databases import copied, empty_template, full_template
from ward_app.core.database import Database
from ward_app.core.environment import Environment
from ward_app.core.errors import NotPermittedError, WardError
from ward_app.demo import ground as ground_module
from ward_app.demo.ground import DemoGround
from ward_app.demo.hospital import FACILITY_NAME
from ward_app.demo.seed import demo_seeded_at
from ward_app.operations import installation
from ward_app.operations.accounts import system_folder_for
from ward_app.operations.cluster import ClusterState, private_cluster


@pytest.fixture
def said():
    """Every sentence said on the terminal."""
    return []


@pytest.fixture
def ground(server):
    """The demo on a copy of the simulated hospital, with workstations nobody else has."""
    with copied(server, full_template(server)) as name:
        ground = DemoGround(server, name, station=f"Ground {uuid4().hex[:8]}")
        yield ground
        ground.prepare(print)
        ground.leave(print, keep_running=True)


def facilities(dsn):
    with psycopg.connect(dsn) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM public.facilities")]


def test_that_a_fresh_demo_is_left_as_it_is(ground, said):
    before = demo_seeded_at(ground.dsn)
    ground.prepare(said.append)
    assert demo_seeded_at(ground.dsn) == before
    assert "anew" not in " ".join(said)


def test_that_a_migrated_empty_database_is_filled(server, said):
    with copied(server, empty_template(server)) as name:
        ground = DemoGround(server, name)
        ground.prepare(said.append)
        assert facilities(ground.dsn) == [FACILITY_NAME]
        assert "invented patients" in said[-1]


def test_that_a_demo_of_another_day_is_made_anew_and_says_so(ground, said, monkeypatch):
    monkeypatch.setattr(ground_module, "FRESH_FOR", ground_module.timedelta(0))
    before = demo_seeded_at(ground.dsn)
    ground.enrol_stations(1)
    ground.prepare(said.append)
    assert demo_seeded_at(ground.dsn) > before
    assert "anew" in said[0]


def test_that_another_hospital_in_the_database_keeps_it_from_being_made_anew(
    ground, said, monkeypatch
):
    with psycopg.connect(ground.dsn) as connection:
        connection.execute(
            "INSERT INTO public.facilities VALUES (gen_random_uuid(), 'mimic', 'MIMIC', 'UTC')"
        )
    with pytest.raises(NotPermittedError, match="WARD_HOME"):
        ground.prepare(said.append, anew=True)
    monkeypatch.setattr(ground_module, "FRESH_FOR", ground_module.timedelta(0))
    ground.prepare(said.append)
    assert len(facilities(ground.dsn)) == 2


def test_that_a_database_for_care_is_never_filled(server, said):
    with copied(server, empty_template(server)) as name:
        installation.name_environment(server.dsn(name), Environment.PRODUCTION)
        with pytest.raises(NotPermittedError):
            DemoGround(server, name).prepare(said.append)
        assert facilities(server.dsn(name)) == []


def test_that_each_run_has_workstations_of_its_own(ground):
    first, second = ground.enrol_stations(2)
    again = DemoGround(ground.cluster, ground.database, station=ground._station)
    [third] = again.enrol_stations(1)
    database = Database.connect(ground.settings(first), first.password)
    with pytest.raises(WardError), database.transaction(None) as tx:
        tx.value("SELECT 1")
    database.close()
    assert first.role_name != second.role_name
    assert third.password not in (first.password, second.password)
    again.leave(print, keep_running=True)


def test_that_a_workstation_in_use_is_left_alone(ground):
    [mine] = ground.enrol_stations(1)
    database = Database.connect(ground.settings(mine), mine.password)
    with database.transaction(None) as tx:
        again = DemoGround(ground.cluster, ground.database, station=ground._station)
        [theirs] = again.enrol_stations(1)
        assert theirs.role_name != mine.role_name
        assert tx.value("SELECT 1") == 1
    database.close()
    again.leave(print, keep_running=True)


@pytest.mark.long
def test_that_a_database_for_once_begins_afresh_and_is_removed(server, said):
    ground = DemoGround(server, f"ward_test_once_{uuid4().hex}", station=f"Once {uuid4().hex[:8]}")
    ground.prepare_for_once(said.append)
    ground.enrol_stations(1)
    ground.prepare_for_once(said.append)
    ground.enrol_stations(1)
    assert facilities(ground.dsn) == [FACILITY_NAME]
    ground.remove()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(ground.dsn)


@pytest.fixture
def own_cluster(tmp_path):
    """A cluster that is not made yet."""
    cluster = private_cluster(tmp_path / "cluster", fast_unsafe=True)
    yield cluster
    cluster.destroy()
    shutil.rmtree(system_folder_for(tmp_path / "cluster"), ignore_errors=True)


@pytest.mark.long
def test_that_everything_is_made_from_nothing_and_the_server_stops_in_the_end(own_cluster, said):
    ground = DemoGround(own_cluster)
    ground.prepare(said.append)
    assert "once" in said[0]
    assert facilities(ground.dsn) == [FACILITY_NAME]
    ground.enrol_stations(1)
    ground.leave(said.append, keep_running=False)
    assert own_cluster.status() is ClusterState.STOPPED
