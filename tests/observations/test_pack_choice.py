from dataclasses import replace
from datetime import date

import pytest

from ward_app.observations.pack_choice import (
    Pregnancy,
    PregnancyRecord,
    ScoredPerson,
    age_in_months,
    choose_pack,
)
from ward_app.observations.packs import PACK_NAMES, pack_named

TODAY = date(2026, 11, 21)
NEWS2, MEWC, CHILD = (pack_named(name) for name in ("news2", "mewc", "paediatric"))
ALL = tuple(pack_named(name) for name in PACK_NAMES)
ADULT = ScoredPerson(born_on=date(1990, 1, 1))


def chosen(person, live=ALL, on=TODAY):
    choice = choose_pack(person, live, on)
    return choice.pack and choice.pack.name, choice.why


def pregnant(status, ended_on=None):
    return replace(ADULT, pregnancy=PregnancyRecord(status=status, ended_on=ended_on))


def test_that_an_adult_is_scored_with_news2():
    assert chosen(ADULT) == ("news2", "adult, not pregnant")


@pytest.mark.parametrize(
    ("born_on", "name"),
    [(date(2010, 11, 21), "news2"), (date(2010, 11, 22), "paediatric"), (TODAY, "paediatric")],
    ids=["16 today", "16 tomorrow", "born today"],
)
def test_that_sixteen_years_divide(born_on, name):
    assert chosen(ScoredPerson(born_on=born_on))[0] == name


def test_that_a_child_has_no_score_rather_than_news2():
    name, why = chosen(ScoredPerson(born_on=date(2020, 1, 1)), live=(NEWS2, MEWC))
    assert name is None
    assert "under 16" in why


@pytest.mark.parametrize(
    ("ended_on", "name"),
    [(date(2026, 10, 10), "mewc"), (date(2026, 10, 9), "news2")],
    ids=["42 days ago", "43 days ago"],
)
def test_that_the_maternal_pack_applies_up_to_42_days_after_pregnancy(ended_on, name):
    assert chosen(pregnant(Pregnancy.ENDED, ended_on))[0] == name


def test_that_pregnancy_and_its_end_are_said():
    assert chosen(pregnant(Pregnancy.PREGNANT)) == ("mewc", "adult, pregnant")
    recently = chosen(pregnant(Pregnancy.ENDED, TODAY))
    assert recently == ("mewc", "adult, within 42 days of the end of pregnancy")
    assert chosen(pregnant(Pregnancy.NOT_PREGNANT)) == ("news2", "adult, not pregnant")
    assert chosen(pregnant(Pregnancy.ENDED))[0] == "news2"


def test_that_nobody_pregnant_is_scored_with_news2_for_want_of_another():
    assert chosen(pregnant(Pregnancy.PREGNANT), live=(NEWS2,))[0] is None


def test_that_an_unknown_age_asks_for_a_decision():
    name, why = chosen(ScoredPerson(born_on=None))
    assert name is None
    assert "decide" in why


def test_that_a_decision_goes_first_while_its_pack_is_in_use_and_fits():
    assert chosen(replace(ADULT, decided="mewc")) == ("mewc", "by decision")
    assert chosen(ScoredPerson(born_on=None, decided="news2")) == ("news2", "by decision")
    assert chosen(replace(ADULT, decided="mewc"), live=(NEWS2,))[0] is None
    child = ScoredPerson(born_on=date(2020, 1, 1), decided="news2")
    assert chosen(child)[0] is None


def test_that_months_are_counted_as_completed():
    assert age_in_months(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert age_in_months(date(2025, 11, 21), TODAY) == 12
    assert age_in_months(date(2027, 1, 1), TODAY) == 0
