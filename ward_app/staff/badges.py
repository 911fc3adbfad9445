"""Words of changing places at a shared workstation: badge, PIN, and a second person as witness."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ward_app.core.errors import WardError


@dataclass(frozen=True, slots=True)
class ByPassword:
    """Who somebody says to be, and the password that proves it: never shown or logged."""

    login: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ByBadge:
    """What the reader typed for a badge, and the PIN: neither is ever shown or logged."""

    badge: str = field(repr=False)
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A second person who stands by one act.

    Attributes:
        command_id: the act; it is good for no other.
        proof: a secret for the command that does the act; never shown or logged.
        valid_until: aware; two minutes after the proof was given.
    """

    command_id: UUID
    user_id: UUID
    display_name: str
    proof: str = field(repr=False)
    valid_until: datetime


class PasswordNeededError(WardError):
    """Badge and PIN are not enough now: the password is."""

    is_recorded = True


class SamePersonError(WardError):
    """A witness is somebody else than the one who acts."""

    is_recorded = True
