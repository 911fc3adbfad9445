"""Colours of the points 0 to 3 of one parameter, and of the chart's ink.

The bands keep the order of the Royal College of Physicians' chart: none, yellow, orange, red.
Every colour is said again by a number and by the shape of the marker.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ui import theme
from ui.theme import Scheme
from ward_app.observations.packs import PACK_NAMES, pack_named
from ward_app.observations.rules import Scoring


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartColours:
    """Colours of one scheme, as "#rrggbb".

    Attributes:
        bands: ground of the bands with 0, 1, 2, 3 points.
        points: text and marker edges of 0, 1, 2, 3 points; legible on card and on the bands.
    """

    paper: str
    text: str
    dim: str
    grid: str
    frame: str
    ink: str
    accent: str
    bands: tuple[str, str, str, str]
    points: tuple[str, str, str, str]
    risks: tuple[str, str, str, str]
    on_risk: str


LIGHT = ChartColours(
    paper="#ffffff",
    text="#16202a",
    dim="#4a5866",
    grid="#dfe5ea",
    frame="#aab4be",
    ink="#1d3b57",
    accent="#0b5cad",
    bands=("#ffffff", "#fdf6c9", "#fbe0bd", "#f8c9c2"),
    points=("#4a5866", "#6b5a00", "#8a4400", "#a11a12"),
    risks=("#51606e", "#2a6593", "#a65400", "#a11a12"),
    on_risk="#ffffff",
)

DARK = ChartColours(
    paper="#1a232c",
    text="#e8eef4",
    dim="#a9b6c3",
    grid="#33404c",
    frame="#566573",
    ink="#cfe3f5",
    accent="#4aa3ff",
    bands=("#1a232c", "#3a3717", "#44301a", "#4a2124"),
    points=("#a9b6c3", "#eadb7a", "#ffb35c", "#ff9d94"),
    risks=("#a9b6c3", "#7fbdf0", "#ffb35c", "#ff9187"),
    on_risk="#10171e",
)


_MOST_SHADES = 3
_RED_POINTS = 2


def chart_colours() -> ChartColours:
    """Return the chart's colours of the scheme in force; paper always takes `LIGHT`."""
    return DARK if theme.scheme() is Scheme.DARK else LIGHT


@cache
def risk_index(points: int | None, risk: str | None) -> int:
    """Return 0 for no points, 1 for low, 2 for medium, 3 for high risk: `ChartColours.risks`."""
    names = ("risk_none", "risk_low", "risk_medium", "risk_high")
    return names.index(theme.risk_token(points, risk))


def shade_of(points: int, scoring: Scoring = Scoring.SUM) -> int:
    """Return which of the colours and shapes of 0 to 3 stand for so many points of a pack.

    A criterion that triggers by itself is as loud as red. Some packs give 4 to one parameter:
    that is as far from well as their bands go.
    """
    if points and scoring is not Scoring.SUM:
        red_from = 1 if scoring is Scoring.SINGLE_TRIGGER else _RED_POINTS
        return _MOST_SHADES if points >= red_from else points
    return min(points, _MOST_SHADES)


@cache
def shade_in(points: int, pack: str) -> int:
    """Return the shade of points that a stored score gave; `pack` is its name."""
    return shade_of(points, _scoring_of(pack))


@cache
def _scoring_of(pack: str) -> Scoring:
    return pack_named(pack).scoring if pack in PACK_NAMES else Scoring.SUM
