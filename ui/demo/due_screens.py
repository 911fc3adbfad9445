"""Pictures of what is due and of its sheets."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.panels import DUE
from ui.schedule.defer_sheet import DeferSheet
from ui.schedule.leave_sheet import LeaveSheet
from ui.schedule.panel import DuePanel
from ui.schedule.plan_sheet import PlanSheet
from ui.schedule.take_back import TakeBackSheet


def worklist(walk: Walk) -> None:
    """The worklist, the longest overdue first."""
    _open_due_list(walk)


def put_off(walk: Walk) -> None:
    """A set is not taken now."""
    _open_due_list(walk)
    walk.hands.press("D")
    walk.sheet(DeferSheet)
    walk.hands.press("1")


def not_put_off(walk: Walk) -> None:
    """What put a set off is taken back."""
    panel = _open_due_list(walk)
    row = next(n for n, item in enumerate(panel.rows.rows) if item.deferral_id)
    panel.table.setCurrentIndex(panel.rows.index(row, 0))
    walk.hands.press("U")
    walk.sheet(TakeBackSheet)


def how_often(walk: Walk) -> None:
    """How often to observe, less often than the score asks."""
    _open_due_list(walk)
    walk.hands.press("P")
    walk.sheet(PlanSheet)
    walk.hands.press("8")


def leave(walk: Walk) -> None:
    """A patient goes on leave."""
    walk.choose("5")
    walk.hands.press("L")
    walk.sheet(LeaveSheet)


def _open_due_list(walk: Walk) -> DuePanel:
    place = walk.workplace
    panel = place.panel_of(DUE)
    assert isinstance(panel, DuePanel)  # noqa: S101 - made by its own spec
    walk.hands.press(place.keys_of(DUE))
    walk.until(lambda: panel.rows.rows, "the list is empty")
    return panel
