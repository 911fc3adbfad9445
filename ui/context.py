"""What every panel and sheet is handed: the lane, the person, the clock, the place shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from ui.background import DatabaseWork
from ward_app.core.ids import new_id
from ward_app.core.station_keys import StationKeys
from ward_app.rooms.types import Ward
from ward_app.staff.types import SignedIn


def utc_now() -> datetime:
    """Return the present, aware, in UTC."""
    return datetime.now(UTC)


class Drafts:
    """What was typed and not saved, by sheet; in memory only, gone with the person's screen."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}
        self._ids: dict[str, defaultdict[str, UUID]] = {}

    @property
    def has_any(self) -> bool:
        """Whether anything typed is kept."""
        return bool(self._kept)

    def keep(self, key: str | None, draft: Any) -> None:
        """Keep a draft; a sheet without key, or nothing typed, keeps nothing."""
        if key is not None and draft is not None:
            self._kept[key] = draft

    def kept(self, key: str | None) -> Any:
        """Return the draft of a sheet, None when there is none."""
        return self._kept.get(key) if key is not None else None

    def ids(self, key: str | None) -> defaultdict[str, UUID]:
        """Return the ids of what a sheet will save, by their use; the same until `forget`.

        Whether an entry was saved may be unknown when its sheet is left: saved again later, it
        must still be the same one.
        """
        made: defaultdict[str, UUID] = defaultdict(new_id)
        return made if key is None else self._ids.setdefault(key, made)

    def forget(self, key: str | None) -> None:
        """Forget one sheet's draft and ids."""
        if key is not None:
            self._kept.pop(key, None)
            self._ids.pop(key, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The surroundings of one signed-in person's panels and sheets.

    Attributes:
        keys: of protected details; without one, they are told to be there and not shown.
        wards: every ward of the facility, in name order; destinations and the hospital view.
        drafts: unsaved entries of sheets that were left.
        clock: the present, aware, in UTC; tests hand in their own.
        room: where sheets will stand; None = not known. A sheet is made in it: all that stands in
            a sheet is styled once more when the sheet is given another parent.
    """

    work: DatabaseWork
    keys: StationKeys = field(default_factory=StationKeys)
    signed_in: SignedIn
    wards: tuple[Ward, ...] = ()
    clock: Callable[[], datetime] = field(default=utc_now)
    drafts: Drafts = field(default_factory=Drafts)
    room: QWidget | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the ward switcher chose: one ward, several, or the whole hospital.

    Attributes:
        name: what the switcher shows ("Ward 7 East", "Whole hospital").
        wards: the wards meant; every ward for the whole hospital.
    """

    name: str
    wards: tuple[Ward, ...]
    whole_hospital: bool = False

    @property
    def ward_ids(self) -> tuple[UUID, ...]:
        """Ids of the wards meant."""
        return tuple(ward.id for ward in self.wards)

    @property
    def zone(self) -> tzinfo:
        """Time zone in which this place's clock and schedules are shown."""
        return ZoneInfo(self.wards[0].time_zone) if self.wards else UTC
