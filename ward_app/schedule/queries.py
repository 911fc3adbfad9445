"""Reads of the schedule: the worklist of wards, and one patient's line of it."""

from __future__ import annotations

from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.schedule.rules import urgency
from ward_app.schedule.types import DueItem

# One call; its columns are DueItem's, in its order.
_DUE_LIST = "SELECT * FROM report.due_list(%s)"

_DUE_OF = "SELECT * FROM report.due_list(%s) WHERE admission_id = %s"


def due_list(tx: Transaction, ward_ids: tuple[UUID, ...]) -> tuple[DueItem, ...]:
    """Return every patient of these wards, longest overdue first, those on leave last.

    Wards on which the reader does not work are left out.

    Raises:
        NotPermittedError: the reader may not see patients.
    """
    return tuple(sorted(tx.rows(DueItem, _DUE_LIST, (list(ward_ids),)), key=urgency))


def due_of(tx: Transaction, ward_id: UUID, admission_id: UUID) -> DueItem | None:
    """Return what is due for one patient, None when she is not on that ward any more."""
    return tx.row(DueItem, _DUE_OF, ([ward_id], admission_id))
