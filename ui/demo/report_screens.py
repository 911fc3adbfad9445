"""Screens of the timeliness report, and of the sheet that takes it out."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.panels import TIMELINESS
from ui.timeliness.panel import TimelinessPanel
from ui.timeliness.print_sheet import PrintReportSheet


def rounds(walk: Walk) -> None:
    """How punctual the rounds are, by checklist."""
    place = walk.workplace
    walk.hands.press(place.keys_of(TIMELINESS))
    report = place.panel_of(TIMELINESS)
    assert isinstance(report, TimelinessPanel)  # noqa: S101 - made by its own spec
    walk.hands.press("R")
    walk.hands.press("B")
    walk.until(report.summary.text, "the report has no sum")


def printing(walk: Walk) -> None:
    """The report is printed or saved."""
    rounds(walk)
    walk.hands.press("P")
    walk.sheet(PrintReportSheet)
