"""Databases of the simulated hospital for tests, made once per run and copied."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

from tests.conftest import HOME, one_at_a_time
from ui.demo.window import Station
from ward_app.core.settings import DatabaseSettings
from ward_app.demo.hospital import FACILITY_CODE
from ward_app.demo.keys import demo_cipher, demo_vault
from ward_app.demo.seed import seed_demo
from ward_app.demo.staff import PASSWORD
from ward_app.operations import data_keys
from ward_app.operations.bootstrap import create_database, drop_database, initialise
from ward_app.operations.migrate import upgrade
from ward_app.operations.workstations import enrol, revoke

EMPTY, FULL = "ward_test_demo_empty", "ward_test_demo_full"


def empty_template(server):
    """Return the name of a migrated database without rows; made by whoever comes first."""

    def fill():
        initialise(server.dsn("postgres"), EMPTY)
        upgrade(server.dsn(EMPTY))

    return _once(EMPTY, fill)


def full_template(server):
    """Return the name of a database with the simulated hospital, anchored to this run."""
    empty_template(server)

    def fill():
        create_database(server.dsn("postgres"), FULL, template=EMPTY)
        seed_demo(server.dsn(FULL), cipher=partial(demo_cipher, server, FULL))

    return _once(FULL, fill)


@contextmanager
def copied(server, template):
    """Yield the name of a copy that is dropped afterwards."""
    name = f"ward_test_copy_{uuid4().hex}"
    create_database(server.dsn("postgres"), name, template=template)
    yield name
    drop_database(server.dsn("postgres"), name)


@contextmanager
def enrolled(server, name, login):
    """Yield a workstation of its own in a database, with somebody to sign in there."""
    dsn = server.dsn(name)
    made = enrol(dsn, f"test {uuid4().hex}", database=name, facility_code=FACILITY_CODE)
    # the keys of the database it is a copy of
    if data_keys.known(dsn, database=name)[0]:
        data_keys.wrap(
            replace(demo_vault(server, name), file=demo_vault(server, FULL).file), PASSWORD
        )
    yield Station(
        database=DatabaseSettings(
            host=str(server.socket_dir), port=server.port, name=name, user=made.role_name
        ),
        credential=made.password,
        private_key=made.private_key,
        login=login,
        password=PASSWORD,
    )
    revoke(dsn, made.role_name, database=name)


def _once(name, fill):
    folder = Path(os.environ[HOME])
    with one_at_a_time(folder):
        done = folder / f"{name}-is-ready"
        if not done.exists():
            fill()
            done.touch()
    return name
