"""Screens of what is open on the wards, and of the answer to a call."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.escalations.answer_sheet import AnswerSheet
from ui.escalations.panel import AlertsPanel
from ui.panels import ALERTS


def everything(walk: Walk) -> None:
    """Every open alert, the worst first."""
    place = walk.workplace
    walk.hands.press(place.keys_of(ALERTS))
    panel = place.panel_of(ALERTS)
    assert isinstance(panel, AlertsPanel)  # noqa: S101 - made by its own spec
    walk.until(panel.model.rowCount, "no alert is shown")


def answering(walk: Walk) -> None:
    """Somebody acknowledges the first of them."""
    everything(walk)
    walk.hands.press("A")
    walk.sheet(AnswerSheet)
