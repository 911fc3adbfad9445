"""A copy as it lies on the disk of a station; what is in it, `copy_types` knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ward_app.rooms.types import Ward


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyHead:
    """What the station knows about a ward without asking, kept beside its copy."""

    ward: Ward
    facility_name: str
    environment: str


@dataclass(frozen=True, slots=True)
class KeptCopy:
    """A ward's copy as it lies on the disk.

    Attributes:
        text: what the database said, for `copy_reading.read_copy`.
        kept_at: when it was written, by the clock of this computer, aware.
    """

    head: CopyHead
    text: str = field(repr=False)
    kept_at: datetime
