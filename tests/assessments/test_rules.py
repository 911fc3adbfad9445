"""What answers come to: zero is a value, unknown is not zero, incomplete is no score."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.assessments.builders import AT_RISK, FACTORS, FELL, NAMED, local
from ward_app.assessments.rules import (
    answer_text,
    asked,
    before,
    canonical,
    first_problem,
    fits_age,
    highest,
    keys_of,
    missing,
    number_text,
    points,
    possible_points,
    result,
)
from ward_app.assessments.types import Item, ItemKind, Range, RecordedAssessment, Result
from ward_app.core.ids import new_id

PAIN, VERBAL, BRISTOL = NAMED["pain_nrs"], NAMED["pain_verbal"], NAMED["bristol"]
FALLS, AFTER = NAMED["falls"], NAMED["after_fall"]


@pytest.mark.parametrize(
    ("instrument", "answers", "found"),
    [
        (PAIN, {"pain": "0"}, (True, 0, "none", ())),
        (PAIN, {"pain": "10"}, (True, 10, "pain", ())),
        (PAIN, {}, (False, None, None, ("pain",))),
        (VERBAL, {"pain": "unknown"}, (False, None, None, ("pain",))),
        (VERBAL, {"pain": "none"}, (True, 0, "none", ())),
        (BRISTOL, {"type": "4"}, (False, None, None, ("blood",))),
        (BRISTOL, {"type": "4", "blood": "yes"}, (True, 4, "blood", ())),
        (BRISTOL, {"type": "6", "blood": "no"}, (True, 6, "loose", ())),
        (FALLS, {"age": "under_50"}, (True, None, "not_at_risk", ())),
        (FALLS, {"age": "50_to_64"}, (True, None, "not_at_risk", ())),
        (FALLS, AT_RISK, (True, None, "at_risk", ())),
        (FALLS, {"age": "65_or_over"}, (False, None, None, FACTORS)),
        (FALLS, {"age": "unknown"}, (False, None, None, ("age",))),
        (AFTER, FELL, (True, None, "no_harm", ())),
        (AFTER, FELL | {"head": "not_seen"}, (True, None, "harm", ())),
        (
            local(),
            {"moist": "wet", "weight": "5.0", "moves": "yes"},
            (True, Decimal(2), "high", ()),
        ),
        (
            local(),
            {"moist": "dry", "weight": "5.1", "moves": "yes"},
            (True, Decimal("1.5"), "low", ()),
        ),
    ],
)
def test_that_answers_come_to(instrument, answers, found):
    assert result(instrument, answers) == Result(*found)


def test_that_everybody_of_65_is_at_risk_whatever_the_factors_are():
    """NICE CG161; 50 to 64 only where a clinician judged so."""
    for answer in ("yes", "no"):
        factors = dict.fromkeys(FACTORS, answer)
        assert result(FALLS, {"age": "65_or_over", **factors}).band == "at_risk"
        assert result(FALLS, {"age": "50_to_64_judged", **factors}).band == "at_risk"


def test_that_a_total_in_no_band_is_a_score_without_one():
    bands = tuple(replace(band, highest=Decimal(0)) for band in PAIN.bands[:1])
    assert result(replace(PAIN, bands=bands), {"pain": "5"}) == Result(
        complete=True, score=Decimal(5), band=None, missing=()
    )


@pytest.mark.parametrize(
    ("instrument", "answers", "words"),
    [
        (PAIN, {"pain": "11"}, "Pain now: between 0 and 10."),
        (PAIN, {"pain": "-1"}, "Pain now: between 0 and 10."),
        (PAIN, {"pain": "NaN"}, "Pain now: between 0 and 10."),
        (PAIN, {"pain": "3.5"}, "Pain now: a whole number."),
        (PAIN, {"pain": "much"}, "Pain now: a number."),
        (PAIN, {"place": " "}, "Where: at most 500 letters."),
        (PAIN, {"place": "x" * 501}, "Where: at most 500 letters."),
        (PAIN, {"colour": "red"}, "This instrument has no such item."),
        (VERBAL, {"pain": "awful"}, "Pain now: one of no pain, mild pain, moderate pain,"),
        (FALLS, {"age": "under_50", "fear": "no"}, "Afraid of falling does not belong"),
        (local(), {"weight": "1.55"}, "Weight lost: at most 1 decimals."),
        (local(), {"weight": "41"}, "Weight lost: between 0 and 40 kg."),
    ],
)
def test_that_an_impossible_answer_is_refused_in_words(instrument, answers, words):
    name, found = first_problem(instrument, answers)
    assert name in answers
    assert found.startswith(words)


def test_that_possible_answers_are_not_refused():
    assert first_problem(FALLS, AT_RISK | {"plan": "a stick"}) is None
    assert first_problem(local(), {"weight": "0"}) is None


def test_that_answers_no_longer_asked_for_are_left_out():
    kept = asked(FALLS, AT_RISK | {"age": "under_50", "plan": "none"})
    assert kept == {"age": "under_50", "plan": "none"}
    assert asked(FALLS, AT_RISK) == AT_RISK


def test_that_what_is_missing_is_named_in_order():
    assert [item.name for item in missing(FALLS, {"age": "65_or_over"})] == list(FACTORS)
    assert missing(FALLS, {"age": "under_50"}) == ()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("4", "4.0"), ("04", "4.0"), ("-0", "0.0"), ("4.50", "4.5"), (" x ", "x"), ("41", "41")],
)
def test_that_a_number_is_stored_in_one_way(typed, stored):
    weight = local().items[1]
    assert canonical(weight, typed) == stored


def test_that_words_are_stored_without_space_around():
    assert canonical(PAIN.items[2], " left hip ") == "left hip"


def test_that_an_answer_reads_as_its_words():
    moist, weight, moves = local().items
    assert answer_text(moist, "wet") == "wet"
    assert answer_text(weight, "4.5") == "4.5 kg"
    assert answer_text(moves, "no") == "no"
    assert answer_text(PAIN.items[2], "left hip") == "left hip"


def test_that_a_number_outside_every_range_has_no_points():
    item = Item(name="x", label="X", kind=ItemKind.NUMBER, possible=(Decimal(0), Decimal(9)),
                ranges=(Range(Decimal(1), Decimal(2), Decimal(5)),))  # fmt: skip
    assert (points(item, "0"), points(item, "1"), points(item, "3")) == (None, 5, None)
    assert possible_points(item) == (5,)


def test_that_what_is_no_choice_has_no_points():
    assert points(VERBAL.items[0], "awful") is None
    assert points(VERBAL.items[0], "unknown") is None


@pytest.mark.parametrize(
    ("instrument", "most"), [(PAIN, 10), (VERBAL, 3), (FALLS, None), (local(), Decimal("4.5"))]
)
def test_that_the_highest_score_is_known(instrument, most):
    assert highest(instrument) == most


@pytest.mark.parametrize(
    ("number", "text"),
    [("0", "0"), ("10", "10"), ("100", "100"), ("1.50", "1.5"), ("-0", "0"), ("0.0", "0")],
)
def test_that_a_score_reads_without_trailing_zeros(number, text):
    assert number_text(Decimal(number)) == text


def test_that_a_key_that_is_taken_gives_way_to_a_digit():
    twin, keyless = replace(PAIN, name="twin"), replace(PAIN, name="keyless", key="")
    found = keys_of([PAIN, twin, VERBAL, keyless])
    assert {key: one.name for key, one in found.items()} == {
        "P": "pain_nrs",
        "1": "twin",
        "V": "pain_verbal",
        "2": "keyless",
    }


@pytest.mark.parametrize(
    ("months", "fits"), [(None, True), (191, False), (192, True), (359, True), (360, False)]
)
def test_that_an_instrument_is_made_for_ages(months, fits):
    assert fits_age(replace(FALLS, below_months=360), months) is fits
    assert fits_age(PAIN, months)


def test_that_with_every_key_taken_the_last_has_none():
    many = [replace(PAIN, name=f"n{number}") for number in range(12)]
    found = keys_of(many)
    assert len(found) == 10
    assert many[-1] not in found.values()


def test_that_the_assessment_before_is_the_last_that_counts():
    def row(at, **changes):
        facts = dict.fromkeys(RecordedAssessment._fields) | {
            "id": new_id(), "instrument": "pain_nrs", "complete": True, "superseded": False,
            "struck_out": False, "occurred_at": datetime(2026, 11, 20, at, tzinfo=UTC),
        }  # fmt: skip
        return RecordedAssessment(**(facts | changes))

    first, second, now = row(8), row(9), row(12)
    others = [row(10, superseded=True), row(10, struck_out=True), row(11, complete=False),
              row(11, instrument="falls"), row(13)]  # fmt: skip
    rows = [first, second, now, *others]
    assert before(rows, now) == second
    assert before(rows, first) is None
    assert not others[0].counts
    assert not others[1].counts
