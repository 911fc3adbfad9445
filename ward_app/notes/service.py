"""Commands on nursing notes: sign, add to, correct, strike out, keep what is being written.

Callers own the transaction. Who signs and when is the database's to say. Repeating a command
with the same id changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.requires import requires
from ward_app.notes.rules import written
from ward_app.notes.types import NewNote, NoteKind, NoteStrikeOut, Section
from ward_app.staff.types import Permission

_SIGN = """
INSERT INTO report.nursing_notes (id, admission_id, kind, addendum_to_id, title, sections,
    symptom, severity, since_on, own_words, template, occurred_at, supersedes_id, change_reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

# the rest of the row is the original's; the database copies it
_STRIKE_OUT = """
INSERT INTO report.nursing_notes (id, admission_id, kind, title, sections, occurred_at, status,
    supersedes_id, change_reason)
SELECT %s, admission_id, kind, title, sections, occurred_at, 'entered_in_error', id, %s
FROM report.nursing_notes WHERE id = %s AND admission_id = %s ON CONFLICT DO NOTHING
"""

_SIGNED = "SELECT recorded_at FROM report.nursing_notes WHERE id = %s"
_SAME_WORDS = "SELECT sections = %s FROM report.nursing_notes WHERE id = %s"


@requires(Permission.NOTE_WRITE)
def sign_note(tx: Transaction, note: NewNote) -> datetime:
    """Sign a note, an addition or a correction; return when it was signed, aware.

    Its draft goes with it.

    Raises:
        RuleBrokenError: it says nothing, has no title, a symptom has no name, a correction no
            reason, the time lies ahead, or what it adds to was struck out.
        ConflictError: the note was corrected or struck out first, or was signed before with
            other words.
        NotPermittedError: the role may not do this, or the patient is not on its wards.
    """
    sections = written(note.sections)
    _must_be_whole(note, sections)
    stored = Jsonb([{"heading": one.heading, "text": one.text} for one in sections])
    symptom = note.symptom
    values = (
        note.id,
        note.admission_id,
        note.kind.value,
        note.addendum_to_id,
        note.title.strip(),
        stored,
        symptom.name.strip() if symptom else None,
        symptom.severity.value if symptom and symptom.severity else None,
        symptom.since_on if symptom else None,
        _text(symptom.own_words) if symptom else None,
        note.template,
        note.occurred_at,
        note.supersedes_id,
        _text(note.change_reason),
    )
    if not tx.execute(_SIGN, values):
        _must_be_the_same(tx, note.id, stored)
    signed_at: datetime = tx.value(_SIGNED, (note.id,))
    return signed_at


@requires(Permission.NOTE_WRITE)
def strike_out(tx: Transaction, mark: NoteStrikeOut) -> None:
    """Mark a note as written in error; it stays readable, and additions to it as well.

    Raises:
        RuleBrokenError: no reason is given.
        ConflictError: somebody else changed it first, or it is out of reach.
        NotPermittedError: the role may not do this.
    """
    reason = _text(mark.reason)
    if reason is None:
        raise RuleBrokenError("Say why it is struck out.", field="reason")
    values = (mark.id, reason, mark.struck_id, mark.admission_id)
    if not tx.execute(_STRIKE_OUT, values) and not tx.value(_SIGNED, (mark.id,)):
        raise ConflictError("Somebody else changed this note first. Look at the list again.")


@requires(Permission.NOTE_WRITE)
def keep_draft(
    tx: Transaction, note_id: UUID, admission_id: UUID, content: Mapping[str, Any]
) -> datetime | None:
    """Keep what the caller is writing, for nobody else's eyes; return when it was kept, aware.

    None = a note with this id is signed already, and nothing was kept.

    Raises:
        RuleBrokenError: the draft is too long to be kept.
        NotPermittedError: the role may not write notes, or the patient is not on its wards.
    """
    kept_at: datetime | None = tx.value(
        "SELECT report.keep_note_draft(%s, %s, %s)", (note_id, admission_id, json.dumps(content))
    )
    return kept_at


@requires(Permission.NOTE_WRITE)
def drop_draft(tx: Transaction, note_id: UUID) -> bool:
    """Throw a draft of the caller's own away; return whether there was one."""
    return bool(tx.value("SELECT report.drop_note_draft(%s)", (note_id,)))


def _must_be_whole(note: NewNote, sections: tuple[Section, ...]) -> None:
    if not note.title.strip():
        raise RuleBrokenError("Give the note a title.", field="title")
    if note.kind is NoteKind.SYMPTOM and note.addendum_to_id is None:
        if note.symptom is None or not note.symptom.name.strip():
            raise RuleBrokenError("Say which symptom.", field="symptom")
    elif not sections:
        raise RuleBrokenError("The note says nothing yet.", field="section0")
    if note.supersedes_id is not None and not _text(note.change_reason):
        raise RuleBrokenError("Say why it is corrected.", field="change_reason")


def _must_be_the_same(tx: Transaction, note_id: UUID, stored: Jsonb) -> None:
    """Raise unless the note that is there is this one: sent once more, not changed meanwhile."""
    same: bool | None = tx.value(_SAME_WORDS, (stored, note_id))
    if same is None:
        raise ConflictError("Somebody else changed this note first. Look at the list again.")
    if not same:
        raise ConflictError(
            "This note was signed already with other words. Leave, and add to it what is new."
        )


def _text(words: str | None) -> str | None:
    """Return the words without space around them, None for none."""
    return (words or "").strip() or None
