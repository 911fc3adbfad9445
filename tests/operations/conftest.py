"""A cluster of one's own: these tests kill servers and make roles."""

import shutil
import sys
from functools import partial
from itertools import count

import pytest

from ward_app.cli import main as command_line
from ward_app.cli import target
from ward_app.operations.accounts import system_folder_for
from ward_app.operations.bootstrap import drop_database, initialise
from ward_app.operations.cluster import private_cluster

_numbers = count()


@pytest.fixture
def folder(tmp_path):
    """Where a test's cluster goes; nothing of it is left anywhere."""
    yield tmp_path / "cluster"
    shutil.rmtree(system_folder_for(tmp_path / "cluster"), ignore_errors=True)


@pytest.fixture
def cluster(folder):
    """A cluster that is not made yet."""
    cluster = private_cluster(folder, fast_unsafe=True)
    yield cluster
    cluster.destroy()


@pytest.fixture(scope="session")
def spare_server(tmp_path_factory):
    """A running cluster for tests that leave it as they found it."""
    cluster = private_cluster(tmp_path_factory.mktemp("server"), fast_unsafe=True)
    cluster.start()
    yield cluster
    cluster.destroy()


@pytest.fixture
def empty_database(spare_server):
    """The name of an empty database with roles and extensions."""
    name = f"ward_{next(_numbers)}"
    initialise(spare_server.dsn("postgres"), name)
    yield name
    drop_database(spare_server.dsn("postgres"), name)


@pytest.fixture
def dsn(spare_server, empty_database):
    """How the administrator connects to the empty database."""
    return spare_server.dsn(empty_database)


@pytest.fixture
def wardctl(monkeypatch, capsys, folder):
    """Run a command for an installation of its own; return status, output and complaints."""
    monkeypatch.setenv("WARD_HOME", str(folder.parent))
    for name in ("DATABASE_URL", "WARD_DATABASE__HOST"):
        monkeypatch.delenv(name, raising=False)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["wardctl", *words])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return run


@pytest.fixture
def running(wardctl, monkeypatch):
    """The same with its private cluster started, which a crash of the computer may destroy."""
    monkeypatch.setattr(target, "private_cluster", partial(private_cluster, fast_unsafe=True))
    wardctl("cluster", "start")
    yield wardctl
    wardctl("cluster", "destroy", "--yes")
