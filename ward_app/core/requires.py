"""The courtesy check of a permission before a command; the database's own follows all the same.

It reads what the program was told at the sign-in, so that who may not is told at once and in
plain words. Nothing rests on it: a program that leaves it out is refused by the database.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from ward_app.core.database import Transaction

P = ParamSpec("P")
T = TypeVar("T")
Command = Callable[Concatenate[Transaction, P], T]

# command ("module.name") -> the permissions of which one is enough
NEEDED: dict[str, frozenset[str]] = {}


def requires(*permissions: str) -> Callable[[Command[P, T]], Command[P, T]]:
    """Return a decorator: the command is refused to who holds none of the permissions.

    Where the program does not know what the person may, the database alone decides.
    """
    enough = frozenset(permissions)

    def mark(command: Command[P, T]) -> Command[P, T]:
        NEEDED[f"{command.__module__}.{command.__name__}"] = enough

        @wraps(command)
        def checked(tx: Transaction, /, *args: P.args, **kwargs: P.kwargs) -> T:
            tx.require_any(enough)
            return command(tx, *args, **kwargs)

        return checked

    return mark
