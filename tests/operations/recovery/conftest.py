"""A hospital at work with a backup of it, and restores of both."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests import steps, world
from tests.conftest import HOME, STATION_PASSWORD, one_at_a_time
from tests.operations.backup.test_container import FEW, SECRET
from ward_app.core.database import Actor, Database
from ward_app.core.settings import DatabaseSettings
from ward_app.operations.backup.create import Job as BackupJob
from ward_app.operations.backup.create import create
from ward_app.operations.bootstrap import create_database, drop_database
from ward_app.operations.recovery.restore import Job, restore
from ward_app.staff.service import sign_in


class Hospital:
    """A database with a name short enough for what a restore puts behind it.

    Attributes:
        folder: of its backups.
    """

    def __init__(self, server, name, folder):
        self.server = server
        self.name = name
        self.folder = folder
        self.dsn = server.dsn(name)
        self.opened = []

    def ask(self, statement, *values, at=None):
        with psycopg.connect(self.server.dsn(at or self.name), autocommit=True) as admin:
            answer = admin.execute(statement, values)
            return answer.fetchall() if answer.description else []

    def station(self):
        settings = DatabaseSettings(
            host=str(self.server.socket_dir),
            port=self.server.port,
            name=self.name,
            user="ws_alpha",
        )
        self.opened.append(Database.connect(settings, STATION_PASSWORD))
        return self.opened[-1]

    def enter(self, database):
        return Actor(database.run(None, sign_in, "nora", world.PASSWORD).token)

    def admit(self, database, nurse, *names, label):
        steps.admit(database, nurse, *names, label=label)

    def patients(self, at=None):
        found = self.ask("SELECT family_name FROM patient.patients ORDER BY 1", at=at)
        return [name for (name,) in found]

    def backup(self, **more):
        job = {"dsn": self.dsn, "folder": self.folder, "secret": SECRET, "rounds": FEW} | more
        return create(BackupJob(**job))

    def job(self, name, **more):
        job = Job(
            dsn=self.dsn,
            database=self.name,
            name=name,
            folder=self.folder,
            secret=SECRET,
            backup=None,
            test=False,
        )
        return replace(job, **more)

    def restore(self, name, **more):
        said = []
        return restore(self.job(name, **more), said.append, lambda *_: None), said

    def databases(self):
        found = self.ask("SELECT datname::text FROM pg_database WHERE datname LIKE %s ORDER BY 1",
                         f"{self.name}%")  # fmt: skip
        return [name for (name,) in found]


@pytest.fixture
def only_restore(server):
    """Keep the restores of other workers out: a server has one at a time."""
    folder = Path(os.environ[HOME]) / "restores"
    folder.mkdir(exist_ok=True)
    with one_at_a_time(folder):
        yield


@pytest.fixture
def hospital(server, template, tmp_path, only_restore):
    """One patient in bed 1, nobody connected."""
    name = f"ward_test_r{uuid4().hex[:8]}"
    create_database(server.dsn("postgres"), name, template=template)
    hospital = Hospital(server, name, tmp_path / "backups")
    database = hospital.station()
    hospital.admit(database, hospital.enter(database), "Okafor", label="1")
    database.close()
    yield hospital
    for database in hospital.opened:
        database.close()
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as admin:
        left = admin.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", (f"{name}%",)
        )
        for (each,) in left.fetchall():
            drop_database(server.dsn("postgres"), each)
