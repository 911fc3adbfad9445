"""The fields of a NEWS2 set as data, in the order in which a nurse takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ui.observations.oxygen_keys import (
    DEVICE_KEYS,
    FLOW,
    KEY_HELP,
    LEGEND,
    PERCENT,
    DeviceReading,
    asked_after,
    percent_reading,
    with_oxygen,
)
from ui.observations.reading import (
    PressureReading,
    Reading,
    consciousness_reading,
    number_reading,
)
from ui.observations.words import (
    CONSCIOUSNESS_WORDS,
    NOT_MEASURED,
    pressure_text,
    short_oxygen_text,
)
from ward_app.observations.limits import Limits, number_text
from ward_app.observations.types import Score, VitalSigns

WIDTH_PX = 88
LETTER_WIDTH_PX = 36
_GAP_PX = 4

_TYPED_WITH = {"systolic_bp_mmhg": ("diastolic_bp_mmhg",)}

Typed = dict[str, Any]


def _as_typed(typed: Typed) -> Typed:
    return typed


def _nothing_asked(_letter: str) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryField:
    """One value to type.

    Attributes:
        name: the field of `VitalSigns` it is known by.
        unit: words after the value; of a letter, the letters that can be typed.
        meanings: of a letter, what stands after it once it is typed.
        repeats: "." repeats the previous value.
        width_px: of the line.
        key_help: the keys, as a tooltip.
    """

    name: str
    label: str
    reading: Reading
    unit: str
    meanings: Mapping[str, str] = field(default_factory=dict)
    repeats: bool = False
    width_px: int = WIDTH_PX
    key_help: str = ""


@dataclass(frozen=True, slots=True)
class EntryLineOfForm:
    """One line of the form: one value, or a letter with the numbers that belong to it.

    Attributes:
        scored: the field of `VitalSigns` whose points stand at its end.
        before: how the previous set reads here, short; empty = was not measured.
        asked: names of the further fields that belong to the letter in the first.
        whole: adds what follows from the values of the line together.
        legend: what the letters mean, always in sight; empty = the unit says it.
    """

    fields: tuple[EntryField, ...]
    scored: str
    before: Callable[[VitalSigns], str]
    asked: Callable[[str], tuple[str, ...]] = _nothing_asked
    whole: Callable[[Typed], Typed] = _as_typed
    legend: str = ""


def points_of_line(score: Score | None, scored: str) -> int | None:
    """Return the points of a line; None where it is not measured or not scored.

    Some packs score the diastolic pressure too, which is typed in the line of the systolic.
    """
    if score is None:
        return None
    found = [score.points[n] for n in (scored, *_TYPED_WITH.get(scored, ())) if n in score.points]
    return sum(found) if found else None


def entry_lines(limits: Limits) -> tuple[EntryLineOfForm, ...]:
    """Return the lines of a full NEWS2 set, in the order of the chart."""
    return (
        _number_line(limits, "respiratory_rate_per_min", "Respirations"),
        _number_line(limits, "spo2_percent", "SpO₂"),
        EntryLineOfForm(
            (_device(), _percent(), _flow(limits)),
            "on_oxygen",
            _oxygen_before,
            asked_after,
            with_oxygen,
            LEGEND,
        ),
        EntryLineOfForm((_pressure(limits),), "systolic_bp_mmhg", _pressure_before),
        _number_line(limits, "pulse_per_min", "Pulse"),
        EntryLineOfForm((_consciousness(),), "consciousness", _consciousness_before),
        _number_line(limits, "temperature_celsius", "Temperature"),
    )


def _number_line(limits: Limits, name: str, label: str) -> EntryLineOfForm:
    limit = limits.by_name[name]
    point = "; the point may be left out: 368 is 36.8" if limit.decimals else ""
    number = EntryField(
        name=name,
        label=label,
        reading=number_reading(limits, name),
        unit=limit.unit,
        key_help=f"{limit.possible_from} to {limit.possible_to} {limit.unit}{point}",
    )
    return EntryLineOfForm((number,), name, lambda signs: _number_before(signs, name))


def _device() -> EntryField:
    return EntryField(
        name="on_oxygen",
        label="Air or oxygen",
        reading=DeviceReading(),
        unit="one letter, below",
        meanings={letter: key.unit for letter, key in DEVICE_KEYS.items()},
        repeats=True,
        width_px=LETTER_WIDTH_PX,
        key_help=f"{KEY_HELP}; . as before",
    )


def _percent() -> EntryField:
    return EntryField(
        name=PERCENT,
        label="Inspired oxygen, per cent",
        reading=percent_reading(),
        unit="%",
        width_px=WIDTH_PX - LETTER_WIDTH_PX - _GAP_PX,
        key_help="As set on the mask or machine, 21 to 100 %; 21 % is air",
    )


def _flow(limits: Limits) -> EntryField:
    return EntryField(
        name=FLOW,
        label="Oxygen flow, litres a minute",
        reading=number_reading(limits, FLOW),
        unit="L/min",
        width_px=WIDTH_PX - LETTER_WIDTH_PX - _GAP_PX,
        key_help="Litres a minute; Enter alone when it is not known",
    )


def _pressure(limits: Limits) -> EntryField:
    return EntryField(
        name="systolic_bp_mmhg",
        label="Blood pressure",
        reading=PressureReading(limits.by_name),
        unit="mmHg",
        key_help="Systolic and diastolic: 120/80, the slash may be left out",
    )


def _consciousness() -> EntryField:
    meanings = {level.value: words for level, words in CONSCIOUSNESS_WORDS.items()}
    keys = ", ".join(f"{letter} {words}" for letter, words in meanings.items())
    return EntryField(
        name="consciousness",
        label="Consciousness",
        reading=consciousness_reading(),
        unit="A C V P U",
        meanings=meanings,
        repeats=True,
        key_help=f"{keys}, . as before",
    )


def _number_before(signs: VitalSigns, name: str) -> str:
    value = getattr(signs, name)
    return "" if value is None else number_text(value)


def _oxygen_before(signs: VitalSigns) -> str:
    short = short_oxygen_text(signs)
    return f"O₂ {short}" if short[:1].isdigit() else short


def _pressure_before(signs: VitalSigns) -> str:
    text = pressure_text(signs)
    return "" if text == NOT_MEASURED else text.removesuffix(" mmHg")


def _consciousness_before(signs: VitalSigns) -> str:
    return signs.consciousness.value if signs.consciousness else ""
