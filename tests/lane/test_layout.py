"""Where things stand on the lane, and what is painted: on ordinary and on long days."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from tests import world
from tests.lane.builders import EAST, LONDON, POLICY, a_lane, a_patient, due, london
from ui import theme
from ui.lane.layout import AXIS_PX, ROW_PX, LaneLayout
from ui.lane.painter import LanePainter, late_marks, nights
from ui.lane.words import (
    lateness_text,
    load_text,
    marks_text,
    score_text,
    short_whose_text,
    summary_text,
    visit_labels,
    visit_text,
    whose_text,
    work_text,
)
from ui.observations.chart_axis import Window
from ward_app.lane.queries import SOURCES
from ward_app.lane.rules import lane_rows
from ward_app.lane.types import Load, Nurse

NOW = london("2026-06-10", "14:00")
ANN = Nurse(user_id=world.id_of("ann"), name="Ann")


def after(minutes):
    return NOW + timedelta(minutes=minutes)


def rows_of(*minutes_of_patients, now=NOW, policy=POLICY):
    """Return a row a patient with a task at each of these minutes from now."""
    patients = [a_patient(str(number)) for number, _ in enumerate(minutes_of_patients, 1)]
    entries = [
        due("task", *(now + timedelta(minutes=each) for each in minutes), patient=patient)
        for patient, minutes in zip(patients, minutes_of_patients, strict=True)
        if minutes
    ]
    return lane_rows(a_lane(patients, entries, policy, now), SOURCES, now, {EAST: LONDON})


def layout(rows, *, hours=12.0, width=1400, height=700, **changes):
    facts = {"now": NOW, "zone": LONDON} | changes
    return LaneLayout(rows=rows, hours=hours, width=width, height=height, **facts)


def test_that_time_runs_from_left_to_right_and_now_is_in_view():
    look = layout(rows_of((60,)))
    assert look.axis_left < look.x(NOW) < look.x(after(60)) < look.width
    assert look.window.holds(NOW)


def test_that_what_is_overdue_stands_at_the_left_edge_whatever_time_is_in_view():
    rows = rows_of((-300, 100))
    for later in (timedelta(0), timedelta(hours=10)):
        place = layout(rows, hours=2, later=later).place_of(0, 0)
        assert place.visit.is_overdue
        assert place.rect.right() < layout(rows).axis_left


def test_that_visits_of_one_patient_never_overlap():
    look = layout(rows_of(tuple(range(5, 700, 31))))
    rects = [place.rect for place in look.places(0)]
    assert len(rects) > 15
    for first, second in pairwise(rects):
        assert first.right() <= second.left()


def test_that_a_near_view_says_in_words_what_a_wide_one_says_in_letters():
    rows = rows_of((30,))
    assert layout(rows).place_of(0, 0).words == "T"
    assert layout(rows, hours=4).place_of(0, 0).words == "Task 14:30"


def test_that_what_is_out_of_view_has_no_place_and_is_not_hit():
    rows = rows_of((30, 600), (30,))
    look = layout(rows, hours=2)
    assert look.place_of(0, 1) is None
    assert layout(rows, scroll_px=2 * ROW_PX).rows_in_view() == range(2, 2)
    place = look.place_of(1, 0)
    assert look.hit(place.rect.center()) == place
    assert look.hit(QPointF(place.rect.left(), AXIS_PX / 2)) is None
    assert look.hit(QPointF(5, 690)) is None


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"], ids=["forward", "back"])
def test_that_an_hour_is_as_wide_when_the_clocks_change(day):
    now = london(day, "00:00")
    look = layout(rows_of((30,), now=now), now=now)
    widths = [
        look.x(now + timedelta(hours=n + 1)) - look.x(now + timedelta(hours=n)) for n in range(10)
    ]
    assert max(widths) - min(widths) < 0.001


def test_that_the_night_of_a_ward_is_shaded_once():
    window = Window(london("2026-06-10", "21:00"), london("2026-06-11", "09:00"))
    [(first, last)] = nights(window, {EAST: POLICY}, LONDON)
    assert abs(first - london("2026-06-10", "23:00")) < timedelta(minutes=16)
    assert last == london("2026-06-11", "06:00")
    inside = Window(london("2026-06-11", "01:00"), london("2026-06-11", "03:00"))
    assert nights(inside, {EAST: POLICY}, LONDON) == ((inside.start, inside.end),)
    assert nights(window, {}, LONDON) == ()


@pytest.mark.parametrize("scheme", list(theme.Scheme))
@pytest.mark.parametrize("stale", [False, True], ids=["fresh", "stale"])
def test_that_every_kind_of_mark_is_painted(qapp, scheme, stale):
    theme.apply(qapp, scheme)
    now = london("2026-10-24", "22:30")
    patients = [a_patient("1"), a_patient("2", risk=None, score_at_least=None, bed_label=None)]
    entries = [
        due("task", now - timedelta(hours=2), patient=patients[0]),
        due("set", now + timedelta(hours=5), now + timedelta(hours=9), patient=patients[0]),
        due("round", now + timedelta(minutes=5), now + timedelta(hours=1)),
    ]
    found = a_lane(patients, entries, read_at=now)
    rows = lane_rows(found, SOURCES, now, {EAST: LONDON})
    image = QImage(1200, 300, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    look = LaneLayout(rows=rows, now=now, zone=LONDON, width=1200, height=300, hours=12)
    alike = frozenset({patients[0].admission_id})
    policies = {EAST: POLICY}
    LanePainter(layout=look, chosen=(1, 0), policies=policies, stale=stale, alike=alike).paint(
        painter
    )
    painter.end()
    place = look.place_of(1, 0).rect
    inside = image.pixelColor(int(place.left()) + 6, int(place.top()) + 4)
    assert (inside == theme.colour("risk_high")) is not stale
    theme.apply(qapp, theme.Scheme.LIGHT)


def test_that_a_visit_says_the_bed_the_patient_and_everything_in_it():
    [row] = rows_of((-90, 20))
    text = visit_text(row, row.visits[0], LONDON, NOW)
    assert text == "Bed 1, OKAFOR, Ada: ▲ Task 12:30 · Task 14:20 (expected). 20 min of work."
    assert marks_text(row.visits[0]) == "T2"
    assert visit_labels(row.visits[0], LONDON)[-1] == "2"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(-59, "59 min"), (-599, "9 h 59 min"), (-600, "10 h"), (-1439, "23 h"), (-3000, "2 d")],
    ids=["minutes", "hours", "ten hours", "a day nearly", "days"],
)
def test_that_lateness_is_short_where_minutes_matter_no_more(minutes, text):
    [row] = rows_of((minutes,))
    assert lateness_text(row.visits[0], NOW) == text


def test_that_what_waits_for_the_morning_says_so():
    night = london("2026-06-10", "23:30")
    patient = a_patient("1")
    found = a_lane([patient], [due("set", night, patient=patient)], read_at=NOW)
    [row] = lane_rows(found, SOURCES, NOW, {EAST: LONDON})
    assert "☾ Observations 23:30, let sleep until 06:00" in visit_text(
        row, row.visits[0], LONDON, NOW
    )
    assert visit_labels(row.visits[0], LONDON)[-2:] == ("☾O", "☾")


def test_that_rows_are_named_by_who_lies_there():
    [ward] = lane_rows(a_lane((), [due("round", NOW)]), SOURCES, NOW, {EAST: LONDON})
    [row] = rows_of(())
    assert (whose_text(ward), short_whose_text(ward)) == ("The ward", "The ward")
    assert short_whose_text(row) == "OKAFOR, Ada"
    assert visit_text(ward, ward.visits[0], LONDON, NOW).startswith("The ward: Round 14:00.")


@pytest.mark.parametrize(
    ("total", "at_least", "risk", "pack", "text"),
    [
        (5, 5, "medium", "news2", "▲ 5"),
        (None, 3, "low", "news2", "● ≥3"),
        (None, None, None, None, ""),
        (0, 0, "low", "news2", "○ 0"),
    ],
    ids=["whole", "incomplete", "none", "zero"],
)
def test_that_the_score_stands_with_its_glyph(total, at_least, risk, pack, text):
    patient = a_patient(score_total=total, score_at_least=at_least, risk=risk, score_pack=pack)
    assert score_text(patient) == text


def load(nurse, minutes, **changes):
    facts = {"items": 3, "overdue": 0, "patients": 4, "not_taken": 0} | changes
    return Load(nurse=nurse, minutes=minutes, **facts)


def test_that_work_is_told_by_nurse_with_its_imbalance_and_its_gap():
    ben = Nurse(user_id=world.id_of("ben"), name="Ben")
    told = work_text((load(ANN, 85, overdue=1), load(ben, 20), load(None, 10, patients=1)))
    assert told == (
        "Next 4 h: Ann 85 min, 4 patients, ▲ 1 overdue · Ben 20 min, 4 patients · "
        "▲ Nobody looks after 1 patient: 10 min. Between most and least: 65 min."
    )
    assert work_text((load(ANN, 85),)) == "Next 4 h: Ann 85 min, 4 patients."
    assert work_text((load(None, 85),)).endswith(
        "85 min of work. Nobody is allocated to these beds."
    )
    assert load_text(load(ANN, 5, not_taken=2)) == "Ann 5 min, 4 patients, ▲ 2 not taken"
    assert load_text(load(ANN, 5, patients=1)) == "Ann 5 min, 1 patient"


def test_that_the_summary_counts_patients_visits_and_what_is_overdue():
    rows = rows_of((-90, 300), (10,))
    assert (
        summary_text(rows, NOW, mine=True) == "Your patients: 2 patients, 3 visits, ▲ 1 overdue."
    )
    assert summary_text(rows_of(()), NOW, mine=False) == "The whole ward: 1 patient, 0 visits."


def test_that_letters_never_run_into_how_late_a_visit_is(qapp):
    """Where there is no room for the letters, how many things are overdue is said."""
    [row] = rows_of((-60,))
    place = next(layout([row]).places(0))
    metrics = QFontMetricsF(theme.font())
    assert late_marks(place, metrics, 200) == f"▲ {place.words}"
    assert late_marks(place, metrics, 10) == "▲ 1"
