import gc
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt

from tests import world
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
from tests.steps import admit, ago, leave, move, places
from ui.admissions.actions import undo_discharge_sheet, undo_sheet
from ui.admissions.step_options import discharge_options, step_text
from ward_app.admissions.queries import recently_discharged, stay_history
from ward_app.admissions.types import Destination


@pytest.fixture
def okafor(database, nurse):
    """Ada Okafor, admitted to bed 1 of ward East, then moved to bed 3."""
    admission_id = admit(database, nurse, "Okafor", "Ada", label="1")
    move(database, nurse, admission_id, "3")
    return row_of(database, nurse, "Okafor")


@pytest.fixture
def sheet(qtbot, context, okafor):
    """The undoing of Ada Okafor's latest step."""
    sheet = opened(qtbot, undo_sheet(context, okafor))
    settled(qtbot, context)
    sheet.focus_first()
    return sheet


@pytest.fixture
def east(context):
    return next(ward for ward in context.wards if ward.id == world.id_of("east"))


def test_that_the_history_says_which_step_would_be_undone(sheet):
    texts = [option.text for option in sheet.steps.options()]
    assert texts[0].startswith("↶ ")
    assert "Moved from bed 1 to bed 3" in texts[0]
    assert "Admitted to bed 1" in texts[1]
    assert sheet.steps.options()[1].refusal is not None
    assert "goes back to bed 1" in sheet.consequence.text()


def test_that_a_digit_for_the_reason_and_save_undo_the_move(qtbot, sheet, database, nurse):
    type_text(qtbot, "2")
    assert saved_message(qtbot, sheet) == "Transfer of OKAFOR, Ada undone. Now in bed 1."
    assert places(database, nurse) == {"1": "Okafor"}


def test_that_undoing_needs_a_reason(qtbot, sheet, database, nurse):
    press_save(qtbot)
    assert sheet.reason.problem("reason") == "Needed"
    assert places(database, nurse) == {"3": "Okafor"}


def test_that_a_former_bed_given_away_leaves_the_patient_without_one(
    qtbot, sheet, database, nurse
):
    admit(database, nurse, "Byrne", label="1", accept_not_clean=True, admitted_at=ago(0))
    type_text(qtbot, "2")
    message = saved_message(qtbot, sheet)
    because = "because the former bed was given away or closed"
    assert f"Now in Ward 7 East without a bed, {because}" in message


def test_that_a_step_recorded_meanwhile_is_not_undone_unseen(
    qtbot, sheet, okafor, database, nurse, context
):
    move(database, nurse, okafor.admission_id, "4")
    type_text(qtbot, "2")
    press_save(qtbot)
    qtbot.waitUntil(lambda: "Another step was recorded meanwhile" in sheet.notice.text)
    settled(qtbot, context)
    assert places(database, nurse) == {"4": "Okafor"}
    assert "goes back to bed 3" in sheet.consequence.text()
    assert "Now in bed 3" in saved_message(qtbot, sheet)


def test_that_an_admission_is_cancelled_as_the_last_step(qtbot, context, database, nurse):
    admit(database, nurse, "Byrne", "Sam", label="2")
    sheet = opened(qtbot, undo_sheet(context, row_of(database, nurse, "Byrne")))
    settled(qtbot, context)
    sheet.focus_first()
    assert "This cancels the admission of BYRNE, Sam" in sheet.consequence.text()
    type_text(qtbot, "1")
    message = saved_message(qtbot, sheet)
    assert message == "Admission of BYRNE, Sam cancelled. Bed 2 is marked dirty."
    assert places(database, nurse) == {}


def test_that_who_left_lately_is_found_and_comes_back(
    qtbot, context, east, okafor, database, nurse
):
    leave(database, nurse, okafor.admission_id)
    sheet = opened(qtbot, undo_discharge_sheet(context, east))
    settled(qtbot, context)
    assert not sheet.save_button.isEnabled()
    type_text(qtbot, "oka")
    press(qtbot, Qt.Key.Key_Return)
    settled(qtbot, context)
    assert sheet.save_text == "Undo for OKAFOR, Ada"
    type_text(qtbot, "4")
    assert saved_message(qtbot, sheet) == "Discharge of OKAFOR, Ada undone. Now in bed 3."
    assert places(database, nurse) == {"3": "Okafor"}


def test_that_it_is_said_when_nobody_left(qtbot, context, east):
    sheet = opened(qtbot, undo_discharge_sheet(context, east))
    settled(qtbot, context)
    field = sheet.form_of("left").input("left").field
    assert [option.text for option in field.options.options()] == [
        "Nobody left in the last 24 hours"
    ]


def test_that_the_undone_bed_is_free_again(qtbot, sheet, database, nurse):
    type_text(qtbot, "2")
    saved_message(qtbot, sheet)
    assert not bed_row(database, nurse, "3").occupied


def test_that_the_sheet_is_freed(qtbot, context, okafor):
    sheet = undo_sheet(context, okafor)
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None


def test_that_a_death_is_said_where_the_discharge_stands(qtbot, context, database, nurse):
    gone = admit(database, nurse, "Mortimer", label="3")
    leave(database, nurse, gone, destination=Destination.DIED)
    (left,) = database.run(nurse, recently_discharged, (world.id_of("east"),))
    assert left.died_at == left.discharged_at
    now, zone = context.clock(), ZoneInfo("Europe/London")
    (option,) = discharge_options((left,), zone, now)
    assert option.detail.startswith("Died ")
    newest = database.run(nurse, stay_history, gone)[0]
    assert step_text(newest, "Ward 7 East", zone, now).split(" ", 1)[1].startswith("Died")


def test_that_every_word_of_the_history_is_seen(qtbot, context, database, nurse):
    long = "because the patient asked for it again and again and the family agreed in the end"
    gone = admit(database, nurse, "Lengthy", label="3")
    move(database, nurse, gone, "4", reason=long)
    sheet = opened(qtbot, undo_sheet(context, row_of(database, nurse, "Lengthy")))
    settled(qtbot, context)
    line = sheet.history.fontMetrics().lineSpacing()
    assert sheet.history.sizeHintForRow(0) >= 3 * line
    assert sheet.history.sizeHintForRow(1) < 3 * line
    assert not sheet.history.grab().toImage().isNull()
