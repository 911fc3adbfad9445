"""Rounds: the due list of a ward, and a bay's round stored, against the same in raw psycopg."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from benchmarks.database import Bench
from benchmarks.hospital import Hospital
from benchmarks.measure import Figure, in_turn
from ward_app.core.ids import new_id
from ward_app.rounding.queries import rounds_of_wards, templates_in_force
from ward_app.rounding.rules import usual_answers
from ward_app.rounding.service import record_round
from ward_app.rounding.types import NewRecord, Template

TARGET = 1.3
_BAY = 6

# five days of rounds as they are answered; triggers stay out, it is made up anyway
_FILL = """
INSERT INTO rounding.round_records (id, template_id, ward_id, bed_id, admission_id, patient_id,
    answers, occurred_at, recorded_at)
SELECT public.gen_random_uuid(), t.id, b.ward_id, b.bed_id, b.admission_id, b.patient_id,
    '{"pain": "yes", "personal_needs": "yes", "position": "yes", "placement": "yes"}',
    now() - n * interval '80 minutes', now()
FROM admission.bed_stays b, rounding.templates t, generate_series(1, 90) n
WHERE upper_inf(b.during) AND t.content ->> 'subject' = 'patient'
  AND (t.name = 'intentional' OR (t.name = 'skin' AND n % 4 = 0)
       OR (t.name IN ('ward_round', 'devices') AND n % 17 = 0))
"""

_RAW_RECORD = """
INSERT INTO rounding.round_records (id, round_id, template_id, admission_id, answers, occurred_at)
VALUES (%s, %s, %s, %s, %s, %s)
"""
_RAW_DUES = "SELECT * FROM rounding.due_list(%s)"


def fill(hospital: Hospital) -> None:
    """Add the rounds of everybody in hospital, about 120 a patient."""
    with hospital.admin() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(_FILL)
        connection.execute("VACUUM ANALYZE rounding.round_records")


def figures(it: Bench) -> list[Figure]:
    """Return the figures of the due list and of a round of six patients by four items."""
    ward = it.hospital.ward_id
    list_ms, raw_list_ms = in_turn(
        partial(it.database.run, it.actor, rounds_of_wards, (ward,)),
        partial(it.raw_transaction, _RAW_DUES, ([ward],)),
        rounds=60,
    )
    bay, template = _bay(it), _template(it)
    round_ms, raw_round_ms = in_turn(
        lambda: it.database.run(it.actor, record_round, _records(bay, template)),
        lambda: _store_raw(it, _records(bay, template)),
        rounds=100,
    )
    return [
        Figure(
            name="rounds due on a ward, with checklists and tasks",
            ours_ms=list_ms,
            reference_ms=raw_list_ms,
            reference="the due list alone in raw psycopg",
            target=None,
        ),
        Figure(
            name="a bay's round stored, 6 patients by 4 items",
            ours_ms=round_ms,
            reference_ms=raw_round_ms,
            reference="the same six rows in raw psycopg",
            target=TARGET,
        ),
    ]


def _bay(it: Bench) -> list[UUID]:
    with it.hospital.admin() as admin:
        rows: Any = admin.execute(
            "SELECT admission_id FROM admission.bed_stays WHERE upper_inf(during)"
            " AND ward_id = %s ORDER BY id LIMIT %s",
            (it.hospital.ward_id, _BAY),
        ).fetchall()
    return [row[0] for row in rows]


def _template(it: Bench) -> Template:
    found = it.database.run(it.actor, templates_in_force)
    return next(one for one in found if one.name == "intentional")


def _records(bay: list[UUID], template: Template) -> list[NewRecord]:
    round_id, now = new_id(), datetime.now(UTC)
    return [
        NewRecord(
            id=new_id(),
            template=template,
            answers=usual_answers(template),
            occurred_at=now,
            admission_id=stay,
            round_id=round_id,
        )
        for stay in bay
    ]


def _store_raw(it: Bench, records: list[NewRecord]) -> None:
    it.raw.execute("SELECT auth.prove(%s)", (it.actor.token,))
    for record in records:
        values = (
            record.id,
            record.round_id,
            record.template.id,
            record.admission_id,
            Jsonb(dict(record.answers)),
            record.occurred_at,
        )
        it.raw.execute(_RAW_RECORD, values)
    it.raw.commit()
