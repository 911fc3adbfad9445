"""Hear what other workstations changed: LISTEN on a connection of its own.

Notifications carry ids only, and those sent while the connection was down are lost: whoever
listens reads everything anew after each `Connected`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

logger = logging.getLogger(__name__)

CHANNEL = "ward"
POLL_SECONDS = 0.1
HEARTBEAT_SECONDS = 20.0
FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
CONNECT_TIMEOUT_SECONDS = 3
ANSWER_WITHIN_SECONDS = 3

# A dead peer is found within a quarter of a minute, far inside the board's 45 s of "live".
_KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 4000,
}


@dataclass(frozen=True, slots=True)
class Connected:
    """Listening from now on; anything may have changed before."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """Not listening; `reason` is a sentence for the log and the lamp's tooltip."""

    reason: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Something of a ward changed; `kind` is "beds", "observations" or "patients"."""

    ward_id: str
    kind: str


Event = Connected | Disconnected | Changed


class Listener:
    """Listens on one direct connection until stopped, and reconnects by itself.

    The connection must not go through a transaction pooler, which forgets LISTEN.
    """

    def __init__(
        self, connection: Mapping[str, Any], *, heartbeat_seconds: float = HEARTBEAT_SECONDS
    ) -> None:
        self._connection = {
            **connection,
            **_KEEPALIVE,
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "application_name": "ward-app listening",
            "autocommit": True,
        }
        self._heartbeat_seconds = heartbeat_seconds
        self._stopped = threading.Event()

    def events(self) -> Iterator[Event]:
        """Yield what happens, from the thread that iterates, until `stop`.

        After a lost connection waits 0.2 s, then twice as long each time, up to 5 s.
        """
        import psycopg

        from ward_app.core.bounded_connection import BoundedConnection

        wait_seconds = FIRST_WAIT_SECONDS
        while not self._stopped.is_set():
            try:
                with BoundedConnection.connect(**self._connection) as connection:
                    connection.answer_within_s = ANSWER_WITHIN_SECONDS
                    connection.execute(f"LISTEN {CHANNEL}")
                    wait_seconds = FIRST_WAIT_SECONDS
                    yield Connected()
                    yield from self._changes(connection)
            except psycopg.Error as error:
                logger.warning("listening stopped: %s", type(error).__name__)
                yield Disconnected("The connection that hears other workstations' changes broke.")
                self._stopped.wait(wait_seconds)
                wait_seconds = min(2 * wait_seconds, LONGEST_WAIT_SECONDS)

    def stop(self) -> None:
        """End `events` within 0.2 s (3 s while the server hangs); from any thread."""
        self._stopped.set()

    def _changes(self, connection: psycopg.Connection[Any]) -> Iterator[Changed]:
        beat_at = monotonic() + self._heartbeat_seconds
        while not self._stopped.is_set():
            for notice in connection.notifies(timeout=POLL_SECONDS):
                change = _change(notice.payload)
                if change is not None:
                    yield change
            if monotonic() >= beat_at:
                connection.execute("SELECT 1")
                self._leave_if_replaced(connection)
                beat_at = monotonic() + self._heartbeat_seconds

    def _leave_if_replaced(self, connection: psycopg.Connection[Any]) -> None:
        """End the connection to a server that takes no changes any more, where others may."""
        import psycopg

        takes_none = connection.info.parameter_status("default_transaction_read_only") == "on"
        if takes_none and "target_session_attrs" in self._connection:
            raise psycopg.OperationalError("the server takes no changes any more")


def _change(payload: str) -> Changed | None:
    """Return the change of a payload "<ward uuid>:<kind>", None for anything else."""
    ward_id, colon, kind = payload.partition(":")
    if not (ward_id and colon and kind):
        logger.warning("a notification on %s had an unknown form", CHANNEL)
        return None
    return Changed(ward_id, kind)
