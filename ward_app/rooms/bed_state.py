"""A change of a bed's readiness, availability or both in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ward_app.core.database import Transaction
from ward_app.rooms.service import set_availability, set_readiness
from ward_app.rooms.types import Availability, BedState, BlockReason, Readiness


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessChange:
    """The bed became clean, dirty and so on."""

    state: BedState
    readiness: Readiness


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityChange:
    """The bed was opened, blocked or closed; a reason is needed unless it was opened."""

    state: BedState
    availability: Availability
    block_reason: BlockReason | None = None
    expected_end_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BedChange:
    """What a nurse changed of one bed; None = that axis was left alone."""

    readiness: ReadinessChange | None = None
    availability: AvailabilityChange | None = None


def change_bed(tx: Transaction, change: BedChange) -> None:
    """Record what was changed; repeating it changes nothing.

    Raises:
        RuleBrokenError: a bed is blocked or closed without a reason.
    """
    if change.readiness is not None:
        set_readiness(tx, change.readiness.state, change.readiness.readiness)
    if change.availability is not None:
        set_availability(
            tx,
            change.availability.state,
            change.availability.availability,
            block_reason=change.availability.block_reason,
            expected_end_at=change.availability.expected_end_at,
        )
