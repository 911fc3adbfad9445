from datetime import date

import pytest

from ward_app.patients.rules import read_birth_date

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "typed",
    [
        "3/4/1948",
        "03041948",
        "03-Apr-1948",
        "3 april 1948",
        "3.4.1948",
        "1948-04-03",
        "3apr1948",
    ],
)
def test_that_every_common_way_of_typing_reads_as_the_same_day(typed):
    assert read_birth_date(typed, TODAY) == date(1948, 4, 3)


def test_that_an_empty_field_means_not_known():
    assert read_birth_date("  ", TODAY) is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("31/02/1950", "no such day"),
        ("3/13/1948", "no such day"),
        ("3 foo 1948", "no such day"),
        ("3/4/48", "four digits"),
        ("soon", "four digits"),
        ("341948", "four digits"),
        ("22/11/2026", "in the future"),
        ("3/4/1848", "more than 130 years"),
    ],
)
def test_that_what_is_no_date_of_birth_is_refused_with_a_sentence(typed, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_birth_date(typed, TODAY)


def test_that_a_child_born_today_is_accepted():
    assert read_birth_date("21/11/2026", TODAY) == TODAY
