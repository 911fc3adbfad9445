"""A ward whose nurse charts while the database is away."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.conftest import HOME
from tests.downtime.offline import KEY, Station
from tests.steps import admit
from ward_app.downtime.outbox import Outbox


@pytest.fixture
def tmp_path():
    """A folder of this test's own, where the server is too: in memory, if there is room."""
    folder = Path(tempfile.mkdtemp(dir=os.environ[HOME]))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def outbox(tmp_path):
    """The outbox of a workstation, which nothing was ever put into."""
    return Outbox(tmp_path / "downtime", KEY)


@pytest.fixture
def stay(database, nurse):
    """The stay of Ada Okafor in bed 1 of ward East."""
    return admit(database, nurse, "Okafor", "Ada")


@pytest.fixture
def station(database, nurse_person, outbox):
    """Workstation alpha, at which Nora charts."""
    return Station(database, nurse_person, outbox)


@pytest.fixture
def another_station(connect, signed_in, tmp_path):
    """Return a workstation of that role, at which somebody signed in."""

    def make(role="ws_beta", login="wes", folder="other"):
        database = connect(role)
        person = signed_in(login, database)
        return Station(database, person, Outbox(tmp_path / folder, KEY), role)

    return make
