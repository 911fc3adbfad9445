"""The observation charts of the invented patients, as rows."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg.types.json import Jsonb

from ward_app.demo.charts import ChartedSet
from ward_app.demo.load import Load
from ward_app.observations.rules import stored_signs

_SCORE_COLUMNS = (
    "score_pack",
    "score_version",
    "score_hash",
    "score_total",
    "score_at_least",
    "score_points",
    "score_missing",
    "risk",
    "interval_minutes",
)


def add_chart(load: Load, sets: Iterable[ChartedSet]) -> None:
    """Add the sets of one stay."""
    for charted in sets:
        reason = charted.incomplete_reason
        load.add(
            "report.vital_signs",
            id=charted.id,
            admission_id=charted.admission_id,
            occurred_at=charted.occurred_at,
            recorded_at=charted.recorded_at,
            recorded_by=charted.by.id,
            device_source=charted.device_source,
            status="entered_in_error" if charted.strikes_out else "final",
            supersedes_id=charted.supersedes,
            change_reason=charted.change_reason,
            incomplete_reason=reason.value if reason else None,
            **_measured(charted),
            **_scored(charted),
        )


def _measured(charted: ChartedSet) -> dict[str, object]:
    """Return the measurements; a strike-out has none."""
    signs = charted.signs
    values: dict[str, object] = {
        "respiratory_rate_per_min": signs.respiratory_rate_per_min,
        "spo2_percent": signs.spo2_percent,
        "on_oxygen": signs.on_oxygen,
        "oxygen_flow_l_per_min": signs.oxygen_flow_l_per_min,
        "oxygen_device": signs.oxygen_device and signs.oxygen_device.value,
        "inspired_oxygen_percent": signs.inspired_oxygen_percent,
        "systolic_bp_mmhg": signs.systolic_bp_mmhg,
        "diastolic_bp_mmhg": signs.diastolic_bp_mmhg,
        "pulse_per_min": signs.pulse_per_min,
        "consciousness": signs.consciousness and signs.consciousness.value,
        "temperature_celsius": signs.temperature_celsius,
    }
    if charted.strikes_out:
        return {"spo2_scale": 1, "further_signs": Jsonb({}), **dict.fromkeys(values)}
    further = Jsonb(stored_signs(signs.further))
    return {"spo2_scale": signs.spo2_scale, "further_signs": further, **values}


def _scored(charted: ChartedSet) -> dict[str, object]:
    """Return the score as it is stored; a strike-out and a child's set have none."""
    score = None if charted.strikes_out else charted.score
    if score is None:
        due_at = None if charted.strikes_out else charted.due_at
        return {**dict.fromkeys(_SCORE_COLUMNS), "next_due_at": due_at}
    values = (
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
    return {**dict(zip(_SCORE_COLUMNS, values, strict=True)), "next_due_at": charted.due_at}
