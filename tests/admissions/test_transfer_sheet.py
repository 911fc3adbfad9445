import gc

import pytest
from PySide6.QtCore import Qt

from tests.sheets import (
    bed_row,
    freed,
    opened,
    press,
    press_save,
    row_of,
    saved_message,
    settled,
    type_text,
)
from tests.steps import admit, leave, move, places
from ui.admissions.actions import transfer_sheet


@pytest.fixture
def okafor(database, nurse):
    """Ada Okafor, admitted to bed 1 of ward East."""
    admit(database, nurse, "Okafor", "Ada", label="1")
    return row_of(database, nurse, "Okafor")


@pytest.fixture
def sheet(qtbot, context, okafor):
    """The move of Ada Okafor."""
    sheet = opened(qtbot, transfer_sheet(context, okafor))
    settled(qtbot, context)
    return sheet


def readiness(database, nurse, label):
    return bed_row(database, nurse, label).readiness


def test_that_a_bed_number_and_save_move_the_patient(qtbot, sheet, database, nurse):
    assert sheet.title == "Transfer: OKAFOR, Ada"
    type_text(qtbot, "3")
    press(qtbot, Qt.Key.Key_Return)
    message = saved_message(qtbot, sheet)
    assert message.startswith("OKAFOR, Ada moved to bed 3 at ")
    assert message.endswith(" Bed 1 is marked dirty.")
    assert places(database, nurse) == {"3": "Okafor"}
    assert readiness(database, nurse, "1") == "dirty"


def test_that_beds_of_the_same_room_come_first_and_the_own_one_is_refused(sheet):
    options = sheet.bed_input().field.options.options()
    assert [option.text.split(" · ")[0] for option in options[:3]] == ["Bed 2", "Bed 3", "Bed 4"]
    assert options[-1].text.startswith("Bed 1 ·")
    assert options[-1].refusal == "Occupied."


def test_that_another_ward_is_named_in_what_is_told(qtbot, sheet, database, nurse):
    type_text(qtbot, "west 2")
    press(qtbot, Qt.Key.Key_Return)
    assert "moved to bed 2, Ward 3 West at " in saved_message(qtbot, sheet)


def test_that_a_dragged_target_is_chosen_already(qtbot, context, okafor, database, nurse):
    sheet = opened(qtbot, transfer_sheet(context, okafor, bed_row(database, nurse, "10")))
    assert sheet.bed_input().field.text() == "Bed 10 · Bay B · Ward 7 East"
    saved_message(qtbot, sheet)
    assert places(database, nurse) == {"10": "Okafor"}


def test_that_a_patient_can_be_taken_off_a_bed(qtbot, sheet, database, nurse):
    type_text(qtbot, "no bed")
    press(qtbot, Qt.Key.Key_Return)
    assert "moved to Ward 7 East without a bed" in saved_message(qtbot, sheet)
    assert places(database, nurse) == {None: "Okafor"}


def test_that_a_bed_taken_meanwhile_keeps_time_and_reason(qtbot, sheet, database, nurse, context):
    type_text(qtbot, "3")
    press(qtbot, Qt.Key.Key_Return)
    sheet.form.set_value("reason", "Isolation")
    admit(database, nurse, "Byrne", label="3")
    press_save(qtbot)
    qtbot.waitUntil(lambda: "Bed 3 was given to BYRNE" in sheet.notice.text)
    settled(qtbot, context)
    assert sheet.bed_input().field.hasFocus()
    assert sheet.form.value("reason") == "Isolation"
    details = {
        option.text.split(" · ")[0]: option.detail
        for option in sheet.bed_input().field.options.options()
    }
    assert details["Bed 3"].startswith("Occupied. Share with BYRNE")


def test_that_a_question_about_one_bed_is_not_an_answer_for_another(
    qtbot, sheet, database, nurse, context
):
    leave(database, nurse, admit(database, nurse, "Byrne", label="3"))
    leave(database, nurse, admit(database, nurse, "Cole", label="4"))
    type_text(qtbot, "3")
    press(qtbot, Qt.Key.Key_Return)
    press_save(qtbot)
    qtbot.waitUntil(lambda: "not marked clean" in sheet.notice.text)
    sheet.bed_input().choose_again()
    settled(qtbot, context)
    type_text(qtbot, "4")
    press(qtbot, Qt.Key.Key_Return)
    press_save(qtbot)
    qtbot.waitUntil(lambda: "not marked clean" in sheet.notice.text)
    assert places(database, nurse) == {"1": "Okafor"}


def test_that_a_usual_reason_is_one_digit(qtbot, sheet):
    sheet.form.input("reason").setFocus()
    type_text(qtbot, "2")
    assert sheet.form.value("reason") == "Isolation"


def test_that_a_reason_may_begin_with_a_digit_when_it_goes_on(qtbot, sheet):
    sheet.form.input("reason").setFocus()
    type_text(qtbot, "9 beds closed")
    assert sheet.form.value("reason") == "9 beds closed"


def test_that_the_undo_offered_is_about_this_stay(qtbot, sheet, okafor):
    offered = []
    sheet.offer_undo = offered.append
    type_text(qtbot, "3")
    press(qtbot, Qt.Key.Key_Return)
    saved_message(qtbot, sheet)
    sheet.undo()
    assert offered[0].admission_id == okafor.admission_id


def test_that_a_patient_who_moved_meanwhile_is_said_to_be_there_already(
    qtbot, sheet, okafor, database, nurse
):
    type_text(qtbot, "3")
    press(qtbot, Qt.Key.Key_Return)
    move(database, nurse, okafor.admission_id, "3")
    press_save(qtbot)
    qtbot.waitUntil(lambda: sheet.form.problem("occurred_at") is not None)
    assert sheet.save_button.isEnabled()


def test_that_the_sheet_is_freed(qtbot, context, okafor):
    sheet = transfer_sheet(context, okafor)
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
