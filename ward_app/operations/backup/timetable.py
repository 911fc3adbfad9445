"""Having work of IT done by itself: the night's backup, the weekly report, what is old enough."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from xml.sax.saxutils import escape

from ward_app.core.errors import ConfigurationError
from ward_app.operations import accounts

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
WEEKLY_RETENTION = Rhythm(
    "ward-retention",
    "what is kept long enough",
    "every Sunday at 3 o'clock",
    "Sun *-*-* 03:00:00",
    "0 3 * * 0",
    "2026-01-04T03:00:00",
    "<ScheduleByWeek><WeeksInterval>1</WeeksInterval><DaysOfWeek><Sunday /></DaysOfWeek>"
    "</ScheduleByWeek>",
)
_ANSWERS_WITHIN_S = 10
# a task, or what triggers it, that somebody switched off in the Task Scheduler
_DISABLED = "<Enabled>false</Enabled>"


@dataclass(frozen=True, slots=True)
class Looked:
    """What is there of a timetable.

    Attributes:
        files: each with whether it is there.
        in_use: whether what wakes work knows of it; None: it did not answer.
    """

    files: Mapping[Path, bool]
    in_use: bool | None

    @property
    def is_awake(self) -> bool:
        """Whether all files are there and in use."""
        return all(self.files.values()) and self.in_use is True


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
        literal = (_literal(f"{name}={value}") for name, value in plan.variables)
        lines = (f'Environment="{word}"\n' for word in literal)
        command = " ".join(_of_systemd(word) for word in plan.command)
        service = _SERVICE.format(about=rhythm.about, environment="".join(lines), command=command)
        timer = _TIMER.format(about=rhythm.about, when=rhythm.when, calendar=rhythm.calendar)
        return {f"{rhythm.name}.service": service, f"{rhythm.name}.timer": timer}
    if kind is Kind.CRON:
        words = [f"{name}={shlex.quote(value)}" for name, value in plan.variables]
        line = " ".join([*words, shlex.join(plan.command)]).replace("%", r"\%")
        return {f"{rhythm.name}.cron": f"{rhythm.cron} {line}\n"}
    program, arguments = _of_windows(plan)
    task = _TASK.format(
        about=rhythm.about,
        start=rhythm.start,
        days=rhythm.days,
        program=escape(program),
        arguments=escape(arguments),
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
    there = [path for path in _files(kind, folder, rhythm) if path.exists()]
    try:
        for path in there:
            path.unlink()
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be written: {error.strerror}.") from error
    return there


def looked_at(kind: Kind, folder: Path, rhythm: Rhythm) -> Looked:
    """Return which files of a timetable are there, and whether it is in use."""
    files = {path: path.exists() for path in _files(kind, folder, rhythm)}
    return Looked(files, _in_use(kind, folder, rhythm))


def _files(kind: Kind, folder: Path, rhythm: Rhythm) -> list[Path]:
    return [folder / name for name in texts(kind, Plan(("x",), rhythm=rhythm))]


def _in_use(kind: Kind, folder: Path, rhythm: Rhythm) -> bool | None:
    if kind is Kind.SYSTEMD:
        scope = () if accounts.is_root() else ("--user",)
        told = _asked("systemctl", *scope, "is-active", f"{rhythm.name}.timer")
        # the bus may be away, as in a container: then it says nothing
        return None if told is None or not told.stdout.strip() else told.returncode == 0
    if kind is Kind.WINDOWS:
        # its table is in the language of the computer, and is printed of a disabled task too
        told = _asked("schtasks", "/Query", "/TN", rhythm.name, "/XML")
        return None if told is None else told.returncode == 0 and _DISABLED not in told.stdout
    told = _asked("crontab", "-l")
    try:
        line = (folder / f"{rhythm.name}.cron").read_text(encoding="utf-8").strip()
    except OSError:
        return False
    return None if told is None else line in told.stdout.splitlines()


def _asked(program: str, *words: str) -> subprocess.CompletedProcess[str] | None:
    """Return what a program of the system said; None: there is none, or it does not answer."""
    found = shutil.which(program)
    if found is None:
        return None
    try:
        return subprocess.run(
            [found, *words],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_ANSWERS_WITHIN_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _of_systemd(word: str) -> str:
    """Return a word as a unit file has it, its signs with a meaning taken literally."""
    plain = _literal(word).replace("$", "$$")
    return f'"{plain}"' if plain != word or not word or set(word) & set(" '\t;") else word


def _literal(text: str) -> str:
    """Return a text as it stands between double quotes in a unit file."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def _of_windows(plan: Plan) -> tuple[str, str]:
    """Return program and arguments of a task; a task sets no variables, so cmd does."""
    program, *arguments = plan.command
    if not plan.variables:
        return program, subprocess.list2cmdline(arguments)
    sets = "".join(f'set "{name}={value}"&& ' for name, value in plan.variables)
    return "cmd.exe", f'/d /s /c "{sets}{subprocess.list2cmdline(plan.command)}"'
