"""Pictures of the shift lane and of its sheet."""

from __future__ import annotations

from ui.demo.steps.shift import lane
from ui.demo.walk import Walk
from ui.lane.round_defer_sheet import RoundDeferSheet


def shift(walk: Walk) -> None:
    """The ward's next twelve hours."""
    lane(walk)


def nearer(walk: Walk) -> None:
    """The next four hours."""
    lane(walk)
    walk.hands.press("+")
    walk.hands.press("+")


def table(walk: Walk) -> None:
    """The same as a table."""
    lane(walk)
    walk.hands.press("T")


def put_off(walk: Walk) -> None:
    """A checklist is put off where it stands."""
    panel = lane(walk)
    line = next(line for line in panel.lines if line.item.kind == "round" and line.row.patient)
    panel.view.choose(line.row, line.visit, line.item)
    walk.hands.press("D")
    walk.sheet(RoundDeferSheet)
    walk.hands.press("2")
