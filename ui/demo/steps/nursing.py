"""The shift's nurses: take what is planned, see only that, find who is on duty."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.panels import BOARD
from ui.shifts.joint import DIRECTORY_KEY, MINE_KEY, PANEL
from ui.shifts.panel import ShiftPanel
from ui.shifts.sheets import DirectorySheet
from ward_app.demo.shift_rows import PLANNED_FOR_NURSE


def take_my_beds(walk: Walk) -> None:
    """A patient without a nurse is loud; M takes what is planned; the board shows only that."""
    panel = nurses(walk)
    walk.expect("▲ No nurse on duty" in panel.gaps.text(), f"the gap: {panel.gaps.text()}")
    walk.expect("Registered nurse" in panel.mix.text(), f"the skill mix: {panel.mix.text()}")
    walk.picture("nurses")
    walk.hands.press("M")
    me = walk.workplace.context.signed_in.user_id
    walk.until(
        lambda: (
            {line.bed.bed_label for line in panel.beds.rows if line.bed.user_id == me}
            == set(PLANNED_FOR_NURSE)
        ),
        "the planned beds were not taken",
    )
    walk.picture("nurses-taken")
    walk.hands.press(walk.workplace.keys_of(BOARD))
    walk.hands.press(MINE_KEY)
    walk.until(
        lambda: walk.board.search_bar.summary.text().startswith(f"{len(PLANNED_FOR_NURSE)} of"),
        "the board does not show only my beds",
    )
    walk.picture("my-patients")
    walk.hands.press(MINE_KEY)


def look_who_is_on_duty(walk: Walk) -> None:
    """One key from anywhere; a few letters find the doctor on call."""
    sheet = directory(walk)
    walk.hands.type("on call")
    people = [one.works_as for one in sheet.model.rows]
    walk.expect(people == ["Medical registrar on call"], f"found: {people}")
    walk.picture("on-duty")
    walk.hands.press("Esc")


def nurses(walk: Walk) -> ShiftPanel:
    """Show the shift's beds and nurses and return the panel once it is read."""
    place = walk.workplace
    walk.hands.press(place.keys_of(PANEL))
    panel = place.panel_of(PANEL)
    assert isinstance(panel, ShiftPanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: panel.beds.rows, "the shift is empty")
    return panel


def directory(walk: Walk) -> DirectorySheet:
    """Show who is on duty and return the sheet once it is read."""
    walk.hands.press(DIRECTORY_KEY)
    sheet = walk.sheet(DirectorySheet)
    walk.until(lambda: sheet.model.rows, "nobody is on duty")
    return sheet
