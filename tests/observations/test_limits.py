from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ward_app.core.errors import RuleBrokenError
from ward_app.observations.limits import (
    check_possible,
    impossible,
    impossible_text,
    likely_meant,
    number_text,
    unusual,
)
from ward_app.observations.packs import adult_limits, news2_pack
from ward_app.observations.types import OxygenDevice, VitalSigns

LIMITS = adult_limits()


def limit(name):
    return LIMITS.by_name[name]


def fields_of(findings):
    return [finding.field for finding in findings]


def test_that_physiological_extremes_and_zero_are_possible():
    dying = VitalSigns(
        respiratory_rate_per_min=0,
        spo2_percent=0,
        on_oxygen=True,
        oxygen_flow_l_per_min=Decimal(60),
        systolic_bp_mmhg=0,
        diastolic_bp_mmhg=0,
        pulse_per_min=0,
        temperature_celsius=Decimal("13.7"),
    )
    assert impossible(dying, LIMITS) == ()
    storm = VitalSigns(systolic_bp_mmhg=300, pulse_per_min=300, temperature_celsius=Decimal(46))
    assert impossible(storm, LIMITS) == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("respiratory_rate_per_min", 100),
        ("respiratory_rate_per_min", -1),
        ("spo2_percent", 101),
        ("systolic_bp_mmhg", 301),
        ("diastolic_bp_mmhg", 251),
        ("pulse_per_min", 351),
        ("temperature_celsius", Decimal("9.9")),
        ("temperature_celsius", Decimal("47.1")),
        ("oxygen_flow_l_per_min", Decimal(81)),
    ],
)
def test_that_what_no_human_being_can_have_is_refused_by_field(name, value):
    signs = replace(VitalSigns(on_oxygen=True, systolic_bp_mmhg=300), **{name: value})
    with pytest.raises(RuleBrokenError, match="is not possible") as refused:
        check_possible(signs, LIMITS)
    assert refused.value.field == name


def test_that_a_refusal_says_what_is_possible_and_what_was_perhaps_meant():
    text = impossible_text(limit("temperature_celsius"), Decimal(371))
    assert text == (
        "Temperature 371 °C is not possible: it lies between 10 and 47 °C. Did you mean 37.1?"
    )


@pytest.mark.parametrize(
    ("name", "typed", "meant"),
    [
        ("temperature_celsius", "371", "37.1"),
        ("temperature_celsius", "3.7", "37"),
        ("spo2_percent", "9", "90"),
        ("spo2_percent", "69", "96"),
        ("spo2_percent", "980", "98"),
        ("respiratory_rate_per_min", "160", "16"),
        ("respiratory_rate_per_min", "61", "16"),
        ("pulse_per_min", "7", "70"),
        ("pulse_per_min", "725", "72"),
        ("systolic_bp_mmhg", "12", "120"),
        ("spo2_percent", "0", None),
        ("pulse_per_min", "0", None),
    ],
)
def test_that_common_slips_are_recognised(name, typed, meant):
    found = likely_meant(limit(name), Decimal(typed))
    assert found == (None if meant is None else Decimal(meant))


def test_that_a_diastolic_above_the_systolic_is_refused():
    signs = VitalSigns(systolic_bp_mmhg=80, diastolic_bp_mmhg=120)
    [finding] = impossible(signs, LIMITS)
    assert finding.field == "diastolic_bp_mmhg"
    assert finding.text == "Diastolic 120 mmHg cannot be above systolic 80 mmHg."


@pytest.mark.parametrize("on_oxygen", [False, None])
def test_that_an_oxygen_flow_needs_oxygen(on_oxygen):
    signs = VitalSigns(on_oxygen=on_oxygen, oxygen_flow_l_per_min=Decimal(2))
    assert fields_of(impossible(signs, LIMITS)) == ["oxygen_flow_l_per_min"]


def test_that_an_unknown_scale_is_refused():
    assert fields_of(impossible(VitalSigns(spo2_scale=3), LIMITS)) == ["spo2_scale"]


def test_that_unusual_values_are_asked_about_and_usual_ones_are_not():
    signs = VitalSigns(spo2_percent=9, pulse_per_min=80, temperature_celsius=Decimal("41.1"))
    findings = unusual(signs, LIMITS)
    assert fields_of(findings) == ["spo2_percent", "temperature_celsius"]
    assert findings[0].text == "SpO₂ 9 % is unusual. 9 → 90? Keep it?"
    assert findings[1].text == "Temperature 41.1 °C is unusual. Keep it?"


def test_that_an_impossible_value_is_not_also_called_unusual():
    assert unusual(VitalSigns(spo2_percent=900), LIMITS) == ()


def test_that_equal_pressures_are_asked_about_unless_there_is_no_pressure():
    equal = VitalSigns(systolic_bp_mmhg=80, diastolic_bp_mmhg=80)
    assert fields_of(unusual(equal, LIMITS)) == ["diastolic_bp_mmhg"]
    none = VitalSigns(systolic_bp_mmhg=0, diastolic_bp_mmhg=0)
    assert all("both" not in finding.text for finding in unusual(none, LIMITS))


def test_that_nothing_measured_is_nothing_to_say():
    assert impossible(VitalSigns(), LIMITS) == unusual(VitalSigns(), LIMITS) == ()
    check_possible(VitalSigns(), LIMITS)


def test_that_usual_lies_within_possible_and_every_scored_number_has_limits():
    for one in LIMITS.by_name.values():
        assert one.possible_from <= one.usual_from < one.usual_to <= one.possible_to
    numbers = {parameter.name for parameter in news2_pack().parameters if parameter.bands}
    assert numbers <= set(LIMITS.by_name)


@pytest.mark.parametrize(
    ("value", "text"), [("37.0", "37"), ("36.8", "36.8"), ("100", "100"), ("0", "0")]
)
def test_that_numbers_never_end_in_a_zero_behind_the_point(value, text):
    assert number_text(Decimal(value)) == text


@given(st.sampled_from(sorted(LIMITS.by_name)), st.decimals(-1000, 1000, places=2))
def test_that_what_was_perhaps_meant_is_always_usual(name, value):
    meant = likely_meant(limit(name), value)
    assert meant is None or (limit(name).is_usual(meant) and meant != value)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"on_oxygen": True, "inspired_oxygen_percent": 20}, "inspired_oxygen_percent"),
        ({"on_oxygen": True, "inspired_oxygen_percent": 101}, "inspired_oxygen_percent"),
        ({"on_oxygen": False, "inspired_oxygen_percent": 24}, "inspired_oxygen_percent"),
        ({"on_oxygen": True, "oxygen_device": OxygenDevice.ROOM_AIR}, "oxygen_device"),
    ],
    ids=["below air", "above pure", "on air", "room air on oxygen"],
)
def test_that_oxygen_that_cannot_be_is_refused(change, field):
    assert [found.field for found in impossible(VitalSigns(**change), LIMITS)] == [field]


@pytest.mark.parametrize(
    "change",
    [
        {"on_oxygen": True, "inspired_oxygen_percent": 28},
        {"on_oxygen": False, "inspired_oxygen_percent": 21},
        {"on_oxygen": False, "oxygen_device": OxygenDevice.ROOM_AIR},
        {"on_oxygen": False, "oxygen_device": OxygenDevice.CPAP},
        {"on_oxygen": True, "oxygen_device": OxygenDevice.VENTURI_MASK},
    ],
    ids=["Venturi", "air", "room air", "CPAP with air", "mask"],
)
def test_that_oxygen_that_can_be_is_accepted(change):
    assert impossible(VitalSigns(**change), LIMITS) == ()


def test_that_the_flow_of_a_high_flow_device_is_not_asked_about():
    def asked(device):
        signs = VitalSigns(on_oxygen=True, oxygen_device=device, oxygen_flow_l_per_min=Decimal(40))
        return fields_of(unusual(signs, LIMITS))

    assert asked(OxygenDevice.HIGH_FLOW) == []
    assert asked(OxygenDevice.NASAL_CANNULA) == ["oxygen_flow_l_per_min"]
