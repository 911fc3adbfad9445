"""What doctor, metrics and other programs' backups say."""

from __future__ import annotations

import stat

import pytest

from tests.operations.backup.shelved import NOW, shelve
from tests.operations.backup.test_manifest import example
from ward_app.core.errors import CodedError
from ward_app.core.settings import Settings
from ward_app.core.settings_operations import BackupEngine, BackupSettings
from ward_app.operations.backup import engines
from ward_app.operations.backup.looks import of_backups, of_host
from ward_app.operations.findings import Level
from ward_app.operations.prometheus import exposition
from ward_app.operations.server_facts import ServerFacts

PGBACKREST = """#!/bin/sh
echo "$@" >> "$0.calls"
case $* in *info*) cat <<'J'
[{"name":"ward","backup":[
 {"label":"20261120-020000F","timestamp":{"start":1,"stop":1795140000},"error":false,
  "info":{"repository":{"delta":77}}},
 {"label":"20261121-020000I","timestamp":{"start":1,"stop":1795226400},"error":true,
  "info":{"repository":{"delta":7}}}]}]
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
    settings = Settings(backup=BackupSettings(dir=str(folder), **more))
    return [
        (one.level, one.code)
        for one in of_backups(settings, database, NOW, is_production=is_production)
    ]


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
    text = exposition(facts, None, None, example(verified_at=NOW))
    for name, value in (("last_success_timestamp", "1.795"), ("size_bytes", "5.0"),
                        ("duration_seconds", "0.0")):  # fmt: skip
        assert f'ward_backup_{name}{{database="ward"}} {value}' in text


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Put a program of another maker on PATH."""

    def install(name, text):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(stat.S_IRWXU)
        monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")
        return path

    return install


def test_that_pgbackrest_is_asked_and_driven(installed, shelf_dir):
    """[K19] What it has marked as faulty is no good backup."""
    program = installed("pgbackrest", PGBACKREST)
    settings = BackupSettings(engine=BackupEngine.PGBACKREST)
    newest, oldest = engines.backups(settings)
    assert (newest.id, newest.is_good) == ("20261121-020000I", False)
    assert (oldest.id, oldest.is_good, oldest.bytes) == ("20261120-020000F", True, 77)
    engines.make(settings)
    assert program.with_suffix(".calls").read_text().splitlines()[-1] == "--stanza=ward backup"
    assert said(shelf_dir, engine=BackupEngine.PGBACKREST)[0][1] == "WDB-514"


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
