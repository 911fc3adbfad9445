"""The shipped templates of notes: data files, each read and checked once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ward_app.core.errors import ConfigurationError
from ward_app.notes.rules import fields_of
from ward_app.notes.types import NoteKind, NoteTemplate, TemplateSection

FOLDER = Path(__file__).parents[2] / "resources" / "notes"

FIELDS = frozenset(
    {
        "patient",
        "place",
        "reason",
        "consultant",
        "expected_discharge",
        "allergies",
        "alerts",
        "score",
        "vital_signs",
        "pain",
        "glucose",
        "devices",
        "next_due",
    }
)
"""What of the chart a template may name."""


@cache
def note_templates() -> tuple[NoteTemplate, ...]:
    """Return the templates in the order of their keys.

    Raises:
        ConfigurationError: a file is missing or damaged, or names what the chart does not have.
    """
    try:
        found = [read_template(path) for path in FOLDER.glob("*.json")]
        _must_differ([template.key for template in found])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(
            "The templates of notes are missing or damaged. Install the program again."
        ) from error
    return tuple(sorted(found, key=lambda template: template.key))


def template_of(kind: NoteKind) -> NoteTemplate:
    """Return the template of a kind of note; StopIteration when there is none."""
    return next(template for template in note_templates() if template.kind is kind)


def read_template(path: Path) -> NoteTemplate:
    """Return the template in a data file.

    Raises:
        OSError: it cannot be read.
        KeyError: something is missing in it.
        ValueError: it is no template, or names a field that the chart does not have.
    """
    data: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    template = NoteTemplate(
        name=path.stem,
        version=data["version"],
        key=data["key"],
        kind=NoteKind(data["kind"]),
        title=data["title"],
        sections=tuple(
            TemplateSection(part["heading"], part["text"], part["hint"])
            for part in data["sections"]
        ),
    )
    if not template.sections or fields_of(template) - FIELDS:
        raise ValueError(f"{path.name}: no section, or an unknown field")
    return template


def _must_differ(keys: list[str]) -> None:
    if not keys or len(set(keys)) < len(keys):
        raise ValueError("no template, or two with one key")
