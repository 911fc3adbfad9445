"""[O17] [K19] Recovery to a moment, on real servers: what was before it is there, no more."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.conftest import fast_folder
from tests.operations.dying import killed
from tests.operations.recovery.logged_server import LoggedServer
from tests.server_files import append
from tests.small_disk import small_disk
from ward_app.core.errors import CodedError, ConfigurationError, RuleBrokenError
from ward_app.operations.accounts import private_folder
from ward_app.operations.cluster import ClusterState
from ward_app.operations.cluster_files import server_pid
from ward_app.operations.recovery import base_backup, leftovers, point_in_time
from ward_app.operations.recovery.old_bases import prune
from ward_app.operations.recovery.point_in_time import Job, Target, chosen, recover
from ward_app.operations.recovery.recovery_server import discard, recovery_server
from ward_app.operations.recovery.sealed_log import LogKey
from ward_app.operations.recovery.wal_archive import archive, number_of_lsn
from ward_app.operations.recovery.wal_push import seal_finished
from ward_app.operations.recovery_symptoms import LOG_DAMAGED, NO_KEY, NO_ROOM, NOT_REACHED
from ward_app.operations.server_config import pitr_conf

SECRET = "of these tests alone"  # noqa: S105 - of throw-away backups
# behind the header of the file's first page
_IN_THE_FIRST_RECORD = 60


class Hospital(LoggedServer):
    """A server that keeps its log, with a base backup and work before and after it.

    Attributes:
        early: the archive as it was after the third word.
    """

    def __init__(self, folder):
        super().__init__(folder)
        self.archive = folder / "archive"
        self.early = folder / "early"
        self.bases = folder / "bases"
        private_folder(self.archive, self.cluster.account)
        append(self.cluster.data_dir, "postgresql.conf", pitr_conf(str(self.archive)))
        self.begin()

    def has(self, name):
        return (self.archive / name).exists()

    def copy(self):
        """Make a base backup."""
        base_backup.take(
            base_backup.Job(
                dsn=self.cluster.dsn("postgres"),
                folder=self.bases,
                database="ward",
                secret=SECRET,
                rounds=10_000,
            )
        )

    def recovered(self, into, target, **more):
        job = Job(
            base=base_backup.backups(self.bases)[0],
            folder=self.bases,
            secret=SECRET,
            archive=self.archive,
            into=self.folder / into,
            target=target,
        )
        return recover(replace(job, **more))


@pytest.fixture(scope="module")
def hospital():
    folder = Path(tempfile.mkdtemp(prefix="ward-recovery-", dir=fast_folder()))
    folder.chmod(0o711)  # the server may run as another account
    hospital = Hospital(folder)
    hospital.save("before the base backup")
    hospital.copy()
    hospital.save("first")
    hospital.ask("SELECT pg_create_restore_point('before the upgrade')")
    hospital.save("second")
    hospital.save("third")
    hospital.hand_over()
    # whatever a test, or the server by itself, does later is not in this one
    shutil.copytree(hospital.archive, hospital.early)
    yield hospital
    hospital.cluster.destroy()
    shutil.rmtree(folder)


def words_in(recovered):
    with psycopg.connect(recovered.dsn, autocommit=True) as admin:
        return [word for (word,) in admin.execute("SELECT word FROM public.work")]


@pytest.fixture
def looked_into(hospital):
    """Return what a recovery to a target has; its server is left running, and ended here."""
    started = []

    def look(name, target, **more):
        found = hospital.recovered(name, target, leave_running=True, **more)
        started.append(found.data_dir)
        return found, words_in(found)

    yield look
    for data_dir in started:
        cluster = replace(hospital.cluster, data_dir=data_dir)
        cluster.stop()


def test_that_recovery_to_a_second_keeps_what_was_before_and_drops_what_was_after(
    hospital, looked_into
):
    found, words = looked_into("to-a-second", Target(time=hospital.at["second"]))
    assert words == ["before the base backup", "first", "second"]
    assert (found.sessions_ended, found.missing) == (1, ())
    assert found.last_transaction.startswith(f"{hospital.at['second'].astimezone(UTC):%Y-%m-%d}")
    with psycopg.connect(found.dsn) as admin:
        open_ones = admin.execute("SELECT count(*) FROM public.sessions WHERE ended_at IS NULL")
        assert open_ones.fetchone() == (0,)
        assert admin.execute("SHOW archive_mode").fetchone() == ("off",)


def test_that_a_named_point_and_everything_can_be_recovered_too(hospital, looked_into):
    named = looked_into("to-a-name", Target(name="before the upgrade"))[1]
    assert named == ["before the base backup", "first"]
    everything = looked_into("to-the-end", Target())[1]
    assert everything[:4] == ["before the base backup", "first", "second", "third"]


def test_that_no_recovery_needs_what_of_the_log_is_old_enough_to_go(hospital, looked_into):
    """[K08] [D16]"""
    kept, log = hospital.folder / "kept", hospital.folder / "kept-log"
    shutil.copytree(hospital.bases, kept)
    shutil.copytree(hospital.archive, log)
    later = datetime.now(UTC) + timedelta(days=40)
    gone = prune(kept, log, SECRET, now=later, retention_days=30)
    assert gone.log
    assert not any(file.exists() for file in gone.log)
    target = Target(time=hospital.at["first"])
    words = looked_into("after-a-prune", target, folder=kept, archive=log)[1]
    assert words == ["before the base backup", "first"]


def test_that_the_new_folder_is_a_stopped_server_and_the_old_one_runs_on(hospital):
    before = sorted(hospital.archive.iterdir())
    found = hospital.recovered("stopped", Target(time=hospital.at["first"]))
    assert server_pid(found.data_dir) is None
    assert not (hospital.folder / "stopped.recovery").exists()
    assert not (found.data_dir / "recovery.signal").exists()
    assert ("third",) in hospital.ask("SELECT word FROM public.work")
    assert sorted(hospital.archive.iterdir()) == before


def test_that_a_moment_after_the_archive_is_refused_with_the_last_one_it_has(hospital):
    late = hospital.at["third"] + (datetime.now(UTC) - hospital.at["third"]) / 2
    with pytest.raises(CodedError, match="does not reach") as refused:
        hospital.recovered("too-late", Target(time=late), archive=hospital.early)
    assert f"{hospital.at['third'].astimezone(UTC):%Y-%m-%d %H:%M}" in str(refused.value)
    assert "--latest" in str(refused.value)
    with pytest.raises(RuleBrokenError, match="was begun before and not finished"):
        hospital.recovered("too-late", Target())


def test_that_a_name_that_the_log_lacks_is_refused_with_what_may_help(hospital):
    with pytest.raises(CodedError, match=r"does not reach never set.* an earlier one: --base"):
        hospital.recovered("unnamed", Target(name="never set"))


def test_that_a_moment_before_the_base_backup_is_refused(hospital):
    bases = base_backup.backups(hospital.bases)
    with pytest.raises(CodedError, match="before the oldest base backup was complete"):
        chosen(bases, Target(time=hospital.at["before the base backup"]))
    with pytest.raises(RuleBrokenError, match="has not come yet"):
        chosen(bases, Target(time=datetime.now(UTC) + timedelta(hours=1)))
    with pytest.raises(CodedError, match="no base backup"):
        chosen([], Target())
    assert chosen(bases, Target(time=hospital.at["first"])) == bases[0]


def test_that_a_damaged_base_backup_is_refused_before_a_folder_is_made(hospital):
    [base] = base_backup.backups(hospital.bases)
    file = hospital.bases / base.file
    content = file.read_bytes()
    place = len(content) // 2
    file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    try:
        with pytest.raises(CodedError, match="is damaged"):
            hospital.recovered("damaged", Target())
        assert not (hospital.folder / "damaged").exists()
    finally:
        file.write_bytes(content)


def test_that_a_gap_in_the_archive_is_told(hospital, tmp_path):
    hospital.save("fourth")
    hospital.hand_over()
    hospital.save("fifth")
    hospital.hand_over()
    names = sorted(file.name for file in hospital.archive.iterdir() if len(file.name) == 24)
    gone = hospital.archive / names[-2]
    kept = gone.read_bytes()
    gone.unlink()
    try:
        with pytest.raises(CodedError, match=f"{gone.name} is missing"):
            hospital.recovered("gap", Target(time=hospital.at["fifth"]))
        assert hospital.recovered("until-gap", Target()).missing == (gone.name,)
    finally:
        gone.write_bytes(kept)


def test_that_a_copy_without_its_key_or_with_a_changed_record_is_not_used(hospital):
    [base] = base_backup.backups(hospital.bases)
    with pytest.raises(CodedError, match="there is no key") as refused:
        hospital.recovered("no-key", Target(), secret=None)
    assert refused.value.code == NO_KEY
    with pytest.raises(CodedError, match="not the key"):
        hospital.recovered("no-key", Target(), secret="another")
    with pytest.raises(CodedError, match="was changed since it was written"):
        hospital.recovered("no-key", Target(), base=replace(base, stop_lsn="0/0"))
    assert not (hospital.folder / "no-key").exists()


@pytest.fixture
def sealed(hospital, tmp_path):
    """The same archive, encrypted; its files by name."""
    folder = tmp_path / "sealed"
    shutil.copytree(hospital.archive, folder)
    (folder / f"{'F' * 24}.partial").touch()  # the server goes on
    seal_finished(folder, LogKey(SECRET, 10_000))
    (folder / f"{'F' * 24}.partial").unlink()
    assert not [file for file in folder.iterdir() if len(file.name) == 24]
    return folder


def after_the_base(hospital, folder):
    """Return the encrypted files that a recovery cannot do without, oldest first."""
    [base] = base_backup.backups(hospital.bases)
    after = number_of_lsn(base.stop_lsn)
    found = archive(folder).segments
    return [folder / one.name for one in found if one.is_sealed and one.number > after]


def test_that_an_encrypted_log_leads_to_the_same_second(hospital, sealed, looked_into):
    """[O17] [K05]"""
    found, words = looked_into("sealed", Target(time=hospital.at["second"]), archive=sealed)
    assert words == ["before the base backup", "first", "second"]
    assert found.missing == ()


def test_that_a_damaged_log_or_one_without_its_key_is_refused_before_anything_is_made(
    hospital, sealed
):
    """[K06] It must not look like the end of the log."""
    file = after_the_base(hospital, sealed)[0]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    for target in (Target(), Target(time=hospital.at["third"])):
        with pytest.raises(CodedError, match=f"{file.name} is damaged") as refused:
            hospital.recovered("damaged-log", target, archive=sealed)
        assert refused.value.code == LOG_DAMAGED
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(CodedError, match="was cut off"):
        hospital.recovered("damaged-log", Target(), archive=sealed)
    assert not list((hospital.folder / "damaged-log").iterdir())
    assert not (hospital.folder / "damaged-log.recovery").exists()


def test_that_a_hole_before_the_target_is_told_with_what_was_before_it(hospital, sealed):
    """Also one right behind the base backup, where nothing of the log is before it."""
    hole = after_the_base(hospital, sealed)[0]
    hole.unlink()
    later = sealed / "0000000100000000000000FF"
    later.touch()
    name = hole.name.removesuffix(".enc")
    with pytest.raises(CodedError, match=f"{name} is missing from the archive") as refused:
        hospital.recovered("holed", Target(time=hospital.at["third"]), archive=sealed)
    assert refused.value.code == NOT_REACHED
    for one in sealed.glob("*.enc"):
        one.unlink()
    assert hospital.recovered("to-hole", Target(), archive=sealed).missing == (name,)


def test_that_a_damaged_log_in_the_clear_is_told_after_it_was_replayed(hospital, tmp_path):
    """[K06] PostgreSQL takes it for the end, and says nothing."""
    for word in ("sixth", "seventh"):
        hospital.save(word)
        hospital.hand_over()
    clear = tmp_path / "clear"
    shutil.copytree(hospital.archive, clear)
    [base] = base_backup.backups(hospital.bases)
    after = number_of_lsn(base.stop_lsn)
    names = [one.name for one in archive(clear).segments if one.number > after]
    content = bytearray((clear / names[-2]).read_bytes())
    content[_IN_THE_FIRST_RECORD] ^= 1
    (clear / names[-2]).write_bytes(content)
    found = hospital.recovered("unread", Target(), archive=clear)
    assert (found.missing, found.unread) == ((), names[-2])
    assert hospital.recovered("read", Target()).unread == ""


def test_that_a_real_server_gives_up_where_a_file_cannot_be_taken_out(hospital):
    """[K06] What `wardctl backup wal fetch` counts on: 1 ends a recovery as if all were well."""
    [base] = base_backup.backups(hospital.bases)
    for status, into in ((126, "gives-up"), (1, "ends")):
        server = recovery_server(
            hospital.folder / into, major=base.major, admin=base.administrator
        )
        pieces = base_backup.opened(base, hospital.bases, SECRET)
        base_backup.unpack(pieces, server.data_dir, base.major)
        if status == 1:
            server.replay({}, fetch="exit 1")
            server.stop()
        else:
            with pytest.raises(ConfigurationError, match="ended early: could not restore file"):
                server.replay({}, fetch=f"exit {status}")


@pytest.fixture
def job(hospital):
    """A base backup into a folder of this test's own."""
    folder = Path(tempfile.mkdtemp(dir=hospital.folder)) / "bases"
    return base_backup.Job(
        dsn=hospital.cluster.dsn("postgres"),
        folder=folder,
        database="ward",
        secret=SECRET,
        rounds=10_000,
    )


def names_in(folder):
    return sorted(path.name for path in folder.iterdir() if path.name not in {"lock", "logs"})


def test_that_a_killed_base_backup_counts_for_nothing_and_its_copy_does_not_stay(job):
    """[K19] What was unpacked to be verified is patients' data, and not encrypted."""
    killed(lambda: base_backup.take(job), base_backup.BackupWriter, "finish")
    [part] = names_in(job.folder)
    assert part.endswith(".part")
    killed(lambda: base_backup.take(job), base_backup, "_verify")
    archive, checking = names_in(job.folder)
    assert (part != archive, checking.startswith("checking-")) == (True, True)
    assert base_backup.backups(job.folder) == []
    [told] = leftovers.look((job.folder,))
    assert "left a file or folder in" in told.says
    made = base_backup.take(job)
    # a whole archive is left to a person, though nobody verified it, and told of from now on
    assert names_in(job.folder) == sorted({archive, made.file, f"{made.id}.json"})
    assert len(list(leftovers.look((job.folder,)))) == 1
    assert [one.path.name for one in leftovers.remove(job.folder)] == [archive]
    assert names_in(job.folder) == sorted({made.file, f"{made.id}.json"})


def test_that_what_another_account_left_keeps_no_base_backup_from_being_made(job, monkeypatch):
    """[K18] Such as the copy that root's run had unpacked; who tidies up is told of it."""
    deleted = shutil.rmtree

    def refused(path, **more):
        if Path(path).name == "checking-root":
            raise PermissionError(13, "Permission denied", str(path))
        deleted(path, **more)

    monkeypatch.setattr(leftovers.shutil, "rmtree", refused)
    for name in ("checking-ours", "checking-root"):
        (job.folder / name).mkdir(parents=True)
    made = base_backup.take(job)
    assert names_in(job.folder) == sorted({made.file, f"{made.id}.json", "checking-root"})
    assert len(list(leftovers.look((job.folder,)))) == 1
    with pytest.raises(PermissionError):
        leftovers.remove(job.folder)


@pytest.mark.parametrize(
    ("module", "name"), [(base_backup, "_verify"), (point_in_time, "looked_into")]
)
def test_that_a_killed_recovery_is_told_and_removed_by_a_command(hospital, module, name):
    """Its server runs on when it is killed late."""
    into = hospital.folder / f"killed-{name}"
    killed(lambda: hospital.recovered(into.name, Target()), module, name)
    with pytest.raises(RuleBrokenError, match=f"wardctl restore discard {into}"):
        hospital.recovered(into.name, Target())
    asked = []
    with pytest.raises(RuleBrokenError, match="Nothing was changed"):
        discard(into, lambda question: asked.append(question) or "yes")
    assert ("Its server runs" in asked[0]) == (module is point_in_time)
    discard(into, lambda _question: str(into))
    assert not list(hospital.folder.glob(f"{into.name}*"))
    with pytest.raises(RuleBrokenError, match="No unfinished recovery"):
        discard(hospital.cluster.data_dir, lambda _question: str(hospital.cluster.data_dir))
    assert hospital.cluster.status() is ClusterState.RUNNING


@pytest.mark.parametrize("size", ["1m", "12m"], ids=["while copied", "while verified"])
def test_that_a_disk_that_runs_full_under_a_base_backup_is_told(job, size, monkeypatch):
    """[K18]"""
    monkeypatch.setattr(base_backup, "_require_room", lambda *_: None)
    job.folder.parent.chmod(0o711)
    with small_disk(job.folder, size):
        with pytest.raises(CodedError, match="ran full") as refused:
            base_backup.take(job)
        assert refused.value.code == NO_ROOM
        assert names_in(job.folder) == []


def test_that_a_disk_that_runs_full_under_a_recovery_is_told(hospital, monkeypatch):
    monkeypatch.setattr(point_in_time, "_require_room", lambda *_: None)
    with small_disk(hospital.folder / "small", "12m") as small:
        with pytest.raises(CodedError, match="ran full") as refused:
            hospital.recovered(f"{small.name}/data", Target())
        assert refused.value.code == NO_ROOM
    assert hospital.cluster.status() is ClusterState.RUNNING
