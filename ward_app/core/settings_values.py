"""From what was given to the values of the settings: checked, and nothing said twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ward_app.core.settings_keys import Reader
from ward_app.core.settings_sources import Given, Layer

# stands for a value that was wrong, so that it is not compared with another
_WRONG = object()


def read_values(
    layers: list[Layer], keys: Mapping[str, Reader]
) -> tuple[dict[str, Any], list[str]]:
    """Return the values by key, each from the last layer that has it, and what is wrong.

    A value is never repeated in what is wrong: it may be a secret in the wrong place.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for layer in layers:
        for key, entries in layer.items():
            found = [_value(key, entry, keys, problems) for entry in entries]
            if any(value != found[0] for value in found if _WRONG not in (value, found[0])):
                names = " and ".join(entry.source for entry in entries)
                problems.append(f"{names} disagree on {key}; keep one of them.")
            values[key] = found[0]
    return values, problems


def section_of(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the values directly inside one section ("" is the top), by their last word."""
    parts = {key: key.rpartition(".") for key in values}
    return {word: values[key] for key, (section, _, word) in parts.items() if section == name}


def _value(key: str, entry: Given, keys: Mapping[str, Reader], problems: list[str]) -> object:
    """Return the value of an entry; _WRONG, with one problem more, when it may not be."""
    reader = keys.get(key)
    if reader is None:
        problems.append(f"{key} ({entry.source}) is not known; {_known_beside(key, keys)}.")
        return _WRONG
    try:
        return reader(entry.value)
    except ValueError as error:
        problems.append(f"{key} ({entry.source}) must be {entry.may_be or error}.")
        return _WRONG


def _known_beside(key: str, keys: Mapping[str, Reader]) -> str:
    section = key.rpartition(".")[0]
    words = [known for known in keys if known.rpartition(".")[0] == section]
    return "known are " + ", ".join(words or keys)
