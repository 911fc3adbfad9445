"""The drill, its report, and whether a disaster would be survived."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.commands import said_by
from tests.operations.backup.shelved import NOW as SHELVED
from tests.operations.backup.shelved import shelve
from tests.operations.backup.test_container import FEW, SECRET
from ward_app.cli.backup import app as backup_app
from ward_app.cli.dr import app as dr_app
from ward_app.core.errors import CodedError
from ward_app.core.settings import Settings
from ward_app.core.settings_operations import BackupSettings
from ward_app.operations.backup.container import new_keys
from ward_app.operations.backup.manifest import Encryption
from ward_app.operations.backup.shelf import on_shelf
from ward_app.operations.findings import Level
from ward_app.operations.recovery.checklist import _keys
from ward_app.operations.recovery.drill import Drill, document, drill, drills
from ward_app.operations.recovery.readiness import Kept, Readiness, findings, kept, readiness
from ward_app.operations.recovery.wal_status import LogKept
from ward_app.operations.recovery_symptoms import DAMAGED, LOG_IN_CLEAR, NO_DRILL

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
KEPT = LogKept(
    archive_mode="on",
    last_archived=None,
    last_archived_at=None,
    failed=None,
    archive_fails=False,
    archive_behind_s=20.0,
    receiver=None,
)
READY = Readiness(
    at=NOW,
    log=KEPT,
    last_backup_at=NOW - timedelta(hours=25),
    last_drill_at=NOW - timedelta(days=30),
    projected_s=3_600.0,
)


@pytest.fixture
def settings(monkeypatch, tmp_path, hospital):
    """Settings of a computer that keeps the hospital's backups."""
    key = tmp_path / "backup.key"
    key.write_text(f"{SECRET}\n")
    key.chmod(0o600)
    monkeypatch.setenv("WARD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WARD_BACKUP__DIR", str(hospital.folder))
    monkeypatch.setenv("WARD_BACKUP__KEY", str(key))
    for name in ("DATABASE_URL", "WARD_DATABASE__HOST"):
        monkeypatch.delenv(name, raising=False)
    return hospital


def status_of(app, dsn, *words):
    try:
        return 0, said_by(app, dsn, *words)
    except SystemExit as ended:
        return ended.code, ""


def test_that_a_drill_restores_the_newest_backup_and_keeps_a_report(settings, monkeypatch):
    """[O18] [O19] [O22] Nothing of it is left on the server, and the backup remembers it."""
    made = settings.backup()
    told = json.loads(said_by(backup_app, settings.dsn, "drill", "--json"))
    [kept] = drills(settings.folder)
    assert (kept.id, kept.backup, kept.problem) == (told["id"], made.id, None)
    assert sorted(kept.steps_s) == ["R1", "R2"]
    assert kept.rows == sum(made.tables.values())
    assert kept.projected_s >= 2 * kept.steps_s["R2"]
    assert settings.databases() == [settings.name]
    assert on_shelf(settings.folder).backups[0].tested_at is not None
    with psycopg.connect(settings.server.dsn("postgres"), autocommit=True) as admin:
        found = readiness(admin, settings.folder, settings.name, BackupSettings())
    assert (found.drill_is_old, found.backup_is_old) == (False, False)
    items = []
    monkeypatch.setattr("typer.echo", lambda words="", **_more: items.append(words))
    status = status_of(dr_app, settings.dsn, "checklist")[0]
    assert status == 1  # nobody keeps the log of this server
    assert [line[:4] for line in items[:4]] == ["pass", "FAIL", "pass", "pass"]


def test_that_a_drill_of_a_damaged_backup_is_reported_too(settings):
    made = settings.backup()
    file = settings.folder / made.file
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(CodedError) as refused:
        drill(settings.job(made.id), lambda *_: None)
    assert refused.value.code == DAMAGED
    [kept] = drills(settings.folder)
    assert "is damaged" in kept.problem
    with psycopg.connect(settings.server.dsn("postgres"), autocommit=True) as admin:
        assert readiness(admin, settings.folder, settings.name, BackupSettings()).drill_is_old


def test_that_backup_and_drill_count_for_their_own_database_only(tmp_path):
    """[K14] [V10] Unknown is no time; what was not verified, or failed, does not count."""
    shelve(tmp_path, hours=5)
    shelve(tmp_path, hours=1, verified_at=None)
    of = {"backup": "backup_1", "database": "ward", "steps_s": {}, "rows": 1, "projected_s": 9.0}
    good = Drill(id="drill_1", started_at=SHELVED - timedelta(days=2), problem=None, **of)
    bad = replace(good, id="drill_2", started_at=SHELVED, problem="is damaged")
    reports = tmp_path / "drills"
    reports.mkdir()
    for one in (good, bad):
        (reports / f"{one.id}.json").write_text(json.dumps(document(one)))
    assert kept(tmp_path, "ward", BackupSettings(), SHELVED) == Kept(
        last_backup_at=SHELVED - timedelta(hours=5),
        last_drill_at=good.started_at,
        projected_s=9.0,
    )
    nothing = Kept(last_backup_at=None, last_drill_at=None, projected_s=None)
    assert kept(tmp_path, "another", BackupSettings(), SHELVED) == nothing


def test_that_a_ready_hospital_has_nothing_to_do():
    """[V10]"""
    late = (READY.backup_is_old, READY.drill_is_old, READY.loses_too_much, READY.takes_too_long)
    assert late == (False, False, False, False)
    assert {one.level for one in findings(READY, is_production=True)} == {Level.GOOD}


@pytest.mark.parametrize(
    ("changed", "late"),
    [
        ({"last_backup_at": NOW - timedelta(hours=27)}, "backup_is_old"),
        ({"last_backup_at": None}, "backup_is_old"),
        ({"last_drill_at": NOW - timedelta(days=32)}, "drill_is_old"),
        ({"last_drill_at": None}, "drill_is_old"),
        ({"projected_s": 4 * 3600.0 + 1}, "takes_too_long"),
        ({"log": replace(KEPT, archive_behind_s=901.0)}, "loses_too_much"),
        ({"log": replace(KEPT, archive_mode="off", archive_behind_s=None)}, "loses_too_much"),
    ],
)
def test_that_each_limit_is_kept(changed, late):
    """[V10] [O18] [O19] [O20]"""
    found = replace(READY, **changed)
    assert getattr(found, late)
    if late != "backup_is_old":
        levels = [one.level for one in findings(found, is_production=True)]
        assert Level.WARNING in levels


def test_that_a_late_drill_is_a_finding_with_its_code():
    late = replace(READY, last_drill_at=None)
    assert [one.code for one in findings(late, is_production=True) if one.code] == [NO_DRILL]
    assert [one.level for one in findings(late, is_production=False) if one.code] == [Level.INFO]


def test_that_more_than_four_hours_are_late():
    """[O19]"""
    made = Drill(
        id="drill_20260131_120000",
        backup="backup_20260131_020000",
        database="ward",
        started_at=NOW,
        steps_s={},
        rows=1,
        projected_s=4 * 3_600 + 1,
        problem=None,
    )
    assert made.is_late
    assert not replace(made, projected_s=4 * 3_600).is_late


def test_that_the_checklist_tells_of_seven_things(settings, monkeypatch, capsys):
    """[O22]"""
    settings.backup()
    items = []
    monkeypatch.setattr("typer.echo", lambda words="", **_more: items.append(words))
    assert status_of(dr_app, settings.dsn, "checklist")[0] == 1
    assert len(items) == 7
    assert all(line.startswith(("pass", "FAIL")) for line in items)
    assert items[0].startswith("pass  Backups are made each day. The newest good one")
    assert "Never: wardctl backup drill." in items[2]
    assert items[6].startswith("FAIL  The kept log of changes is encrypted. Unknown")
    log = settings.folder / "wal"
    log.mkdir(parents=True)
    name = "000000010000000000000007"
    for file, says in (
        ("", "FAIL  The kept log of changes is encrypted. 1"),
        (".enc", "pass  The"),
    ):
        items.clear()
        (log / f"{name}{file}").touch()
        status_of(dr_app, settings.dsn, "checklist")
        assert items[6].startswith(says)


def test_that_a_key_that_does_not_open_the_backups_fails_the_checklist(tmp_path):
    """[O22]"""
    key, folder = tmp_path / "backup.key", tmp_path / "backups"
    key.write_text("another key of somebody\n")
    key.chmod(0o600)
    settings = Settings(backup=BackupSettings(dir=str(folder), key=str(key)))
    assert "No backup is encrypted with it yet" in _keys(settings, folder).says
    keys = new_keys(SECRET, FEW)
    how = Encryption(rounds=keys.rounds, salt=keys.salt.hex(), proof=keys.proof)
    made = shelve(folder, encryption=how)
    found = _keys(settings, folder)
    assert (found.passed, made.id in found.says) == (False, True)
    key.write_text(f"{SECRET}\n")
    found = _keys(settings, folder)
    assert (found.passed, f"the newest backup, {made.id}" in found.says) == (True, True)


def test_that_a_log_in_the_clear_is_a_finding_with_its_code():
    """[K05]"""
    assert LOG_IN_CLEAR not in [
        one.code for one in findings(replace(READY, log_in_clear=0), is_production=True)
    ]
    clear = findings(replace(READY, log_in_clear=3), is_production=True)
    [found] = [one for one in clear if one.code == LOG_IN_CLEAR]
    assert (found.level, "3 complete files" in found.says) == (Level.WARNING, True)
