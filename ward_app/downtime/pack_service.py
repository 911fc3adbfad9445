"""Putting on record that the pack of a ward is printed or saved."""

from __future__ import annotations

from uuid import UUID

from ward_app.audit.service import record_report
from ward_app.audit.types import Action
from ward_app.board.queries import ward_board
from ward_app.core.database import Transaction


def record_pack(tx: Transaction, ward_id: UUID, what: str, *, action: Action) -> None:
    """Put on record, before it happens, that a ward's pack leaves: for the ward and each patient.

    Args:
        tx: the running transaction.
        ward_id: the ward.
        what: "ward pack, printer, A4".
        action: PRINT on paper, EXPORT into a file.

    Raises:
        NotPermittedError: the ward is none of the reader's.
    """
    beds = ward_board(tx, (ward_id,)).beds
    stays = tuple(bed.admission_id for bed in beds if bed.admission_id and bed.patient_id)
    record_report(tx, (ward_id,), what, stays, action=action)
