"""[O15] [D14] Each way a restore fails has a code of its own, and leaves what runs alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from threading import Event
from types import SimpleNamespace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.conftest import STATION_PASSWORD
from tests.small_disk import small_disk
from ward_app.core.errors import CodedError
from ward_app.operations import recovery_symptoms as codes
from ward_app.operations.backup.programs import Programs, programs_for
from ward_app.operations.recovery import load
from ward_app.operations.symptoms import SYMPTOMS


@pytest.fixture
def refused(hospital):
    """Restore, be refused with a code, and find everything as it was."""

    def refuse(name, code, **more):
        with pytest.raises(CodedError) as error:
            hospital.restore(name, **more)
        assert error.value.code == code
        assert code in SYMPTOMS
        assert hospital.databases() == [hospital.name]
        assert hospital.patients() == ["Okafor"]
        return str(error.value)

    return refuse


def rewritten(hospital, made, **facts):
    """Change the manifest of a backup that nothing signs."""
    file = hospital.folder / f"{made.id}.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | facts))


def test_that_a_changed_byte_a_missing_end_and_keys_are_told_apart(hospital, refused):
    """checksum; encrypted without the key"""
    made = hospital.backup()
    assert "no key" in refused(made.id, codes.NO_KEY, secret=None)
    assert "not the key" in refused(made.id, codes.NO_KEY, secret="another one")
    file = hospital.folder / made.file
    content = file.read_bytes()
    file.write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])
    assert "SHA-256" in refused(made.id, codes.DAMAGED)
    file.write_bytes(content[:-1])
    assert "bytes instead of" in refused(made.id, codes.DAMAGED)


def test_that_a_full_disk_is_told_before_anything_is_made(hospital, refused, monkeypatch):
    """disk space"""
    made = hospital.backup(secret=None)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=4096))
    assert "4 kB" in refused(made.id, codes.NO_ROOM)


def test_that_a_role_that_may_not_restore_is_told(hospital, refused):
    """credentials: of a role without the right, and of none at all"""
    made = hospital.backup(secret=None)
    role = f"it_{hospital.name}"
    hospital.ask(f"CREATE ROLE {role} LOGIN PASSWORD '{STATION_PASSWORD}'")
    dsn = make_conninfo(hospital.dsn, user=role, dbname=hospital.name)
    try:
        assert "no password" in refused(made.id, codes.NOT_LET_IN, dsn=dsn)
        may = make_conninfo(dsn, password=STATION_PASSWORD)
        assert "no administrator" in refused(made.id, codes.NOT_LET_IN, dsn=may)
    finally:
        hospital.ask(f"DROP ROLE {role}")


def test_that_newer_servers_and_schemas_are_told(hospital, refused):
    """version"""
    made = hospital.backup(secret=None)
    rewritten(hospital, made, server_version="99.1")
    assert "PostgreSQL 99.1" in refused(made.id, codes.OTHER_VERSION)
    rewritten(hospital, made, alembic_revision="9999")
    assert "a newer one made it" in refused(made.id, codes.OTHER_VERSION)


def test_that_what_pg_restore_says_is_in_the_log(hospital, refused, tmp_path):
    """logs: half a dump, of which nobody knew that it was longer"""
    made = hospital.backup(secret=None)
    content = (hospital.folder / made.file).read_bytes()
    half = tmp_path / "half.dump"
    half.write_bytes(content[: len(content) * 3 // 4])
    said = refused(str(half), codes.RESTORE_FAILED)
    assert "pg_restore failed" in said
    [log] = (hospital.folder / "logs").glob("restore_*.log")
    assert "R5 Restore into" in log.read_text()


def test_that_what_differs_from_the_manifest_is_told(hospital, refused):
    made = hospital.backup(secret=None)
    tables = made.tables | {"patient.patients": 2}
    rewritten(hospital, made, tables=tables)
    said = refused(made.id, codes.DIFFERS)
    assert "patient.patients has 1 rows instead of 2 rows" in said
    assert "patient.patients" in refused(made.id, codes.DIFFERS, test=True)


@pytest.mark.parametrize("words", [("--no-test",), ()])
def test_that_a_killed_restore_harms_nothing_and_the_next_one_says_so(hospital, words, tmp_path):
    """kill -9 while the test restore, or the new database, is filled."""
    made = hospital.backup(secret=None)
    environment = os.environ | {"WARD_HOME": str(tmp_path / "home")}
    running = subprocess.Popen(
        [sys.executable, "-m", "ward_app.cli.main", "restore", made.id, "--dsn", hospital.dsn,
         "--dir", str(hospital.folder), "--no-confirm", "--no-backup", *words],
        env=environment,
    )  # fmt: skip
    # however long its start takes on a busy computer
    pause = Event()
    while len(hospital.databases()) == 1:
        assert running.poll() is None
        pause.wait(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert hospital.patients() == ["Okafor"]
    [left] = [name for name in hospital.databases() if name != hospital.name]
    assert "_restoring_" in left if words else "_restore_test_" in left
    done, said = hospital.restore(made.id)
    assert f"An interrupted restore had left {left}, which was dropped." in said[0]
    assert hospital.databases() == [hospital.name, done.put_aside]


def test_that_names_are_swapped_while_stations_come_back_again_and_again(hospital):
    """Nobody gets in between the two renames, however fast they reconnect."""
    made = hospital.backup(secret=None)
    connected = [psycopg.connect(hospital.dsn, autocommit=True) for _ in range(8)]
    done, _said = hospital.restore(made.id)
    for one in connected:
        with pytest.raises(psycopg.OperationalError):
            one.execute("SELECT 1")
        one.close()
    assert hospital.databases() == [hospital.name, done.put_aside]


def test_that_a_disk_that_runs_full_has_its_code_whoever_says_so(
    hospital, refused, tmp_path, monkeypatch
):
    """disk space: of the backups while one is opened, and of the server"""
    made = hospital.backup()
    files = [*hospital.folder.glob(f"{made.id}*")]
    enough_for_itself_k = sum(file.stat().st_size for file in files) // 1024 + 60
    with small_disk(tmp_path / "small", f"{enough_for_itself_k}k") as small:
        for file in files:
            shutil.copy(file, small)
        assert "ran full" in refused(made.id, codes.NO_ROOM, folder=small)
    whole = programs_for(15)
    lies = tmp_path / "pg_restore"
    lies.write_text(
        '#!/bin/sh\ncase "$*" in *--dbname*) echo "ERROR:  could not extend file: No space left on'
        f' device" >&2; exit 1;; esac\nexec {whole.path("pg_restore")} "$@"\n'
    )
    lies.chmod(0o755)
    monkeypatch.setattr(load, "programs_for", lambda _major: Programs(tmp_path, whole.version))
    assert "No space left" in refused(made.id, codes.NO_ROOM)
