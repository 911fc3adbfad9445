"""What a charting command runs on without the database: the row is taken down, not stored."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from psycopg.types.json import Jsonb
from typing_extensions import override

from ward_app.core.database import Actor, Transaction
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.downtime.types import OfflineEntry, OfflineKind

T = TypeVar("T")
Params = Sequence[Any] | dict[str, Any]

_INSERT = re.compile(r"\s*INSERT INTO (?P<table>[\w.]+)\s*\((?P<columns>[^)]*)\)\s*VALUES")
_DEFERRED = "'deferred'"
# JSON that its service writes itself
_SENT_AS_TEXT = {"sections"}
_KINDS = {
    "report.vital_signs": OfflineKind.OBSERVATIONS,
    "report.measurements": OfflineKind.MEASUREMENT,
    "report.nursing_notes": OfflineKind.NOTE,
    "rounding.round_records": OfflineKind.ROUND_ANSWERS,
}


class RefusedOfflineError(DatabaseUnavailableError):
    """This needs the server; nothing was kept."""


def refused() -> RefusedOfflineError:
    """Return why something that needs the server is not done."""
    return RefusedOfflineError(
        "The server cannot be reached, and this cannot be kept here until it is back: it needs "
        "what other workstations do meanwhile. Sets, measurements, round answers and new notes "
        "can be kept. Write this on paper, and enter it later."
    )


class OfflineTransaction(Transaction):
    """Takes down the rows that a command would store; it reads nothing.

    Attributes:
        entries: what the command charted, in its order.
    """

    def __init__(self, actor: Actor, author: UUID, now: datetime) -> None:
        self._actor = actor
        self._author = author
        self._at = now
        self.entries: list[OfflineEntry] = []

    @property
    @override
    def now(self) -> datetime:
        """The clock of this computer when the command began, aware."""
        return self._at

    @override
    def tuples(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        raise refused()

    @override
    def rows(self, make: Callable[..., T], sql: str, params: Params = ()) -> list[T]:
        raise refused()

    @override
    def row(self, make: Callable[..., T], sql: str, params: Params = ()) -> T | None:
        raise refused()

    @override
    def value(self, sql: str, params: Params = ()) -> Any:
        """Return when the row with this id was recorded, which is now; nothing else is known."""
        if sql.startswith("SELECT recorded_at ") and self._has(params):
            return self._at
        raise refused()

    @override
    def execute(self, sql: str, params: Params = ()) -> int:
        """Take down the row of an INSERT of values, of a table that charting adds to."""
        found = _INSERT.match(sql)
        kind = _KINDS.get(found["table"]) if found else None
        if found is None or kind is None:
            raise refused()
        columns = [column.strip() for column in found["columns"].split(",")]
        given = list(params)
        if _DEFERRED in sql:
            given.insert(columns.index("outcome"), "deferred")
        self._take_down(kind, dict(zip(columns, given, strict=True)))
        return 1

    def _take_down(self, kind: OfflineKind, row: dict[str, Any]) -> None:
        if row.get("supersedes_id") is not None:
            # whether it still stands as it was is for the server to say
            raise refused()
        self.entries.append(
            OfflineEntry(
                id=row["id"],
                kind=kind,
                admission_id=row["admission_id"],
                payload={name: _plain(name, value) for name, value in row.items()},
                occurred_at=row["occurred_at"],
                entered_at=self._at,
                author=self._author,
            )
        )

    def _has(self, params: Params) -> bool:
        return any(entry.id in tuple(params) for entry in self.entries)


def _plain(column: str, value: Any) -> Any:
    """Return a parameter in JSON's own values, as PostgreSQL reads them again."""
    if column in _SENT_AS_TEXT:
        return json.loads(value)
    match value:
        case Jsonb():
            return value.obj
        case UUID() | Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
    return value
