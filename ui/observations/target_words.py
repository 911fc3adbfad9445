"""How an oxygen target reads, and a saturation outside it. Pure functions, no Qt."""

from __future__ import annotations

from datetime import tzinfo

from ui.formats import date_time_text
from ward_app.observations.oxygen_target import (
    OxygenTarget,
    Side,
    TargetRange,
    scale_differs,
    side_of,
)
from ward_app.observations.types import VitalSigns

SIDE_GLYPHS = {Side.BELOW: "▼", Side.ABOVE: "▲"}
SATURATION = "spo2_percent"
DECIDE = "Decide on the SpO₂ scale"


def range_text(target: TargetRange) -> str:
    """Return "88 to 92 %"."""
    return f"{target.low_percent} to {target.high_percent} %"


def short_range(target: TargetRange) -> str:
    """Return "88-92", with the dash of a range, for a cell or a label."""
    return f"{target.low_percent}–{target.high_percent}"  # noqa: RUF001 - a range


def target_text(target: TargetRange | None) -> str:
    """Return "Oxygen target 88 to 92 %", empty where none is prescribed."""
    return "" if target is None else f"Oxygen target {range_text(target)}"


def outside_text(target: TargetRange | None, signs: VitalSigns) -> str:
    """Return "SpO₂ 95 % is above the target 88 to 92 %.", empty where nothing is to be said."""
    side = side_of(target, signs) if target else None
    if target is None or side is None:
        return ""
    return f"SpO₂ {signs.spo2_percent} % is {side.value} the target {range_text(target)}."


def differs_text(target: TargetRange | None, scale: int) -> str:
    """Return that the SpO2 scale in force is not the one for this target, else empty."""
    if target is None or not scale_differs(target, scale):
        return ""
    return f"Target {range_text(target)}, but SpO₂ scale {scale} is in force."


def decided_text(decision: OxygenTarget, zone: tzinfo) -> str:
    """Return a decision in a line: what, by whom, when, why, who wrote it down."""
    what = range_text(decision.target) if decision.target else "Ended"
    at = date_time_text(decision.occurred_at, zone)
    why = f": {decision.reason}" if decision.reason else ""
    return f"{what}, {decision.decided_by}, {at}{why} (recorded by {decision.recorded_by})"


def standing_text(target: TargetRange | None, scale: int, key: str = "") -> str:
    """Return the target in force, and that the scale is another's where it is.

    `key` is what decides on the scale from there; empty = it cannot be decided from there.
    """
    differs = differs_text(target, scale)
    if not differs:
        return target_text(target)
    return f"▲ {differs}{f' {key}: decide on the scale.' if key else ''}"
