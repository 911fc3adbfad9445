"""Commands on escalations: raise a concern, answer, silence. Callers own the transaction.

The database decides, in one function per command; here its outcome becomes a sentence.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.requires import requires
from ward_app.escalations.rules import SILENCE_MINUTES, check_acceptance, check_answer
from ward_app.escalations.types import (
    Answered,
    NewAcceptedScore,
    NewAnswer,
    NewConcern,
    ScoreTakenBack,
)
from ward_app.staff.types import Permission

_CONCERN = "SELECT outcome, by_name, at FROM report.raise_concern(%s, %s, %s)"
_ANSWER = """
SELECT outcome, by_name, at
FROM report.answer_escalation(%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_SILENCE = "SELECT report.silence_escalations(%s, %s, %s::smallint)"

_ACCEPT = "SELECT outcome, by_name, at FROM report.accept_score(%s, %s, %s, %s, %s)"
_TAKE_BACK = "SELECT outcome, by_name, at FROM report.take_back_accepted_score(%s, %s, %s)"

_SENTENCES = {
    "no_call": "The latest score calls nobody, so there is nothing to accept.",
    "in_past": "This time is past. Enter when the score is to be reviewed.",
    "too_long": "A score is accepted for 24 hours at most. Enter an earlier time.",
    "gone": "This has ended meanwhile: by a new call, or a colleague took it back.",
    "in_future": "The time of the answer lies in the future. Check it.",
    "too_early": "The time of the answer lies before the call. Check it.",
    "nurse_unknown": "The nurse named does not work on this ward. Choose one of the list.",
    "sepsis_unanswered": "Answer first whether this could be sepsis.",
    "nobody_answered": (
        "Nobody has answered yet. Record who acknowledged or came, or why nobody is called."
    ),
}
_FIELDS = {
    "in_future": "occurred_at",
    "too_early": "occurred_at",
    "nurse_unknown": "nurse_id",
    "in_past": "until_at",
    "too_long": "until_at",
}


class EscalationClosedError(ConflictError):
    """The escalation was brought to its end meanwhile; `by_name` and `at` say by whom, when."""

    def __init__(self, message: str, *, by_name: str, at: datetime) -> None:
        super().__init__(message)
        self.by_name = by_name
        self.at = at


@requires(Permission.ESCALATION_RAISE)
def raise_concern(tx: Transaction, concern: NewConcern) -> None:
    """Call for help because somebody is worried, whatever the score; repeating changes nothing.

    Joins the escalation that is open, or raises it when it is less urgent.

    Raises:
        RuleBrokenError: the worry is not put into words.
        NotPermittedError: the patient is on none of the reader's wards.
    """
    if not concern.words.strip():
        raise RuleBrokenError("Say what worries you.", field="words")
    values = (concern.id, concern.admission_id, concern.words.strip())
    _accepted(tx.tuples(_CONCERN, values)[0])


@requires(Permission.ESCALATION_ANSWER)
def answer(tx: Transaction, given: NewAnswer) -> Answered:
    """Record an answer; repeating it changes nothing. Of two acknowledgements the first counts.

    Raises:
        RuleBrokenError: code, words, time or nurse cannot be, or something must come first.
        EscalationClosedError: somebody brought the escalation to its end meanwhile.
        NotPermittedError: the role does not allow it, or the patient is not in reach.
    """
    check_answer(given)
    values = (
        given.id,
        given.escalation_id,
        given.kind.value,
        given.occurred_at,
        given.role and given.role.value,
        _said(given.person),
        given.nurse_id,
        given.code,
        _said(given.words),
    )
    return _accepted(tx.tuples(_ANSWER, values)[0])


@requires(Permission.ESCALATION_ANSWER)
def answer_all(tx: Transaction, given: tuple[NewAnswer, ...]) -> Answered:
    """Record several answers in order, or none; return what became of the last.

    Raises as `answer`.
    """
    outcomes = [answer(tx, each) for each in given]
    return outcomes[-1]


@requires(Permission.ESCALATION_ACCEPT)
def accept_score(tx: Transaction, new: NewAcceptedScore) -> None:
    """Record that a patient's score was accepted until a time; repeating it changes nothing.

    An escalation that is open ends with it. The score calls again when the time has come, when
    it rises, or when a value turns red that was not; a concern calls at any time.

    Raises:
        RuleBrokenError: it does not say who, why or until when, the time is past or more than
            24 hours ahead, the latest score calls nobody, or the sepsis question is open.
        NotPermittedError: the role does not allow it, or the patient is not in reach.
    """
    check_acceptance(new)
    who, why = new.decided_by.strip(), new.reason.strip()
    values = (new.id, new.admission_id, new.until_at, who, why)
    _accepted(tx.tuples(_ACCEPT, values)[0])


@requires(Permission.ESCALATION_ACCEPT)
def take_back_score(tx: Transaction, end: ScoreTakenBack) -> None:
    """End an agreement before its time: the score calls again, at once if it still stands.

    Raises:
        RuleBrokenError: no reason is given, or it has ended meanwhile.
        NotPermittedError: the role does not allow it, or the patient is not in reach.
    """
    if not end.reason.strip():
        raise RuleBrokenError("Say why it is taken back.", field="reason")
    _accepted(tx.tuples(_TAKE_BACK, (end.id, end.accepted_id, end.reason.strip()))[0])


@requires(Permission.PATIENT_VIEW)
def silence(
    tx: Transaction, silence_id: UUID, ward_ids: tuple[UUID, ...], *, minutes: int
) -> None:
    """Record that this station's sound is off for so many minutes; nothing else stops.

    Raises:
        RuleBrokenError: the time is none of `SILENCE_MINUTES`.
    """
    if minutes not in SILENCE_MINUTES:
        raise RuleBrokenError("The sound is silenced for 5, 10 or 15 minutes.", field="minutes")
    tx.execute(_SILENCE, (silence_id, list(ward_ids), minutes))


def _said(words: str | None) -> str | None:
    return (words or "").strip() or None


def _accepted(row: tuple[str, str | None, datetime | None]) -> Answered:
    outcome, by_name, at = row
    match outcome:
        case "done":
            return Answered()
        case "already":
            return Answered(by_name=by_name, at=at)
        case "closed" if by_name is not None and at is not None:
            raise EscalationClosedError(
                f"This escalation was brought to its end by {by_name}. Your entry is kept; look "
                "at the history.",
                by_name=by_name,
                at=at,
            )
        case "not_in_reach":
            raise NotPermittedError("This patient is not on one of your wards.")
    raise RuleBrokenError(_SENTENCES[outcome], field=_FIELDS.get(outcome))
