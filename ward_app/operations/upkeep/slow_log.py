"""Slow statements: from the server's log, or what it has counted; never a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.operations.bootstrap import administrator
from ward_app.operations.upkeep.statement_text import without_values

_END_BYTES = 4_000_000
_TEXT = ".log"
_DURATION = re.compile(
    r"^(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)?.*?LOG:  duration: (?P<ms>[\d.]+) ms"
    r"  (?:statement|parse [^:]*|bind [^:]*|execute [^:]*): (?P<text>.*)$"
)
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_NO_TIMES = (
    "The lines of this log begin without a time, so none can be chosen by time. Leave --since "
    "out; log_line_prefix with %t lets the server write it."
)
_LOG_FILE = "SELECT pg_current_logfile('stderr')"
_LOG_END = """
SELECT pg_read_binary_file(%(file)s, greatest(size - %(bytes)s, 0), %(bytes)s)
FROM pg_stat_file(%(file)s)
"""
_AGO = """
SELECT to_char((now() - %s) AT TIME ZONE current_setting('log_timezone'), 'YYYY-MM-DD HH24:MI:SS')
"""
_COUNTED = """
SELECT s.query, s.calls, s.total_exec_time, s.max_exec_time FROM {view} s
JOIN pg_database d ON d.oid = s.dbid
WHERE d.datname = current_database() AND s.mean_exec_time >= %s
"""
_VIEW = """
SELECT quote_ident(n.nspname) || '.pg_stat_statements' FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'
"""


@dataclass(frozen=True, slots=True)
class SlowStatement:
    """One statement, however often it was slow.

    Attributes:
        times: how often it took that long, or ran at all where the server counted it.
        total_ms: of all of them; longest_ms: of one.
        last_at: when the log has it last, as the log writes it; "" where nobody wrote it down.
    """

    statement: str
    times: int
    total_ms: float
    longest_ms: float
    last_at: str = ""


@dataclass(frozen=True, slots=True)
class SlowStatements:
    """What was found, and where: the log's name, or "pg_stat_statements"."""

    source: str
    statements: list[SlowStatement]


def in_file(file: Path, *, over_ms: float, within: timedelta | None = None) -> SlowStatements:
    """Return what a server's log file has of statements that took so long.

    `within` so long of its last line; None: in all of its end.

    Raises:
        ConfigurationError: the file cannot be read.
        RuleBrokenError: it is no log of lines, but CSV or JSON; or it tells no times, and they
            are asked for.
    """
    if file.suffix != _TEXT:
        raise RuleBrokenError(f"{file} is no plain log: name the one that ends with .log.")
    try:
        with file.open("rb") as log:
            log.seek(max(file.stat().st_size - _END_BYTES, 0))
            text = log.read().decode(errors="replace")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from error
    lines = text.splitlines()
    since = "" if within is None else _before_the_last(lines, within)
    if within is not None and lines and not since:
        raise RuleBrokenError(_NO_TIMES)
    return SlowStatements(str(file), of_lines(lines, over_ms=over_ms, since=since))


def on_server(
    admin_dsn: str, *, database: str, over_ms: float, within: timedelta | None = None
) -> SlowStatements:
    """Return what the server's log has, else what pg_stat_statements has counted.

    `within` so long before now; None: in all of the log's end.

    Raises:
        ConfigurationError: the server has neither.
        RuleBrokenError: what is there tells no times, and they are asked for.
    """
    with administrator(admin_dsn, database) as connection:
        file = _value(connection, _LOG_FILE)
        if file is not None:
            end = _value(connection, _LOG_END, {"file": file, "bytes": _END_BYTES})
            lines = bytes(end).decode(errors="replace").splitlines()
            since = "" if within is None else _value(connection, _AGO, (within,))
            return SlowStatements(file, of_lines(lines, over_ms=over_ms, since=since))
        if within is not None:
            raise RuleBrokenError(
                "The server writes no log file that can be read from here, and what it counts "
                "has no times. Leave --since out, or name the log with --file."
            )
        return _counted(connection, over_ms)


def of_lines(lines: Iterable[str], *, over_ms: float, since: str = "") -> list[SlowStatement]:
    """Return the statements in these lines of a log, the costliest first.

    `since` a moment as the log writes it; "": whenever they were.

    Raises:
        RuleBrokenError: they have no times, and are asked for by time.
    """
    found: dict[str, SlowStatement] = {}
    for at, took_ms, text in _entries(lines):
        if since and not at:
            raise RuleBrokenError(_NO_TIMES)
        if took_ms < over_ms or at < since:
            continue
        statement = without_values(text)
        known = found.get(statement, SlowStatement(statement, 0, 0, 0))
        found[statement] = replace(
            known,
            times=known.times + 1,
            total_ms=known.total_ms + took_ms,
            longest_ms=max(known.longest_ms, took_ms),
            last_at=at or known.last_at,
        )
    return _costliest(found.values())


def _before_the_last(lines: Iterable[str], within: timedelta) -> str:
    """Return the moment so long before the last line that has a time; "" = no line has one."""
    times = [found[0] for line in lines if (found := _TIME.match(line))]
    return str(datetime.fromisoformat(times[-1]) - within) if times else ""


def _entries(lines: Iterable[str]) -> Iterator[tuple[str, float, str]]:
    """Yield when, how many ms and what; a statement goes on in lines that begin with a tab."""
    entry: tuple[str, float, str] | None = None
    for line in lines:
        if line.startswith("\t"):
            if entry is not None:
                entry = (*entry[:2], f"{entry[2]}\n{line}")
            continue
        if entry is not None:
            yield entry
        found = _DURATION.match(line)
        entry = None if found is None else (found["at"] or "", float(found["ms"]), found["text"])
    if entry is not None:
        yield entry


def _counted(connection: Connection[Any], over_ms: float) -> SlowStatements:
    view = _value(connection, _VIEW)
    if view is None:
        raise ConfigurationError(
            "The server writes no log file that can be read from here and counts no statements. "
            "Name the log with --file, or have it count: shared_preload_libraries = "
            "'pg_stat_statements', restart, CREATE EXTENSION pg_stat_statements."
        )
    try:
        rows = connection.execute(_COUNTED.format(view=view), (over_ms,)).fetchall()
    except psycopg.errors.ObjectNotInPrerequisiteState as error:
        raise ConfigurationError(
            "pg_stat_statements is there and does not count. Add it to shared_preload_libraries "
            "and restart the server."
        ) from error
    found = [SlowStatement(without_values(text), *rest) for text, *rest in rows]
    return SlowStatements("pg_stat_statements", _costliest(found))


def _costliest(found: Iterable[SlowStatement]) -> list[SlowStatement]:
    return sorted(found, key=lambda one: one.total_ms, reverse=True)


def _value(connection: Connection[Any], statement: str, params: Any = ()) -> Any:
    row = connection.execute(statement, params).fetchone()
    return None if row is None else row[0]
