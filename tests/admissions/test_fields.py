from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ui.admissions.fields import ComingDayInput, PastMomentInput

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 21, 14, 7, 33, 500, tzinfo=UTC)


@pytest.fixture
def moment(qtbot):
    """A moment that is now, on London's clock."""
    box = PastMomentInput(lambda: NOW, LONDON)
    qtbot.addWidget(box)
    box.set_value(NOW)
    return box


def test_that_a_moment_nobody_typed_over_keeps_its_seconds(moment):
    assert moment.time.text() == "14:07"
    assert moment.value() == NOW


def test_that_a_typed_time_is_taken_as_typed(moment):
    moment.time.setText("1355")
    assert moment.value() == datetime(2026, 11, 21, 13, 55, tzinfo=UTC)


def test_that_a_moment_to_come_is_refused(moment):
    moment.time.setText("14:08")
    assert moment.problem() == "This is in the future"


def test_that_summer_time_is_read_on_the_wards_clock(qtbot):
    summer = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    box = PastMomentInput(lambda: summer, LONDON)
    qtbot.addWidget(box)
    box.set_value(summer - timedelta(hours=1))
    assert box.time.text() == "12:00"
    box.time.setText("12:30")
    assert box.value() == datetime(2026, 7, 1, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(("typed", "problem"), [("-1", "This day is over"), ("t", None)])
def test_that_only_a_day_that_is_over_is_refused(qtbot, typed, problem):
    box = ComingDayInput(lambda: NOW, LONDON)
    qtbot.addWidget(box)
    box.line.setText(typed)
    assert box.problem() == problem
