"""Having the night's backup made at two o'clock: systemd, cron or Windows' own timetable."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from xml.sax.saxutils import escape

from ward_app.core.errors import ConfigurationError

NAME = "ward-backup"
_HOUR = 2
_SERVICE = """\
[Unit]
Description=Ward App: backup of the ward database
Documentation=man:pg_dump(1)

[Service]
Type=oneshot
{environment}ExecStart={command}
UMask=0077
Nice=10
IOSchedulingClass=idle
NoNewPrivileges=true
PrivateTmp=true
TimeoutStartSec=6h
"""
_TIMER = f"""\
[Unit]
Description=Ward App: every night at {_HOUR} o'clock

[Timer]
OnCalendar=*-*-* {_HOUR:02}:00:00
Persistent=true

[Install]
WantedBy=timers.target
"""
_TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Ward App: backup of the ward database</Description></RegistrationInfo>
  <Triggers><CalendarTrigger>
    <StartBoundary>2026-01-01T02:00:00</StartBoundary><Enabled>true</Enabled>
    <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>
  </CalendarTrigger></Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT6H</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author"><Exec>
    <Command>{program}</Command><Arguments>{arguments}</Arguments>
  </Exec></Actions>
</Task>
"""  # noqa: E501 - as Windows writes it


class Kind(StrEnum):
    """Who wakes it."""

    SYSTEMD = "systemd"
    CRON = "cron"
    WINDOWS = "windows"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to run: words of a command, and variables it needs; no secret is among them."""

    command: tuple[str, ...]
    variables: tuple[tuple[str, str], ...] = ()


def texts(kind: Kind, plan: Plan) -> dict[str, str]:
    """Return the files of a timetable, by name."""
    if kind is Kind.SYSTEMD:
        lines = (f'Environment="{name}={value}"\n' for name, value in plan.variables)
        command = " ".join(_of_systemd(word) for word in plan.command)
        service = _SERVICE.format(environment="".join(lines), command=command)
        return {f"{NAME}.service": service, f"{NAME}.timer": _TIMER}
    if kind is Kind.CRON:
        words = [f"{name}={shlex.quote(value)}" for name, value in plan.variables]
        line = " ".join([*words, shlex.join(plan.command)]).replace("%", r"\%")
        return {f"{NAME}.cron": f"0 {_HOUR} * * * {line}\n"}
    program, *arguments = plan.command
    quoted = escape(subprocess.list2cmdline(arguments))
    return {f"{NAME}.xml": _TASK.format(program=escape(program), arguments=quoted)}


def install(kind: Kind, folder: Path, plan: Plan) -> list[Path]:
    """Write the files of a timetable into a folder, and return them.

    Raises:
        ConfigurationError: it cannot be written.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts(kind, plan).items():
            path = folder / name
            encoding = "utf-16" if kind is Kind.WINDOWS else "utf-8"
            path.write_text(text, encoding=encoding)
            written.append(path)
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be written: {error.strerror}.") from error
    return written


def remove(kind: Kind, folder: Path) -> list[Path]:
    """Remove the files of a timetable, and return those that were there.

    Raises:
        ConfigurationError: one cannot be removed.
    """
    there = [path for name in texts(kind, Plan(("x",))) if (path := folder / name).exists()]
    try:
        for path in there:
            path.unlink()
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be written: {error.strerror}.") from error
    return there


def _of_systemd(word: str) -> str:
    """Return a word as a unit file has it, its signs with a meaning taken literally."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"' if plain != word or not word or set(word) & set(" '\t;") else word
