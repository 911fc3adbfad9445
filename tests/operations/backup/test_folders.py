"""Folders of backups that cannot be read or locked: told, and never taken for empty ones."""

from __future__ import annotations

import json

import pytest

from tests.operations.backup.shelved import NOW, shelve
from ward_app.core.errors import CodedError
from ward_app.core.settings_operations import BackupSettings
from ward_app.operations.backup import nightly
from ward_app.operations.backup.create import create
from ward_app.operations.backup.looks import of_backups
from ward_app.operations.backup.nightly import Gone
from ward_app.operations.backup.shelf import on_shelf
from ward_app.operations.backup_symptoms import NO_FOLDER
from ward_app.operations.findings import Level
from ward_app.operations.recovery import base_backup, leftovers
from ward_app.operations.recovery.last_good import last_good
from ward_app.operations.recovery.readiness import kept


@pytest.fixture
def unreadable(tmp_path):
    """A place that cannot be listed, whoever asks: root may list any folder."""
    made = tmp_path / "no folder"
    made.touch()
    return made


def examined(folder):
    good = last_good(folder, "ward", BackupSettings(), NOW)
    return list(of_backups(folder, "ward", good=good, now=NOW, is_production=True))


def without_manifest(folder, **more):
    made = shelve(folder, **more)
    (folder / f"{made.id}.json").unlink()
    return folder / made.file


def test_that_an_older_backup_that_lost_its_manifest_is_told_apart(tmp_path, wardctl):
    """[K18] Its rows can be read without: it may be one that somebody still looks for."""
    bare = without_manifest(tmp_path, hours=30)
    half = tmp_path / "backup_20260101_020000.sql.part"
    half.touch()
    shelve(tmp_path, hours=20)
    left, lost = leftovers.look((tmp_path,))
    assert ("of no use" in left.says, "of no use" in lost.says) == (True, False)
    assert "no manifest" in lost.says
    assert lost.remedy.startswith("Look first")
    said = wardctl("backup", "tidy", "--dir", str(tmp_path), "--dry-run")[1]
    assert [line.endswith("no manifest") for line in said.splitlines()] == [False, True]
    told = json.loads(wardctl("backup", "tidy", "--dir", str(tmp_path), "--json")[1])["leftovers"]
    assert [(one["path"], one["lacks_manifest"]) for one in told] == [
        (str(half), False), (str(bare), True),
    ]  # fmt: skip


def test_that_a_backup_of_a_day_to_come_makes_no_other_an_older_one(tmp_path):
    """[K18] The newest may be all there is, though its manifest was lost."""
    shelve(tmp_path, days=-36_500)
    bare = without_manifest(tmp_path, hours=20)
    assert leftovers.leftovers(tmp_path) == []
    shelve(tmp_path, hours=10)
    assert [one.path for one in leftovers.leftovers(tmp_path)] == [bare]


@pytest.mark.parametrize("work", [on_shelf, base_backup.backups, leftovers.remove])
def test_that_a_folder_that_cannot_be_read_is_not_taken_for_an_empty_one(work, unreadable):
    with pytest.raises(CodedError, match="cannot be read") as refused:
        work(unreadable)
    assert refused.value.code == NO_FOLDER


def test_that_the_doctor_says_that_it_cannot_read_them(unreadable):
    told = [(one.level, one.code) for one in examined(unreadable)]
    assert told == [(Level.ERROR, NO_FOLDER)] * 2  # that of the base backups is below it
    assert "cannot be read" in kept(unreadable, "ward", BackupSettings(), NOW).problem
    [left] = leftovers.look((unreadable,))
    assert "Nobody knows what interrupted backups left" in left.says


def test_that_a_lock_that_cannot_be_taken_is_told_and_nothing_is_written(job, shelf_dir):
    (shelf_dir / "lock").mkdir(parents=True)
    with pytest.raises(CodedError, match="lock of the backups") as refused:
        create(job())
    assert refused.value.code == NO_FOLDER
    assert {path.name for path in shelf_dir.iterdir()} == {"lock", "logs"}


def test_that_who_only_looks_leaves_no_lock_behind(tmp_path):
    shelve(tmp_path)
    assert leftovers.leftovers(tmp_path) == []
    assert not (tmp_path / "lock").exists()


def test_that_what_cannot_be_let_go_of_is_a_problem_of_the_night_and_not_its_end():
    problems = []

    def refused():
        raise PermissionError(13, "Permission denied", "/srv/wal")

    assert nightly._let_go(refused, problems) == Gone()
    assert problems == ["What is old was not deleted: /srv/wal: Permission denied."]


def test_that_a_backup_of_a_later_day_is_not_taken_for_a_fresh_one(tmp_path):
    """A clock that was wrong once must not silence the alarm until that day."""
    wrong = shelve(tmp_path, days=-400)
    [told] = examined(tmp_path)
    assert told.level is Level.ERROR
    assert f"{wrong.id} is of a day to come" in told.says
    assert "wardctl backup create" in told.remedy
    assert on_shelf(tmp_path).last_good(NOW) == wrong


def test_that_a_backup_of_a_later_day_is_told_beside_the_real_one(tmp_path):
    """Named, with what ends it; neither does it hide that the real one is old."""
    wrong = shelve(tmp_path, days=-400)
    real = shelve(tmp_path, hours=27)
    told, old = examined(tmp_path)
    assert (told.level, old.level) == (Level.WARNING, Level.ERROR)
    assert "27 hours old" in old.says
    shelve(tmp_path, hours=-25)
    told, good = examined(tmp_path)
    assert "of 2026-11-23 10:00 UTC, a little ahead" in good.says
    assert (told.level, good.level) == (Level.WARNING, Level.GOOD)
    assert wrong.id in told.says
    assert "move it away" in told.remedy
    assert on_shelf(tmp_path).last_good(NOW).started_at > real.started_at
    (tmp_path / f"{wrong.id}.json").unlink()
    assert [one.level for one in examined(tmp_path)] == [Level.GOOD]
