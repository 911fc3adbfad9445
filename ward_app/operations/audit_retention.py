"""How long the audit trail is kept, and what becomes of it then: archived first, removed after.

An archive holds whole seals with their rows as they were sealed. Removing them leaves the seals
and adds one more, with the hash of the archive: the chain stays whole, and says what is gone.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from psycopg import sql

from ward_app.audit.rules import (
    FORMAT,
    KEPT_YEARS,
    removed_through,
    rows_digest,
    years_before,
)
from ward_app.audit.types import Seal, SealKind
from ward_app.core.errors import ConfigurationError, ConflictError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.operations.audit_seals import (
    LOGS,
    Connection,
    add_seal,
    as_definer,
    line_of,
    sealing,
    seals,
)
from ward_app.operations.audit_verify import verify
from ward_app.operations.decision import deciding, decision_words

_KIND = "ward-app-audit-archive-1"
_LONGEST_YEARS = 100
_RULES = """
SELECT retention_years, mass_charts, mass_minutes, off_hours_from, off_hours_until, source,
    clock_timestamp()
FROM audit.rules ORDER BY seq DESC LIMIT 1
"""
_SET = """
INSERT INTO audit.rules (id, retention_years, mass_charts, mass_minutes, off_hours_from,
                         off_hours_until, source)
SELECT %s, %s, mass_charts, mass_minutes, off_hours_from, off_hours_until, %s
FROM audit.rules ORDER BY seq DESC LIMIT 1
"""
_LINES = """
SELECT {line} FROM audit.{log}
WHERE era = %s AND xact >= %s AND xact < %s AND at BETWEEN %s AND %s ORDER BY xact, id
"""
_TRIGGER = "ALTER TABLE audit.{log} {switch} TRIGGER append_only"
_REMOVE = "DELETE FROM audit.{log} WHERE era = %s AND xact >= %s AND xact < %s"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the trail is kept, and what is older.

    Attributes:
        source: who decided it, and where it is from.
        oldest_at: of the oldest sealed row that is here; None when there is none.
        old: seals whose rows may be archived and removed, by number.
        before: rows of before may go; aware.
    """

    years: int
    source: str
    oldest_at: datetime | None
    old: tuple[Seal, ...]
    before: datetime

    @property
    def rows(self) -> int:
        """How many rows may be archived and removed."""
        return sum(seal.rows for seal in self.old)


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive holds: whole seals, checked against their rows; and its own hash."""

    seals: tuple[int, ...]
    rows: int
    digest: bytes


def retention(admin_dsn: str, *, database: str) -> Retention:
    """Return how long the trail is kept, and what is older."""
    with sealing(admin_dsn, database) as connection:
        as_definer(connection)
        return _retention(connection)


def set_years(admin_dsn: str, years: int, *, database: str, set_by: str, source: str) -> None:
    """Keep the trail for so many years.

    Raises:
        RuleBrokenError: fewer than six, or nobody stands for it.
    """
    words = decision_words(set_by, source)
    if not KEPT_YEARS <= years <= _LONGEST_YEARS:
        raise RuleBrokenError(
            f"The audit trail is kept for {KEPT_YEARS} to {_LONGEST_YEARS} years."
        )
    with deciding(admin_dsn, database) as connection:
        connection.execute(_SET, (new_id(), years, words))


def archive(admin_dsn: str, path: Path, *, database: str) -> Archive:
    """Write what is older than the period to a new file of yours alone, read it back, return it.

    Nothing is removed.

    Raises:
        RuleBrokenError: nothing is old enough, or the file is there already.
        ConflictError: the trail is not as it was sealed.
    """
    _require_whole(admin_dsn, database)
    with sealing(admin_dsn, database, snapshot=True) as connection:
        as_definer(connection)
        old = _retention(connection).old
        if not old:
            raise RuleBrokenError("Nothing in the audit trail is older than its period.")
        _write(path, _entries(connection, old))
    return read_archive(path, {seal.k: seal for seal in old})


def remove(admin_dsn: str, path: Path, *, database: str) -> Seal:
    """Remove the rows an archive holds, if they are old enough, and return the seal that says so.

    Raises:
        RuleBrokenError: the archive is not of these seals, or they are not old enough.
        ConflictError: the trail is not as it was sealed.
    """
    _require_whole(admin_dsn, database)
    with sealing(admin_dsn, database) as connection:
        found = _retention(connection)
        held = read_archive(path, {seal.k: seal for seal in found.old})
        gone = found.old[: len(held.seals)]
        for log in LOGS:
            name = sql.Identifier(log)
            connection.execute(sql.SQL(_TRIGGER).format(log=name, switch=sql.SQL("DISABLE")))
            for bounds in _stretches(gone):
                connection.execute(sql.SQL(_REMOVE).format(log=name), bounds)
            connection.execute(sql.SQL(_TRIGGER).format(log=name, switch=sql.SQL("ENABLE")))
        return add_seal(connection, _cut(connection, gone[-1], held))


def read_archive(path: Path, known: dict[int, Seal]) -> Archive:
    """Return what an archive holds, after every row was checked against the seals of the database.

    Raises:
        RuleBrokenError: it is no archive, not whole, or of other seals than those `known`.
    """
    numbers: list[int] = []
    rows = 0
    try:
        for seal, lines in _seals_in(path):
            expected = known.get(seal["k"])
            digests = ((log, sha256(line.encode()).digest()) for log, line in lines)
            if expected is None or rows_digest(digests) != expected.digest:
                raise RuleBrokenError(
                    f"The archive's seal {seal['k']} is not one that may go, or not whole."
                )
            numbers.append(seal["k"])
            rows += len(lines)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise RuleBrokenError(f"{path} is no archive of an audit trail, or not whole.") from error
    if not numbers or numbers != sorted(known)[: len(numbers)]:
        raise RuleBrokenError("The archive does not begin with the oldest seal that is here.")
    return Archive(tuple(numbers), rows, sha256(path.read_bytes()).digest())


def _retention(connection: Connection) -> Retention:
    row = connection.execute(_RULES).fetchone()
    if row is None:
        raise ConfigurationError("The audit trail has no rules: wardctl migrate run.")
    years, source, now = row[0], row[5], row[6]
    before = years_before(now, years)
    chain = seals(connection)
    removed = removed_through(chain)
    here = [seal for seal in chain if seal.k > removed and seal.kind is SealKind.ROWS]
    old = [seal for seal in here if seal.last_at < before]
    # from the oldest on without a gap: what is behind a younger one waits for it
    whole = [seal for seal, first in zip(old, here, strict=False) if seal == first]
    return Retention(years, source, here[0].first_at if here else None, tuple(whole), before)


def _require_whole(admin_dsn: str, database: str) -> None:
    if problems := verify(admin_dsn, database=database).problems:
        raise ConflictError(
            f"The audit trail is not as it was sealed, so nothing was done. {problems[0]}"
        )


def _stretches(gone: Iterable[Seal]) -> Iterator[tuple[int, int, int]]:
    """Yield what seals without a gap cover: era, first transaction, the one after the last."""
    for era, of_era in groupby(gone, key=lambda seal: seal.era):
        first, *others = of_era
        yield era, first.from_xact, (others[-1] if others else first).until_xact


def _cut(connection: Connection, last_gone: Seal, held: Archive) -> Seal:
    """Return the seal that says what is gone; it stands where the newest one ended."""
    newest = seals(connection)[-1]
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    return replace(
        newest,
        k=newest.k + 1,
        format=FORMAT,
        kind=SealKind.CUT,
        from_xact=newest.until_xact,
        changes=0,
        accesses=0,
        logins=0,
        cut_k=last_gone.k,
        digest=held.digest,
        previous=newest.hash,
        sealed_at=row[0] if row else newest.sealed_at,
    )


def _entries(connection: Connection, old: tuple[Seal, ...]) -> Iterator[dict[str, Any]]:
    yield {"archive": _KIND, "columns": {log: list(names) for log, names in LOGS.items()}}
    for seal in old:
        yield {"k": seal.k, "hash": seal.hash.hex(), "previous": seal.previous.hex(),
               "digest": seal.digest.hex(), "rows": seal.rows, "era": seal.era,
               "sealed_at": seal.sealed_at.isoformat()}  # fmt: skip
        # the trail was verified: no row of a seal lies outside of its times
        bounds = (seal.era, seal.from_xact, seal.until_xact, seal.first_at, seal.last_at)
        for log in LOGS:
            statement = sql.SQL(_LINES).format(line=line_of(log), log=sql.Identifier(log))
            with connection.cursor(name=f"lines_of_{log}") as cursor:
                cursor.execute(statement, bounds)
                for (line,) in cursor:
                    yield {"log": log, "row": line}


def _write(path: Path, entries: Iterator[dict[str, Any]]) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise RuleBrokenError(f"{path} is there already, and was left as it is.") from error
    except OSError as error:
        raise ConfigurationError(f"{path} could not be written: {error.strerror}.") from error
    with os.fdopen(handle, "wb") as file:
        with gzip.open(file, "wt", encoding="utf-8") as text:
            for entry in entries:
                text.write(json.dumps(entry) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _seals_in(path: Path) -> Iterator[tuple[dict[str, Any], list[tuple[str, str]]]]:
    """Yield each seal of an archive with its rows: (log, the text that was sealed)."""
    with gzip.open(path, "rt", encoding="utf-8") as text:
        if json.loads(next(text, "{}")).get("archive") != _KIND:
            raise ValueError("not an archive")
        seal: dict[str, Any] | None = None
        lines: list[tuple[str, str]] = []
        for entry in map(json.loads, text):
            if "log" in entry:
                lines.append((entry["log"], entry["row"]))
                continue
            if seal is not None:
                yield seal, lines
            seal, lines = entry, []
        if seal is not None:
            yield seal, lines
