"""[N13] The dashboard for Grafana and the alert rules: valid, and about figures there are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ward_app.core.metrics import Metrics
from ward_app.core.settings_alerts import AlertSettings
from ward_app.operations.backup.good import GoodBackup, Kind
from ward_app.operations.monitor.figures_for_prometheus import HELP
from ward_app.operations.prometheus import registry
from ward_app.operations.server_facts import ServerFacts

PACKAGING = Path(__file__).parents[2] / "packaging"
DASHBOARD = PACKAGING / "grafana" / "ward.json"
RULES = PACKAGING / "prometheus" / "alerts.yml"
_NAME = re.compile(r"\b(?:pg|ward)_[a-z_]+")
_DURATION = re.compile(r"[1-9][0-9]*[smhd]")


def rules():
    """Return the alert rules: YAML, whose body is written as JSON, which is YAML too."""
    lines = RULES.read_text().splitlines()
    [group] = json.loads("\n".join(line for line in lines if not line.startswith("#")))["groups"]
    return group["rules"]


def panels():
    return json.loads(DASHBOARD.read_text())["panels"]


def exported():
    """Return the names that Prometheus reads of server and workstation."""
    facts = ServerFacts("ward", 1, 1, 1, 1, 1, 1, 1, 1, 0.0)
    station = Metrics(**dict.fromkeys(Metrics.__slots__, 1))
    at = datetime(2026, 1, 31, tzinfo=UTC)
    backup = GoodBackup(kind=Kind.DUMP, id="backup_1", database="ward", at=at, bytes=1, seconds=1)
    found = {
        sample.name
        for metric in registry(facts, station, {}, [backup]).collect()
        for sample in metric.samples
    }
    return found | set(HELP)


def test_that_every_expression_names_figures_there_are():
    names = exported()
    expressions = [rule["expr"] for rule in rules()]
    expressions += [target["expr"] for panel in panels() for target in panel["targets"]]
    assert len(expressions) > 40
    asked = {name for expression in expressions for name in _NAME.findall(expression)}
    assert asked <= names
    assert asked >= {"pg_connections_used", "ward_backup_age_hours", "ward_query_latency_ms"}


def test_that_every_rule_says_what_is_and_what_to_do():
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)
    for rule in rules():
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert _DURATION.fullmatch(rule["for"])
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["runbook"].endswith(".")


@pytest.mark.parametrize(
    ("alert", "limit"),
    [
        ("WardProcessorsBusy", AlertSettings().cpu_percent),
        ("WardMemoryLow", AlertSettings().memory_free_percent),
        ("WardDiskLow", AlertSettings().disk_free_percent),
        ("WardConnectionsRunOut", AlertSettings().connections_percent),
        ("WardStandbyBehind", AlertSettings().lag_s),
        ("WardStatementLong", AlertSettings().query_s),
        ("WardStatementVeryLong", AlertSettings().query_critical_s),
        ("WardStatementSlow", AlertSettings().slow_ms // 1_000),
        ("WardCacheLow", AlertSettings().cache_hit_percent),
        ("WardArchiveOld", AlertSettings().wal_s),
        ("WardBackupOld", AlertSettings().backup_h),
        ("WardDrillOld", AlertSettings().drill_d),
        ("WardLockWait", AlertSettings().lock_s),
        ("WardIdleInTransaction", AlertSettings().idle_in_transaction_s),
        ("WardTransactionNumbers", AlertSettings().wraparound_age),
    ],
)
def test_that_the_limits_are_those_of_wardctl_alerts(alert, limit):
    """[V01] [V02] [V03] [V04] [V05] [V06] [V07] [V08] [V09] [V10] [V11]"""
    [rule] = [rule for rule in rules() if rule["alert"] == alert]
    assert re.search(rf"[<>] {limit}\b", rule["expr"])


def test_that_panels_stand_beside_each_other():
    places = [tuple(panel["gridPos"].values()) for panel in panels()]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in panels()}) == len(places)
    assert all(x + w <= 24 for x, _, w, _ in places)
    assert all(panel["title"] for panel in panels())


@pytest.fixture
def promtool(tmp_path):
    """Run Prometheus' own tool on what is given as a file; return what it says."""
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed")

    def run(*words, given):
        file = tmp_path / "given.json"
        file.write_text(json.dumps(given))
        done = subprocess.run(
            [tool, *words, str(file)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_that_prometheus_takes_the_rules_and_reads_the_panels(promtool):
    expressions = [target["expr"] for panel in panels() for target in panel["targets"]]
    asked = [{"record": f"panel:{n}", "expr": one} for n, one in enumerate(expressions)]
    groups = [{"name": "rules", "rules": rules()}, {"name": "panels", "rules": asked}]
    told = promtool("check", "rules", given={"groups": groups})
    assert f"{len(rules()) + len(asked)} rules found" in told


# alert -> a figure, and what it is for so long when there is no alert, and when there is
_FIGURES_OF = {
    "WardServerDown": ('up{job="ward"}', 1, 0),
    "WardConnectionsRunOut": ("pg_connections_used", 90, 91),
    "WardStandbyBehind": ("pg_replication_lag_seconds", 10, 11),
    "WardArchiveFails": ("pg_archive_fails", 0, 1),
    "WardBackupOld": ("ward_backup_age_hours", 26, 27),
    "WardBackupMissing": ("ward_backup_missing", 0, 1),
    "WardBackupUnknown": ("ward_backup_unknown", 0, 1),
    "WardBackupAhead": ("ward_backup_ahead", 0, 1),
    "WardBackupMisdated": ("ward_backup_ahead", 0, 1),
    "WardDrillMissing": ("ward_restore_drill_missing", 0, 1),
    "WardLockWait": ("pg_lock_wait_seconds_max", 5, 6),
}


# what else there is meanwhile
_BESIDE = {
    "WardConnectionsRunOut": ("pg_connections_max", 100),
    "WardBackupMisdated": ("ward_backup_age_hours", 5),
}


@pytest.mark.parametrize("alert", _FIGURES_OF)
def test_that_prometheus_raises_the_alert_beyond_its_limit_alone(promtool, alert):
    series, within, beyond = _FIGURES_OF[alert]
    firing = f'count(ALERTS{{alertname="{alert}", alertstate="firing"}}) or vector(0)'
    beside, value = _BESIDE.get(alert, ("pg_connections_max", 100))
    cases = [
        {
            "interval": "1m",
            "input_series": [
                {"series": series, "values": f"{figure}x120"},
                {"series": beside, "values": f"{value}x120"},
            ],
            "promql_expr_test": [
                {
                    "expr": firing,
                    "eval_time": "90m",
                    "exp_samples": [{"labels": "{}", "value": count}],
                }
            ],
        }
        for count, figure in enumerate((within, beyond))
    ]
    told = promtool("test", "rules", given={"rule_files": [str(RULES)], "tests": cases})
    assert "SUCCESS" in told
