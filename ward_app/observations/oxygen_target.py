"""The oxygen saturation that is prescribed for a patient: its values and its rules. Pure.

It is written down beside the SpO2 scale and never in its place: no score follows from it (RCP,
NEWS2, 2017: scale 2 is a recorded decision of its own).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from ward_app.core.errors import RuleBrokenError
from ward_app.observations.types import VitalSigns

LOWEST_PERCENT, HIGHEST_PERCENT = 70, 100
"""What can be written down: ours, wide enough for what is prescribed with some heart defects."""

LONGEST_NAME, LONGEST_REASON = 200, 500
"""Letters of who decided and why; the database holds the same."""


class TargetRange(NamedTuple):
    """A range of SpO2 in whole per cent; both ends belong to it."""

    low_percent: int
    high_percent: int


SCALE_2_RANGE = TargetRange(88, 92)
"""The target for which NEWS2 has its SpO2 scale 2 (RCP, 2017)."""

USUAL_RANGE = TargetRange(94, 98)
"""The target of most who need oxygen (British Thoracic Society, oxygen guideline, 2017)."""

USUAL_RANGES = (SCALE_2_RANGE, USUAL_RANGE)
"""The two ranges that need no reason (British Thoracic Society, oxygen guideline, 2017)."""


class Side(Enum):
    """On which side of its target a saturation lies."""

    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOxygenTarget:
    """A decision on the target of a stay, to be written down.

    Attributes:
        target: None = the target in force ends.
        decided_by: the prescriber, name and role.
        reason: needed for a range that is not one of the usual, and for an end.
        occurred_at: when it was decided; aware, not in the future.
        supersedes_id: the decision it replaces, as its writer saw it; None = the stay's first.
    """

    id: UUID
    admission_id: UUID
    target: TargetRange | None
    decided_by: str
    reason: str | None
    occurred_at: datetime
    supersedes_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OxygenTarget:
    """A decision as it is on record; `target` None = it ended the one before.

    Attributes:
        recorded_by: who wrote it down, by name.
    """

    id: UUID
    target: TargetRange | None
    decided_by: str
    reason: str | None
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OxygenRecord:
    """What is decided about a patient's saturation.

    Attributes:
        scale: the SpO2 scale in force.
        decisions: on the target, the newest first; empty = nobody ever prescribed one.
    """

    scale: int
    decisions: tuple[OxygenTarget, ...] = ()

    @property
    def in_force(self) -> OxygenTarget | None:
        """The decision whose range holds now; None = no target is prescribed."""
        newest = self.decisions[0] if self.decisions else None
        return newest if newest and newest.target else None

    @property
    def target(self) -> TargetRange | None:
        """The range that holds now; None = no target is prescribed."""
        return self.decisions[0].target if self.decisions else None


def check_target(new: NewOxygenTarget) -> None:
    """Refuse a decision that could not be understood later.

    Raises:
        RuleBrokenError: the range is impossible, a name or a reason is missing or too long, or
            the time has no zone.
    """
    if new.occurred_at.tzinfo is None:
        raise RuleBrokenError("The time of the decision needs a zone.", field="occurred_at")
    if new.target is not None:
        _check_range(new.target)
    if not new.decided_by.strip() or len(new.decided_by) > LONGEST_NAME:
        raise RuleBrokenError("Name who decided on the target.", field="decided_by")
    reason = (new.reason or "").strip()
    if not reason and needs_reason(new.target):
        raise RuleBrokenError(_why(new.target), field="reason")
    if len(reason) > LONGEST_REASON:
        raise RuleBrokenError(
            f"Say it in {LONGEST_REASON} letters; a note has room for more.", field="reason"
        )


def needs_reason(target: TargetRange | None) -> bool:
    """Whether a reason must stand with it: an end, or a range that is not one of the usual."""
    return target not in USUAL_RANGES


def side_of(target: TargetRange, signs: VitalSigns) -> Side | None:
    """Return where a measured saturation lies; None = inside, or nothing to be said.

    Without oxygen a patient is not given too much of it, so on air nothing is above the target,
    as NEWS2 gives no points for 93 % and over on air on scale 2 (RCP, 2017). As long as nobody
    said whether it was air or oxygen, it may have been oxygen.
    """
    spo2 = signs.spo2_percent
    if spo2 is None:
        return None
    if spo2 < target.low_percent:
        return Side.BELOW
    above = spo2 > target.high_percent and signs.on_oxygen is not False
    return Side.ABOVE if above else None


def scale_differs(target: TargetRange | None, scale: int) -> bool:
    """Whether the SpO2 scale in force is another than the one made for this target.

    Scale 2 is made for a prescribed 88 to 92 % alone (RCP, 2017). None = nothing is prescribed,
    with which no scale disagrees.
    """
    return target is not None and (target == SCALE_2_RANGE) != (scale == 2)  # noqa: PLR2004 - the scale's name


def _check_range(target: TargetRange) -> None:
    low, high = target
    if not LOWEST_PERCENT <= low <= HIGHEST_PERCENT:
        field = "low_percent"
    elif not LOWEST_PERCENT <= high <= HIGHEST_PERCENT:
        field = "high_percent"
    elif low >= high:
        raise RuleBrokenError(
            "The upper end of the target is above its lower end.", field="high_percent"
        )
    else:
        return
    raise RuleBrokenError(
        f"A target lies from {LOWEST_PERCENT} to {HIGHEST_PERCENT} %.", field=field
    )


def _why(target: TargetRange | None) -> str:
    return "Say why the target ends." if target is None else "Say why this range is prescribed."
