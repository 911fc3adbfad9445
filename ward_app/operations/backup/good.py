"""The newest good backups, whatever made them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ward_app.core.errors import CodedError


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
        at: the moment that it shows.
        bytes, seconds: its size, and how long it took; None = nobody says.
    """

    kind: Kind
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
        newest: the newest of each kind that there is.
        problems: why it is not known of one kind whether there is any.
    """

    newest: tuple[GoodBackup, ...]
    problems: tuple[CodedError, ...] = ()

    @property
    def last_at(self) -> datetime | None:
        """The moment that the newest of all shows; None when none is known."""
        return max((one.at for one in self.newest), default=None)
