import gc
from datetime import UTC, datetime, timedelta

import pytest

from tests.sheets import bed_row, freed, opened, press_save, saved_message, settled, type_text
from ui.admissions.actions import bed_state_sheet
from ward_app.rooms.types import Availability, BlockReason, Readiness


@pytest.fixture
def sheet(qtbot, context, database, nurse):
    """The state of bed 2 of ward East, open and never cleaned."""
    return opened(qtbot, bed_state_sheet(context, bed_row(database, nurse, "2")))


def test_that_the_bed_is_named_where_a_patient_would_be(sheet):
    assert sheet.title == "Bed state: bed 2, Bay A"
    assert sheet.save_text == "Save for bed 2, Bay A"


def test_that_one_digit_marks_the_bed(qtbot, sheet, database, nurse):
    sheet.form.input("readiness").setFocus()
    type_text(qtbot, "2")
    assert saved_message(qtbot, sheet) == "Bed 2 is dirty."
    row = bed_row(database, nurse, "2")
    assert (row.readiness, row.availability in (None, "open")) == ("dirty", True)


def test_that_a_block_needs_a_reason_and_may_have_an_end(qtbot, sheet, database, nurse):
    type_text(qtbot, "2")
    press_save(qtbot)
    assert sheet.form.problem("block_reason") == "Needed"
    sheet.form.set_value("block_reason", BlockReason.MAINTENANCE)
    until = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=1)
    sheet.form.set_value("expected_end_at", until)
    assert saved_message(qtbot, sheet).startswith("Bed 2 is blocked until ")
    row = bed_row(database, nurse, "2")
    assert (row.availability, row.availability_reason) == ("blocked", "maintenance")
    assert row.availability_until == until


def test_that_an_end_that_is_over_is_refused(qtbot, sheet):
    sheet.form.set_value("availability", Availability.CLOSED)
    sheet.form.set_value("block_reason", BlockReason.STAFFING)
    sheet.form.set_value("expected_end_at", datetime.now(UTC) - timedelta(hours=1))
    press_save(qtbot)
    assert sheet.form.problem("expected_end_at") == "This is over already"


def test_that_a_blocked_bed_is_opened_again_with_one_digit(qtbot, sheet, context, database, nurse):
    sheet.form.set_value("availability", Availability.BLOCKED)
    sheet.form.set_value("block_reason", BlockReason.COURTESY)
    saved_message(qtbot, sheet)
    again = opened(qtbot, bed_state_sheet(context, bed_row(database, nurse, "2")))
    assert again.form.value("block_reason") is BlockReason.COURTESY
    type_text(qtbot, "1")
    assert saved_message(qtbot, again) == "Bed 2 is open."
    assert bed_row(database, nurse, "2").availability == "open"


def test_that_both_axes_change_in_one_save(qtbot, sheet, database, nurse):
    sheet.form.set_value("availability", Availability.CLOSED)
    sheet.form.set_value("block_reason", BlockReason.INFECTION)
    sheet.form.set_value("readiness", Readiness.NEEDS_DEEP_CLEAN)
    assert saved_message(qtbot, sheet) == "Bed 2 is closed and needs a deep clean."
    row = bed_row(database, nurse, "2")
    assert (row.availability, row.readiness) == ("closed", "needs_deep_clean")


def test_that_nothing_changed_is_said_and_not_saved(qtbot, sheet):
    press_save(qtbot)
    assert "Nothing is changed yet" in sheet.notice.text


def test_that_the_sheet_is_freed(qtbot, context, database, nurse):
    sheet = bed_state_sheet(context, bed_row(database, nurse, "2"))
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
