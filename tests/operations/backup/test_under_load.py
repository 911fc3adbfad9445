"""A backup made while people chart, restored: every table as it was in the moment of the dump."""

from __future__ import annotations

import subprocess
import threading
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests.operations.backup.test_container import SECRET
from ward_app.operations.backup import create as creating
from ward_app.operations.backup import moment
from ward_app.operations.backup.container import content
from ward_app.operations.backup.create import create
from ward_app.operations.backup.verify import checked, programs_of
from ward_app.operations.bootstrap import drop_database

FACILITY = """
INSERT INTO public.facilities (id, code, name, time_zone)
VALUES (%(id)s, %(code)s, %(code)s, 'Europe/London')
"""
BUILDING = "INSERT INTO room.buildings (id, facility_id, name) VALUES (%(id)s, %(id)s, 'A')"


@contextmanager
def writing(dsn):
    """Have somebody save one pair of rows after the other, until the end."""
    begun, ends = threading.Event(), threading.Event()

    def write():
        with psycopg.connect(dsn) as connection:
            while not ends.is_set():
                row = {"id": uuid4(), "code": uuid4().hex[:12]}
                for statement in (FACILITY, BUILDING):
                    connection.execute(statement, row)
                connection.commit()
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(30)
        yield
    finally:
        ends.set()
        writer.join()


def contents(connection):
    """Return a digest of each table's rows, by its name."""
    digest = sql.SQL(
        "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
    )
    return {
        f"{schema}.{name}": connection.execute(
            digest.format(sql.Identifier(schema, name))
        ).fetchone()[0]
        for schema, name in connection.execute(moment._TABLES).fetchall()
    }


@pytest.fixture
def of_the_moment(monkeypatch):
    """What every table held in the snapshot that the backup was made of."""
    seen = {}

    @contextmanager
    def looked_at(dsn):
        with moment.exported(dsn) as now, psycopg.connect(dsn) as beside:
            beside.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            beside.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(now.snapshot))
            seen.update(contents(beside))
            yield now

    monkeypatch.setattr(creating, "moment", type("Moment", (), {"exported": looked_at}))
    return seen


def restored(server, folder, made):
    """Restore a backup into a new database and return its name."""
    name = f"ward_test_restored_{uuid4().hex[:8]}"
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    keys = checked(folder, made, SECRET)
    command = [programs_of(made).path("pg_restore"), "--exit-on-error",
               f"--dbname={server.dsn(name)}"]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as reader:
        for piece in content(folder / made.file, keys, made.sums):
            reader.stdin.write(piece)
        reader.stdin.close()
    assert reader.returncode == 0
    return name


def test_that_a_restored_backup_is_the_moment_of_its_dump_table_by_table(
    job, shelf_dir, server, admin, admin_dsn, of_the_moment
):
    """[K01] [K07] The manifest counted the very same rows."""
    with writing(admin_dsn):
        made = create(job())
    name = restored(server, shelf_dir, made)
    try:
        with psycopg.connect(server.dsn(name)) as there:
            assert contents(there) == of_the_moment
            for table, rows in made.tables.items():
                words = sql.SQL("SELECT count(*) FROM {}").format(
                    sql.Identifier(*table.split("."))
                )
                assert there.execute(words).fetchone()[0] == rows, table
    finally:
        drop_database(server.dsn("postgres"), name)
    assert made.tables["room.buildings"] == made.tables["public.facilities"]
    # others went on saving meanwhile
    later = admin.execute("SELECT count(*) FROM public.facilities").fetchone()[0]
    assert later > made.tables["public.facilities"] > 2
