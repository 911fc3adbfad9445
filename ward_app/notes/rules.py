"""What follows from notes and templates. Pure.

What the chart does not know is said to be not recorded; it is never left out of a note.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from ward_app.notes.types import (
    HIT_BEGINS,
    HIT_ENDS,
    Note,
    NoteTemplate,
    Section,
    Severity,
    Symptom,
)

NOT_RECORDED = "not recorded"
_FIELD = re.compile(r"\{([a-z_]+)\}")
_HIT = re.compile(f"{HIT_BEGINS}(.*?){HIT_ENDS}", re.DOTALL)
_WORD = re.compile(r"\w+")


class Thread(NamedTuple):
    """A note and what was added to it, the first addition first."""

    note: Note
    additions: tuple[Note, ...]

    @property
    def latest_at(self) -> datetime:
        """When the note or the last addition to it was signed, aware."""
        return max(row.recorded_at for row in (self.note, *self.additions))


def fields_of(template: NoteTemplate) -> frozenset[str]:
    """Return the names of the chart's fields that a template asks for."""
    return frozenset(
        name for section in template.sections for name in _FIELD.findall(section.text)
    )


def filled(text: str, values: Mapping[str, str | None]) -> str:
    """Return a template's text with the chart's values in place of the names in braces.

    A value comes with its time, as handed in; None = "not recorded".

    Raises:
        KeyError: the text names a field that `values` does not know of.
    """
    return _FIELD.sub(lambda found: values[found[1]] or NOT_RECORDED, text)


def written(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return the sections that say something, without space around their words."""
    stripped = (Section(one.heading.strip(), one.text.strip()) for one in sections)
    return tuple(one for one in stripped if one.text)


def body_text(sections: Iterable[Section]) -> str:
    """Return the sections as one text, each heading on a line of its own.

    The database makes the same of them (`report.note_body`); a test holds both together.
    """
    return "\n\n".join("\n".join(filter(None, (one.heading, one.text))) for one in sections)


def symptom_title(symptom: Symptom) -> str:
    """Return "Pain in the chest, severe"; without the severity where it was not said."""
    words = {Severity.MILD: "mild", Severity.MODERATE: "moderate", Severity.SEVERE: "severe"}
    return ", ".join(
        filter(None, (symptom.name, words[symptom.severity] if symptom.severity else ""))
    )


def threads(notes: Iterable[Note]) -> tuple[Thread, ...]:
    """Return notes with their additions, what was signed last first.

    An addition whose note is not among them stands by itself.
    """
    rows = [note for note in notes if not note.superseded]
    known = {note.note_id for note in rows if note.about_id is None}
    additions: dict[UUID, list[Note]] = defaultdict(list)
    for note in sorted(rows, key=lambda one: (one.recorded_at, one.id)):
        if note.about_id in known and note.about_id is not None:
            additions[note.about_id].append(note)
    found = [
        Thread(note, tuple(additions[note.note_id] if note.about_id is None else ()))
        for note in rows
        if note.about_id not in known
    ]
    return tuple(sorted(found, key=lambda one: (one.latest_at, one.note.id), reverse=True))


def is_in_force(note: Note) -> bool:
    """Whether a note stands: neither corrected since nor struck out."""
    return not note.superseded and not note.struck_out


def may_correct(note: Note, user_id: UUID) -> bool:
    """Whether somebody may correct a note: its own author, as long as it is in force."""
    return is_in_force(note) and note.recorded_by == user_id


def hit_words(marked: str) -> frozenset[str]:
    """Return the words that the database marked, in lower case."""
    return frozenset(found.lower() for found in _HIT.findall(marked))


def hit_spans(text: str, words: frozenset[str]) -> tuple[tuple[int, int], ...]:
    """Return where in a text these words stand, from and up to; whole words only."""
    return tuple(found.span() for found in _WORD.finditer(text) if found[0].lower() in words)
