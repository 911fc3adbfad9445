import weakref

import pytest
from PySide6.QtCore import Qt

from tests.sheets import until_collected
from tests.ui_frame.builders import OneSheet
from ui.demo.clipped import clipped
from ui.widgets.sheet_area import SheetArea
from ward_app.core.errors import ConflictError, SignInRequiredError


@pytest.fixture
def area(qtbot, surroundings):
    area = SheetArea()
    qtbot.addWidget(area)
    area.resize(432, 600)
    area.show()
    return area


@pytest.fixture
def sheet(qtbot, area, surroundings):
    sheet = OneSheet(surroundings, "OKORO, Ada (Mrs)")
    area.open(sheet)
    return sheet


def type_name(qtbot, sheet, name="Okoro"):
    qtbot.keyClicks(sheet.form.input("name").line, name)


def test_that_the_patient_stands_in_the_title_and_on_the_save_button(sheet):
    assert sheet.heading.text() == "Admit: OKORO, Ada (Mrs)"
    assert sheet.save_button.text() == "Save for OKORO, Ada (Mrs)"


def test_that_a_long_name_takes_a_second_line_of_the_save_button(qtbot, area, surroundings):
    name = "MONTGOMERY-FEATHERSTONEHAUGH, Bartholomew Alexander (Professor)"
    sheet = OneSheet(surroundings, name)
    area.open(sheet)
    button, one_line = sheet.save_button, sheet.leave_button.height()
    qtbot.waitUntil(lambda: button.height() > one_line)
    assert button.geometry().right() < sheet.leave_button.x()
    assert clipped(sheet) == []
    assert name in button.text()
    assert name in button.accessibleName()
    assert name in button.toolTip()


def test_that_a_button_is_one_line_high_where_its_words_fit(qtbot, area, sheet):
    qtbot.waitUntil(lambda: sheet.save_button.height() == sheet.leave_button.height())


def test_that_ctrl_enter_saves_and_closes_and_tells(qtbot, area, sheet):
    type_name(qtbot, sheet)
    with qtbot.waitSignal(area.saved) as told, qtbot.waitSignal(area.emptied):
        qtbot.keyClick(
            sheet.form.input("name").line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
        )
    assert told.args == ["Saved. Okoro is in.", None, None]
    assert area.isHidden()


def test_that_two_impatient_clicks_save_once(qtbot, area, sheet, held):
    type_name(qtbot, sheet)
    held.hold()
    qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    assert sheet.save_button.text() == "Saving…"
    qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    held.let_go()
    with qtbot.waitSignal(area.emptied):
        pass
    assert len(held.actors) == 1


@pytest.mark.parametrize("error", [ConflictError("Bed 12 is taken."), SignInRequiredError("Out.")])
def test_that_a_refused_save_keeps_everything_typed(qtbot, area, sheet, error):
    def refuse(_tx, _name):
        raise error

    sheet.change = refuse
    type_name(qtbot, sheet)
    qtbot.mouseClick(sheet.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sheet.notice.text == str(error))
    assert sheet.form.value("name") == "Okoro"
    assert sheet.save_button.isEnabled()
    assert area.sheet is sheet


def test_that_escape_leaves_an_untouched_sheet_at_once(qtbot, area, sheet):
    with qtbot.waitSignal(area.emptied):
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)


def test_that_escape_asks_first_when_something_was_typed_and_keeps_a_draft(
    qtbot, area, sheet, surroundings
):
    type_name(qtbot, sheet)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert area.sheet is sheet
    assert "Not saved yet" in sheet.notice.text
    with qtbot.waitSignal(area.emptied):
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    again = OneSheet(surroundings)
    area.open(again)
    assert again.form.value("name") == "Okoro"
    assert "is back" in again.notice.text


def test_that_staying_takes_the_question_back(qtbot, area, sheet):
    type_name(qtbot, sheet)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.mouseClick(sheet.notice.button, Qt.MouseButton.LeftButton)
    assert sheet.notice.text == ""
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert area.sheet is sheet


def test_that_a_saved_sheet_leaves_no_draft(qtbot, area, sheet, surroundings):
    type_name(qtbot, sheet)
    with qtbot.waitSignal(area.emptied):
        sheet.save()
    assert surroundings.drafts.kept("admit") is None


def test_that_another_sheet_sets_the_first_aside_with_its_draft(qtbot, area, sheet, surroundings):
    type_name(qtbot, sheet)
    other = OneSheet(surroundings)
    sheet.sheet_requested.emit(other)
    assert area.sheet is other
    assert other.form.value("name") == "Okoro"


def test_that_a_sheet_being_saved_is_not_pushed_aside(qtbot, area, sheet, surroundings, held):
    type_name(qtbot, sheet)
    held.hold()
    sheet.save()
    assert not area.open(OneSheet(surroundings))
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert area.sheet is sheet
    held.let_go()
    with qtbot.waitSignal(area.emptied):
        pass


def test_that_a_closed_sheet_is_freed(qtbot, area, surroundings):
    sheet = OneSheet(surroundings)
    area.open(sheet)
    type_name(qtbot, sheet)
    gone = weakref.ref(sheet)
    with qtbot.waitSignal(area.emptied):
        sheet.set_aside()
    del sheet
    until_collected(qtbot, gone)
