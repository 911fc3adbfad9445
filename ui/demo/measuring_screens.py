"""The screens of what is measured beside the vital signs; each leaves its screen open."""

from __future__ import annotations

from ui.demo.steps import measuring
from ui.demo.walk import Walk
from ui.measurements.chooser import KindChooser
from ui.widgets.sheet import Sheet


def kinds(walk: Walk) -> None:
    """The choice of what to measure."""
    walk.choose("1")
    walk.hands.press("M")
    walk.sheet(KindChooser)
    walk.until(lambda: not walk.workplace.context.work.is_busy, "the choice was not filled")


def neurological(walk: Walk) -> None:
    """The longest form of a measurement, its total live."""
    measuring.open_kind(walk, "N", "1")
    walk.hands.type("4")
    walk.hands.press("Return")
    walk.hands.type("5")
    walk.hands.press("Return")
    walk.hands.type("6")


def glucose(walk: Walk) -> None:
    """A value that is asked about once."""
    measuring.open_kind(walk, "B", "1")
    walk.hands.type("40")
    walk.hands.press("Ctrl+Return")


def every(walk: Walk) -> None:
    """Everything measured of a patient."""
    measuring.open_list(walk, "1")


def correcting(walk: Walk) -> None:
    """One of them is corrected."""
    panel = measuring.open_list(walk, "1")
    walk.until(panel.rows.rowCount, "nothing was measured")
    walk.hands.press("C")
    walk.sheet(Sheet)
