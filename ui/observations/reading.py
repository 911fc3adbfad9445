"""How a typed value is read, completed and recognised as finished. Pure functions, no Qt.

A value is settled when no further key could belong to it: 97 % is settled, 10 % may become
100 %. Settled fields hand the cursor on by themselves, which is what keeps a set short.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from ward_app.observations.limits import Limit, Limits, number_text
from ward_app.observations.types import Consciousness, VitalSigns

_LONGEST = 6
_PRESSURE = re.compile(r"(?P<systolic>\d{0,3})(?P<slash>/?)(?P<diastolic>\d{0,3})")


class Reading(Protocol):
    """How one field reads what is typed into it."""

    def rewritten(self, text: str) -> str:
        """Return the text with everything added that was plainly meant, or taken out."""

    def is_settled(self, text: str) -> bool:
        """Whether no further key could belong to the value."""

    def signs(self, text: str) -> dict[str, Any]:
        """Return the fields of `VitalSigns` that were typed; empty when nothing readable was."""

    def text(self, signs: VitalSigns) -> str:
        """Return what would have been typed for a set."""


@dataclass(frozen=True, slots=True)
class NumberReading:
    """One number. With decimals, the point may be left out: "368" is 36.8 °C."""

    limit: Limit

    def rewritten(self, text: str) -> str:
        """Return digits and at most one point; a point left out is put in."""
        marks = "." if self.limit.decimals else ""
        kept = "".join(
            c for c in text.replace(",", ".") if c.isascii() and (c.isdigit() or c in marks)
        )
        whole, point, rest = kept.partition(".")
        if not point and self._lacks_point(whole):
            whole, point, rest = whole[:-1], ".", whole[-1]
        whole = _without_leading_zeros(whole)
        return (whole + point + rest.replace(".", "")[: self.limit.decimals])[:_LONGEST]

    def is_settled(self, text: str) -> bool:
        """Whether one more digit would leave what is possible, or the decimals are all there."""
        _, point, rest = text.partition(".")
        if self.limit.decimals:
            return bool(point) and len(rest) >= self.limit.decimals
        return bool(text) and int(text + "0") > self.limit.possible_to

    def signs(self, text: str) -> dict[str, Any]:
        """Return the number under its name; an int unless it has decimals."""
        try:
            number = Decimal(text)
        except InvalidOperation:
            return {}
        return {self.limit.name: number if self.limit.decimals else int(number)}

    def text(self, signs: VitalSigns) -> str:
        """Return the number as typed, empty when not measured."""
        value = getattr(signs, self.limit.name)
        return "" if value is None else number_text(value)

    def _lacks_point(self, digits: str) -> bool:
        # only a digit more than any possible value has: "98" may be °F, which must be told
        longest = len(str(int(self.limit.possible_to)))
        return self.limit.decimals > 0 and len(digits) > longest


@dataclass(frozen=True, slots=True)
class PressureReading:
    """Systolic and diastolic in one field, "120/80"; the slash may be left out."""

    limits: Mapping[str, Limit]

    def rewritten(self, text: str) -> str:
        """Return "120/80"; any separator is a slash, and a settled systolic gets one."""
        plain = re.sub(r"[^0-9/]+", "/", text)
        found = _PRESSURE.match(re.sub(r"/+", "/", plain))
        systolic, slash, diastolic = (
            found.group("systolic", "slash", "diastolic") if found else ("",) * 3
        )
        systolic, diastolic = map(_without_leading_zeros, (systolic, diastolic))
        if systolic and not slash and self._beyond(systolic + "0", "systolic_bp_mmhg"):
            slash = "/"
        return systolic + (slash if systolic else "") + (diastolic if systolic else "")

    def is_settled(self, text: str) -> bool:
        """Whether one more digit would leave the possible, or pass the systolic."""
        systolic, _, diastolic = text.partition("/")
        if not systolic or not diastolic:
            return False
        longer = int(diastolic + "0")
        beyond = self._beyond(diastolic + "0", "diastolic_bp_mmhg") or longer > int(systolic)
        return beyond and int(diastolic) > 0

    def signs(self, text: str) -> dict[str, Any]:
        """Return what was typed of the two pressures."""
        systolic, _, diastolic = text.partition("/")
        typed = {"systolic_bp_mmhg": systolic, "diastolic_bp_mmhg": diastolic}
        return {name: int(digits) for name, digits in typed.items() if digits}

    def text(self, signs: VitalSigns) -> str:
        """Return the two pressures as typed, empty when not measured."""
        if signs.systolic_bp_mmhg is None:
            return ""
        if signs.diastolic_bp_mmhg is None:
            return f"{signs.systolic_bp_mmhg}/"
        return f"{signs.systolic_bp_mmhg}/{signs.diastolic_bp_mmhg}"

    def _beyond(self, digits: str, name: str) -> bool:
        return int(digits) > self.limits[name].possible_to


@dataclass(frozen=True, slots=True)
class LetterReading:
    """One letter of a few, as A, C, V, P or U."""

    name: str
    values: Mapping[str, Any]

    def rewritten(self, text: str) -> str:
        """Return the last letter typed that means something."""
        known = [letter for letter in text.upper() if letter in self.values]
        return known[-1] if known else ""

    def is_settled(self, text: str) -> bool:
        """Whether a letter is there."""
        return bool(text)

    def signs(self, text: str) -> dict[str, Any]:
        """Return what the letter means."""
        return {self.name: self.values[text]} if text in self.values else {}

    def text(self, signs: VitalSigns) -> str:
        """Return the letter, empty when not recorded."""
        value = getattr(signs, self.name)
        return next((letter for letter, meant in self.values.items() if meant is value), "")


def _without_leading_zeros(digits: str) -> str:
    return str(int(digits)) if digits else ""


def consciousness_reading() -> LetterReading:
    """Return the reading of the ACVPU letters."""
    return LetterReading("consciousness", {level.value: level for level in Consciousness})


def number_reading(limits: Limits, name: str) -> NumberReading:
    """Return the reading of one measured number."""
    return NumberReading(limits.by_name[name])
