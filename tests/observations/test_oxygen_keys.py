"""Oxygen by one key: device, and the number that belongs to it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.observations.builders import WELL
from ui.observations.entry_fields import entry_lines
from ui.observations.grid_fields import grid_fields, sheet_texts
from ui.observations.oxygen_keys import DEVICE_KEYS, DeviceReading
from ui.observations.words import device_letters_text, short_oxygen_text
from ward_app.observations.limits import impossible
from ward_app.observations.packs import adult_limits
from ward_app.observations.types import OxygenDevice, VitalSigns

FIELDS = grid_fields(adult_limits())
CELL = next(field for field in FIELDS if field.scored == "on_oxygen")
LINE = next(line for line in entry_lines(adult_limits()) if line.scored == "on_oxygen")


def on(device=None, percent=None, flow=None, *, oxygen=True):
    """Return vital signs of somebody on oxygen."""
    return VitalSigns(
        on_oxygen=oxygen,
        oxygen_device=device,
        inspired_oxygen_percent=percent,
        oxygen_flow_l_per_min=flow,
    )


def typed(keys):
    """Return what the cell shows after the keys, and whether it was settled at the last."""
    text = ""
    for key in keys:
        text = CELL.reading.rewritten(text + key)
    return text, CELL.reading.is_settled(text)


def test_that_every_device_has_one_letter_of_its_own():
    devices = [key.device for key in DEVICE_KEYS.values()]
    assert set(devices) == {*OxygenDevice, None}
    assert len(devices) == len(set(devices))
    assert all(DEVICE_KEYS[letter].letter == letter for letter in DEVICE_KEYS)


@pytest.mark.parametrize(
    ("keys", "text", "settled", "signs"),
    [
        ("a", "A", True, on(OxygenDevice.ROOM_AIR, oxygen=False)),
        ("n2", "N2", False, on(OxygenDevice.NASAL_CANNULA, flow=Decimal(2))),
        ("n2.5", "N2.5", True, on(OxygenDevice.NASAL_CANNULA, flow=Decimal("2.5"))),
        ("v28", "V28", True, on(OxygenDevice.VENTURI_MASK, 28)),
        ("v28/4", "V28/4", False, on(OxygenDevice.VENTURI_MASK, 28, Decimal(4))),
        ("r15", "R15", False, on(OxygenDevice.RESERVOIR_MASK, flow=Decimal(15))),
        ("h4540", "H45/40", False, on(OxygenDevice.HIGH_FLOW, 45, Decimal(40))),
        ("c21", "C21", True, on(OxygenDevice.CPAP, 21, oxygen=False)),
        ("b40", "B40", True, on(OxygenDevice.NON_INVASIVE, 40)),
        ("t", "T", False, on(OxygenDevice.TRACHEOSTOMY, oxygen=None)),
        ("t/5", "T/5", False, on(OxygenDevice.TRACHEOSTOMY, flow=Decimal(5))),
        ("x3", "X3", False, on(OxygenDevice.OTHER, flow=Decimal(3))),
        ("o", "O", False, on()),
        ("o2/24", "O2/24", True, on(flow=Decimal(2), percent=24)),
        ("v2a", "A", True, on(OxygenDevice.ROOM_AIR, oxygen=False)),
        ("28", "", False, on(oxygen=None)),
        ("ßn2", "N2", False, on(OxygenDevice.NASAL_CANNULA, flow=Decimal(2))),
    ],
    ids=lambda each: each if isinstance(each, str) else None,
)
def test_that_a_cell_takes_device_and_number(keys, text, settled, signs):
    assert typed(keys) == (text, settled)
    assert VitalSigns(**CELL.reading.signs(text)) == signs


DEVICES = st.sampled_from([key.device for key in DEVICE_KEYS.values()])
FLOWS = st.none() | st.integers(1, 60).map(Decimal)


@given(DEVICES, st.none() | st.integers(22, 100), FLOWS)
def test_that_a_recorded_set_reads_as_it_would_be_typed_in_cell_and_sheet(device, percent, flow):
    signs = on(device, percent, flow)
    if device is OxygenDevice.ROOM_AIR:
        signs = on(device, oxygen=False)
    elif (
        percent is None
        and flow is None
        and not DEVICE_KEYS[letter_of(signs)].signs().get("on_oxygen")
    ):
        signs = replace(signs, on_oxygen=None)
    text = CELL.reading.text(signs)
    assert VitalSigns(**CELL.reading.signs(text)) == signs
    assert CELL.reading.rewritten(text) == text
    sheet = sheet_texts((CELL,), [text]).get("on_oxygen", "||")
    parts = zip(LINE.fields, sheet.split("|"), strict=True)
    in_sheet = LINE.whole(
        {k: v for one, part in parts for k, v in one.reading.signs(part).items()}
    )
    assert VitalSigns(**in_sheet) == signs


def letter_of(signs):
    return DeviceReading().text(signs)


@given(st.text(max_size=10))
def test_that_any_keys_leave_something_readable_in_the_cell(keys):
    text, _settled = typed(keys)
    assert CELL.reading.rewritten(text) == text
    CELL.reading.signs(text)


def test_that_a_device_used_with_air_says_nothing_of_oxygen_without_its_number():
    for letter in ("C", "B", "T"):
        assert "on_oxygen" not in CELL.reading.signs(letter)
        assert CELL.reading.signs(f"{letter}21")["on_oxygen"] is False
        assert CELL.reading.signs(f"{letter}24")["on_oxygen"] is True


def test_that_a_flow_with_21_per_cent_is_refused():
    signs = VitalSigns(**CELL.reading.signs("C21/5"))
    assert [one.field for one in impossible(signs, adult_limits())] == ["oxygen_flow_l_per_min"]


@pytest.mark.parametrize(
    ("signs", "words"),
    [
        (WELL, "Air"),
        (on(OxygenDevice.ROOM_AIR, oxygen=False), "Air"),
        (VitalSigns(), ""),
        (on(), "O₂"),
        (on(flow=Decimal(2)), "2 L"),
        (on(OxygenDevice.NASAL_CANNULA, flow=Decimal(2)), "N 2 L"),
        (on(OxygenDevice.VENTURI_MASK, 28, Decimal(4)), "V 28 %"),
        (on(OxygenDevice.CPAP, oxygen=False), "C air"),
        (on(OxygenDevice.TRACHEOSTOMY, oxygen=None), "T"),
    ],
    ids=["air", "room air", "nothing", "oxygen", "flow", "cannula", "venturi", "cpap", "trache"],
)
def test_that_oxygen_reads_short_with_device_and_number(signs, words):
    assert short_oxygen_text(signs) == words


def test_that_the_letters_used_are_explained_once_each():
    used = [OxygenDevice.VENTURI_MASK, OxygenDevice.ROOM_AIR, OxygenDevice.VENTURI_MASK]
    assert device_letters_text(used) == "V Venturi mask"
