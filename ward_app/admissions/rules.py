"""Which steps of a stay are in force, and which one can be undone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from ward_app.admissions.types import StayEvent, StayStep

_UNDOINGS = frozenset(
    {
        StayEvent.ADMISSION_CANCELLED,
        StayEvent.TRANSFER_CANCELLED,
        StayEvent.DISCHARGE_CANCELLED,
    }
)


@dataclass(frozen=True, slots=True)
class RawStep:
    """A step as stored, and the step it undid (None = it undid none)."""

    cancels_id: UUID | None
    step: StayStep


def stay_steps(raw: Sequence[RawStep]) -> list[StayStep]:
    """Return the steps in the order given (newest first), marked as undone or undoable.

    Undoable is the newest step in force; a cancelled admission leaves nothing to undo.
    """
    undone = {entry.cancels_id for entry in raw if entry.cancels_id}
    steps: list[StayStep] = []
    open_to_undo = all(entry.step.event is not StayEvent.ADMISSION_CANCELLED for entry in raw)
    for entry in raw:
        is_undoing = entry.step.event in _UNDOINGS
        cancelled = entry.step.id in undone and not is_undoing
        can_cancel = open_to_undo and not is_undoing and not cancelled
        open_to_undo = open_to_undo and not can_cancel
        steps.append(replace(entry.step, cancelled=cancelled, can_cancel=can_cancel))
    return steps
