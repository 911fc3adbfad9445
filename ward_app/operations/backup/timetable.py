"""Having work of IT done by itself: the night's backup at two o'clock, the weekly report."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from xml.sax.saxutils import escape

from ward_app.core.errors import ConfigurationError

NAME = "ward-backup"
_SERVICE = """\
[Unit]
Description=Ward App: {about}

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
_TIMER = """\
[Unit]
Description=Ward App: {about}, {when}

[Timer]
OnCalendar={calendar}
Persistent=true

[Install]
WantedBy=timers.target
"""
_TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Ward App: {about}</Description></RegistrationInfo>
  <Triggers><CalendarTrigger>
    <StartBoundary>{start}</StartBoundary><Enabled>true</Enabled>
    {days}
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
"""


class Kind(StrEnum):
    """Who wakes it."""

    SYSTEMD = "systemd"
    CRON = "cron"
    WINDOWS = "windows"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When something runs by itself, as each kind of timetable says it.

    Attributes:
        name: of its files; about: what it is; when: in words.
        calendar: of systemd; cron: its five fields; start, days: of Windows.
    """

    name: str
    about: str
    when: str
    calendar: str
    cron: str
    start: str
    days: str


NIGHTLY = Rhythm(
    NAME,
    "backup of the ward database",
    "every night at 2 o'clock",
    "*-*-* 02:00:00",
    "0 2 * * *",
    "2026-01-01T02:00:00",
    "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>",
)
WEEKLY_REPORT = Rhythm(
    "ward-monitor",
    "report on the server",
    "every Monday at 6 o'clock",
    "Mon *-*-* 06:00:00",
    "0 6 * * 1",
    "2026-01-05T06:00:00",
    "<ScheduleByWeek><WeeksInterval>1</WeeksInterval><DaysOfWeek><Monday /></DaysOfWeek>"
    "</ScheduleByWeek>",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to run: words of a command, and variables it needs; no secret is among them."""

    command: tuple[str, ...]
    variables: tuple[tuple[str, str], ...] = ()
    rhythm: Rhythm = NIGHTLY


def texts(kind: Kind, plan: Plan) -> dict[str, str]:
    """Return the files of a timetable, by name."""
    rhythm = plan.rhythm
    if kind is Kind.SYSTEMD:
        lines = (f'Environment="{name}={value}"\n' for name, value in plan.variables)
        command = " ".join(_of_systemd(word) for word in plan.command)
        service = _SERVICE.format(about=rhythm.about, environment="".join(lines), command=command)
        timer = _TIMER.format(about=rhythm.about, when=rhythm.when, calendar=rhythm.calendar)
        return {f"{rhythm.name}.service": service, f"{rhythm.name}.timer": timer}
    if kind is Kind.CRON:
        words = [f"{name}={shlex.quote(value)}" for name, value in plan.variables]
        line = " ".join([*words, shlex.join(plan.command)]).replace("%", r"\%")
        return {f"{rhythm.name}.cron": f"{rhythm.cron} {line}\n"}
    program, *arguments = plan.command
    quoted = escape(subprocess.list2cmdline(arguments))
    task = _TASK.format(
        about=rhythm.about,
        start=rhythm.start,
        days=rhythm.days,
        program=escape(program),
        arguments=quoted,
    )
    return {f"{rhythm.name}.xml": task}


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


def remove(kind: Kind, folder: Path, rhythm: Rhythm = NIGHTLY) -> list[Path]:
    """Remove the files of a timetable, and return those that were there.

    Raises:
        ConfigurationError: one cannot be removed.
    """
    names = texts(kind, Plan(("x",), rhythm=rhythm))
    there = [path for name in names if (path := folder / name).exists()]
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
