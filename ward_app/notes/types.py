"""The words of nursing notes: what is written, what is read, what a template declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

HIT_BEGINS, HIT_ENDS = "\ue000", "\ue001"
"""What the database puts before and after a word that was looked for; of no script."""


class NoteKind(StrEnum):
    """What a note is about."""

    SBAR = "sbar"
    PROGRESS = "progress"
    EVENT = "event"
    FAMILY = "family"
    PROCEDURE = "procedure"
    SYMPTOM = "symptom"


class Severity(StrEnum):
    """How bad a symptom is, as the patient says."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a note; an empty heading is one without."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class TemplateSection:
    """A part of a template: heading, the words it begins with, and what to write there.

    `text` names fields of the chart in braces: "NEWS2 {score}.".
    """

    heading: str
    text: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTemplate:
    """A template as its data file declares it.

    Attributes:
        name: the file's name without its ending; kept with a note, together with the version.
        key: the digit or letter that chooses it.
        title: what the note is called unless somebody says otherwise.
    """

    name: str
    version: str
    key: str
    kind: NoteKind
    title: str
    sections: tuple[TemplateSection, ...]

    @property
    def mark(self) -> str:
        """What is kept with a note that was written by this template."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """What a patient reports.

    Attributes:
        severity: None = not said.
        since_on: the first day, on the ward's calendar; None = not said.
        own_words: as the patient said it; None = not written down.
    """

    name: str
    severity: Severity | None = None
    since_on: date | None = None
    own_words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    """A note to be signed, an addition to one, or a correction of one's own.

    Attributes:
        id: made by the client; a repeat with it is the same write. Its draft has the same.
        occurred_at: what the note speaks of, aware; the signature has its own time.
        symptom: of a note of kind SYMPTOM, else None.
        addendum_to_id: the note this adds to; None = a note of its own.
        supersedes_id: the row that this corrects; None = a new one.
    """

    id: UUID
    admission_id: UUID
    kind: NoteKind
    title: str
    sections: tuple[Section, ...]
    occurred_at: datetime
    symptom: Symptom | None = None
    template: str | None = None
    addendum_to_id: UUID | None = None
    supersedes_id: UUID | None = None
    change_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteStrikeOut:
    """A mark that a note was written in error; the original stays readable."""

    id: UUID
    admission_id: UUID
    struck_id: UUID
    reason: str


class Note(NamedTuple):
    """One recorded row of a note.

    `note_id` is the same for all rows of one note: corrections and the strike-out. `about_id` is
    the note an addition belongs to, None for a note of its own. `signed_as` is the signature as
    it was at `recorded_at`, None where nobody of the staff signed (imported). `superseded` = a
    newer row of the same note is in force; `struck_out` = this row is a strike-out mark, with
    the words as they were.
    """

    id: UUID
    note_id: UUID
    admission_id: UUID
    kind: str
    about_id: UUID | None
    title: str
    sections: tuple[Section, ...]
    symptom: Symptom | None
    template: str | None
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: UUID | None
    signed_as: str | None
    change_reason: str | None
    corrects: bool
    superseded: bool
    struck_out: bool


class Hit(NamedTuple):
    """A note in force that has the words looked for, and which of its words they were."""

    note: Note
    words: frozenset[str]


class Draft(NamedTuple):
    """What the reader was writing of a patient; `content` is as `rules` packs it."""

    id: UUID
    admission_id: UUID
    content: Mapping[str, Any]
    saved_at: datetime
