"""The figures of the server as one statement of the database tells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, is_dataclass, replace
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from ward_app.core.database import Transaction
from ward_app.core.reading import unhurried
from ward_app.operations.monitor.kinds import OF_KIND, Figures, Host, Kind, Machine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found at one moment.

    Attributes:
        is_complete: the server tells what others' connections do.
        figures: of the kinds asked for.
    """

    taken_at: datetime
    database: str
    server_version: str
    is_complete: bool
    figures: Mapping[Kind, Figures]


@unhurried
def read_figures(tx: Transaction, kinds: Iterable[Kind] = tuple(Kind)) -> Found:
    """Return the figures of these kinds, for a monitoring role or somebody of IT signed in.

    Raises:
        NotPermittedError: for nobody else.
    """
    wanted = list(kinds)
    told = tx.value("SELECT public.server_figures(%s)", ([kind.value for kind in wanted],))
    return Found(
        taken_at=datetime.fromisoformat(told["taken_at"]),
        database=told["database"],
        server_version=told["server_version"],
        is_complete=told["is_complete"],
        figures={kind: of_json(OF_KIND[kind], told[kind]) for kind in wanted},
    )


def with_machine(figures: Figures, machine: Machine | None) -> Figures:
    """Return the figures, those of the host with what its computer told; None = nothing."""
    if isinstance(figures, Host) and machine is not None:
        return replace(figures, machine=machine)
    return figures


def with_machine_in(found: Found, machine: Machine | None) -> Found:
    """Return what was found, with what the server's computer told."""
    figures = {kind: with_machine(one, machine) for kind, one in found.figures.items()}
    return replace(found, figures=figures)


def of_json(made: type[T], told: Mapping[str, Any]) -> T:
    """Return a frozen value of its JSON; times are read, rows become tuples.

    What the JSON has besides is left out, so that a newer database may tell more.
    """
    hints = get_type_hints(made)
    return made(**{name: _value(hints[name], told[name]) for name in hints if name in told})


def _value(hint: Any, told: Any) -> Any:
    if told is None:
        return None
    inner = _inner(hint)
    if get_origin(inner) is tuple:
        return tuple(_value(get_args(inner)[0], each) for each in told)
    if inner is datetime:
        return datetime.fromisoformat(told)
    return of_json(inner, told) if is_dataclass(inner) and isinstance(inner, type) else told


@cache
def _inner(hint: Any) -> Any:
    """Return a type without its None."""
    if get_origin(hint) is UnionType:
        return next(part for part in get_args(hint) if part is not type(None))
    return hint
