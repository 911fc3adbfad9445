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

TARGET = 1.5
_BOARD_FUNCTIONS = ("ward_board", "ward_board_v2", "ward_board_v3")
_OPEN = "SELECT auth.open_chart(%s, 'ward', NULL)"
_MAY_READ = (
    "SELECT a.patient_id = ANY (auth.open_patients()) FROM admission.admissions a WHERE a.id = %s"
)
# the statements of a chart that read tables
_CHART = (
    """
    SELECT v.*, u.display_name, c.id, cu.display_name FROM report.vital_signs v
    LEFT JOIN report.vital_signs c ON c.supersedes_id = v.id
    LEFT JOIN public.users u ON u.id = v.recorded_by
    LEFT JOIN public.users cu ON cu.id = c.recorded_by
    WHERE v.admission_id = %s ORDER BY v.occurred_at, v.recorded_at
    """,
    (
        "SELECT * FROM report.spo2_scale_decisions d WHERE d.admission_id = %s ORDER BY d.seq DESC"
        " LIMIT 1"
    ),
    (
        "SELECT * FROM report.observation_deferrals d WHERE d.admission_id = %s"
        " ORDER BY d.occurred_at"
    ),
)


def figures(it: Bench, rows: str) -> list[Figure]:
    """Return the figures of the board and of the chart."""
    with psycopg.connect(it.hospital.cluster.dsn(it.hospital.settings.name)) as admin:
        _copy_board(admin, it.hospital.ward_id)
        admission_id, patient_id = _most_charted(admin, it.hospital.ward_id)
        return [
            _board(it, admin, rows),
            *_chart(it, admin, rows, admission_id, patient_id),
        ]


def _board(it: Bench, admin: psycopg.Connection[Any], rows: str) -> Figure:
    wards = {"ward_ids": [it.hospital.ward_id]}
    bare = BOARD_SQL.replace("report.ward_board_v3", "bench.ward_board_v3")
    ours_ms, bare_ms = in_turn(
        partial(it.raw_transaction, BOARD_SQL, wards),
        partial(_asked, admin, bare, wards),
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
    it.raw.execute(_MAY_READ, (admission_id,)).fetchall()
    for statement in _CHART:
        it.raw.execute(statement, (admission_id,)).fetchall()
    it.raw.commit()


def _bare_chart(admin: psycopg.Connection[Any], admission_id: UUID) -> None:
    for statement in _CHART:
        admin.execute(statement, (admission_id,)).fetchall()
    admin.commit()


def _asked(admin: psycopg.Connection[Any], statement: str, values: Any) -> None:
    admin.execute(statement, values).fetchall()
    admin.commit()


def _copy_board(admin: psycopg.Connection[Any], ward_id: UUID) -> None:
    """Make copies of the board's functions that take everybody for entitled."""
    admin.execute("CREATE SCHEMA IF NOT EXISTS bench")
    facility = admin.execute(
        "SELECT facility_id FROM room.wards WHERE id = %s", (ward_id,)
    ).fetchone()
    assert facility  # noqa: S101 - the bench hospital's own ward
    for name in _BOARD_FUNCTIONS:
        definition = admin.execute(
            "SELECT pg_get_functiondef(%s::regproc)", (f"report.{name}",)
        ).fetchone()
        assert definition  # noqa: S101 - a function of the migrations
        text = re.sub(r"PERFORM auth\.require\('[a-z.]+'\);", "", definition[0])
        text = re.sub(r"auth\.may\('[a-z.]+'\)", "true", text)
        text = text.replace("auth.facility_id()", f"'{facility[0]}'::uuid")
        text = text.replace("auth.ward_ids()", "p_ward_ids")
        for each in _BOARD_FUNCTIONS:
            text = re.sub(rf"report\.{each}\(", f"bench.{each}(", text)
        admin.execute(text)  # type: ignore[call-overload] # made here of our own functions
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
