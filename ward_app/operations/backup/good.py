"""The newest good backups, whatever made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ward_app.core.errors import CodedError

# clocks differ; what is of a later time than this was made under a wrong one
AHEAD = timedelta(hours=26)
_NAMED = 3
MOVE_AWAY = "Once a newer good backup is there, move it away or delete it."
LOOK_AS_OWNER = "Run it as whom the backups belong to, or let this account read them."
SET_CLOCK = "Set the clock of the computer that makes it. Then: wardctl backup create."


class Kind(StrEnum):
    """What a backup is: a dump of the database, or a copy of the whole server by whom."""

    DUMP = "dump"
    BASE = "base"
    PGBACKREST = "pgbackrest"
    BARMAN = "barman"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodBackup:
    """One that was verified and has the data.

    Attributes:
        id: as what made it names it.
        at: the moment that it shows.
        bytes, seconds: its size, and how long it took; None = nobody says.
    """

    kind: Kind
    id: str
    database: str
    at: datetime
    bytes: int | None
    seconds: float | None

    @property
    def at_s(self) -> float:
        """That moment, in seconds of Unix time."""
        return self.at.timestamp()


@dataclass(frozen=True, slots=True)
class GoodBackups:
    """What is known of the good backups of a database.

    Attributes:
        newest: the newest of each kind that there is, without those of `ahead`.
        problems: why it is not known of one kind whether there is any.
        ahead: those of a day to come, whose age nobody knows.
    """

    newest: tuple[GoodBackup, ...]
    problems: tuple[CodedError, ...] = ()
    ahead: tuple[GoodBackup, ...] = ()

    @property
    def last_at(self) -> datetime | None:
        """The moment that the newest of all shows; None when none is known."""
        return max((one.at for one in self.newest), default=None)

    @property
    def ahead_ids(self) -> tuple[str, ...]:
        """The names of those of a day to come."""
        return tuple(one.id for one in self.ahead)


def is_ahead(at: datetime, now: datetime) -> bool:
    """Whether a backup of that moment was made under a wrong clock, so that it has no age."""
    return at - now > AHEAD


def ahead_text(ids: Sequence[str]) -> str:
    """Return what is to be said of good backups of a day to come, beside others."""
    return f"{_named(ids)} of a day to come, made under a wrong clock: not counted."


def only_ahead_text(ids: Sequence[str]) -> str:
    """Return what is to be said where there are no others."""
    return f"Nobody knows how old the last good backup is: {_named(ids)} of a day to come."


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return f"{', '.join(ids[:_NAMED])}{more} {'is' if len(ids) == 1 else 'are'}"
