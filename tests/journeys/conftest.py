"""The real program in its window, on the simulated hospital, with a colleague elsewhere."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from PySide6.QtGui import QPixmap

from tests.demo.databases import copied, enrolled, full_template
from ui import theme
from ui.demo.colleague import Colleague
from ui.demo.hands import Hands
from ui.demo.keeping import way_in
from ui.demo.steps import arriving
from ui.demo.walk import Walk
from ui.panels import ARRANGEMENT
from ui.preferences import Preferences
from ui.program import Program


class QuickWalk(Walk):
    """Walks without taking pictures."""

    def picture(self, *_about):
        return QPixmap()


class StationCutOff:
    """An outage of one workstation alone: the server is shared with other tests."""

    def __init__(self, admin_dsn, role_name):
        self._dsn, self._role = admin_dsn, role_name

    def begin(self):
        self._allow(0)
        with psycopg.connect(self._dsn, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s",
                (self._role,),
            )

    def end(self):
        self._allow(6)

    def _allow(self, connections):
        with psycopg.connect(self._dsn, autocommit=True) as admin:
            admin.execute(f"ALTER ROLE {self._role} CONNECTION LIMIT {connections}")


@pytest.fixture
def hospital(server):
    """Name of a database with the simulated hospital, for this test to change."""
    with copied(server, full_template(server)) as name:
        yield name


@pytest.fixture
def station(server, hospital):
    """Return an enrolled workstation where somebody may sign in; revoked after the test."""
    with ExitStack() as stack:
        yield lambda login="nurse": stack.enter_context(enrolled(server, hospital, login))


@contextmanager
def opened(qapp, station, folder):
    """Open the program at a workstation, as `ui.app` does."""
    theme.apply(qapp, theme.Scheme.LIGHT)
    access = way_in(station.access, folder / "downtime")
    preferences = Preferences(folder / "preferences.ini")
    program = Program(access, ARRANGEMENT, preferences, environment="demo")
    program.start()
    program.window.resize(1366, 768)
    program.window.activateWindow()
    yield program
    program.close()
    program.deleteLater()


@pytest.fixture
def walk(qapp, server, station, tmp_path):
    """Somebody in front of the program's sign-in screen, and a colleague at another desk."""
    mine = station("nurse")
    with opened(qapp, mine, tmp_path) as program:
        colleague = Colleague(station("nurse2"), Hands())
        outage = StationCutOff(server.dsn("postgres"), mine.database.user)
        yield QuickWalk(program, colleague, outage, tmp_path)
        colleague.leave()


@pytest.fixture
def at_the_board(walk):
    """The same, signed in, the board read."""
    arriving.sign_in_wrongly(walk)
    arriving.sign_in(walk)
    return walk
