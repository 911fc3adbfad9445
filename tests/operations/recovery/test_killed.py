"""[O15] kill -9 of a restore at each of its steps, and of a backup: nothing is harmed."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from tests.commands import said_by
from tests.operations.backup.test_container import FEW, SECRET
from tests.operations.dying import die, dies_after, killed
from tests.patience import until
from ward_app.cli.backup import app as backup_app
from ward_app.cli.restore import app
from ward_app.operations import audit_verify
from ward_app.operations.backup import create, manifest, verify
from ward_app.operations.backup.create import Job as BackupJob
from ward_app.operations.backup.shelf import on_shelf
from ward_app.operations.doctor import examine
from ward_app.operations.findings import Level
from ward_app.operations.recovery import databases, leftovers, load, restore
from ward_app.operations.recovery.rollback import rollback

# the step; the part of the program that is another one, its name, what it is; what is left
STEPS = [
    ("R1 verify", (restore, "require_fitting", die), None),
    ("R2 test", (restore, "require_equal", die), "restore_test"),
    ("R3 backup", (create.verify, "require_readable", die), None),
    ("R4 confirm", (restore, "load", die), None),
    ("R5 filled", (load, "_require_done", die), "restoring"),
    ("R5 era", (restore, "end_sessions", dies_after(restore.end_sessions)), "restoring"),
    ("R6 between both renames", (databases, "close_to_clients", die), "restoring"),
    ("R6 before they count", (databases, "give", dies_after(databases.give)), "restoring"),
]


@pytest.fixture
def later(hospital):
    """A hospital with a backup of before the second patient; returns the backup's id."""
    made = hospital.backup()
    station = hospital.station()
    hospital.admit(station, hospital.enter(station), "Later", label="2")
    station.close()
    return made.id


def nobody_restores(hospital):
    with databases.administrator(hospital.dsn) as looking:
        return looking.execute(databases._RESTORES, (databases.AdvisoryLock.RESTORE,)).fetchone()


def examined(hospital):
    found = examine(hospital.dsn, database=hospital.name)
    return [one for one in found if one.level is Level.ERROR]


@pytest.mark.parametrize(("step", "killer", "left"), STEPS, ids=[step for step, *_ in STEPS])
def test_that_a_restore_killed_before_its_end_changes_nothing(hospital, later, step, killer, left):
    """What it left is named by doctor and by `restore kept`, and goes by a command."""
    saving = BackupJob(dsn=hospital.dsn, folder=hospital.folder, secret=SECRET, rounds=FEW)
    wanted = {"test": step == "R2 test", "backup": saving if step == "R3 backup" else None}
    killed(lambda: hospital.restore(later, **wanted), *killer)
    until(lambda: nobody_restores(hospital) is None)
    assert hospital.patients() == ["Later", "Okafor"]
    assert hospital.ask("SELECT max(era) FROM audit.eras") == [(1,)]
    assert hospital.enter(hospital.station())
    found = [one.name for one in databases.unfinished(hospital.dsn, hospital.name)]
    assert [left in one for one in found] == [True] * bool(left)
    for one in found:
        [told] = databases.look(hospital.dsn, hospital.name)
        assert f"wardctl restore discard {one}" in told.remedy
        assert f"{one}  " in said_by(app, hospital.dsn, "kept")
        said_by(app, hospital.dsn, "discard", one, input=f"{one}\n")
    assert hospital.databases() == [hospital.name]


def test_that_a_restore_killed_after_the_swap_is_whole_and_can_be_taken_back(hospital, later):
    before = examined(hospital)
    killed(lambda: hospital.restore(later), restore.doctor, "examine")
    until(lambda: nobody_restores(hospital) is None)
    assert hospital.patients() == ["Okafor"]
    assert examined(hospital) == before
    assert audit_verify.verify(hospital.dsn, database=hospital.name).problems == ()
    killed(lambda: rollback(hospital.dsn, hospital.name, None), databases, "let_roles_in")
    until(lambda: nobody_restores(hospital) is None)
    assert hospital.patients() == ["Okafor"]
    rollback(hospital.dsn, hospital.name, None)
    assert hospital.patients() == ["Later", "Okafor"]
    assert audit_verify.verify(hospital.dsn, database=hospital.name).problems == ()


def test_that_a_half_written_backup_counts_for_nothing_and_is_told_and_removed(hospital, later):
    """[K18]"""
    killed(hospital.backup, create.verify, "require_readable")
    assert [one.id for one in on_shelf(hospital.folder).backups] == [later]
    assert_told_and_removed(hospital)
    [kept] = on_shelf(hospital.folder).backups
    assert verify.verify(hospital.folder, kept, SECRET).is_good


def test_that_a_backup_without_its_manifest_is_removed_once_there_is_a_newer_one(hospital, later):
    """[K18] Its manifest may have been lost: the newest may be all there is."""
    killed(hospital.backup, manifest, "write")
    assert [one.id for one in on_shelf(hospital.folder).backups] == [later]
    assert leftovers.remove(hospital.folder) == []
    newer = hospital.backup()
    assert_told_and_removed(hospital, "no manifest")
    assert [one.id for one in on_shelf(hospital.folder).backups] == [newer.id, later]
    assert verify.verify(hospital.folder, newer, SECRET).is_good


def assert_told_and_removed(hospital, words="interrupted"):
    [told] = leftovers.look((hospital.folder,))
    assert words in told.says
    said = said_by_tidy("--dir", str(hospital.folder), "--dry-run")
    assert "would go" in said
    assert said.replace("would go", "deleted") == said_by_tidy("--dir", str(hospital.folder))
    assert list(leftovers.look((hospital.folder,))) == []


def said_by_tidy(*words):
    done = CliRunner().invoke(backup_app, ["tidy", *words])
    assert done.exit_code == 0
    return done.output
