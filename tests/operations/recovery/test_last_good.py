"""[K14] [K17] The last good backup, whatever made it."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pytest

from tests.operations.backup.shelved import NOW, shelve
from ward_app.cli.recovery_jobs import Folders, Wanted, of_base
from ward_app.core.settings import Settings
from ward_app.core.settings_operations import BackupSettings
from ward_app.operations.backup.good import Kind
from ward_app.operations.recovery import base_backup
from ward_app.operations.recovery.base_backup import BaseBackup
from ward_app.operations.recovery.drill import newest_name
from ward_app.operations.recovery.last_good import last_good
from ward_app.operations.recovery.point_in_time import Target

OURS = BackupSettings()


def copy_server(folder, *, hours, database="ward"):
    """Write the record of a base backup that was complete so long ago."""
    at = NOW - timedelta(hours=hours)
    made = BaseBackup(
        id=f"base_{at:%Y%m%d_%H%M%S}",
        file=f"base_{at:%Y%m%d_%H%M%S}.tar.gz",
        database=database,
        started_at=at - timedelta(minutes=5),
        finished_at=at,
        start_lsn="0/1",
        stop_lsn="0/2",
        timeline=1,
        server_version=150_006,
        system_identifier="1",
        administrator="postgres",
        segment_bytes=1,
        data_bytes=1,
        bytes=7,
        sha256="",
        hmac=None,
        encryption=None,
    )
    bases = base_backup.folder_beside(folder)
    bases.mkdir(parents=True, exist_ok=True)
    (bases / made.file).write_bytes(b"content")
    (bases / f"{made.id}.json").write_text(json.dumps(base_backup.document(made)))


def test_that_the_newest_of_each_kind_is_known_and_the_newest_of_all_counts(tmp_path):
    shelve(tmp_path, hours=30)
    shelve(tmp_path, hours=40)
    shelve(tmp_path, hours=1, verified_at=None)
    copy_server(tmp_path, hours=170)
    copy_server(tmp_path, hours=2)
    copy_server(tmp_path, hours=1, database="another")
    found = last_good(tmp_path, "ward", OURS, NOW)
    dump, base = found.newest
    assert (dump.kind, dump.at) == (Kind.DUMP, NOW - timedelta(hours=30))
    assert (base.kind, base.at) == (Kind.BASE, NOW - timedelta(hours=2))
    assert (base.bytes, base.seconds) == (7, 300.0)
    assert (found.last_at, found.problems) == (base.at, ())
    assert last_good(tmp_path / "none", "ward", OURS, NOW).last_at is None


def test_that_a_record_that_cannot_be_read_is_told_and_hides_no_dump(tmp_path):
    shelve(tmp_path, hours=30)
    copy_server(tmp_path, hours=2)
    (tmp_path / "base" / "base_2.json").write_text("{")
    found = last_good(tmp_path, "ward", OURS, NOW)
    assert [one.kind for one in found.newest] == [Kind.DUMP]
    assert [problem.code for problem in found.problems] == ["WDB-601"]


@pytest.mark.parametrize("spoil", [
    lambda file: file.unlink(), lambda file: file.write_bytes(b"half")
], ids=["gone", "half"])  # fmt: skip
def test_that_a_record_without_its_file_is_no_backup(spoil, tmp_path):
    """[K14] Whoever made room on the disk deletes the large file and leaves the small one."""
    dump = shelve(tmp_path, hours=1)
    copy_server(tmp_path, hours=2)
    [base] = (tmp_path / "base").glob("*.tar.gz")
    assert len(last_good(tmp_path, "ward", OURS, NOW).newest) == 2
    spoil(base)
    assert [one.id for one in last_good(tmp_path, "ward", OURS, NOW).newest] == [dump.id]
    spoil(tmp_path / dump.file)
    assert last_good(tmp_path, "ward", OURS, NOW).newest == ()


def test_that_a_backup_of_a_day_to_come_hides_no_other_and_has_no_age(tmp_path):
    """[K14] A clock that was wrong for one night must not hide how old the real ones are."""
    wrong = shelve(tmp_path, days=-400)
    copy_server(tmp_path, hours=-27)
    found = last_good(tmp_path, "ward", OURS, NOW)
    assert (found.newest, found.last_at) == ((), None)
    assert found.ahead_ids == (wrong.id, f"base_{NOW + timedelta(hours=27):%Y%m%d_%H%M%S}")
    shelve(tmp_path, hours=30)
    copy_server(tmp_path, hours=-25)  # the clocks of server and folder differ by a little
    found = last_good(tmp_path, "ward", OURS, NOW)
    assert [one.at for one in found.newest] == [NOW - timedelta(hours=30), found.last_at]
    assert found.last_at == NOW + timedelta(hours=25)
    assert len(found.ahead) == 2


def test_that_a_recovery_begins_with_a_base_backup_of_a_day_to_come_only_without_another(tmp_path):
    wanted = Wanted(copy=None, into=tmp_path / "new", target=Target())
    there = Folders(bases=tmp_path / "base", archive=tmp_path / "wal")
    there.archive.mkdir()
    copy_server(tmp_path, hours=-24 * 36_500)
    assert of_base(Settings(), wanted, there).base.id.startswith("base_21")
    copy_server(tmp_path, hours=2)
    assert of_base(Settings(), wanted, there).base.id.startswith("base_20")


def test_that_a_drill_takes_a_dump_of_a_day_to_come_only_without_another(tmp_path):
    wrong = shelve(tmp_path, days=-36_500)
    assert newest_name(tmp_path) == wrong.id
    real = shelve(tmp_path, hours=2)
    assert newest_name(tmp_path) == real.id


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look everywhere")
def test_that_a_folder_of_another_account_is_not_looked_into(tmp_path):
    folder = tmp_path / "backups"
    copy_server(folder, hours=2)
    folder.chmod(0)
    try:
        assert last_good(folder, "ward", OURS, NOW).newest == ()
    finally:
        folder.chmod(0o700)
