"""The simulated hospital, read only, and databases without it."""

from __future__ import annotations

import pytest

from tests.demo.databases import copied, empty_template, enrolled, full_template
from ward_app.core.database import Actor, Database
from ward_app.demo.staff import PASSWORD
from ward_app.staff.service import sign_in


@pytest.fixture
def empty_dsn(server):
    """The administrator's way into a migrated, empty database."""
    with copied(server, empty_template(server)) as name:
        yield server.dsn(name)


@pytest.fixture(scope="session")
def demo_name(server):
    """Name of a database with the simulated hospital, for tests that only read."""
    with copied(server, full_template(server)) as name:
        yield name


@pytest.fixture(scope="session")
def demo_dsn(server, demo_name):
    """The administrator's way into the simulated hospital."""
    return server.dsn(demo_name)


@pytest.fixture(scope="session")
def demo_database(server, demo_name):
    """The simulated hospital as an enrolled workstation sees it."""
    with enrolled(server, demo_name, "nurse") as station:
        database = Database.connect(station.database, station.credential)
        yield database
        database.close()


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
