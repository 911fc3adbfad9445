"""From board and chart to the notes by one key, and what a locked or left station keeps."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests import world
from tests.notes.builders import drafts, sign
from tests.sheets import press, settled, type_text
from tests.steps import admit, open_first
from ui.context import Place
from ui.notes.joint import KEY, PANEL
from ui.notes.panel import NotesPanel
from ui.notes.write_sheets import NewNoteSheet
from ui.panels import ARRANGEMENT, BOARD, CHART, PANELS
from ui.workplace import Workplace

EAST = world.id_of("east")
R = Qt.Key[f"Key_{KEY}"]


@pytest.fixture
def stay(database, nurse):
    stay = admit(database, nurse)
    open_first(database, nurse)
    sign(database, nurse, stay)
    return stay


@pytest.fixture
def workplace(qtbot, context, stay):
    """Nora's workplace with everything joined, the board read."""
    wards = tuple(ward for ward in context.wards if ward.id == EAST)
    workplace = Workplace(context, Place(name="Ward 7 East", wards=wards), PANELS)
    qtbot.addWidget(workplace)
    workplace.joints = ARRANGEMENT.connect(workplace)
    workplace.resize(1366, 768)
    workplace.show()
    workplace.activateWindow()
    qtbot.waitUntil(workplace.isActiveWindow)
    qtbot.waitUntil(lambda: workplace.panel.loaded_at is not None)
    return workplace


def choose(qtbot, workplace, stay):
    """Choose the patient's bed on the board and return its row."""
    board = workplace.panel_of(BOARD)
    row = board.bed_of(stay)
    board.beds.go_to(stay, row.bed_id)
    board.beds.focus_beds()
    qtbot.waitUntil(lambda: board.beds.chosen is not None)
    return row


def test_that_one_key_leads_from_board_and_chart_to_the_notes_and_back(
    qtbot, context, workplace, stay
):
    row = choose(qtbot, workplace, stay)
    press(qtbot, R)
    panel = workplace.panel
    assert isinstance(panel, NotesPanel)
    assert panel.patient.admission_id == stay
    qtbot.waitUntil(lambda: bool(panel.rows.rows))
    press(qtbot, Qt.Key.Key_Escape)
    assert workplace.shown_key == BOARD
    chart = workplace.panel_of(CHART)
    chart.show_patient(row)
    workplace.show_panel(CHART)
    settled(qtbot, context)
    press(qtbot, R)
    assert workplace.shown_key == PANEL
    press(qtbot, Qt.Key.Key_Escape)
    assert workplace.shown_key == CHART
    settled(qtbot, context)


def test_that_the_key_asks_for_a_patient_where_none_is_chosen(qtbot, context, workplace):
    workplace.joints.setParent(workplace)
    board = workplace.panel_of(BOARD)
    action = next(one for one in board.actions() if one.shortcut().toString() == KEY)
    workplace.panel_of(CHART)
    workplace.show_panel(CHART)
    settled(qtbot, context)
    press(qtbot, R)
    assert "Choose a patient first" in workplace.outcome.notice.text
    assert action.text() == "Read and write nursing notes"


def test_that_words_typed_are_kept_when_the_station_is_left_in_the_middle(
    qtbot, context, workplace, database, nurse, stay
):
    """Locked by hand right after the last key, then taken over by somebody else."""
    choose(qtbot, workplace, stay)
    press(qtbot, R)
    qtbot.waitUntil(lambda: bool(workplace.panel.rows.rows))
    press(qtbot, Qt.Key.Key_N)
    sheet = workplace.sheets.sheet
    assert isinstance(sheet, NewNoteSheet)
    settled(qtbot, context)
    press(qtbot, Qt.Key.Key_3)
    type_text(qtbot, "Fell.")
    assert workplace.has_unsaved_entry
    workplace.hide()
    settled(qtbot, context)
    (content,) = drafts(database, nurse).values()
    assert content["typed"]["section0"] == "Fell."
