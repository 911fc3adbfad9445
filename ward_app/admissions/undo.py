"""Undoing exactly the step that the user was shown."""

from __future__ import annotations

from uuid import UUID

from ward_app.admissions.queries import stay_history
from ward_app.admissions.service import cancel_latest_step
from ward_app.admissions.types import NewCancellation, Placement
from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError


def undo_step(tx: Transaction, cancellation: NewCancellation, step_id: UUID) -> Placement:
    """Undo the latest step of a stay, if it still is the step `step_id`.

    Repeating it with the same cancellation changes nothing.

    Raises:
        ConflictError: somebody recorded or undid a step since the history was shown.
        RuleBrokenError: no reason is given, or there is nothing to undo.
    """
    history = stay_history(tx, cancellation.admission_id)
    repeated = any(step.id == cancellation.id for step in history)
    latest = next((step for step in history if step.can_cancel), None)
    if not repeated and latest is not None and latest.id != step_id:
        raise ConflictError(
            "Another step was recorded meanwhile. Look at what would be undone now, and save"
            " again."
        )
    return cancel_latest_step(tx, cancellation)
