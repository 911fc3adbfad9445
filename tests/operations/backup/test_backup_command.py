"""`wardctl backup` at the command line."""

from __future__ import annotations

import json
import stat

import pytest

from tests.commands import said_by
from tests.operations.backup.shelved import shelve
from tests.operations.recovery.test_old_bases import keep, stored
from ward_app.cli import backup as command
from ward_app.core.errors import CodedError, ConfigurationError
from ward_app.operations.recovery import old_bases as bases


@pytest.fixture
def run(wardctl):
    """Run `wardctl backup` in an installation of its own; return what it said."""

    def say(*words, status=0):
        done, out, err = wardctl("backup", *words)
        assert done == status, err
        return out or err

    return say


@pytest.fixture
def here(tmp_path, wardctl):
    """The folder of that installation's backups."""
    return tmp_path / "backups"


def test_that_a_backup_is_made_listed_verified_and_kept(run, here, admin_dsn, tmp_path):
    """[K01] [K06] [K08] With a key of its own, made by the program."""
    key = tmp_path / "keys" / "backup.key"
    said = run("key", "--file", str(key))
    assert key.read_text().strip() not in said
    assert not stat.S_IMODE(key.stat().st_mode) & 0o077
    assert "is there already" in run("key", "--file", str(key), status=2)
    (tmp_path / "config.toml").write_text(f'[backup]\nkey = "{key}"\n')
    assert "there is room, and the backup would be encrypted" in run("check", "--dsn", admin_dsn)
    told = json.loads(run("create", "--json", "--dsn", admin_dsn))
    assert told["encryption"]["cipher"] == "AES-256-CBC"
    assert f"{told['id']}  " in run("list")
    [listed] = json.loads(run("list", "--json"))["backups"]
    assert listed["id"] == told["id"]
    assert listed["age_hours"] < 1
    assert "is good" in run("verify", told["id"])
    assert "is good" in run("verify", str(here / told["file"]), "--key-file", str(key))
    assert "Nothing is older" in run("prune")


def test_that_a_dry_run_says_what_would_go_and_deletes_nothing(run, here):
    """[K08]"""
    old = shelve(here, days=500)
    shelve(here, hours=1)
    assert f"would go  {old.id}" in run("prune", "--dry-run")
    assert (here / old.file).exists()
    assert f"deleted  {old.id}" in run("prune")
    assert not (here / old.file).exists()


def test_that_old_base_backups_and_their_log_go_by_the_same_command(run, here):
    """[K08]"""
    here.mkdir()
    (here / "wal").mkdir()
    old = stored(here / "base", days=500, begins=2)
    stored(here / "base", days=400, begins=4)
    keep(here / "wal", 2, 3, 4)
    before = f"would go  {old.id}", "would go  2 files of the kept log"
    said = run("prune", "--dry-run")
    assert all(words in said for words in before)
    told = json.loads(run("prune", "--json"))
    assert told == {
        "deleted": True,
        "backups": [],
        "bases": [old.id],
        "log": told["log"],
        "problem": "",
    }
    assert len(told["log"]) == 2
    assert "Nothing is older" in run("prune", "--archive", str(here / "wal"))


def test_that_what_is_deleted_is_said_also_when_the_rest_is_refused(run, here, monkeypatch):
    """[K08]"""
    old = shelve(here, days=500)
    shelve(here, hours=1)

    def refuse(*_given, **_named):
        raise ConfigurationError("The folder cannot be read.")

    monkeypatch.setattr(bases, "prune", refuse)
    assert f"deleted  {old.id}" in run("prune", status=1)


def test_that_a_program_reads_what_was_deleted_also_when_the_rest_is_refused(
    run, here, monkeypatch
):
    """[K08] One document, with what is the matter."""
    old = shelve(here, days=500)
    shelve(here, hours=1)

    def refuse(*_given, **_named):
        raise ConfigurationError("The folder cannot be read.")

    monkeypatch.setattr(bases, "prune", refuse)
    told = json.loads(run("prune", "--json", status=1))
    assert (told["deleted"], told["backups"], told["bases"]) == (True, [old.id], [])
    assert told["problem"] == "The folder cannot be read."


def test_that_a_night_lets_them_go_too(run, here, admin_dsn):
    """[K08]"""
    old = stored(here / "base", days=500, begins=2)
    stored(here / "base", days=400, begins=4)
    (here / "wal").mkdir()
    keep(here / "wal", 2, 3, 4)
    told = json.loads(run("nightly", "--dsn", admin_dsn, "--json"))
    third = "000000010000000000000003"
    assert (told["deleted"], len(told["log_deleted"])) == ([old.id], 2)
    assert third in told["log_deleted"][-1]
    assert "deleted: nothing." in run("nightly", "--dsn", admin_dsn)


def test_that_a_night_lets_a_log_that_is_kept_elsewhere_go_as_the_settings_say(
    run, here, admin_dsn, tmp_path
):
    """[K08] As the scheduled night runs, which is told nothing else; only for its own backups."""
    elsewhere, other = tmp_path / "archive", tmp_path / "other"
    stored(here / "base", days=400, begins=4)
    stored(other / "base", days=400, begins=4)
    elsewhere.mkdir()
    keep(elsewhere, 2, 3, 4)
    (tmp_path / "config.toml").write_text(f'[backup]\narchive = "{elsewhere}"\n')
    assert "Nothing is older" in run("prune", "--dir", str(other))
    assert "2 files of the kept log" in run("prune", "--dry-run")
    assert "deleted: 2 files of the kept log, up to 0" in run("nightly", "--dsn", admin_dsn)
    assert len(list(elsewhere.iterdir())) == 1


def test_that_a_code_tells_what_helps(run, here):
    made = shelve(here)
    (here / made.file).write_text("?")
    said = run("verify", made.id, status=1)
    assert "wardctl doctor --explain WDB-507" in said
    assert "There is no backup" in run("verify", "backup_1", status=2)


def test_that_a_key_that_others_read_or_that_is_not_there_is_refused(
    run, tmp_path, admin_dsn, monkeypatch
):
    """[C18]"""
    monkeypatch.setenv("WARD_HOME", str(tmp_path))
    key = tmp_path / "backup.key"
    monkeypatch.setenv("WARD_BACKUP__KEY", str(key))
    for text, mode, words in (
        (None, 0, "cannot be read"),
        ("a", 0o644, "Others"),
        ("", 0o600, "no key"),
    ):
        if text is not None:
            key.write_text(text)
            key.chmod(mode)
        with pytest.raises(CodedError, match=words) as refused:
            said_by(command.app, admin_dsn, "create")
        assert refused.value.code == "WDB-509"


def test_that_a_key_of_the_environment_is_taken_over_when_it_is_a_good_one(
    run, tmp_path, monkeypatch
):
    """[C18]"""
    file = tmp_path / "given.key"
    monkeypatch.setenv("BACKUP_ENCRYPTION_KEY", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
    run("key", "--from-environment", "--file", str(file), status=2)
    monkeypatch.setenv("BACKUP_ENCRYPTION_KEY", "tXk2Qz0w9LrB5vNc8mYp1aGd4sJf7hUe")
    run("key", "--from-environment", "--file", str(file))
    assert file.read_text() == "tXk2Qz0w9LrB5vNc8mYp1aGd4sJf7hUe\n"


def test_that_everything_that_would_fail_is_told_before(run, tmp_path, monkeypatch):
    """[K18] Each with its own code."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path / "file"))
    monkeypatch.setenv("CLOUD_STORAGE_ENABLED", "true")
    monkeypatch.setenv("CLOUD_STORAGE_PROVIDER", "rclone")
    monkeypatch.setenv("AZURE_STORAGE_CONTAINER", "far:box")
    monkeypatch.setenv("PATH", str(tmp_path))
    said = run("check", "--dsn", f"host={tmp_path} user=it", status=1)
    assert [line.rpartition("[")[2] for line in said.splitlines()] == [
        "WDB-506]", "WDB-504]", "WDB-503]"]  # fmt: skip
