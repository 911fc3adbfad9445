"""Reads of one patient's measurements; the chart must have been opened (and logged) before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.measurements.rules import measured_values
from ward_app.measurements.types import MeasurementChart, RecordedMeasurement

MEASUREMENT_CHART_SQL = "SELECT * FROM report.measurement_chart(%s)"

_COLUMNS = (
    "id", "kind", "kind_version", "kind_hash", "values", "derived", "summary", "occurred_at",
    "recorded_at", "recorded_by", "note", "source", "supersedes_id", "superseded_by",
    "struck_out", "corrected_by", "corrected_at", "change_reason",
)  # fmt: skip


def measurement_chart(tx: Transaction, admission_id: UUID) -> MeasurementChart:
    """Return all measurements of one stay, oldest first, with what became of each.

    Raises:
        NotPermittedError: the chart was not opened in an earlier transaction, or the patient
            is no longer in reach. (An unreadable chart must never look like an empty one.)
    """
    return MeasurementChart(
        admission_id=admission_id,
        sets=tuple(tx.rows(recorded_measurement, MEASUREMENT_CHART_SQL, (admission_id,))),
        read_at=tx.now,
    )


def recorded_measurement(*columns: Any) -> RecordedMeasurement:
    """Return a row of `MEASUREMENT_CHART_SQL` as a value."""
    *known, fields = columns
    row = dict(zip(_COLUMNS, known, strict=True))
    row["values"] = measured_values(fields, row["values"])
    row["derived"] = {name: Decimal(value) for name, value in row["derived"].items()}
    return RecordedMeasurement(**row)
