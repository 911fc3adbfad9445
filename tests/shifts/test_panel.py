"""The shift at the keyboard: plan, take, put down; gaps; my patients; who is on duty."""

from __future__ import annotations

import gc
from datetime import datetime

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester

from tests import world
from tests.sheets import freed, in_window, opened, saved_message, settled, type_text
from tests.shifts.builders import EAST, bed_now, give, took
from tests.steps import admit
from ui.background import DatabaseWork
from ui.context import Context, Place
from ui.panels import ARRANGEMENT, BOARD, GRID, PANELS, ROUNDS
from ui.shifts.joint import NOTHING_MINE, PANEL
from ui.shifts.panel import ShiftPanel
from ui.shifts.sheets import DirectorySheet, PlanReasonSheet, PutDownSheet, SignOnSheet
from ui.shifts.times_sheet import ShiftTimesSheet
from ui.shifts.words import ONE_WARD
from ui.workplace import Workplace
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError

KEY = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def east(context):
    return Place(
        name="Ward 7 East", wards=tuple(ward for ward in context.wards if ward.id == EAST)
    )


@pytest.fixture
def patients(database, nurse):
    """Patients in beds 1 and 10."""
    return [
        admit(database, nurse, name, "Ada", label=label)
        for name, label in (("Abel", "1"), ("Fox", "10"))
    ]


@pytest.fixture
def leading(database, signed_in, context):
    """The surroundings of who leads the shift, at Nora's station."""
    person = signed_in("both")
    work = DatabaseWork(database, Actor(person.token))
    yield Context(work=work, signed_in=person, wards=context.wards)
    work.close()


def shown(qtbot, context):
    panel = ShiftPanel(context, east(context))
    context.work.committed.connect(panel.take_note)
    in_window(qtbot, panel, 1_286, 660)
    qtbot.waitUntil(lambda: len(panel.beds.rows) == 7)
    panel.table.setFocus()
    return panel


def cells(panel, label):
    """Return the words of one bed's line, by column."""
    model: QAbstractItemModel = panel.beds
    [row] = [n for n, line in enumerate(panel.beds.rows) if line.bed.bed_label == label]
    return {
        column.header: model.index(row, number).data()
        for number, column in enumerate(panel.beds.columns)
    }


def go(panel, label):
    [row] = [n for n, line in enumerate(panel.beds.rows) if line.bed.bed_label == label]
    panel.table.setCurrentIndex(panel.beds.index(row, 0))


def key_of(panel, name):
    return next(line.key for line in panel.nurses.rows if line.member.name == name)


def test_that_a_gap_is_loud_in_words_glyph_and_colour(qtbot, context, patients):
    panel = shown(qtbot, context)
    assert panel.gaps.text() == "▲ No nurse on duty holds beds 1, 10"
    assert cells(panel, "1")["Holds it now"] == "▲ NOBODY"
    assert cells(panel, "2")["Holds it now"] == ""
    colour = Qt.ItemDataRole.ForegroundRole
    assert panel.beds.index(0, 5).data(colour) != panel.beds.index(1, 5).data(colour)


def test_that_one_key_plans_a_bed_and_one_a_bay(qtbot, leading, database, nurse, patients):
    panel = shown(qtbot, leading)
    number = key_of(panel, "Nora Nurse")
    go(panel, "10")
    with qtbot.waitSignal(panel.told) as told:
        qtbot.keyClick(panel.table, number)
    assert told.args[0].startswith("Bed 10 planned for Nora Nurse.")
    go(panel, "1")
    with qtbot.waitSignal(panel.told) as told:
        qtbot.keyClick(panel.table, number, ALT)
    assert told.args[0].startswith("Beds 1, 2, 3, 4 planned for Nora Nurse.")
    qtbot.waitUntil(lambda: panel.nurses.rows[int(number) - 1].load.beds == 5)
    load = panel.nurses.index(int(number) - 1, 3).data()
    assert load == "5 · 2 · 0, 2 unscored"
    assert bed_now(database, nurse, "1").user_id is None


def test_that_a_change_in_the_running_shift_asks_why(qtbot, leading, database, nurse, patients):
    panel = shown(qtbot, leading)
    give(database, leading.work.actor, "nora", "1")
    panel.refresh()
    qtbot.waitUntil(lambda: cells(panel, "1")["Planned"] == "Nora Nurse")
    go(panel, "1")
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        qtbot.keyClick(panel.table, KEY.Key_Delete)
    sheet = opened(qtbot, asked.args[0])
    assert isinstance(sheet, PlanReasonSheet)
    sheet.save()
    assert not sheet.is_saving
    type_text(qtbot, "1")
    assert saved_message(qtbot, sheet).startswith("Bed 1 planned for nobody.")
    assert bed_now(database, nurse, "1").allocated_id is None


def test_that_m_takes_what_is_planned_for_me_and_t_one_more(
    qtbot, context, database, nurse, lead, patients
):
    give(database, lead, "nora", "1", "2")
    panel = shown(qtbot, context)
    with qtbot.waitSignal(panel.told) as told:
        qtbot.keyClick(panel.table, KEY.Key_M)
    assert told.args[0] == "You hold beds 1, 2 from now on."
    qtbot.waitUntil(lambda: cells(panel, "2")["Holds it now"] == "Nora Nurse")
    with qtbot.waitSignal(panel.told) as told:
        qtbot.keyClick(panel.table, KEY.Key_M)
    assert "No bed is planned" in told.args[0]
    go(panel, "10")
    with qtbot.waitSignal(panel.told):
        qtbot.keyClick(panel.table, KEY.Key_T)
    qtbot.waitUntil(lambda: panel.gaps.text() == "● Every patient has a nurse on duty.")


def test_that_putting_down_mine_is_one_key_and_leaves_the_gap_loud(
    qtbot, context, database, nurse, patients
):
    took(database, nurse, "1", "10")
    panel = shown(qtbot, context)
    go(panel, "1")
    with qtbot.waitSignal(panel.told) as told:
        qtbot.keyClick(panel.table, KEY.Key_D)
    assert "nobody holds it now" in told.args[0]
    qtbot.waitUntil(lambda: panel.gaps.text() == "▲ No nurse on duty holds bed 1")
    with qtbot.waitSignal(panel.told):
        qtbot.keyClick(panel.table, KEY.Key_D, ALT)
    qtbot.waitUntil(lambda: panel.gaps.text() == "▲ No nurse on duty holds beds 1, 10")
    with qtbot.waitSignal(panel.told) as told:
        qtbot.keyClick(panel.table, KEY.Key_D, ALT)
    assert told.args[0] == "You hold no bed."


def test_that_anothers_bed_is_put_down_with_a_reason_by_who_leads(
    qtbot, leading, database, nurse, patients
):
    took(database, nurse, "1")
    panel = shown(qtbot, leading)
    go(panel, "1")
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        qtbot.keyClick(panel.table, KEY.Key_D)
    sheet = opened(qtbot, asked.args[0])
    assert isinstance(sheet, PutDownSheet)
    type_text(qtbot, "gone")
    assert "Nobody holds it" in saved_message(qtbot, sheet)
    assert bed_now(database, nurse, "1").user_id is None


def test_that_a_nurse_is_told_that_anothers_bed_is_not_hers_to_put_down(
    qtbot, context, database, lead, patients
):
    took(database, lead, "1")
    panel = shown(qtbot, context)
    go(panel, "1")
    with qtbot.waitSignal(panel.told) as told:
        qtbot.keyClick(panel.table, KEY.Key_D)
    assert "leads the shift" in told.args[0]


def test_that_two_who_take_at_once_are_told(qtbot, context, database, lead, patients):
    panel = shown(qtbot, context)
    took(database, lead, "1")
    go(panel, "1")
    qtbot.keyClick(panel.table, KEY.Key_T)
    qtbot.waitUntil(lambda: cells(panel, "1")["Holds it now"] == "Bo Both")
    assert bed_now(database, lead, "1").user_name == "Bo Both"


def test_that_n_plans_the_shift_that_follows(qtbot, leading, patients):
    panel = shown(qtbot, leading)
    first = panel.summary.text()
    qtbot.keyClick(panel.table, KEY.Key_N)
    qtbot.waitUntil(lambda: panel.summary.text() != first)
    go(panel, "1")
    with qtbot.waitSignal(panel.told):
        qtbot.keyClick(panel.table, key_of(panel, "Nora Nurse"))
    qtbot.waitUntil(lambda: cells(panel, "1")["Planned"] == "Nora Nurse")


def test_that_several_wards_are_not_planned_at_once(qtbot, context):
    panel = ShiftPanel(context, Place(name="Both", wards=context.wards))
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitUntil(lambda: panel.message.text() == ONE_WARD)


def test_that_the_models_keep_qts_rules(qtbot, context, patients):
    panel = shown(qtbot, context)
    for model in (panel.beds, panel.nurses):
        QAbstractItemModelTester(model)
        model.show_rows(model.rows)


def test_that_a_failed_reading_keeps_what_is_known_greyed(qtbot, context, patients, monkeypatch):
    panel = shown(qtbot, context)
    panel.load_failed.emit(DatabaseUnavailableError("The ward database cannot be reached."))
    assert "what was known at" in panel.notice.text
    assert len(panel.beds.rows) == 7


@pytest.fixture
def workplace(qtbot, context, patients):
    workplace = Workplace(context, east(context), PANELS)
    qtbot.addWidget(workplace)
    workplace.joints = ARRANGEMENT.connect(workplace)
    workplace.resize(1366, 768)
    workplace.show()
    workplace.activateWindow()
    qtbot.waitUntil(workplace.isActiveWindow)
    return workplace


def test_that_the_board_says_who_holds_a_bed_and_counts_who_has_nobody(
    qtbot, workplace, database, nurse
):
    board = workplace.show_panel(BOARD)
    qtbot.waitUntil(lambda: board.search_bar.gaps.text() == "▲ 2 no nurse")
    board.search_bar.gaps.click()
    qtbot.waitUntil(lambda: "2 of 7 shown" in board.search_bar.summary.text())
    board.search_bar.gaps.click()
    took(database, nurse, "1")
    workplace.pulse.changed.emit(str(EAST), "shifts")
    qtbot.waitUntil(lambda: board.search_bar.gaps.text() == "▲ 1 no nurse")
    board.beds.go_to(None, world.bed("east", "1"))
    qtbot.waitUntil(lambda: board.peek.shown is not None)
    said = [line.value.text() for line in board.peek._facts if line.value.isVisibleTo(board)]
    assert any("Nora Nurse (NN), since" in words for words in said), said


def test_that_alt_m_shows_my_patients_on_board_grid_and_rounds(qtbot, workplace, database, nurse):
    board = workplace.show_panel(BOARD)
    qtbot.waitUntil(lambda: board.beds.model.rowCount() > 0)
    qtbot.waitUntil(lambda: board.search_bar.gaps.text() != "")
    qtbot.keyClick(workplace.panel, KEY.Key_M, ALT)
    assert workplace.outcome.notice.text == NOTHING_MINE
    took(database, nurse, "10")
    workplace.pulse.changed.emit(str(EAST), "shifts")
    qtbot.waitUntil(lambda: board.search_bar.gaps.text() == "▲ 1 no nurse")
    qtbot.keyClick(workplace.panel, KEY.Key_M, ALT)
    qtbot.waitUntil(lambda: "1 of 7 shown" in board.search_bar.summary.text())
    board.show_all()
    qtbot.keyClick(workplace.panel, KEY.Key_M, ALT)
    qtbot.waitUntil(lambda: "1 of 7 shown" in board.search_bar.summary.text())
    grid = workplace.show_panel(GRID)
    qtbot.waitUntil(lambda: [row.bed.bed_label for row in grid.model.rows] == ["10"])
    rounds = workplace.show_panel(ROUNDS)
    qtbot.waitUntil(lambda: [row.line.bed_label for row in rounds.model.rows] == ["10"])
    qtbot.keyClick(rounds, KEY.Key_M, ALT)
    qtbot.waitUntil(lambda: len(rounds.model.rows) == 2)
    workplace.show_panel(GRID)
    qtbot.waitUntil(lambda: len(grid.model.rows) == 2)


def test_that_the_directory_opens_from_any_panel_and_is_searched(
    qtbot, workplace, database, nurse
):
    took(database, nurse, "1")
    panel = workplace.show_panel(PANEL)
    qtbot.keyClick(panel, KEY.Key_D, CTRL)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, DirectorySheet))
    sheet = workplace.sheets.sheet
    qtbot.waitUntil(lambda: len(sheet.model.rows) == 1)
    assert sheet.model.index(0, 5).data() == "1"
    sheet.search.setText("ground nora")
    assert len(sheet.model.rows) == 1
    sheet.search.setText("west")
    assert sheet.words.text() == "Nobody on duty fits this."
    sheet.save()
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, SignOnSheet))


def test_that_signing_on_call_shows_in_the_directory(qtbot, context, patients):
    [ward] = east(context).wards
    sheet = opened(qtbot, SignOnSheet(context, ward, east(context).zone))
    sheet.form.set_value("what", "on_call")
    sheet.save()
    qtbot.waitUntil(lambda: not sheet.is_saving)
    sheet.form.set_value("works_as", "Ward registrar")
    assert saved_message(qtbot, sheet).startswith("On call for Ward 7 East until")
    found = opened(qtbot, DirectorySheet(context, ward, east(context).zone))
    qtbot.waitUntil(lambda: len(found.model.rows) == 1)
    assert found.model.index(0, 2).data() == "on call: Ward registrar"


def test_that_who_leads_sets_the_wards_own_times_and_wanted_staff(qtbot, leading, patients):
    panel = shown(qtbot, leading)
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        qtbot.keyClick(panel.table, KEY.Key_E)
    sheet = opened(qtbot, asked.args[0])
    assert isinstance(sheet, ShiftTimesSheet)
    name = sheet.value("name")
    sheet.form.set_value("wanted_registered_nurse", 9)
    sheet.form.set_value("source", "Ward meeting")
    sheet.form.set_value("starts_at", "soon")
    sheet.save()
    assert not sheet.is_saving
    # of shifts that overlap, the one that began last is shown
    now = f"{datetime.now(east(leading).zone):%H%M}"
    sheet.form.set_value("starts_at", now)
    sheet.form.set_value("ends_at", now)
    assert saved_message(qtbot, sheet).startswith(f"Set: {name}, {now} to {now}.")
    qtbot.waitUntil(lambda: "Registered nurse 0 of 9 ▲" in panel.mix.text())


@pytest.mark.parametrize("kind", ["directory", "sign", "reason", "times"])
def test_that_a_closed_sheet_is_freed(qtbot, context, kind):
    [ward] = east(context).wards
    zone = east(context).zone
    sheet = {
        "directory": lambda: DirectorySheet(context, ward, zone),
        "sign": lambda: SignOnSheet(context, ward, zone),
        "times": lambda: ShiftTimesSheet(context, ward.id, None, staff=(), zone=zone),
        "reason": lambda: PlanReasonSheet(context, [], "Bed 1."),
    }[kind]()
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
