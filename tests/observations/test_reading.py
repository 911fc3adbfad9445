from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.observations.builders import WELL, signs
from ui.observations.oxygen_keys import DeviceReading
from ui.observations.reading import (
    PressureReading,
    consciousness_reading,
    number_reading,
)
from ward_app.observations.packs import adult_limits
from ward_app.observations.types import Consciousness, OxygenDevice, VitalSigns

LIMITS = adult_limits()
RATE = number_reading(LIMITS, "respiratory_rate_per_min")
SPO2 = number_reading(LIMITS, "spo2_percent")
PULSE = number_reading(LIMITS, "pulse_per_min")
TEMPERATURE = number_reading(LIMITS, "temperature_celsius")
FLOW = number_reading(LIMITS, "oxygen_flow_l_per_min")
PRESSURE = PressureReading(LIMITS.by_name)


def typed(reading, keys):
    """Return what the field shows after the keys, and whether it was settled at each."""
    text, settled = "", []
    for key in keys:
        text = reading.rewritten(text + key)
        settled.append(reading.is_settled(text))
    return text, settled


@pytest.mark.parametrize(
    ("reading", "keys", "text", "settled"),
    [
        (RATE, "16", "16", [False, True]),
        (RATE, "8", "8", [False]),
        (RATE, "0", "0", [False]),
        (RATE, "x1-6", "16", [False, False, False, True]),
        (SPO2, "97", "97", [False, True]),
        (SPO2, "100", "100", [False, False, True]),
        (PULSE, "75", "75", [False, True]),
        (PULSE, "120", "120", [False, False, True]),
        (PULSE, "30", "30", [False, False]),
        (PULSE, "072", "72", [False, False, True]),
        (TEMPERATURE, "36.8", "36.8", [False, False, False, True]),
        (TEMPERATURE, "36,8", "36.8", [False, False, False, True]),
        (TEMPERATURE, "368", "36.8", [False, False, True]),
        (TEMPERATURE, "37", "37", [False, False]),
        (TEMPERATURE, "98", "98", [False, False]),
        (FLOW, "2", "2", [False]),
        (FLOW, "0.5", "0.5", [False, False, True]),
        (PRESSURE, "120/80", "120/80", [False] * 5 + [True]),
        (PRESSURE, "12080", "120/80", [False] * 4 + [True]),
        (PRESSURE, "9560", "95/60", [False] * 3 + [True]),
        (PRESSURE, "95 60", "95/60", [False] * 4 + [True]),
        (PRESSURE, "120/110", "120/110", [False] * 6 + [True]),
        (PRESSURE, "120/8", "120/8", [False] * 5),
        (PRESSURE, "/80", "80/", [False] * 3),
        (PRESSURE, "0/0", "0/0", [False] * 3),
    ],
)
def test_that_a_value_is_settled_only_when_no_key_could_follow(reading, keys, text, settled):
    assert typed(reading, keys) == (text, settled)


@pytest.mark.parametrize(
    ("reading", "keys", "text"),
    [
        (DeviceReading(), "a", "A"),
        (DeviceReading(), "xo", "O"),
        (DeviceReading(), "v", "V"),
        (DeviceReading(), "AO", "O"),
        (DeviceReading(), "2", ""),
        (consciousness_reading(), "v", "V"),
        (consciousness_reading(), "z", ""),
    ],
)
def test_that_letters_are_taken_in_any_case_and_others_ignored(reading, keys, text):
    assert typed(reading, keys)[0] == text


def test_that_what_is_typed_becomes_vital_signs():
    assert RATE.signs("16") == {"respiratory_rate_per_min": 16}
    assert TEMPERATURE.signs("36.8") == {"temperature_celsius": Decimal("36.8")}
    assert PRESSURE.signs("120/") == {"systolic_bp_mmhg": 120}
    assert PRESSURE.signs("120/80") == {"systolic_bp_mmhg": 120, "diastolic_bp_mmhg": 80}
    assert DeviceReading().signs("A") == {
        "on_oxygen": False,
        "oxygen_device": OxygenDevice.ROOM_AIR,
    }
    assert consciousness_reading().signs("C") == {"consciousness": Consciousness.CONFUSION}


@pytest.mark.parametrize("reading", [RATE, PRESSURE, DeviceReading(), TEMPERATURE])
def test_that_nothing_typed_is_nothing_measured_and_never_zero(reading):
    assert reading.signs("") == {}
    assert reading.text(VitalSigns()) == ""


def test_that_a_recorded_set_reads_as_it_would_have_been_typed():
    assert PRESSURE.text(WELL) == "120/80"
    assert PRESSURE.text(signs(diastolic_bp_mmhg=None)) == "120/"
    assert TEMPERATURE.text(signs(temperature_celsius=Decimal("37.0"))) == "37"
    assert DeviceReading().text(WELL) == "A"


@given(
    st.sampled_from([RATE, SPO2, PULSE, TEMPERATURE, FLOW, PRESSURE, DeviceReading()]),
    st.text(max_size=12),
)
def test_that_any_keys_leave_something_readable_or_nothing(reading, keys):
    text, _ = typed(reading, keys)
    assert reading.rewritten(text) == text
    reading.signs(text)


@given(st.integers(0, 99))
def test_that_settling_never_cuts_off_a_possible_respiratory_rate(rate):
    _, settled = typed(RATE, str(rate))
    assert not any(settled[:-1])


@given(st.integers(0, 350))
def test_that_settling_never_cuts_off_a_possible_pulse(pulse):
    _, settled = typed(PULSE, str(pulse))
    assert not any(settled[:-1])


@given(st.integers(0, 300), st.data())
def test_that_settling_never_cuts_off_a_possible_pressure(systolic, data):
    diastolic = data.draw(st.integers(0, min(systolic, 250)))
    text, settled = typed(PRESSURE, f"{systolic}/{diastolic}")
    assert text == f"{systolic}/{diastolic}"
    assert not any(settled[:-1])
