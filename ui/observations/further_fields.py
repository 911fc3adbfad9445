"""Lines for the signs that only some packs score, made from the pack's own data. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ui.observations.entry_fields import LETTER_WIDTH_PX, WIDTH_PX, EntryField, EntryLineOfForm
from ui.observations.reading import NumberReading, Reading
from ward_app.observations.limits import Limit, number_text
from ward_app.observations.rules import FurtherKind, Parameter, ScorePack
from ward_app.observations.types import VitalSigns

_LARGEST = Decimal(999)
_LONG_LEGEND = 20


@dataclass(frozen=True, slots=True)
class ChoiceReading:
    """One key letter of a choice, or of yes and no."""

    name: str
    values: Mapping[str, bool | str]

    def rewritten(self, text: str) -> str:
        """Return the last letter typed that means something."""
        known = [letter for letter in text.upper() if letter in self.values]
        return known[-1] if known else ""

    def is_settled(self, text: str) -> bool:
        """Whether a letter is there."""
        return bool(text)

    def signs(self, text: str) -> dict[str, Any]:
        """Return what the letter means."""
        return {"further": {self.name: self.values[text]}} if text in self.values else {}

    def text(self, signs: VitalSigns) -> str:
        """Return the letter, empty when not recorded."""
        value = signs.further.get(self.name)
        return next((letter for letter, meant in self.values.items() if meant == value), "")


@dataclass(frozen=True, slots=True)
class FurtherNumberReading:
    """One number of a pack; what is possible for it the pack does not say."""

    number: NumberReading

    def rewritten(self, text: str) -> str:
        """Return digits, and a point where the pack counts decimals."""
        return self.number.rewritten(text)

    def is_settled(self, text: str) -> bool:
        """Whether no further digit could belong to it."""
        return self.number.is_settled(text)

    def signs(self, text: str) -> dict[str, Any]:
        """Return the number under its name."""
        read = self.number.signs(text)
        return {"further": {name: Decimal(value) for name, value in read.items()}} if read else {}

    def text(self, signs: VitalSigns) -> str:
        """Return the number as typed, empty when not recorded."""
        value = signs.further.get(self.number.limit.name)
        return number_text(value) if isinstance(value, Decimal) else ""


def further_lines(pack: ScorePack | None) -> tuple[EntryLineOfForm, ...]:
    """Return a line for each sign that the pack alone asks for, in its order."""
    parameters = pack.parameters if pack else ()
    return tuple(_line(one) for one in parameters if one.further is not None)


def _line(parameter: Parameter) -> EntryLineOfForm:
    is_number = parameter.further is FurtherKind.NUMBER
    reading = _number(parameter) if is_number else _choice(parameter)
    meanings = {option.key: option.label for option in parameter.options.values()}
    keys = " · ".join(f"{key} {words}" for key, words in meanings.items())
    short = len(keys) <= _LONG_LEGEND
    field = EntryField(
        name=parameter.name,
        label=parameter.label,
        reading=reading,
        unit=parameter.unit if is_number else keys if short else "one letter, below",
        meanings=meanings,
        width_px=WIDTH_PX if is_number else LETTER_WIDTH_PX,
        key_help=f"{parameter.label}: {keys or parameter.unit}",
    )
    legend = "" if is_number or short else keys
    return EntryLineOfForm((field,), parameter.name, reading.text, legend=legend)


def _choice(parameter: Parameter) -> Reading:
    values = {option.key: value for value, option in parameter.options.items()}
    return ChoiceReading(parameter.name, values)


def _number(parameter: Parameter) -> Reading:
    exponent = parameter.step.as_tuple().exponent
    limit = Limit(
        name=parameter.name,
        label=parameter.label,
        unit=parameter.unit,
        decimals=-exponent if isinstance(exponent, int) else 0,
        possible_from=Decimal(0),
        possible_to=_LARGEST,
        usual_from=Decimal(0),
        usual_to=_LARGEST,
    )
    return FurtherNumberReading(NumberReading(limit))
