"""Which sets of a chart are drawn where they stand close, and what is said of missing values."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPen

from tests.observations.builders import LONDON, NOW, not_taken, recorded, replaced, strike_mark
from tests.observations.drawing import DAY, ROW, colour_at, content, painted
from ui.observations import chart_marks
from ui.observations.chart_axis import Window
from ui.observations.chart_callouts import callout_text
from ui.observations.chart_cells import short_words
from ui.observations.chart_content import ground_runs, is_gap
from ui.observations.chart_marks import score_shape
from ui.observations.chart_painter import legend_words
from ui.observations.chart_places import (
    BUCKET_PX,
    Spot,
    line_of,
    marks_of,
    placed_sets,
    runs_of,
)
from ui.observations.chart_rows import ROWS
from ui.observations.charted import Standing
from ui.observations.colours import LIGHT
from ui.observations.words import (
    LETTER_WORDS,
    NOT_TAKEN_WORDS,
    PUT_OFF_LETTER,
    REASON_LETTERS,
    missing_letter,
)
from ward_app.observations.types import Consciousness, IncompleteReason
from ward_app.schedule.types import DeferralReason


def placed(*sets, window=DAY):
    """Return the sets where they stand in 1,000 pixels."""
    return placed_sets(sets, window, 0, 1000)


def spots(sets):
    """Return a spot for each placed set, at one height."""
    return [Spot(one.x, 0, 0, one) for one in sets]


def test_that_a_line_runs_only_between_sets_close_enough():
    slow = {"pulse_per_min": 95}
    sets = (recorded(24, **slow), recorded(15, **slow), recorded(7), recorded(0))
    runs = [[one.placed.recorded for one in run] for run in runs_of(spots(placed(*sets)))]
    assert runs == [[sets[0]], list(sets[1:])]


def test_that_the_gap_is_measured_exactly():
    """Twice the interval joins, a second more does not."""
    for seconds, runs in ((0, 1), (1, 2)):
        sets = (recorded(8 + seconds / 3600, pulse_per_min=95), recorded(0))
        assert is_gap(*sets) is (runs == 2)
        assert len(list(runs_of(spots(placed(*sets))))) == runs


@given(st.lists(st.floats(0, 100), min_size=1, max_size=400))
def test_that_a_thinned_line_paints_the_same_pixels(values):
    [one] = placed(recorded(1))
    crowd = [Spot(float(n // 37), y, 0, one) for n, y in enumerate(values)]
    kept = line_of(crowd)
    for pixel in range(len(values) // 37 + 1):
        before, after = ([s.y for s in many if s.x == pixel] for many in (crowd, kept))
        assert len(after) <= 4
        if before:
            ends = before[0], before[-1], min(before), max(before)
            assert ends == (after[0], after[-1], min(after), max(after))


@given(st.lists(st.tuples(st.floats(0, 3000), st.integers(0, 3)), min_size=1, max_size=300))
def test_that_the_worst_value_of_a_few_pixels_keeps_its_mark(found):
    [one] = placed(recorded(1))
    crowd = [Spot(x, x % 7, points, one) for x, points in sorted(found)]
    kept = marks_of(crowd)
    for spot in crowd:
        near = [k for k in kept if abs(k.x - spot.x) < BUCKET_PX]
        assert max(k.points for k in near) >= spot.points


def test_that_a_crowd_is_drawn_without_losing_an_outlier(qapp):
    usual = [recorded(h / 100, pulse_per_min=75) for h in range(2000)]
    outlier = recorded(10.005, pulse_per_min=149)
    sets = sorted([*usual, outlier], key=lambda one: one.occurred_at)
    image, drawing = painted(content(*sets))
    x, row = drawing.layout.x(outlier.occurred_at), drawing.layout.rect(ROW["pulse_per_min"])
    column = {colour_at(image, x + dx, row.top() + dy) for dx in (-1, 0, 1) for dy in range(8, 20)}
    assert LIGHT.ink in column


@pytest.mark.parametrize(
    ("reason", "letter"),
    [(IncompleteReason.REFUSED, "R"), (IncompleteReason.EQUIPMENT, "E"), (None, "")],
)
def test_that_a_missing_value_says_why_in_one_letter(qapp, reason, letter):
    one = recorded(3, temperature_celsius=None, incomplete_reason=reason)
    assert missing_letter(one) == letter
    image, drawing = painted(content(one))
    rect, x = drawing.layout.rect(ROW["temperature_celsius"]), drawing.layout.x(one.occurred_at)
    inked = {
        colour_at(image, x + dx, rect.bottom() - dy) for dx in range(-5, 6) for dy in range(3, 13)
    }
    assert (LIGHT.text in inked) is bool(letter)


def test_that_every_reason_has_a_letter_that_is_no_level_of_consciousness():
    assert set(REASON_LETTERS) == set(IncompleteReason)
    assert {*REASON_LETTERS.values(), PUT_OFF_LETTER} == set(LETTER_WORDS)
    assert len(LETTER_WORDS) == len(REASON_LETTERS) + 1
    assert set(NOT_TAKEN_WORDS) == {reason.value for reason in DeferralReason}
    assert not set(LETTER_WORDS) & {level.value for level in Consciousness}


def test_that_a_missing_level_says_why_in_brackets():
    nothing = {"consciousness": None, "on_oxygen": None}
    one = recorded(3, **nothing, incomplete_reason=IncompleteReason.ASLEEP)
    assert short_words(one, ROW["consciousness"]) == "(Z)"
    assert short_words(one, ROW["on_oxygen"]) == "(Z)"
    unsaid = replace(one, incomplete_reason=None)
    assert short_words(unsaid, ROW["consciousness"]) == "—"


def test_that_the_legend_says_what_stands_in_the_window_alone():
    refused = recorded(3, temperature_celsius=None, incomplete_reason=IncompleteReason.REFUSED)
    struck = recorded(2)
    mark = strike_mark(struck)
    what = content(refused, replaced(struck, mark), mark)
    assert legend_words(what, DAY) == ("✕ struck out", "R refused")
    assert legend_words(what, Window(NOW - timedelta(hours=1), NOW)) == ()


def test_that_a_value_beyond_the_scale_has_arrow_and_number(qapp):
    one = recorded(6, pulse_per_min=210, diastolic_bp_mmhg=20)
    image, drawing = painted(content(one))
    x = drawing.layout.x(one.occurred_at)
    pulse, pressure = (
        drawing.layout.rect(ROW[name]) for name in ("pulse_per_min", "systolic_bp_mmhg")
    )
    for y in (pulse.top() + 6, pressure.bottom() - 6):
        inked = {colour_at(image, x + dx, y + dy) for dx in range(8, 34) for dy in (-2, 0, 2)}
        assert LIGHT.text in inked


def test_that_score_shapes_differ_by_risk():
    cell = QRectF(0, 0, 30, 22)
    shapes = [score_shape(cell, rank).toFillPolygon() for rank in range(4)]
    assert len({tuple((p.x(), p.y()) for p in shape) for shape in shapes}) == 4
    assert all(shape.containsPoint(cell.center(), Qt.FillRule.OddEvenFill) for shape in shapes)


def test_that_a_reinstated_set_counts_and_says_so():
    original = recorded(6)
    mark = strike_mark(original)
    copy = replace(original, id=uuid4(), supersedes_id=mark.id)
    marked = replace(mark, superseded_by=copy.id, change_reason="was right")
    what = content(replaced(original, mark), marked, copy)
    assert [one.standing for one in what.sets] == [Standing.STRUCK_OUT, Standing.REINSTATED]
    assert [one.id for one in what.drawn] == [copy.id]
    assert what.sets[1].replaces.change_reason == "was right"


def test_that_a_lonely_set_keeps_its_room_beside_a_crowd():
    crowd = [recorded(minutes / 60) for minutes in (40, 30, 20, 10)]
    lonely = recorded(12)
    rooms = {one.recorded.id: one.room for one in placed(lonely, *crowd)}
    assert rooms[lonely.id] > 300
    assert all(rooms[one.id] < 10 for one in crowd)


def test_that_callouts_say_every_value_of_a_set():
    refused = IncompleteReason.REFUSED
    one = recorded(3, pulse_per_min=None, incomplete_reason=refused, on_oxygen=True)
    texts = {row.name: callout_text(one, row, LONDON) for row in ROWS}
    assert texts == {
        "respiratory_rate_per_min": "16",
        "spo2_percent": "97",
        "on_oxygen": "O₂",
        "systolic_bp_mmhg": "120/80",
        "pulse_per_min": "R",
        "consciousness": "A",
        "temperature_celsius": "36.8",
        "score": "≥2",
        "marks": "11:07",
    }


def test_that_a_set_refused_as_a_whole_is_marked_and_explained(qapp):
    what = content(recorded(9), not_taken=(not_taken(5), not_taken(2, "workload")))
    assert legend_words(what, DAY) == ("R refused", "D put off")
    assert legend_words(what, Window(NOW - timedelta(hours=3), NOW)) == ("D put off",)
    image, drawing = painted(what)
    rect = drawing.layout.rect(ROW["marks"])
    for hours in (5, 2):
        x = drawing.layout.x(NOW - timedelta(hours=hours))
        inked = {
            colour_at(image, x + dx, rect.center().y() + dy)
            for dx in range(-5, 6)
            for dy in range(-6, 7)
        }
        assert LIGHT.text in inked


def test_that_many_marks_take_no_more_pens_than_few(qapp, monkeypatch):
    """Pens, brushes and outlines are made once for a chart, not at each of its marks."""
    made = []

    def a_pen(*facts):
        made.append(facts)
        return QPen(*facts)

    monkeypatch.setattr(chart_marks, "QPen", a_pen)
    counts = []
    for number in (3, 300):
        sets = [recorded(24 - 24 * n / number, pulse_per_min=60 + n % 80) for n in range(number)]
        painted(content(*sets))
        counts.append(len(made))
        made.clear()
    assert counts[0] == counts[1] > 0


@given(
    on=st.lists(st.booleans(), min_size=1, max_size=12),
    scales=st.lists(st.sampled_from((1, 2)), min_size=12, max_size=12),
    ends=st.tuples(st.integers(-3, 15), st.integers(1, 15)),
)
def test_that_the_ground_of_a_moment_is_that_of_the_last_set_before(on, scales, ends):
    sets = [
        recorded(len(on) - n, on_oxygen=oxygen, spo2_scale=scales[n])
        for n, oxygen in enumerate(on)
    ]
    start = NOW - timedelta(hours=len(on)) + timedelta(hours=ends[0])
    window = Window(start, start + timedelta(hours=ends[1]))
    runs = ground_runs(content(*sets), window)
    assert (runs[0].start, runs[-1].end) == (window.start, window.end)
    for run, after in pairwise(runs):
        assert run.end == after.start
        assert ground(run.signs) != ground(after.signs)
    for minutes in range(30, 60 * ends[1], 60):
        moment = window.start + timedelta(minutes=minutes)
        [run] = [run for run in runs if run.start <= moment < run.end]
        before = [one for one in sets if one.occurred_at <= moment] or sets[:1]
        assert ground(run.signs) == ground(before[-1].vital_signs)


def ground(signs):
    """Return what the bands follow."""
    return signs.spo2_scale, signs.spo2_scale == 2 and signs.on_oxygen
