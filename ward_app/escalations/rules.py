"""Rules of escalation: what is loudest, what rings, what an answer must say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from ward_app.core.errors import RuleBrokenError
from ward_app.escalations.types import (
    DeclineReason,
    EventKind,
    Level,
    NewAcceptedScore,
    NewAnswer,
    OpenEscalation,
    Outcome,
    SepsisAnswer,
    State,
    WardAlerts,
)

SILENCE_MINUTES = (5, 10, 15)
"""How long a station's sound may be off (site rule: short enough to ring within the shortest
time to arrive that is shipped)."""

LONGEST_ACCEPTANCE = timedelta(hours=24)
"""How long a score may be accepted at most (site rule, for the hospital to confirm: it is looked
at again at least at each day's round). The database refuses more."""

_URGENCY = {Level.LOW: 1, Level.LOW_MEDIUM: 2, Level.CONCERN: 3, Level.MEDIUM: 3, Level.HIGH: 4}
# site rule, by urgency: an emergency is heard again soon, a lesser call does not tire the ear
_RING_EVERY = {
    1: timedelta(minutes=10),
    2: timedelta(minutes=5),
    3: timedelta(minutes=1),
    4: timedelta(seconds=20),
}
_CODES: Mapping[EventKind, type[StrEnum]] = {
    EventKind.OUTCOME: Outcome,
    EventKind.NOT_ESCALATED: DeclineReason,
    EventKind.SEPSIS_ANSWERED: SepsisAnswer,
}
_CODE_ASKED = {
    EventKind.OUTCOME: "Say what came of it.",
    EventKind.NOT_ESCALATED: "Say why nobody is called.",
    EventKind.SEPSIS_ANSWERED: "Say whether this could be sepsis.",
}
_WORDS_ASKED = {
    EventKind.PLANNED: "Say what is planned.",
    EventKind.NOTIFIED: "Say who was told.",
}
_OTHER = "other"


def urgency(level: Level) -> int:
    """Return how urgent a level is, 4 the most; a concern counts as an urgent score does."""
    return _URGENCY[level]


def worst_first(items: Iterable[OpenEscalation]) -> tuple[OpenEscalation, ...]:
    """Return the escalations with the unanswered first, then the most urgent, then the longest."""

    def key(item: OpenEscalation) -> tuple[bool, int, datetime]:
        return item.state is not State.UNANSWERED, -urgency(item.level), item.opened_at

    return tuple(sorted(items, key=key))


def open_for(item: OpenEscalation, now: datetime) -> timedelta:
    """Return how long the escalation is open, by elapsed time, whatever the clocks show."""
    return now.astimezone(UTC) - item.opened_at.astimezone(UTC)


def time_left(item: OpenEscalation, now: datetime) -> timedelta | None:
    """Return the time until an answer is due, negative once it is late; None = none is owed."""
    if item.respond_by is None:
        return None
    return item.respond_by.astimezone(UTC) - now.astimezone(UTC)


def is_late(item: OpenEscalation, now: datetime) -> bool:
    """Whether the acknowledgement or the arrival that is owed is past its time."""
    left = time_left(item, now)
    return left is not None and left < timedelta()


def rings(item: OpenEscalation, now: datetime) -> bool:
    """Whether the escalation asks for attention by sound: unanswered, or nobody came in time."""
    return item.state is State.UNANSWERED or is_late(item, now)


def ring_every(items: Iterable[OpenEscalation], now: datetime) -> timedelta | None:
    """Return how often to sound for what rings of these, by the most urgent; None = not at all."""
    ringing = [urgency(item.level) for item in items if rings(item, now)]
    return _RING_EVERY[max(ringing)] if ringing else None


def ward_alerts(items: Iterable[OpenEscalation], now: datetime) -> tuple[WardAlerts, ...]:
    """Return how many escalations ring on each ward that has one, wards in the order met."""
    counted: dict[object, WardAlerts] = {}
    for item in items:
        if rings(item, now):
            before = counted.get(item.ward_id)
            counted[item.ward_id] = WardAlerts(
                ward_id=item.ward_id,
                ward_name=item.ward_name,
                unanswered=1 + (before.unanswered if before else 0),
            )
    return tuple(counted.values())


def check_answer(answer: NewAnswer) -> None:
    """Accept an answer that says what its kind must say.

    Raises:
        RuleBrokenError: the time has no zone, or code, words or the nurse's name are missing.
    """
    if answer.occurred_at.tzinfo is None:
        raise RuleBrokenError("The time of the answer needs a zone.", field="occurred_at")
    if answer.kind is EventKind.INFORMED and answer.nurse_id is None:
        raise RuleBrokenError("Name the registered nurse who was informed.", field="nurse_id")
    codes = _CODES.get(answer.kind)
    if codes is not None and answer.code not in set(codes):
        raise RuleBrokenError(_CODE_ASKED[answer.kind], field="code")
    if not (answer.words or answer.person or "").strip():
        _check_words(answer)


def _check_words(answer: NewAnswer) -> None:
    if answer.kind in _WORDS_ASKED:
        raise RuleBrokenError(_WORDS_ASKED[answer.kind], field="words")
    if answer.code in {_OTHER, SepsisAnswer.UNSURE.value}:
        raise RuleBrokenError("Say it in your own words.", field="words")


def check_acceptance(new: NewAcceptedScore) -> None:
    """Accept an agreement that says until when, who agreed and why.

    Raises:
        RuleBrokenError: one of them is missing, or the time has no zone.
    """
    if new.until_at.tzinfo is None:
        raise RuleBrokenError("The time of the review needs a zone.", field="until_at")
    if not new.decided_by.strip():
        raise RuleBrokenError("Name who agreed.", field="decided_by")
    if not new.reason.strip():
        raise RuleBrokenError("Say why, and what is planned.", field="reason")
