"""What counts of recorded measurements, how it moved, and how the list reads."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.measurements.builders import NOW, PAIN, WELL_GCS, chart, recorded, replaced
from tests.observations.builders import LONDON
from ui.measurements.list_rows import COLUMNS, fitting, list_row, place_of, standing_text
from ui.measurements.measured import (
    Standing,
    again_at,
    latest,
    measured,
    number_of,
    title_of,
)
from ward_app.measurements.kinds import kinds

TREND = [column.header for column in COLUMNS].index("Trend")


def gcs(total_of, hours_ago):
    eye, verbal, motor = total_of
    return recorded("gcs", {"eye": eye, "verbal": verbal, "motor": motor}, hours_ago)


def test_that_the_newest_comes_first_and_marks_are_no_measurements():
    original, mark = replaced(recorded(hours_ago=3), struck_out=True)
    newer = recorded(hours_ago=1)
    found = measured(chart(original, mark, newer))
    assert [one.recorded.id for one in found] == [newer.id, original.id]
    assert [one.standing for one in found] == [Standing.IN_FORCE, Standing.STRUCK_OUT]


def test_that_a_corrected_one_stays_beside_its_correction():
    original, correction = replaced(recorded(hours_ago=3), values={"score": Decimal(4)})
    found = measured(chart(original, correction))
    assert [one.standing for one in found] == [Standing.IN_FORCE, Standing.CORRECTED]
    assert found[0].before is None


def test_that_what_is_struck_out_is_not_the_measurement_before():
    original, mark = replaced(gcs(("4", "5", "6"), 3), struck_out=True)
    oldest, newest = gcs(("3", "4", "5"), 5), gcs(("4", "4", "6"), 1)
    found = measured(chart(oldest, original, mark, newest))
    assert found[0].before is oldest
    assert found[0].trend.text == "▲ 2"
    assert found[1].trend is None


@pytest.mark.parametrize(
    ("before", "after", "text", "alarming"),
    [
        (("4", "5", "6"), ("3", "4", "5"), "▼ 3", True),
        (("3", "4", "5"), ("4", "5", "6"), "▲ 3", False),
        (("4", "5", "6"), ("4", "5", "6"), "=", False),
    ],
)
def test_that_a_coma_scale_that_falls_alarms(before, after, text, alarming):
    trend = measured(chart(gcs(before, 2), gcs(after, 1)))[0].trend
    assert (trend.text, trend.alarming) == (text, alarming)


def test_that_a_part_that_could_not_be_tested_leaves_no_trend():
    found = measured(
        chart(gcs(("4", "5", "6"), 2), gcs(("4", "NT", "6"), 1), gcs(("3", "5", "6"), 0))
    )
    assert found[1].trend is None
    assert found[0].trend.text == "▼ 1"


def test_that_less_pain_alarms_nobody():
    found = measured(chart(recorded(hours_ago=2), recorded(values={"score": Decimal(0)})))
    assert (found[0].trend.text, found[0].trend.alarming) == ("▼ 7", False)


def test_that_the_number_of_a_kind_is_its_total_or_its_first_value():
    assert number_of(recorded("gcs", WELL_GCS)) == 15
    assert number_of(recorded("cannula_site", {"score": "0"})) == 0
    assert number_of(recorded("urinalysis", {"leucocytes": "negative"})) is None
    assert number_of(recorded("of_a_newer_program", {"a": "1"})) is None


def test_that_only_what_is_in_force_is_the_latest():
    original, mark = replaced(recorded(hours_ago=1), struck_out=True)
    older = recorded(hours_ago=4)
    assert latest(chart(older, original, mark)) == {"pain": older}


def test_that_a_cannula_is_due_again_and_pain_is_not():
    assert again_at(kinds()["cannula_site"], NOW) == NOW + timedelta(days=1)
    assert again_at(kinds()["pain"], NOW) is None
    assert again_at(kinds()["cannula_site"], None) is None


def test_that_a_kind_of_a_newer_program_keeps_its_name():
    assert title_of("of_a_newer_program") == "Of a newer program"


def test_that_a_row_says_who_struck_it_out_when_and_why():
    original, mark = replaced(recorded(hours_ago=3), struck_out=True)
    one = measured(chart(original, mark))[0]
    assert standing_text(one, LONDON) == (
        "✕ struck out 20-Nov-2026 11:15, Dora Doctor: wrong patient"
    )


def test_that_the_search_finds_by_kind_value_and_note_in_any_case():
    rows = [
        list_row(one, LONDON)
        for one in measured(chart(recorded(values=PAIN), recorded("gcs", WELL_GCS, note="asleep")))
    ]
    assert [row.recorded.kind for row in fitting(rows, "GLASGOW")] == ["gcs"]
    assert [row.recorded.kind for row in fitting(rows, "hip pain")] == ["pain"]
    assert [row.recorded.kind for row in fitting(rows, "asleep nora")] == ["gcs"]
    assert fitting(rows, "nothing such") == ()
    assert len(fitting(rows, " ")) == 2


def test_that_a_fall_is_told_by_colour_and_glyph():
    found = measured(chart(gcs(("4", "5", "6"), 2), gcs(("1", "2", "3"), 1)))
    row = list_row(found[0], LONDON)
    assert COLUMNS[TREND].colour(row) == "risk_high"
    assert COLUMNS[TREND].text(row) == "▼ 9"


def test_that_the_cursor_follows_a_measurement_to_its_correction():
    first, newer = recorded(hours_ago=3), recorded(hours_ago=1)
    before = [list_row(one, LONDON) for one in measured(chart(first, newer))]
    original, correction = replaced(first)
    after = [list_row(one, LONDON) for one in measured(chart(original, correction, newer))]
    assert place_of(before[1], after) == [row.recorded.id for row in after].index(correction.id)
    assert place_of(before[0], after) == 0
    assert place_of(None, after) == 0
    struck, mark = replaced(first, struck_out=True)
    again = [list_row(one, LONDON) for one in measured(chart(struck, mark, newer))]
    assert place_of(before[1], again) == 1
