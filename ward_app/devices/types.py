"""The words of the device register: kinds, signs at a site, what is recorded and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

Signs = Mapping[str, bool]
"""What was looked for, by the sign's name: there or not. What is missing was not looked at."""


class Side(StrEnum):
    """Side of the body."""

    LEFT = "left"
    RIGHT = "right"
    MIDDLE = "middle"


class RemovalReason(StrEnum):
    """Why a device was taken out."""

    NOT_NEEDED = "not_needed"
    DUE_OUT = "due_out"
    PHLEBITIS = "phlebitis"
    INFECTION = "infection"
    BLOCKED = "blocked"
    LEAKING = "leaking"
    FELL_OUT = "fell_out"
    REPLACED = "replaced"
    OTHER = "other"


class Tip(StrEnum):
    """How the tip of a device looked that was taken out."""

    INTACT = "intact"
    NOT_INTACT = "not_intact"
    NOT_SEEN = "not_seen"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing to look for: `name` is stored, `key` is typed, `words` are shown."""

    name: str
    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Level:
    """A score reached when at least so many `of` these signs are there."""

    score: int
    at_least: int
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How a site is looked at: the visual infusion phlebitis score, or a short look.

    Attributes:
        title: the word before a score.
        act_from: the lowest score that asks for more than watching.
        actions: what a score asks for; one for each score from 0 on.
    """

    name: str
    title: str
    signs: tuple[Sign, ...]
    levels: tuple[Level, ...]
    actions: tuple[str, ...]
    act_from: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceKind:
    """A kind of device; `size_hint` and `sites` are examples to type by, nothing more."""

    name: str
    key: str
    title: str
    scheme: Scheme
    size_hint: str
    sites: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePack:
    """The kinds of device as the data file declares them.

    Attributes:
        hash: SHA-256 of the file, hexadecimal.
        source: where schemes and actions come from.
        needs_sign_off: what a clinician of the site must confirm.
    """

    name: str
    version: str
    hash: str
    kinds: tuple[DeviceKind, ...]
    source: str
    needs_sign_off: str

    def kind(self, name: str) -> DeviceKind:
        """Return the kind of that name; KeyError when there is none."""
        return {kind.name: kind for kind in self.kinds}[name]


class SiteScore(NamedTuple):
    """What signs come to.

    `score` None = what was not looked at could raise it; `at_least` counts what was seen.
    """

    score: int | None
    at_least: int


class InPlace(NamedTuple):
    """How long a device has been in place.

    `minutes` is the elapsed time; `day` counts calendar days, the day of insertion is day 1.
    """

    minutes: int
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDevice:
    """A device found or put in place, or a correction of what was recorded of one.

    Attributes:
        id: made by the client; a repeat with it is the same write.
        kind: the name of a `DeviceKind`.
        site: where on the body, in words.
        side: None where the body has no sides there.
        inserted_at: None = not known; may be before the admission.
        inserted_by: in words; None = not known.
        due_out_at: when it is to come out, as decided; None = not decided.
        supersedes_id: the version that this corrects; None = a device not recorded before.
    """

    id: UUID
    admission_id: UUID
    kind: str
    site: str
    side: Side | None = None
    size: str | None = None
    inserted_at: datetime | None = None
    inserted_by: str | None = None
    reason: str | None = None
    due_out_at: datetime | None = None
    note: str | None = None
    supersedes_id: UUID | None = None
    change_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCheck:
    """A look at the site of a device, or a correction of an earlier one.

    Attributes:
        device_id: of the device, whichever of its versions is in force.
        kind: the device's kind, whose scheme says what the signs come to.
        occurred_at: when it was looked at, with a zone.
    """

    id: UUID
    device_id: UUID
    admission_id: UUID
    kind: str
    signs: Signs
    occurred_at: datetime
    note: str | None = None
    supersedes_id: UUID | None = None
    change_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRemoval:
    """A device taken out or lost, or a correction of that.

    Attributes:
        removed_by: in words.
    """

    id: UUID
    device_id: UUID
    admission_id: UUID
    reason: RemovalReason
    tip: Tip
    removed_by: str
    occurred_at: datetime
    note: str | None = None
    supersedes_id: UUID | None = None
    change_reason: str | None = None


class Entry(StrEnum):
    """What of a device was recorded."""

    DEVICE = "device"
    CHECK = "check"
    REMOVAL = "removal"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeOut:
    """A mark that something was entered in error; the original stays readable."""

    id: UUID
    entry: Entry
    admission_id: UUID
    struck_id: UUID
    reason: str


class Device(NamedTuple):
    """A device as it is in force, with its last look and its removal.

    `id` stays the same through corrections, `version_id` names the row in force. The check is
    the newest one in force, None without one (its signs are empty then); `scored_at` is the time
    of the newest whose signs sufficed for a score. `removed_at` None = in place. `check_minutes`
    and `stay_hours` are the hospital's settings for the kind: how often it is looked at, and how
    long it stays at most (None = not set). Names are None where nobody of the staff recorded it.
    """

    id: UUID
    version_id: UUID
    admission_id: UUID
    kind: str
    site: str
    side: str | None
    size: str | None
    inserted_at: datetime | None
    inserted_by: str | None
    reason: str | None
    due_out_at: datetime | None
    note: str | None
    first_recorded_at: datetime
    recorded_by: str | None
    check_id: UUID | None
    checked_at: datetime | None
    checked_by: str | None
    signs: Mapping[str, bool] | None
    score: int | None
    at_least: int | None
    check_note: str | None
    scored_at: datetime | None
    removal_id: UUID | None
    removed_at: datetime | None
    removed_by: str | None
    removal_reason: str | None
    tip: str | None
    removal_note: str | None
    check_minutes: int
    stay_hours: int | None


class HistoryItem(NamedTuple):
    """One recorded row of a device, also one that was corrected or struck out since.

    `occurred_at` None = of a device put in nobody knows when. `superseded` = not in force any
    more; `struck_out` = this row is a strike-out mark. `about` says what was recorded: site, side
    and size of a device, signs of a check, reason and tip of a removal.
    """

    id: UUID
    entry: str
    occurred_at: datetime | None
    recorded_at: datetime
    recorded_by: str | None
    kind: str
    about: Mapping[str, str | bool | None]
    score: int | None
    at_least: int | None
    note: str | None
    superseded: bool
    struck_out: bool
    corrects: bool
    change_reason: str | None
