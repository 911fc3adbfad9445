"""Old backups go, and never the one that would be missed."""

from __future__ import annotations

import pytest

from tests.operations.backup.shelved import NOW, shelve
from ward_app.core.errors import CodedError
from ward_app.operations.backup.prune import outdated, prune
from ward_app.operations.backup.shelf import on_shelf


def left(folder):
    return sorted(path.name for path in folder.glob("backup_*"))


def pruned(folder, days=30):
    return [one.id for one in prune(folder, None, now=NOW, retention_days=days)]


def test_that_what_is_too_old_goes_with_all_its_files(shelf_dir):
    """[K08]"""
    old, young = shelve(shelf_dir, days=31), shelve(shelf_dir, days=29)
    new = shelve(shelf_dir)
    assert [one.id for one in outdated(on_shelf(shelf_dir), NOW, 30)] == [old.id]
    assert pruned(shelf_dir) == [old.id]
    assert left(shelf_dir) == sorted(
        f"{one.id}{end}" for one in (young, new) for end in (".json", ".sql")
    )
    assert pruned(shelf_dir) == []


def test_that_the_last_good_backup_never_goes_however_old(shelf_dir):
    """[K08]"""
    shelve(shelf_dir, days=400)
    shelve(shelf_dir, days=1, verified_at=None)
    shelve(shelf_dir, hours=3, schema_only=True)
    assert pruned(shelf_dir) == []
    assert len(left(shelf_dir)) == 6


def test_that_a_backup_of_one_database_replaces_none_of_another(shelf_dir):
    """[K08]"""
    shelve(shelf_dir, days=400, database="ward_a")
    shelve(shelf_dir, database="ward_b")
    assert pruned(shelf_dir) == []


def test_that_nothing_goes_when_the_newer_backup_turns_out_to_be_damaged(shelf_dir):
    """[K08] What its manifest says was true when it was written."""
    shelve(shelf_dir, days=40)
    new = shelve(shelf_dir)
    (shelf_dir / new.file).write_text("-- Backup_20261122_090000\n")
    before = left(shelf_dir)
    with pytest.raises(CodedError) as refused:
        pruned(shelf_dir)
    assert refused.value.code == "WDB-507"
    assert left(shelf_dir) == before


def test_that_an_unreadable_backup_is_shown_and_left_alone(shelf_dir):
    shelve(shelf_dir, days=40)
    shelve(shelf_dir)
    (shelf_dir / "backup_20200101_000000.json").write_text("{")
    (shelf_dir / "backup_20200101_000000.dump").write_text("?")
    [bad] = on_shelf(shelf_dir).unreadable
    assert bad.id == "backup_20200101_000000"
    assert len(pruned(shelf_dir)) == 1
    assert "backup_20200101_000000.dump" in left(shelf_dir)


def test_that_a_folder_that_is_not_there_has_no_backups(shelf_dir):
    assert on_shelf(shelf_dir / "none").last_good(NOW) is None
    assert prune(shelf_dir / "none", None, now=NOW, retention_days=1) == ()


def test_that_a_backup_of_a_day_to_come_replaces_no_other(shelf_dir):
    """[K08] Nobody knows whether it is newer than the one that would go."""
    real = shelve(shelf_dir, days=40)
    wrong = shelve(shelf_dir, days=-400)
    assert pruned(shelf_dir, 30) == []
    newer = shelve(shelf_dir, days=1)
    assert pruned(shelf_dir, 30) == [real.id]
    assert [one.id for one in on_shelf(shelf_dir).backups] == [wrong.id, newer.id]
