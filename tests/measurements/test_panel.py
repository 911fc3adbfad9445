"""The list of a patient's measurements, and how it is reached from board, chart and grid."""

import gc
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests import world
from tests.measurements.builders import WELL_GCS, chart, recorded
from tests.measurements.test_sheets import type_lines
from tests.sheets import freed, in_window, opened, press, saved_message, settled, type_text
from tests.steps import leave
from ui.context import Place
from ui.measurements.chooser import KindChooser
from ui.measurements.list_rows import COLUMNS
from ui.measurements.panel import NO_PATIENT, NONE_FITS, NOTHING, MeasurementsPanel
from ui.measurements.sheet import MeasurementSheet
from ui.measurements.strike_sheet import StrikeMeasurementSheet
from ui.panels import ARRANGEMENT, BOARD, CHART, GRID, MEASURED, PANELS
from ui.workplace import Workplace
from ward_app.core.errors import DatabaseUnavailableError

KEY = Qt.Key
COLUMN = {column.header: number for number, column in enumerate(COLUMNS)}
PAINFUL = {"score": Decimal(7)}
FALLEN = WELL_GCS | {"verbal": "3"}


@pytest.fixture
def east(context):
    """Ward East as the place shown."""
    wards = tuple(ward for ward in context.wards if ward.id == world.id_of("east"))
    return Place(name="Ward 7 East", wards=wards)


@pytest.fixture
def panel(qtbot, context, east):
    """The list in an active window, with nobody open."""
    panel = MeasurementsPanel(context, east)
    in_window(qtbot, panel, 1290, 700)
    return panel


@pytest.fixture
def shown(qtbot, panel, row):
    """Open Ada Okafor's list and wait for it."""

    def show():
        with qtbot.waitSignal(panel.loaded):
            panel.show_patient(row)
        panel.setFocus()
        return panel

    return show


@pytest.fixture
def workplace(qtbot, context, east, row):
    """Nora's workplace with everything joined, Ada Okafor chosen on the board."""
    workplace = Workplace(context, east, PANELS)
    qtbot.addWidget(workplace)
    workplace.joints = ARRANGEMENT.connect(workplace)
    workplace.resize(1366, 768)
    workplace.show()
    workplace.activateWindow()
    qtbot.waitUntil(workplace.isActiveWindow)
    qtbot.waitUntil(lambda: len(workplace.panel.beds.model.rows) > 1)
    workplace.panel.beds.go_to(row.admission_id, None)
    workplace.panel.setFocus()
    return workplace


def cells(panel, header):
    """Return a column of the list from the top."""
    return [panel.rows.index(line, COLUMN[header]).data() for line in range(panel.rows.rowCount())]


def fail(panel, monkeypatch):
    """Let every read fail from now on."""

    def query(_owner, reply, *_args, **_kwargs):
        reply.failed(DatabaseUnavailableError("The ward database cannot be reached."))

    monkeypatch.setattr(panel.context.work, "query", query)


def sheet_of(qtbot, panel, key):
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        press(qtbot, key)
    return asked.args[0]


def test_that_the_list_shows_the_newest_first_with_who_and_what(shown, measure):
    measure("gcs", WELL_GCS, minutes=60)
    measure("pain", {"score": Decimal(0)}, minutes=30, note="at rest")
    panel = shown()
    assert cells(panel, "What") == ["Pain", "Glasgow Coma Scale"]
    assert cells(panel, "Value") == ["0/10", "GCS 15, E4 V5 M6"]
    assert cells(panel, "By") == ["Nora Nurse"] * 2
    assert cells(panel, "Note") == ["at rest", ""]
    assert panel.count.text() == "2"
    assert panel.banner.isVisible()


def test_that_a_coma_scale_that_fell_shows_it(shown, measure):
    measure("gcs", WELL_GCS, minutes=60)
    measure("gcs", FALLEN, minutes=30)
    panel = shown()
    assert cells(panel, "Trend") == ["▼ 2", ""]
    assert "trend ▼ 2" in panel.readout.text()


def test_that_nobody_and_nothing_are_told_apart(qtbot, panel, shown):
    assert panel.message.text() == NO_PATIENT
    assert not panel.buttons["measure"].isEnabled()
    shown()
    assert panel.message.text() == NOTHING
    assert panel.buttons["measure"].isEnabled()


def test_that_a_colleagues_measurement_appears_by_its_topic(qtbot, shown, measure):
    panel = shown()
    measure("stool", {"type": "4"})
    with qtbot.waitSignal(panel.loaded):
        panel.take_note("measurements")
    assert cells(panel, "What") == ["Stool"]


def test_that_slash_searches_and_escape_shows_everything_again(qtbot, shown, measure):
    measure("gcs", WELL_GCS, minutes=60)
    measure("pain", PAINFUL, minutes=30)
    panel = shown()
    press(qtbot, KEY.Key_Slash)
    assert panel.search_line.hasFocus()
    type_text(qtbot, "coma")
    assert cells(panel, "What") == ["Glasgow Coma Scale"]
    assert panel.count.text() == "1 of 2"
    type_text(qtbot, "zzz")
    assert panel.message.text() == NONE_FITS
    with qtbot.assertNotEmitted(panel.left):
        press(qtbot, KEY.Key_Escape)
    assert len(cells(panel, "What")) == 2
    assert panel.table.hasFocus()
    with qtbot.waitSignal(panel.left):
        press(qtbot, KEY.Key_Escape)


def test_that_c_corrects_and_x_strikes_out_the_marked_one(qtbot, shown, measure):
    new = measure("pain", PAINFUL)
    panel = shown()
    correcting = sheet_of(qtbot, panel, KEY.Key_C)
    assert isinstance(correcting, MeasurementSheet)
    assert correcting.new_measurement().supersedes_id == new.id
    striking = sheet_of(qtbot, panel, KEY.Key_X)
    assert isinstance(striking, StrikeMeasurementSheet)
    for sheet in (correcting, striking):
        sheet.deleteLater()


def test_that_what_is_struck_out_stays_readable_and_cannot_be_corrected(
    qtbot, context, shown, subject, measure, stored
):
    measure("pain", PAINFUL)
    sheet = opened(qtbot, StrikeMeasurementSheet(context, subject, stored()[0]))
    type_text(qtbot, "wrong patient")
    saved_message(qtbot, sheet)
    panel = shown()
    panel.window().activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.setFocus()
    assert cells(panel, "Value") == ["7/10"]
    [standing] = cells(panel, "Standing")
    assert standing.startswith("✕ struck out ")
    assert standing.endswith("Nora Nurse: wrong patient")
    with qtbot.assertNotEmitted(panel.sheet_requested):
        press(qtbot, KEY.Key_C)
    assert panel.notice.text == "This one is struck out already."


def test_that_a_failed_read_keeps_the_list_greyed_with_its_time(
    qtbot, monkeypatch, shown, measure
):
    measure("pain", PAINFUL)
    panel = shown()
    fail(panel, monkeypatch)
    panel.refresh()
    assert cells(panel, "Value") == ["7/10"]
    assert "The list shows what was known at" in panel.notice.text
    index = panel.rows.index(0, COLUMN["Value"])
    assert index.data(Qt.ItemDataRole.ForegroundRole) is not None


def test_that_a_failed_first_read_shows_nobody_elses_list(qtbot, monkeypatch, panel, row):
    fail(panel, monkeypatch)
    panel.show_patient(row)
    assert panel.rows.rowCount() == 0
    assert panel.message.text() == "The measurements could not be read. F5 tries again."


def test_that_an_answer_about_another_patient_is_not_shown(shown):
    panel = shown()
    panel._show_chart(chart(recorded()))
    assert panel.rows.rowCount() == 0


def test_that_another_ward_closes_the_list(context, shown, measure):
    measure("pain", PAINFUL)
    panel = shown()
    others = tuple(ward for ward in context.wards if ward.id != world.id_of("east"))
    panel.show_place(Place(name="elsewhere", wards=others[:1]))
    assert panel.patient is None
    assert panel.rows.rowCount() == 0
    assert panel.message.text() == NO_PATIENT


def test_that_a_patient_who_left_is_told_and_the_list_stays(
    qtbot, shown, measure, database, nurse, row
):
    measure("pain", PAINFUL)
    panel = shown()
    leave(database, nurse, row.admission_id)
    with qtbot.waitSignal(panel.told) as told:
        panel.take_note("beds")
    assert told.args[0] == "OKAFOR, Ada is no longer on Ward 7 East."
    assert cells(panel, "Value") == ["7/10"]


def test_that_the_list_is_read_by_a_model_tester(shown, measure, qtmodeltester):
    measure("gcs", WELL_GCS, minutes=60)
    qtmodeltester.check(shown().rows, force_py=True)


def test_that_every_cell_says_its_column_to_a_screen_reader(shown, measure):
    measure("gcs", WELL_GCS, minutes=60)
    panel = shown()
    role = Qt.ItemDataRole.AccessibleTextRole
    assert panel.rows.index(0, COLUMN["What"]).data(role) == "What: Glasgow Coma Scale"
    assert panel.rows.index(0, COLUMN["Note"]).data(role) == "Note: nothing"


def test_that_a_closed_list_is_freed(qtbot, context, east, row):
    panel = MeasurementsPanel(context, east)
    panel.show_patient(row)
    settled(qtbot, context)
    gone = freed(qtbot, panel)
    del panel
    gc.collect()
    assert gone() is None


def test_that_two_thousand_rows_are_shown_whole(panel, row):
    panel._row = row
    sets = tuple(recorded("gcs", WELL_GCS, hours_ago=number) for number in range(2000))
    found = chart(*sets)
    object.__setattr__(found, "admission_id", row.admission_id)
    panel._show_chart(found)
    assert panel.rows.rowCount() == 2000


def test_that_m_on_the_board_a_letter_and_a_number_chart_pain(qtbot, workplace, stored):
    press(qtbot, KEY.Key_M)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, KindChooser))
    press(qtbot, KEY.Key_P)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, MeasurementSheet))
    type_lines(qtbot, "4")
    press(qtbot, KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: workplace.sheets.sheet is None)
    assert "Pain: 4/10." in workplace.outcome.notice.text
    assert [one.summary for one in stored()] == ["4/10"]


def test_that_the_chart_leads_to_the_list_and_escape_back(qtbot, workplace, row, measure):
    measure("pain", PAINFUL)
    workplace.panel.patient_opened.emit(workplace.panel.bed_of(row.admission_id))
    qtbot.waitUntil(lambda: workplace.shown_key == CHART)
    settled(qtbot, workplace.context)
    press(qtbot, KEY.Key_M, Qt.KeyboardModifier.ShiftModifier)
    assert workplace.shown_key == MEASURED
    panel = workplace.panel
    qtbot.waitUntil(lambda: panel.rows.rowCount() == 1)
    press(qtbot, KEY.Key_M)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, KindChooser))
    press(qtbot, KEY.Key_Escape)
    panel.setFocus()
    press(qtbot, KEY.Key_Escape)
    assert workplace.shown_key == CHART


def test_that_m_and_l_lead_from_the_board_to_the_list_and_escape_back(qtbot, workplace, row):
    press(qtbot, KEY.Key_M)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, KindChooser))
    press(qtbot, KEY.Key_L)
    assert workplace.shown_key == MEASURED
    assert workplace.sheets.sheet is None
    panel = workplace.panel
    assert panel.patient.admission_id == row.admission_id
    qtbot.waitUntil(lambda: panel.message.text() == NOTHING)
    panel.setFocus()
    press(qtbot, KEY.Key_Escape)
    assert workplace.shown_key == BOARD


def test_that_f3_in_the_grid_measures_the_patient_of_the_row(qtbot, workplace, row):
    grid = workplace.show_panel(GRID)
    qtbot.waitUntil(lambda: grid.view.row is not None)
    press(qtbot, KEY.Key_F3)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, KindChooser))
    assert workplace.sheets.sheet.title == "Measure: OKAFOR, Ada"
    assert QApplication.focusWidget() is workplace.sheets.sheet.table
