"""Reads of shifts: which run, who is allocated, who holds beds, who is on duty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.reading import unhurried
from ward_app.core.reference import reference
from ward_app.shifts.rules import gaps_of, nearest_first, timeline
from ward_app.shifts.types import (
    Allocation,
    Gap,
    Held,
    OnDuty,
    Place,
    ResponsibilityEvent,
    Responsible,
    Shift,
    ShiftPlan,
    ShiftTimes,
    StaffMember,
)

_SHIFTS = """
SELECT s.name, s.shift_on, s.from_at, s.until_at, s.wanted
FROM public.shifts_between(%s, %s, %s) s ORDER BY s.from_at, s.until_at, s.name
"""

_TIMES = """
SELECT s.name, s.starts_at, s.ends_at, s.wanted, s.is_used, s.in_force_from, s.source,
    s.recorded_at, u.display_name
FROM public.ward_shifts s LEFT JOIN public.users u ON u.id = s.recorded_by
WHERE s.ward_id = %s ORDER BY s.name, s.in_force_from DESC, s.seq DESC
"""

# Its columns are Responsible's, in its order. The newest event of a bed says who holds it.
_RESPONSIBLE = """
SELECT d.id, d.label, b.user_id, u.display_name, b.occurred_at, %(shift)s, r.name,
    EXISTS (SELECT FROM admission.bed_stays s WHERE s.bed_id = d.id AND upper_inf(s.during)
            AND s.voided_at IS NULL),
    y.until_at, a.user_id, p.display_name
FROM room.beds d
JOIN room.rooms r ON r.id = d.room_id
LEFT JOIN LATERAL (
    SELECT e.user_id, e.occurred_at FROM public.bed_responsibilities e
    WHERE e.bed_id = d.id ORDER BY e.seq DESC LIMIT 1) b ON true
LEFT JOIN public.users u ON u.id = b.user_id
LEFT JOIN LATERAL (
    SELECT x.kind, x.until_at FROM public.duty_signs x
    WHERE x.user_id = b.user_id AND x.ward_id = d.ward_id AND x.duty = 'ward'
    ORDER BY x.seq DESC LIMIT 1) y ON y.kind = 'on' AND y.until_at > %(now)s
LEFT JOIN LATERAL (
    SELECT c.user_id FROM public.shift_allocations c
    WHERE c.bed_id = d.id AND c.shift_name = %(shift)s AND c.shift_on = %(shift_on)s
    ORDER BY c.seq DESC LIMIT 1) a ON true
LEFT JOIN public.users p ON p.id = a.user_id
WHERE d.ward_id = %(ward_id)s AND d.is_active
ORDER BY d.position
"""

_MINE = """
SELECT d.id FROM room.beds d WHERE d.ward_id = %s AND (SELECT auth.uid()) = (
    SELECT e.user_id FROM public.bed_responsibilities e
    WHERE e.bed_id = d.id ORDER BY e.seq DESC LIMIT 1)
"""

# What happened in the time, and of each bed the last before it.
_EVENTS = """
SELECT e.bed_id, e.user_id, u.display_name, e.how, e.occurred_at, g.given_by, g.given_to
FROM room.beds d
CROSS JOIN LATERAL (
    (SELECT x.* FROM public.bed_responsibilities x
     WHERE x.bed_id = d.id AND x.occurred_at <= %(from_at)s ORDER BY x.seq DESC LIMIT 1)
    UNION ALL
    (SELECT x.* FROM public.bed_responsibilities x
     WHERE x.bed_id = d.id AND x.occurred_at > %(from_at)s AND x.occurred_at < %(until_at)s)) e
LEFT JOIN public.users u ON u.id = e.user_id
LEFT JOIN LATERAL report.handover_people(e.handover_id) g ON true
WHERE d.ward_id = %(ward_id)s AND d.is_active
ORDER BY e.seq
"""

_BEDS = """
SELECT d.id, d.label FROM room.beds d WHERE d.ward_id = %s AND d.is_active ORDER BY d.position
"""

# Its columns are Allocation's, in its order.
_ALLOCATIONS = """
SELECT DISTINCT ON (d.position) a.id, a.bed_id, a.user_id, u.display_name, a.shift_name,
    a.shift_on, a.occurred_at, a.change_reason, w.display_name
FROM public.shift_allocations a
JOIN room.beds d ON d.id = a.bed_id
LEFT JOIN public.users u ON u.id = a.user_id
LEFT JOIN public.users w ON w.id = a.recorded_by
WHERE a.ward_id = %s AND a.shift_name = %s AND a.shift_on = %s
ORDER BY d.position, a.seq DESC
"""

_PLANNED_AHEAD = timedelta(hours=36)

_STAFF = "SELECT * FROM public.ward_staff(%s)"
_ON_DUTY = "SELECT * FROM public.on_duty()"
_PLACE = """
SELECT b.name, f.name FROM room.wards w
JOIN room.floors f ON f.id = w.floor_id
JOIN room.buildings b ON b.id = f.building_id
WHERE w.id = %s
"""


def shifts_between(
    tx: Transaction, ward_id: UUID, from_at: datetime, until_at: datetime
) -> tuple[Shift, ...]:
    """Return the ward's shifts that run at some time in [from_at, until_at), earliest first."""
    return tuple(tx.rows(Shift, _SHIFTS, (ward_id, from_at, until_at)))


def current_shift(tx: Transaction, ward_id: UUID, at: datetime) -> Shift | None:
    """Return the shift that runs at a moment, None when none does.

    At the hand-over, when two run, it is the one that began last.
    """
    running = shifts_between(tx, ward_id, at, at + timedelta(microseconds=1))
    return running[-1] if running else None


def shift_times(tx: Transaction, ward_id: UUID) -> tuple[ShiftTimes, ...]:
    """Return all times a ward ever set, by the shift's name, newest first."""
    return tuple(tx.rows(ShiftTimes, _TIMES, (ward_id,)))


def responsible_now(tx: Transaction, ward_id: UUID) -> tuple[Responsible, ...]:
    """Return who holds each bed of a ward now, in bed order; nobody is a row too."""
    shift = current_shift(tx, ward_id, tx.now)
    values: dict[str, Any] = {
        "ward_id": ward_id,
        "now": tx.now,
        "shift": shift.name if shift else None,
        "shift_on": shift.shift_on if shift else None,
    }
    return tuple(tx.rows(Responsible, _RESPONSIBLE, values))


def responsible_of_wards(tx: Transaction, ward_ids: Sequence[UUID]) -> tuple[Responsible, ...]:
    """Return who holds each bed of several wards now."""
    return tuple(bed for ward_id in ward_ids for bed in responsible_now(tx, ward_id))


def my_beds(tx: Transaction, ward_id: UUID) -> frozenset[UUID]:
    """Return the beds of a ward that the signed-in person holds now."""
    return frozenset(bed_id for (bed_id,) in tx.tuples(_MINE, (ward_id,)))


@unhurried
def responsible_between(
    tx: Transaction, ward_id: UUID, from_: datetime, until: datetime
) -> tuple[Held, ...]:
    """Return who held each bed at every minute of [from_, until), gaps as rows of nobody."""
    beds = dict(_beds(tx, ward_id))
    values = {"ward_id": ward_id, "from_at": from_, "until_at": until}
    return timeline(beds, tx.rows(ResponsibilityEvent, _EVENTS, values), from_, until)


def gaps(tx: Transaction, ward_id: UUID) -> tuple[Gap, ...]:
    """Return the patients' beds of a ward that nobody on duty holds now, in bed order."""
    return gaps_of(responsible_now(tx, ward_id))


def allocations(
    tx: Transaction, ward_id: UUID, shift_name: str, shift_on: date
) -> tuple[Allocation, ...]:
    """Return the allocations of one shift in force, in bed order."""
    return tuple(tx.rows(Allocation, _ALLOCATIONS, (ward_id, shift_name, shift_on)))


def shift_plan(tx: Transaction, ward_id: UUID, ahead: int) -> ShiftPlan:
    """Return what a shift is planned with: of the one that runs, or so many after it."""
    now = tx.now
    current = current_shift(tx, ward_id, now)
    begins = current.from_at if current else now
    found = shifts_between(tx, ward_id, now, now + _PLANNED_AHEAD)
    shifts = tuple(shift for shift in found if shift.from_at >= begins)
    shift = shifts[ahead % len(shifts)] if shifts else None
    given = allocations(tx, ward_id, shift.name, shift.shift_on) if shift else ()
    beds, staff = responsible_now(tx, ward_id), ward_staff(tx, ward_id)
    return ShiftPlan(shifts, shift, beds, given, staff)


def ward_staff(tx: Transaction, ward_id: UUID) -> tuple[StaffMember, ...]:
    """Return who works on a ward and signs on to duty, by grade and name."""
    return tuple(tx.rows(StaffMember, _STAFF, (ward_id,)))


def on_duty(tx: Transaction, near: UUID | None = None) -> tuple[OnDuty, ...]:
    """Return who is on duty in the house now, by building, floor and ward.

    With a ward to be `near`: its own people first, then those of its floor, of its building, and
    all others.
    """
    people = tuple(
        person._replace(beds=tuple(person.beds)) for person in tx.rows(OnDuty, _ON_DUTY)
    )
    place = _place(tx, near) if near else None
    return nearest_first(people, near, place) if near and place else people


@reference
def _beds(tx: Transaction, ward_id: UUID) -> tuple[tuple[UUID, str], ...]:
    """Return ids and labels of a ward's beds, in bed order."""
    return tuple((bed_id, label) for bed_id, label in tx.tuples(_BEDS, (ward_id,)))


@reference
def _place(tx: Transaction, ward_id: UUID) -> Place | None:
    """Return in which building and on which floor a ward is; None = there is none such here."""
    return tx.row(Place, _PLACE, (ward_id,))
