"""What the database's commands answer, as a placement or as a sentence for the nurse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from ward_app.admissions.types import BedNotReadyError, BedTakenError, Placement, StayEvent
from ward_app.core.errors import (
    ConflictError,
    NotPermittedError,
    RecordNotFoundError,
    RuleBrokenError,
    WardError,
)


class Outcome(NamedTuple):
    """One `admission.result` row: where the patient is now, or what stands in the way."""

    outcome: str
    event: str | None
    event_id: UUID | None
    admission_id: UUID | None
    ward_name: str | None
    bed_label: str | None
    holder: str | None
    by_name: str | None
    at: datetime | None
    detail: str | None


def placement(outcome: Outcome) -> Placement:
    """Return where the patient now is.

    Raises:
        WardError: the step was refused; the sentence says why and what to do.
    """
    if outcome.outcome != "done":
        raise _REFUSALS[outcome.outcome](outcome)
    assert outcome.admission_id  # noqa: S101 - a step that was done names its admission,
    assert outcome.event_id  # noqa: S101 - its event's id
    assert outcome.event  # noqa: S101 - and its event
    return Placement(
        admission_id=outcome.admission_id,
        event=StayEvent(outcome.event),
        event_id=outcome.event_id,
        ward_name=outcome.ward_name or "",
        bed_label=outcome.bed_label,
        shared_with=outcome.holder,
        left_with=outcome.detail,
    )


def _bed_taken(outcome: Outcome) -> WardError:
    holder = outcome.holder or "another patient"
    giver = f" by {outcome.by_name}" if outcome.by_name else ""
    time = f" at {outcome.detail}" if outcome.detail else ""
    return BedTakenError(
        f"Bed {outcome.bed_label or ''} was given to {holder}{giver}{time}. "
        "Your entry is kept; choose another bed.",
        holder=outcome.holder,
        given_by=outcome.by_name,
        given_at=outcome.at,
    )


def _share_gone(outcome: Outcome) -> WardError:
    return BedTakenError(
        f"Nobody lies in bed {outcome.detail or ''} any more, so there is nobody to share it "
        "with. Your entry is kept; choose the bed again."
    )


def _already_in_hospital(outcome: Outcome) -> WardError:
    where = f": {outcome.detail}" if outcome.detail else ""
    return ConflictError(f"This patient is already in hospital{where}.")


def _not_open(outcome: Outcome) -> WardError:
    because = f" ({outcome.detail.replace('_', ' ')})" if outcome.detail else ""
    return RuleBrokenError(
        f"This bed is blocked{because}. Choose another, or open it first.", field="bed_id"
    )


def _not_clean(outcome: Outcome) -> WardError:
    state = (outcome.detail or "dirty").replace("_", " ")
    return BedNotReadyError(
        f"This bed is not marked clean ({state}). Put the patient there all the same?"
    )


def _before_arrival(outcome: Outcome) -> WardError:
    came = f" ({outcome.detail})" if outcome.detail else ""
    return RuleBrokenError(
        f"The time lies before the patient came to this place{came}. Check it.",
        field="occurred_at",
    )


def _broken(text: str, field: str | None = None) -> Callable[[Outcome], WardError]:
    return lambda _outcome: RuleBrokenError(text, field=field)


def _conflict(text: str) -> Callable[[Outcome], WardError]:
    return lambda _outcome: ConflictError(text)


_REFUSALS: dict[str, Callable[[Outcome], WardError]] = {
    "bed_taken": _bed_taken,
    "share_gone": _share_gone,
    "bed_shared": _conflict(
        "One of these beds is shared by two patients, so it cannot be exchanged. Move the "
        "patients one by one."
    ),
    "already_in_hospital": _already_in_hospital,
    "bed_not_open": _not_open,
    "bed_not_clean": _not_clean,
    "before_arrival": _before_arrival,
    "in_future": _broken("The time lies in the future. Check it.", "occurred_at"),
    "bed_unknown": _broken("This bed is not in use on that ward. Choose another.", "bed_id"),
    "same_place": _broken("The patient is already there. Choose another place.", "bed_id"),
    "nothing_to_undo": _broken("There is nothing left to undo for this patient."),
    "overlaps": _conflict(
        "At that time the patient was already somewhere else. Check the time and the history."
    ),
    "step_changed": _conflict(
        "Another step was recorded meanwhile. Look at what would be undone now, and save again."
    ),
    "readmitted": _conflict(
        "This patient has been in hospital again since, so that discharge cannot be undone."
    ),
    "already_left": _conflict("This patient has already left. Refresh the board."),
    "not_found": lambda _outcome: RecordNotFoundError(
        "This patient is not in the directory any more. Search for them again."
    ),
    "not_in_reach": lambda _outcome: NotPermittedError(
        "This patient or ward is not one of yours, so nothing was changed."
    ),
}
