"""A migrated database of the demo's own, empty or with the simulated hospital in it."""

from __future__ import annotations

from contextlib import contextmanager
from uuid import uuid4

import pytest

from ward_app.core.database import Actor, Database
from ward_app.core.settings import DatabaseSettings
from ward_app.demo.hospital import FACILITY_CODE
from ward_app.demo.seed import seed_demo
from ward_app.demo.staff import PASSWORD
from ward_app.operations.bootstrap import create_database, drop_database, initialise
from ward_app.operations.migrate import upgrade
from ward_app.operations.workstations import enrol, revoke
from ward_app.staff.service import sign_in


@contextmanager
def _database(server, template=None):
    name = f"ward_demo_{uuid4().hex}"
    if template:
        create_database(server.dsn("postgres"), name, template=template)
    else:
        initialise(server.dsn("postgres"), name)
        upgrade(server.dsn(name))
    yield name
    drop_database(server.dsn("postgres"), name)


@pytest.fixture(scope="session")
def empty_template(server):
    """A migrated database with no row of ours; never connected to."""
    with _database(server) as name:
        yield name


@pytest.fixture
def empty_dsn(server, empty_template):
    """The administrator's way into a migrated, empty database."""
    with _database(server, empty_template) as name:
        yield server.dsn(name)


@pytest.fixture(scope="session")
def demo_name(server, empty_template):
    """Name of a database with the simulated hospital, for tests that only read."""
    with _database(server, empty_template) as name:
        seed_demo(server.dsn(name))
        yield name


@pytest.fixture(scope="session")
def demo_dsn(server, demo_name):
    """The administrator's way into the simulated hospital."""
    return server.dsn(demo_name)


@pytest.fixture(scope="session")
def demo_database(server, demo_name):
    """The simulated hospital as an enrolled workstation sees it."""
    dsn = server.dsn(demo_name)
    station = enrol(dsn, f"demo {uuid4().hex}", database=demo_name, facility_code=FACILITY_CODE)
    settings = DatabaseSettings(
        host=str(server.socket_dir), port=server.port, name=demo_name, user=station.role_name
    )
    database = Database.connect(settings, station.password)
    yield database
    database.close()
    revoke(dsn, station.role_name, database=demo_name)


@pytest.fixture
def demo_sign_in(demo_database):
    """Return who signed in with that user name and the published password."""
    return lambda login: demo_database.run(None, sign_in, login, PASSWORD)


@pytest.fixture
def run_as(demo_database, demo_sign_in):
    """Return the answer to a question in somebody's name."""

    def run(login, work, *args):
        return demo_database.run(Actor(demo_sign_in(login).token), work, *args)

    return run
