"""What doctor, metrics and other programs' backups say."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import fast_folder
from tests.operations.backup.shelved import NOW, shelve
from ward_app.core.errors import CodedError
from ward_app.core.settings_operations import BackupEngine, BackupSettings, BaseEngine
from ward_app.operations.backup import engines, pgbackrest
from ward_app.operations.backup.good import GoodBackup, Kind
from ward_app.operations.backup.looks import of_backups, of_host
from ward_app.operations.findings import Level
from ward_app.operations.prometheus import exposition
from ward_app.operations.recovery.last_good import last_good
from ward_app.operations.server_facts import ServerFacts

PGBACKREST = """#!/bin/sh
case $* in *info*) cat <<'J'
[{"name":"ward","status":{"code":STATUS,"message":"none"},"repo":[{"cipher":"none"}],
 "db":[],"archive":[],"backup":[
 {"label":"20261120-020000F","type":"full","timestamp":{"start":1,"stop":1795140000},
  "database":{"id":1,"repo-key":1},"lsn":{"start":"0/1","stop":"0/2"},"error":false,
  "info":{"size":99,"repository":{"delta":77}}},
 {"label":"20261120-020000F_20261121-020000I","type":"incr",
  "timestamp":{"start":1,"stop":1795226400},
  "database":{"id":1,"repo-key":1},"lsn":{"start":"0/1","stop":"0/2"},"error":true,
  "info":{"size":99,"repository":{"delta":7}}}]}]
J
esac
"""
BARMAN = """#!/bin/sh
case $* in
*check*) [ ! -e "$0.ill" ] || { echo "ward: FAILED archiver"; exit 1; } ;;
*) echo '{"ward":[{"backup_id":"20261121T02","end_time_timestamp":"1795226400",
"status":"DONE","size_bytes":5},{"backup_id":"half","status":"STARTED"}]}' ;;
esac
"""


def said(folder, database="ward", *, is_production=True, **more):
    good = last_good(folder, database, BackupSettings(dir=str(folder), **more), NOW)
    found = of_backups(folder, database, good=good, now=NOW, is_production=is_production)
    return [(one.level, one.code) for one in found]


def test_that_the_doctor_wants_a_good_backup_of_the_last_26_hours(shelf_dir):
    """[K14] [Y05]"""
    assert said(shelf_dir) == [(Level.ERROR, "WDB-514")]
    assert said(shelf_dir, is_production=False) == [(Level.INFO, "WDB-514")]
    shelve(shelf_dir, hours=27)
    assert said(shelf_dir) == [(Level.ERROR, "WDB-514")]
    shelve(shelf_dir, hours=2, verified_at=None)
    shelve(shelf_dir, hours=1, schema_only=True)
    assert said(shelf_dir) == [(Level.ERROR, "WDB-514")]
    shelve(shelf_dir, hours=25)
    assert said(shelf_dir) == [(Level.GOOD, "")]
    assert said(shelf_dir, "another") == [(Level.ERROR, "WDB-514")]
    (shelf_dir / "backup_1.json").write_text("{")
    assert said(shelf_dir) == [(Level.WARNING, "WDB-512"), (Level.GOOD, "")]


@pytest.mark.parametrize(("host", "words"), [
    ("ward.abc.eu-west-1.rds.amazonaws.com", "Amazon RDS"),
    ("ward.postgres.database.azure.com", "Azure"),
    ("/cloudsql/project:zone:ward", "Google"),
])  # fmt: skip
def test_that_a_server_a_provider_runs_is_recognised(host, words):
    """[K15]"""
    [found] = of_host(host)
    assert words in found.says
    assert "separate" in found.says
    assert list(of_host("db.hospital.example")) == []


def test_that_prometheus_reads_the_last_good_backup():
    """[K17]"""
    facts = ServerFacts("ward", 1, 1, 0, 1, 1, 0, 5, 0, None)
    assert "ward_backup" not in exposition(facts, None)
    dump = GoodBackup(kind=Kind.DUMP, id="backup_1", database="ward", at=NOW, bytes=5, seconds=0.5)
    unsized = replace(dump, kind=Kind.BARMAN, bytes=None)
    text = exposition(facts, None, None, (dump, unsized))
    for name, value in (("last_success_timestamp", "1.795338e+09"), ("size_bytes", "5.0"),
                        ("duration_seconds", "0.5")):  # fmt: skip
        assert f'ward_backup_{name}{{database="ward",kind="dump"}} {value}' in text
    assert 'kind="barman"} 0.5' in text
    assert 'size_bytes{database="ward",kind="barman"}' not in text


@pytest.fixture
def installed(monkeypatch):
    """Put a program of another maker on PATH, where the server's account can run it."""
    folder = Path(tempfile.mkdtemp(prefix="ward-installed-", dir=fast_folder()))
    folder.chmod(0o755)

    def install(name, text):
        path = folder / name
        path.write_text(text)
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        return path

    yield install
    shutil.rmtree(folder)


def test_that_pgbackrest_is_asked(installed, shelf_dir):
    """[K19] What it has marked as faulty is no good backup; a repository that is ill is told."""
    installed("pgbackrest", PGBACKREST.replace("STATUS", "0"))
    settings = BackupSettings(engine=BackupEngine.PGBACKREST)
    newest, oldest = engines.backups(settings)
    assert (newest.id[-16:], newest.is_good) == ("20261121-020000I", False)
    assert (oldest.id, oldest.is_good, oldest.bytes) == ("20261120-020000F", True, 77)
    assert said(shelf_dir, engine=BackupEngine.PGBACKREST)[0][1] == "WDB-514"
    installed("pgbackrest", PGBACKREST.replace("STATUS", "1"))
    assert said(shelf_dir, engine=BackupEngine.PGBACKREST) == [(Level.ERROR, "WDB-515")]
    installed("pgbackrest", "#!/bin/sh\necho '[{}]'\n")
    with pytest.raises(CodedError, match="cannot be read"):
        engines.backups(settings)


def test_that_pgbackrest_copies_the_server_where_its_file_names_it(
    installed, tmp_path, monkeypatch
):
    """[K19] Without a word of IT; what is said in the settings counts before it."""
    installed("pgbackrest", PGBACKREST)
    file = tmp_path / "pgbackrest.conf"
    found = BackupSettings(pgbackrest_config=str(file))
    assert not pgbackrest.copies_server(found)
    file.write_text("[global]\n# [ward]\n[ward2]\n")
    assert not pgbackrest.copies_server(found)
    file.write_text("[global]\n\n[ward]\npg1-path=/var/lib/postgresql/15/main\n")
    assert pgbackrest.copies_server(found)
    ours = replace(found, base_engine=BaseEngine.PG_BASEBACKUP)
    assert not pgbackrest.copies_server(ours)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not pgbackrest.copies_server(found)
    assert pgbackrest.copies_server(replace(found, base_engine=BaseEngine.PGBACKREST))


def test_that_barman_is_asked_and_never_driven(installed, shelf_dir):
    """[K19]"""
    program = installed("barman", BARMAN)
    settings = BackupSettings(engine=BackupEngine.BARMAN)
    [one] = engines.backups(settings)
    assert (one.id, one.is_good) == ("20261121T02", True)
    with pytest.raises(CodedError, match="timetable"):
        engines.make(settings)
    program.with_suffix(".ill").touch()
    with pytest.raises(CodedError, match="FAILED archiver"):
        engines.backups(settings)
    assert said(shelf_dir, engine=BackupEngine.BARMAN) == [(Level.ERROR, "WDB-511")]


def test_that_an_engine_that_is_not_installed_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CodedError, match="not installed") as refused:
        engines.backups(BackupSettings(engine=BackupEngine.PGBACKREST))
    assert refused.value.code == "WDB-505"
