"""Reads of one patient's measurements; the chart must have been opened (and logged) before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import NotPermittedError
from ward_app.measurements.rules import measured_values
from ward_app.measurements.types import MeasurementChart, RecordedMeasurement

_MAY_READ = """
SELECT a.patient_id = ANY (auth.open_patients()) FROM admission.admissions a WHERE a.id = %s
"""

_SETS = """
SELECT m.id, m.kind, m.kind_version, m.kind_hash, m.values, m.derived, m.summary, m.occurred_at,
    m.recorded_at, coalesce(u.display_name, 'imported'), m.note, m.device_source,
    m.supersedes_id, c.id, m.status = 'entered_in_error', cu.display_name, c.recorded_at,
    c.change_reason, k.fields
FROM report.measurements m
JOIN report.measurement_kinds k ON k.name = m.kind AND k.version = m.kind_version
LEFT JOIN report.measurements c ON c.supersedes_id = m.id
LEFT JOIN public.users u ON u.id = m.recorded_by
LEFT JOIN public.users cu ON cu.id = c.recorded_by
WHERE m.admission_id = %s
ORDER BY m.occurred_at, m.recorded_at
"""

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
    if not tx.value(_MAY_READ, (admission_id,)):
        raise NotPermittedError(
            "This chart is not open to you any more. Go back to the board and open it again."
        )
    return MeasurementChart(
        admission_id=admission_id,
        sets=tuple(tx.rows(_recorded, _SETS, (admission_id,))),
        read_at=tx.now,
    )


def _recorded(*columns: Any) -> RecordedMeasurement:
    *known, fields = columns
    row = dict(zip(_COLUMNS, known, strict=True))
    row["values"] = measured_values(fields, row["values"])
    row["derived"] = {name: Decimal(value) for name, value in row["derived"].items()}
    return RecordedMeasurement(**row)
