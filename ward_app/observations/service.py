"""Commands on observations: record, correct, strike out, decide the scale.

Callers own the transaction. A set is scored here and stored with its score; who recorded it,
when and on which ward is the database's to say.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.requires import requires
from ward_app.observations import rules
from ward_app.observations.limits import check_possible
from ward_app.observations.pack_choice import PackChoice
from ward_app.observations.pack_queries import scoring_of
from ward_app.observations.pack_types import ScoringBasis
from ward_app.observations.packs import adult_limits
from ward_app.observations.rules import SPO2_SCALES, next_due_at, stored_signs
from ward_app.observations.types import (
    NewObservations,
    SavedBeforeError,
    SavedObservations,
    Score,
    SpO2ScaleDecision,
    StrikeOut,
)
from ward_app.staff.types import Permission

UNSCORED_INTERVAL = timedelta(hours=4)
"""Longest time to the next set where no score says it (Open Eobs: unknown, 4 h)."""

_RECORD = """
INSERT INTO report.vital_signs (id, admission_id, occurred_at, respiratory_rate_per_min,
    spo2_percent, spo2_scale, on_oxygen, oxygen_flow_l_per_min, oxygen_device,
    inspired_oxygen_percent, systolic_bp_mmhg, diastolic_bp_mmhg, pulse_per_min, consciousness,
    temperature_celsius, further_signs, incomplete_reason, note, supersedes_id, change_reason,
    score_pack, score_version, score_hash, score_total, score_at_least, score_points,
    score_missing, risk, interval_minutes, next_due_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
    %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

# Columns in the order of `_measured`, from respiration to note.
_STORED_BEFORE = """
SELECT recorded_at, next_due_at,
    (respiratory_rate_per_min, spo2_percent, spo2_scale, on_oxygen, oxygen_flow_l_per_min,
     oxygen_device, inspired_oxygen_percent, systolic_bp_mmhg, diastolic_bp_mmhg, pulse_per_min,
     consciousness, temperature_celsius, further_signs, incomplete_reason, note)
    IS NOT DISTINCT FROM (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
FROM report.vital_signs WHERE id = %s
"""
_COMPARED = slice(3, 18)

_SCORE_COLUMNS = 9

_STRIKE_OUT = """
INSERT INTO report.vital_signs
    (id, admission_id, occurred_at, status, supersedes_id, change_reason)
SELECT %s, admission_id, occurred_at, 'entered_in_error', id, %s FROM report.vital_signs
WHERE id = %s AND admission_id = %s ON CONFLICT DO NOTHING
"""

_STORED = "SELECT true FROM report.vital_signs WHERE id = %s"

_DECIDE = """
INSERT INTO report.spo2_scale_decisions (id, admission_id, scale, decided_by, reason, occurred_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


@requires(Permission.OBSERVATION_RECORD)
def record_observations(
    tx: Transaction, new: NewObservations, basis: ScoringBasis | None = None
) -> SavedObservations:
    """Store one set with its score, or a correction of an earlier one.

    The pack that scores follows from age, pregnancy, decision and the packs in use; a set of
    somebody whom none fits is kept without a score, and the answer says why. Repeating it with
    the same id changes nothing.

    `basis` is what the form has read and scored by; None = it is looked up. The database refuses
    the score of one that no longer holds.

    Raises:
        SavedBeforeError: a set of this id is stored, with other values.
        RuleBrokenError: a value is impossible, the time lies in the future or has no zone,
            a reason is missing, scale 2 was never decided on, or another score applies than by
            `basis`.
        ConflictError: somebody else corrected the same set first.
        NotPermittedError: the patient is not on one of the recorder's wards.
    """
    _check(new)
    basis = basis or scoring_of(tx, new.admission_id)
    choice = basis.choice_on(new.occurred_at.astimezone(UTC).date())
    score = _scored(new, choice)
    due_at = _due_at(score, new.occurred_at)
    saved = SavedObservations(
        id=new.id,
        recorded_at=tx.now,
        score=score,
        next_due_at=due_at,
        unscored_because=None if score else choice.why,
    )
    if tx.execute(_RECORD, (*_measured(new), *_stored(score), due_at)):
        return saved
    if new.supersedes_id is not None:
        _require_stored(tx, new.id)
    return _saved_before(tx, new, saved)


@requires(Permission.OBSERVATION_RECORD)
def strike_out(tx: Transaction, mark: StrikeOut) -> None:
    """Mark a set as entered in error; the original stays readable.

    Raises:
        RuleBrokenError: no reason is given.
        ConflictError: somebody else corrected or struck out the set first.
    """
    if not mark.reason.strip():
        raise RuleBrokenError("Say why the set is struck out.", field="reason")
    values = (mark.id, mark.reason.strip(), mark.struck_id, mark.admission_id)
    if not tx.execute(_STRIKE_OUT, values):
        _require_stored(tx, mark.id)


@requires(Permission.OBSERVATION_SCALE)
def decide_spo2_scale(tx: Transaction, decision: SpO2ScaleDecision) -> None:
    """Record which SpO2 scale applies from now on, who decided it and why.

    Raises:
        RuleBrokenError: the scale is not 1 or 2, or name or reason are missing.
    """
    if decision.scale not in SPO2_SCALES:
        raise RuleBrokenError("The SpO₂ scale is 1 or 2.", field="scale")
    if not decision.decided_by.strip():
        raise RuleBrokenError("Name who decided on the scale.", field="decided_by")
    if not decision.reason.strip():
        raise RuleBrokenError("Say why this scale applies.", field="reason")
    tx.execute(
        _DECIDE,
        (
            decision.id,
            decision.admission_id,
            decision.scale,
            decision.decided_by.strip(),
            decision.reason.strip(),
            decision.occurred_at,
        ),
    )


def _saved_before(
    tx: Transaction, new: NewObservations, saved: SavedObservations
) -> SavedObservations:
    """Return what the first save of the same set came to; it may have gone unheard.

    Only whoever has the chart open can be told that its values were others.
    """
    before = tx.row(lambda *columns: columns, _STORED_BEFORE, (*_measured(new)[_COMPARED], new.id))
    if before is None:
        return saved
    recorded_at, next_due_at, alike = before
    if not alike:
        raise SavedBeforeError(
            "This set was saved before, with other values: look at the chart. Save again to "
            "record what stands here as another set."
        )
    return replace(saved, recorded_at=recorded_at, next_due_at=next_due_at)


def _require_stored(tx: Transaction, set_id: UUID) -> None:
    """Tell a repeat of the same change (stored already) from somebody else's change."""
    if not tx.value(_STORED, (set_id,)):
        raise ConflictError(
            "Somebody else corrected or struck out this set first. Look at the chart again."
        )


def _due_at(score: Score | None, occurred_at: datetime) -> datetime:
    if score is None:
        return occurred_at.astimezone(UTC) + UNSCORED_INTERVAL
    return next_due_at(score, occurred_at)


def _check(new: NewObservations) -> None:
    if new.occurred_at.tzinfo is None:
        raise RuleBrokenError("The time of the observations needs a zone.", field="occurred_at")
    check_possible(new.vital_signs, adult_limits())
    if new.supersedes_id is not None and not (new.change_reason or "").strip():
        raise RuleBrokenError("Say why the set is corrected.", field="change_reason")


def _scored(new: NewObservations, choice: PackChoice) -> Score | None:
    if choice.pack is None:
        return None
    score = rules.score(new.vital_signs, choice.pack)
    if not score.complete and new.incomplete_reason is None:
        raise RuleBrokenError(
            "The set is incomplete. Say why a value was not measured.", field="incomplete_reason"
        )
    return score


def _measured(new: NewObservations) -> tuple[object, ...]:
    signs = new.vital_signs
    return (
        new.id,
        new.admission_id,
        new.occurred_at,
        signs.respiratory_rate_per_min,
        signs.spo2_percent,
        signs.spo2_scale,
        signs.on_oxygen,
        signs.oxygen_flow_l_per_min,
        signs.oxygen_device and signs.oxygen_device.value,
        signs.inspired_oxygen_percent,
        signs.systolic_bp_mmhg,
        signs.diastolic_bp_mmhg,
        signs.pulse_per_min,
        signs.consciousness and signs.consciousness.value,
        signs.temperature_celsius,
        Jsonb(stored_signs(signs.further)),
        new.incomplete_reason and new.incomplete_reason.value,
        new.note,
        new.supersedes_id,
        new.change_reason,
    )


def _stored(score: Score | None) -> tuple[object, ...]:
    if score is None:
        return (None,) * _SCORE_COLUMNS
    return (
        score.pack,
        score.version,
        score.pack_hash,
        score.total,
        score.at_least,
        Jsonb(dict(score.points)),
        Jsonb(list(score.missing)),
        score.risk.value,
        score.interval_minutes,
    )
