"""Old base backups and the log before them go, and no moment of the days that are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ward_app.core.errors import CodedError
from ward_app.operations.backup.container import sums_of
from ward_app.operations.recovery import base_backup, wal_archive
from ward_app.operations.recovery.base_backup import BaseBackup
from ward_app.operations.recovery.old_bases import outdated, prune

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DAYS = 30


@pytest.fixture
def bases(tmp_path):
    return tmp_path / "base"


@pytest.fixture
def log(tmp_path):
    folder = tmp_path / "wal"
    folder.mkdir()
    return folder


def stored(folder, *, days, begins, **more):
    """Write a base backup of that age, whose log begins with the file of that number."""
    at = NOW - timedelta(days=days)
    name = f"base_{at:%Y%m%d_%H%M%S}"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.tar.gz"
    file.write_text(name)
    sums = sums_of(file, None)
    made = BaseBackup(
        id=name,
        file=file.name,
        database="ward",
        started_at=at,
        finished_at=at,
        start_lsn=f"0/{begins:X}000028",
        stop_lsn=f"0/{begins:X}000100",
        timeline=1,
        server_version=150018,
        system_identifier="7",
        administrator="postgres",
        segment_bytes=wal_archive.SEGMENT_BYTES,
        data_bytes=1,
        bytes=sums.bytes,
        sha256=sums.sha256,
        hmac=None,
        encryption=None,
    )
    made = replace(made, **more)
    (folder / f"{name}.json").write_text(json.dumps(base_backup.document(made) | {"mac": None}))
    return made


def keep(folder, *numbers, timeline=1, end=""):
    for number in numbers:
        (folder / f"{wal_archive.name_of(number, timeline)}{end}").write_text("log")


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "lock")


def pruned(bases, log):
    return prune(bases, log, None, now=NOW, retention_days=DAYS)


def test_that_the_newest_one_from_before_the_days_stays_with_its_log(bases, log):
    """[K08] [D16] A moment thirty days ago is recovered from the one of 31 days ago."""
    oldest, older = stored(bases, days=90, begins=2), stored(bases, days=60, begins=4)
    needed, new = stored(bases, days=31, begins=6), stored(bases, days=2, begins=9)
    keep(log, *range(2, 11))
    keep(log, 4, end=".00000028.backup")
    keep(log, 5, end=".enc")
    gone = pruned(bases, log)
    assert gone.bases == (older, oldest)
    assert base_backup.backups(bases) == [new, needed]
    assert names(bases) == sorted(
        f"{one.id}{end}" for one in (needed, new) for end in (".json", ".tar.gz")
    )
    assert names(log) == [wal_archive.name_of(number, 1) for number in range(6, 11)]
    assert len(gone.log) == 6
    assert pruned(bases, log).log == ()


def test_that_nothing_goes_while_no_base_backup_is_older_than_the_days(bases, log):
    """[K08]"""
    stored(bases, days=20, begins=5)
    stored(bases, days=29, begins=3)
    keep(log, *range(1, 9))
    gone = pruned(bases, log)
    assert (gone.bases, gone.log, gone.first) == ((), (), None)
    assert len(names(log)) == 8


def test_that_the_log_of_another_server_is_left_alone(bases, log):
    """The first file of the base backup is not in this folder, or only on another timeline."""
    stored(bases, days=60, begins=2)
    stored(bases, days=40, begins=6)
    keep(log, 1, 2, 3)
    keep(log, 6, timeline=2)
    assert outdated(bases, log, NOW, DAYS).log == ()
    keep(log, 6)
    assert len(outdated(bases, log, NOW, DAYS).log) == 3


def test_that_nothing_goes_from_a_folder_of_several_servers(bases, log):
    stored(bases, days=60, begins=2)
    stored(bases, days=50, begins=3)
    stored(bases, days=40, begins=4, system_identifier="8")
    keep(log, 1, 2, 3, 4)
    assert pruned(bases, log).first is None
    assert len(names(bases)) == 6


def test_that_histories_and_what_is_not_of_the_log_stay(bases, log):
    stored(bases, days=40, begins=6)
    keep(log, 1, 6)
    for name in ("00000001.history", "00000002.history", "notes.txt", ".part"):
        (log / name).write_text("")
    pruned(bases, log)
    left = [".part", "00000001.history", wal_archive.name_of(6, 1), "00000002.history"]
    assert names(log) == [*left, "notes.txt"]


def test_that_nothing_goes_when_the_one_that_would_stay_is_damaged(bases, log):
    """[K08]"""
    stored(bases, days=60, begins=2)
    needed = stored(bases, days=40, begins=4)
    keep(log, 2, 3, 4)
    (bases / needed.file).write_text("base_20261013_09000?")
    with pytest.raises(CodedError, match="is damaged") as refused:
        pruned(bases, log)
    assert refused.value.code
    assert len(names(bases)) == 4
    assert len(names(log)) == 3


def test_that_folders_that_are_not_there_have_nothing_old(bases, log):
    assert pruned(bases, log).first is None
    stored(bases, days=60, begins=2)
    assert pruned(bases, log / "none").log == ()
