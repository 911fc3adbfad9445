"""[K19] [O16] [O20] [W9] The kept log: never written over, received as it is written, told of."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from dataclasses import replace

import psycopg
import pytest

from tests.operations.backup.test_container import SECRET
from tests.patience import until
from ward_app.cli.target import target_dsn
from ward_app.core.errors import ConfigurationError, ConflictError, RuleBrokenError
from ward_app.operations.recovery import wal_archive
from ward_app.operations.recovery.wal_archive import archive
from ward_app.operations.recovery.wal_push import push
from ward_app.operations.recovery.wal_status import LogKept, Receiver, hints_of_server
from ward_app.operations.server_config import pitr_conf

NAME = "000000010000000000000007"
KEPT = LogKept(
    archive_mode="on",
    last_archived=NAME,
    last_archived_at=None,
    failed=None,
    archive_fails=False,
    archive_behind_s=20.0,
    receiver=None,
)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "archive"
    made.mkdir()
    return made


def test_that_a_file_of_the_log_is_kept_once_and_never_written_over(tmp_path, folder):
    source = tmp_path / NAME
    source.write_bytes(b"what was charted")
    assert push(source, folder)
    assert (folder / NAME).read_bytes() == b"what was charted"
    assert not push(source, folder)
    source.write_bytes(b"of another server")
    with pytest.raises(ConflictError, match="stays as it is"):
        push(source, folder)
    assert [file.name for file in folder.iterdir()] == [NAME]
    assert (folder / NAME).read_bytes() == b"what was charted"


def test_that_half_a_file_of_a_killed_try_is_replaced(tmp_path, folder):
    source = tmp_path / NAME
    source.write_bytes(b"whole")
    (folder / f"{NAME}.part").write_bytes(b"ha")
    assert push(source, folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {NAME: b"whole"}


def test_that_only_files_of_the_log_are_kept_and_a_folder_must_be_there(tmp_path, folder):
    with pytest.raises(RuleBrokenError, match="no file of"):
        push(tmp_path / "postgresql.conf", folder)
    source = tmp_path / NAME
    source.write_bytes(b"whole")
    with pytest.raises(ConfigurationError, match="keeps its own and asks again"):
        push(source, tmp_path / "unmounted")


def test_that_a_gap_is_found_and_a_number_spans_histories(folder):
    for name in ("0000000100000000000000FE", "0000000200000000000000FF.partial"):
        (folder / name).touch()
    (folder / "00000002.history").touch()
    assert archive(folder).missing == ()
    (folder / "000000020000000100000001").touch()
    assert archive(folder).missing == ("000000020000000100000000",)
    assert wal_archive.number_of_lsn("1/1000060") == archive(folder).segments[-1].number


def test_that_the_command_is_what_a_server_can_call(wardctl, tmp_path, folder):
    source = tmp_path / NAME
    source.write_bytes(b"whole")
    words = ("backup", "wal", "push", str(source), "--archive", str(folder))
    assert wardctl(*words)[0] == 0
    source.write_bytes(b"another")
    status, _, complaint = wardctl(*words)
    assert (status, "stays as it is" in complaint) == (1, True)


@pytest.mark.parametrize(
    ("kept", "hint"),
    [
        (replace(KEPT, archive_mode="off", archive_behind_s=None), "Nobody keeps the log"),
        (replace(KEPT, archive_fails=True, failed=NAME), f"did not take {NAME}"),
        (replace(KEPT, archive_behind_s=901.0), "15 minutes of charting"),
        (replace(KEPT, archive_behind_s=None), "15 minutes of charting"),
        (replace(KEPT, receiver=Receiver("ward_wal", active=False, behind_s=None)), "connected"),
    ],
)
def test_that_what_may_be_lost_is_told(kept, hint):
    """[V10] More than 15 minutes that are kept nowhere else."""
    assert hint in " ".join(hints_of_server(kept))


def test_that_nothing_is_told_while_the_log_is_kept():
    assert list(hints_of_server(KEPT)) == []
    received = replace(KEPT, archive_mode="off", archive_behind_s=None)
    received = replace(received, receiver=Receiver("ward_wal", active=True, behind_s=1.0))
    assert list(hints_of_server(received)) == []


def test_that_the_log_is_received_as_it_is_written(running, folder, tmp_path):
    """The slot, every piece forced to disk, and what the command says of it."""
    status, said, _ = running("backup", "wal", "status", "--archive", str(folder))
    assert (status, "Nobody keeps the log" in said) == (1, True)
    receiving = subprocess.Popen(
        [sys.executable, "-m", "ward_app.cli.main", "backup", "wal", "start", "--archive",
         str(folder)]
    )  # fmt: skip
    try:
        until(lambda: any(file.suffix == ".partial" for file in folder.iterdir()))

        def told():
            answer = running("backup", "wal", "status", "--archive", str(folder), "--json")
            return answer[0], json.loads(answer[1])

        until(lambda: told()[0] == 0)
        found = told()[1]
        assert found["hints"] == []
        assert found["server"]["receiver"]["active"]
        assert found["server"]["archive_mode"] == "off"
    finally:
        receiving.terminate()
        receiving.wait(30)
    until(lambda: told()[0] == 1)
    assert "is not connected" in told()[1]["hints"][0]


@pytest.fixture
def key_file(tmp_path, monkeypatch):
    """The key of the backups, as the settings name it."""
    file = tmp_path / "backup.key"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    monkeypatch.setenv("WARD_BACKUP__KEY", str(file))
    return file


@pytest.fixture
def receiving(running, folder, key_file):
    """The receiver as a service runs it; what it writes, in its file."""
    command = [sys.executable, "-m", "ward_app.cli.main", "backup", "wal", "start"]
    with (folder.parent / "said").open("w") as said:
        process = subprocess.Popen([*command, "--archive", str(folder)], stderr=said)
    yield process
    process.kill()
    process.wait(30)


def switched():
    """Write something into the log, close its file, and return that file's name."""
    with psycopg.connect(target_dsn(None), autocommit=True) as admin:
        admin.execute("SELECT pg_logical_emit_message(false, 'test', 'something charted')")
        [(name,)] = admin.execute("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
        admin.execute("SELECT pg_switch_wal()")
    return name


def test_that_each_file_that_is_received_is_encrypted_once_it_is_complete(
    running, folder, receiving, tmp_path
):
    """[K05] It goes from the clear with the next one; asked to end, the receiver ends in order."""
    until(lambda: any(file.suffix == ".partial" for file in folder.iterdir()))
    name = switched()
    until((folder / f"{name}.enc").exists)
    switched()
    until(lambda: (folder / f"{name}.enc").exists() and not (folder / name).exists())
    assert b"something charted" not in (folder / f"{name}.enc").read_bytes()
    status = ("backup", "wal", "status", "--archive", str(folder))
    until(lambda: running(*status)[0] == 0)
    assert "All complete ones are encrypted." in running(*status)[1]
    out = tmp_path / "out"
    fetched = ("backup", "wal", "fetch", name, str(out), "--archive", str(folder))
    assert running(*fetched)[0] == 0
    assert b"something charted" in out.read_bytes()
    receiving.terminate()
    assert receiving.wait(30) == 0
    assert SECRET not in (tmp_path / "said").read_text()
    until(lambda: "is NOT connected" in running(*status)[1])


def test_that_the_log_is_not_received_by_anybody_who_could_not_encrypt_it(
    running, folder, receiving
):
    """[K05] Our process is killed: what it started ends at the next file."""
    until(lambda: any(file.suffix == ".partial" for file in folder.iterdir()))
    receiving.kill()
    receiving.wait(30)
    switched()
    status = ("backup", "wal", "status", "--archive", str(folder))
    until(lambda: "is NOT connected" in running(*status)[1])


def test_that_the_server_never_takes_a_failure_for_the_end_of_the_log(
    wardctl, folder, key_file, tmp_path
):
    """[K06] From 126 on it gives up; 1 is the end of the archive, where recovery may end."""
    source = tmp_path / NAME
    source.write_bytes(b"what was charted")
    there = ("--archive", str(folder))
    assert wardctl("backup", "wal", "push", str(source), *there)[0] == 0
    out = tmp_path / "out"
    fetched = ("backup", "wal", "fetch", NAME, str(out), *there)
    assert wardctl(*fetched)[0] == 0
    assert out.read_bytes() == b"what was charted"
    later = "000000010000000000000008"
    assert wardctl("backup", "wal", "fetch", later, str(out), *there)[0] == 1
    key_file.write_text("another key of somebody\n")
    status, _, complaint = wardctl(*fetched)
    assert (status, "not the key" in complaint) == (126, True)
    key_file.unlink()
    assert wardctl(*fetched)[0] == 126
    status, _, complaint = wardctl("backup", "wal", "push", str(source), *there)
    assert (status, "cannot be read" in complaint) == (1, True)
    assert wardctl("backup", "wal", "fetch", NAME, str(out), "--archive", "/nowhere")[0] == 126


def test_that_the_commands_of_the_settings_are_ones_that_work(wardctl, folder, key_file, tmp_path):
    """What `server-config pitr` prints, called as the server calls it."""
    source, out = tmp_path / NAME, tmp_path / "out"
    source.write_bytes(b"what was charted")
    text = pitr_conf(str(folder), str(key_file))

    def called(setting, path):
        [command] = re.findall(f"{setting} = '(.*)'", text)
        words = shlex.split(command.replace("%p", str(path)).replace("%f", NAME))
        return wardctl(*words[1:])[0]

    assert [called("archive_command", source) for _ in range(2)] == [0, 0]
    assert called("restore_command", out) == 0
    assert out.read_bytes() == b"what was charted"
    source.write_bytes(b"of another server")
    assert called("archive_command", source) == 1


def test_that_what_was_kept_before_there_was_a_key_is_encrypted_by_a_command(
    wardctl, folder, key_file, monkeypatch
):
    for number in (7, 8):
        (folder / f"{number:024X}").write_bytes(b"charted")
    status, said, _ = wardctl("backup", "wal", "seal", "--archive", str(folder))
    assert (status, said) == (0, "1 files are encrypted, and no longer there in the clear.\n")
    monkeypatch.setenv("WARD_BACKUP__ENCRYPT_LOG", "false")
    assert wardctl("backup", "wal", "seal", "--archive", str(folder))[0] == 1


def test_that_base_and_recovery_are_commands(running, folder, tmp_path, monkeypatch):
    """Base backup, list, and everything that was received since, in a new folder."""
    said = json.loads(running("backup", "base", "--bases", str(tmp_path / "b"), "--json")[1])
    assert said[0]["encryption"] is None
    assert "verified, not encrypted" in running("backup", "base", "--list", "--bases",
                                                str(tmp_path / "b"))[1]  # fmt: skip
    status, _, complaint = running(
        "restore", "pitr", "--into", str(tmp_path / "new"), "--bases", str(tmp_path / "b"),
        "--target-time", "2020-01-01 00:00:00",
    )  # fmt: skip
    assert (status, "before the oldest base backup" in complaint) == (1, True)
    assert "WDB-609" in complaint
    assert running("restore", "pitr", "--into", "/x")[0] == 2
