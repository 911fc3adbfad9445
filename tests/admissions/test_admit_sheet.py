import gc

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

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
from tests.steps import admit, leave, places, register
from ui.admissions.actions import admit_sheet
from ui.admissions.admit_sheet import AdmitSheet
from ward_app.admissions.types import AdmissionSource
from ward_app.patients.types import AllergyStatus, FlagKind, Sex


@pytest.fixture
def sheet(qtbot, context, database, nurse):
    """The admission to bed 4 of ward East."""
    sheet = opened(qtbot, admit_sheet(context, bed_row(database, nurse, "4")))
    qtbot.waitUntil(lambda: len(sheet.forms) == 5)
    settled(qtbot, context)
    return sheet


def find(qtbot, sheet, typed):
    """Search for a patient and wait for the answer."""
    field = sheet.patient_form.input("patient").field
    field.setFocus()
    type_text(qtbot, typed)
    qtbot.waitUntil(lambda: field.options.rowCount() > 1)


def choose_source(sheet):
    sheet.stay_form.set_value("source", AdmissionSource.EMERGENCY_DEPARTMENT)


def test_that_the_search_is_there_at_once_and_the_rest_a_turn_later(
    qtbot, context, database, nurse
):
    sheet = admit_sheet(context, bed_row(database, nurse, "4"))
    qtbot.addWidget(sheet)
    assert len(sheet.forms) == 1
    qtbot.waitUntil(lambda: len(sheet.forms) == 5)
    settled(qtbot, context)


def test_that_the_forms_under_the_search_are_made_one_at_a_turn(
    qtbot, context, database, nurse, monkeypatch
):
    made = []
    for name in ("_make_registration", "_make_stay", "_make_alerts"):
        original = getattr(AdmitSheet, name)

        def make(self, name=name, original=original):
            made.append((name, len(turns)))
            return original(self)

        monkeypatch.setattr(AdmitSheet, name, make)
    turns = []
    sheet = admit_sheet(context, bed_row(database, nurse, "4"))
    qtbot.addWidget(sheet)
    beat = QTimer(sheet, interval=0)
    beat.timeout.connect(lambda: turns.append(None))
    beat.start()
    qtbot.waitUntil(lambda: len(sheet.forms) == 5)
    assert [name for name, _ in made] == ["_make_registration", "_make_stay", "_make_alerts"]
    assert len({turn for _, turn in made}) == 3
    settled(qtbot, context)


def test_that_a_save_in_the_first_moment_names_what_is_missing(qtbot, context, database, nurse):
    sheet = admit_sheet(context, bed_row(database, nurse, "4"))
    qtbot.addWidget(sheet)
    sheet.save()
    assert sheet.stay_form.problem("source") == "Needed"
    settled(qtbot, context)


def test_that_a_known_patient_is_found_and_admitted_by_keyboard(qtbot, sheet, database, nurse):
    register(database, nurse, "Okafor", "Ada")
    find(qtbot, sheet, "okafor")
    press(qtbot, Qt.Key.Key_Return)
    assert sheet.title == "Admit: OKAFOR, Ada"
    assert sheet.save_text == "Save for OKAFOR, Ada"
    choose_source(sheet)
    message = saved_message(qtbot, sheet)
    assert message.startswith("OKAFOR, Ada admitted to bed 4 at ")
    assert places(database, nurse) == {"4": "Okafor"}


def test_that_the_cursor_goes_through_every_field_in_reading_order(qtbot, sheet):
    find(qtbot, sheet, "zz")
    seen = []
    for _ in range(40):
        press(qtbot, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        seen.append(focused)
        if focused is sheet.save_button:
            break
    tops = [widget.mapTo(sheet, widget.rect().topLeft()).y() for widget in seen]
    assert tops == sorted(tops)
    assert sheet.bed_input().field in seen
    assert sheet.alert_form.input("allergies").target in seen


def test_that_a_patient_in_hospital_is_shown_and_refused(qtbot, sheet, database, nurse):
    admit(database, nurse, "Okafor", "Ada", label="2")
    find(qtbot, sheet, "okafor")
    options = sheet.patient_form.input("patient").field.options.options()
    assert options[0].refusal.startswith("Already in hospital: Ward 7 East, bed 2")
    press(qtbot, Qt.Key.Key_Return)
    assert sheet.patient_form.value("patient") is None


def test_that_leaving_the_search_never_picks_somebody(qtbot, sheet, database, nurse):
    register(database, nurse, "Okafor", "Ada")
    find(qtbot, sheet, "okafor")
    press(qtbot, Qt.Key.Key_Tab)
    assert sheet.patient_form.value("patient") is None


def test_that_nothing_is_saved_while_a_field_is_missing(qtbot, sheet, database, nurse):
    press_save(qtbot)
    assert sheet.patient_form.problem("patient") == "Needed"
    assert sheet.stay_form.problem("source") == "Needed"
    assert sheet.patient_form.input("patient").field.hasFocus()
    assert places(database, nurse) == {}


def test_that_a_new_person_is_registered_and_admitted_in_one_save(
    qtbot, sheet, database, nurse, context
):
    find(qtbot, sheet, "byrne sam")
    press(qtbot, Qt.Key.Key_Return)
    form = sheet.registration.form
    assert form.value("family_name") == "Byrne"
    assert form.value("given_name") == "Sam"
    form.input("sex").setFocus()
    type_text(qtbot, "M")
    press(qtbot, Qt.Key.Key_Tab)
    type_text(qtbot, "03041948")
    choose_source(sheet)
    message = saved_message(qtbot, sheet)
    assert "BYRNE, Sam admitted to bed 4" in message
    assert "Patient number " in message
    row = row_of(database, nurse, "Byrne")
    assert str(row.born_on) == "1948-04-03"


def test_that_a_new_person_who_is_known_already_is_taken_instead(qtbot, sheet, database, nurse):
    register(database, nurse, "Byrne", "Samuel")
    find(qtbot, sheet, "byrne s")
    press(qtbot, Qt.Key.Key_End)
    type_text(qtbot, "am x")
    qtbot.waitUntil(lambda: sheet.patient_form.input("patient").field.options.rowCount() == 2)
    press(qtbot, Qt.Key.Key_Return)
    form = sheet.registration.form
    form.set_value("given_name", "Samuell")
    form.input("sex").set_value(Sex.FEMALE)
    form.input("born_on").line.setText("3/4/1948")
    choose_source(sheet)
    press_save(qtbot)
    qtbot.waitUntil(sheet.registration.duplicates.list.hasFocus)
    assert places(database, nurse) == {}
    press(qtbot, Qt.Key.Key_1)
    assert sheet.save_text == "Save for BYRNE, Samuel"
    assert sheet.registration.isHidden()
    assert sheet.bed_input().field.hasFocus()
    assert "admitted to bed 4" in saved_message(qtbot, sheet)


def test_that_the_end_of_the_last_stay_is_said(qtbot, sheet, database, nurse):
    leave(database, nurse, admit(database, nurse, "Okafor", "Ada", label="2"))
    find(qtbot, sheet, "okafor")
    press(qtbot, Qt.Key.Key_Return)
    assert "Last in hospital until " in sheet.facts.text()


def test_that_a_taken_bed_keeps_everything_and_offers_the_others(
    qtbot, sheet, database, nurse, context
):
    register(database, nurse, "Okafor", "Ada")
    find(qtbot, sheet, "okafor")
    press(qtbot, Qt.Key.Key_Return)
    choose_source(sheet)
    sheet.stay_form.set_value("reason", "Pneumonia")
    admit(database, nurse, "Byrne", "Sam", label="4")
    press_save(qtbot)
    qtbot.waitUntil(lambda: "Bed 4 was given to BYRNE, Sam by Nora Nurse" in sheet.notice.text)
    settled(qtbot, context)
    field = sheet.bed_input().field
    assert field.hasFocus()
    assert field.list.isVisible()
    assert sheet.stay_form.value("reason") == "Pneumonia"
    assert sheet.save_button.isEnabled()
    type_text(qtbot, "3")
    press(qtbot, Qt.Key.Key_Return)
    assert "bed 3" in saved_message(qtbot, sheet)
    assert places(database, nurse) == {"4": "Byrne", "3": "Okafor"}


def test_that_a_bed_that_is_not_clean_asks_once(qtbot, context, database, nurse):
    leave(database, nurse, admit(database, nurse, "Gone", label="4"))
    register(database, nurse, "Okafor", "Ada")
    sheet = opened(qtbot, admit_sheet(context, bed_row(database, nurse, "4")))
    find(qtbot, sheet, "okafor")
    press(qtbot, Qt.Key.Key_Return)
    choose_source(sheet)
    press_save(qtbot)
    qtbot.waitUntil(lambda: "not marked clean" in sheet.notice.text)
    assert places(database, nurse) == {}
    assert sheet.notice.button.hasFocus()
    with qtbot.waitSignal(sheet.saved):
        press(qtbot, Qt.Key.Key_Return)
    assert places(database, nurse) == {"4": "Okafor"}


def test_that_no_bed_yet_can_be_chosen(qtbot, sheet, database, nurse):
    register(database, nurse, "Okafor", "Ada")
    find(qtbot, sheet, "okafor")
    press(qtbot, Qt.Key.Key_Return)
    field = sheet.bed_input().field
    field.setFocus()
    type_text(qtbot, "no bed")
    press(qtbot, Qt.Key.Key_Return)
    choose_source(sheet)
    assert "Ward 7 East without a bed" in saved_message(qtbot, sheet)
    assert places(database, nurse) == {None: "Okafor"}


def test_that_allergies_and_flags_are_recorded_with_the_admission(qtbot, sheet, database, nurse):
    register(database, nurse, "Okafor", "Ada")
    find(qtbot, sheet, "okafor")
    press(qtbot, Qt.Key.Key_Return)
    choose_source(sheet)
    sheet.alert_form.set_value("allergies", AllergyStatus.PRESENT)
    sheet.alert_form.set_value("substances", "Penicillin, latex and nuts")
    sheet.alert_form.set_value(FlagKind.ISOLATION, value=True)
    sheet.alert_form.set_value("isolation detail", "contact")
    saved_message(qtbot, sheet)
    row = row_of(database, nurse, "Okafor")
    assert row.allergies == ("Penicillin", "latex", "nuts")
    assert row.flags == (("isolation", "contact"),)


def test_that_a_time_to_come_is_refused_in_the_field(qtbot, sheet):
    moment = sheet.stay_form.input("occurred_at")
    moment.day.line.setText("+1")
    press_save(qtbot)
    assert sheet.stay_form.problem("occurred_at") == "This is in the future"


def test_that_saving_again_is_the_same_save(qtbot, sheet, database, nurse, context):
    register(database, nurse, "Okafor", "Ada")
    find(qtbot, sheet, "okafor")
    press(qtbot, Qt.Key.Key_Return)
    choose_source(sheet)
    sheet.alert_form.set_value("allergies", AllergyStatus.PRESENT)
    sheet.alert_form.set_value("substances", "Latex")
    saved_message(qtbot, sheet)
    with qtbot.waitSignal(sheet.saved):
        sheet.save()
    assert row_of(database, nurse, "Okafor").allergies == ("Latex",)
    assert places(database, nurse) == {"4": "Okafor"}


def test_that_leaving_keeps_the_entry_as_a_draft(qtbot, context, database, nurse):
    row = bed_row(database, nurse, "4")
    sheet = opened(qtbot, admit_sheet(context, row))
    sheet.stay_form.set_value("reason", "Pneumonia")
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, Qt.Key.Key_Escape)
    with qtbot.waitSignal(sheet.closed):
        press(qtbot, Qt.Key.Key_Escape)
    again = opened(qtbot, admit_sheet(context, row))
    assert again.stay_form.value("reason") == "Pneumonia"


def test_that_the_cursor_of_a_draft_marks_its_patient_so_that_typing_replaces_him(
    qtbot, context, database, nurse
):
    row = bed_row(database, nurse, "4")
    sheet = opened(qtbot, admit_sheet(context, row))
    find(qtbot, sheet, "byrne sam")
    press(qtbot, Qt.Key.Key_Return)
    sheet.stay_form.set_value("reason", "Pneumonia")
    sheet.set_aside()
    again = admit_sheet(context, row)
    again.restore_draft()
    again.focus_first()
    assert again.is_dirty
    field = again.patient_form.input("patient").target
    assert field.text()
    assert again.draft() == sheet.draft()


def test_that_a_half_typed_registration_comes_back(qtbot, context, database, nurse):
    row = bed_row(database, nurse, "4")
    sheet = opened(qtbot, admit_sheet(context, row))
    find(qtbot, sheet, "byrne sam")
    press(qtbot, Qt.Key.Key_Return)
    sheet.registration.form.set_value("given_name", "Samuel")
    sheet.set_aside()
    again = opened(qtbot, admit_sheet(context, row))
    assert again.registration.isVisible()
    assert again.registration.patient().given_name == "Samuel"
    assert again.title == "Admit: BYRNE, Samuel"


def test_that_the_sheet_is_freed(qtbot, context, database, nurse):
    sheet = admit_sheet(context, bed_row(database, nurse, "4"))
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None


def test_that_a_ward_can_be_admitted_to_without_a_bed_in_mind(qtbot, context):
    ward = next(ward for ward in context.wards if ward.id == world.id_of("east"))
    sheet = opened(qtbot, admit_sheet(context, None, ward))
    assert sheet.bed_input().value() is None
