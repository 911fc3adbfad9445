"""How what was decided for a patient reads in a handover. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Iterable

from ui.due_words import every_text
from ui.observations.target_words import SIDE_GLYPHS, range_text, target_text
from ward_app.handover.types import Decision
from ward_app.observations.oxygen_target import TargetRange, side_of
from ward_app.observations.types import VitalSigns

_TARGET = "oxygen_target"


def decision_words(decision: Decision) -> str:
    """Return what was decided: "Oxygen target 88 to 92 %", "Observe every 30 min"."""
    number = decision.number
    if decision.what == "oxygen_scale":
        return f"SpO₂ scale {number}"
    if decision.what == _TARGET:
        return target_text(_range_of(decision))
    if decision.what == "accepted_score":
        return f"Score {number} agreed: nobody is called for it"
    return f"Observe {every_text(number).lower()}"


def beside_target(decisions: Iterable[Decision], signs: VitalSigns) -> str:
    """Return " · target 88 to 92 %", with a glyph where the saturation lies outside it.

    Empty where no target is prescribed, or the set has no saturation.
    """
    targets = [_range_of(one) for one in decisions if one.what == _TARGET]
    if not targets or signs.spo2_percent is None:
        return ""
    side = side_of(targets[0], signs)
    lies = f"{SIDE_GLYPHS[side]} {side.value} " if side else ""
    return f" · {lies}target {range_text(targets[0])}"


def _range_of(decision: Decision) -> TargetRange:
    return TargetRange(decision.number, decision.up_to or decision.number)
