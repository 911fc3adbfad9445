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
from tests.steps import admit, leave, places
from ui.admissions.actions import discharge_sheet, expected_discharge_sheet


@pytest.fixture
def okafor(database, nurse):
    """Ada Okafor, admitted to bed 1 of ward East."""
    admit(database, nurse, "Okafor", "Ada", label="1")
    return row_of(database, nurse, "Okafor")


@pytest.fixture
def sheet(qtbot, context, okafor):
    """The discharge of Ada Okafor."""
    return opened(qtbot, discharge_sheet(context, okafor))


def choose(qtbot, sheet, digit):
    sheet.form.input("destination").setFocus()
    type_text(qtbot, digit)


def test_that_a_digit_and_save_discharge_the_patient(qtbot, sheet, database, nurse):
    choose(qtbot, sheet, "1")
    message = saved_message(qtbot, sheet)
    assert message.startswith("OKAFOR, Ada discharged (home) at ")
    assert message.endswith(" Bed 1 is free and marked dirty.")
    assert places(database, nurse) == {}
    assert bed_row(database, nurse, "1").readiness == "dirty"


def test_that_where_the_patient_went_must_be_said(qtbot, sheet, database, nurse):
    press_save(qtbot)
    assert sheet.form.problem("destination") == "Needed"
    assert places(database, nurse) == {"1": "Okafor"}


def test_that_a_death_is_asked_once(qtbot, sheet, database, nurse):
    choose(qtbot, sheet, "6")
    press_save(qtbot)
    assert sheet.notice.text.startswith("Record that OKAFOR, Ada died at ")
    assert places(database, nurse) == {"1": "Okafor"}
    with qtbot.waitSignal(sheet.saved) as told:
        press(qtbot, Qt.Key.Key_Return)
    assert told.args[0].startswith("OKAFOR, Ada died at ")
    assert places(database, nurse) == {}


def test_that_another_destination_after_the_question_asks_again_for_a_death(qtbot, sheet):
    choose(qtbot, sheet, "6")
    press_save(qtbot)
    sheet._death_confirmed = True
    choose(qtbot, sheet, "1")
    choose(qtbot, sheet, "6")
    press_save(qtbot)
    assert sheet.notice.text.startswith("Record that OKAFOR, Ada died")


def test_that_somebody_who_left_meanwhile_is_said_to_have_left(
    qtbot, sheet, okafor, database, nurse
):
    leave(database, nurse, okafor.admission_id)
    choose(qtbot, sheet, "1")
    sheet.form.set_value("note", "Tablets given")
    press_save(qtbot)
    qtbot.waitUntil(lambda: "already left" in sheet.notice.text)
    assert sheet.form.value("note") == "Tablets given"


def test_that_enter_on_a_choice_takes_it_and_goes_on(qtbot, sheet):
    sheet.form.input("destination").setFocus()
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Return)
    assert sheet.form.value("destination") == "care_home"
    assert sheet.form.input("note").target.hasFocus()


def test_that_a_new_expected_date_needs_a_reason(qtbot, context, okafor, database, nurse):
    sheet = opened(qtbot, expected_discharge_sheet(context, okafor))
    type_text(qtbot, "+3")
    press_save(qtbot)
    assert sheet.form.problem("reason") == "Needed"
    type_text(qtbot, "2")
    message = saved_message(qtbot, sheet)
    assert message.startswith("OKAFOR, Ada is now expected to leave on ")
    assert row_of(database, nurse, "Okafor").expected_discharge_on is not None


def test_that_a_day_that_is_over_is_refused(qtbot, context, okafor):
    sheet = opened(qtbot, expected_discharge_sheet(context, okafor))
    type_text(qtbot, "-1")
    press_save(qtbot)
    assert sheet.form.problem("expected_on") == "This day is over"


@pytest.mark.parametrize("make", [discharge_sheet, expected_discharge_sheet])
def test_that_the_sheets_are_freed(qtbot, context, okafor, make):
    sheet = make(context, okafor)
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
