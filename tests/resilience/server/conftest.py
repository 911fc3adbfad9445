"""A server of these tests' own, everything forced to disk: they kill it and start it again."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from tests import world
from tests.conftest import STATION_PASSWORD, TEMPLATE, make_stations
from tests.resilience.server.standbys import Standby, let_standbys_in
from tests.resilience.server.waiting import until
from tests.server_files import reload
from tests.soak import arena
from ward_app.core.database import Actor, Database
from ward_app.core.settings import DatabaseSettings
from ward_app.operations import cluster_files
from ward_app.operations.bootstrap import create_database, drop_database, initialise
from ward_app.operations.cluster import private_cluster
from ward_app.operations.migrate import upgrade
from ward_app.operations.replication import replication
from ward_app.staff.service import sign_in

# so many more workstations, each with a person; every fourth person works on East alone
FLEET = 8


class OwnServer:
    """A server that may be killed.

    Attributes:
        name: the database of the running test.
    """

    def __init__(self, cluster) -> None:
        self.cluster = cluster
        self.name = TEMPLATE
        self.databases: list[Database] = []

    def settings(self, station: str = "ws_alpha") -> DatabaseSettings:
        """Return how a workstation reaches this test's database."""
        return DatabaseSettings(
            host=str(self.cluster.socket_dir),
            port=self.cluster.port,
            name=self.name,
            user=station,
        )

    def connect(self, station: str = "ws_alpha") -> Database:
        """Return the database as a workstation sees it; closed after the test."""
        self.databases.append(Database.connect(self.settings(station), STATION_PASSWORD))
        return self.databases[-1]

    def enter(self, login: str, station: str) -> tuple[Database, Actor]:
        """Return the database of a workstation and the person signed in there."""
        database = self.connect(station)
        return database, Actor(database.run(None, sign_in, login, world.PASSWORD).token)

    def ask(self, question: str, *parameters):
        """Return the rows of a statement, as the administrator."""
        with psycopg.connect(self.cluster.dsn(self.name), autocommit=True) as admin:
            answer = admin.execute(question, parameters)
            return answer.fetchall() if answer.description else []

    def start(self) -> None:
        """Start the server, after a kill through its own recovery."""
        self.cluster.start()

    def kill(self) -> None:
        """Kill the server at once and wait until it is gone, with every process of it."""
        pid, *children = self._family()
        os.kill(pid, signal.SIGKILL)
        self._wait_for_the_end()
        # one that was busy goes on for a while and may even save what it was sent
        until(lambda: not any(Path(f"/proc/{child}").exists() for child in children))

    def stop(self) -> None:
        """Stop the server as IT would, cutting off whoever is connected."""
        self.cluster.stop()

    def freeze(self, how: signal.Signals) -> None:
        """Stop (SIGSTOP) or go on with (SIGCONT) every process of the server."""
        for each in self._family():
            _signal(each, how)

    def cut_off(self, stations: str) -> int:
        """End the connections of the workstations of these names (LIKE); return how many."""
        ended = self.ask(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename LIKE %s",
            stations,
        )
        return len(ended)

    def set(self, **settings: str | None) -> None:
        """Set these of the server (None: as it was), for whatever begins from now on."""
        with psycopg.connect(self.cluster.dsn("postgres"), autocommit=True) as admin:
            for name, value in settings.items():
                wanted = "DEFAULT" if value is None else f"'{value}'"
                admin.execute(f"ALTER SYSTEM SET {name} = {wanted}")
        reload(self.cluster.dsn("postgres"))

    def kill_backends(self, station: str) -> None:
        """Kill the processes that serve a workstation; the server then restarts by itself."""
        found = self.ask(
            "SELECT pid FROM pg_stat_activity WHERE usename = %s ORDER BY state = 'active' DESC",
            station,
        )
        for (pid,) in found:
            _signal(pid, signal.SIGKILL)

    def pause(self, how: signal.Signals, station: str) -> None:
        """Stop (SIGSTOP) or go on with (SIGCONT) the processes that serve a workstation."""
        query = "SELECT pid FROM pg_stat_activity WHERE usename = %s"
        for (pid,) in self.ask(query, station):
            _signal(pid, how)

    def _family(self) -> list[int]:
        """Return the process of the server and those that it made."""
        pid = cluster_files.server_pid(self.cluster.data_dir)
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    @retry(retry=retry_if_result(bool), stop=stop_after_delay(10), wait=wait_fixed(0.01))
    def _wait_for_the_end(self):
        return cluster_files.server_pid(self.cluster.data_dir)


def _signal(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return  # it was faster


@pytest.fixture(scope="session")
def own_cluster():
    """The cluster, made once for all tests of this process, with the test hospital in it."""
    folder = Path(tempfile.mkdtemp(prefix="ward-killed-"))
    folder.chmod(0o711)  # the server may run as another account
    cluster = private_cluster(folder / "cluster")
    cluster.start()
    initialise(cluster.dsn("postgres"), TEMPLATE)
    make_stations(cluster.dsn("postgres"))
    upgrade(cluster.dsn(TEMPLATE))
    world.build(cluster.dsn(TEMPLATE))
    for number in range(FLEET):
        arena.enrol(cluster.dsn(TEMPLATE), number)
    yield cluster
    cluster.destroy()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def replicating_cluster(own_cluster):
    """The same cluster, which standbys may follow from now on."""
    own_cluster.start()
    let_standbys_in(own_cluster)
    return own_cluster


@pytest.fixture(scope="session")
def make_standby(replicating_cluster):
    """Return a function that makes a standby of a name of its own, until the end of the tests."""
    folder = Path(tempfile.mkdtemp(prefix="ward-follows-"))
    folder.chmod(0o711)
    made = []

    def make(slot, *, of=replicating_cluster, fast_unsafe=False):
        made.append(Standby(folder / slot, of, slot, fast_unsafe=fast_unsafe))
        made[-1].make()
        return made[-1]

    yield make
    replicating_cluster.start()
    for standby in reversed(made):
        standby.remove()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def standby(make_standby):
    """A standby that is never promoted."""
    # it is not killed, and what it copies is safe on the primary
    return make_standby("ward_reads", fast_unsafe=True)


@pytest.fixture
def following(standby):
    """The standby, once it has everything."""
    standby.primary.start()
    until(lambda: replication(standby.cluster.dsn("postgres"), database="postgres").lag_s == 0)
    return standby


@contextmanager
def hospital(cluster):
    """A fresh hospital on the server, which runs before and after."""
    cluster.start()
    server = OwnServer(cluster)
    server.name = f"ward_killed_{uuid4().hex}"
    create_database(cluster.dsn("postgres"), server.name, template=TEMPLATE)
    # a copied sequence believes that its next values are in the log, and would go back in a crash
    with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as admin:
        admin.execute("CHECKPOINT")
    yield server
    for database in server.databases:
        database.close()
    cluster.start()
    drop_database(cluster.dsn("postgres"), server.name)


@pytest.fixture
def own_server(own_cluster):
    """The server, running, with a fresh hospital."""
    with hospital(own_cluster) as server:
        yield server


@pytest.fixture(scope="module")
def shared_server(own_cluster):
    """The server, running, with a hospital that the tests of a module share."""
    with hospital(own_cluster) as server:
        yield server
