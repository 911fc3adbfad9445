"""Another nurse at another workstation: the same services, her own connection, no window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QObject

from ui.background import Lane, Reply
from ui.demo.hands import Hands
from ui.demo.window import Station
from ui.staff.front_door import Entry, FrontDoor
from ward_app.core.database import Transaction
from ward_app.core.errors import WardError

P = ParamSpec("P")
T = TypeVar("T")


class Colleague(QObject):
    """Signed in elsewhere; what she asks runs on a thread, so that the window stays awake."""

    def __init__(self, station: Station, hands: Hands) -> None:
        super().__init__()
        self._station, self.hands = station, hands
        self._lane = Lane(self)
        self._door = FrontDoor(lambda: station.access)
        self._entry: Entry | None = None

    @property
    def name(self) -> str:
        """Her name as others read it."""
        return self.entry.signed_in.display_name

    @property
    def role(self) -> str:
        """What her workstation is called in the database."""
        return self._station.database.user

    @property
    def entry(self) -> Entry:
        """Her session; she signs in when she is first asked for something."""
        if self._entry is None:
            login, password = self._station.login, self._station.password
            self._entry = self.elsewhere(partial(self._door.enter, login, password))
        return self._entry

    def ask(
        self,
        work: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return `work(tx, ...)`, run in her name; a command is committed then.

        Raises:
            WardError: whatever the work raised.
        """
        entry = self.entry
        run = partial(entry.database.run, entry.actor, work, *args, **kwargs)
        return self.elsewhere(run)

    def elsewhere(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, run on her thread while the window lives on."""
        answers: list[Any] = []
        failures: list[WardError] = []
        reply = Reply(answers.append, failures.append)
        self._lane.ask(self, reply, work)
        self.hands.wait(lambda: bool(answers or failures), within_s=60)
        if failures:
            raise failures[0]
        answer: T = answers[0]
        return answer

    def leave(self) -> None:
        """Sign out and close her connections."""
        if self._entry is not None:
            self.elsewhere(partial(self._door.leave, self._entry.actor))
            self._entry = None
        self._lane.close()
        self._door.close()
