"""Every shipped pack against its published table, written down here in the table's own form."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ward_app.core.errors import RuleBrokenError
from ward_app.observations import rules
from ward_app.observations.packs import PACK_NAMES, live_packs, pack_named
from ward_app.observations.rules import PackStatus
from ward_app.observations.types import Consciousness, VitalSigns

CHILD = pack_named("paediatric")
MEWC = pack_named("mewc")
MEOWS = pack_named("meows")

# Critical Care 2009, 13:R135, Table 1: subscore 0 from-to, then "high or low" of 1, 2 and 4
HEART = {
    0: ((111, 149), (150, 110), (180, 90), (190, 80)),
    3: ((101, 149), (150, 100), (170, 80), (180, 70)),
    12: ((91, 119), (120, 90), (150, 70), (170, 60)),
    48: ((71, 109), (110, 70), (130, 60), (151, 50)),
    144: ((61, 99), (100, 60), (120, 49), (140, 40)),
}
BREATHS = {
    0: ((30, 60), (61, 29), (81, 19), (91, 15)),
    3: ((25, 50), (51, 24), (71, 19), (81, 15)),
    12: ((20, 40), (41, 19), (61, 15), (71, 12)),
    48: ((20, 30), (31, 19), (41, 14), (51, 10)),
    144: ((12, 16), (17, 11), (23, 10), (30, 9)),
}
SYSTOLIC = {
    0: ((61, 79), (80, 60), (100, 50), (130, 45)),
    3: ((81, 99), (100, 80), (120, 70), (150, 60)),
    12: ((91, 109), (110, 90), (125, 75), (160, 65)),
    48: ((91, 119), (120, 90), (140, 80), (170, 70)),
    144: ((101, 129), (130, 100), (150, 85), (190, 75)),
}
TABLES = {
    "pulse_per_min": HEART,
    "respiratory_rate_per_min": BREATHS,
    "systolic_bp_mmhg": SYSTOLIC,
}
LAST_MONTH = {0: 2, 3: 11, 12: 47, 48: 143, 144: 191}


def read_off(table, months, value):
    (low, high), *worse = table[months]
    for points, (at_least, at_most) in zip((4, 2, 1), reversed(worse), strict=True):
        if value >= at_least or value <= at_most:
            return points
    assert low <= value <= high
    return 0


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("months", LAST_MONTH)
def test_that_a_child_gets_the_points_of_the_table_at_every_value(name, months):
    for age in (months, LAST_MONTH[months]):
        pack = rules.at_age(CHILD, age)
        for value in range(301):
            score = rules.score(VitalSigns(**{name: value}), pack)
            assert score.points[name] == read_off(TABLES[name], months, value), (age, value)


def test_that_a_pack_by_age_refuses_to_score_without_one_and_beyond_its_ages():
    with pytest.raises(RuleBrokenError, match="needs the age"):
        rules.score(VitalSigns(), CHILD)
    with pytest.raises(RuleBrokenError, match="not made for this age"):
        rules.at_age(CHILD, 192)
    with pytest.raises(RuleBrokenError, match="not made for this age"):
        rules.at_age(pack_named("news2"), 191)


def test_that_a_childs_set_without_a_sign_is_never_scored():
    well = VitalSigns(
        pulse_per_min=130,
        respiratory_rate_per_min=45,
        systolic_bp_mmhg=70,
        spo2_percent=98,
        further={
            "capillary_refill_seconds": Decimal("1.5"),
            "respiratory_effort": "normal",
            "oxygen_support": "air",
        },
    )
    pack = rules.at_age(CHILD, 0)
    assert rules.score(well, pack).total == 0
    for name in well.further:
        rest = {key: value for key, value in well.further.items() if key != name}
        score = rules.score(replace(well, further=rest), pack)
        assert (score.total, score.missing) == (None, (name,))
    unknown = replace(well, further={**well.further, "respiratory_effort": "odd"})
    assert rules.score(unknown, pack).missing == ("respiratory_effort",)


# Maternal Early Warning Criteria: a value meets its criterion below the first, above the second
CRITERIA = {
    "systolic_bp_mmhg": (90, 160),
    "diastolic_bp_mmhg": (0, 100),
    "pulse_per_min": (50, 120),
    "respiratory_rate_per_min": (10, 30),
    "spo2_percent": (95, 100),
}


@pytest.mark.parametrize(("pack", "points"), [(MEWC, 1), (MEOWS, 2)], ids=["mewc", "meows"])
@pytest.mark.parametrize("name", CRITERIA)
def test_that_a_criterion_is_met_below_and_above_its_numbers_alone(name, pack, points):
    below, above = CRITERIA[name]
    for value in range(101 if name == "spo2_percent" else 251):
        score = rules.score(VitalSigns(on_oxygen=False, **{name: value}), pack)
        assert score.points[name] == (points if value < below or value > above else 0), value


@pytest.mark.parametrize("level", list(Consciousness))
def test_that_anything_but_alert_meets_a_criterion(level):
    score = rules.score(VitalSigns(consciousness=level), MEWC)
    assert score.points["consciousness"] == int(level is not Consciousness.ALERT)


def test_that_a_good_saturation_on_oxygen_says_nothing_of_air():
    assert "spo2_percent" in rules.score(VitalSigns(spo2_percent=98, on_oxygen=True), MEWC).missing
    assert "spo2_percent" in rules.score(VitalSigns(spo2_percent=98), MEWC).missing


@pytest.mark.parametrize(
    ("signs", "risk"),
    [
        ({"further": {"looks_unwell": True}}, "low"),
        ({"further": {"looks_unwell": True, "lochia_abnormal": True}}, "high"),
        ({"pulse_per_min": 121}, "high"),
    ],
    ids=["one yellow", "two yellow", "one red"],
)
def test_that_one_red_or_two_yellow_trigger(signs, risk):
    assert rules.score(VitalSigns(**signs), MEOWS).risk == risk


def test_that_what_rests_on_general_knowledge_is_shipped_disabled():
    assert [pack.name for pack in live_packs()] == ["news2"]
    for name in PACK_NAMES:
        pack = pack_named(name)
        assert (pack.status is PackStatus.DISABLED) is bool(pack.needs_sign_off)
    with pytest.raises(KeyError):
        pack_named("mews")
