"""Possible and usual values of each measurement: refuse the impossible, ask about the unusual.

Pure; the numbers are data (`packs.adult_limits`). Impossible = outside physiological extremes,
which include 0: a pulse of 0 and a temperature of 13 °C are charted, never refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from ward_app.core.errors import RuleBrokenError
from ward_app.observations.rules import SPO2_SCALES
from ward_app.observations.types import OxygenDevice, VitalSigns

AIR_PERCENT, PURE_PERCENT = 21, 100
"""Oxygen in air, rounded, and in pure oxygen: what can be breathed in on a ward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The possible and the usual range of one measurement, all ends included.

    Attributes:
        name: the field of `VitalSigns`.
        label: the word of the chart, as it begins a sentence.
        unit: as shown after a value, e.g. "/min".
        decimals: decimal places that are charted.
    """

    name: str
    label: str
    unit: str
    decimals: int
    possible_from: Decimal
    possible_to: Decimal
    usual_from: Decimal
    usual_to: Decimal

    def is_possible(self, value: Decimal | int) -> bool:
        """Whether a human being can have the value."""
        return self.possible_from <= value <= self.possible_to

    def is_usual(self, value: Decimal | int) -> bool:
        """Whether the value is common enough not to ask about."""
        return self.usual_from <= value <= self.usual_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one age group, by `VitalSigns` field."""

    name: str
    version: str
    by_name: Mapping[str, Limit]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a value: `field` of `VitalSigns` and a sentence."""

    field: str
    text: str


def impossible(signs: VitalSigns, limits: Limits) -> tuple[Finding, ...]:
    """Return why the set cannot be stored, one finding per field; empty = it can."""
    found = {finding.field: finding for finding in _contradictions(signs)}
    found |= {
        limit.name: Finding(limit.name, impossible_text(limit, value))
        for limit, value in _numbers(signs, limits)
        if not limit.is_possible(value)
    }
    return tuple(found.values())


def unusual(signs: VitalSigns, limits: Limits) -> tuple[Finding, ...]:
    """Return what to ask about once before storing; empty = nothing."""
    findings = [
        Finding(limit.name, unusual_text(limit, value))
        for limit, value in _numbers(signs, limits)
        if limit.is_possible(value) and not limit.is_usual(value)
        if not _is_high_flow(signs, limit)
    ]
    systolic, diastolic = signs.systolic_bp_mmhg, signs.diastolic_bp_mmhg
    if systolic and systolic == diastolic:
        text = f"Systolic and diastolic are both {systolic} mmHg. Keep it?"
        findings.append(Finding("diastolic_bp_mmhg", text))
    return tuple(findings)


def check_possible(signs: VitalSigns, limits: Limits) -> None:
    """Accept a set that a human being can have.

    Raises:
        RuleBrokenError: with the sentence and the field of the first impossible value.
    """
    for finding in impossible(signs, limits):
        raise RuleBrokenError(finding.text, field=finding.field)


def impossible_text(limit: Limit, value: Decimal | int) -> str:
    """Return the sentence that refuses a value, with what was perhaps meant."""
    text = (
        f"{limit.label} {number_text(value)} {limit.unit} is not possible: it lies between"
        f" {number_text(limit.possible_from)} and {number_text(limit.possible_to)} {limit.unit}."
    )
    meant = likely_meant(limit, value)
    return text if meant is None else f"{text} Did you mean {number_text(meant)}?"


def unusual_text(limit: Limit, value: Decimal | int) -> str:
    """Return the question about an unusual value: "SpO₂ 9 % is unusual. 9 → 90? Keep it?"."""
    meant = likely_meant(limit, value)
    hint = "" if meant is None else f" {number_text(value)} → {number_text(meant)}?"
    return f"{limit.label} {number_text(value)} {limit.unit} is unusual.{hint} Keep it?"


def likely_meant(limit: Limit, value: Decimal | int) -> Decimal | None:
    """Return the usual value that a common slip turns into `value`, or None.

    Slips: a decimal point left out or set in the wrong place, a last digit too many or
    missing, two digits exchanged.
    """
    for candidate in _slips(Decimal(value)):
        exponent = candidate.normalize().as_tuple().exponent
        charted = isinstance(exponent, int) and -exponent <= limit.decimals
        if charted and candidate != value and limit.is_usual(candidate):
            return candidate
    return None


def number_text(value: Decimal | int) -> str:
    """Return the number without a trailing zero behind the point: "36.8", "37", "100"."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _numbers(signs: VitalSigns, limits: Limits) -> Iterator[tuple[Limit, Decimal | int]]:
    for field in fields(signs):
        limit, value = limits.by_name.get(field.name), getattr(signs, field.name)
        if limit is not None and value is not None:
            yield limit, value


def _is_high_flow(signs: VitalSigns, limit: Limit) -> bool:
    """Whether the number is the flow of a high-flow device, which is usual at any height."""
    high = signs.oxygen_device is OxygenDevice.HIGH_FLOW
    return high and limit.name == "oxygen_flow_l_per_min"


def _contradictions(signs: VitalSigns) -> Iterator[Finding]:
    if signs.spo2_scale not in SPO2_SCALES:
        yield Finding("spo2_scale", "The SpO₂ scale is 1 or 2.")
    systolic, diastolic = signs.systolic_bp_mmhg, signs.diastolic_bp_mmhg
    if systolic is not None and diastolic is not None and diastolic > systolic:
        text = f"Diastolic {diastolic} mmHg cannot be above systolic {systolic} mmHg."
        yield Finding("diastolic_bp_mmhg", text)
    if signs.oxygen_flow_l_per_min is not None and not signs.on_oxygen:
        text = "An oxygen flow was given for a patient who is not on oxygen."
        yield Finding("oxygen_flow_l_per_min", text)
    if signs.inspired_oxygen_percent is not None:
        yield from _inspired_contradictions(signs.inspired_oxygen_percent, signs.on_oxygen)
    if signs.oxygen_device is not None:
        yield from _device_contradictions(signs.oxygen_device, signs.on_oxygen)


def _inspired_contradictions(percent: int, on_oxygen: bool | None) -> Iterator[Finding]:  # noqa: FBT001 - a charted value
    if not AIR_PERCENT <= percent <= PURE_PERCENT:
        text = f"Inspired oxygen {percent} % is not possible: it lies between 21 and 100 %."
        yield Finding("inspired_oxygen_percent", text)
    elif percent > AIR_PERCENT and not on_oxygen:
        text = "Inspired oxygen was given for a patient who is not on oxygen."
        yield Finding("inspired_oxygen_percent", text)


def _device_contradictions(device: OxygenDevice, on_oxygen: bool | None) -> Iterator[Finding]:  # noqa: FBT001 - a charted value
    """Yield what cannot be; CPAP, NIV and tracheostomies are used with air, too."""
    if (device is OxygenDevice.ROOM_AIR) and on_oxygen:
        yield Finding("oxygen_device", "Room air was given for a patient who is on oxygen.")


def _slips(value: Decimal) -> Iterator[Decimal]:
    yield value / 10
    yield value * 10
    digits = number_text(value)
    if digits.isdigit():
        for place in range(len(digits) - 1):
            swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
            yield Decimal(swapped)
        yield Decimal(digits[:-1] or 0)
