"""The ways to the register: from the board, from the chart, from what is measured."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests import world
from tests.devices.builders import put_in, take_out
from tests.sheets import opened, press, row_of, settled, type_text
from tests.steps import admit, open_first
from ui.context import Place
from ui.devices.panel import DevicesPanel
from ui.measurements.chooser import KindChooser
from ui.measurements.sheet import MeasurementSheet
from ui.observations.panel import ChartPanel
from ui.observations.subject import subject_of
from ui.panels import ARRANGEMENT, PANELS
from ui.workplace import Workplace

KEY = Qt.Key


@pytest.fixture
def stay(database, nurse):
    stay = admit(database, nurse, label="1")
    admit(database, nurse, "Young", "Yuri", label="2")
    open_first(database, nurse)
    return stay


@pytest.fixture
def device(database, nurse, stay):
    return put_in(database, nurse, stay)


@pytest.fixture
def row(database, nurse, device):
    return row_of(database, nurse, "Okafor")


@pytest.fixture
def workplace(qtbot, context, row):
    """Nora's workplace with everything joined, Ada Okafor chosen on the board."""
    wards = tuple(ward for ward in context.wards if ward.id == world.id_of("east"))
    workplace = Workplace(context, Place(name="Ward 7 East", wards=wards), PANELS)
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


def register_of(qtbot, workplace):
    """Return the register once it shows the device of Ada."""
    qtbot.waitUntil(lambda: isinstance(workplace.panel, DevicesPanel))
    panel = workplace.panel
    qtbot.waitUntil(lambda: len(panel.rows.rows) == 1)
    return panel


def opened_charts(admin):
    return admin.execute("SELECT count(*) FROM audit.access_logs").fetchone()[0]


def test_that_k_on_the_board_shows_one_patient_and_escape_leads_back(qtbot, workplace, row, admin):
    board = workplace.panel
    press(qtbot, KEY.Key_K)
    panel = register_of(qtbot, workplace)
    assert panel.patient.admission_id == row.admission_id
    before = opened_charts(admin)
    press(qtbot, KEY.Key_Escape)
    assert workplace.panel is board
    settled(qtbot, workplace.context)
    assert panel.patient is None
    assert opened_charts(admin) == before


def test_that_k_on_an_empty_bed_says_what_to_choose(qtbot, workplace):
    board = workplace.panel
    board.beds.go_to(None, world.bed("east", "4"))
    press(qtbot, KEY.Key_K)
    assert workplace.panel is board
    settled(qtbot, workplace.context)


def test_that_k_on_the_chart_leads_there_and_back(qtbot, workplace, row):
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: isinstance(workplace.panel, ChartPanel))
    chart = workplace.panel
    settled(qtbot, workplace.context)
    press(qtbot, KEY.Key_K)
    register_of(qtbot, workplace)
    press(qtbot, KEY.Key_Escape)
    assert workplace.panel is chart
    settled(qtbot, workplace.context)


def test_that_measuring_the_site_of_a_cannula_in_the_register_leads_to_it(qtbot, workplace):
    press(qtbot, KEY.Key_M)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, KindChooser))
    settled(qtbot, workplace.context)
    press(qtbot, KEY.Key_V)
    panel = register_of(qtbot, workplace)
    assert panel.patient is not None
    assert QApplication.focusWidget() is not None
    settled(qtbot, workplace.context)


def test_that_a_site_without_a_cannula_in_the_register_is_measured(
    qtbot, context, database, nurse, stay, device
):
    take_out(database, nurse, stay, device)
    put_in(database, nurse, stay, kind="drain", site="chest")
    subject = subject_of(row_of(database, nurse, "Okafor"), Place(name="", wards=()).zone)
    chooser = opened(qtbot, KindChooser(context, subject))
    settled(qtbot, context)
    with qtbot.waitSignal(chooser.sheet_requested) as asked:
        type_text(qtbot, "V")
    assert isinstance(asked.args[0], MeasurementSheet)
    asked.args[0].deleteLater()
