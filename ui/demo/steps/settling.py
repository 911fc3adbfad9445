"""After a downtime: what needs a person is read, and settled with a reason."""

from __future__ import annotations

from ui.demo import downtime_screens
from ui.demo.walk import Walk
from ui.downtime.joint import DOWNTIME
from ui.downtime.settle_sheet import SettleSheet
from ui.panels import BOARD


def settle_what_was_left(walk: Walk) -> None:
    """Listed, counted on the rail, set aside with a reason, and still to be read."""
    panel = downtime_screens.left_by_a_colleague(walk)
    before = sum(line.needs_a_person for line in panel.lines)
    rail = walk.workplace.rail.button(DOWNTIME)
    walk.until(lambda: rail.count == str(before), f"the rail counts {rail.count}")
    walk.picture("downtime")
    walk.hands.press("S")
    sheet = walk.sheet(SettleSheet)
    walk.go_to(sheet.form.input("reason").target)
    walk.hands.type("1")
    told = walk.save()
    walk.expect(told == "Settled: set aside.", told)
    walk.until(
        lambda: sum(line.needs_a_person for line in panel.lines) == before - 1,
        "it still needs a person",
    )
    walk.expect(any(not line.is_open for line in panel.lines), "what was settled is gone")
    walk.until(lambda: rail.count == str(before - 1), f"the rail counts {rail.count}")
    walk.hands.press("B")
    walk.expect(walk.workplace.shown_key == BOARD, "B does not lead to the beds")
