import gc
import weakref
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import (
    QAccessible,
    QAction,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QImage,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow

from tests.board.builders import (
    NOW,
    ZONE,
    a_board,
    a_patient,
    a_patient_without_bed,
    a_varied_hospital,
    a_varied_ward,
    a_withheld_bed,
    an_empty_bed,
    an_id,
)
from ui import theme
from ui.board.beds_area import BedsArea
from ui.board.board_view import BoardView
from ui.board.cards import Moment
from ui.board.rows import BoardRows, Wanted
from ui.board.tile_painter import TilePainter
from ui.paint_turn import PaintTurn

MOMENT = Moment(NOW, ZoneInfo(ZONE))
MOVE = Qt.DropAction.MoveAction
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Key = Qt.Key


@pytest.fixture
def area(qtbot):
    """The beds of a small screen, shown and with the keyboard."""
    area = BedsArea()
    qtbot.addWidget(area)
    area.resize(1_022, 678)
    area.show()
    area.focus_beds()
    return area


def show(area, board):
    maker = BoardRows(ZONE)
    rows = maker.rows(board, MOMENT, Wanted())
    area.show_rows(rows, maker.group_sizes)
    QApplication.processEvents()


def press(area, *keys, modifier=NO_KEY):
    for key in keys:
        QTest.keyClick(area.view, key, modifier)


def chosen(area):
    return area.chosen.label


def places(area):
    """Where each bed's tile is."""
    return {
        row.key: area.tiles.visualRect(area.model.index(at, 0))
        for at, row in enumerate(area.model.rows)
        if hasattr(row, "key")
    }


# where tiles are


@pytest.mark.parametrize("size", [(1_022, 678), (1_548, 990)])
def test_that_thirty_beds_are_seen_without_scrolling(area, size):
    area.resize(*size)
    show(area, a_varied_ward(30))
    viewport = area.tiles.viewport().rect()
    assert all(viewport.contains(rect) for rect in places(area).values())
    assert not area.tiles.verticalScrollBar().isVisible()


def test_that_a_bay_of_six_stands_in_one_line(area):
    show(area, a_varied_ward(30))
    rects = list(places(area).values())
    assert len({rect.top() for rect in rects[:6]}) == 1
    assert rects[6].left() == rects[0].left()
    assert rects[6].top() > rects[0].bottom()


def test_that_no_tile_moves_because_its_content_changed(area):
    board = a_varied_ward(30)
    show(area, board)
    before = places(area)
    beds = list(board.beds)
    beds[0] = an_empty_bed(1)._replace(bed_id=beds[0].bed_id, room_id=beds[0].room_id)
    beds[7] = a_patient(8, news2_total=20)._replace(
        bed_id=beds[7].bed_id, room_id=beds[7].room_id, room_name="Bay B"
    )
    show(area, a_board(*beds))
    assert places(area) == before


def test_that_a_patient_without_a_bed_moves_no_tile(area):
    board = a_varied_ward(30)
    show(area, board)
    before = places(area)
    show(area, a_board(*board.beds, a_patient_without_bed(99)))
    after = places(area)
    assert {key: after[key] for key in before} == before


# keys


def test_that_arrow_keys_walk_tiles_over_headings(area):
    show(area, a_varied_ward(30))
    walked = [chosen(area)]
    for key in (Key.Key_Right, Key.Key_Down, Key.Key_Left, Key.Key_Left, Key.Key_Up):
        press(area, key)
        walked.append(chosen(area))
    assert walked == ["1", "2", "8", "7", "6", "6"]


def test_that_down_goes_to_the_nearest_bed_of_a_shorter_line(area):
    bay_b = {"room_id": an_id(1), "room_name": "Bay B"}
    show(area, a_board(*(a_patient(n) for n in range(1, 5)), a_patient(5, **bay_b)))
    press(area, Key.Key_End, Key.Key_Left, Key.Key_Down)
    assert chosen(area) == "5"


def test_that_home_end_and_pages_reach_far_beds(area):
    show(area, a_varied_hospital(wards=4, visible=4))
    press(area, Key.Key_End)
    assert (chosen(area), area.chosen.bed.ward_name) == ("30", "Ward 4 East")
    press(area, Key.Key_PageUp)
    assert area.chosen.bed.ward_name in {"Ward 3 East", "Ward 4 East"}
    press(area, Key.Key_Home)
    assert (chosen(area), area.chosen.bed.ward_name) == ("1", "Ward 1 East")
    press(area, Key.Key_PageDown, Key.Key_PageDown)
    assert area.chosen.bed.ward_name != "Ward 1 East" or int(chosen(area)) > 6


def test_that_figures_lead_to_the_bed_of_that_number(area):
    show(area, a_varied_ward(30))
    press(area, Key.Key_1)
    assert chosen(area) == "1"
    press(area, Key.Key_7)
    assert chosen(area) == "17"


def test_that_letters_belong_to_a_number_only_once_it_is_begun(area):
    show(
        area,
        a_board(a_patient(1, bed_label="12A"), a_patient(2, bed_label="12B"), a_patient(3)),
    )
    QTest.keyClicks(area.view, "12b")
    assert chosen(area) == "12B"


def test_that_shift_begins_a_label_with_a_letter(area):
    show(area, a_board(a_patient(1, bed_label="A1"), a_patient(2, bed_label="B1")))
    press(area, Key.Key_B, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert chosen(area) == "B1"


def test_that_a_letter_with_shift_that_begins_no_label_stays_the_key_of_an_act(qtbot, area):
    show(area, a_board(a_patient(1, bed_label="A1"), a_patient(2, bed_label="B1")))
    action = QAction("Expected discharge", area.view)
    action.setShortcut("Shift+D")
    area.view.addAction(action)
    with qtbot.waitSignal(action.triggered):
        QTest.keyClick(area.window().windowHandle(), Key.Key_D, Qt.KeyboardModifier.ShiftModifier)


def test_that_a_figure_that_cannot_go_on_begins_another_number(area):
    show(area, a_varied_ward(30))
    QTest.keyClicks(area.view, "912")
    assert chosen(area) == "12"


# choice


def test_that_the_choice_follows_the_patient_to_another_bed(area):
    show(area, a_board(a_patient(1), an_empty_bed(2)))
    moved = a_patient(1)._replace(bed_id=an_id(70_002), bed_label="2")
    show(area, a_board(an_empty_bed(1), moved))
    assert (chosen(area), area.chosen.bed.admission_id) == ("2", moved.admission_id)


def test_that_the_choice_stays_on_the_bed_of_a_patient_who_left(area):
    show(area, a_board(a_patient(1), a_patient(2)))
    press(area, Key.Key_Right)
    show(area, a_board(a_patient(1), an_empty_bed(2, readiness="dirty")))
    assert (chosen(area), area.chosen.name) == ("2", "To be cleaned")


def test_that_choice_and_scrolling_survive_other_rows(area):
    board = a_varied_hospital(wards=6, visible=6)
    show(area, board)
    area.go_to(None, board.beds[100].bed_id)
    bar = area.tiles.verticalScrollBar()
    bar.setValue(at := bar.value() + 30)
    show(area, a_board(*board.beds, a_patient_without_bed(99, ward_id=board.beds[-1].ward_id)))
    assert area.chosen.key == board.beds[100].bed_id
    assert bar.value() == at


def test_that_the_chosen_bed_stays_in_sight_beside_a_sheet(qtbot, area):
    show(area, a_varied_ward(30))
    area.go_to_number("29")
    area.resize(600, 678)

    def in_sight():
        place = area.tiles.visualRect(area.tiles.currentIndex())
        return area.tiles.viewport().rect().contains(place)

    qtbot.waitUntil(in_sight)
    assert area.tiles.verticalScrollBar().value() > 0


def test_that_table_and_tiles_share_the_choice(area):
    show(area, a_varied_ward(30))
    QTest.keyClicks(area.view, "9")
    area.show_table(as_table=True)
    assert area.currentWidget() is area.table
    assert area.table_model.card(area.table.currentIndex()).label == "9"
    assert area.table.hasFocus()
    press(area, Key.Key_Down)
    assert chosen(area) == "10"
    area.show_table(as_table=False)
    assert area.tiles.current_card.label == "10"


def test_that_an_empty_board_has_no_choice(area):
    show(area, a_varied_ward(30))
    area.show_rows((), ())
    assert area.chosen is None


# dragging


def drag(area, source, target):
    """Drag as Qt's events tell it; return whether moving over the target was welcome."""
    model, viewport = area.model, area.tiles.viewport()
    start, end = (area.tiles.visualRect(model.index(at, 0)).center() for at in (source, target))
    data = model.mimeData([model.index(source, 0)])
    for event in (
        QDragEnterEvent(start, MOVE, data, LEFT, NO_KEY),
        moving := QDragMoveEvent(end, MOVE, data, LEFT, NO_KEY),
        QDropEvent(QPointF(end), MOVE, data, LEFT, NO_KEY),
    ):
        QApplication.sendEvent(viewport, event)
    return moving.isAccepted()


@pytest.mark.parametrize("target", [an_empty_bed(2), a_patient(2)])
def test_that_dropping_a_patient_on_a_bed_is_announced(qtbot, area, target):
    show(area, a_board(a_patient(1), target))
    with qtbot.waitSignal(area.dropped) as dropped:
        assert drag(area, 1, 2)
    assert [bed.bed_label for bed in dropped.args] == ["1", "2"]


@pytest.mark.parametrize(
    "target",
    [an_empty_bed(2, availability="blocked"), a_withheld_bed(2)],
    ids=["blocked", "theirs"],
)
def test_that_a_bed_that_cannot_be_given_refuses_the_drag(qtbot, area, target):
    show(area, a_board(a_patient(1), target))
    with qtbot.assertNotEmitted(area.dropped, wait=1):
        assert not drag(area, 1, 2)


def test_that_a_drop_is_announced_after_the_drag_has_ended(qtbot, area):
    show(area, a_board(a_patient(1), an_empty_bed(2)))
    announced = []
    area.dropped.connect(lambda *beds: announced.append(beds))
    drag(area, 1, 2)
    assert announced == []
    qtbot.waitUntil(lambda: len(announced) == 1)


def test_that_the_viewport_takes_drops_although_tiles_are_static(area):
    assert area.tiles.viewport().acceptDrops()


def test_that_a_drag_over_a_bed_marks_it_until_it_leaves(area):
    show(area, a_board(a_patient(1), an_empty_bed(2)))
    model, viewport = area.model, area.tiles.viewport()
    data = model.mimeData([model.index(1, 0)])
    over = area.tiles.visualRect(model.index(2, 0)).center()
    plain = area.tiles.grab().toImage()
    QApplication.sendEvent(viewport, QDragEnterEvent(over, MOVE, data, LEFT, NO_KEY))
    QApplication.sendEvent(viewport, QDragMoveEvent(over, MOVE, data, LEFT, NO_KEY))
    assert area.tiles.grab().toImage() != plain
    QApplication.sendEvent(viewport, QDragLeaveEvent())
    assert area.tiles.grab().toImage() == plain


# menu, colours, life


def test_that_the_menu_is_for_the_bed_under_the_pointer(qtbot, area):
    show(area, a_board(a_patient(1), an_empty_bed(2)))
    at = area.tiles.visualRect(area.model.index(2, 0)).center()
    with qtbot.waitSignal(area.menu_wanted):
        area.tiles.customContextMenuRequested.emit(at)
    assert chosen(area) == "2"
    with qtbot.assertNotEmitted(area.menu_wanted):
        area.tiles.customContextMenuRequested.emit(QPoint(5, 5))


def test_that_double_click_opens(qtbot, area):
    show(area, a_board(a_patient(1)))
    with qtbot.waitSignal(area.opened):
        area.tiles.doubleClicked.emit(area.model.index(1, 0))


def test_that_tiles_change_with_the_colour_scheme(qapp, area):
    show(area, a_varied_ward(30))
    theme.apply(qapp, theme.Scheme.LIGHT)
    light = area.tiles.grab().toImage()
    theme.apply(qapp, theme.Scheme.DARK)
    dark = area.tiles.grab().toImage()
    theme.apply(qapp, theme.Scheme.LIGHT)
    assert isinstance(light, QImage)
    assert light != dark
    assert area.tiles.grab().toImage() == light


def test_that_a_screen_reader_hears_a_sentence_per_tile(area):
    show(area, a_board(a_patient(12)))
    beds = QAccessible.queryAccessibleInterface(area.tiles)
    said = [beds.child(at).text(QAccessible.Text.Name) for at in range(beds.childCount())]
    assert beds.text(QAccessible.Text.Name) == "Bed board"
    assert any(text.startswith("Bed 12, Bay A. OKAFOR, Grace.") for text in said)


def test_that_the_keyboards_bed_is_ringed_differently_without_the_keyboard(area):
    show(area, a_board(a_patient(1), a_patient(2)))
    with_keyboard = area.tiles.grab().toImage()
    area.tiles.clearFocus()
    assert area.tiles.grab().toImage() != with_keyboard


def test_that_the_beds_are_freed(qtbot):
    area = BedsArea()
    show(area, a_varied_ward(30))
    gone = weakref.ref(area)
    del area
    gc.collect()
    assert gone() is None


def test_that_a_bed_that_is_gone_to_shows_the_heading_of_its_bay(area):
    show(area, a_varied_hospital())
    area.resize(1_022, 300)
    QApplication.processEvents()
    bar = area.tiles.verticalScrollBar()
    press(area, Key.Key_End)
    assert bar.value() > 0
    press(area, Key.Key_Home)
    assert bar.value() == 0


# painting a little at a time


@pytest.fixture
def drawn_at_turns(qtbot, area, monkeypatch):
    """The beds in a window that is painted in turns, and how many tiles each turn has drawn."""
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(area.size())
    PaintTurn(window)
    window.setCentralWidget(area)
    window.show()
    qtbot.waitUntil(window.isVisible)
    drawn, ahead, paint = [], BoardView.draw_some, TilePainter.paint

    def note_turn(view):
        drawn.append(0)
        return ahead(view)

    def note_tile(*args):
        drawn[-1] += 1
        return paint(*args)

    monkeypatch.setattr(BoardView, "draw_some", note_turn)
    monkeypatch.setattr(TilePainter, "paint", note_tile)
    return drawn


def test_that_a_whole_ward_is_drawn_in_several_turns_and_then_painted(qtbot, area, drawn_at_turns):
    show(area, a_varied_ward(30))
    qtbot.waitUntil(lambda: sum(drawn_at_turns) >= 30)
    qtbot.wait(0)
    assert sum(drawn_at_turns) == 30
    assert max(drawn_at_turns) == 10


def test_that_another_look_of_all_tiles_is_drawn_in_several_turns(qtbot, area, drawn_at_turns):
    show(area, a_varied_ward(30))
    qtbot.waitUntil(lambda: sum(drawn_at_turns) >= 30)
    drawn_at_turns.clear()
    area.set_stale(True)
    qtbot.waitUntil(lambda: sum(drawn_at_turns) >= 30)
    assert max(drawn_at_turns) == 10
