"""Screens of people who left a shared workstation with something not saved, until they are back.

In memory only, never drawn, and asking the database nothing: nobody else sees what is on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ui.background import DatabaseWork
from ui.staff.lock_screen import LockScreen
from ui.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Seat:
    """One person's screen with all that is open on it, and their lane to the database."""

    work: DatabaseWork
    workplace: Workplace
    lock_screen: LockScreen

    @property
    def user_id(self) -> UUID:
        """Whose it is."""
        return self.workplace.context.signed_in.user_id

    @property
    def name(self) -> str:
        """The person's name."""
        return self.workplace.context.signed_in.display_name

    @property
    def holds_something(self) -> bool:
        """Whether an entry is open, or was left, that is not saved."""
        return self.workplace.has_unsaved_entry or self.workplace.context.drafts.has_any

    def rest(self) -> None:
        """Ask nothing and tick no more."""
        self.work.rest()
        self.workplace.pulse.stop()

    def wake(self) -> None:
        """Go on, as whom the lane acts now."""
        self.work.wake()
        self.workplace.pulse.start()


class KeptSeats:
    """At most one for each person, until the program is closed."""

    def __init__(self) -> None:
        self._kept: dict[UUID, Seat] = {}

    @property
    def names(self) -> str:
        """Whose entries are kept, as in "Nora Nurse, Hal Assistant"; empty for none."""
        return ", ".join(sorted(seat.name for seat in self._kept.values()))

    def keep(self, seat: Seat) -> None:
        """Keep a seat until its person is back."""
        seat.rest()
        self._kept[seat.user_id] = seat

    def take(self, user_id: UUID) -> Seat | None:
        """Return the person's seat, which is kept here no more; None when there is none."""
        return self._kept.pop(user_id, None)
