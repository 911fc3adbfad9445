"""Commands on bedside measurements: record, correct, strike out.

Callers own the transaction. Who recorded it, when and on which ward is the database's to say, and
so is what follows from the values.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from psycopg.types.json import Jsonb

from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.requires import requires
from ward_app.measurements.kinds import kinds
from ward_app.measurements.rules import impossible, stored_values, summary
from ward_app.measurements.types import (
    Kind,
    MeasurementStrikeOut,
    NewMeasurement,
    SavedMeasurement,
)
from ward_app.staff.types import Permission

_RECORD = """
INSERT INTO report.measurements (id, admission_id, kind, kind_version, kind_hash, values,
    occurred_at, note, supersedes_id, change_reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_STORED_BEFORE = """
SELECT recorded_at, (kind, values, occurred_at, note) IS NOT DISTINCT FROM
    (%s::text, %s::jsonb, %s::timestamptz, %s::text)
FROM report.measurements WHERE id = %s
"""

_STRIKE_OUT = """
INSERT INTO report.measurements (id, admission_id, kind, kind_version, kind_hash, values,
    occurred_at, status, supersedes_id, change_reason)
SELECT %s, admission_id, kind, kind_version, kind_hash, '{}', occurred_at,
    'entered_in_error', id, %s
FROM report.measurements WHERE id = %s AND admission_id = %s ON CONFLICT DO NOTHING
"""

_STORED = "SELECT true FROM report.measurements WHERE id = %s"


@requires(Permission.OBSERVATION_RECORD)
def record_measurement(tx: Transaction, new: NewMeasurement) -> SavedMeasurement:
    """Store one measurement with what follows from it, or a correction of an earlier one.

    Repeating it with the same id changes nothing.

    Raises:
        RuleBrokenError: the kind is unknown, a value is impossible or missing, the time lies in
            the future or has no zone, or a correction has no reason.
        ConflictError: a measurement of this id is stored with other values, or somebody else
            corrected the same one first.
        NotPermittedError: the patient is not on one of the recorder's wards.
    """
    kind = _checked(new)
    saved = SavedMeasurement(id=new.id, recorded_at=tx.now, summary=summary(kind, new.values))
    if tx.execute(_RECORD, _row(kind, new)):
        return saved
    if new.supersedes_id is not None:
        _require_stored(tx, new.id)
    return _saved_before(tx, new, saved)


@requires(Permission.OBSERVATION_RECORD)
def strike_out_measurement(tx: Transaction, mark: MeasurementStrikeOut) -> None:
    """Mark a measurement as entered in error; the original stays readable.

    Raises:
        RuleBrokenError: no reason is given.
        ConflictError: somebody else corrected or struck it out first.
    """
    if not mark.reason.strip():
        raise RuleBrokenError("Say why the measurement is struck out.", field="reason")
    values = (mark.id, mark.reason.strip(), mark.struck_id, mark.admission_id)
    if not tx.execute(_STRIKE_OUT, values):
        _require_stored(tx, mark.id)


def _checked(new: NewMeasurement) -> Kind:
    kind = kinds().get(new.kind)
    if kind is None:
        raise RuleBrokenError("This program does not know this kind of measurement.", field="kind")
    if new.occurred_at.tzinfo is None:
        raise RuleBrokenError("The time of the measurement needs a zone.", field="occurred_at")
    for finding in impossible(kind, new.values):
        raise RuleBrokenError(finding.text, field=finding.field)
    if not stored_values(new.values):
        raise RuleBrokenError("Nothing was measured.", field=kind.fields[0].name)
    if new.supersedes_id is not None and not (new.change_reason or "").strip():
        raise RuleBrokenError("Say why the measurement is corrected.", field="change_reason")
    return kind


def _row(kind: Kind, new: NewMeasurement) -> tuple[object, ...]:
    return (
        new.id,
        new.admission_id,
        kind.name,
        kind.version,
        kind.hash,
        Jsonb(stored_values(new.values)),
        new.occurred_at,
        new.note,
        new.supersedes_id,
        new.change_reason,
    )


def _saved_before(
    tx: Transaction, new: NewMeasurement, saved: SavedMeasurement
) -> SavedMeasurement:
    """Return what the first save came to; only whoever has the chart open can be told."""
    compared = (new.kind, Jsonb(stored_values(new.values)), new.occurred_at, new.note, new.id)
    before = tx.row(lambda *columns: columns, _STORED_BEFORE, compared)
    if before is None:
        return saved
    recorded_at, alike = before
    if not alike:
        raise ConflictError(
            "This measurement was saved before, with other values: look at the chart."
        )
    return replace(saved, recorded_at=recorded_at)


def _require_stored(tx: Transaction, measurement_id: UUID) -> None:
    """Tell a repeat of the same change (stored already) from somebody else's change."""
    if not tx.value(_STORED, (measurement_id,)):
        raise ConflictError(
            "Somebody else corrected or struck out this measurement first. Look at the chart"
            " again."
        )
