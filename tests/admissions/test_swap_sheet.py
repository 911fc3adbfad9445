import gc

import pytest
from PySide6.QtCore import Qt

from tests.sheets import freed, opened, press, row_of, saved_message, settled, type_text
from tests.steps import admit, places
from ui.admissions.actions import swap_sheet


@pytest.fixture
def rows(database, nurse):
    """Ada Okafor in bed 1, Sam Byrne in bed 3, and Cy Cole without a bed."""
    admit(database, nurse, "Okafor", "Ada", label="1")
    admit(database, nurse, "Byrne", "Sam", label="3")
    admit(database, nurse, "Cole", "Cy", label=None)
    return [row_of(database, nurse, name) for name in ("Okafor", "Byrne")]


@pytest.fixture
def sheet(qtbot, context, rows):
    """The exchange of Ada Okafor's bed."""
    sheet = opened(qtbot, swap_sheet(context, rows[0]))
    settled(qtbot, context)
    return sheet


def test_that_two_patients_exchange_beds(qtbot, sheet, database, nurse):
    type_text(qtbot, "byr")
    press(qtbot, Qt.Key.Key_Return)
    message = saved_message(qtbot, sheet)
    assert message.startswith("OKAFOR, Ada is now in bed 3 and BYRNE, Sam in bed 1, at ")
    assert places(database, nurse) == {"1": "Byrne", "3": "Okafor", None: "Cole"}


def test_that_only_others_in_beds_are_offered(sheet):
    texts = [option.text for option in sheet.form.input("partner").field.options.options()]
    assert texts == ["BYRNE, Sam"]


def test_that_leaving_the_field_picks_nobody(qtbot, sheet):
    type_text(qtbot, "byr")
    press(qtbot, Qt.Key.Key_Tab)
    assert sheet.form.value("partner") is None
    assert sheet.form.problem("partner") == "Choose one from the list (Down, Enter)"


def test_that_a_patient_dragged_onto_another_is_chosen(qtbot, context, rows, database, nurse):
    sheet = opened(qtbot, swap_sheet(context, *rows))
    saved_message(qtbot, sheet)
    assert places(database, nurse)["1"] == "Byrne"


def test_that_saving_again_is_the_same_swap(qtbot, sheet, database, nurse):
    type_text(qtbot, "byr")
    press(qtbot, Qt.Key.Key_Return)
    saved_message(qtbot, sheet)
    with qtbot.waitSignal(sheet.saved):
        sheet.save()
    assert places(database, nurse)["3"] == "Okafor"


def test_that_the_sheet_is_freed(qtbot, context, rows):
    sheet = swap_sheet(context, rows[0])
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
