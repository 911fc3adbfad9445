"""Life goes on in the simulated hospital: the sets its nurses would have charted meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from ward_app.demo.chart_rows import add_chart
from ward_app.demo.charts import ChartedSet, due_after
from ward_app.demo.hospital import FACILITY_CODE, id_of
from ward_app.demo.load import Load
from ward_app.demo.loader import loader
from ward_app.demo.staff import charting_staff
from ward_app.observations import rules
from ward_app.observations.packs import pack_named
from ward_app.observations.rules import ScorePack, further_signs
from ward_app.observations.types import Consciousness, OxygenDevice, VitalSigns

_USUAL_TEMPERATURE = Decimal("36.8")
_LATEST_MINUTES = 40
_MOST_LATE = 10
_HIGHEST_SPO2 = 100

# the newest set in force of everybody in a ward of the hospital whose next set was due
_DUE = """
SELECT b.admission_id, w.code, v.next_due_at, v.score_pack, v.oxygen_device,
    v.inspired_oxygen_percent, v.further_signs, v.respiratory_rate_per_min, v.spo2_percent,
    v.spo2_scale, v.on_oxygen, v.oxygen_flow_l_per_min, v.systolic_bp_mmhg,
    v.diastolic_bp_mmhg, v.pulse_per_min, v.consciousness, v.temperature_celsius
FROM public.facilities f
JOIN room.wards w ON w.facility_id = f.id
JOIN admission.bed_stays b ON b.ward_id = w.id AND upper_inf(b.during) AND b.voided_at IS NULL
JOIN LATERAL (
    SELECT * FROM report.vital_signs o
    WHERE o.admission_id = b.admission_id AND o.status = 'final'
      AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = o.id)
    ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1) v ON true
WHERE f.code = %s AND v.next_due_at < %s
ORDER BY b.admission_id
"""


@dataclass(frozen=True, slots=True)
class _Patient:
    """Somebody whose next set was due, what scored the last one, and its values."""

    admission_id: UUID
    ward_code: str
    due_at: datetime
    pack: ScorePack | None
    signs: VitalSigns


def chart_rounds(dsn: str, *, now: datetime | None = None) -> int:
    """Add the sets that came due and return how many; a few that are due lately stay due.

    Args:
        dsn: how the administrator, or a member of `ward_loader`, connects.
        now: up to when, aware; None = the present.

    Raises:
        ConfigurationError: the database has no schema yet.
        DatabaseUnavailableError: the server cannot be reached.
    """
    moment = now or datetime.now(UTC)
    load = Load()
    late = 0
    with loader(dsn) as connection:
        for row in connection.execute(_DUE, (FACILITY_CODE, moment)).fetchall():
            patient = _patient(row)
            latest_minutes = _LATEST_MINUTES if late < _MOST_LATE else 0
            charted = list(_charted(patient, moment, latest_minutes))
            late += (charted[-1].due_at if charted else patient.due_at) < moment
            add_chart(load, charted)
        load.copy_into(connection)
    return load.count("report.vital_signs")


def _patient(row: tuple[Any, ...]) -> _Patient:
    admission_id, ward_code, due_at, pack, device, percent, further, *signs = row
    rate, spo2, scale, on_oxygen, flow, systolic, diastolic, pulse, acvpu, temperature = signs
    return _Patient(
        admission_id,
        ward_code,
        due_at,
        pack_named(pack) if pack else None,
        VitalSigns(
            respiratory_rate_per_min=rate,
            spo2_percent=spo2,
            spo2_scale=scale,
            on_oxygen=on_oxygen,
            oxygen_flow_l_per_min=flow,
            systolic_bp_mmhg=systolic,
            diastolic_bp_mmhg=diastolic,
            pulse_per_min=pulse,
            consciousness=Consciousness(acvpu) if acvpu else None,
            temperature_celsius=temperature,
            oxygen_device=OxygenDevice(device) if device else None,
            inspired_oxygen_percent=percent,
            further=further_signs(further),
        ),
    )


def _charted(patient: _Patient, now: datetime, latest_minutes: int) -> Iterator[ChartedSet]:
    """Yield one set at each time it was due, each a little off the one before."""
    rng = Random(str(patient.admission_id))  # noqa: S311 - invented people
    until = now - timedelta(minutes=rng.randint(0, latest_minutes))
    signs, due_at = patient.signs, patient.due_at
    while due_at < until:
        signs = _drifted(signs, rng)
        score = rules.score(signs, patient.pack) if patient.pack else None
        at = due_at - timedelta(minutes=rng.randint(0, 4))
        due_at = due_after(score, at)
        yield ChartedSet(
            id=id_of("round", patient.admission_id, at),
            admission_id=patient.admission_id,
            occurred_at=at,
            recorded_at=at + timedelta(seconds=rng.randint(20, 150)),
            by=rng.choice(charting_staff(patient.ward_code)),
            signs=signs,
            score=score,
            due_at=due_at,
        )


def _drifted(signs: VitalSigns, rng: Random) -> VitalSigns:
    """Return a complete set near the one before."""
    temperature = signs.temperature_celsius or _USUAL_TEMPERATURE
    on_oxygen = bool(signs.on_oxygen)
    return replace(
        signs,
        respiratory_rate_per_min=(signs.respiratory_rate_per_min or 16) + rng.randint(-1, 1),
        spo2_percent=min(_HIGHEST_SPO2, (signs.spo2_percent or 96) + rng.randint(-1, 1)),
        on_oxygen=on_oxygen,
        systolic_bp_mmhg=(signs.systolic_bp_mmhg or 125) + rng.randint(-3, 3),
        diastolic_bp_mmhg=(signs.diastolic_bp_mmhg or 75) + rng.randint(-2, 2),
        pulse_per_min=(signs.pulse_per_min or 76) + rng.randint(-3, 3),
        consciousness=signs.consciousness or Consciousness.ALERT,
        temperature_celsius=temperature + Decimal(rng.randint(-1, 1)) / 10,
    )
