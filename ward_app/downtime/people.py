"""Who is at a station, as far as that matters while the database is away."""

from __future__ import annotations

from dataclasses import dataclass

from ward_app.rooms.types import Ward
from ward_app.staff.types import SignedIn


@dataclass(frozen=True, slots=True)
class OfflinePerson:
    """Who may come in without the server, as they were known at their last sign-in here.

    Attributes:
        signed_in: without a token: nothing is proved to the database by it.
        wards: every ward of the facility, in name order.
    """

    signed_in: SignedIn
    wards: tuple[Ward, ...]
