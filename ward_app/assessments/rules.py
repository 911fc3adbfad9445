"""What the answers of an assessment come to. Pure.

Zero is a value, unknown is not zero, and an incomplete assessment is not a score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from ward_app.assessments.types import (
    Answers,
    Band,
    Choice,
    Condition,
    Instrument,
    Item,
    ItemKind,
    Range,
    RecordedAssessment,
    Result,
    Scoring,
)

TEXT_LONGEST = 500
YES, NO = "yes", "no"


def applies(item: Item, answers: Answers) -> bool:
    """Whether an item is asked, given the other answers."""
    return item.only_if is None or holds(item.only_if, answers)


def holds(condition: Condition, answers: Answers) -> bool:
    """Whether the answer that a condition names is one of its values."""
    return answers.get(condition.item) in condition.values


def chosen(item: Item, answer: str | None) -> Choice | None:
    """Return the choice that an answer names; None = there is no such choice."""
    return next((choice for choice in item.choices if choice.value == answer), None)


def is_known(item: Item, answers: Answers) -> bool:
    """Whether an item has an answer that says something."""
    answer = answers.get(item.name)
    choice = chosen(item, answer)
    return answer is not None and (choice is None or not choice.unknown)


def missing(instrument: Instrument, answers: Answers) -> tuple[Item, ...]:
    """Return the items without which the assessment is incomplete."""
    return tuple(
        item
        for item in instrument.items
        if item.required and applies(item, answers) and not is_known(item, answers)
    )


def points(item: Item, answer: str) -> Decimal | None:
    """Return the points of an answer; None = it has none."""
    if item.kind is not ItemKind.NUMBER:
        choice = chosen(item, answer)
        return None if choice is None else choice.points
    number = Decimal(answer)
    if item.own_points:
        return number
    return next((one.points for one in item.ranges if _within(number, one)), None)


def result(instrument: Instrument, answers: Answers) -> Result:
    """Return what answers come to; they must have no `problem`."""
    lacking = tuple(item.name for item in missing(instrument, answers))
    if lacking:
        return Result(complete=False, score=None, band=None, missing=lacking)
    score = total(instrument, answers) if instrument.scoring is Scoring.SUM else None
    found = next((one.name for one in instrument.bands if reaches(one, score, answers)), None)
    return Result(complete=True, score=score, band=found, missing=())


def total(instrument: Instrument, answers: Answers) -> Decimal:
    """Return the sum of the points of these answers."""
    found = (points(item, answers[item.name]) for item in instrument.items if item.name in answers)
    return sum((one for one in found if one is not None), Decimal(0))


def reaches(band: Band, score: Decimal | None, answers: Answers) -> bool:
    """Whether a band holds; without a score a band of totals never does."""
    of_totals = band.lowest is not None or band.highest is not None
    if of_totals and (score is None or not _within(score, band)):
        return False
    return not band.when or any(holds(condition, answers) for condition in band.when)


def problem(item: Item, answer: str) -> str | None:
    """Return why an answer cannot be stored with an item; None = it can."""
    if item.kind is ItemKind.TEXT:
        fits = 0 < len(answer.strip()) <= TEXT_LONGEST
        return None if fits else f"{item.label}: at most {TEXT_LONGEST} letters."
    if item.kind is ItemKind.NUMBER:
        return _number_problem(item, answer)
    if chosen(item, answer) is not None:
        return None
    return f"{item.label}: one of {', '.join(choice.words for choice in item.choices)}."


def first_problem(instrument: Instrument, answers: Answers) -> tuple[str, str] | None:
    """Return the name of the first item that cannot be stored, and why; None = all can."""
    by_name = {item.name: item for item in instrument.items}
    for name, answer in answers.items():
        item = by_name.get(name)
        if item is None:
            return name, "This instrument has no such item."
        if not applies(item, answers):
            return name, f"{item.label} does not belong to these answers."
        found = problem(item, answer)
        if found:
            return name, found
    return None


def asked(instrument: Instrument, answers: Answers) -> dict[str, str]:
    """Return the answers to items that are asked, without those that are not any more."""
    kept = dict(answers)
    for item in instrument.items:
        if item.name in kept and not applies(item, kept):
            del kept[item.name]
    return kept


def canonical(item: Item, answer: str) -> str:
    """Return an answer as it is stored; of a number with all its decimals, no sign of zero."""
    if item.kind is not ItemKind.NUMBER or _number_problem(item, answer):
        return answer.strip()
    # to add zero takes the sign off a zero
    return format(Decimal(answer) + 0, f".{item.decimals}f")


def answer_text(item: Item, answer: str) -> str:
    """Return an answer as it reads."""
    choice = chosen(item, answer)
    if choice is not None:
        return choice.words
    return f"{answer} {item.unit}".rstrip()


def number_text(number: Decimal) -> str:
    """Return a score without trailing zeros."""
    return format(number.normalize() + 0, "f")


def highest(instrument: Instrument) -> Decimal | None:
    """Return the highest possible score; None = there is none."""
    if instrument.scoring is not Scoring.SUM:
        return None
    return sum(
        (max(found) for found in map(possible_points, instrument.items) if found), Decimal(0)
    )


def possible_points(item: Item) -> tuple[Decimal, ...]:
    """Return the points that an item can come to, least first; of own points both ends."""
    if item.own_points and item.possible is not None:
        return item.possible
    found = {choice.points for choice in item.choices} | {one.points for one in item.ranges}
    return tuple(sorted(one for one in found if one is not None))


def keys_of(instruments: Iterable[Instrument]) -> Mapping[str, Instrument]:
    """Return the key that chooses each instrument; a taken one gives way to a free digit."""
    keys: dict[str, Instrument] = {}
    digits = iter("123456789")
    for instrument in instruments:
        key = instrument.key
        while key in keys or not key:
            key = next(digits, "")
            if not key:
                break
        if key:
            keys[key] = instrument
    return keys


def fits_age(instrument: Instrument, months: int | None) -> bool:
    """Whether an instrument is made for an age in months; None = not known, it may be."""
    if months is None:
        return True
    low, high = instrument.from_months, instrument.below_months
    return (low is None or months >= low) and (high is None or months < high)


def before(
    rows: Iterable[RecordedAssessment], one: RecordedAssessment
) -> RecordedAssessment | None:
    """Return the complete assessment in force before one, of the same instrument."""
    earlier = [
        row
        for row in rows
        if row.instrument == one.instrument
        and row.counts
        and row.complete
        and (row.occurred_at, row.id) < (one.occurred_at, one.id)
    ]
    return max(earlier, key=lambda row: (row.occurred_at, row.id), default=None)


def _within(number: Decimal, ends: Band | Range) -> bool:
    return (ends.lowest is None or number >= ends.lowest) and (
        ends.highest is None or number <= ends.highest
    )


def _number_problem(item: Item, answer: str) -> str | None:
    try:
        number = Decimal(answer)
    except InvalidOperation:
        return f"{item.label}: a number."
    low, high = item.possible or (Decimal(0), Decimal(0))
    if not number.is_finite() or not low <= number <= high:
        return f"{item.label}: between {low} and {high} {item.unit}".rstrip() + "."
    if number != round(number, item.decimals):
        return f"{item.label}: {_decimals(item.decimals)}."
    return None


def _decimals(number: int) -> str:
    return f"at most {number} decimals" if number else "a whole number"
