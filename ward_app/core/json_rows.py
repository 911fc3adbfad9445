"""Rows that came as JSON, with the types the driver would have given their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

_READERS: Mapping[Any, Callable[[Any], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Decimal: lambda number: Decimal(str(number)),
}


def typed(row: Mapping[str, Any], *declared: type) -> dict[str, Any]:
    """Return a row of PostgreSQL's JSON by column, typed as fields of these classes say.

    Ids, times, days and decimals are read; what no class names, or of another type, stays what
    it is in JSON. None stays None.
    """
    readers = _readers(declared)
    return {
        name: value if value is None or name not in readers else readers[name](value)
        for name, value in row.items()
    }


@cache
def _readers(declared: tuple[type, ...]) -> Mapping[str, Callable[[Any], Any]]:
    """Return what reads a column, by its name, where JSON has no such type."""
    found = {}
    for one in declared:
        for name, hint in get_type_hints(one).items():
            reader = _READERS.get(_without_none(hint))
            if reader is not None:
                found[name] = reader
    return found


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in {Union, UnionType}:
        return hint
    parts = [part for part in get_args(hint) if part is not NoneType]
    return parts[0] if len(parts) == 1 else hint
