"""What wakes the backup at two: files that systemd, cron and Windows accept."""

from __future__ import annotations

import json
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

# as schtasks /Query /XML prints a task, in the signs of a Western European Windows
TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Ward App: backup of the ward database</Description>
    <URI>\\ward-backup</URI>
  </RegistrationInfo>
  <Principals>
    <Principal id="Author">
      <UserId>WARD\\Jörg</UserId>
      <LogonType>InteractiveToken</LogonType>
    </Principal>
  </Principals>
  <Settings>
    <Hidden>false</Hidden>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT6H</ExecutionTimeLimit>
  </Settings>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2026-01-01T02:00:00</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Actions Context="Author">
    <Exec>
      <Command>wardctl.exe</Command>
      <Arguments>backup nightly</Arguments>
    </Exec>
  </Actions>
</Task>
"""


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


def test_that_the_signs_of_a_folder_are_taken_literally_everywhere():
    """[K09] A percent sign would stand for something else in a unit file."""
    plan = Plan(("/bin/true",), (("WARD_HOME", '/srv/100% "north" \\ $x'),))
    service = texts(Kind.SYSTEMD, plan)["ward-backup.service"]
    assert 'Environment="WARD_HOME=/srv/100%% \\"north\\" \\\\ $x"' in service


def test_that_a_task_of_windows_works_in_the_same_place():
    """[K09] A task has no variables of its own: without it another folder would be saved."""
    plan = Plan((r"C:\Program Files\wardctl.exe", "backup"), (("WARD_HOME", r"D:\ward app"),))
    root = ET.fromstring(texts(Kind.WINDOWS, plan)["ward-backup.xml"].encode("utf-16"))  # noqa: S314 - written just now
    words = {one.tag.split("}")[1]: one.text for one in root.iter()}
    assert words["Command"] == "cmd.exe"
    assert words["Arguments"] == (
        r'/d /s /c "set "WARD_HOME=D:\ward app"&& "C:\Program Files\wardctl.exe" backup"'
    )


def test_that_the_command_for_cron_names_any_folder(wardctl, tmp_path):
    """[K09]"""
    place = tmp_path / "of IT"
    words = ("backup", "schedule", "install", "--kind", "cron", "--dir", str(place))
    assert f"crontab -l | cat - '{place}/ward-backup.cron' | crontab -" in wardctl(*words)[1]


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


@pytest.mark.parametrize("command", ["backup", "monitor", "retention"])
def test_that_each_schedule_says_whether_it_is_in_use(command, wardctl, tmp_path, monkeypatch):
    """[K09] [X10] Files alone wake nothing; who does not answer is not taken for well."""
    programs = tmp_path / "bin"
    programs.mkdir()
    systemctl = programs / "systemctl"
    asked = 'echo "$@" >> "$0.calls"\ncat "$0.state"\ngrep -q ^active "$0.state"\n'
    systemctl.write_text(f"#!/bin/sh\n{asked}")
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    words = ("--kind", "systemd", "--dir", str(tmp_path / "units"))
    weekly = ("--weekly",) if command == "monitor" else ()

    def status(state):
        (programs / "systemctl.state").write_text(state)
        code, said, _ = wardctl(command, "schedule", "status", *words)
        return code, said.splitlines()[-1]

    code, said = status("inactive\n")
    assert (code, said.startswith("systemd does not wake it. Then: systemctl")) == (1, True)
    assert wardctl(command, "schedule", "install", *words, *weekly)[0] == 0
    assert status("inactive\n")[0] == 1
    code, said = status("active\n")
    assert (code, said.startswith("systemd wakes it every ")) == (0, True)
    assert status("")[1].startswith("systemd does not answer here")
    assert f"is-active ward-{command}.timer" in (programs / "systemctl.calls").read_text()
    told = json.loads(wardctl(command, "schedule", "status", *words, "--json")[1])
    assert (told["kind"], len(told["files"]), told["in_use"]) == ("systemd", 2, None)


@pytest.mark.parametrize(
    ("answer", "code", "is_awake", "says"),
    [
        (TASK, 0, True, "windows wakes it every night at 2 o'clock."),
        (TASK.replace("<Hidden>false", "<Enabled>false</Enabled>\n    <Hidden>false"), 0, False,
         "windows does not wake it. Then: schtasks /Create /TN ward-backup /XML"),
        (TASK.replace("<Enabled>true", "<Enabled>false"), 0, False, "windows does not wake it."),
        ("FEHLER: Das System kann die angegebene Datei nicht finden.", 1, False,
         "windows does not wake it."),
    ],
    ids=["in use", "disabled", "trigger off", "not there"],
)  # fmt: skip
def test_that_windows_is_asked_whether_the_task_is_there_and_on(  # noqa: PLR0913, PLR0917 - cases
    wardctl, tmp_path, monkeypatch, answer, code, is_awake, says
):
    """[K09] [X10] In no language of Windows, and not for a task that somebody switched off."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "answer").write_text(answer, encoding="cp1252")
    schtasks = programs / "schtasks"
    schtasks.write_text(f'#!/bin/sh\necho "$@" > "$0.calls"\ncat {programs}/answer\nexit {code}\n')
    schtasks.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    words = ("--kind", "windows", "--dir", str(tmp_path / "tasks"))
    assert wardctl("backup", "schedule", "install", *words)[0] == 0
    status, said, _ = wardctl("backup", "schedule", "status", *words)
    assert (status == 0, said.splitlines()[-1][: len(says)]) == (is_awake, says)
    assert (programs / "schtasks.calls").read_text() == "/Query /TN ward-backup /XML\n"
    schtasks.unlink()
    status, said, _ = wardctl("backup", "schedule", "status", *words)
    assert (status, "windows does not answer here" in said) == (1, True)


def test_that_cron_is_asked_for_the_very_line(wardctl, tmp_path, monkeypatch):
    """[K09] [X10]"""
    programs = tmp_path / "bin"
    programs.mkdir()
    crontab = programs / "crontab"
    crontab.write_text(f"#!/bin/sh\ncat {tmp_path}/table\n")
    crontab.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    words = ("--kind", "cron", "--dir", str(tmp_path / "cron"))
    (tmp_path / "table").write_text("0 1 * * * true\n")
    archives = tmp_path / "archives"
    installed = wardctl("retention", "schedule", "install", *words, "--archive-to", str(archives))
    assert installed[0] == 0
    line = (tmp_path / "cron" / "ward-retention.cron").read_text()
    assert line.startswith("0 3 * * 0 ")
    assert line.endswith(f"retention run --archive-to {archives}\n")
    assert wardctl("retention", "schedule", "status", *words)[0] == 1
    (tmp_path / "table").write_text(f"0 1 * * * true\n{line}")
    assert wardctl("retention", "schedule", "status", *words)[0] == 0
    assert "Removed" in wardctl("retention", "schedule", "remove", *words)[1]
