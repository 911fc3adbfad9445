"""[O18] The drill of a base backup with the kept log: recovered, looked into, gone again."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.commands import said_by
from tests.conftest import fast_folder
from tests.operations.dying import killed, status_of
from tests.operations.recovery.test_point_in_time import SECRET, Hospital
from ward_app.cli.restore import app as restore_app
from ward_app.core.errors import CodedError, ConfigurationError, RuleBrokenError
from ward_app.core.settings_operations import BackupSettings
from ward_app.operations import accounts, migrate
from ward_app.operations.backup.good import Kind
from ward_app.operations.cluster_files import server_pid
from ward_app.operations.recovery import base_backup, point_in_time, server_drill
from ward_app.operations.recovery.asked_to_end import asked_to_end
from ward_app.operations.recovery.drill import drills
from ward_app.operations.recovery.point_in_time import Target
from ward_app.operations.recovery.readiness import kept
from ward_app.operations.recovery.recovery_server import files_beside
from ward_app.operations.recovery.server_drill import drill, folder_in


class Drilled(Hospital):
    """A hospital whose base backups lie beside its dumps, as the settings have it.

    Attributes:
        backups: folder of its dumps, and of the reports.
        inside: where drills recover it.
    """

    def __init__(self, folder):
        super().__init__(folder)
        self.backups = folder / "backups"
        self.bases = base_backup.folder_beside(self.backups)
        self.inside = folder / "inside"
        newest = migrate.history()[-1].number
        self.ask("CREATE TABLE public.alembic_version AS SELECT %s::text AS version_num", newest)

    def recovery(self, **more):
        job = point_in_time.Job(
            base=base_backup.backups(self.bases)[0],
            folder=self.bases,
            secret=SECRET,
            archive=self.archive,
            into=folder_in(self.inside),
            target=Target(),
            leave_running=True,
        )
        return replace(job, **more)

    def job(self, **more):
        recovery = self.recovery(**more)
        return server_drill.Job(
            kind=Kind.BASE,
            backup=recovery.base.id,
            database="ward",
            folder=self.backups,
            inside=self.inside,
            recover=lambda announce: point_in_time.recover(recovery, announce),
        )

    def left(self):
        """What a drill left where it recovered the server."""
        return [path.name for path in self.inside.iterdir() if not path.name.endswith(".lock")]


@pytest.fixture(scope="module")
def hospital():
    folder = Path(tempfile.mkdtemp(prefix="ward-drill-", dir=fast_folder()))
    folder.chmod(0o711)  # the server may run as another account
    hospital = Drilled(folder)
    hospital.copy()
    for word in ("first", "second", "third"):
        hospital.save(word)
        hospital.hand_over()
    yield hospital
    hospital.cluster.destroy()
    shutil.rmtree(folder)


@pytest.fixture
def settings(hospital, monkeypatch, tmp_path):
    """The settings of IT."""
    key = tmp_path / "backup.key"
    key.write_text(f"{SECRET}\n")
    key.chmod(0o600)
    monkeypatch.setenv("WARD_BACKUP__DIR", str(hospital.backups))
    monkeypatch.setenv("WARD_BACKUP__ARCHIVE", str(hospital.archive))
    monkeypatch.setenv("WARD_BACKUP__KEY", str(key))


@pytest.mark.usefixtures("settings")
def test_that_the_newest_copy_is_recovered_with_the_kept_log_and_removed_again(hospital, wardctl):
    """[O18] [O19] It counts as a drill of the ward database; what runs is not touched."""
    [base] = base_backup.backups(hospital.bases)
    words = ("backup", "drill", "--kind", "base", "--inside", str(hospital.inside))
    status, said, steps = wardctl(*words, "--json")
    told = json.loads(said)
    assert (status, told["kind"], told["backup"], told["problem"]) == (0, "base", base.id, None)
    assert list(told["steps_s"]) == ["recover", "compare"]
    assert told["projected_s"] == pytest.approx(sum(told["steps_s"].values()))
    # the schema's, two sessions, and at least three words, which are in the log alone
    [(words_kept,)] = hospital.ask("SELECT count(*) FROM public.work")
    assert (words_kept >= 3, told["rows"]) == (True, 3 + words_kept)
    assert "Replaying" in steps
    assert hospital.left() == []
    newest = drills(hospital.backups)[0]
    assert (newest.id, newest.kind) == (told["id"], Kind.BASE)
    log = hospital.backups / "logs" / f"{newest.id}.log"
    assert "Reading every row" in log.read_text()
    found = kept(hospital.backups, "ward", BackupSettings(), newest.started_at)
    assert found.last_drill_at == newest.started_at
    assert ("third",) in hospital.ask("SELECT word FROM public.work")
    barman = wardctl("backup", "drill", "--kind", "barman")
    assert (barman[0], "where it runs" in barman[2]) == (2, True)
    none = wardctl(*words[:2], "base_20200101_000000", *words[4:])
    assert (none[0], "no base backup" in none[2]) == (1, True)


@pytest.mark.usefixtures("settings")
def test_that_the_log_beside_other_backups_is_theirs(hospital, wardctl, monkeypatch, tmp_path):
    """[O18] As for prune: files of the log of the settings have the same names."""
    monkeypatch.setenv("WARD_BACKUP__ARCHIVE", str(tmp_path))
    there = ("--dir", str(hospital.backups), "--inside", str(hospital.inside))
    beside = hospital.backups / "wal"
    beside.symlink_to(hospital.archive)
    try:
        status, said, _ = wardctl("backup", "drill", "--kind", "base", *there, "--json")
    finally:
        beside.unlink()
    # three words are in the log alone
    assert (status, json.loads(said)["rows"] >= 6) == (0, True)


def test_that_a_log_that_grows_while_it_is_replayed_was_read_to_its_end(hospital):
    """[O18] A ward goes on working through its drill."""

    def work_goes_on(words):
        if words.startswith("Replaying"):
            assert list(server_drill.look(hospital.inside)) == []  # it is nobody's leftover
            for word in ("meanwhile", "and more"):
                hospital.save(word)
                hospital.hand_over()

    assert drill(hospital.job(), work_goes_on).problem is None
    assert ("and more",) in hospital.ask("SELECT word FROM public.work")


def test_that_a_damaged_copy_or_a_hole_in_the_log_fails_the_drill_and_nothing_is_left(hospital):
    """[K06] [O18] The report says why; without the key it is no drill either."""
    file = hospital.bases / base_backup.backups(hospital.bases)[0].file
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    try:
        with pytest.raises(CodedError) as refused:
            drill(hospital.job())
    finally:
        file.write_bytes(content)
    assert refused.value.code == "WDB-507"
    names = sorted(path.name for path in hospital.archive.iterdir() if len(path.name) == 24)
    aside = hospital.folder / "aside"
    (hospital.archive / names[-2]).rename(aside)
    try:
        with pytest.raises(CodedError, match=f"{names[-2]} is missing") as holed:
            drill(hospital.job())
    finally:
        aside.rename(hospital.archive / names[-2])
    assert holed.value.code == "WDB-609"
    assert "is missing from the kept log" in drills(hospital.backups)[0].problem
    with pytest.raises(CodedError) as shut:
        drill(hospital.job(secret=None))
    assert shut.value.code == "WDB-602"
    assert hospital.left() == []


@pytest.mark.usefixtures("settings")
def test_that_a_place_where_no_drill_can_be_is_refused_before_one_begins(
    hospital, wardctl, tmp_path, monkeypatch
):
    """[O18] A typing error is no failed drill; the words are about --inside."""
    before = drills(hospital.backups)
    a_file = hospital.folder / "letter"
    a_file.touch(0o755)
    taken = hospital.folder / "taken"
    folder_in(taken).mkdir(parents=True)
    (folder_in(taken) / "letter").touch()
    words = ("backup", "drill", "--kind", "base", "--inside")
    for inside, status, why in (
        ("trial", 2, "Name the folder in full"),
        (f"{hospital.folder}/two words", 2, "letters, digits"),
        (str(a_file), 1, "File exists"),
        (str(taken), 2, "not empty"),
    ):
        told = wardctl(*words, inside)
        assert (told[0], why in told[2], "--inside" in told[2]) == (status, True, True), told
    monkeypatch.setattr(accounts, "reachable", lambda *_: False)
    told = wardctl(*words, str(tmp_path / "far"))
    assert (told[0], "cannot reach" in told[2], "--inside" in told[2]) == (1, True, True)
    assert not (tmp_path / "far").exists()
    assert drills(hospital.backups) == before


def test_that_what_the_system_refuses_in_a_drill_is_reported_too(hospital):
    """[O18] A disk that goes away is no reason to know nothing."""

    def refused(_announce):
        raise PermissionError(errno.EACCES, "Permission denied", "the log")

    with pytest.raises(PermissionError):
        drill(replace(hospital.job(), recover=refused))
    assert "Permission denied: 'the log'" in drills(hospital.backups)[0].problem


def test_that_what_cannot_be_removed_does_not_hide_why_a_drill_failed(hospital, monkeypatch):
    """[C18] Both are told; and the next one does not begin before it is gone."""
    place, told = folder_in(hospital.inside), []
    left = files_beside(place)

    def damaged(_announce):
        left.mkdir(parents=True)
        raise CodedError("WDB-507", "The copy is damaged.")

    def refused(*_what):
        raise PermissionError(errno.EACCES, "Permission denied", str(place))

    monkeypatch.setattr(server_drill, "discard", refused)
    job = replace(hospital.job(), recover=damaged)
    try:
        with pytest.raises(CodedError, match=r"The copy is damaged\."):
            drill(job, told.append)
        assert f"removed: Permission denied. Remove it: wardctl restore discard {place}" in told[0]
        assert drills(hospital.backups)[0].problem == "The copy is damaged."
        with pytest.raises(ConfigurationError, match=f"wardctl restore discard {place}"):
            drill(job)
    finally:
        left.rmdir()


def test_that_a_drill_that_is_asked_to_end_leaves_nothing(hospital):
    """[C18] SSH is closed, and then the service is stopped while everything is removed."""
    recovery, discard = hospital.recovery(), server_drill.discard

    def interrupted(announce):
        point_in_time.recover(recovery, announce)
        os.kill(os.getpid(), signal.SIGHUP)

    def disturbed(*what):
        os.kill(os.getpid(), signal.SIGTERM)
        discard(*what)

    def ended():
        # who runs the tests may have done so by nohup
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        server_drill.discard = disturbed
        drill(replace(hospital.job(), recover=interrupted))

    assert status_of(ended) == 128 + signal.SIGHUP
    assert hospital.left() == []
    newest = max((hospital.backups / "logs").glob("drill_*.log"))
    assert newest.read_text().endswith("Failed: It was asked to end (SIGHUP).\n")


def test_that_what_is_ignored_already_ends_nothing_and_all_is_as_before_again():
    """Such as by nohup."""

    def under_nohup():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        before = signal.getsignal(signal.SIGTERM)
        with asked_to_end():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGTERM) is before
        with asked_to_end():
            os.kill(os.getpid(), signal.SIGTERM)

    assert status_of(under_nohup) == 128 + signal.SIGTERM


def test_that_doctor_tells_of_what_a_killed_drill_left_and_how_it_goes(
    hospital, wardctl, dsn, monkeypatch
):
    """[C18] By the command that it names; its server runs on until then."""
    monkeypatch.setenv("WARD_BACKUP__DIR", str(hospital.inside))
    place = folder_in(hospital.inside)
    killed(lambda: drill(hospital.job()), server_drill, "require_equal")
    pid = server_pid(place)
    assert f"wardctl restore discard {place}." in wardctl("doctor", "--dsn", dsn)[1]
    said = said_by(restore_app, dsn, "discard", str(place), input=f"{place}\n")
    assert f"process {pid}" in said
    assert hospital.left() == []
    assert list(server_drill.look(hospital.inside)) == []


def test_that_what_a_killed_drill_left_goes_and_a_folder_of_somebody_else_stays(
    hospital, monkeypatch
):
    """[C18] Its server too; a schema of a newer program fails the drill."""
    left = point_in_time.recover(hospital.recovery())
    assert server_pid(left.data_dir) is not None
    monkeypatch.setattr(migrate, "history", tuple)
    with pytest.raises(CodedError) as refused:
        drill(hospital.job())
    assert refused.value.code == "WDB-605"
    assert hospital.left() == []
    theirs = folder_in(hospital.inside)
    theirs.mkdir()
    (theirs / "letter").touch()
    try:
        with pytest.raises(RuleBrokenError, match="not empty"):
            drill(hospital.job())
        assert (theirs / "letter").exists()
    finally:
        shutil.rmtree(theirs)
