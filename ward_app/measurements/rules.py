"""What follows from the values of a measurement: refusals, questions, derived values, one line.

Pure. Zero is a value and unknown is not zero: a derived value needs all it is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ward_app.measurements.types import (
    Derived,
    Field,
    FieldType,
    Finding,
    Formula,
    Kind,
    UsualRange,
    Value,
    Values,
)

TEXT_LONGEST = 200
CM_PER_M = 100


def impossible(kind: Kind, values: Values) -> tuple[Finding, ...]:
    """Return why the values cannot be stored, one finding per field; empty = they can.

    Limits are physiological extremes and hold at every age.
    """
    known = {field.name for field in kind.fields}
    unknown = [
        Finding(name, f"{kind.title} has no value called {name}.")
        for name in values.keys() - known
    ]
    found = [finding for field in kind.fields for finding in _refusal(field, values)]
    return (*sorted(unknown, key=lambda finding: finding.field), *found)


def unusual(kind: Kind, values: Values, age_months: int | None) -> tuple[Finding, ...]:
    """Return what to ask about once before storing; unknown age = nothing is asked."""
    return tuple(
        Finding(field.name, f"{field.label} {value_text(field, value)} is unusual. Keep it?")
        for field in kind.fields
        if (value := values.get(field.name)) is not None
        and not _is_usual(field, value, age_months)
    )


def derive(kind: Kind, values: Values) -> dict[str, Decimal]:
    """Return the derived values that the values suffice for, rounded as they are charted.

    A GCS with "NT" has no total: the part that could not be tested is not zero. Nor do values
    that cannot be stored count.
    """
    fitting = {
        field.name: value
        for field in kind.fields
        if (value := values.get(field.name)) is not None and _fits(field, value)
    }
    found = {one.name: _derived(one, fitting) for one in kind.derived}
    return {name: value for name, value in found.items() if value is not None}


def summary(kind: Kind, values: Values) -> str:
    """Return the values as one line, e.g. "7/10, left hip"; without what is not known.

    A part of the kind's summary names a value as it reads, or with "_value" as it is stored.
    """
    texts = {name: number_text(value) for name, value in derive(kind, values).items()}
    for field in kind.fields:
        if (value := values.get(field.name)) is not None:
            texts[field.name] = value_text(field, value)
            texts[f"{field.name}_value"] = str(value)
    return ", ".join(_parts(kind.summary, texts))


def usual_range(field: Field, age_months: int | None) -> UsualRange | None:
    """Return the usual range at an age in completed months; None = nothing to ask about."""
    if age_months is None:
        return None
    return next((one for one in field.usual if _holds(one, age_months)), None)


def value_text(field: Field, value: Value) -> str:
    """Return a value as it reads: with its unit, a choice in words, a flag as yes or no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{number_text(value)} {field.unit}".rstrip()
    words = {choice.value: choice.words for choice in field.choices}
    return words.get(value, value)


def number_text(value: Decimal) -> str:
    """Return the number without a trailing zero behind the point: "36.8", "37", "100"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def stored_values(values: Values) -> dict[str, bool | str]:
    """Return the values as they are stored: numbers as text."""
    return {
        name: f"{value:f}" if isinstance(value, Decimal) else value
        for name, value in values.items()
    }


def measured_values(
    fields: Sequence[Mapping[str, Any]], stored: Mapping[str, Any]
) -> dict[str, Value]:
    """Return stored values as rules take them, by the fields they were stored under."""
    numbers = {field["name"] for field in fields if field["type"] == FieldType.NUMBER.value}
    return {name: Decimal(value) if name in numbers else value for name, value in stored.items()}


def _refusal(field: Field, values: Values) -> Iterator[Finding]:
    value = values.get(field.name)
    if value is None:
        if field.required:
            yield Finding(field.name, f"{field.label} is missing.")
    elif not _fits(field, value):
        yield Finding(field.name, _refusal_text(field))


def _refusal_text(field: Field) -> str:
    if field.possible:
        lowest, highest = (number_text(end) for end in field.possible)
        return f"{field.label} lies between {lowest} and {highest} {field.unit}".rstrip() + "."
    if field.choices:
        return f"{field.label} is one of {', '.join(choice.words for choice in field.choices)}."
    if field.type is FieldType.TEXT:
        return f"{field.label} has at most {TEXT_LONGEST} letters."
    return f"{field.label} is yes or no."


def _fits(field: Field, value: Value) -> bool:
    if field.type is FieldType.FLAG:
        return isinstance(value, bool)
    if field.type is FieldType.NUMBER:
        return isinstance(value, Decimal) and _is_possible(field, value)
    if field.type is FieldType.CHOICE:
        return value in {choice.value for choice in field.choices}
    return isinstance(value, str) and 0 < len(value) <= TEXT_LONGEST


def _is_possible(field: Field, value: Decimal) -> bool:
    if field.possible is None or not value.is_finite():
        return False
    lowest, highest = field.possible
    return lowest <= value <= highest and value == round(value, field.decimals)


def _is_usual(field: Field, value: Value, age_months: int | None) -> bool:
    usual = usual_range(field, age_months)
    if usual is None or not isinstance(value, Decimal):
        return True
    return usual.lowest <= value <= usual.highest


def _holds(one: UsualRange, age_months: int) -> bool:
    return one.from_months <= age_months and (one.to_months is None or age_months < one.to_months)


def _parts(templates: tuple[str, ...], texts: dict[str, str]) -> Iterator[str]:
    for template in templates:
        try:
            yield template.format_map(texts)
        except KeyError:
            continue


def _derived(one: Derived, values: Values) -> Decimal | None:
    numbers = [_number(values.get(name)) for name in one.fields]
    if one.formula is Formula.DROP:
        result = _drop(numbers)
    else:
        known = [number for number in numbers if number is not None]
        complete = len(known) == len(numbers)
        result = _of_all(one.formula, known) if complete else None
    step = Decimal(1).scaleb(-one.decimals)
    return None if result is None else result.quantize(step, rounding=ROUND_HALF_UP)


def _of_all(formula: Formula, numbers: list[Decimal]) -> Decimal | None:
    if formula is Formula.SUM:
        return sum(numbers, Decimal(0))
    weight_kg, height_cm = numbers
    return weight_kg / (height_cm / CM_PER_M) ** 2 if height_cm else None


def _drop(numbers: list[Decimal | None]) -> Decimal | None:
    """Return the first number less the lowest later one that was measured."""
    before, *after = numbers
    known = [number for number in after if number is not None]
    return before - min(known) if before is not None and known else None


def _number(value: Value | None) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    return Decimal(value) if isinstance(value, str) and value.isdecimal() else None
