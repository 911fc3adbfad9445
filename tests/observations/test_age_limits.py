from datetime import date
from decimal import Decimal

import pytest

from ward_app.observations.age_limits import limits_for, limits_on
from ward_app.observations.limits import unusual
from ward_app.observations.packs import adult_limits
from ward_app.observations.types import VitalSigns

AGES = [None, -1, 0, 2, 3, 11, 12, 47, 48, 143, 144, 191, 192, 1200]


@pytest.mark.parametrize("age_months", AGES)
def test_that_the_possible_is_the_same_at_every_age(age_months):
    for name, limit in limits_for(age_months).by_name.items():
        adult = adult_limits().by_name[name]
        assert (limit.possible_from, limit.possible_to) == (adult.possible_from, adult.possible_to)
        assert limit.possible_from <= limit.usual_from < limit.usual_to <= limit.possible_to


@pytest.mark.parametrize(
    ("age_months", "pulse", "asked"),
    [
        (2, 80, True),
        (2, 81, False),
        (2, 189, False),
        (2, 190, True),
        (3, 180, True),
        (12, 170, True),
        (48, 151, True),
        (144, 140, True),
        (191, 140, True),
        (192, 140, False),
        (None, 9, True),
        (None, 80, False),
    ],
)
def test_that_what_is_asked_about_follows_the_age(age_months, pulse, asked):
    assert bool(unusual(VitalSigns(pulse_per_min=pulse), limits_for(age_months))) == asked


def test_that_adults_keep_the_shipped_limits():
    assert limits_for(192) is adult_limits()


@pytest.mark.parametrize("born_on", [date(2026, 1, 1), date(2015, 1, 1)])
def test_that_a_slip_in_saturation_or_temperature_is_asked_about_at_every_age(born_on):
    limits = limits_on(born_on, date(2026, 11, 20))
    assert unusual(VitalSigns(spo2_percent=9), limits)
    assert unusual(VitalSigns(temperature_celsius=Decimal("33.9")), limits)
    assert not unusual(VitalSigns(diastolic_bp_mmhg=25), limits)


def test_that_the_age_is_counted_to_the_day():
    birthday = date(2026, 11, 20)
    assert limits_on(date(2010, 11, 20), birthday) is adult_limits()
    assert limits_on(date(2010, 11, 21), birthday) is not adult_limits()
    assert limits_on(None, birthday) is adult_limits()
