"""Reads of the shift lane: everything due on wards in one statement, and the wards' policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ward_app.core.database import Transaction
from ward_app.core.reference import reference
from ward_app.lane.rules import waits_until
from ward_app.lane.types import (
    Asked,
    DueEntry,
    Kind,
    LaneOfWards,
    LanePatient,
    Nurse,
    Policy,
    Source,
)
from ward_app.shifts.queries import my_beds, responsible_now
from ward_app.shifts.types import Responsible

HOURS = 12

# What may be due. A further kind of work is one more value here, and its action in the interface.
SOURCES = (
    Source(
        kind=Kind.SET,
        word="Observations",
        letter="O",
        sql="""SELECT p.ward_id, p.admission_id, NULL::uuid, NULL::text, NULL::integer, p.set_at,
                   NULL::text
               FROM patient p""",
    ),
    Source(
        kind=Kind.ROUND,
        word="Round",
        letter="R",
        sql="""SELECT r.ward_id, r.admission_id, r.template_id, r.title, r.work_minutes, r.due_at,
                   NULL::text
               FROM rounding.lane_rounds(%(wards)s, %(until)s) r""",
    ),
    Source(
        kind=Kind.TASK,
        word="Task",
        letter="T",
        sql="""SELECT t.ward_id, t.admission_id, t.id, t.title, NULL::integer, ARRAY[t.due_at],
                   t.shift_name
               FROM rounding.tasks_of_beds(%(wards)s) t WHERE t.due_at < %(until)s""",
    ),
    Source(
        kind=Kind.ASSESSMENT,
        word="Assessment",
        letter="A",
        sql="""SELECT w.id, a.admission_id, a.instrument_id, a.title, a.work_minutes::integer,
                   ARRAY[a.due_at], NULL::text
               FROM unnest(%(wards)s::uuid[]) w (id)
               CROSS JOIN LATERAL report.assessment_dues(w.id) a WHERE a.due_at < %(until)s""",
    ),
)

_PATIENT_COLUMNS = ", ".join(f"p.{name}" for name in LanePatient._fields)
_ITEMS = "\n    UNION ALL\n    ".join(
    f"SELECT '{source.kind}', s.* FROM ({source.sql}) s"  # noqa: S608 - of constants of this module
    for source in SOURCES
)

LANE_SQL = f"""
WITH patient AS MATERIALIZED (SELECT * FROM report.lane_patients(%(wards)s, %(until)s)),
item (kind, ward_id, admission_id, subject_id, words, minutes, due_at, shift) AS (
    {_ITEMS})
SELECT {_PATIENT_COLUMNS},
    i.kind, i.ward_id, i.admission_id, i.subject_id, i.words, i.minutes, i.due_at, i.shift
FROM patient p
FULL JOIN (SELECT * FROM item WHERE due_at[1] IS NOT NULL) i ON i.admission_id = p.admission_id
ORDER BY p.ward_name NULLS FIRST, p.bed_position, p.admission_id
"""  # noqa: S608 - of constants of this module

POLICIES = """
SELECT w.id, s.visit_minutes, s.night_from, s.night_until, s.sleep_kinds, s.sleep_risks,
    s.sleep_minutes, s.work_minutes
FROM unnest(%s) w (id)
CROSS JOIN LATERAL (
    SELECT o.* FROM rounding.lane_settings o WHERE o.ward_id = w.id OR o.ward_id IS NULL
    ORDER BY o.ward_id IS NULL, o.seq DESC LIMIT 1) s
"""

_NIGHTS = "SELECT * FROM rounding.nights_then(%s, %s, %s)"

_WIDTH = len(LanePatient._fields)


def shift_lane(tx: Transaction, ward_ids: tuple[UUID, ...], hours: int = HOURS) -> LaneOfWards:
    """Return what is due on these wards until so many hours from now, who is there, whose it is.

    Wards on which the reader does not work are left out.

    Raises:
        NotPermittedError: the reader may not see patients.
    """
    until = tx.now + timedelta(hours=hours)
    wards = list(ward_ids)
    beds = [bed for ward_id in wards for bed in responsible_now(tx, ward_id)]
    mine = [my_beds(tx, ward_id) for ward_id in wards]
    rows = tx.tuples(LANE_SQL, {"wards": wards, "until": until})
    return LaneOfWards(
        patients=_patients(rows),
        entries=tuple(_entry(row) for row in rows if row[_WIDTH] is not None),
        policies=dict(_policies(tx, ward_ids)),
        read_at=tx.now,
        until=until,
        nurses={bed.bed_id: nurse for bed in beds if (nurse := nurse_of(bed))},
        not_taken=frozenset(bed.bed_id for bed in beds if not is_held(bed)),
        mine=frozenset().union(*mine),
    )


@reference
def _policies(tx: Transaction, ward_ids: tuple[UUID, ...]) -> tuple[tuple[UUID, Policy], ...]:
    """Return the numbers in force of each of these wards."""
    return tuple(tx.rows(policy_of, POLICIES, (list(ward_ids),)))


def let_sleep_until(tx: Transaction, asked: Sequence[Asked]) -> tuple[datetime | None, ...]:
    """Return until when each of these could wait by what the ward had decided then, in order.

    None: it could not wait. What a ward decides later changes nothing of the past, and neither
    does a risk that was known later.

    Raises:
        NotPermittedError: the reader may not see patients.
    """
    columns = (
        [one.ward_id for one in asked],
        [one.admission_id for one in asked],
        [one.due_at for one in asked],
    )
    found: list[datetime | None] = [None] * len(asked)
    for place, zone, risk, *policy in tx.tuples(_NIGHTS, columns) if asked else ():
        one = asked[place - 1]
        _, then = policy_of(one.ward_id, *policy)
        until = waits_until(one.due_at, one.kind, risk, then, ZoneInfo(zone))
        found[place - 1] = until if until != one.due_at else None
    return tuple(found)


def is_held(bed: Responsible) -> bool:
    """Whether who holds a bed is on duty."""
    return bed.user_id is not None and bed.on_duty_until is not None


def nurse_of(bed: Responsible) -> Nurse | None:
    """Return who holds a bed and is on duty, else who is to by plan."""
    if bed.user_id is not None and bed.user_name is not None and is_held(bed):
        return Nurse(user_id=bed.user_id, name=bed.user_name)
    if bed.allocated_id is not None and bed.allocated_name is not None:
        return Nurse(user_id=bed.allocated_id, name=bed.allocated_name)
    return None


def _patients(rows: list[tuple[Any, ...]]) -> tuple[LanePatient, ...]:
    place = LanePatient._fields.index("admission_id")
    here = {row[place]: row for row in rows if row[place] is not None}
    return tuple(LanePatient._make(row[:_WIDTH]) for row in here.values())


def _entry(row: tuple[Any, ...]) -> DueEntry:
    *about, times, shift = row[_WIDTH:]
    return DueEntry._make((*about, tuple(times), shift))


def policy_of(  # noqa: PLR0913, PLR0917 - the columns
    ward_id: UUID,
    visit_minutes: int,
    night_from: time | None,
    night_until: time | None,
    sleep_kinds: list[str],
    sleep_risks: list[str],
    sleep_minutes: int,
    work_minutes: Mapping[str, int],
) -> tuple[UUID, Policy]:
    """Return the columns of a ward's numbers as a value, by ward."""
    policy = Policy(
        visit_minutes=visit_minutes,
        night_from=night_from,
        night_until=night_until,
        sleep_kinds=frozenset(sleep_kinds),
        sleep_risks=frozenset(sleep_risks),
        sleep_minutes=sleep_minutes,
        work_minutes=work_minutes,
    )
    return ward_id, policy
