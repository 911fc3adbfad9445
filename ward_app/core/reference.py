"""Marks reads of reference data; see `core.reference_data`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Concatenate, ParamSpec, TypeVar

from ward_app.core.database import Transaction

P = ParamSpec("P")
T = TypeVar("T")


def reference(
    read: Callable[Concatenate[Transaction, P], T],
) -> Callable[Concatenate[Transaction, P], T]:
    """Mark a read of reference data: a transaction that only reads may know the answer.

    What it is given must be hashable, and what it returns must not change. Each of its tables
    announces its changes (alembic/sql/room/announce_reference).
    """

    @wraps(read)
    def known(tx: Transaction, /, *args: P.args, **kwargs: P.kwargs) -> T:
        asked = (read, args, tuple(sorted(kwargs.items())))
        return tx.known(asked, partial(read, tx, *args, **kwargs))

    return known
