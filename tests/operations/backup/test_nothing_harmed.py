"""Whatever stops a backup: its own code, nothing left of it, the older ones untouched."""

from __future__ import annotations

import os
import shutil
import stat

import pytest

from tests.operations.backup.shelved import shelve
from tests.small_disk import small_disk
from ward_app.core.errors import CodedError
from ward_app.core.settings_operations import Compression
from ward_app.operations import binaries
from ward_app.operations.backup import preflight, programs
from ward_app.operations.backup.create import create
from ward_app.operations.backup.programs import Programs, programs_for

LIES = """#!/bin/sh
[ "$1" = --version ] && { echo "pg_dump (PostgreSQL) 99.1"; exit 0; }
printf PGDMP
echo "pg_dump: error: server closed the connection unexpectedly" >&2
exit 1
"""


def everything(folder):
    """Return what the folder has beside locks and logs, with its content."""
    return {path.name: path.read_bytes() for path in folder.glob("backup_*")}


def code_of(work):
    with pytest.raises(CodedError) as failed:
        work()
    return failed.value.code


def test_that_a_dump_that_breaks_off_leaves_nothing(job, shelf_dir, tmp_path, monkeypatch):
    """[K18]"""
    shelve(shelf_dir, days=2)
    before = everything(shelf_dir)
    fake = tmp_path / "bin" / "pg_dump"
    fake.parent.mkdir()
    fake.write_text(LIES)
    fake.chmod(stat.S_IRWXU)
    monkeypatch.setattr(binaries, "client_folders", lambda: [fake.parent])
    with pytest.raises(CodedError, match="server closed the connection") as failed:
        create(job())
    assert failed.value.code == "WDB-511"
    assert everything(shelf_dir) == before
    [log] = (shelf_dir / "logs").iterdir()
    assert "Failed: pg_dump failed" in log.read_text()


def test_that_who_presses_ctrl_c_leaves_nothing_and_no_process(job, shelf_dir):
    def give_up(_done, _of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        create(job(), give_up)
    assert everything(shelf_dir) == {}


def test_that_what_a_killed_run_left_is_removed_by_the_next(job, shelf_dir):
    shelf_dir.mkdir()
    (shelf_dir / "backup_20200101_000000.dump.enc.part").write_text("half")
    made = create(job())
    assert {name.split(".")[0] for name in everything(shelf_dir)} == {made.id}


def test_that_a_disk_without_room_is_found_before(job, shelf_dir, monkeypatch):
    """[K18]"""
    monkeypatch.setattr(
        preflight.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0)
    )
    assert code_of(lambda: create(job())) == "WDB-501"
    assert everything(shelf_dir) == {}


def test_that_a_disk_that_runs_full_meanwhile_harms_nothing(job, tmp_path, monkeypatch):
    """[K18] A real one, smaller than the dump."""
    with small_disk(tmp_path / "small", "300k") as small:
        shelve(small, days=2)
        before = everything(small)
        monkeypatch.setattr(preflight, "require_room", lambda *_: None)
        assert (
            code_of(lambda: create(job(folder=small, compression=Compression.NONE))) == "WDB-501"
        )
        assert everything(small) == before


def test_that_a_folder_that_cannot_be_written_is_found_before(job, tmp_path):
    """[K18]"""
    (tmp_path / "file").touch()
    assert code_of(lambda: create(job(folder=tmp_path / "file"))) == "WDB-506"
    assert code_of(lambda: create(job(folder=tmp_path / "file" / "under"))) == "WDB-506"


def test_that_an_older_pg_dump_than_the_server_is_refused(job, shelf_dir, monkeypatch):
    """[K18] [D13]"""
    older = [Programs(shelf_dir, "13.22"), Programs(shelf_dir, "14.1")]
    monkeypatch.setattr(programs, "_installed", lambda: older)
    with pytest.raises(CodedError, match=r"only 14\.1") as failed:
        create(job())
    assert failed.value.code == "WDB-505"
    monkeypatch.setattr(programs, "_installed", list)
    assert code_of(lambda: create(job())) == "WDB-505"
    assert everything(shelf_dir) == {}


def test_that_the_oldest_programs_that_are_new_enough_are_taken(monkeypatch, tmp_path):
    """[K18] What a newer pg_dump writes, an older server may not read."""
    there = [Programs(tmp_path, version) for version in ("18.1", "14.1", "16.2")]
    monkeypatch.setattr(programs, "_installed", lambda: there)
    assert programs_for(15).version == "16.2"
    assert programs_for(14).version == "14.1"
    assert programs_for(18).version == "18.1"


def test_that_a_compression_pg_dump_does_not_know_is_refused(job, monkeypatch):
    """[K02]"""
    if programs_for(15).major >= 16:
        pytest.skip("this pg_dump knows zstd")
    assert code_of(lambda: create(job(compression=Compression.ZSTD))) == "WDB-505"


def test_that_no_password_stands_among_the_words_of_a_program(job, tmp_path, monkeypatch):
    """[K18] Everybody on the computer may read those."""
    spy = tmp_path / "bin"
    spy.mkdir()
    real = programs_for(15)
    for name in ("pg_dump", "pg_dumpall", "pg_restore"):
        (spy / name).write_text(
            f'#!/bin/sh\necho "$@" >> {tmp_path}/words\nexec {real.path(name)} "$@"\n'
        )
        (spy / name).chmod(stat.S_IRWXU)
    monkeypatch.setattr(programs, "_installed", lambda: [Programs(spy, real.version)])
    made = job()
    create(made)
    words = (tmp_path / "words").read_text()
    assert "--no-password" in words
    assert made.secret not in words
    assert "password=" not in words
    assert os.environ.get("PGPASSWORD", "none set") not in words
