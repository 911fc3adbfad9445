"""Observation sets with their scores, by the same rules and limits as on the ward."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from ward_app.exchange.anchoring import AnchoredVisit
from ward_app.exchange.load_plan import MEASUREMENTS, VITAL_SIGNS
from ward_app.exchange.mimic_context import LATER, ImportContext
from ward_app.exchange.mimic_records import SetRecord
from ward_app.exchange.mimic_signs import SOURCE, ImportedSigns, imported_signs
from ward_app.measurements.kinds import kinds
from ward_app.observations import rules
from ward_app.observations.packs import adult_limits, news2_pack
from ward_app.observations.rules import next_due_at
from ward_app.observations.types import VitalSigns

Announce = Callable[[int, int], None]
_SETS_A_STEP = 200


def plan_sets(
    visits: Sequence[AnchoredVisit], context: ImportContext, *, announce: Announce
) -> None:
    """Add the sets up to the anchor in time order; `announce` hears (done, of how many)."""
    sets = [(one, record) for one in visits for record in one.visit.sets]
    found: list[tuple[datetime, UUID, ImportedSigns]] = []
    admission_of: dict[UUID, UUID] = {}
    for done, (one, record) in enumerate(sets, start=1):
        signs = _signs(one, record, context=context)
        if signs is not None:
            occurred_at = context.timeline.instant(record.moment + one.shift)
            set_id = context.ids("set", record.hadm_id, record.moment.isoformat())
            admission_of[set_id] = context.ids("admission", record.hadm_id)
            found.append((occurred_at, set_id, signs))
        if done % _SETS_A_STEP == 0 or done == len(sets):
            announce(done, len(sets))
    for occurred_at, set_id, signs in sorted(found, key=lambda one: one[:2]):
        _add_set(context, signs, set_id, admission_of[set_id], occurred_at)


def _add_set(
    context: ImportContext,
    found: ImportedSigns,
    set_id: UUID,
    admission_id: UUID,
    occurred_at: datetime,
) -> None:
    """Add the vital signs with their score, and the measurements made with them."""
    same = {"admission_id": admission_id, "occurred_at": occurred_at}
    if found.signs is not None:
        context.plan.add(
            VITAL_SIGNS,
            id=set_id,
            note=found.note,
            device_source=found.device_source,
            **same,
            **_measured(found.signs),
            **_scored(found.signs, occurred_at),
        )
    for name, values in found.measurements:
        kind = kinds()[name]
        context.plan.add(
            MEASUREMENTS,
            id=context.ids("measurement", set_id, name),
            kind=kind.name,
            kind_version=kind.version,
            kind_hash=kind.hash,
            values=Jsonb(dict(values)),
            device_source=SOURCE,
            **same,
        )


def _signs(
    one: AnchoredVisit, record: SetRecord, *, context: ImportContext
) -> ImportedSigns | None:
    """Return the signs of a row, None when there are none up to the anchor."""
    row, local = record.row, record.moment + one.shift
    if not context.timeline.has_come(local):
        context.report.refuse_row(row, LATER, field="charttime", value=row.values["charttime"])
        return None
    signs = imported_signs(record, limits=adult_limits(), report=context.report)
    if signs is not None and record.moment < one.visit.begins_at:
        context.report.keep(row, "charttime", reason="charted before the patient arrived")
    if signs is not None and not context.timeline.exists(local):
        reason = "a clock change skips this hour; it was stored an hour later"
        context.report.keep(row, "charttime", reason=reason)
    return signs


def _measured(signs: VitalSigns) -> dict[str, Any]:
    return {
        "respiratory_rate_per_min": signs.respiratory_rate_per_min,
        "spo2_percent": signs.spo2_percent,
        "spo2_scale": signs.spo2_scale,
        "on_oxygen": signs.on_oxygen,
        "oxygen_flow_l_per_min": signs.oxygen_flow_l_per_min,
        "inspired_oxygen_percent": signs.inspired_oxygen_percent,
        "systolic_bp_mmhg": signs.systolic_bp_mmhg,
        "diastolic_bp_mmhg": signs.diastolic_bp_mmhg,
        "pulse_per_min": signs.pulse_per_min,
        "temperature_celsius": signs.temperature_celsius,
    }


def _scored(signs: VitalSigns, occurred_at: datetime) -> dict[str, Any]:
    score = rules.score(signs, news2_pack())
    return {
        "score_pack": score.pack,
        "score_version": score.version,
        "score_hash": score.pack_hash,
        "score_total": score.total,
        "score_at_least": score.at_least,
        "score_points": Jsonb(dict(score.points)),
        "score_missing": Jsonb(list(score.missing)),
        "risk": score.risk.value,
        "interval_minutes": score.interval_minutes,
        "next_due_at": next_due_at(score, occurred_at),
    }
