"""What an answer is: possible, an exception, how it reads; what is overdue and comes first."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from ward_app.core.database import Transaction
from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.rounding.rules import (
    answer_text,
    is_exception,
    is_overdue,
    problem,
    proposed_until,
    template_of,
    urgency,
    usual_answers,
)
from ward_app.rounding.service import record_round
from ward_app.rounding.types import (
    Choice,
    DeferralReason,
    DueLine,
    Item,
    ItemKind,
    NewRecord,
    Subject,
)

RESOURCES = Path(__file__).resolve().parents[2] / "resources" / "rounds"
NOW = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
FRIDGE = Item(
    name="fridge",
    label="Fridge",
    kind=ItemKind.NUMBER,
    required=True,
    unit="°C",
    possible=(Decimal(-20), Decimal(40)),
    usual_range=(Decimal(2), Decimal(8)),
)
PLACES = Item(
    name="places",
    label="Places",
    kind=ItemKind.BODY_MAP,
    required=False,
    choices=(Choice("sacrum", "S", "sacrum"), Choice("left_heel", "L", "left heel")),
)


def shipped(name):
    return template_of(UUID(int=1), json.loads((RESOURCES / f"{name}.json").read_text()))


@pytest.mark.parametrize("path", sorted(RESOURCES.glob("*.json")), ids=lambda path: path.stem)
def test_that_a_shipped_checklist_makes_sense(path):
    checklist = shipped(path.stem)
    assert checklist.name == path.stem
    by_name = {item.name: item for item in checklist.items}
    assert len(by_name) == len(checklist.items)
    for name, answer in usual_answers(checklist).items():
        assert problem(by_name[name], answer) is None
        assert not is_exception(by_name[name], answer)
    for item in checklist.items:
        keys = [choice.key for choice in item.choices]
        assert len(set(keys)) == len(keys), item.name
        assert item.exceptions <= {choice.value for choice in item.choices}


def test_that_the_letters_that_choose_a_checklist_differ():
    keys = [shipped(path.stem).key for path in RESOURCES.glob("*.json")]
    assert len(set(keys)) == len(keys)


def test_that_a_wards_checklist_is_about_the_ward():
    assert shipped("huddle").subject is Subject.WARD
    assert shipped("intentional").subject is Subject.PATIENT


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("5", None),
        ("-20", None),
        ("40.1", "Fridge lies between -20 and 40 °C."),
        ("warm", "Fridge is not a number."),
        ("NaN", "Fridge lies between -20 and 40 °C."),
        (("5",), "Fridge is not an answer of this kind."),
    ],
    ids=str,
)
def test_that_a_number_lies_in_its_limits(answer, found):
    assert problem(FRIDGE, answer) == found


@pytest.mark.parametrize(
    ("answer", "asked"), [("2", False), ("8", False), ("8.1", True), ("1.9", True), ("x", False)]
)
def test_that_a_number_outside_the_usual_asks_for_words(answer, asked):
    assert is_exception(FRIDGE, answer) is asked


def test_that_an_exception_asks_for_words_and_a_place_does_not():
    pain = shipped("intentional").items[0]
    assert is_exception(pain, "no")
    assert not is_exception(pain, "yes")
    assert not is_exception(PLACES, ("sacrum",))


def test_that_answers_read_as_words():
    assert answer_text(FRIDGE, "5") == "5 °C"
    assert answer_text(PLACES, ("sacrum", "left_heel")) == "sacrum, left heel"
    assert answer_text(PLACES, ()) == "none"
    assert answer_text(shipped("skin").items[2], "own") == "moves alone"


@pytest.mark.parametrize("reason", DeferralReason)
def test_that_every_reason_proposes_a_later_time_within_the_limit(reason):
    assert NOW < proposed_until(reason, NOW) <= NOW + timedelta(hours=12)


@pytest.mark.parametrize(
    ("late", "overdue"),
    [(timedelta(0), False), (timedelta(seconds=59), False), (timedelta(minutes=1), True)],
    ids=["on time", "59 s", "a minute"],
)
def test_that_a_whole_minute_late_is_overdue(late, overdue):
    assert is_overdue(NOW - late, NOW) is overdue
    assert not is_overdue(None, NOW)


def a_line(due_at, position=1):
    nothing = dict.fromkeys(DueLine._fields)
    return DueLine(**nothing | {"due_at": due_at, "bed_position": position, "title": "Round"})


def test_that_the_earliest_comes_first_and_nothing_due_last():
    lines = [a_line(None), a_line(NOW, 2), a_line(NOW, 1), a_line(NOW - timedelta(hours=1), 9)]
    found = sorted(lines, key=urgency)
    assert [(one.due_at, one.bed_position) for one in found] == [
        (NOW - timedelta(hours=1), 9),
        (NOW, 1),
        (NOW, 2),
        (None, 1),
    ]


@pytest.mark.parametrize("words", ["", "x" * 501], ids=["none", "long"])
def test_that_words_to_an_answer_have_a_length(words):
    record = NewRecord(
        id=new_id(),
        template=shipped("intentional"),
        answers=usual_answers(shipped("intentional")),
        occurred_at=NOW,
        admission_id=new_id(),
        words={"pain": words},
    )
    with pytest.raises(RuleBrokenError, match="500 letters"):
        record_round(Transaction(None), (record,))
