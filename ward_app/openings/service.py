"""Commands on openings: break the glass, close, review. Callers own the transaction."""

from __future__ import annotations

from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.requires import requires
from ward_app.openings.types import FEWEST_LETTERS, Decision, NewReview, OpeningKind
from ward_app.staff.types import Permission

_OPEN = "SELECT auth.open_chart(%s, %s, %s)"
_CLOSE = "SELECT auth.close_chart(%s)"
_REVIEW = "SELECT auth.review_opening(%s, %s, %s, %s, %s)"


@requires(Permission.CHART_OPEN)
def open_with_reason(tx: Transaction, patient_id: UUID, kind: OpeningKind, *, reason: str) -> None:
    """Open one chart for an hour; it is readable from the next transaction on.

    On record, told to who leads the patient's ward and put into the queue of reviews by the
    database, in this transaction.

    Args:
        tx: the running transaction.
        patient_id: of another ward (`BREAK_GLASS`), or marked private on one's own (`PRIVACY`).
        kind: one of these two.
        reason: at least ten letters.

    Raises:
        RuleBrokenError: the reason is too short.
        NotPermittedError: the patient is not in this hospital now, or not on one's wards, or the
            role does not break the glass.
    """
    words = reason.strip()
    if len(words) < FEWEST_LETTERS:
        raise RuleBrokenError(
            f"Say why in at least {FEWEST_LETTERS} letters. It is read in the review.",
            field="reason",
        )
    if not tx.value(_OPEN, (patient_id, kind.value, words)):
        raise tx.out_of_reach(
            "This patient is not in this hospital any more, so there is no chart to open."
            if kind is OpeningKind.BREAK_GLASS
            else "This patient is not on one of your wards any more, so the chart stays closed."
        )


@requires(Permission.CHART_OPEN)
def close_chart(tx: Transaction, patient_id: UUID) -> bool:
    """Take back the right to read a chart opened with a reason; False: it was closed already."""
    closed: bool = tx.value(_CLOSE, (patient_id,))
    return closed


@requires(Permission.ACCESS_REVIEW)
def review_opening(tx: Transaction, new: NewReview) -> None:
    """Record a decision about an opening; repeating it changes nothing.

    A question (`Decision.ASKED`) is sent to who opened the chart, and decides nothing.

    Raises:
        RuleBrokenError: nothing is said about it.
        NotPermittedError: it is one's own, or of a ward one does not review.
        ConflictError: somebody else decided meanwhile.
    """
    if not new.words.strip():
        raise RuleBrokenError("Say in a few words why.", field="reason")
    values = new.id, new.opening_id, Decision(new.decision).value, new.words.strip(), new.after
    outcome: str = tx.value(_REVIEW, values)
    if outcome == "own":
        raise NotPermittedError("Somebody else has to review what you opened yourself.")
    if outcome == "not_yours":
        raise NotPermittedError("This opening is not one of your wards'.")
    if outcome == "changed":
        raise ConflictError("Somebody else said something about it just now. Look at it again.")
