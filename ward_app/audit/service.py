"""Opening what must be logged before it can be read."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ward_app.audit.types import Action
from ward_app.core.database import Transaction
from ward_app.core.errors import NotPermittedError
from ward_app.core.requires import requires
from ward_app.openings.types import ReasonNeededError
from ward_app.staff.types import Permission

_OPEN_CHARTS = """
SELECT count(*) FROM unnest(%s::uuid[]) patient_id
WHERE NOT auth.open_chart(patient_id, 'ward', NULL)
"""

_OPEN_REACHABLE = """
SELECT patient_id FROM unnest(%s::uuid[]) patient_id
WHERE auth.open_chart(patient_id, 'ward', NULL)
"""


@requires(Permission.CHART_OPEN)
def open_chart(tx: Transaction, patient_id: UUID) -> None:
    """Log that the chart is opened; it is readable from the next transaction on.

    Raises:
        ReasonNeededError: the patient is marked private, and the reader does not look after her.
        NotPermittedError: the patient is on none of the reader's wards.
    """
    if not tx.value("SELECT auth.open_chart(%s, 'ward', NULL)", (patient_id,)):
        if tx.value("SELECT auth.asks_for_reason(%s)", (patient_id,)):
            raise ReasonNeededError(
                "This patient is marked private. Open the chart (Enter on the board) and say why."
            )
        raise tx.out_of_reach(
            "This patient is not on one of your wards, so the chart stays closed."
        )


@requires(Permission.CHART_OPEN)
def open_charts(tx: Transaction, patient_ids: Sequence[UUID]) -> None:
    """Log that several charts are opened; they are readable from the next transaction on.

    Raises:
        NotPermittedError: one of the patients is on none of the reader's wards; then none is
            opened.
    """
    refused = tx.value(_OPEN_CHARTS, (list(patient_ids),))
    if refused:
        raise NotPermittedError(
            "A patient is no longer on one of your wards, or is marked private and not in your"
            " care, so no chart was opened. Look again, or open that chart first."
        )


@requires(Permission.CHART_OPEN)
def open_reachable_charts(tx: Transaction, patient_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Log that the charts of a round are opened, and return whose.

    They are readable from the next transaction on. A patient who has left the reader's wards
    meanwhile stays closed and is left out; the others are opened all the same.
    """
    opened: list[UUID] = tx.rows(
        lambda patient_id: patient_id, _OPEN_REACHABLE, (list(patient_ids),)
    )
    return frozenset(opened)


@requires(Permission.CHART_OPEN)
def record_print(
    tx: Transaction, patient_id: UUID, what: str, *, action: Action = Action.PRINT
) -> None:
    """Put on record that an open chart is printed or saved as a file, before it is.

    Args:
        tx: the running transaction.
        patient_id: whose chart; it must have been opened in an earlier transaction.
        what: "observation chart, PDF, A4, 2 pages"; no value of the patient's.
        action: PRINT on paper, EXPORT into a file.

    Raises:
        NotPermittedError: the chart is not open.
    """
    if not tx.value("SELECT auth.record_print(%s, %s, %s)", (patient_id, what, action.value)):
        raise NotPermittedError(
            "This chart is not open to you any more. Go back to the board and open it again."
        )


@requires(Permission.PATIENT_VIEW)
def record_report(
    tx: Transaction,
    ward_ids: Sequence[UUID],
    what: str,
    stays: Sequence[UUID] = (),
    *,
    action: Action = Action.PRINT,
) -> None:
    """Put on record that a report on wards is printed or saved as a file, before it is.

    Args:
        tx: the running transaction.
        ward_ids: the wards it tells of.
        what: "Timeliness of rounds, by ward, CSV, 12 rows"; no value of a patient's.
        stays: those whose patients it names; it stands on the record of each of them.
        action: PRINT on paper, EXPORT into a file.

    Raises:
        NotPermittedError: a ward, or a patient who is named, is not within reach.
    """
    values = (list(ward_ids), list(stays), what, action.value)
    if not tx.value("SELECT auth.record_report(%s, %s, %s, %s)", values):
        raise NotPermittedError(
            "A patient or a ward of this report is not within your reach any more."
            " Read it again (F5)."
        )


@requires(Permission.PATIENT_SEARCH)
def open_directory(tx: Transaction) -> None:
    """Log that the patient directory is opened; it can be searched for the next 15 minutes."""
    tx.execute("SELECT auth.open_directory()")


@requires(Permission.AUDIT_READ)
def open_trail(tx: Transaction, what: str) -> None:
    """Put on record what is asked of the audit trail; it is readable from the next transaction on.

    It stays open to this session for 15 minutes.

    Args:
        tx: the running transaction.
        what: the question in words, "Openings, 14-Nov-2026 to 21-Nov-2026, patient 400 123 4567".

    Raises:
        NotPermittedError: the person may not read the trail.
    """
    tx.execute("SELECT auth.open_trail(%s)", (what,))


@requires(Permission.AUDIT_READ)
def record_trail(tx: Transaction, what: str, *, action: Action) -> None:
    """Put on record that the trail is printed or saved as a file, before it is.

    Raises:
        NotPermittedError: the trail is not open.
    """
    if not tx.value("SELECT auth.record_trail(%s, %s)", (what, action.value)):
        raise NotPermittedError("The audit trail is not open any more. Read it again (F5).")
