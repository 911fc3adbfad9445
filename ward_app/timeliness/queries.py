"""What was due on wards in a stretch of time, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.reading import may_lag, unhurried
from ward_app.lane.queries import let_sleep_until
from ward_app.lane.types import Asked, Kind
from ward_app.shifts.queries import shifts_between
from ward_app.shifts.types import Shift
from ward_app.timeliness.rules import let_sleep
from ward_app.timeliness.types import Due, Outcome, Work

# What the database makes of schedule and events, with the names that the reader's wards show.
# Row security leaves out who is out of reach.
_FROM = """
JOIN room.wards w ON w.id = d.ward_id
LEFT JOIN admission.admissions a ON a.id = d.admission_id
LEFT JOIN patient.patients p ON p.id = a.patient_id
LEFT JOIN admission.bed_stays s
    ON s.admission_id = d.admission_id AND upper_inf(s.during) AND s.voided_at IS NULL
LEFT JOIN room.beds b ON b.id = s.bed_id
"""

# a set taken while nothing was due answered nothing
_OBSERVATIONS = f"""
SELECT d.admission_id, d.ward_id, w.name, p.family_name, p.given_name, p.title, b.label,
    d.due_at, d.due_reason, d.outcome, d.deferral_reason, d.answered_at, u.display_name,
    d.minutes_late
FROM report.observation_dues(%s, %s, %s) d {_FROM}
LEFT JOIN public.users u ON u.id = d.answered_by
WHERE d.due_reason <> 'unasked'
ORDER BY d.due_at, d.admission_id
"""  # noqa: S608 - constant text

_ESCALATIONS = f"""
SELECT d.admission_id, d.ward_id, w.name, p.family_name, p.given_name, p.title, b.label,
    d.due_at, d.level || ', ' || d.due_reason, d.outcome, d.decline_reason, d.answered_at,
    d.answered_by, d.minutes_late
FROM report.escalation_answers(%s, %s, %s) d {_FROM}
ORDER BY d.due_at, d.escalation_id, d.due_reason
"""  # noqa: S608 - constant text

# of checklists and of instruments: the title is the cause
_NAMED = f"""
SELECT d.admission_id, d.ward_id, w.name, p.family_name, p.given_name, p.title, b.label,
    d.due_at, d.title, d.outcome, d.deferral_reason, d.answered_at, u.display_name,
    d.minutes_late
FROM {{}}(%s, %s, %s) d {_FROM}
LEFT JOIN public.users u ON u.id = d.answered_by
ORDER BY d.due_at, d.title, d.admission_id
"""  # noqa: S608 - constant text

_SQL = {
    Work.OBSERVATIONS: _OBSERVATIONS,
    Work.ESCALATION: _ESCALATIONS,
    Work.ROUNDS: _NAMED.format("rounding.round_dues"),
    Work.ASSESSMENTS: _NAMED.format("report.assessments_due"),
}

_KINDS = {
    Work.OBSERVATIONS: Kind.SET,
    Work.ROUNDS: Kind.ROUND,
    Work.ASSESSMENTS: Kind.ASSESSMENT,
}


@may_lag
@unhurried
def dues(
    tx: Transaction, work: Work, ward_ids: tuple[UUID, ...], *, since: datetime, until: datetime
) -> tuple[Due, ...]:
    """Return each time something was due on these wards, earliest first.

    From `since` to before `until`, both aware. Wards on which the reader does not work are left
    out.

    Raises:
        NotPermittedError: the reader may not see patients.
    """

    def due(*columns: Any) -> Due:
        return _due(work, columns)

    found = _with_nights(tx, work, tx.rows(due, _SQL[work], (list(ward_ids), since, until)))
    shifts = {ward: shifts_between(tx, ward, since, until) for ward in {d.ward_id for d in found}}
    return tuple(_in_shift(due, shifts[due.ward_id]) for due in found)


def _with_nights(tx: Transaction, work: Work, found: Sequence[Due]) -> Sequence[Due]:
    """Return the rows with who was let sleep by the ward's own decision told apart."""
    kind = _KINDS.get(work)
    unanswered = (Outcome.LATE, Outcome.MISSED)
    asked = {
        place: Asked(due.ward_id, due.admission_id, kind, due.due_at)
        for place, due in enumerate(found)
        if kind is not None and due.outcome in unanswered
    }
    waits = dict(zip(asked, let_sleep_until(tx, tuple(asked.values())), strict=True))
    return let_sleep(found, [waits.get(place) for place in range(len(found))])


def _due(work: Work, columns: tuple[Any, ...]) -> Due:
    names = (
        "admission_id",
        "ward_id",
        "ward_name",
        "family_name",
        "given_name",
        "title",
        "bed_label",
        "due_at",
        "reason",
        "outcome",
        "deferral",
        "answered_at",
        "answered_by",
        "minutes_late",
    )
    values = dict(zip(names, columns, strict=True))
    return Due(work=work, **values | {"outcome": Outcome(values["outcome"])})


def _in_shift(due: Due, shifts: Sequence[Shift]) -> Due:
    """Return a row with the shift that had begun last when it was due; they come in order."""
    running = [one for one in shifts if one.from_at <= due.due_at < one.until_at]
    if not running:
        return due
    return replace(due, shift=running[-1].name, shift_from_at=running[-1].from_at)
