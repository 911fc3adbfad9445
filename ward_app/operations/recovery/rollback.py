"""Take a restore back: the database of before becomes the ward database again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ward_app.core.errors import RuleBrokenError
from ward_app.operations import audit_seals
from ward_app.operations.recovery import databases
from ward_app.operations.recovery.sessions import end_sessions

Confirm = Callable[[str], str] | None


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What is the ward database again, and under which name the restored one is kept.

    Attributes:
        lost: what the database itself had and did not take over, in words.
    """

    name: str
    put_aside: str
    sessions_ended: int
    lost: tuple[str, ...]


def rollback(dsn: str, database: str, confirm: Confirm) -> RolledBack:
    """Swap the database of before the last restore back in; both are kept.

    Raises:
        RuleBrokenError: there is none, or the name was not typed.
        CodedError: somebody could not be cut off; nothing was changed.
    """
    with databases.restoring(dsn, database):
        name = databases.newest_before(dsn, database)
        if name is None:
            raise RuleBrokenError(
                f"There is no database of before a restore of {database} on this server."
            )
        _require_typed(
            confirm,
            database,
            f"{name} becomes {database} again. What was charted since the restore is only in the "
            "database that is put aside. Type the database's name to go on",
        )
        audit_seals.begin_era(dsn, "a restore was taken back", database=name, restored=True)
        ended = end_sessions(dsn, name)
        put_aside = databases.aside(database, "undone")
        lost = databases.swap(dsn, live=database, new=name, put_aside=put_aside)
    return RolledBack(name, put_aside, ended, lost)


def discard(dsn: str, database: str, name: str, confirm: Confirm) -> None:
    """Drop a database that a restore put aside, or that an interrupted one left.

    Raises:
        RuleBrokenError: it is none of those, or its name was not typed.
        ConflictError: somebody restores.
    """
    found = (*databases.kept(dsn, database), *databases.unfinished(dsn, database))
    if name not in {one.name for one in found}:
        raise RuleBrokenError(f"{name} is none that a restore kept: wardctl restore kept.")
    _require_typed(confirm, name, f"{name} is deleted for good. Type its name to go on")
    # a restore that somebody began or took back meanwhile may use that name
    databases.drop(dsn, database, name)


def _require_typed(confirm: Confirm, wanted: str, question: str) -> None:
    if confirm is not None and confirm(question) != wanted:
        raise RuleBrokenError("That is not its name. Nothing was changed.")
