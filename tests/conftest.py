"""Fixtures: a server, a migrated hospital as template, a database of its own per test.

The server is a private one, or that which somebody names (tests/given_server.py).
"""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from tests import world
from tests.given_server import GivenServer, given_server
from tests.patience import PatientBot
from ui import pulse, theme
from ui.background import DatabaseWork
from ui.context import Context
from ward_app.core.database import Actor, Database
from ward_app.core.settings import DatabaseSettings
from ward_app.operations.bootstrap import create_database, drop_database, initialise
from ward_app.operations.cluster import ClusterState, private_cluster
from ward_app.operations.migrate import upgrade
from ward_app.rooms.queries import wards
from ward_app.staff.service import sign_in

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# a change of reference data is seen at once: no test waits for chance
pulse.READ_ANEW_WITHIN_MS = 0

# how fast values are made says nothing about the program on a busy machine
settings.register_profile("ward", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# the soak looks for longer; what it finds becomes an @example of the test
settings.register_profile("soak", settings.get_profile("ward"), max_examples=1_000)
settings.load_profile("ward")

TEMPLATE = "ward_test_template"
_READY = "template-is-ready"
STATION_PASSWORD = "station-for-tests-only"  # noqa: S105 - of throw-away clusters
HOME = "WARD_TEST_HOME"
ROOM_BYTES = 4 * 1024**3


def pytest_configure(config):
    """Let the first process choose the folder that all workers share.

    Before anything else a named server is refused whose database is not for tests.
    """
    given_server(os.environ)
    if HOME not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="ward-test-", dir=fast_folder()))
        folder.chmod(0o711)  # the server may run as another account
        os.environ[HOME] = str(folder)
        config.stash[_MADE_HERE] = folder
    gc.disable()  # a collection on the database thread would free Qt objects there


def fast_folder():
    """Return a folder in memory with room for the server, None = the usual one.

    Each test copies the template: on a disk that is half of the suite's time.
    """
    in_memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of this run's own in it
    if os.environ.get("TMPDIR") or not os.access(in_memory, os.W_OK | os.X_OK):
        return None
    return in_memory if shutil.disk_usage(in_memory).free > ROOM_BYTES else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with the longest tests: in the end one worker would wait for the others."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish():
    """Leave the tests themselves out of every search for garbage: they stay to the end."""
    gc.freeze()


def pytest_unconfigure(config):
    """Stop the server and remove the folder, in the process that made it."""
    folder = config.stash.get(_MADE_HERE, None)
    if folder is None:
        return
    cluster = private_cluster(folder / "cluster", fast_unsafe=True)
    if cluster.status() is not ClusterState.MISSING:
        cluster.destroy()
    given = given_server(os.environ)
    if given is not None and (folder / _READY).exists():
        given.forget(TEMPLATE, world.STATIONS)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item):
    """Delete the widgets that were just closed, before their Python halves are collected.

    A collection that came first would empty them while Qt's halves still send signals to slots.
    """
    # a model's tester still takes its leave of the model
    if "qtmodeltester" not in item.fixturenames:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


_MADE_HERE = pytest.StashKey[Path]()


@pytest.fixture
def qtbot(qapp, request):
    """The robot of pytest-qt, with more patience."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def light_again():
    """Show light colours again after a test that showed dark ones: the next begins in light."""
    yield
    app = QApplication.instance()
    if app is not None and theme.scheme() is not theme.Scheme.LIGHT:
        theme.apply(app, theme.Scheme.LIGHT)


@contextmanager
def one_at_a_time(folder):
    """Keep the other workers out."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def server():
    """The private server of this test run, started by whoever comes first; or the named one."""
    given = given_server(os.environ)
    if given is not None:
        return given
    folder = Path(os.environ[HOME])
    cluster = private_cluster(folder / "cluster", fast_unsafe=True)
    with one_at_a_time(folder):
        cluster.start()
    return cluster


@pytest.fixture(scope="session")
def template(server):
    """A migrated database with the test hospital; copied, never connected to."""
    folder = Path(os.environ[HOME])
    with one_at_a_time(folder):
        done = folder / _READY
        if not done.exists():
            admin = server.dsn("postgres")
            if isinstance(server, GivenServer):
                server.forget(TEMPLATE, world.STATIONS)
            initialise(admin, TEMPLATE)
            make_stations(admin)
            upgrade(server.dsn(TEMPLATE))
            world.build(server.dsn(TEMPLATE))
            done.touch()
    return TEMPLATE


def make_stations(admin):
    """Give the test workstations their login roles; they belong to the whole server."""
    with psycopg.connect(admin, autocommit=True) as connection:
        for station in world.STATIONS:
            connection.execute(
                f"CREATE ROLE {station} LOGIN PASSWORD '{STATION_PASSWORD}' IN ROLE ward_client"
            )


@pytest.fixture
def database_name(server, template):
    """A database of this test's own, with nobody signed in and nobody admitted."""
    # short enough for what a restore puts behind it
    name = f"ward_test_{uuid4().hex[:16]}"
    create_database(server.dsn("postgres"), name, template=template)
    yield name
    drop_database(server.dsn("postgres"), name)


@pytest.fixture
def admin_dsn(server, database_name):
    """How the administrator connects to this test's database."""
    return server.dsn(database_name)


@pytest.fixture
def admin(admin_dsn):
    """The administrator's connection, in autocommit mode: sees everything."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def station_settings(server, database_name):
    """Return the settings of a workstation, by its role."""

    def settings(station: str = "ws_alpha") -> DatabaseSettings:
        return DatabaseSettings(
            host=str(server.socket_dir), port=server.port, name=database_name, user=station
        )

    return settings


@pytest.fixture
def connect(station_settings):
    """Return the database as a workstation sees it; closed after the test."""
    opened = []

    def make(station: str = "ws_alpha") -> Database:
        opened.append(Database.connect(station_settings(station), STATION_PASSWORD))
        return opened[-1]

    yield make
    leaked = sum(database.pool.in_use for database in opened)
    for database in opened:
        database.close()
    assert not leaked, "a connection was not given back"


@pytest.fixture
def database(connect):
    """The database as workstation alpha sees it."""
    return connect("ws_alpha")


@pytest.fixture
def signed_in(database):
    """Return the person of that login signed in at workstation alpha."""
    return lambda login, at=database: at.run(None, sign_in, login, world.PASSWORD)


@pytest.fixture
def nurse_person(signed_in):
    """Nora, nurse of ward East, signed in at workstation alpha."""
    return signed_in("nora")


@pytest.fixture
def nurse(nurse_person):
    """Nora as the one who acts."""
    return Actor(nurse_person.token)


@pytest.fixture
def work(qapp, database, nurse):
    """The lane to the database, acting as Nora."""
    work = DatabaseWork(database, nurse)
    yield work
    work.close()


@pytest.fixture
def context(work, nurse_person):
    """What panels and sheets are handed, for Nora."""
    all_wards = tuple(work._database.run(work.actor, wards))
    return Context(work=work, signed_in=nurse_person, wards=all_wards)
