"""Rows gathered by table, then sent with one COPY each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from ward_app.core.progress import Report, silent

# in the order in which rows refer to each other
_TABLES = (
    "public.facilities",
    "room.buildings",
    "room.floors",
    "room.wards",
    "room.rooms",
    "room.beds",
    "public.users",
    "public.user_roles",
    "public.user_wards",
    "public.badges",
    "public.pins",
    "public.account_events",
    "room.bed_readiness",
    "room.bed_availability",
    "patient.patients",
    "patient.patient_details",
    "patient.allergies",
    "patient.patient_flags",
    "admission.admissions",
    "admission.bed_stays",
    "admission.transfers",
    "admission.discharges",
    "admission.expected_discharges",
    "patient.pregnancies",
    "report.score_pack_uses",
    "report.score_pack_decisions",
    "report.spo2_scale_decisions",
    "report.oxygen_targets",
    "report.vital_signs",
    "report.measurements",
    "report.observation_plans",
    "report.observation_deferrals",
    "admission.leaves",
    "report.escalations",
    "report.escalation_events",
    "report.accepted_scores",
    "rounding.lane_settings",
    "rounding.round_records",
    "rounding.tasks",
    "report.devices",
    "report.device_checks",
    "report.device_removals",
    "report.nursing_notes",
    "report.handovers",
    "report.handover_answers",
    "report.pocket_sheets",
    "report.pocket_sheet_ends",
    "public.shift_allocations",
    "public.bed_responsibilities",
    "public.duty_signs",
    "public.messages",
    "public.notifications",
    "public.message_events",
    "audit.openings",
    "audit.opening_notices",
    "audit.opening_reviews",
    "report.instrument_uses",
    "report.assessments",
    "report.assessment_deferrals",
)


class Load:
    """Rows to be added, table by table; every row of a table has the same columns."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Mapping[str, Any]]] = {table: [] for table in _TABLES}

    def add(self, table: str, **columns: Any) -> None:
        """Add a row; `table` is "schema.name"."""
        self._rows[table].append(columns)

    def count(self, table: str) -> int:
        """Return how many rows a table gets."""
        return len(self._rows[table])

    def copy_into(self, connection: psycopg.Connection[TupleRow], report: Report = silent) -> None:
        """Send everything in the connection's transaction, oldest statements first.

        Rows are reported, of all those there are.
        """
        sent, of = 0, sum(map(len, self._rows.values()))
        for table, rows in self._rows.items():
            rows.sort(key=lambda row: str(row.get("recorded_at", "")))
            for _ in _copied(connection, table, rows):
                sent += 1
                report(sent, of)


def _copied(
    connection: psycopg.Connection[TupleRow], table: str, rows: list[Mapping[str, Any]]
) -> Iterator[None]:
    """Send the rows of a table, yielding after each."""
    if not rows:
        return
    columns = list(rows[0])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row[column] for column in columns])
            yield
