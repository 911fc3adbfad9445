"""The kinds of measurement read from `resources/measurements`: data, checked before use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ward_app.core.errors import ConfigurationError
from ward_app.measurements.rules import derive, impossible, number_text, summary, unusual
from ward_app.measurements.types import (
    Choice,
    Derived,
    Field,
    FieldType,
    Formula,
    Kind,
    UsualRange,
    Value,
)

KINDS_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "measurements"


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the shipped kinds by name, in the order of their keys; read once per process.

    Raises:
        ConfigurationError: a file is missing, damaged or fails its own examples, or two kinds
            have the same key.
    """
    found = sorted(map(load_kind, KINDS_FOLDER.glob("*.json")), key=lambda kind: kind.key)
    if not found or len({kind.key for kind in found}) < len(found):
        raise ConfigurationError(
            "The kinds of measurement are missing or share a key. Install the program again."
        )
    return {kind.name: kind for kind in found}


def kind_title(name: str) -> str:
    """Return what a kind is called; one that this program does not know keeps its name."""
    kind = kinds().get(name)
    return kind.title if kind else name.replace("_", " ").capitalize()


def load_kind(path: Path) -> Kind:
    """Return the kind in a file, after it has passed the examples it carries.

    Raises:
        ConfigurationError: the file is missing or damaged, carries no examples, or one of them
            comes out differently from what it says.
    """
    try:
        content = path.read_bytes()
        data = json.loads(content)
        kind = _kind(path.stem, data, hashlib.sha256(content).hexdigest())
        failed = failed_examples(kind, data)
    except (OSError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ConfigurationError(
            f"The kind of measurement {path.name} is missing or damaged."
            " Install the program again."
        ) from error
    if failed:
        raise ConfigurationError(
            f"The kind of measurement {path.name} does not come out as its own examples say"
            f" ({failed[0]}). It must not be used; install the program again."
        )
    return kind


def failed_examples(kind: Kind, data: Mapping[str, Any]) -> list[str]:
    """Return the names of the embedded examples that come out differently.

    A kind without examples is a ValueError: untested data must not be charted with.
    """
    if not data["examples"]:
        raise ValueError("no examples")
    return [example["name"] for example in data["examples"] if not _passes(kind, example)]


def read_values(kind: Kind, raw: Mapping[str, Any]) -> dict[str, Value]:
    """Return stored values: numbers, kept as text, as `Decimal`; the rest as it is."""
    numbers = {field.name for field in kind.fields if field.type is FieldType.NUMBER}
    return {name: Decimal(value) if name in numbers else value for name, value in raw.items()}


def _passes(kind: Kind, example: Mapping[str, Any]) -> bool:
    values = read_values(kind, example["values"])
    age_months = example.get("age_months")
    derived = {name: number_text(value) for name, value in derive(kind, values).items()}
    refused = [finding.field for finding in impossible(kind, values)]
    asked = [finding.field for finding in unusual(kind, values, age_months)]
    return (derived, refused, asked, summary(kind, values)) == (
        example.get("derived", {}),
        example.get("impossible", []),
        example.get("unusual", []),
        example["summary"],
    )


def _kind(name: str, data: Mapping[str, Any], digest: str) -> Kind:
    if data["name"] != name:
        raise ValueError("named otherwise than its file")
    return Kind(
        name=name,
        version=data["version"],
        hash=digest,
        key=data["key"],
        title=data["title"],
        fields=tuple(_field(entry) for entry in data["fields"]),
        derived=tuple(_derived(entry) for entry in data.get("derived", ())),
        summary=tuple(data["summary"]),
        source=data["source"],
        needs_sign_off=data["needs_sign_off"],
        reassess_minutes=data.get("reassess_minutes"),
    )


def _field(entry: Mapping[str, Any]) -> Field:
    field_type = FieldType(entry["type"])
    possible = _ends(entry["possible"]) if field_type is FieldType.NUMBER else None
    return Field(
        name=entry["name"],
        label=entry["label"],
        type=field_type,
        required=entry.get("required", False),
        unit=entry.get("unit", ""),
        decimals=int(entry.get("decimals", 0)),
        possible=possible,
        usual=tuple(_usual(band) for band in entry.get("usual", ())),
        choices=_choices(entry["choices"]) if field_type is FieldType.CHOICE else (),
    )


def _ends(raw: list[str]) -> tuple[Decimal, Decimal]:
    lowest, highest = map(Decimal, raw)
    return lowest, highest


def _usual(entry: Mapping[str, Any]) -> UsualRange:
    lowest, highest = _ends(entry["range"])
    return UsualRange(
        from_months=entry["from_months"],
        to_months=entry.get("to_months"),
        lowest=lowest,
        highest=highest,
    )


def _choices(entries: list[list[str]]) -> tuple[Choice, ...]:
    choices = tuple(Choice(*entry) for entry in entries)
    if len({choice.key for choice in choices}) < len(choices):
        raise ValueError("two choices share a key")
    return choices


def _derived(entry: Mapping[str, Any]) -> Derived:
    return Derived(
        name=entry["name"],
        label=entry["label"],
        unit=entry.get("unit", ""),
        decimals=int(entry.get("decimals", 0)),
        formula=Formula(entry["formula"]),
        fields=tuple(entry["fields"]),
    )
