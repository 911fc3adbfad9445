from datetime import UTC, datetime, timedelta

from tests.observations.builders import LONDON, NOW
from ui.observations.measured_at import MeasuredAt

AUTUMN = datetime(2026, 10, 25, 1, 45, tzinfo=UTC)
SPRING = datetime(2026, 3, 29, 2, 10, tzinfo=UTC)


def moment_field(qtbot, now):
    field = MeasuredAt(lambda: now, LONDON)
    qtbot.addWidget(field)
    field.show()
    return field


def test_that_an_hour_the_clock_shows_twice_can_be_told_apart(qtbot):
    field = moment_field(qtbot, AUTUMN)
    field.input.time.setText("01:30")
    assert field.value() == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert (
        field.other_button.text() == "The clock showed this twice. Taken: 01:30 GMT. Use 01:30 BST"
    )
    field.other_button.click()
    assert field.value() == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    field.input.time.setText("02:30")
    assert field.other_button.isHidden()


def test_that_a_moment_of_the_repeated_hour_is_shown_as_it_was(qtbot):
    field = moment_field(qtbot, AUTUMN)
    for hour in (0, 1):
        moment = datetime(2026, 10, 25, hour, 20, tzinfo=UTC)
        field.set_value(moment)
        assert field.value() == moment


def test_that_an_hour_the_clock_skipped_is_refused(qtbot):
    field = moment_field(qtbot, SPRING)
    field.input.time.setText("01:30")
    assert field.value() is None
    assert not field.check()
    assert "skips this time" in field.problem()


def test_that_a_measurement_long_ago_is_asked_about_once(qtbot):
    field = moment_field(qtbot, NOW)
    field.set_value(NOW - timedelta(hours=20))
    assert not field.check()
    assert field.check()


def test_that_an_unreadable_time_is_said_in_place(qtbot):
    field = moment_field(qtbot, NOW)
    field.input.time.setText("25:99")
    assert not field.check()
    assert field.problem() == "Not a time; type it like 14:07"


def test_that_a_moment_in_the_future_is_refused_but_not_a_second_of_clock_difference(qtbot):
    field = moment_field(qtbot, NOW)
    field.set_value(NOW + timedelta(minutes=2))
    assert not field.check()
    assert field.problem() == "That lies in the future: it is 14:07 on the ward."
    field.set_value(NOW + timedelta(seconds=30))
    assert field.check()
