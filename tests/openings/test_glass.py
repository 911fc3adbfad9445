"""Breaking the glass by key: found by name, opened for a reason, closed by the clock or by key."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from tests.sheets import freed, opened, press, press_save, settled, type_text
from ui.observations.entry_sheet import ObservationSheet
from ui.panels import CHART
from ui.patients.glass_sheet import GlassSheet
from ui.patients.glass_strip import CLOSED, OVER

KEY, MOD = Qt.Key, Qt.KeyboardModifier
CTRL_SHIFT = MOD.ControlModifier | MOD.ShiftModifier


def offered(sheet):
    """Return what the list of patients offers: name and what is said below it."""
    return [
        (each.text, each.detail) for each in sheet.form.input("patient").field.options.options()
    ]


def break_glass(qtbot, workplace, name="Quagmire"):
    """Open the sheet by its key, find the patient, give the first usual reason."""
    press(qtbot, KEY.Key_F, CTRL_SHIFT)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, GlassSheet))
    sheet = workplace.sheets.sheet
    sheet.focus_first()
    type_text(qtbot, name)
    qtbot.waitUntil(lambda: "QUAGMIRE, Xenia" in dict(offered(sheet)))
    press(qtbot, KEY.Key_Return)
    sheet.form.input("reason").setFocus()
    press(qtbot, KEY.Key_1)
    return sheet


@pytest.fixture
def chart(qtbot, workplace, elsewhere):
    """The chart of somebody elsewhere, read behind the broken glass."""
    break_glass(qtbot, workplace)
    press_save(qtbot)
    qtbot.waitUntil(lambda: workplace.shown_key == CHART)
    qtbot.waitUntil(lambda: workplace.panel._chart is not None)
    settled(qtbot, workplace.context)
    return workplace.panel


def test_that_a_patient_of_another_ward_is_found_by_name_and_read_for_an_hour(
    qtbot, workplace, elsewhere, admin
):
    """[U01]"""
    sheet = break_glass(qtbot, workplace)
    assert sheet.save_text == "Open the chart for QUAGMIRE, Xenia"
    press_save(qtbot)
    qtbot.waitUntil(lambda: workplace.shown_key == CHART)
    chart = workplace.panel
    qtbot.waitUntil(lambda: chart._chart is not None)
    assert len(chart._chart.sets) == 1
    assert chart.strip.isVisible()
    assert chart.strip.words.text() == (
        "BREAK-GLASS   Ward 3 West, not your ward · 60 minutes left · Wes Westward told"
    )
    assert chart.patient_banner.name.text().startswith("QUAGMIRE")
    assert admin.execute("SELECT kind, reason FROM audit.openings").fetchall() == [
        ("break_glass", "Emergency, called there")
    ]
    settled(qtbot, workplace.context)


def test_that_a_name_is_all_that_is_told_before(qtbot, workplace, elsewhere):
    sheet = break_glass(qtbot, workplace)
    told = "Not on your ward: break the glass to open the chart"
    assert offered(sheet) == [("QUAGMIRE, Xenia", told)]
    settled(qtbot, workplace.context)


def test_that_a_short_reason_is_asked_for_again(qtbot, workplace, elsewhere, admin):
    sheet = break_glass(qtbot, workplace)
    sheet.form.input("reason").set_value("urgent")
    press_save(qtbot)
    settled(qtbot, workplace.context)
    assert workplace.sheets.sheet is sheet
    assert "at least 10 letters" in sheet.form.problem("reason")
    assert admin.execute("SELECT count(*) FROM audit.openings").fetchone() == (0,)


def test_that_the_chart_goes_from_the_screen_when_the_hour_is_over(
    qtbot, workplace, chart, monkeypatch
):
    later = workplace.context.clock() + timedelta(minutes=61)
    monkeypatch.setattr(chart.strip, "_clock", lambda: later)
    chart.strip.tell_time()
    assert chart.strip.words.text() == f"QUAGMIRE, Xenia. {OVER}"
    assert chart._chart is None
    assert chart.patient is None
    assert not chart.patient_banner.isVisible()


def test_that_a_chart_the_database_closed_goes_with_the_next_reading(qtbot, chart, admin):
    admin.execute("ALTER TABLE audit.access_logs DISABLE TRIGGER append_only")
    admin.execute("UPDATE audit.access_logs SET valid_until = now()")
    chart.refresh()
    qtbot.waitUntil(lambda: chart.patient is None)
    assert chart._chart is None
    assert chart.strip.words.text().endswith(OVER)


def test_that_a_key_closes_the_chart_at_once(qtbot, workplace, chart, admin):
    chart.setFocus()
    press(qtbot, KEY.Key_E, CTRL_SHIFT)
    qtbot.waitUntil(lambda: chart.patient is None)
    assert chart.strip.words.text() == CLOSED
    assert chart.strip.button.isHidden()
    closings = "SELECT cause FROM audit.chart_closings"
    assert admin.execute(closings).fetchall() == [("closed_by_reader",)]
    settled(qtbot, workplace.context)


def test_that_observations_are_recorded_behind_the_glass(qtbot, workplace, chart, admin):
    chart.setFocus()
    press(qtbot, KEY.Key_O)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, ObservationSheet))
    settled(qtbot, workplace.context)
    assert workplace.sheets.sheet.notice.isHidden()
    assert chart.strip.isVisible()


def test_that_what_the_other_ward_decides_has_no_key_here(chart):
    ready = {name for name, action in chart._actions.items() if action.isEnabled()}
    assert {"record", "measure", "print", "escalations"} <= ready
    assert not ready & {"correct", "strike", "scale", "target", "pregnancy", "which"}


def test_that_the_sheet_leaves_nothing_behind(qtbot, context):
    sheet = GlassSheet(context)
    opened(qtbot, sheet)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
