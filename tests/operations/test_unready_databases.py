"""What IT's commands say of a database that is not ready: a sentence each, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import zipfile

import pytest
from psycopg.conninfo import make_conninfo

from tests.server_files import put
from ward_app.operations.bootstrap import initialise
from ward_app.operations.cluster import private_cluster
from ward_app.operations.migrate import upgrade

HALF = "0014"
STATES = ("half", "empty", "away", "refused", "standby")
READING = """
doctor | doctor --json | health --db | ping | tune --ram 8 | activity list | alerts check
audit verify | audit report | audit retention show | audit anchor check anchor key
backup drill | backup create --no-encrypt | backup nightly | backup check | backup base --list
backup wal status | instruments list | instruments verify | instruments show NEWS2 | keys list
lane show | logs slow | metrics | escalation rules show | devices show | messages show
maintenance analyze | maintenance partitions | migrate status | migrate deploy --no-backup
monitor | monitor --json | monitor --keep | packs list | packs verify | packs compare
schedule show | encryption status | report vacuum | report replication | dr checklist
restore kept | restore rollback --no-confirm | restore backup_20200101_000000
retention status | role list | role show nurse | roles list | rounds list | rounds show daily
rounds report | schema check | shifts show | seed --demo | user list | user show nora | ward list
workstation list
"""
EXPECTED = {
    "half": "migrations are not applied (it is at 0014)",
    "empty": "migrations are not applied",
    "away": "does not answer",
    "refused": "password authentication failed",
    "standby": "as this program",
}
COMMANDS = [words.strip() for line in READING.strip().splitlines() for words in line.split("|")]


@pytest.fixture(scope="module")
def unready(tmp_path_factory):
    """Return how to connect to a database of each state."""
    folder = tmp_path_factory.mktemp("unready")
    primary, standby = (
        private_cluster(folder / name, fast_unsafe=True) for name in ("primary", "standby")
    )
    primary.start()
    for name in ("empty", "half", "whole"):
        initialise(primary.dsn("postgres"), name)
    upgrade(primary.dsn("half"), HALF)
    upgrade(primary.dsn("whole"))
    primary.stop()
    copied(primary, standby)
    put(standby.data_dir, os.devnull, "standby.signal")
    standby.start()
    primary.start()
    yield {
        "half": primary.dsn("half"),
        "empty": primary.dsn("empty"),
        "away": make_conninfo(host=str(folder), user="it", dbname="ward"),
        "refused": primary.dsn("whole", user="ws_nobody"),
        "standby": standby.dsn("whole"),
    }
    standby.destroy()
    primary.destroy()


def copied(primary, standby):
    """Copy the stopped server, for its own account to read."""
    standby.create()
    shutil.rmtree(standby.data_dir)
    shutil.copytree(primary.data_dir, standby.data_dir)
    owner = primary.data_dir.stat()
    for path in (standby.data_dir, *standby.data_dir.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("words", COMMANDS)
def test_that_a_command_answers_in_sentences(
    wardctl, unready, state, words, tmp_path, monkeypatch
):
    """[D21] With what is to be done, and never with a traceback."""
    monkeypatch.setenv("PGPASSWORD", "not the one")
    monkeypatch.setenv("WARD_BACKUP__DIR", str(tmp_path / "backups"))
    monkeypatch.chdir(tmp_path)
    status, said, complaint = wardctl(*words.split(), "--dsn", unready[state])
    assert status in range(4)
    assert said or complaint
    assert "Traceback" not in complaint


@pytest.mark.parametrize("state", STATES)
def test_that_the_bundle_is_written_with_what_could_be_read(
    wardctl, unready, state, tmp_path, monkeypatch
):
    """[D20] Of a server that is away too."""
    monkeypatch.setenv("PGPASSWORD", "not the one")
    file = tmp_path / "support.zip"
    status, said, _ = wardctl("support", "bundle", "--to", str(file), "--dsn", unready[state])
    assert (status, str(file) in said) == (0, True)
    with zipfile.ZipFile(file) as packed:
        parts = {name: json.loads(packed.read(f"{name}.json")) for name in ("doctor", "database")}
    told = " ".join(one["says"] for one in parts["doctor"])
    assert EXPECTED[state] in told
    assert parts["database"]["monitor"]
