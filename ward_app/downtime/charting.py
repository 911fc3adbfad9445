"""Charting without the database: the same commands as ever, given nothing to store into.

A command is run as it is, with all its checks, on a transaction that notes the rows it would have
added. So a kind of entry is a table here (`_KINDS`) and a word of `OfflineKind`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Concatenate, NamedTuple, NoReturn, ParamSpec, TypeVar
from uuid import UUID

from ward_app.core.database import Actor, Transaction
from ward_app.core.errors import WardError
from ward_app.core.transaction import Params
from ward_app.downtime.types import OfflineAuthor, OfflineEntry, OfflineKind
from ward_app.measurements.service import record_measurement
from ward_app.notes.service import sign_note
from ward_app.observations.service import record_observations
from ward_app.rounding.service import defer_round, record_round, save_round

CHARTING: frozenset[Callable[..., Any]] = frozenset(
    {record_observations, record_measurement, record_round, save_round, defer_round, sign_note}
)
P = ParamSpec("P")
T = TypeVar("T")

_KINDS = {
    "report.vital_signs": OfflineKind.OBSERVATIONS,
    "report.measurements": OfflineKind.MEASUREMENT,
    "rounding.round_records": OfflineKind.ROUND_ANSWERS,
    "report.nursing_notes": OfflineKind.NOTE,
}
_INSERT = re.compile(r"\s*INSERT INTO ([a-z_.]+)\s*\(([^)]+)\)\s*VALUES \(([^)]+)\)")
_PLACE = "%s"


class NotOfflineError(WardError):
    """What was asked for needs the database; nothing was saved."""


class Charted(NamedTuple):
    """What a command answered, and what it charted: to be kept before the answer is shown."""

    answer: Any
    entries: tuple[OfflineEntry, ...]


def charted(
    author: OfflineAuthor,
    actor: Actor,
    now: datetime,
    command: Callable[Concatenate[Transaction, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> Charted:
    """Return what a command of a service charts, done now (aware) by the author.

    What the command would look up must be given to it: a set its scoring basis.

    Raises:
        NotOfflineError: it is none of the commands that only add to a chart.
        WardError: whatever the command raises of what was typed.
    """
    noted = _Noted(actor, now)
    answer = command(noted, *args, **kwargs)
    return Charted(answer, tuple(_entry(author, now, *row) for row in noted.added))


class _Noted(Transaction):
    """A transaction of nothing: it notes rows that are added, and knows none."""

    def __init__(self, actor: Actor, now: datetime) -> None:
        self._actor, self._proved_at = actor, now
        self.added: list[tuple[OfflineKind, dict[str, Any]]] = []

    def execute(self, sql: str, params: Params = ()) -> int:
        """Note one row, as if it were stored."""
        insert = _INSERT.match(sql)
        if insert is None or insert[1] not in _KINDS or isinstance(params, dict):
            self._refuse()
        given = iter(params)
        columns = [column.strip() for column in insert[2].split(",")]
        values = [
            _as_json(next(given)) if value.strip() == _PLACE else value.strip().strip("'")
            for value in insert[3].split(",")
        ]
        self.added.append((_KINDS[insert[1]], dict(zip(columns, values, strict=True))))
        return 1

    def value(self, sql: str, params: Params = ()) -> Any:
        """Return when a row that was just added was recorded; nothing else is known."""
        if not self.added or not sql.startswith("SELECT recorded_at "):
            self._refuse(sql, params)
        return self._proved_at

    def row(self, make: Callable[..., T], sql: str, params: Params = ()) -> T | None:
        """Refuse."""
        self._refuse(make, sql, params)

    def rows(self, make: Callable[..., T], sql: str, params: Params = ()) -> list[T]:
        """Refuse."""
        self._refuse(make, sql, params)

    def tuples(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        """Refuse."""
        self._refuse(sql, params)

    def _refuse(self, *_unanswered: object) -> NoReturn:
        raise NotOfflineError(
            "This cannot be done while the ward database is away, and nothing was saved. Write it "
            "down, and do it when the database is back."
        )


def _entry(
    author: OfflineAuthor, now: datetime, kind: OfflineKind, row: dict[str, Any]
) -> OfflineEntry:
    return OfflineEntry(
        id=UUID(row["id"]),
        kind=kind,
        admission_id=UUID(row["admission_id"]) if row["admission_id"] else None,
        payload=row,
        occurred_at=datetime.fromisoformat(row["occurred_at"]),
        entered_at=now,
        author=author.user_id,
    )


def _as_json(value: Any) -> Any:
    """Return a value as JSON has it: numbers that are exact, times and ids as text."""
    from psycopg.types.json import Jsonb  # noqa: PLC0415 - the driver is no part of the start

    if isinstance(value, Jsonb):
        return value.obj
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value
