from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests import world
from tests.observations.builders import LONDON, WELL
from tests.sheets import in_window, opened, press, press_save, row_of, saved_message, settled
from tests.steps import admit, ago, leave
from ui.context import Place
from ui.observations.charted import Standing, charted_sets
from ui.observations.decision_sheets import StrikeOutSheet
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.panel import NO_PATIENT, ChartPanel
from ui.observations.print_sheet import PrintChartSheet
from ui.observations.table_model import COLUMNS
from ward_app.audit.service import open_chart
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.core.ids import new_id
from ward_app.observations.queries import observation_chart
from ward_app.observations.service import record_observations, strike_out
from ward_app.observations.types import (
    NewObservations,
    StrikeOut,
)
from ward_app.staff.types import Permission

KEY = Qt.Key
COLUMN = {column.header: number for number, column in enumerate(COLUMNS)}


@pytest.fixture
def row(database, nurse):
    """The board's row of Ada Okafor, admitted to bed 1 two days ago."""
    admit(database, nurse, "Okafor", "Ada", admitted_at=ago(60 * 48))
    return row_of(database, nurse, "Okafor")


@pytest.fixture
def record(database, nurse, row):
    """Record a set for Ada Okafor so many minutes ago and return its id."""

    def record(minutes, **changes):
        new = NewObservations(
            id=new_id(),
            admission_id=row.admission_id,
            occurred_at=ago(minutes),
            vital_signs=replace(WELL, **changes),
        )
        database.run(nurse, record_observations, new)
        return new.id

    return record


@pytest.fixture
def east(context):
    """Ward East as the place shown."""
    wards = tuple(ward for ward in context.wards if ward.id == world.id_of("east"))
    return Place(name="Ward 7 East", wards=wards)


@pytest.fixture
def panel(qtbot, context, east):
    """The panel in an active window, with nobody open."""
    panel = ChartPanel(context, east)
    in_window(qtbot, panel, 1280, 700)
    return panel


@pytest.fixture
def shown(qtbot, panel, context, row):
    """Open Ada Okafor's chart and wait for it."""

    def show():
        with qtbot.waitSignal(panel.loaded):
            panel.show_patient(row)
        panel.setFocus()
        return panel

    return show


def sheet_of(qtbot, panel, key):
    """Press a key in the panel and return the sheet it asks for."""
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        press(qtbot, key)
    return asked.args[0]


def fail(panel, monkeypatch, text="The ward database cannot be reached."):
    """Let every read fail from now on."""

    def refuse(_owner, reply, *_read):
        reply.failed(DatabaseUnavailableError(text))

    monkeypatch.setattr(panel.context.work, "query", refuse)


def test_that_no_chart_is_shown_before_a_patient_is_opened(panel):
    assert panel.frame.message.text() == NO_PATIENT
    assert panel.frame.banner.isHidden()
    assert not panel.frame.buttons["record"].isEnabled()


def test_that_opening_a_chart_is_logged_before_it_is_read(shown, record, admin, row):
    record(30)
    shown()
    logged = admin.execute(
        "SELECT count(*) FROM audit.access_logs WHERE patient_id = %s", (row.patient_id,)
    ).fetchone()
    assert logged == (1,)


def test_that_a_chart_shows_patient_sets_and_next_due_time(shown, record):
    record(60)
    record(30, pulse_per_min=95)
    panel = shown()
    assert panel.frame.banner.name.text() == "OKAFOR, Ada"
    assert panel.frame.model.rowCount() == 2
    assert panel.frame.due.text().startswith("Next set by ")
    assert "due in 3 h" in panel.frame.due.text()
    assert "Royal College of Physicians" in panel.frame.thanks.text()


def test_that_an_overdue_set_is_said_by_glyph_and_words(shown, record):
    record(60 * 13)
    panel = shown()
    assert panel.frame.due.text().startswith("▲ Next set by ")
    assert "overdue" in panel.frame.due.text()


def test_that_a_patient_without_observations_is_not_a_failed_read(shown):
    panel = shown()
    assert panel.frame.message.text().startswith("No observations on this stay yet.")
    assert panel.notice.text == ""


def test_that_a_chart_that_cannot_be_read_is_never_an_empty_one(qtbot, panel, row, monkeypatch):
    fail(panel, monkeypatch)
    panel.show_patient(row)
    assert panel.frame.message.text() == "The chart could not be read. F5 tries again."
    assert panel.notice.text == "The ward database cannot be reached."


def test_that_a_failed_refresh_keeps_the_last_chart_greyed_with_its_time(
    shown, record, monkeypatch
):
    record(30)
    panel = shown()
    fail(panel, monkeypatch)
    panel.refresh()
    assert panel.frame.model.rowCount() == 1
    assert panel.frame.chart._stale
    read_at = panel._chart.read_at.astimezone(LONDON)
    assert f"The chart shows what was known at {read_at:%H:%M}" in panel.notice.text


def test_that_a_chart_that_is_read_again_is_no_longer_grey(qtbot, shown, record, monkeypatch):
    record(30)
    panel = shown()
    with monkeypatch.context() as broken:
        fail(panel, broken)
        panel.refresh()
    with qtbot.waitSignal(panel.loaded):
        panel.refresh()
    assert not panel.frame.chart._stale
    assert panel.notice.text == ""


def test_that_a_set_recorded_elsewhere_appears_when_it_is_announced(qtbot, shown, record):
    panel = shown()
    record(5)
    with qtbot.waitSignal(panel.loaded):
        panel.take_note("observations")
    assert panel.frame.model.rowCount() == 1


def test_that_a_new_session_opens_the_chart_again(qtbot, shown, context, signed_in, admin, row):
    panel = shown()
    context.work.act_as(Actor(signed_in("nora").token))
    with qtbot.waitSignal(panel.loaded):
        panel.refresh()
    logged = admin.execute(
        "SELECT count(*) FROM audit.access_logs WHERE patient_id = %s", (row.patient_id,)
    ).fetchone()
    assert logged == (2,)


def test_that_a_chart_asked_for_before_another_patient_was_opened_is_dropped(
    qtbot, panel, context, database, nurse, row
):
    other_admission = admit(database, nurse, "Zulu", "Zoe", label="2")
    other = row_of(database, nurse, "Zulu")
    panel.show_patient(row)
    panel.show_patient(other)
    settled(qtbot, context)
    qtbot.waitUntil(lambda: panel._chart is not None)
    assert panel._chart.admission_id == other_admission
    assert panel.frame.banner.name.text() == "ZULU, Zoe"


def test_that_a_patient_who_left_the_ward_is_told(qtbot, shown, database, nurse, row):
    panel = shown()
    leave(database, nurse, row.admission_id)
    with qtbot.waitSignal(panel.told) as told:
        panel.refresh()
    assert told.args[0] == "OKAFOR, Ada is no longer on Ward 7 East."


def test_that_another_ward_closes_the_chart(qtbot, shown, context):
    panel = shown()
    west = tuple(ward for ward in context.wards if ward.id == world.id_of("west"))
    panel.show_place(Place(name="Ward 3 West", wards=west))
    assert panel.patient is None
    assert panel.frame.message.text() == NO_PATIENT


def test_that_arrows_walk_the_sets_and_say_them(qtbot, shown, record):
    ids = [record(minutes, pulse_per_min=60 + minutes) for minutes in (30, 20, 10)]
    panel = shown()
    view = panel.frame.chart
    assert view.selection.id == ids[2]
    press(qtbot, KEY.Key_Left)
    assert view.selection.id == ids[1]
    assert "Pulse 80 /min" in panel.frame.readout.text()
    assert "Pulse 80 /min" in view.accessibleDescription()
    press(qtbot, KEY.Key_Home)
    assert view.selection.id == ids[0]
    press(qtbot, KEY.Key_Left)
    assert view.selection.id == ids[0]
    press(qtbot, KEY.Key_End)
    assert view.selection.id == ids[2]
    press(qtbot, KEY.Key_Right)
    assert view.selection.id == ids[2]


def test_that_plus_and_minus_zoom_around_the_marked_set(qtbot, shown, record):
    for hours in (40, 20, 1):
        record(60 * hours)
    panel = shown()
    view = panel.frame.chart
    whole = view.window_shown
    press(qtbot, KEY.Key_Home)
    press(qtbot, KEY.Key_Plus)
    assert view.window_shown.length < whole.length
    assert view.window_shown.holds(view.selection.occurred_at)
    press(qtbot, KEY.Key_Minus)
    assert view.window_shown == whole


def test_that_t_shows_the_same_set_in_the_table_and_back(qtbot, shown, record):
    ids = [record(minutes) for minutes in (30, 20, 10)]
    panel = shown()
    press(qtbot, KEY.Key_Home)
    press(qtbot, KEY.Key_T)
    assert panel.frame.shows_table
    assert panel.frame.marked.recorded.id == ids[0]
    assert QApplication.focusWidget() is panel.frame.table
    press(qtbot, KEY.Key_Up)
    assert panel.frame.marked.recorded.id == ids[1]
    press(qtbot, KEY.Key_T)
    assert panel.frame.chart.selection.id == ids[1]
    assert QApplication.focusWidget() is panel.frame.chart


def test_that_the_table_keeps_its_mark_when_the_chart_is_read_again(qtbot, shown, record):
    older = record(300)
    record(60)
    panel = shown()
    qtbot.keyClick(QApplication.focusWidget(), KEY.Key_T)
    qtbot.keyClick(QApplication.focusWidget(), KEY.Key_Down)
    assert panel.frame.marked.recorded.id == older
    record(5)
    with qtbot.waitSignal(panel.loaded):
        panel.refresh()
    assert panel.frame.marked.recorded.id == older


def test_that_o_opens_the_entry_for_this_patient(qtbot, shown, record):
    record(30)
    shown()
    sheet = sheet_of(qtbot, shown(), KEY.Key_O)
    assert isinstance(sheet, ObservationSheet)
    assert sheet.title == "Observations: OKAFOR, Ada"
    opened(qtbot, sheet)
    settled(qtbot, sheet.context)


def test_that_correcting_needs_a_marked_set(qtbot, shown, record):
    record(30)
    panel = shown()
    panel.frame.chart.select(None)
    with qtbot.assertNotEmitted(panel.sheet_requested):
        press(qtbot, KEY.Key_C)
    assert panel.notice.text == "Mark a set first: arrow keys, or click it."


def test_that_a_correction_starts_from_the_set_and_supersedes_it(
    qtbot, shown, record, database, nurse, row
):
    original_id = record(30, pulse_per_min=175)
    panel = shown()
    press(qtbot, KEY.Key_Left)
    sheet = opened(qtbot, sheet_of(qtbot, panel, KEY.Key_C))
    settled(qtbot, panel.context)
    assert sheet.entry.vital_signs().pulse_per_min == 175
    assert not sheet.is_dirty
    line = sheet.entry.row("pulse_per_min").lines[0]
    line.setText("75")
    press_save(qtbot)
    assert sheet.details.form.problem("change_reason")
    sheet.details.form.set_value("change_reason", "typed 1 too many")
    saved_message(qtbot, sheet)
    assert sheet.undo is None
    stored = database.run(nurse, observation_chart, row.admission_id)
    by_standing = {one.standing: one.recorded for one in charted_sets(stored)}
    assert by_standing[Standing.CORRECTED].id == original_id
    assert by_standing[Standing.CORRECTED].vital_signs.pulse_per_min == 175
    assert by_standing[Standing.CORRECTED].change_reason == "typed 1 too many"
    assert by_standing[Standing.CORRECTION].vital_signs.pulse_per_min == 75
    assert by_standing[Standing.CORRECTION].occurred_at == pytest.approx(
        by_standing[Standing.CORRECTED].occurred_at, abs=timedelta(minutes=1)
    )


def test_that_striking_out_keeps_the_original_readable(qtbot, shown, record, database, nurse, row):
    record(30)
    panel = shown()
    press(qtbot, KEY.Key_Left)
    sheet = opened(qtbot, sheet_of(qtbot, panel, KEY.Key_X))
    assert isinstance(sheet, StrikeOutSheet)
    press_save(qtbot)
    assert sheet.form.problem("reason")
    sheet.form.set_value("reason", "wrong patient")
    saved_message(qtbot, sheet)
    with qtbot.waitSignal(panel.loaded):
        panel.refresh()
    model = panel.frame.model
    assert model.index(0, COLUMN["State"]).data() == "Struck out"
    assert model.index(0, COLUMN["Pulse"]).data() == "75 /min"
    assert "wrong patient" in model.index(0, COLUMN["Changed by, when and why"]).data()
    assert panel.frame.chart.selection is None


def test_that_a_struck_out_set_is_not_corrected(qtbot, shown, record, database, nurse, row):
    original = record(30)
    record(10)
    mark = StrikeOut(
        id=new_id(), admission_id=row.admission_id, struck_id=original, reason="wrong patient"
    )
    database.run(nurse, open_chart, row.patient_id)
    database.run(nurse, strike_out, mark)
    panel = shown()
    press(qtbot, KEY.Key_T)
    press(qtbot, KEY.Key_Down)
    with qtbot.assertNotEmitted(panel.sheet_requested):
        press(qtbot, KEY.Key_C)
    assert panel.notice.text == "This set is struck out already."


def test_that_escape_leads_back(qtbot, shown):
    panel = shown()
    with qtbot.waitSignal(panel.left):
        press(qtbot, KEY.Key_Escape)


def test_that_o_works_on_a_patient_without_observations(qtbot, shown):
    sheet = opened(qtbot, sheet_of(qtbot, shown(), KEY.Key_O))
    settled(qtbot, sheet.context)


def test_that_the_keyboard_stays_in_the_panel_when_the_first_set_arrives(qtbot, shown, record):
    panel = shown()
    record(5)
    with qtbot.waitSignal(panel.loaded):
        panel.refresh()
    assert QApplication.focusWidget() is panel.frame.chart


def test_that_p_offers_to_print_what_is_shown(qtbot, shown, record):
    record(30)
    panel = shown()
    sheet = sheet_of(qtbot, panel, KEY.Key_P)
    assert isinstance(sheet, PrintChartSheet)
    assert sheet.form.value("windows") == (panel.frame.chart.window_shown,)
    qtbot.addWidget(sheet)


def test_that_who_may_only_read_is_not_offered_to_record(qtbot, context, east, row, signed_in):
    auditor = signed_in("audrey")
    panel = ChartPanel(replace(context, signed_in=auditor), east)
    qtbot.addWidget(panel)
    panel.show()
    panel.show_patient(row)
    settled(qtbot, context)
    for name, permission in (
        ("record", Permission.OBSERVATION_RECORD),
        ("strike", Permission.OBSERVATION_CORRECT),
    ):
        assert panel.frame.buttons[name].isHidden() is not auditor.may(permission)


def test_that_d_compares_two_days_and_back(qtbot, shown, record):
    for hours in (40, 20, 1):
        record(60 * hours)
    panel = shown()
    press(qtbot, KEY.Key_T)
    press(qtbot, KEY.Key_D)
    assert not panel.frame.shows_table
    assert panel.frame.chart.other_day is not None
    assert panel.frame.buttons["compare"].isChecked()
    press(qtbot, KEY.Key_D)
    assert panel.frame.chart.other_day is None
    assert not panel.frame.buttons["compare"].isChecked()


def test_that_a_single_day_cannot_be_compared_and_says_so(qtbot, shown, record):
    record(0)
    panel = shown()
    press(qtbot, KEY.Key_D)
    assert panel.notice.text == "There is only one day with observations to compare."
    assert not panel.frame.buttons["compare"].isChecked()


def test_that_shift_and_arrows_move_the_chart(qtbot, shown, record):
    for hours in (40, 20, 1):
        record(60 * hours)
    panel = shown()
    view = panel.frame.chart
    press(qtbot, KEY.Key_Plus)
    near = view.window_shown
    press(qtbot, KEY.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert view.window_shown.start < near.start
    press(qtbot, KEY.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.window_shown == near


def test_that_the_set_under_the_pointer_is_read_out_and_then_the_marked_one(shown, record):
    record(30, pulse_per_min=90)
    record(10, pulse_per_min=60)
    panel = shown()
    first = panel.frame.chart._content.drawn[0]
    panel.frame.chart.hovered.emit(first)
    assert "Pulse 90 /min" in panel.frame.readout.text()
    panel.frame.chart.hovered.emit(None)
    assert "Pulse 60 /min" in panel.frame.readout.text()


def test_that_w_answers_why_the_marked_set_has_its_score(qtbot, shown, record):
    record(10)
    panel = shown()
    press(qtbot, KEY.Key_End)
    sheet = sheet_of(qtbot, panel, KEY.Key_W)
    assert sheet.title.startswith("Why ")
    assert "Royal College of Physicians" in sheet.table.text()
    assert "Pulse" in sheet.table.text()
    assert "version 2017.1" in sheet.source.text()
    sheet.deleteLater()


def test_that_w_without_a_scored_set_says_what_to_do(qtbot, shown):
    panel = shown()
    press(qtbot, KEY.Key_W)
    assert "Mark a scored set first" in panel.notice.text
