"""Why a set is due, in the few words a board or chart has room for. No Qt."""

from __future__ import annotations

from ward_app.schedule.types import DueReason

_WORDS = {
    DueReason.ARRIVAL.value: "first set after arrival",
    DueReason.SCORE.value: "by the score",
    DueReason.PLAN.value: "by plan",
    DueReason.REFUSED.value: "refused before",
    DueReason.DEFERRED.value: "put off",
    DueReason.RESTART.value: "first set after return",
    DueReason.PAUSED.value: "paused by leave",
}


def due_reason_text(reason: str | None) -> str:
    """Return why a set is due when it is, empty when that is not known."""
    return _WORDS.get(reason or "", "")
