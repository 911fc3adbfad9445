"""Two days of a chart on one clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from tests.observations.builders import LONDON, NOW, chart, recorded
from ui.observations.chart_compare import (
    charted_days,
    day_pair,
    day_window,
    next_day,
    other_day,
)
from ui.observations.chart_content import ChartContent
from ui.observations.chart_view import ChartView

DAYS = (date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 20))
KEY = Qt.Key


def at(*moment):
    """Return a well patient's set measured at a moment of UTC."""
    return recorded(occurred_at=datetime(*moment, tzinfo=UTC))


@pytest.fixture
def content():
    """Sets on three days: the 17th, the 18th and the 20th of November."""
    sets = (at(2026, 11, 17, 9), at(2026, 11, 18, 9), at(2026, 11, 18, 21), at(2026, 11, 20, 10))
    return ChartContent(chart(*sets), LONDON)


@pytest.fixture
def view(qtbot, content):
    view = ChartView()
    view.resize(1000, 640)
    qtbot.addWidget(view)
    view.show_content(content)
    view.show()
    view.setFocus()
    return view


def press(qtbot, view, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(view, key, modifier)


def test_that_days_with_sets_are_found(content):
    assert charted_days(content) == DAYS


def test_that_the_other_day_stands_on_the_clock_of_the_first(content):
    moved = other_day(content, DAYS[1], DAYS[2])
    assert [one.occurred_at for one in moved.sets] == [
        datetime(2026, 11, 20, 9, tzinfo=UTC),
        datetime(2026, 11, 20, 21, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (DAYS[0], 24)]
)
def test_that_a_day_is_as_long_as_its_clock_made_it(day, hours):
    assert day_window(day, LONDON).length == timedelta(hours=hours)


@pytest.mark.parametrize("changed", [date(2026, 3, 29), date(2026, 10, 25)])
def test_that_the_clock_decides_where_a_set_of_the_other_day_stands(changed):
    """Nine o'clock stands under nine o'clock, whatever happened to the clock at night."""
    nine = datetime(changed.year, changed.month, changed.day, 9, tzinfo=LONDON)
    before = nine - timedelta(days=1)
    sets = [recorded(occurred_at=one.astimezone(UTC)) for one in (before, nine)]
    what = ChartContent(chart(*sets), LONDON)
    for day, other in ((before, nine), (nine, before)):
        [moved] = other_day(what, other.date(), day.date()).sets
        assert moved.occurred_at == day.astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "steps", "without", "found"),
    [
        (DAYS[2], -1, DAYS[2], DAYS[1]),
        (DAYS[1], -1, DAYS[2], DAYS[0]),
        (DAYS[0], -1, DAYS[2], DAYS[1]),
        (DAYS[1], 1, None, DAYS[2]),
        (DAYS[0], -1, None, DAYS[2]),
        (date(2026, 11, 19), 1, None, DAYS[2]),
        (date(2026, 11, 19), -1, None, DAYS[1]),
    ],
)
def test_that_the_next_day_is_one_with_sets_and_goes_round(day, steps, without, found):
    assert next_day(DAYS, day, steps, without=without) == found


def test_that_one_day_is_not_compared():
    what = ChartContent(chart(recorded(1), recorded(2)), LONDON)
    assert day_pair(what, None) is None
    assert next_day((DAYS[0],), DAYS[0], 1, without=DAYS[0]) == DAYS[0]


def test_that_the_day_of_the_marked_set_stands_before_the_day_before_it(qtbot, view):
    with qtbot.waitSignal(view.compared) as told:
        assert view.compare()
    assert told.args == [DAYS[1]]
    assert view.window_shown == day_window(DAYS[2], LONDON)


def test_that_up_and_down_choose_the_other_day(qtbot, view):
    view.compare()
    press(qtbot, view, KEY.Key_Up)
    assert view.other_day == DAYS[0]
    press(qtbot, view, KEY.Key_Down)
    assert view.other_day == DAYS[1]


def test_that_walking_leads_from_day_to_day(qtbot, view):
    view.compare()
    press(qtbot, view, KEY.Key_Left)
    assert view.window_shown == day_window(DAYS[1], LONDON)
    assert view.other_day == DAYS[0]
    press(qtbot, view, KEY.Key_Home)
    assert view.window_shown == day_window(DAYS[0], LONDON)
    assert view.other_day != DAYS[0]


def test_that_panning_goes_by_days_while_days_are_compared(view):
    view.compare()
    view.pan(-1)
    assert view.window_shown == day_window(DAYS[1], LONDON)
    assert view.other_day == DAYS[0]


def test_that_zooming_leaves_the_days_whole(qtbot, view):
    view.compare()
    for key in (KEY.Key_Plus, KEY.Key_Minus):
        press(qtbot, view, key)
    assert view.window_shown == day_window(DAYS[2], LONDON)


def test_that_comparing_again_shows_one_course(view, content):
    before = view.window_shown
    view.compare()
    assert view.compare()
    assert view.other_day is None
    assert view.window_shown == before


def test_that_another_stay_is_not_compared(qtbot, view):
    view.compare()
    view.show_content(ChartContent(chart(recorded(3), recorded(40)), LONDON))
    assert view.other_day is None


def test_that_a_newer_load_keeps_the_comparison(view, content):
    view.compare()
    view.show_content(ChartContent(content.chart, LONDON))
    assert view.other_day == DAYS[1]
    assert view.window_shown == day_window(DAYS[2], LONDON)


def test_that_the_other_day_is_seen(view):
    view.select(None)
    view.compare()
    first: QImage = view.grab().toImage()
    view.choose_other_day(1)
    assert view.grab().toImage() != first


def test_that_nothing_is_compared_without_a_chart(view):
    view.show_content(None)
    assert not view.compare()
    view.pan(1)
    view.choose_other_day(1)
    assert view.other_day is None


def test_that_now_is_the_day_compared_when_nothing_is_marked(view, content):
    view.select(None)
    view.compare()
    assert view.window_shown == day_window(DAYS[2], LONDON)
    assert NOW.date() == DAYS[2]
