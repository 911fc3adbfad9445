"""Screens of charts that open with a reason: asking, reading, the queue of reviews, the flag."""

from __future__ import annotations

from PySide6.QtCore import Qt

from ui.demo.signing_in import sign_in_as
from ui.demo.steps import opening
from ui.demo.walk import Walk
from ui.notes.joint import PANEL as NOTES
from ui.openings.joint import PANEL as REVIEWS
from ui.openings.panel import OpeningsPanel
from ui.openings.review_sheet import ReviewSheet
from ui.patients.alerts_sheet import AlertsSheet
from ui.patients.glass_sheet import GlassSheet
from ward_app.demo.staff import CHARGE_NURSE
from ward_app.patients.types import FlagKind

_MANAGER = "manager"
# who lies there is marked private, and in the care of somebody else than the nurse of the screens
_PRIVATE_BED = "28"
_TO_BE_MARKED = "5"


def asking(walk: Walk) -> None:
    """A patient of another ward, found by name, and why."""
    opening.find(walk)


def chart(walk: Walk) -> None:
    """Her chart, with the red line."""
    opening.find(walk)
    walk.save()
    read = opening.chart_behind_glass(walk)
    walk.until(lambda: read.frame.marked, "the chart was not read")


def elsewhere(walk: Walk) -> None:
    """The red line above another screen, as long as the chart is open."""
    chart(walk)
    opening.red_line_on_the_board(walk)


def closed(walk: Walk) -> None:
    """A list of the ward says whose chart stays closed."""
    walk.workplace.show_panel(NOTES)
    walk.until(lambda: not walk.workplace.context.work.is_busy, "the notes were not read")


def private(walk: Walk) -> None:
    """The chart of somebody marked private asks why."""
    walk.choose(_PRIVATE_BED)
    walk.hands.press("Return")
    walk.sheet(GlassSheet)


def reviews(walk: Walk) -> None:
    """What waits for the manager's review."""
    queue(walk)


def queue(walk: Walk) -> OpeningsPanel:
    """Sign the manager in and return the queue once it was read."""
    sign_in_as(walk, _MANAGER)
    walk.hands.press(walk.workplace.keys_of(REVIEWS))
    panel = walk.workplace.panel_of(REVIEWS)
    assert isinstance(panel, OpeningsPanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: panel.rows.rows, "nothing was opened with a reason")
    return panel


def reviewing(walk: Walk) -> None:
    """An opening is decided."""
    panel = queue(walk)
    panel.table.setFocus(Qt.FocusReason.OtherFocusReason)
    walk.hands.press("A")
    walk.sheet(ReviewSheet)


def flag(walk: Walk) -> None:
    """A patient is about to be marked private, by who leads the shift."""
    sign_in_as(walk, CHARGE_NURSE)
    walk.choose(_TO_BE_MARKED)
    walk.hands.press("F")
    sheet = walk.sheet(AlertsSheet)
    walk.until(lambda: sheet.forms, "allergies and flags were not read")
    tick = sheet.flag_form.input(FlagKind.PRIVACY)
    tick.set_value(True)
    tick.setFocus(Qt.FocusReason.OtherFocusReason)


# with one nurse first, whose opened chart ends with her session; then who leads shift and ward
SCREENS = (
    ("private-closed", closed),
    ("private-asks-why", private),
    ("break-glass", asking),
    ("break-glass-chart", chart),
    ("break-glass-board", elsewhere),
    ("privacy-flag", flag),
    ("reviews", reviews),
    ("review", reviewing),
)
