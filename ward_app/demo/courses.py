"""How invented patients fare: a course of illness, and the vital signs it shows at a moment.

The numbers are made to look plausible beside each other and to reach every NEWS2 band. They are
no model of any illness.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from random import Random

from ward_app.observations.types import Consciousness, OxygenDevice, VitalSigns

_OXYGEN_FROM = 0.45
_VOICE_FROM, _CONFUSION_FROM = 0.93, 0.82
_HIGHEST_SPO2 = 100
_CANNULA_UP_TO = 4
_VENTURI_PERCENT, _VENTURI_FLOW = 28, Decimal(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How ill a patient is over time.

    Attributes:
        knots: (hours before now, severity 0 well to 1 gravely ill), oldest first; severity runs
            in a straight line from one to the next and stays level outside.
        scale_2: chronic carbon dioxide retention; SpO2 scale 2 was decided on.
        confused: newly confused whatever the severity.
        refuses_thermometer: the latest set has no temperature.
    """

    knots: tuple[tuple[float, float], ...]
    scale_2: bool = False
    confused: bool = False
    refuses_thermometer: bool = False

    def severity(self, hours_before_now: float) -> float:
        """Return how ill the patient is so long before now, 0 to 1."""
        if hours_before_now >= self.knots[0][0]:
            return self.knots[0][1]
        for (earlier, before), (later, after) in pairwise(self.knots):
            if hours_before_now >= later:
                passed = (earlier - hours_before_now) / (earlier - later)
                return before + (after - before) * passed
        return self.knots[-1][1]


WELL = Course(knots=((0, 0.06),))
SETTLED = Course(knots=((72, 0.42), (24, 0.36), (0, 0.32)))
STEADY = Course(knots=((0, 0.38),))
IMPROVING = Course(knots=((90, 0.72), (40, 0.5), (8, 0.22), (0, 0.12)))
RECOVERING = Course(knots=((60, 0.6), (20, 0.44), (0, 0.39)))
MEDIUM = Course(knots=((30, 0.3), (6, 0.44), (0, 0.47)))
DETERIORATING = Course(knots=((30, 0.1), (9, 0.18), (2.5, 0.4), (0, 0.75)))
GRAVE = Course(knots=((20, 0.5), (6, 0.75), (0, 0.86)))
CONFUSED = Course(knots=((0, 0.08),), confused=True)
RETAINER = Course(knots=((48, 0.4), (0, 0.3)), scale_2=True)
RETAINER_WORSE = Course(knots=((30, 0.3), (0, 0.55)), scale_2=True)
REFUSING = Course(knots=((0, 0.15),), refuses_thermometer=True)


def _device(course: Course, flow: Decimal) -> OxygenDevice:
    if course.scale_2:
        return OxygenDevice.VENTURI_MASK
    return OxygenDevice.NASAL_CANNULA if flow <= _CANNULA_UP_TO else OxygenDevice.SIMPLE_MASK


def vital_signs(course: Course, hours_before_now: float, rng: Random) -> VitalSigns:
    """Return a complete set as it may have been measured so long before now."""
    ill = min(1.0, max(0.0, course.severity(hours_before_now) + rng.gauss(0, 0.025)))
    highest_spo2, fall = (91.5, 5) if course.scale_2 else (97.8, 7)
    systolic = round(128 - 38 * ill + rng.gauss(0, 5))
    on_oxygen = ill >= _OXYGEN_FROM
    flow = Decimal(round(1 + 12 * (ill - _OXYGEN_FROM))) if on_oxygen else None
    if on_oxygen and course.scale_2:
        flow = _VENTURI_FLOW
    return VitalSigns(
        respiratory_rate_per_min=round(15 + 13 * ill + rng.gauss(0, 0.8)),
        spo2_percent=min(_HIGHEST_SPO2, round(highest_spo2 - fall * ill + rng.gauss(0, 0.6))),
        spo2_scale=2 if course.scale_2 else 1,
        on_oxygen=on_oxygen,
        oxygen_flow_l_per_min=flow,
        oxygen_device=None if flow is None else _device(course, flow),
        inspired_oxygen_percent=_VENTURI_PERCENT if on_oxygen and course.scale_2 else None,
        systolic_bp_mmhg=systolic,
        diastolic_bp_mmhg=round(systolic * 0.55 + 8 + rng.gauss(0, 3)),
        pulse_per_min=round(74 + 52 * ill + rng.gauss(0, 3.5)),
        consciousness=_consciousness(course, ill),
        temperature_celsius=round(Decimal(36.7 + 2.1 * ill + rng.gauss(0, 0.15)), 1),
    )


def _consciousness(course: Course, ill: float) -> Consciousness:
    if ill >= _VOICE_FROM:
        return Consciousness.VOICE
    if course.confused or ill >= _CONFUSION_FROM:
        return Consciousness.CONFUSION
    return Consciousness.ALERT
