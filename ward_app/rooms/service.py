"""Commands on beds: readiness and availability. Callers own the transaction."""

from __future__ import annotations

from datetime import datetime

from ward_app.core.database import Transaction
from ward_app.core.errors import RuleBrokenError
from ward_app.core.requires import requires
from ward_app.rooms.bed_types import BedChange, BedState
from ward_app.rooms.types import Availability, BlockReason, Readiness

_SET_READINESS = """
INSERT INTO room.bed_readiness (id, bed_id, readiness, reason, occurred_at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_SET_AVAILABILITY = """
INSERT INTO room.bed_availability
    (id, bed_id, availability, block_reason, note, expected_end_at, occurred_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


@requires("bed.state")
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


@requires("bed.state")
def set_readiness(tx: Transaction, state: BedState, readiness: Readiness) -> None:
    """Record that a bed became clean, dirty and so on; repeating it changes nothing."""
    tx.execute(
        _SET_READINESS,
        (state.id, state.bed_id, readiness.value, state.reason, state.occurred_at),
    )


@requires("bed.state")
def set_availability(
    tx: Transaction,
    state: BedState,
    availability: Availability,
    *,
    block_reason: BlockReason | None,
    expected_end_at: datetime | None,
) -> None:
    """Open, block or close a bed; repeating it changes nothing.

    Raises:
        RuleBrokenError: a bed is blocked or closed without a reason.
    """
    if availability is not Availability.OPEN and block_reason is None:
        raise RuleBrokenError("Say why the bed is blocked.", field="block_reason")
    tx.execute(
        _SET_AVAILABILITY,
        (
            state.id,
            state.bed_id,
            availability.value,
            block_reason.value if block_reason and availability is not Availability.OPEN else None,
            state.reason,
            expected_end_at,
            state.occurred_at,
        ),
    )
