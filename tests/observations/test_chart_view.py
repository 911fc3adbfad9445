from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from tests.observations.builders import (
    LONDON,
    NOW,
    chart,
    recorded,
)
from ui.observations.chart_content import ChartContent
from ui.observations.chart_view import ChartView


@pytest.fixture
def view(qtbot):
    """A view with three sets, the last on oxygen."""
    view = ChartView()
    view.resize(1000, 640)
    qtbot.addWidget(view)
    sets = (
        recorded(20, pulse_per_min=95),
        recorded(10, note="after a fall"),
        recorded(1, on_oxygen=True, oxygen_flow_l_per_min=Decimal(2)),
    )
    view.show_content(ChartContent(chart(*sets), LONDON))
    view.show()
    return view


def place_of(view, number, row_name):
    painter = view._chart_painter()
    one = view._content.drawn[number]
    row = next(row for row in painter.layout.rows if row.name == row_name)
    return QPointF(painter.layout.x(one.occurred_at), painter.layout.rect(row).center().y())


def test_that_a_click_marks_the_set_under_it(qtbot, view):
    qtbot.mouseClick(
        view, Qt.MouseButton.LeftButton, pos=place_of(view, 1, "pulse_per_min").toPoint()
    )
    assert view.selection.note == "after a fall"
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert view.selection.note == "after a fall"


def test_that_the_value_under_the_pointer_is_told(view):
    assert view.hint_at(place_of(view, 0, "pulse_per_min")) == "18:07  Pulse 95 /min, 1 point"
    assert view.hint_at(place_of(view, 2, "on_oxygen")).endswith(
        "Air or oxygen Oxygen 2 L/min, 2 points"
    )
    assert "BP 120/80 mmHg" in view.hint_at(place_of(view, 1, "score"))
    assert "Blood pressure 120/80 mmHg" in view.hint_at(place_of(view, 1, "systolic_bp_mmhg"))
    assert view.hint_at(QPointF(3, 3)) == ""
    place = place_of(view, 0, "pulse_per_min").toPoint()
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, place, view.mapToGlobal(place)))
    assert QToolTip.text() == "18:07  Pulse 95 /min, 1 point"
    QToolTip.hideText()


def turn(view, steps, modifier=Qt.KeyboardModifier.NoModifier):
    event = QWheelEvent(
        QPointF(500, 300),
        view.mapToGlobal(QPointF(500, 300)),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 - Qt's order
    )
    QApplication.sendEvent(view, event)


def test_that_the_wheel_moves_and_with_ctrl_zooms(view):
    whole = view.window_shown
    turn(view, 1, Qt.KeyboardModifier.ControlModifier)
    near = view.window_shown
    assert near.length == whole.length / 2
    turn(view, 1)
    assert view.window_shown.start < near.start
    turn(view, -1, Qt.KeyboardModifier.ControlModifier)
    assert view.window_shown == whole


def test_that_a_newer_load_keeps_zoom_and_mark_and_follows_the_end(view):
    first = view._content
    view.select(first.drawn[1].id)
    view.zoom_in()
    length = view.window_shown.length
    newer = replace(first.chart, sets=(*first.chart.sets, recorded(0)), read_at=NOW)
    view.show_content(ChartContent(newer, LONDON))
    assert view.selection.id == first.drawn[1].id
    assert view.window_shown.length == length


def test_that_the_view_at_the_end_follows_a_later_set(view):
    first = view._content
    view.select(None)
    view.zoom_in()
    assert view.window_shown.end == first.whole.end
    later = replace(first.chart, read_at=NOW + timedelta(hours=5))
    view.show_content(ChartContent(later, LONDON))
    assert view.window_shown.end == NOW + timedelta(hours=6)


def test_that_a_new_set_is_marked_and_in_view_where_the_newest_was_marked(view):
    first = view._content
    view.zoom_in()
    new = recorded(-4)
    newer = replace(first.chart, sets=(*first.chart.sets, new), read_at=new.recorded_at)
    view.show_content(ChartContent(newer, LONDON))
    assert view.selection.id == new.id
    assert view.window_shown.holds(new.occurred_at)


def test_that_another_stay_starts_with_its_own_view(view):
    view.select_first()
    other = recorded(2)
    view.show_content(ChartContent(chart(other), LONDON))
    assert view.selection.id == other.id
    view.show_content(None)
    assert view.window_shown is None
    view.zoom_in()
    view.walk(1)
    view.select_first()
    view.select_last()
    turn(view, 1)
    assert view.hint_at(QPointF(500, 300)) == ""
    assert not view.grab().isNull()


def test_that_a_stale_chart_is_drawn_paler(view):
    view.clearFocus()
    fresh = view.grab().toImage()
    view.set_stale(stale=True)
    assert view.grab().toImage() != fresh


def test_that_shift_and_arrows_move_in_time_inside_the_stay(view):
    view.zoom_in()
    near = view.window_shown
    view.pan(-1)
    assert view.window_shown.start == near.start - near.length / 4
    view.pan(100)
    assert view.window_shown.end == view._content.whole.end


def test_that_the_set_under_the_pointer_is_told_at_once(qtbot, view):
    with qtbot.waitSignal(view.hovered) as told:
        move(view, place_of(view, 1, "pulse_per_min"))
    assert told.args[0].note == "after a fall"
    before = view.grab().toImage()
    with qtbot.waitSignal(view.hovered) as told:
        QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert told.args == [None]
    assert view.grab().toImage() != before


def move(view, place):
    button = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, view.mapToGlobal(place), button, button,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def test_that_the_marked_set_of_a_crowd_is_read_in_the_chart(qtbot, view):
    crowd = [recorded(n / 20) for n in range(400)]
    view.show_content(ChartContent(chart(*reversed(crowd)), LONDON))
    view.select(None)
    plain = view.grab().toImage()
    marked = crowd[200]
    view.select(marked.id)
    layout = view._chart_painter().layout
    x, y = layout.x(marked.occurred_at), layout.y(layout.rows[0], 16)
    beside = [(round(x) + dx, round(y) + dy) for dx in range(17, 26) for dy in (-8, 8)]
    picture = view.grab().toImage()
    assert any(picture.pixel(*at) != plain.pixel(*at) for at in beside)
