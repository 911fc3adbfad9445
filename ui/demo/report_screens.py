"""Screens of the timeliness report, and of the sheet that takes it out."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.panels import TIMELINESS
from ui.timeliness.panel import TimelinessPanel
from ui.timeliness.print_sheet import PrintReportSheet


def observations(walk: Walk) -> None:
    """How punctual the observations are, by hour."""
    _report(walk, "O", "H")


def rounds(walk: Walk) -> None:
    """How punctual the rounds are, by checklist."""
    _report(walk, "R", "B")


def printing(walk: Walk) -> None:
    """The report is printed or saved."""
    rounds(walk)
    walk.hands.press("P")
    walk.sheet(PrintReportSheet)


def _report(walk: Walk, *keys: str) -> None:
    place = walk.workplace
    walk.hands.press(place.keys_of(TIMELINESS))
    report = place.panel_of(TIMELINESS)
    assert isinstance(report, TimelinessPanel)  # noqa: S101 - made by its own spec
    for key in keys:
        walk.hands.press(key)
    walk.until(report.summary.text, "the report has no sum")
