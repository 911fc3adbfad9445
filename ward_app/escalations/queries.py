"""Reads of escalations: what is open on some wards, what became of those of one stay."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import NotPermittedError
from ward_app.escalations.rules import worst_first
from ward_app.escalations.types import (
    AcceptedScore,
    Colleague,
    Escalation,
    Event,
    EventKind,
    Level,
    OpenEscalation,
    OpenItems,
    ResponderRole,
    RuleStep,
    State,
)

_TICK = "SELECT report.tick_escalations(%s)"

_OPEN = """
SELECT id, admission_id, patient_id, ward_id, ward_name, bed_label, family_name, given_name,
    title, level, points, opened_at, since, state, step, role, respond_by, needs_nurse,
    asks_sepsis, answered_by, answered_at, told
FROM report.open_escalations(%s)
"""

_OPEN_OF_STAY = """
SELECT id, admission_id, patient_id, ward_id, ward_name, bed_label, family_name, given_name,
    title, level, points, opened_at, since, state, step, role, respond_by, needs_nurse,
    asks_sepsis, answered_by, answered_at, told
FROM report.open_escalations(ARRAY(
    SELECT b.ward_id FROM admission.bed_stays b
    WHERE b.admission_id = %(admission_id)s AND upper_inf(b.during) AND b.voided_at IS NULL))
WHERE admission_id = %(admission_id)s ORDER BY opened_at LIMIT 1
"""

_MAY_READ = """
SELECT a.patient_id = ANY (auth.open_patients()) FROM admission.admissions a WHERE a.id = %s
"""

_HISTORY = """
SELECT e.id, e.level, e.points, e.words, e.opened_at, u.display_name
FROM report.escalations e LEFT JOIN public.users u ON u.id = e.recorded_by
WHERE e.admission_id = %s ORDER BY e.opened_at DESC, e.seq DESC
"""

_EVENTS = """
SELECT v.escalation_id, v.id, v.kind, v.occurred_at, v.recorded_at, u.display_name, v.role,
    v.person, v.level, v.points, v.code, v.words
FROM report.escalation_events v LEFT JOIN public.users u ON u.id = v.recorded_by
WHERE v.escalation_id = ANY (%s) ORDER BY v.occurred_at, v.seq
"""

_COLLEAGUES = "SELECT id, display_name, profession FROM report.colleagues(%s)"

_ACCEPTED = """
SELECT id, points, until_at, decided_by, reason, recorded_by, recorded_at
FROM report.accepted_now(%s)
"""

_UNSCORED = """
SELECT (b.bed).ward_name, (b.bed).bed_label FROM report.ward_board_v2(%s) b
WHERE (b.bed).observed_at IS NOT NULL
  AND coalesce((b.bed).news2_total, (b.bed).news2_at_least) IS NULL
"""

_RULES = """
SELECT DISTINCT ON (r.level, r.step, r.ward_id) w.code, r.level, r.step, r.role,
    r.acknowledge_minutes, r.arrive_minutes, r.renotify_minutes, r.cascade_minutes, r.source,
    r.is_active
FROM report.escalation_rules r LEFT JOIN room.wards w ON w.id = r.ward_id
ORDER BY r.level, r.step, r.ward_id, r.facility_id IS NULL, r.seq DESC
"""


# the columns of both statements, in their order
_FIELDS = tuple(field.name for field in fields(OpenEscalation))


def open_items(tx: Transaction, ward_ids: tuple[UUID, ...]) -> OpenItems:
    """Return everything on these wards that nobody brought to an end, worst first.

    Items belong to the patient: they come along to whatever ward she is moved to and to
    whoever works there, and lead the handover.
    """
    found = tx.rows(open_of, _OPEN, (list(ward_ids),))
    return OpenItems(escalations=worst_first(found), read_at=tx.now)


def watched_items(tx: Transaction, ward_ids: tuple[UUID, ...]) -> OpenItems:
    """Return the open items, after writing down what fell due since anybody looked."""
    tx.value(_TICK, (list(ward_ids),))
    return open_items(tx, ward_ids)


def alerts(tx: Transaction, ward_ids: tuple[UUID, ...]) -> OpenItems:
    """Return the open items as `watched_items`, and for whom no score can call."""
    found = watched_items(tx, ward_ids)
    unscored = tx.tuples(_UNSCORED, (list(ward_ids),))
    return replace(found, unscored=tuple((ward, bed) for ward, bed in unscored))


def open_escalation(tx: Transaction, admission_id: UUID) -> OpenEscalation | None:
    """Return the open escalation of a stay on one of the reader's wards, None when none is."""
    return tx.row(open_of, _OPEN_OF_STAY, {"admission_id": admission_id})


def escalation_history(tx: Transaction, admission_id: UUID) -> tuple[Escalation, ...]:
    """Return every escalation of a stay with all that happened, the latest first.

    Raises:
        NotPermittedError: the chart was not opened in an earlier transaction.
    """
    if not tx.value(_MAY_READ, (admission_id,)):
        raise NotPermittedError(
            "This chart is not open to you any more. Go back to the board and open it again."
        )
    heads = tx.tuples(_HISTORY, (admission_id,))
    events: dict[UUID, list[Event]] = {head[0]: [] for head in heads}
    for escalation_id, *columns in tx.tuples(_EVENTS, (list(events),)):
        events[escalation_id].append(_event(columns))
    return tuple(_escalation(head, tuple(events[head[0]])) for head in heads)


def colleagues(tx: Transaction, admission_id: UUID) -> list[Colleague]:
    """Return the registered professionals of the ward where the patient is, by name."""

    def make(user_id: UUID, display_name: str, profession: str | None) -> Colleague:
        return Colleague(id=user_id, display_name=display_name, profession=profession)

    return tx.rows(make, _COLLEAGUES, (admission_id,))


def accepted_score(tx: Transaction, admission_id: UUID) -> AcceptedScore | None:
    """Return what is agreed of a patient's score on one of the reader's wards, None = nothing.

    What is past its time is returned until a set was taken or somebody was called since.
    """

    def make(*columns: Any) -> AcceptedScore:
        names = (field.name for field in fields(AcceptedScore))
        return AcceptedScore(**dict(zip(names, columns, strict=True)))

    return tx.row(make, _ACCEPTED, (admission_id,))


def rule_steps(tx: Transaction) -> list[RuleStep]:
    """Return the steps in force for the reader's hospital, and those of single wards."""
    return [_rule(row) for row in tx.tuples(_RULES) if row[-1]]


def open_of(*columns: Any) -> OpenEscalation:
    """Return the columns of an open escalation as a value."""
    facts = dict(zip(_FIELDS, columns, strict=True))
    facts |= {
        "level": Level(facts["level"]),
        "state": State(facts["state"]),
        "role": ResponderRole(facts["role"]),
    }
    return OpenEscalation(**facts)


def _event(columns: list[Any]) -> Event:
    event_id, kind, occurred_at, recorded_at, recorded_by, role, person, level, *rest = columns
    points, code, words = rest
    return Event(
        id=event_id,
        kind=EventKind(kind),
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        recorded_by=recorded_by,
        role=ResponderRole(role) if role else None,
        person=person,
        level=Level(level) if level else None,
        points=points,
        code=code,
        words=words,
    )


def _escalation(head: tuple[Any, ...], events: tuple[Event, ...]) -> Escalation:
    escalation_id, level, points, words, opened_at, recorded_by = head
    return Escalation(
        id=escalation_id,
        level=Level(level),
        points=points,
        words=words,
        opened_at=opened_at,
        recorded_by=recorded_by,
        events=events,
    )


def _rule(row: tuple[Any, ...]) -> RuleStep:
    ward_code, level, step, role, acknowledge, arrive, renotify, cascade, source, _ = row
    return RuleStep(
        ward_code=ward_code,
        level=Level(level),
        step=step,
        role=ResponderRole(role),
        acknowledge_minutes=acknowledge,
        arrive_minutes=arrive,
        renotify_minutes=renotify,
        cascade_minutes=cascade,
        source=source,
    )
