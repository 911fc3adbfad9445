"""From board and chart to assessments and back, by key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests import world
from tests.assessments.builders import assess
from tests.sheets import press, settled
from tests.steps import admit, open_first
from ui.assessments.chooser import InstrumentChooser
from ui.assessments.joint import PANEL
from ui.context import Place
from ui.panels import ARRANGEMENT, BOARD, CHART, PANELS
from ui.workplace import Workplace

KEY, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier
EAST = world.id_of("east")


@pytest.fixture
def workplace(qtbot, context, database, nurse):
    stay = admit(database, nurse, label="1")
    open_first(database, nurse)
    assess(database, nurse, stay)
    wards = tuple(ward for ward in context.wards if ward.id == EAST)
    workplace = Workplace(context, Place(name="Ward 7 East", wards=wards), PANELS)
    qtbot.addWidget(workplace)
    workplace.joints = ARRANGEMENT.connect(workplace)
    workplace.resize(1366, 768)
    workplace.show()
    workplace.activateWindow()
    qtbot.waitUntil(workplace.isActiveWindow)
    board = workplace.panel
    qtbot.waitUntil(lambda: board.beds.model.rowCount() > 0)
    board.beds.go_to(stay, world.bed("east", "1"))
    board.beds.tiles.setFocus()
    return workplace


def test_that_j_on_the_board_chooses_an_instrument_and_l_leads_to_the_list(
    qtbot, context, workplace
):
    press(qtbot, KEY.Key_J)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, InstrumentChooser))
    sheet = workplace.sheets.sheet
    qtbot.waitUntil(lambda: sheet.rows.rowCount() > 0)
    sheet.focus_first()
    press(qtbot, KEY.Key_L)
    qtbot.waitUntil(lambda: workplace.shown_key == PANEL)
    panel = workplace.panel
    qtbot.waitUntil(lambda: panel.rows.rowCount() == 1)
    assert panel.patient.family_name == "Okafor"
    panel.table.setFocus()
    press(qtbot, KEY.Key_Escape)
    assert workplace.shown_key == BOARD
    settled(qtbot, context)


def test_that_the_chart_leads_there_and_back(qtbot, context, workplace):
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: workplace.shown_key == CHART)
    settled(qtbot, context)
    qtbot.waitUntil(lambda: workplace.panel._chart is not None)
    press(qtbot, KEY.Key_J, CTRL)
    qtbot.waitUntil(lambda: workplace.shown_key == PANEL)
    panel = workplace.panel
    qtbot.waitUntil(lambda: panel.rows.rowCount() == 1)
    panel.table.setFocus()
    press(qtbot, KEY.Key_Escape)
    assert workplace.shown_key == CHART


def test_that_nobody_chosen_is_told(qtbot, workplace):
    board = workplace.panel
    board.beds.go_to(None, world.bed("east", "2"))
    press(qtbot, KEY.Key_J)
    assert "Choose a patient first" in workplace.outcome.notice.text
    assert workplace.sheets.sheet is None


def test_that_ctrl_j_on_the_board_leads_to_the_list(qtbot, context, workplace):
    press(qtbot, KEY.Key_J, CTRL)
    qtbot.waitUntil(lambda: workplace.shown_key == PANEL)
    settled(qtbot, context)
