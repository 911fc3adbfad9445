"""Why a set has its score: each parameter, its value, the band it fell into, its points."""

from __future__ import annotations

from dataclasses import dataclass

from ui.observations.words import SHORT_NAMES, name_in, sign_text
from ward_app.observations.limits import number_text
from ward_app.observations.rules import Band, Parameter, ScorePack
from ward_app.observations.types import Score, VitalSigns


@dataclass(frozen=True, slots=True)
class PartOfScore:
    """One line of the arithmetic: what was measured, its band and points (None = missing)."""

    name: str
    value: str
    points: int | None
    band: str = ""


def part_name(parameter: Parameter) -> str:
    """Return what a parameter is called in a list."""
    return SHORT_NAMES.get(parameter.name, parameter.label)


def band_text(parameter: Parameter, signs: VitalSigns) -> str:
    """Return the band a value fell into: "25 and over", "21 to 24"; empty where there is none."""
    band = parameter.band_of(signs)
    if band is None:
        return ""
    text = _range_text(band)
    return (
        text if band.on_oxygen is None else f"{text}, on {'oxygen' if band.on_oxygen else 'air'}"
    )


def arithmetic(signs: VitalSigns, score: Score, pack: ScorePack | None) -> tuple[PartOfScore, ...]:
    """Return the answer to "why this score": every scored parameter in the order of its pack.

    `pack` None = the pack of a stored score is not held here: its points alone are known.
    """
    if pack is None:
        names = [*score.points, *score.missing]
        return tuple(
            PartOfScore(name_in(score.pack, name), "", score.points.get(name)) for name in names
        )
    return tuple(
        PartOfScore(
            part_name(one),
            sign_text(one, signs),
            score.points.get(one.name),
            band_text(one, signs),
        )
        for one in pack.parameters
    )


def _range_text(band: Band) -> str:
    if band.lowest is None and band.highest is None:
        return "any value"
    if band.lowest is None:
        return f"{number_text(band.highest or 0)} and below"
    if band.highest is None:
        return f"{number_text(band.lowest)} and over"
    if band.lowest == band.highest:
        return number_text(band.lowest)
    return f"{number_text(band.lowest)} to {number_text(band.highest)}"
