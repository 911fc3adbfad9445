"""Reads of nursing notes; the charts must have been opened (and that logged) before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.notes.rules import hit_words
from ward_app.notes.types import Draft, Hit, Note, Section, Severity, Symptom

# in the order that note_of takes them
_COLUMNS = """
    n.id, n.note_id, n.admission_id, n.kind, n.addendum_to_id, n.title, n.sections,
    n.symptom, n.severity, n.since_on, n.own_words, n.template, n.occurred_at, n.recorded_at,
    n.recorded_by, n.signed_as, n.change_reason, n.supersedes_id IS NOT NULL,
    EXISTS (SELECT FROM report.nursing_notes c WHERE c.supersedes_id = n.id),
    n.status <> 'final'
"""

_NOTES = f"""
SELECT {_COLUMNS} FROM report.nursing_notes n
WHERE n.admission_id = ANY (%(admission_ids)s)
  AND (%(since)s::timestamptz IS NULL OR n.occurred_at >= %(since)s)
  AND NOT EXISTS (SELECT FROM report.nursing_notes c WHERE c.supersedes_id = n.id)
ORDER BY n.occurred_at DESC, n.id DESC
"""  # noqa: S608 - column names of this module

_HISTORY = f"""
SELECT {_COLUMNS} FROM report.nursing_notes n WHERE n.note_id = %s
ORDER BY n.recorded_at DESC, n.id DESC
"""  # noqa: S608 - column names of this module

_SEARCH = f"""
SELECT s.marked_title || ' ' || s.marked_words, {_COLUMNS}
FROM report.search_notes(%(ward_id)s, %(patient_id)s, %(words)s) WITH ORDINALITY
    AS s(id, marked_title, marked_words, place)
JOIN report.nursing_notes n ON n.id = s.id
ORDER BY s.place
"""  # noqa: S608 - column names of this module

_DRAFTS = """
SELECT d.id, d.admission_id, d.content, d.saved_at FROM report.note_drafts d
ORDER BY d.saved_at DESC
"""


def notes_of(
    tx: Transaction, admission_ids: Sequence[UUID], *, since: datetime | None = None
) -> tuple[Note, ...]:
    """Return the newest row of every note of these stays, what happened last first.

    Struck out notes are there, marked as such. Row security leaves out whoever's chart is not
    open, and all of them for who may not read notes.

    `since` leaves out what speaks of an earlier time, aware; None = all.
    """
    values = {"admission_ids": list(admission_ids), "since": since}
    return tuple(tx.rows(note_of, _NOTES, values))


def note_history(tx: Transaction, note_id: UUID) -> tuple[Note, ...]:
    """Return all rows of one note, the newest first: as it is, as it was, why it changed."""
    return tuple(tx.rows(note_of, _HISTORY, (note_id,)))


def search_notes(
    tx: Transaction, words: str, *, ward_id: UUID | None = None, patient_id: UUID | None = None
) -> tuple[Hit, ...]:
    """Return the notes in force that have all these words, at most 100, the newest first.

    The beginning of a word suffices, and other forms of an English word are found as well.

    `ward_id` asks for who lies there now, `patient_id` for one patient; None = for everybody
    whose chart this session opened.

    Raises:
        RuleBrokenError: no word was typed.
        NotPermittedError: the role may not read notes.
    """
    values = {"words": words, "ward_id": ward_id, "patient_id": patient_id}
    return tuple(tx.rows(_hit, _SEARCH, values))


def own_drafts(tx: Transaction) -> tuple[Draft, ...]:
    """Return what the reader was writing and has not signed, the last first; nobody else's."""
    return tuple(tx.rows(Draft, _DRAFTS))


def _hit(marked: str, *columns: Any) -> Hit:
    return Hit(note_of(*columns), hit_words(marked))


def note_of(*columns: Any) -> Note:
    """Return a row of this module's columns as a value."""
    head, sections, reported, tail = columns[:6], columns[6], columns[7:11], columns[11:]
    parts = tuple(Section(part["heading"], part["text"]) for part in sections)
    return Note._make((*head, parts, _symptom(*reported), *tail))


def _symptom(
    name: str | None, severity: str | None, since_on: date | None, own_words: str | None
) -> Symptom | None:
    if name is None:
        return None
    return Symptom(
        name=name,
        severity=Severity(severity) if severity else None,
        since_on=since_on,
        own_words=own_words,
    )
