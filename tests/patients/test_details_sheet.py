import gc
from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import Qt

from tests.keyed import keyed_station
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
from tests.steps import admit
from ui.admissions.actions import admit_sheet
from ui.patients.details_sheet import DetailsSheet
from ui.plain_text import PlainLabel
from ward_app.admissions.types import AdmissionSource
from ward_app.audit.service import open_chart
from ward_app.core.ids import new_id
from ward_app.patients.detail_queries import read_details
from ward_app.patients.detail_service import record_details
from ward_app.patients.types import DetailEntry, ProtectedField, Sex

ID, ADDRESS = ProtectedField.NATIONAL_ID, ProtectedField.ADDRESS


@pytest.fixture
def keys(admin):
    return keyed_station(admin)[0]


@pytest.fixture
def at_work(context, keys):
    """The context of a workstation with keys."""
    return replace(context, keys=keys)


@pytest.fixture
def as_nurse(database, nurse):
    """Do something as Nora."""
    return partial(database.run, nurse)


@pytest.fixture
def okafor(database, nurse, keys):
    """Ada Okafor in bed 1, with national id and address."""
    admit(database, nurse, "Okafor", "Ada", label="1")
    row = row_of(database, nurse, "Okafor")
    values = {ID: "QQ123456C", ADDRESS: "3 Mill Lane"}
    entry = DetailEntry(id=new_id(), patient_id=row.patient_id, version=1, values=values)
    database.run(nurse, record_details, keys, entry)
    return row


@pytest.fixture
def shown(qtbot, okafor):
    """Open the details of Ada Okafor with this context."""

    def show(context, **options):
        sheet = opened(qtbot, DetailsSheet(context, okafor.patient_id, "OKAFOR, Ada", **options))
        settled(qtbot, context)
        return sheet

    return show


def said(sheet):
    return " ".join(label.text() for label in sheet.findChildren(PlainLabel))


def test_that_opening_is_logged_and_shows_what_is_on_record(shown, at_work, okafor, admin):
    sheet = shown(at_work)
    assert sheet.value(ID) == "QQ123456C"
    assert sheet.value(ADDRESS) == "3 Mill Lane"
    assert sheet.value(ProtectedField.INSURANCE_NUMBER) is None
    assert "by Nora Nurse" in said(sheet)
    logged = admin.execute(
        "SELECT count(*) FROM audit.access_logs WHERE patient_id = %s", (okafor.patient_id,)
    )
    assert logged.fetchone() == (1,)


def test_that_a_correction_needs_a_reason_and_saves_only_what_changed(
    qtbot, shown, at_work, as_nurse, okafor, admin
):
    sheet = shown(at_work)
    sheet.detail_form.set_value(ADDRESS, "5 Quay Terrace")
    press_save(qtbot)
    assert "Needed" in sheet.reason_form.problem("reason")
    sheet.reason_form.set_value("reason", "Moved house")
    assert saved_message(qtbot, sheet) == "Protected details of OKAFOR, Ada saved."
    as_nurse(open_chart, okafor.patient_id)
    details = as_nurse(read_details, at_work.keys, okafor.patient_id)
    assert details.values[ADDRESS] == "5 Quay Terrace"
    written = admin.execute("SELECT field FROM patient.detail_changes WHERE version = 3")
    assert written.fetchall() == [("address",)]


def test_that_an_addition_needs_no_reason(qtbot, shown, at_work):
    sheet = shown(at_work)
    sheet.detail_form.set_value(ProtectedField.INSURANCE_NUMBER, "MUT-1")
    assert "saved" in saved_message(qtbot, sheet)


def test_that_nothing_changed_is_said(qtbot, shown, at_work):
    sheet = shown(at_work)
    press_save(qtbot)
    assert "Nothing is changed" in sheet.notice.text


def test_that_a_wrong_value_is_told_in_its_field(qtbot, shown, at_work):
    sheet = shown(at_work)
    sheet.detail_form.set_value(ID, "12")
    sheet.reason_form.set_value("reason", "Typing error")
    press_save(qtbot)
    settled(qtbot, at_work)
    assert "at least 5" in sheet.detail_form.problem(ID)


def test_that_a_workstation_without_a_key_says_so_and_never_shows_empty(qtbot, shown, context):
    sheet = shown(context)
    words = said(sheet)
    assert "National id: Cannot be read on this workstation" in words
    assert "Address: Cannot be read on this workstation" in words
    assert ID not in sheet.detail_form.typed()


def test_that_an_altered_value_is_said(shown, at_work, admin):
    admin.execute("UPDATE patient.patient_details SET address_encrypted = national_id_encrypted")
    sheet = shown(at_work)
    assert "Address: This value was changed outside the program" in said(sheet)
    assert sheet.value(ID) == "QQ123456C"


def test_that_who_may_not_change_them_reads_them(shown, at_work):
    sheet = shown(at_work, may_change=False)
    assert not sheet.detail_form.isEnabled()
    assert not sheet.save_button.isEnabled()
    assert sheet.value(ID) == "QQ123456C"


def test_that_what_was_typed_comes_back(qtbot, shown, at_work):
    sheet = shown(at_work)
    sheet.detail_form.set_value(ADDRESS, "5 Quay")
    press(qtbot, Qt.Key.Key_Escape)
    press(qtbot, Qt.Key.Key_Escape)
    assert shown(at_work).value(ADDRESS) == "5 Quay"


def test_that_the_sheet_is_freed(qtbot, shown, at_work):
    gone = freed(qtbot, shown(at_work))
    gc.collect()
    assert gone() is None


@pytest.fixture
def admitting(qtbot, at_work, database, nurse):
    """Somebody new is being admitted to bed 4."""
    sheet = opened(qtbot, admit_sheet(at_work, bed_row(database, nurse, "4")))
    field = sheet.patient_form.input("patient").field
    field.setFocus()
    type_text(qtbot, "newcomer")
    qtbot.waitUntil(lambda: field.options.rowCount() > 1)
    press(qtbot, Qt.Key.Key_Return)
    form = sheet.registration
    form.form.set_value("given_name", "Nils")
    form.form.set_value("sex", Sex.MALE)
    sheet.stay_form.set_value("source", AdmissionSource.EMERGENCY_DEPARTMENT)
    settled(qtbot, at_work)
    return sheet


def test_that_details_are_entered_when_somebody_is_registered(
    qtbot, admitting, at_work, database, nurse
):
    form = admitting.registration
    assert form.details.isVisible()
    form.details.set_value(ID, "AB 98 76 54 D")
    form.details.set_value(ADDRESS, "9 Orchard Close")
    assert "admitted" in saved_message(qtbot, admitting)
    row = row_of(database, nurse, "Newcomer")
    database.run(nurse, open_chart, row.patient_id)
    details = database.run(nurse, read_details, at_work.keys, row.patient_id)
    assert details.values == {ID: "AB 98 76 54 D", ADDRESS: "9 Orchard Close"}


def test_that_a_known_national_id_warns_and_stops_the_registration(qtbot, okafor, admitting):
    form = admitting.registration
    form.details.set_value(ID, "qq 12 34 56 c")
    qtbot.waitUntil(form.duplicates.isVisible)
    [found] = form.duplicates.found()
    assert found.identity.family_name == "Okafor"
