import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ward_app.measurements.kinds import kinds
from ward_app.measurements.rules import (
    TEXT_LONGEST,
    derive,
    impossible,
    summary,
    unusual,
    usual_range,
)

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "data" / "vectors"
ALL = kinds()
GCS, PAIN, SIZE = ALL["gcs"], ALL["pain"], ALL["body_size"]


def fields_of(findings):
    return [finding.field for finding in findings]


def other_peoples_totals(name):
    path = VECTORS / name
    if not path.exists():
        return
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
        parts = {label.lower(): entry["ordinal"] for label, entry in case["input"].items()}
        by_part = [
            next(points for label, points in parts.items() if part in label)
            for part in ("eye", "verbal", "motor")
        ]
        total = next(value for label, value in case["expected"].items() if "core" in label)
        yield pytest.param(*by_part, total, id=case["id"])


@pytest.mark.skipif(
    not VECTORS.exists(), reason="the shared test vectors are not beside the clone"
)
@pytest.mark.parametrize(
    ("eye", "verbal", "motor", "total"),
    [*other_peoples_totals("gcs_gdl.json"), *other_peoples_totals("gcs_paediatric_gdl.json")],
)
def test_that_gcs_totals_are_other_peoples_and_a_part_not_tested_leaves_none(
    eye, verbal, motor, total
):
    parts = {"eye": eye, "verbal": verbal, "motor": motor}
    tested = {name: str(points) for name, points in parts.items() if points}
    expected = {"total": Decimal(total)} if len(tested) == len(parts) else {}
    assert derive(GCS, tested) == expected


@pytest.mark.parametrize("part", ["eye", "verbal", "motor"])
def test_that_a_part_that_cannot_be_tested_leaves_no_total(part):
    best = {"eye": "4", "verbal": "5", "motor": "6"}
    assert derive(GCS, best) == {"total": Decimal(15)}
    assert derive(GCS, {**best, part: "NT"}) == {}
    assert impossible(GCS, {**best, part: "NT"}) == ()


@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 6))
def test_that_every_total_is_the_sum_of_its_parts(eye, verbal, motor):
    values = {"eye": str(eye), "verbal": str(verbal), "motor": str(motor)}
    assert derive(GCS, values) == {"total": Decimal(eye + verbal + motor)}


def test_that_an_answer_that_does_not_exist_counts_for_nothing():
    values = {"eye": "4", "verbal": "5", "motor": "7"}
    assert derive(GCS, values) == {}
    [finding] = impossible(GCS, values)
    assert finding.field == "motor"
    assert finding.text.startswith("Movement is one of obeys commands, ")


def test_that_zero_is_a_value_and_missing_is_refused_only_where_it_is_required():
    assert impossible(PAIN, {"score": Decimal(0)}) == ()
    [finding] = impossible(PAIN, {"site": "hip"})
    assert (finding.field, finding.text) == ("score", "Pain is missing.")


@pytest.mark.parametrize("raw", ["-1", "11", "3.5", "NaN", "Infinity"])
def test_that_a_number_outside_the_scale_is_refused_with_the_scale(raw):
    [finding] = impossible(PAIN, {"score": Decimal(raw)})
    assert finding.text == "Pain lies between 0 and 10."


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        pytest.param("pain", "score", "7", id="text for a number"),
        pytest.param("pain", "site", Decimal(7), id="number for a text"),
        pytest.param("pain", "site", "", id="empty text"),
        pytest.param("pain", "site", "x" * (TEXT_LONGEST + 1), id="endless text"),
        pytest.param("stool", "blood", "yes", id="text for a flag"),
        pytest.param("stool", "type", True, id="flag for a choice"),
        pytest.param("stool", "type", Decimal(4), id="number for a choice"),
    ],
)
def test_that_a_value_of_another_type_is_refused(kind, field, value):
    needed = {"score": Decimal(1)} if kind == "pain" else {"type": "4"}
    assert fields_of(impossible(ALL[kind], {**needed, field: value})) == [field]


def test_that_a_refused_flag_and_text_say_what_they_take():
    [flag] = impossible(ALL["stool"], {"type": "4", "blood": "yes"})
    assert flag.text == "Blood is yes or no."
    [text] = impossible(PAIN, {"score": Decimal(1), "site": ""})
    assert text.text == f"Site has at most {TEXT_LONGEST} letters."


def test_that_values_nobody_declared_are_refused_by_name():
    values = {"score": Decimal(1), "mood": "low", "colour": "red"}
    assert fields_of(impossible(PAIN, values)) == ["colour", "mood"]


@pytest.mark.parametrize(
    ("age_months", "asked"),
    [(0, False), (11, False), (12, True), (600, True), (None, False)],
)
def test_that_the_usual_weight_follows_the_age_and_no_age_asks_nothing(age_months, asked):
    findings = unusual(SIZE, {"weight_kg": Decimal("3.4")}, age_months)
    assert fields_of(findings) == (["weight_kg"] if asked else [])


def test_that_a_question_names_the_value_with_its_unit():
    [finding] = unusual(SIZE, {"weight_kg": Decimal("3.40")}, 600)
    assert finding.text == "Weight 3.4 kg is unusual. Keep it?"


def test_that_what_is_impossible_is_refused_at_every_age():
    for age_months in (None, 0, 600):
        values = {"height_cm": Decimal("1.8")}
        assert fields_of(impossible(SIZE, values)) == ["height_cm"]
        assert bool(usual_range(SIZE.field("height_cm"), age_months)) == (age_months is not None)


def test_that_an_age_below_every_range_asks_nothing():
    assert usual_range(SIZE.field("weight_kg"), -1) is None
    assert unusual(PAIN, {"score": Decimal(10)}, 600) == ()


def test_that_a_body_mass_index_needs_weight_and_height():
    assert derive(SIZE, {"weight_kg": Decimal(70)}) == {}
    values = {"weight_kg": Decimal(70), "height_cm": Decimal(175)}
    assert derive(SIZE, values) == {"body_mass_index": Decimal("22.9")}


def test_that_a_postural_drop_is_to_the_lowest_standing_and_may_be_a_rise():
    postural = ALL["postural"]
    lying = {"lying_systolic_mmhg": Decimal(130)}
    assert derive(postural, lying) == {}
    assert derive(postural, {"standing_1_min_systolic_mmhg": Decimal(130)}) == {}
    first = {**lying, "standing_1_min_systolic_mmhg": Decimal(135)}
    assert derive(postural, first) == {"systolic_drop": Decimal(-5)}
    both = {**first, "standing_3_min_systolic_mmhg": Decimal(110)}
    assert derive(postural, both) == {"systolic_drop": Decimal(20)}


def test_that_a_line_leaves_out_what_is_not_known():
    assert summary(PAIN, {"score": Decimal(7), "site": "left hip"}) == "7/10, left hip"
    assert summary(PAIN, {"score": Decimal(0)}) == "0/10"
    assert summary(PAIN, {}) == ""
    assert summary(ALL["stool"], {"type": "6", "blood": False}) == "type 6 mushy pieces, blood no"
