"""Committing: what is saved, what is not, and what nobody knows; and how far the log was then."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from threading import Lock
from typing import Any

import psycopg

from ward_app.core.bounded_connection import NoAnswerError
from ward_app.core.database_errors import is_lost_connection
from ward_app.core.errors import OutcomeUnknownError

logger = logging.getLogger(__name__)

# A promoted standby may begin before the place where the old primary ended: the timeline decides.
_MARK = """
SELECT substr(pg_walfile_name(place), 1, 8), (place - '0/0'::pg_lsn)::bigint
FROM pg_current_wal_insert_lsn() place
"""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the log of the primary; a later one is greater.

    Attributes:
        timeline: eight hexadecimal digits.
        bytes_written: since the log's beginning.
    """

    timeline: str
    bytes_written: int


BEGINNING = Mark("", 0)


class OwnWrites:
    """How far the primary's log was when this workstation committed last.

    Kept for all of a workstation together, so for each session of a user too.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: Mark | None = BEGINNING

    @property
    def last(self) -> Mark | None:
        """The place that must have been replayed; None = unknown, so no replica will do."""
        return self._last

    @contextmanager
    def follow(self, connection: psycopg.Connection[Any]) -> Iterator[None]:
        """Commit within: what is committed on this connection counts as written.

        Unless its place in the log can be asked, no replica is read until the next commit.
        """
        before, self._last = self._last, None
        yield
        try:
            connection.autocommit = True  # the question alone, without BEGIN and ROLLBACK
            row = connection.execute(_MARK).fetchone()
            connection.autocommit = False
        except psycopg.Error as error:
            logger.warning("the place of a commit is unknown: %s", type(error).__name__)
            return
        if row is not None:
            with self._lock:
                self._last = max(Mark(*row), self.last or before or BEGINNING)


def commit(connection: psycopg.Connection[Any], own: OwnWrites | None = None) -> None:
    """Commit, telling "not saved" from "nobody knows"; `own` is told how far the log is then.

    Raises:
        OutcomeUnknownError: the connection broke meanwhile.
    """
    try:
        with nullcontext() if own is None else own.follow(connection):
            connection.commit()
    except psycopg.OperationalError as error:
        if is_lost_connection(error) or isinstance(error, NoAnswerError):
            raise OutcomeUnknownError(
                "The connection broke while this was being saved. It is not known whether it "
                "was. Save again: nothing will be there twice."
            ) from error
        raise
