"""What wakes the backup at two: files that systemd, cron and Windows accept."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from xml.etree import ElementTree as ET

import pytest

from ward_app.operations.backup.timetable import Kind, Plan, install, remove, texts

PLAN = Plan(
    ("/bin/true", "backup", "nightly", "--dsn", "service=ward 100%", "$x"),
    (("WARD_HOME", "/srv/ward app"),),
)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_that_systemd_accepts_service_and_timer(tmp_path):
    """[K09]"""
    files = install(Kind.SYSTEMD, tmp_path / "units", PLAN)
    done = subprocess.run(
        [shutil.which("systemd-analyze"), "verify", "--man=no", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    own = [line for line in done.stderr.splitlines() if "ward-backup" in line]
    assert (done.returncode, own) == (0, [])
    timer = (tmp_path / "units" / "ward-backup.timer").read_text()
    assert "OnCalendar=*-*-* 02:00:00" in timer


def test_that_cron_runs_the_very_words(tmp_path):
    """[K09] In a crontab a percent sign would end the command."""
    [line] = texts(Kind.CRON, PLAN).values()
    minute, hour, *days, rest = line.split(None, 5)
    assert (minute, hour, days) == ("0", "2", ["*", "*", "*"])
    assert shlex.split(rest.replace(r"\%", "%")) == ["WARD_HOME=/srv/ward app", *PLAN.command]


def test_that_windows_gets_a_task_it_can_read(tmp_path):
    """[K09]"""
    [file] = install(Kind.WINDOWS, tmp_path, Plan(("wardctl.exe", "backup", "a & b")))
    root = ET.fromstring(file.read_bytes())  # noqa: S314 - written just now
    words = {one.tag.split("}")[1]: one.text for one in root.iter()}
    assert words["Command"] == "wardctl.exe"
    assert words["Arguments"] == 'backup "a & b"'
    assert words["StartBoundary"].endswith("T02:00:00")


def test_that_it_is_installed_and_removed_by_command(wardctl, tmp_path, monkeypatch):
    """[K09]"""
    place = tmp_path / "units"
    words = ("--kind", "systemd", "--dir", str(place))
    status, said, _ = wardctl("backup", "schedule", "install", *words, "--dsn", "service=ward")
    assert status == 0
    assert "enable --now ward-backup.timer" in said
    service = (place / "ward-backup.service").read_text()
    assert "backup nightly --dsn service=ward" in service
    assert f'Environment="WARD_HOME={tmp_path}"' in service
    status, _, said = wardctl(
        "backup", "schedule", "install", *words, "--dsn", "host=x password=hush"
    )
    assert status == 2
    assert "hush" not in said + (place / "ward-backup.service").read_text()
    assert "Removed" in wardctl("backup", "schedule", "remove", *words)[1]
    assert list(place.iterdir()) == []
    assert remove(Kind.SYSTEMD, place) == []
