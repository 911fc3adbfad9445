"""Instruments read from pack files: data, checked and tested before they are used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ward_app.assessments.rules import NO, YES, first_problem, possible_points, reaches, result
from ward_app.assessments.types import (
    Band,
    Choice,
    Condition,
    Event,
    Instrument,
    Item,
    ItemKind,
    Licence,
    Proposal,
    Range,
    Reassess,
    Scoring,
    Tone,
)
from ward_app.core.errors import ConfigurationError

INSTRUMENTS_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "instruments"
INSTRUMENT_NAMES = ("pain_nrs", "pain_verbal", "bristol", "falls", "after_fall")
_YES_NO = (("Y", YES, "yes"), ("N", NO, "no"))
# so many instruments are in use at once, in all their versions, before one is read anew
_KEPT = 128


@cache
def shipped() -> tuple[Instrument, ...]:
    """Return the instruments that are delivered; read and tested once per process.

    Raises:
        ConfigurationError: as `load_instrument`.
    """
    return tuple(load_instrument(INSTRUMENTS_FOLDER / f"{name}.json") for name in INSTRUMENT_NAMES)


def load_instrument(path: Path) -> Instrument:
    """Return the instrument in a file, after it has passed the test vectors it carries.

    Raises:
        ConfigurationError: the file is missing or damaged, or does not come out as its own
            vectors say.
    """
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The instrument file {path.name} cannot be read.") from error
    return read_instrument(content, path.name)


@lru_cache(maxsize=_KEPT)
def read_instrument(content: str, called: str) -> Instrument:
    """Return the instrument of a file's content, after it has passed the vectors it carries.

    Args:
        content: the file; its hash is the instrument's.
        called: the file's name, for the sentence of an error.

    Raises:
        ConfigurationError: as `load_instrument`; the sentence says what is wrong.
    """
    try:
        data = json.loads(content, parse_float=Decimal)
        instrument = _instrument(data, hashlib.sha256(content.encode()).hexdigest())
        wrong = next(_problems(instrument, data["vectors"]), None)
    except KeyError as error:
        raise _damaged(called, f"the entry {error} is missing") from error
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise _damaged(called, str(error)) from error
    if wrong:
        raise _damaged(called, wrong)
    return instrument


def _damaged(called: str, why: str) -> ConfigurationError:
    return ConfigurationError(f"The instrument {called} must not be used: {why}.")


def _instrument(data: Mapping[str, Any], digest: str) -> Instrument:
    licence = data["licence"]
    return Instrument(
        name=data["name"],
        version=data["version"],
        hash=digest,
        title=data["title"],
        key=data.get("key", "").upper(),
        scoring=Scoring(data["scoring"]),
        items=tuple(_item(entry) for entry in data["items"]),
        bands=tuple(_band(entry) for entry in data["bands"]),
        suggested=read_reassess(data.get("reassess") or {}),
        licence=Licence(bool(licence["free"]), licence["holder"], licence["text"]),
        work_minutes=int(data["work_minutes"]),
        from_months=_whole(data.get("for", {}).get("from_months")),
        below_months=_whole(data.get("for", {}).get("below_months")),
        records=Event(data["records"]) if "records" in data else None,
        source=data["source"],
        needs_sign_off=data.get("needs_sign_off", ""),
    )


def read_reassess(data: Mapping[str, Any]) -> Reassess:
    """Return when an instrument is due, as a file or a site's setting says.

    Raises:
        ValueError, TypeError: it is not readable.
    """
    return Reassess(
        after=tuple(Event(event) for event in data.get("after", ())),
        first_minutes=_whole(data.get("first_minutes")),
        again_minutes=_whole(data.get("again_minutes")),
        by_band={name: int(minutes) for name, minutes in data.get("by_band", {}).items()},
        basis=data.get("basis", ""),
    )


def _whole(value: int | None) -> int | None:
    return None if value is None else int(value)


def _item(entry: Mapping[str, Any]) -> Item:
    kind = ItemKind(entry["kind"])
    own = entry.get("points") == "value"
    ranges = () if own or kind is not ItemKind.NUMBER else entry.get("points", ())
    return Item(
        name=entry["name"],
        label=entry["label"],
        kind=kind,
        required=bool(entry.get("required", True)),
        choices=_choices(entry, kind),
        possible=_ends(entry["possible"]) if kind is ItemKind.NUMBER else None,
        decimals=int(entry.get("decimals", 0)),
        unit=entry.get("unit", ""),
        own_points=own,
        ranges=tuple(
            Range(_decimal(one.get("from")), _decimal(one.get("to")), Decimal(one["points"]))
            for one in ranges
        ),
        only_if=_condition(entry["only_if"]) if "only_if" in entry else None,
    )


def _choices(entry: Mapping[str, Any], kind: ItemKind) -> tuple[Choice, ...]:
    if kind is ItemKind.YES_NO:
        given = entry.get("points", {})
        return tuple(Choice(value, key, words, _decimal(given.get(value)))
                     for key, value, words in _YES_NO)  # fmt: skip
    return tuple(
        Choice(
            one["value"],
            one["key"].upper(),
            one["words"],
            _decimal(one.get("points")),
            bool(one.get("unknown", False)),
        )
        for one in entry.get("choices", ())
    )


def _band(entry: Mapping[str, Any]) -> Band:
    return Band(
        name=entry["name"],
        words=entry["words"],
        tone=Tone(entry["tone"]),
        lowest=_decimal(entry.get("from")),
        highest=_decimal(entry.get("to")),
        when=tuple(_condition(one) for one in entry.get("when", ())),
        actions=tuple(entry.get("actions", ())),
        proposals=tuple(
            Proposal(one["task"], int(one["minutes"])) for one in entry.get("tasks", ())
        ),
    )


def _condition(entry: Mapping[str, Any]) -> Condition:
    return Condition(entry["item"], frozenset(entry["is"]))


def _ends(raw: Any) -> tuple[Decimal, Decimal]:
    low, high = raw
    return Decimal(low), Decimal(high)


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _problems(instrument: Instrument, vectors: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what is wrong with an instrument; nothing when it can be used."""
    yield from _shape_problems(instrument)
    for item in instrument.items:
        yield from _item_problems(instrument, item)
    yield from _uncovered(instrument)
    for vector in vectors:
        yield from _vector_problems(instrument, vector)
    reached = {vector["band"] for vector in vectors}
    for band in instrument.bands:
        if band.name not in reached:
            yield f"no test reaches the band {band.words!r}"
    if None not in reached:
        yield "no test is incomplete"


def _shape_problems(instrument: Instrument) -> Iterator[str]:
    for what, names in (
        ("items", [item.name for item in instrument.items]),
        ("bands", [band.name for band in instrument.bands]),
    ):
        if not names or len(set(names)) < len(names):
            yield f"it has no {what}, or two of one name"
    if len(instrument.key) > 1 or (instrument.key and not instrument.key.isalnum()):
        yield "its key is not a letter or a digit"
    if not instrument.licence.text.strip() or not instrument.source.strip():
        yield "it does not say where it comes from and under which licence"
    unknown = set(instrument.suggested.by_band) - {band.name for band in instrument.bands}
    if unknown:
        yield f"its times name no band of it: {', '.join(sorted(unknown))}"


def _item_problems(instrument: Instrument, item: Item) -> Iterator[str]:
    keys = [choice.key for choice in item.choices]
    if len(set(keys)) < len(keys) or any(len(key) != 1 for key in keys):
        yield f"the answers of {item.label!r} need a key each"
    if item.kind is ItemKind.CHOICE and len(item.choices) < 2:  # noqa: PLR2004 - a choice
        yield f"{item.label!r} needs two answers or more"
    if item.possible is not None and item.possible[0] >= item.possible[1]:
        yield f"{item.label!r} needs a lowest and a highest number"
    named = ([item.only_if] if item.only_if else []) + [
        one for band in instrument.bands for one in band.when
    ]
    known = {other.name for other in instrument.items}
    if any(one.item not in known for one in named):
        yield f"{item.label!r}, or a band, depends on an item that is not there"
    if instrument.scoring is Scoring.SUM and possible_points(item):
        yield from _points_problems(item)


def _points_problems(item: Item) -> Iterator[str]:
    if not item.required:
        yield f"{item.label!r} has points and must be answered"
    if any(choice.points is None and not choice.unknown for choice in item.choices):
        yield f"an answer of {item.label!r} has no points"
    if any(choice.unknown and choice.points is not None for choice in item.choices):
        yield f"an answer of {item.label!r} is not known and has points"


def _uncovered(instrument: Instrument) -> Iterator[str]:
    """Yield that a total is in no band."""
    if instrument.scoring is not Scoring.SUM or any(band.when for band in instrument.bands):
        return
    scored = [found for found in map(_every_points, instrument.items) if found]
    if not scored:
        yield "no item has points"
        return
    totals = {Decimal(0)}
    for found in scored:
        totals = {total + one for total in totals for one in found}
    for total in sorted(totals):
        if not any(reaches(band, total, {}) for band in instrument.bands):
            yield f"the total {total} is in no band"
            return


def _every_points(item: Item) -> tuple[Decimal, ...]:
    """Return all points that an item can come to."""
    if not item.own_points or item.possible is None:
        return possible_points(item)
    step, (low, high) = Decimal(1).scaleb(-item.decimals), item.possible
    return tuple(low + step * number for number in range(int((high - low) / step) + 1))


def _vector_problems(instrument: Instrument, vector: Mapping[str, Any]) -> Iterator[str]:
    answers = vector["answers"]
    refused = first_problem(instrument, answers)
    if refused is not None:
        yield f"its test {vector['name']!r} is not possible: {refused[1]}"
        return
    found = result(instrument, answers)
    wanted = (_decimal(vector.get("score")), vector["band"])
    if (found.score, found.band) != wanted:
        yield f"it does not come out as its own test {vector['name']!r} says"
