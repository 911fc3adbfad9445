from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from tests.observations.builders import LONDON, NOW, recorded, replaced, strike_mark
from tests.observations.drawing import DAY, ROW, SIZE, colour_at, content, painted
from ui.observations.chart_axis import TickKind, Window, clock_changes, ticks
from ui.observations.chart_content import (
    expected_interval,
    ground_runs,
    is_gap,
)
from ui.observations.chart_layout import ChartLayout
from ui.observations.chart_rows import ROWS
from ui.observations.chart_zoom import SHORTEST, moved, showing, zoomed_in, zoomed_out
from ui.observations.charted import Standing
from ui.observations.colours import DARK, LIGHT
from ward_app.observations.types import Consciousness

HIGH_RISK = {"pulse_per_min": 131, "consciousness": Consciousness.VOICE, "spo2_percent": 95}
NOTHING = dict.fromkeys(
    (
        "respiratory_rate_per_min",
        "spo2_percent",
        "on_oxygen",
        "systolic_bp_mmhg",
        "diastolic_bp_mmhg",
        "pulse_per_min",
        "consciousness",
        "temperature_celsius",
    )
)


def labels(found, kind):
    return [tick.label for tick in found if tick.kind is kind]


def test_that_rows_stand_in_the_order_of_the_chart_without_overlap():
    layout = ChartLayout(DAY, SIZE)
    assert [row.name for row in ROWS[:8]] == [
        "respiratory_rate_per_min",
        "spo2_percent",
        "on_oxygen",
        "systolic_bp_mmhg",
        "pulse_per_min",
        "consciousness",
        "temperature_celsius",
        "score",
    ]
    rects = [layout.rect(row) for row in ROWS]
    assert all(above.bottom() < below.top() for above, below in pairwise(rects))
    assert rects[-1].bottom() <= layout.bottom + 1


@given(st.floats(0, 1))
def test_that_a_place_on_the_axis_is_the_moment_it_shows(share):
    layout = ChartLayout(DAY, SIZE)
    moment = DAY.start + DAY.length * share
    assert abs(layout.moment(layout.x(moment)) - moment) < timedelta(seconds=1)
    assert layout.left - 1e-6 <= layout.x(moment) <= layout.right + 1e-6


@pytest.mark.parametrize(
    ("name", "value", "points"),
    [
        ("respiratory_rate_per_min", 8, 3),
        ("respiratory_rate_per_min", 9, 1),
        ("respiratory_rate_per_min", 20, 0),
        ("respiratory_rate_per_min", 21, 2),
        ("respiratory_rate_per_min", 25, 3),
        ("spo2_percent", 91, 3),
        ("spo2_percent", 96, 0),
        ("systolic_bp_mmhg", 219, 0),
        ("systolic_bp_mmhg", 220, 3),
        ("pulse_per_min", 50, 1),
        ("pulse_per_min", 51, 0),
        ("temperature_celsius", 35.0, 3),
        ("temperature_celsius", 36.1, 0),
        ("temperature_celsius", 39.1, 2),
    ],
)
def test_that_every_value_stands_inside_the_band_of_its_points(qapp, name, value, points):
    _, drawing = painted(content())
    y = drawing.layout.y(ROW[name], value)
    edges = drawing._band_edges(ROW[name], drawing._runs[0])
    assert [band.points for top, bottom, band in edges if top < y < bottom] == [points]


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_that_the_ground_has_the_colour_of_the_points(qapp, colours):
    image, drawing = painted(content(), colours=colours)
    x = drawing.layout.x(NOW - timedelta(hours=5, minutes=33))
    row = ROW["pulse_per_min"]
    found = [colour_at(image, x, drawing.layout.y(row, value)) for value in (70, 100, 120, 140)]
    assert found == list(colours.bands)


def test_that_bands_part_half_way_between_the_values(qapp):
    _, drawing = painted(content())
    row = ROW["respiratory_rate_per_min"]
    edges = {
        band.points: (top, bottom)
        for top, bottom, band in drawing._band_edges(row, drawing._runs[0])
        if band.lowest is not None and band.highest is not None
    }
    assert edges[0] == (drawing.layout.y(row, 20.5), drawing.layout.y(row, 11.5))
    temperature = ROW["temperature_celsius"]
    found = [
        bottom
        for _, bottom, band in drawing._band_edges(temperature, drawing._runs[0])
        if band.lowest == Decimal("36.1")
    ]
    assert found == [pytest.approx(drawing.layout.y(temperature, 36.05))]


def test_that_scale_2_bands_from_93_follow_the_oxygen(qapp):
    on_air = recorded(20, spo2_percent=90, spo2_scale=2)
    on_oxygen = recorded(10, spo2_percent=90, spo2_scale=2, on_oxygen=True)
    what = content(on_air, on_oxygen, scale=2)
    runs = ground_runs(what, DAY)
    assert [run.signs.on_oxygen for run in runs] == [False, True]
    image, drawing = painted(what)
    y = drawing.layout.y(ROW["spo2_percent"], 95)
    before, after = (drawing.layout.x(NOW - timedelta(hours=h, minutes=27)) for h in (14, 4))
    assert colour_at(image, before, y) == LIGHT.bands[0]
    assert colour_at(image, after, y) == LIGHT.bands[2]


def test_that_scale_1_is_one_ground_whatever_the_oxygen():
    sets = (recorded(20), recorded(10, on_oxygen=True))
    assert len(ground_runs(content(*sets), DAY)) == 1


def test_that_an_empty_chart_has_the_ground_of_the_scale_in_force():
    [run] = ground_runs(content(scale=2), DAY)
    assert run.signs.spo2_scale == 2
    assert (run.start, run.end) == (DAY.start, DAY.end)


@pytest.mark.parametrize(
    ("changes", "hours", "gap"),
    [
        ({}, 23.9, False),
        ({}, 24.1, True),
        ({"pulse_per_min": 95}, 8, False),
        ({"pulse_per_min": 95}, 8.1, True),
        ({"pulse_per_min": 131}, 2.1, True),
        (
            {"pulse_per_min": 131, "consciousness": Consciousness.VOICE, "spo2_percent": 95},
            1,
            False,
        ),
        (
            {"pulse_per_min": 131, "consciousness": Consciousness.VOICE, "spo2_percent": 95},
            1.1,
            True,
        ),
    ],
)
def test_that_a_line_breaks_where_twice_the_expected_interval_passed(changes, hours, gap):
    assert is_gap(recorded(hours, **changes), recorded(0)) is gap


def test_that_an_unscored_set_is_expected_twelve_hourly():
    assert expected_interval(recorded(score=None)) == timedelta(hours=12)


def test_that_corrected_and_struck_out_sets_are_marked_and_not_drawn():
    first, second, third = recorded(9), recorded(6), recorded(3)
    correction = recorded(6, supersedes_id=second.id, pulse_per_min=78)
    mark = strike_mark(third)
    what = content(first, replaced(second, correction), correction, replaced(third, mark), mark)
    assert [one.standing for one in what.sets] == [
        Standing.IN_FORCE,
        Standing.CORRECTED,
        Standing.CORRECTION,
        Standing.STRUCK_OUT,
    ]
    assert [one.id for one in what.drawn] == [first.id, correction.id]


def test_that_a_cross_stands_where_a_set_was_struck_out(qapp):
    first, wrong = recorded(9), recorded(3)
    mark = strike_mark(wrong)
    image, drawing = painted(content(first, replaced(wrong, mark), mark))
    y = drawing.layout.rect(ROW["marks"]).center().y()
    assert colour_at(image, drawing.layout.x(wrong.occurred_at), y) != LIGHT.paper
    assert colour_at(image, drawing.layout.x(first.occurred_at), y) == LIGHT.paper


def test_that_a_value_beyond_its_row_stands_at_the_edge():
    layout = ChartLayout(DAY, SIZE)
    row = ROW["pulse_per_min"]
    assert layout.y(row, 0) == layout.rect(row).bottom()
    assert layout.y(row, 300) == layout.rect(row).top()


def test_that_the_score_stands_in_the_colour_of_its_risk(qapp):
    high = recorded(6, **HIGH_RISK)
    image, drawing = painted(content(recorded(12), high))
    rect = drawing.layout.rect(ROW["score"])
    x = drawing.layout.x(high.occurred_at)
    assert colour_at(image, x - 9, rect.center().y()) == LIGHT.risks[3]
    zero = drawing.layout.x(NOW - timedelta(hours=12))
    assert colour_at(image, zero - 11, rect.top() + 6) == LIGHT.paper


@pytest.mark.parametrize(
    "sets",
    [
        pytest.param((), id="none"),
        pytest.param((recorded(3),), id="one"),
        pytest.param((recorded(3), recorded(3)), id="two at the same minute"),
        pytest.param((recorded(3, temperature_celsius=None, spo2_percent=None),), id="incomplete"),
        pytest.param((recorded(3, **NOTHING),), id="nothing measured"),
        pytest.param((recorded(3, systolic_bp_mmhg=None),), id="diastolic alone"),
        pytest.param((recorded(3, diastolic_bp_mmhg=None),), id="systolic alone"),
        pytest.param(
            (recorded(3, pulse_per_min=0, temperature_celsius=Decimal(20)),), id="extremes"
        ),
        pytest.param((replace(recorded(3), score=None),), id="unscored"),
        pytest.param(tuple(recorded(h / 100) for h in range(2000)), id="two thousand"),
    ],
)
def test_that_any_chart_can_be_drawn(qapp, sets):
    image, _ = painted(content(*sets))
    assert not image.isNull()


def test_that_a_window_between_the_sets_still_draws_their_line(qapp):
    before, after = recorded(20), recorded(0)
    window = Window(NOW - timedelta(hours=15), NOW - timedelta(hours=10))
    image, drawing = painted(content(before, after), window)
    y = drawing.layout.y(ROW["pulse_per_min"], 75)
    x = drawing.layout.x(NOW - timedelta(hours=12, minutes=31))
    column = {colour_at(image, x, y + dy) for dy in (-1, 0, 1)}
    assert column != {LIGHT.bands[0]}


def test_that_the_nearest_set_is_found_and_none_far_away():
    near, far = recorded(6), recorded(12)
    layout = ChartLayout(DAY, SIZE)
    place = QPointF(layout.x(near.occurred_at) + 4, 100)
    assert layout.nearest(place, (near, far)) is near
    assert layout.nearest(place + QPointF(60, 0), (near, far)) is None
    assert layout.nearest(place, ()) is None
    assert layout.row_at(QPointF(400, layout.rect(ROW["pulse_per_min"]).center().y())).name == (
        "pulse_per_min"
    )
    assert layout.row_at(QPointF(400, 1)) is None


def test_that_hours_stand_at_round_hours_of_the_wards_clock():
    found = ticks(DAY, LONDON, 900)
    assert labels(found, TickKind.HOUR)[:3] == ["16:00", "18:00", "20:00"]
    assert labels(found, TickKind.DAY) == ["Fri 20-Nov"]


@pytest.mark.parametrize(
    ("day", "change", "hours"),
    [
        (datetime(2026, 10, 25, tzinfo=UTC), "clock -1 h", ["00:00", "01:00", "01:00", "02:00"]),
        (datetime(2026, 3, 29, tzinfo=UTC), "clock +1 h", ["00:00", "02:00", "03:00", "04:00"]),
    ],
)
def test_that_clock_changes_are_marked_and_hours_are_true(day, change, hours):
    midnight = day.astimezone(LONDON).replace(hour=0).astimezone(UTC)
    window = Window(midnight, midnight + timedelta(hours=8))
    [tick] = clock_changes(window, LONDON)
    assert (tick.label, tick.at) == (change, day.replace(hour=1))
    found = ticks(window, LONDON, 900)
    shown = [tick for tick in found if tick.kind is TickKind.HOUR]
    assert all((b.at - a.at) == timedelta(hours=1) for a, b in pairwise(shown))
    assert [tick.label for tick in shown][:4] == hours


def test_that_a_long_stay_labels_days_without_crowding():
    window = Window(NOW - timedelta(days=60), NOW)
    found = ticks(window, LONDON, 900)
    assert labels(found, TickKind.HOUR) == []
    named = [label for label in labels(found, TickKind.DAY) if label]
    assert 4 <= len(named) <= 900 / 60


@given(
    st.integers(0, 17_520),
    st.integers(3, 400),
    st.integers(200, 2000),
)
def test_that_ticks_lie_in_their_window_in_order(start, hours, width):
    begin = datetime(2025, 1, 1, 0, 7, tzinfo=UTC) + timedelta(hours=start)
    window = Window(begin, begin + timedelta(hours=hours))
    found = ticks(window, LONDON, width)
    assert all(window.holds(tick.at) for tick in found)
    assert [tick.at for tick in found] == sorted(tick.at for tick in found)


WHOLE = Window(NOW - timedelta(days=10), NOW)


@given(st.floats(0, 1), st.integers(1, 6))
def test_that_zooming_stays_inside_the_stay(share, times):
    window, around = WHOLE, WHOLE.start + WHOLE.length * share
    for _ in range(times):
        window = zoomed_in(window, around, WHOLE)
    assert WHOLE.start <= window.start < window.end <= WHOLE.end
    assert window.length >= SHORTEST
    for _ in range(times):
        window = zoomed_out(window, around, WHOLE)
    assert window == WHOLE


def test_that_moving_stops_at_the_ends_of_the_stay():
    window = Window(NOW - timedelta(days=1), NOW)
    assert moved(window, 1, WHOLE) == window
    assert moved(window, -100, WHOLE).start == WHOLE.start


def test_that_showing_a_moment_moves_no_further_than_needed():
    window = Window(NOW - timedelta(days=2), NOW - timedelta(days=1))
    inside = NOW - timedelta(days=1, hours=12)
    assert showing(window, inside, WHOLE) == window
    later = showing(window, NOW - timedelta(hours=12), WHOLE)
    assert later.holds(NOW - timedelta(hours=12))
    assert later.length == window.length
    earlier = showing(window, NOW - timedelta(days=5), WHOLE)
    assert earlier.holds(NOW - timedelta(days=5))


def test_that_the_first_view_is_the_last_three_days_of_a_long_stay():
    long_stay = content(*(recorded(24 * days) for days in range(9)))
    assert long_stay.first_view.length == timedelta(days=3)
    assert long_stay.first_view.end == long_stay.whole.end
    short = content(recorded(5), next_due_at=NOW + timedelta(hours=4))
    assert short.first_view == short.whole
    assert short.whole.end == NOW + timedelta(hours=5)
