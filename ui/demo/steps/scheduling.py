"""What is due: the worklist, and a set put off with a reason."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.panels import BOARD, DUE
from ui.schedule.defer_sheet import DeferSheet
from ui.schedule.panel import DuePanel


def worklist(walk: Walk) -> None:
    """The longest overdue comes first; D and a digit put a set off, and the list says why."""
    place = walk.workplace
    walk.hands.press(place.keys_of(DUE))
    panel = place.panel_of(DUE)
    assert isinstance(panel, DuePanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: panel.rows.rows, "the list is empty")
    reasons = {item.due_reason for item in panel.rows.rows}
    walk.expect({"deferred", "paused"} <= reasons, f"reasons shown: {reasons}")
    walk.picture("due")
    chosen = panel.chosen
    walk.hands.press("D")
    walk.sheet(DeferSheet)
    walk.hands.press("6")
    walk.picture("put-off")
    told = walk.save()
    walk.expect("workload" in told, f"told: {told}")
    walk.until(
        lambda: any(
            chosen and item.admission_id == chosen.admission_id and item.due_reason == "deferred"
            for item in panel.rows.rows
        ),
        "the list does not say that the set was put off",
    )
    walk.hands.press(place.keys_of(BOARD))
