"""Screens of rounds: what was recorded, and what changes it."""

from __future__ import annotations

from PySide6.QtCore import Qt

from ui.demo.signing_in import sign_in_as
from ui.demo.walk import Walk
from ui.panels import ROUNDS
from ui.rounding.checklists_sheet import ChecklistsSheet
from ui.rounding.correct_sheet import CorrectSheet
from ui.rounding.editor_sheet import EditorSheet
from ui.rounding.find_sheet import FindRoundsSheet
from ui.rounding.history_sheet import HistorySheet
from ui.rounding.item_sheet import ItemSheet
from ui.rounding.panel import RoundsPanel
from ward_app.demo.staff import CHARGE_NURSE

DAMAGED_ROW = "12"


def rounds(walk: Walk) -> RoundsPanel:
    """Open the rounds with the cursor in the first cell."""
    place = walk.workplace
    walk.hands.press(place.keys_of(ROUNDS))
    panel = place.panel_of(ROUNDS)
    assert isinstance(panel, RoundsPanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: panel.model.rows, "the round is empty")
    panel.view.setFocus(Qt.FocusReason.OtherFocusReason)
    return panel


def history(walk: Walk) -> HistorySheet:
    """What was recorded of somebody whose skin is damaged."""
    panel = rounds(walk)
    labels = [row.line.bed_label for row in panel.model.rows]
    panel.view.go_to(labels.index(DAMAGED_ROW), panel.view.currentIndex().column())
    walk.hands.press("F9")
    sheet = walk.sheet(HistorySheet)
    walk.until(lambda: sheet.model.rows, "nothing was recorded")
    return sheet


def correction(walk: Walk) -> CorrectSheet:
    """The correction of a skin check."""
    sheet = history(walk)
    titles = [item.title for item in sheet.model.rows]
    sheet.table.setCurrentIndex(sheet.model.index(titles.index("Skin check"), 0))
    walk.hands.press("C")
    return walk.sheet(CorrectSheet)


def checklists(walk: Walk) -> ChecklistsSheet:
    """All checklists as who leads the ward sees them, the cursor on the one of an admission."""
    sign_in_as(walk, CHARGE_NURSE)
    rounds(walk)
    walk.hands.press("F10")
    sheet = walk.sheet(ChecklistsSheet)
    walk.until(lambda: sheet.model.rows, "no checklist was read")
    names = [one.name for one in sheet.model.rows]
    sheet.table.setCurrentIndex(sheet.model.index(names.index("admission"), 0))
    return sheet


def editor(walk: Walk) -> EditorSheet:
    """The next version of the admission checklist, done once in a stay."""
    checklists(walk)
    walk.hands.press("Return")
    return walk.sheet(EditorSheet)


def item(walk: Walk) -> ItemSheet:
    """Its first item: what an answer opens is typed there."""
    sheet = editor(walk)
    walk.go_to(sheet.table)
    walk.hands.press("Return")
    return walk.sheet(ItemSheet)


def all_checklists(walk: Walk) -> None:
    """The list of checklists."""
    checklists(walk)


def editing(walk: Walk) -> None:
    """A checklist that is changed."""
    editor(walk)


def editing_item(walk: Walk) -> None:
    """An item that is changed."""
    item(walk)


def finding(walk: Walk) -> FindRoundsSheet:
    """Whose skin is not intact, found."""
    rounds(walk)
    walk.hands.press("F3")
    sheet = walk.sheet(FindRoundsSheet)
    box = sheet.form.input("checklist")
    walk.until(lambda: sheet.templates, "no checklist was read")
    box.set_value(next(one for one in sheet.templates if one.name == "skin"))
    walk.go_to(sheet.form.input("item").target)
    walk.hands.press("Down")
    walk.go_to(sheet.form.input("answer").target)
    walk.hands.type("n")
    walk.hands.press("Ctrl+Return")
    walk.until(lambda: sheet.model.rows, "nobody's skin is damaged")
    return sheet


def found(walk: Walk) -> None:
    """Rounds found by an answer."""
    finding(walk)


def answering(walk: Walk) -> None:
    """The round of a ward."""
    rounds(walk)


def so_far(walk: Walk) -> None:
    """What was recorded."""
    history(walk)


def correcting(walk: Walk) -> None:
    """Answers to be corrected."""
    correction(walk)
