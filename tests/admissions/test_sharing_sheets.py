"""Sharing a bed from the sheets, by keyboard, and what the screens say of it then."""

import gc

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

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
from tests.steps import admit, ago, board_of, leave, register
from ui.admissions.actions import (
    admit_sheet,
    discharge_sheet,
    swap_sheet,
    transfer_sheet,
    undo_sheet,
)
from ui.admissions.bed_sheet import SHARE_REASON
from ui.background import DatabaseWork
from ui.context import Context
from ward_app.admissions.types import AdmissionSource, BedShare
from ward_app.core.database import Actor
from ward_app.rooms.queries import wards


@pytest.fixture
def mother(database, nurse):
    """Ada Okafor, two hours in bed 1 of ward East."""
    return admit(database, nurse, "Okafor", "Ada", label="1", admitted_at=ago(120))


@pytest.fixture
def byrne(database, nurse, mother):
    """Baby Byrne in bed 2."""
    admit(database, nurse, "Byrne", "Baby", label="2")
    return row_of(database, nurse, "Byrne")


@pytest.fixture
def sheet(qtbot, context, byrne):
    """The move of Baby Byrne."""
    sheet = opened(qtbot, transfer_sheet(context, byrne))
    settled(qtbot, context)
    return sheet


@pytest.fixture
def together(database, nurse, mother):
    """Baby Okafor, who shares bed 1 with her mother."""
    share = BedShare(with_admission_id=mother, reason="Mother and baby")
    admit(database, nurse, "Babe", "Bea", label="1", share=share)
    return row_of(database, nurse, "Babe")


def texts(sheet):
    options = sheet.bed_input().field.options.options()
    return {option.text.split(" · ")[0]: option for option in options}


def is_shown(sheet, name=SHARE_REASON):
    return sheet.form_of(name).input(name).isVisibleTo(sheet)


def share_bed_1(qtbot):
    type_text(qtbot, "east 1")
    go_down_to(qtbot, "Bed 1 ")
    press(qtbot, Qt.Key.Key_Return)


def go_down_to(qtbot, text):
    """Walk the list under the cursor to the row that begins so."""
    field = QApplication.focusWidget()
    for _ in range(field.options.rowCount()):
        if str(field.list.currentIndex().data()).startswith(text):
            return
        press(qtbot, Qt.Key.Key_Down)
    assert str(field.list.currentIndex().data()).startswith(text)


def test_that_a_bed_is_shared_by_keyboard(qtbot, sheet, database, nurse):
    assert not is_shown(sheet)
    share_bed_1(qtbot)
    assert is_shown(sheet)
    assert sheet.form.input(SHARE_REASON).line.hasFocus()
    type_text(qtbot, "1")
    message = saved_message(qtbot, sheet)
    assert message.startswith("BYRNE, Baby moved to bed 1, shared with OKAFOR, Ada, at ")
    assert message.endswith(" Bed 2 is marked dirty.")
    rows = [row for row in board_of(database, nurse) if row.bed_label == "1"]
    assert [row.family_name for row in rows] == ["Okafor", "Byrne"]


def test_that_who_lies_there_is_named_with_the_date_of_birth(qtbot, sheet):
    assert texts(sheet)["Bed 1"].detail == "Occupied. Share with OKAFOR, Ada"
    share_bed_1(qtbot)
    hint = sheet.form.input(SHARE_REASON).target.accessibleDescription()
    assert hint == "In this bed and staying there: OKAFOR, Ada (born 03-Apr-1948)."


def test_that_an_occupied_bed_is_never_picked_in_haste(qtbot, sheet):
    type_text(qtbot, "east bay a 1")
    assert list(texts(sheet)) == ["Bed 1"]
    assert not sheet.bed_input().field.list.currentIndex().isValid()
    press(qtbot, Qt.Key.Key_Return)
    press(qtbot, Qt.Key.Key_Tab)
    assert sheet.value("bed_id") is None


def test_that_no_reason_keeps_the_entry_and_says_so(qtbot, sheet, database, nurse):
    share_bed_1(qtbot)
    press_save(qtbot)
    assert sheet.form.problem(SHARE_REASON) == "Needed"
    assert bed_row(database, nurse, "2").family_name == "Byrne"


def test_that_another_bed_takes_the_question_back(qtbot, sheet):
    share_bed_1(qtbot)
    sheet.bed_input().field.setFocus()
    sheet.bed_input().field.selectAll()
    type_text(qtbot, "3")
    press(qtbot, Qt.Key.Key_Return)
    assert not is_shown(sheet)
    assert sheet.share() is None


def test_that_a_bed_which_changed_hands_names_the_other_and_keeps_the_reason(
    qtbot, sheet, context, database, nurse, mother
):
    share_bed_1(qtbot)
    type_text(qtbot, "Breast feeding")
    leave(database, nurse, mother)
    admit(database, nurse, "Stranger", label="1", admitted_at=ago(0), accept_not_clean=True)
    press_save(qtbot)
    qtbot.waitUntil(lambda: "Bed 1 was given to STRANGER" in sheet.notice.text)
    settled(qtbot, context)
    assert sheet.form.input(SHARE_REASON).value() == "Breast feeding"
    assert bed_row(database, nurse, "2").family_name == "Byrne"


def test_that_without_the_permission_an_occupied_bed_is_refused(qtbot, database, signed_in, byrne):
    person = signed_in("dora")
    work = DatabaseWork(database, Actor(person.token))
    all_wards = tuple(database.run(work.actor, wards))
    context = Context(work=work, signed_in=person, wards=all_wards)
    sheet = opened(qtbot, transfer_sheet(context, byrne))
    settled(qtbot, context)
    assert texts(sheet)["Bed 1"].refusal == "Occupied."
    work.close()


def test_that_a_baby_is_admitted_to_the_bed_of_the_mother(qtbot, context, database, nurse, mother):
    register(database, nurse, "Babe", "Bea")
    sheet = opened(qtbot, admit_sheet(context, None))
    settled(qtbot, context)
    type_text(qtbot, "babe")
    qtbot.waitUntil(lambda: sheet.patient_form.input("patient").field.options.rowCount() > 1)
    press(qtbot, Qt.Key.Key_Return)
    settled(qtbot, context)
    sheet.bed_input().field.setFocus()
    share_bed_1(qtbot)
    type_text(qtbot, "1")
    sheet.stay_form.set_value("source", AdmissionSource.BIRTH)
    message = saved_message(qtbot, sheet)
    assert message.startswith("BABE, Bea admitted to bed 1, shared with OKAFOR, Ada, at ")
    rows = [row for row in board_of(database, nurse) if row.bed_label == "1"]
    assert [row.family_name for row in rows] == ["Okafor", "Babe"]


def test_that_a_kept_draft_still_knows_whose_bed_it_shares(qtbot, context, sheet, byrne, mother):
    share_bed_1(qtbot)
    type_text(qtbot, "Feeding")
    sheet.set_aside()
    again = opened(qtbot, transfer_sheet(context, byrne))
    settled(qtbot, context)
    assert is_shown(again)
    assert again.share() == BedShare(with_admission_id=mother, reason="Feeding")


def test_that_a_discharge_says_who_stays_in_the_bed(qtbot, context, together):
    sheet = opened(qtbot, discharge_sheet(context, together))
    assert sheet.notice.text == "Bed 1 is shared. OKAFOR, Ada stays there."
    sheet.form.set_value("destination", "home")
    message = saved_message(qtbot, sheet)
    assert message.endswith(" Still in bed 1: OKAFOR, Ada.")


def test_that_a_move_out_of_a_shared_bed_says_who_stays(qtbot, context, together, database, nurse):
    sheet = opened(qtbot, transfer_sheet(context, together))
    settled(qtbot, context)
    assert texts(sheet)["Bed 1"].refusal == "Occupied."
    type_text(qtbot, "3")
    press(qtbot, Qt.Key.Key_Return)
    assert saved_message(qtbot, sheet).endswith(" Still in bed 1: OKAFOR, Ada.")
    assert bed_row(database, nurse, "1").readiness == "clean"


def test_that_undoing_the_admission_leaves_the_other_in_the_bed(
    qtbot, context, together, database, nurse
):
    sheet = opened(qtbot, undo_sheet(context, together))
    settled(qtbot, context)
    sheet.reason.set_value("reason", "Wrong bed")
    message = saved_message(qtbot, sheet)
    assert message == "Admission of BABE, Bea cancelled. Still in bed 1: OKAFOR, Ada."
    assert bed_row(database, nurse, "1").family_name == "Okafor"


def test_that_a_shared_bed_is_no_partner_of_a_swap(qtbot, context, together, byrne):
    sheet = opened(qtbot, swap_sheet(context, byrne))
    settled(qtbot, context)
    sheet.form.input("partner").field.open_list()
    refused = {
        option.text: option.refusal
        for option in sheet.form.input("partner").field.options.options()
    }
    assert refused["OKAFOR, Ada"].endswith("shares the bed with BABE, Bea")


def test_that_the_sheet_of_a_shared_bed_is_freed(qtbot, context, together):
    sheet = transfer_sheet(context, together)
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
