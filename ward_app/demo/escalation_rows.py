"""Who was called to the ill among the invented patients, and how far the answer has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from uuid import UUID

from ward_app.demo.charts import ChartedSet
from ward_app.demo.hospital import SEVEN_EAST, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import NURSE, STAFF
from ward_app.demo.stays import Stay
from ward_app.observations.types import Risk, Score

_CALLED = {
    Risk.LOW_MEDIUM: "medical_team",
    Risk.MEDIUM: "medical_team",
    Risk.HIGH: "medical_registrar",
}
_ASKS_SEPSIS_FROM = 5
_RECORDER = next(one.id for one in STAFF if one.login == NURSE)


@dataclass(frozen=True, slots=True)
class _Tale:
    """How long ago somebody was called, and what happened so many minutes after that."""

    opened_minutes_ago: int
    events: tuple[tuple[int, str, str | None, str | None], ...]


# minutes after the call, kind, code, words or name; the ward that is shown has one of each
_UNANSWERED = _Tale(6, ((1, "notified", None, "Switchboard, bleep 321"),))
_ACKNOWLEDGED = _Tale(
    19, ((4, "acknowledged", None, "Dr Lindqvist"), (5, "sepsis_answered", "not_suspected", None))
)
_PLANNED = _Tale(
    48,
    (
        (6, "acknowledged", None, "Dr Okonkwo"),
        (9, "sepsis_answered", "suspected", None),
        (22, "arrived", None, "Dr Okonkwo"),
        (31, "planned", None, "Cultures, antibiotics, fluids; reviewed again within the hour"),
    ),
)
_ANSWERED = _Tale(
    75,
    (
        (8, "acknowledged", None, "Dr Okonkwo"),
        (10, "sepsis_answered", "not_suspected", None),
        (25, "arrived", None, "Dr Okonkwo"),
        (40, "outcome", "stable_on_ward", None),
    ),
)
_OPEN_TALES = (_UNANSWERED, _ACKNOWLEDGED, _PLANNED)
# elsewhere, in turn: somebody is on the way, at the bedside, or the score was agreed on
_TURNS = (_ACKNOWLEDGED, _ANSWERED, _PLANNED, _ANSWERED)
_AGREED_FOR = timedelta(hours=4)
_AGREED = "Known and expected, treatment under way; reviewed on the evening round"


class Escalations:
    """Adds what the latest set of everybody called for: an open escalation, or an answered one.

    Where it was answered the score is accepted until later today: no high score stands on the
    board without somebody called or an agreement beside it.
    """

    def __init__(self, load: Load, now: datetime) -> None:
        self._load, self._now = load, now
        self._open = iter(_OPEN_TALES)
        self._turns = cycle(_TURNS)

    def add(self, stay: Stay, sets: Sequence[ChartedSet]) -> None:
        """Add what the latest set of somebody in hospital called for, if anything."""
        latest = sets[-1] if sets else None
        score = latest.score if latest else None
        if stay.left_at is not None or latest is None or score is None:
            return
        if score.risk not in _CALLED:
            return
        here = stay.ward is SEVEN_EAST
        tale = next(self._open, _ANSWERED) if here else next(self._turns)
        self._add(stay, latest, score, tale)
        if tale is _ANSWERED:
            self._accept(stay, latest, score)

    def _accept(self, stay: Stay, latest: ChartedSet, score: Score) -> None:
        agreed_at = self._now - timedelta(minutes=_ANSWERED.opened_minutes_ago - 40)
        self._load.add(
            "report.accepted_scores",
            id=id_of("accepted", stay.admission_id),
            admission_id=stay.admission_id,
            patient_id=stay.patient_id,
            vital_sign_id=latest.id,
            score_pack=score.pack,
            level=score.risk.value,
            points=score.at_least,
            until_at=agreed_at + _AGREED_FOR,
            decided_by=stay.ward.consultants[0],
            reason=_AGREED,
            occurred_at=agreed_at,
            recorded_at=agreed_at,
            recorded_by=_RECORDER,
        )

    def _add(self, stay: Stay, latest: ChartedSet, score: Score, tale: _Tale) -> None:
        opened_at = self._now - timedelta(minutes=tale.opened_minutes_ago)
        escalation_id = id_of("escalation", stay.admission_id)
        self._load.add(
            "report.escalations",
            id=escalation_id,
            admission_id=stay.admission_id,
            patient_id=stay.patient_id,
            ward_id=stay.ward.id,
            vital_sign_id=latest.id,
            level=score.risk.value,
            points=score.at_least,
            asks_sepsis=score.at_least >= _ASKS_SEPSIS_FROM,
            opened_at=opened_at,
            recorded_by=latest.by.id,
        )
        for after, kind, code, said in tale.events:
            at = opened_at + timedelta(minutes=after)
            self._add_event(stay, escalation_id, at, (kind, code, said, score.risk))

    def _add_event(
        self,
        stay: Stay,
        escalation_id: UUID,
        at: datetime,
        told: tuple[str, str | None, str | None, Risk],
    ) -> None:
        kind, code, said, risk = told
        by_name = kind in {"notified", "acknowledged", "arrived"}
        self._load.add(
            "report.escalation_events",
            id=id_of("escalation event", escalation_id, kind),
            escalation_id=escalation_id,
            patient_id=stay.patient_id,
            kind=kind,
            round=0,
            role=_CALLED[risk] if by_name else None,
            person=said if by_name else None,
            code=code,
            words=None if by_name else said,
            occurred_at=at,
            recorded_at=at,
            recorded_by=_RECORDER,
        )
