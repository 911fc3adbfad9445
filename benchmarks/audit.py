"""The audit trail: a page of it, in a short trail and in one of a million entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from benchmarks.database import Bench
from benchmarks.hospital import LOGIN, Hospital
from benchmarks.measure import Figure, in_turn, once_ms
from ward_app.audit.queries import TRAIL_SQL, trail_page, trail_values
from ward_app.audit.service import open_trail
from ward_app.audit.types import Question, Wanted

READ_TARGET, GROWTH_TARGET = 1.3, 1.5
_ROUNDS, _ENTRIES = 60, 1_000_000
_MAY_AUDIT = """
INSERT INTO public.user_roles SELECT u.id, r.id FROM public.users u, public.roles r
WHERE u.login = %s AND r.name = 'auditor' ON CONFLICT DO NOTHING
"""
# half openings, half changes, of many people and patients over 30 days; triggers stay out
_FILL = (
    """
INSERT INTO audit.access_logs (at, xact, user_id, session_id, workstation, patient_id, kind, action)
SELECT now() - n * interval '5 seconds', 1, u.id, u.id, 'ws_bench', p.ids[1 + n %% p.many], 'ward',
    'VIEW'
FROM generate_series(1, %(entries)s) n, (SELECT id FROM public.users LIMIT 1) u,
    (SELECT array_agg(id) AS ids, count(*)::int AS many FROM patient.patients) p
""",
    """
INSERT INTO audit.change_logs (at, xact, schema_name, table_name, action, row_id, after, user_id,
    session_id, database_role, patient_id)
SELECT now() - n * interval '5 seconds', 1, 'report', 'vital_signs', 'CREATE', u.id, '{}', u.id,
    u.id, 'ws_bench', p.ids[1 + n %% p.many]
FROM generate_series(1, %(entries)s) n, (SELECT id FROM public.users LIMIT 1) u,
    (SELECT array_agg(id) AS ids, count(*)::int AS many FROM patient.patients) p
""",
)
_SOMEBODY = "SELECT mrn FROM patient.patients ORDER BY id LIMIT 1"


def fill(hospital: Hospital) -> None:
    """Add a million entries of the last weeks."""
    with hospital.admin() as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in _FILL:
            connection.execute(statement, {"entries": _ENTRIES // 2})
        connection.execute("VACUUM ANALYZE audit.access_logs, audit.change_logs")


def figures(it: Bench) -> list[Figure]:
    """Return the figures of reading a page, before and after the trail has grown."""
    with it.hospital.admin() as admin:
        admin.execute(_MAY_AUDIT, (LOGIN,))
        row: Any = admin.execute(_SOMEBODY).fetchone()
    it.database.run(it.actor, open_trail, "bench")
    asked = {
        "everything": _wanted(Question.EVERYTHING),
        "who opened one patient's chart": _wanted(Question.OPENINGS, patient=row[0]),
    }
    short_ms = {name: _page_ms(it, wanted) for name, wanted in asked.items()}
    fill(it.hospital)
    found = []
    for name, wanted in asked.items():
        ours_ms, raw_ms = in_turn(
            partial(it.database.run, it.actor, trail_page, wanted),
            partial(it.raw_transaction, TRAIL_SQL, trail_values(wanted)),
            rounds=_ROUNDS,
        )
        found += [
            Figure(
                name=f"audit trail, {name}, a page of {_ENTRIES:,}",
                ours_ms=ours_ms,
                reference_ms=raw_ms,
                reference="the same statement in raw psycopg",
                target=READ_TARGET,
            ),
            Figure(
                name=f"audit trail, {name}, as it grows",
                ours_ms=ours_ms,
                reference_ms=short_ms[name],
                reference="the same in a short trail",
                target=GROWTH_TARGET if name == "everything" else None,
            ),
        ]
    return found


def _page_ms(it: Bench, wanted: Wanted) -> float:
    times = sorted(
        once_ms(partial(it.database.run, it.actor, trail_page, wanted)) for _ in range(_ROUNDS)
    )
    return times[_ROUNDS // 2]


def _wanted(question: Question, patient: str | None = None) -> Wanted:
    now = datetime.now(UTC)
    return Wanted(question=question, since=now - timedelta(days=30), until=now, patient=patient)
