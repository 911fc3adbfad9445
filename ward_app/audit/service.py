"""Opening what must be logged before it can be read."""

from __future__ import annotations

from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import NotPermittedError


def open_chart(tx: Transaction, patient_id: UUID) -> None:
    """Log that the chart is opened; it is readable from the next transaction on.

    Raises:
        NotPermittedError: the patient is on none of the reader's wards.
    """
    if not tx.value("SELECT auth.open_chart(%s, 'ward', NULL)", (patient_id,)):
        raise NotPermittedError(
            "This patient is not on one of your wards, so the chart stays closed."
        )


def open_directory(tx: Transaction) -> None:
    """Log that the patient directory is opened; it can be searched for the next 15 minutes."""
    tx.execute("SELECT auth.open_directory()")
