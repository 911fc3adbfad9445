import gc
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests import world
from tests.board.builders import (
    NOW,
    a_board,
    a_patient,
    a_varied_hospital,
    a_varied_ward,
    a_ward,
    an_empty_bed,
    an_id,
)
from tests.board.surroundings import (
    WARD_7,
    a_quiet_panel,
    count,
    press,
    shown,
)
from tests.sheets import freed
from tests.steps import admit, leave, move
from ui.board.cards import Face
from ui.board.panel import BoardPanel
from ui.context import Place
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError

Key = Qt.Key


NO_SERVER = DatabaseUnavailableError("The server cannot be reached.")


@pytest.fixture
def live(qtbot, context):
    """Return a panel of Nora's ward as the database has it."""
    east = next(ward for ward in context.wards if ward.id == world.id_of("east"))
    panel = BoardPanel(context, Place(name=east.name, wards=(east,)))
    qtbot.addWidget(panel)
    panel.resize(1_294, 720)
    with qtbot.waitSignal(panel.loaded):
        panel.show()
    return panel


def test_that_the_board_shows_every_bed_of_the_ward_in_bed_order(live):
    assert shown(live) == ["1", "2", "3", "4", "9", "10", "S1"]
    assert count(live, "all").text == "7 beds"
    assert live.search_bar.summary.text().startswith("No patients on Ward 7 East at ")


def test_that_the_first_board_is_asked_for_once_before_it_is_shown(qtbot):
    panel = a_quiet_panel()
    qtbot.addWidget(panel)
    assert len(panel.context.work.asked) == 1
    panel.show()
    assert len(panel.context.work.asked) == 1


def test_that_what_another_workstation_does_appears(qtbot, live, database, nurse):
    admission_id = admit(database, nurse, "Okafor", "Ada", label="2")
    with qtbot.waitSignal(live.loaded):
        live.take_note("beds")
    assert live.beds.model.card(live.beds.model.index_of(admission_id, None)).label == "2"
    move(database, nurse, admission_id, "10")
    with qtbot.waitSignal(live.loaded):
        live.take_note("beds")
    assert live.beds.model.card(live.beds.model.index_of(admission_id, None)).label == "10"
    leave(database, nurse, admission_id)
    with qtbot.waitSignal(live.loaded):
        live.take_note("beds")
    assert not live.beds.model.index_of(admission_id, None).isValid()
    assert count(live, "occupied").text == "0 in"


def test_that_other_topics_concern_nobody_here(live):
    live.take_note("staff")
    assert not live.is_stale


def test_that_a_hidden_board_loads_when_it_is_shown_again(qtbot, live, database, nurse):
    live.hide()
    admission_id = admit(database, nurse, label="2")
    live.take_note("beds")
    assert live.is_stale
    with qtbot.waitSignal(live.loaded):
        live.show()
    assert live.beds.model.index_of(admission_id, None).isValid()


def test_that_a_lost_server_keeps_the_last_known_beds_and_says_since_when(
    qtbot, live, database, nurse, monkeypatch
):
    admission_id = admit(database, nurse, label="2")
    with qtbot.waitSignal(live.loaded):
        live.take_note("beds")
    with monkeypatch.context() as patched:
        patched.setattr("ui.board.panel.ward_board", _no_server)
        with qtbot.waitSignal(live.load_failed):
            live.refresh()
    assert live.beds.model.index_of(admission_id, None).isValid()
    assert re.fullmatch(rf"Stale since \d\d:\d\d\. {NO_SERVER}", live.notice.text)
    assert live.beds.tiles._delegate.stale
    with qtbot.waitSignal(live.loaded):
        live.refresh()
    assert live.notice.text == ""
    assert not live.beds.tiles._delegate.stale


def test_that_a_ward_that_was_never_read_is_not_called_empty(qtbot, context, monkeypatch):
    monkeypatch.setattr("ui.board.panel.ward_board", _no_server)
    panel = BoardPanel(context, WARD_7)
    qtbot.addWidget(panel)
    assert panel.beds.message.text() == "The beds of Ward 7 East are being read…"
    with qtbot.waitSignal(panel.load_failed):
        panel.show()
    assert panel.beds.message.text() == (
        "The beds of Ward 7 East could not be read. Press F5 to try again."
    )
    assert panel.counts == ()
    assert panel.search_bar.summary.text() == ""


def test_that_the_hospital_shows_other_wards_beds_without_their_patients(
    qtbot, context, database, signed_in
):
    wes = Actor(signed_in("wes").token)
    admit(database, wes, "Haddad", "Amina", ward="west", label="3")
    panel = BoardPanel(
        context, Place(name="Whole hospital", wards=context.wards, whole_hospital=True)
    )
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.loaded):
        panel.show()
    [there] = [row for row in panel.beds.model.rows if getattr(row, "face", None) is Face.WITHHELD]
    assert (there.bed.ward_name, there.label) == ("Ward 3 West", "3")
    assert there.bed.family_name is None
    assert count(panel, "all").text == "10 beds"


def test_that_another_ward_forgets_the_one_before(qtbot, live, context):
    west = Place(name="Ward 3 West", wards=(a_ward(3, name="Ward 3 West"),))
    live.show_place(west)
    assert shown(live) == []
    assert live.beds.message.text() == "The beds of Ward 3 West are being read…"
    qtbot.waitUntil(lambda: not context.work.is_busy)


def _no_server(_tx, _ward_ids):
    raise NO_SERVER


# time


def test_that_a_minute_passes_without_asking_the_database(show):
    panel = show(a_patient(1, next_due_at=NOW + timedelta(minutes=1)))
    asked = len(panel.context.work.asked)
    panel.context = replace(panel.context, clock=lambda: NOW + timedelta(minutes=2))
    panel.tell_time()
    assert panel.beds.chosen.due == "Overdue 1 min"
    assert count(panel, "overdue").text == "1 overdue"
    assert len(panel.context.work.asked) == asked


def test_that_beds_read_long_ago_are_greyed_until_they_are_read_again(show):
    panel = show(a_patient(1))
    delegate = panel.beds.tiles._delegate
    panel.context = replace(panel.context, clock=lambda: NOW + timedelta(seconds=119))
    panel.tell_time()
    assert not delegate.stale
    panel.context = replace(panel.context, clock=lambda: NOW + timedelta(seconds=121))
    panel.tell_time()
    assert delegate.stale
    panel._show_board(a_board(a_patient(1)))
    assert not delegate.stale


def test_that_the_board_wakes_at_the_next_full_minute(show):
    panel = show(a_patient(1))
    panel.context = replace(panel.context, clock=lambda: NOW.replace(second=45))
    panel._wait_for_next_minute()
    assert panel._minute.interval() == 15_000


def test_that_choice_and_table_survive_a_refresh(show):
    board = a_varied_ward(30)
    panel = show(*board.beds)
    QTest.keyClicks(panel.beds.view, "9")
    press(panel, Key.Key_V)
    panel._show_board(board)
    assert panel.beds.currentWidget() is panel.beds.table
    assert panel.beds.chosen.label == "9"


def test_that_a_hospital_of_a_thousand_beds_is_shown(show):
    wards = tuple(a_ward(number) for number in range(1, 35))
    hospital = Place(name="Whole hospital", wards=wards, whole_hospital=True)
    panel = show(*a_varied_hospital().beds, place=hospital)
    assert len(shown(panel)) == 1_020
    assert panel.beds.chosen.bed.ward_id == an_id(1)


def test_that_f11_fills_the_screen_and_the_wall_follows_the_board(qtbot, show):
    panel = show(a_patient(1))
    press(panel, Key.Key_F11)
    assert [card.name for card in panel.wall.cards] == ["O. G."]
    panel._show_board(a_board(an_empty_bed(1)))
    assert [card.name for card in panel.wall.cards] == ["Free"]
    panel.load_failed.emit(NO_SERVER)
    assert panel.wall.lines.warning == "Stale since 14:07: may have changed"
    qtbot.waitUntil(panel.wall.isActiveWindow)
    with qtbot.waitSignal(panel.wall.closed):
        QTest.keyClick(panel.wall, Key.Key_Escape)
    assert panel.wall is None
    panel.open_wall()
    panel.open_wall()
    assert panel.wall.isVisible()


def test_that_the_panel_is_freed(qtbot):
    panel = a_quiet_panel()
    panel._show_board(a_varied_ward())
    panel.open_wall()
    gone = freed(qtbot, panel)
    del panel
    gc.collect()
    assert gone() is None
