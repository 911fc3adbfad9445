"""What a patient breathes through, by one letter, and the numbers that belong to it. No Qt.

One letter is one device. The number that is set on a device is its own: litres a minute on a
cannula, the inspired per cent on a Venturi mask or a machine. Room air has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ui.observations.reading import NumberReading
from ui.observations.words import AIR_LETTER, DEVICE_LETTERS, DEVICE_WORDS, OXYGEN_LETTER
from ward_app.observations.limits import AIR_PERCENT, PURE_PERCENT, Limit
from ward_app.observations.types import OxygenDevice, VitalSigns

PERCENT = "inspired_oxygen_percent"
FLOW = "oxygen_flow_l_per_min"
UNITS = {PERCENT: "%", FLOW: "L/min"}
ALSO_WITH_AIR = frozenset(
    {OxygenDevice.CPAP, OxygenDevice.NON_INVASIVE, OxygenDevice.TRACHEOSTOMY}
)
"""Devices that are used with air, too: only their numbers say whether it is oxygen."""
_BY_PERCENT = (PERCENT,)
_BY_FLOW = (FLOW,)
_ASKED = {
    OxygenDevice.ROOM_AIR: (),
    OxygenDevice.VENTURI_MASK: _BY_PERCENT,
    OxygenDevice.HIGH_FLOW: (PERCENT, FLOW),
    **dict.fromkeys(ALSO_WITH_AIR, _BY_PERCENT),
}

_SHORT = {
    OxygenDevice.ROOM_AIR: "air",
    OxygenDevice.NASAL_CANNULA: "nasal",
    OxygenDevice.SIMPLE_MASK: "mask",
    OxygenDevice.VENTURI_MASK: "Venturi",
    OxygenDevice.RESERVOIR_MASK: "reservoir",
    OxygenDevice.HIGH_FLOW: "high flow",
    OxygenDevice.CPAP: "CPAP",
    OxygenDevice.NON_INVASIVE: "NIV",
    OxygenDevice.TRACHEOSTOMY: "tracheostomy",
    OxygenDevice.OTHER: "other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceKey:
    """One letter that can be typed.

    Attributes:
        device: None = oxygen, by what is not said.
        asked: the numbers that belong to it, in the order in which they are typed.
    """

    letter: str
    device: OxygenDevice | None
    words: str
    short: str
    asked: tuple[str, ...]

    def signs(self) -> dict[str, Any]:
        """Return what the letter alone says."""
        said: dict[str, Any] = {} if self.device is None else {"oxygen_device": self.device}
        if self.device not in ALSO_WITH_AIR:
            said["on_oxygen"] = self.device is not OxygenDevice.ROOM_AIR
        return said

    @property
    def unit(self) -> str:
        """What stands after the numbers: "% Venturi"; of air, "air"."""
        units = " and ".join(UNITS[name] for name in self.asked)
        also = ", 21 is air" if self.device in ALSO_WITH_AIR else ""
        return f"{units} {self.short}{also}".strip()


def _keys() -> dict[str, DeviceKey]:
    keys = {
        letter: DeviceKey(
            letter=letter,
            device=device,
            words=DEVICE_WORDS[device],
            short=_SHORT[device],
            asked=_ASKED.get(device, _BY_FLOW),
        )
        for device, letter in DEVICE_LETTERS.items()
    }
    unsaid = DeviceKey(
        letter=OXYGEN_LETTER, device=None, words="oxygen", short="oxygen", asked=_BY_FLOW
    )
    return {**keys, OXYGEN_LETTER: unsaid}


DEVICE_KEYS = _keys()
KEY_HELP = ", ".join(f"{key.letter} {key.words}" for key in DEVICE_KEYS.values())
# a letter and its word stay on one line
LEGEND = " · ".join(
    f"{key.letter} {key.short}".replace(" ", "\u00a0") for key in DEVICE_KEYS.values()
)
_PERCENT_LIMIT = Limit(
    name=PERCENT,
    label="Inspired oxygen",
    unit=UNITS[PERCENT],
    decimals=0,
    possible_from=Decimal(AIR_PERCENT),
    possible_to=Decimal(PURE_PERCENT),
    usual_from=Decimal(AIR_PERCENT),
    usual_to=Decimal(PURE_PERCENT),
)


@dataclass(frozen=True, slots=True)
class DeviceReading:
    """The letter alone, as the single form has it."""

    def rewritten(self, text: str) -> str:
        """Return the last letter typed that means something."""
        known = [letter for letter in text.upper() if letter in DEVICE_KEYS]
        return known[-1] if known else ""

    def is_settled(self, text: str) -> bool:
        """Whether a letter is there."""
        return bool(text)

    def signs(self, text: str) -> dict[str, Any]:
        """Return the device, and whether it is oxygen where the letter alone says so."""
        return DEVICE_KEYS[text].signs() if text in DEVICE_KEYS else {}

    def text(self, signs: VitalSigns) -> str:
        """Return the letter, empty when nothing is recorded."""
        device = signs.oxygen_device
        if device is None or (signs.on_oxygen is False and device not in ALSO_WITH_AIR):
            letters = {None: "", False: AIR_LETTER, True: OXYGEN_LETTER}
            return letters[signs.on_oxygen]
        return DEVICE_LETTERS[device]


@dataclass(frozen=True, slots=True)
class OxygenReading:
    """Device and numbers in one cell of the grid: "A", "N2", "V28", "H45/40".

    The device's own number stands first; another one may follow a slash.
    """

    numbers: Mapping[str, NumberReading]

    def rewritten(self, text: str) -> str:
        """Return the last letter typed that means something, and after it its numbers."""
        # of another alphabet, upper case may be longer
        text = "".join(character for character in text if character.isascii())
        letter = DeviceReading().rewritten(text)
        if letter in ("", AIR_LETTER):
            return letter
        first, slash, second = text[text.upper().rindex(letter) + 1 :].partition("/")
        one, other = self._order(letter)
        first = self.numbers[one].rewritten(first)
        if len(DEVICE_KEYS[letter].asked) > 1 and self.numbers[one].is_settled(first):
            slash = "/"
        return letter + first + slash + (self.numbers[other].rewritten(second) if slash else "")

    def is_settled(self, text: str) -> bool:
        """Whether it is air, or the numbers that belong to the device are all there."""
        letter = text[:1]
        if letter in ("", AIR_LETTER):
            return bool(letter)
        first, slash, second = text[1:].partition("/")
        one, other = self._order(letter)
        if slash:
            return self.numbers[other].is_settled(second)
        return len(DEVICE_KEYS[letter].asked) == 1 and self.numbers[one].is_settled(first)

    def signs(self, text: str) -> dict[str, Any]:
        """Return device, numbers, and whether it is oxygen where that is known."""
        typed = DeviceReading().signs(text[:1])
        for name, part in self.parts(text).items():
            typed |= self.numbers[name].signs(part)
        return with_oxygen(typed)

    def text(self, signs: VitalSigns) -> str:
        """Return "A", "N2" or "V28" as typed, empty when not recorded."""
        letter = DeviceReading().text(signs)
        if letter in ("", AIR_LETTER):
            return letter
        one, other = self._order(letter)
        first, second = self.numbers[one].text(signs), self.numbers[other].text(signs)
        return self.rewritten(f"{letter}{first}/{second}" if second else letter + first)

    def parts(self, text: str) -> dict[str, str]:
        """Return the typed numbers by their names; empty for no device."""
        if text[:1] not in DEVICE_KEYS:
            return {}
        first, _, second = text[1:].partition("/")
        return dict(zip(self._order(text[:1]), (first, second), strict=True))

    def _order(self, letter: str) -> tuple[str, str]:
        return (FLOW, PERCENT) if DEVICE_KEYS[letter].asked == _BY_FLOW else (PERCENT, FLOW)


def percent_reading() -> NumberReading:
    """Return the reading of the inspired per cent."""
    return NumberReading(_PERCENT_LIMIT)


def asked_after(letter: str) -> tuple[str, ...]:
    """Return the numbers that belong to a letter; of none, the flow that usually follows."""
    return DEVICE_KEYS[letter].asked if letter in DEVICE_KEYS else _BY_FLOW


def with_oxygen(typed: dict[str, Any]) -> dict[str, Any]:
    """Return what is typed, with air or oxygen where the numbers of a device say which.

    A device that is used with air, too, and has no number yet leaves it unknown.
    """
    if "on_oxygen" in typed or "oxygen_device" not in typed:
        return typed
    if PERCENT in typed:
        return {**typed, "on_oxygen": typed[PERCENT] > AIR_PERCENT}
    if FLOW in typed:
        return {**typed, "on_oxygen": typed[FLOW] > 0}
    return typed
