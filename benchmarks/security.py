"""What row security and the log of readings cost: the same questions without them, in turn.

The reference asks as the administrator, whom row security does not bind, in a transaction without
proof, and for the board through copies of its functions that ask nobody who is asking.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.database import Bench
from benchmarks.measure import Figure, in_turn
from ward_app.board.queries import BOARD_SQL
from ward_app.measurements.queries import MEASUREMENT_CHART_SQL
from ward_app.observations.pack_queries import SCORING_BASES_SQL
from ward_app.observations.queries import CHART_SQL

TARGET = 1.5
_OPEN = "SELECT auth.open_chart(%s, 'ward', NULL)"
# the statements with which the program reads a chart, measurements and all
_CHART = (CHART_SQL, MEASUREMENT_CHART_SQL)
_COPIED = {
    "report.ward_board": "uuid[]",
    "report.ward_board_v2": "uuid[]",
    "report.ward_board_v3": "uuid[]",
    "report.chart": "uuid",
    "report.measurement_chart": "uuid",
    "report.scoring_bases": "uuid[]",
}
_HAS_FACTS = "SELECT 1 FROM report.oxygen_targets WHERE admission_id = %s"
# what a real chart has beside its sets
_FACTS = (
    """
    INSERT INTO report.spo2_scale_decisions
        (id, admission_id, scale, decided_by, reason, occurred_at)
    VALUES (gen_random_uuid(), %(stay)s, 2, 'Dr Bench', 'Hypercapnia', now() - interval '4 days')
    """,
    """
    INSERT INTO report.oxygen_targets
        (id, admission_id, low_percent, high_percent, decided_by, occurred_at)
    VALUES (gen_random_uuid(), %(stay)s, 88, 92, 'Dr Bench', now() - interval '4 days')
    """,
    """
    INSERT INTO report.observation_deferrals
        (id, admission_id, occurred_at, due_at, deferred_until, reason)
    SELECT gen_random_uuid(), %(stay)s, at, at, at + interval '1 hour', 'refused'
    FROM generate_series(now() - interval '4 days', now() - interval '1 day', '1 day') at
    """,
)


def figures(it: Bench, rows: str) -> list[Figure]:
    """Return the figures of the board and of the chart."""
    with psycopg.connect(it.hospital.cluster.dsn(it.hospital.settings.name)) as admin:
        _copy_functions(admin, it.hospital.ward_id)
        admission_id, patient_id = _most_charted(admin, it.hospital.ward_id)
        _fill_chart(admin, admission_id)
        return [
            _board(it, admin, rows),
            *_chart(it, admin, rows, admission_id, patient_id),
        ]


def _board(it: Bench, admin: psycopg.Connection[Any], rows: str) -> Figure:
    wards = {"ward_ids": [it.hospital.ward_id]}
    ours_ms, bare_ms = in_turn(
        partial(it.raw_transaction, BOARD_SQL, wards),
        partial(_asked, admin, _bare(BOARD_SQL), wards),
        rounds=200,
    )
    return _figure(f"ward board behind its checks, {rows} sets", ours_ms, bare_ms)


def _chart(
    it: Bench, admin: psycopg.Connection[Any], rows: str, admission_id: UUID, patient_id: UUID
) -> list[Figure]:
    it.raw_transaction(_OPEN, (patient_id,))
    found = []
    for name, opens in (("read an open chart", False), ("open a chart and read it", True)):
        ours_ms, bare_ms = in_turn(
            partial(_secured_chart, it, admission_id, patient_id if opens else None),
            partial(_bare_chart, admin, admission_id),
            rounds=200,
        )
        target = None if opens else TARGET
        found.append(_figure(f"{name}, {rows} sets", ours_ms, bare_ms, target))
    return found


def _figure(name: str, ours: float, bare: float, target: float | None = TARGET) -> Figure:
    return Figure(
        name=name,
        ours_ms=ours,
        reference_ms=bare,
        reference="the same, row security off, no proof, no log",
        target=target,
    )


def _secured_chart(it: Bench, admission_id: UUID, opened: UUID | None) -> None:
    if opened is not None:
        it.raw_transaction(_OPEN, (opened,))
    it.raw.execute("SELECT auth.prove(%s)", (it.actor.token,))
    for statement in _CHART:
        it.raw.execute(statement, (admission_id,)).fetchall()
    it.raw.execute(SCORING_BASES_SQL, ([admission_id],)).fetchall()
    it.raw.commit()


def _bare_chart(admin: psycopg.Connection[Any], admission_id: UUID) -> None:
    for statement in _CHART:
        admin.execute(_bare(statement), (admission_id,)).fetchall()
    admin.execute(_bare(SCORING_BASES_SQL), ([admission_id],)).fetchall()
    admin.commit()


def _asked(admin: psycopg.Connection[Any], statement: str, values: Any) -> None:
    admin.execute(statement, values).fetchall()
    admin.commit()


def _bare(statement: str) -> str:
    """Return a statement that asks the copies without checks."""
    for name in _COPIED:
        statement = statement.replace(f"{name}(", f"{name.replace('report.', 'bench.')}(")
    return statement


def _copy_functions(admin: psycopg.Connection[Any], ward_id: UUID) -> None:
    """Make copies of the board's and the chart's functions that take everybody for entitled."""
    admin.execute("CREATE SCHEMA IF NOT EXISTS bench")
    facility = admin.execute(
        "SELECT facility_id FROM room.wards WHERE id = %s", (ward_id,)
    ).fetchone()
    assert facility  # noqa: S101 - the bench hospital's own ward
    for name, arguments in _COPIED.items():
        definition = admin.execute(
            "SELECT pg_get_functiondef(%s::regprocedure)", (f"{name}({arguments})",)
        ).fetchone()
        assert definition  # noqa: S101 - a function of the migrations
        text = _without_checks(definition[0], f"'{facility[0]}'::uuid")
        admin.execute(_bare(text))
    admin.commit()


def _without_checks(text: str, facility: str) -> str:
    """Return a function's text without what it asks of the session."""
    for check, instead in (
        (r"PERFORM auth\.require\('[a-z.]+'\);", ""),
        (r"auth\.may\('[a-z.]+'\)", "true"),
        (r"auth\.require_chart\(p_admission_id\)|auth\.facility_id\(\)", facility),
        (r"auth\.ward_ids\(\)", "p_ward_ids"),
        # of report.scoring_bases: who asks, with which permission, and which stays are in reach
        (
            r"SELECT l\.user_id, l\.facility_id INTO .*?'patient\.view'\);",
            f"v_user_id := gen_random_uuid(); v_facility_id := {facility};",
        ),
        (r"AND \(EXISTS \(\s+SELECT FROM admission\.bed_stays b.*?broke_glass_for\(a\.id\)\)", ""),
    ):
        text = re.sub(check, instead, text, flags=re.DOTALL)
    assert "auth." not in text  # noqa: S101 - a check that is left would flatter ours
    return text


def _fill_chart(admin: psycopg.Connection[Any], admission_id: UUID) -> None:
    if admin.execute(_HAS_FACTS, (admission_id,)).fetchone():
        return
    admin.execute("SET LOCAL session_replication_role = replica")
    for statement in _FACTS:
        admin.execute(statement, {"stay": admission_id})
    admin.commit()


def _most_charted(admin: psycopg.Connection[Any], ward_id: UUID) -> tuple[UUID, UUID]:
    """Return the stay of the ward with the most sets, and its patient."""
    row: Any = admin.execute(
        "SELECT b.admission_id, b.patient_id FROM admission.bed_stays b"
        " WHERE b.ward_id = %s AND upper_inf(b.during) ORDER BY (SELECT count(*)"
        " FROM report.vital_signs v WHERE v.admission_id = b.admission_id) DESC LIMIT 1",
        (ward_id,),
    ).fetchone()
    admin.commit()
    return row[0], row[1]
