"""What the panel of notes reads at once. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.reading import unhurried
from ward_app.notes.queries import notes_of, own_drafts, search_notes
from ward_app.notes.types import Draft, Hit, Note


class ReadNotes(NamedTuple):
    """The notes of some stays and the reader's own drafts, as known at one moment."""

    notes: tuple[Note, ...]
    drafts: tuple[Draft, ...]


class FoundNotes(NamedTuple):
    """What has the words that were typed, and the notes of the same stays around them."""

    typed: str
    hits: tuple[Hit, ...]
    around: tuple[Note, ...]


def read_notes(
    tx: Transaction, admission_ids: Sequence[UUID], since: datetime | None
) -> ReadNotes:
    """Return the notes of these stays since a time (None: all), and one's own drafts."""
    return ReadNotes(notes_of(tx, admission_ids, since=since), own_drafts(tx))


@unhurried
def find_notes(
    tx: Transaction, typed: str, *, ward_id: UUID | None, patient_id: UUID | None
) -> FoundNotes:
    """Return what has these words, on a ward or of a patient, with its additions.

    Raises:
        RuleBrokenError: nothing typed is a word to look for.
    """
    hits = search_notes(tx, typed, ward_id=ward_id, patient_id=patient_id)
    stays = list({hit.note.admission_id for hit in hits})
    return FoundNotes(typed, hits, notes_of(tx, stays))
