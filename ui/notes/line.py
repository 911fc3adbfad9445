"""One line of a list of notes: a note, an addition to one, or a draft. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ui.patients.banner import patient_name
from ward_app.board.types import BoardBed
from ward_app.notes.rules import Thread, threads
from ward_app.notes.types import Draft, Hit, Note

NOTHING_HIT: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A line with whose note it is.

    Attributes:
        note: None for a draft.
        thread: the note with all additions, as far as they were read; None for a draft.
        draft: what the reader is writing; None for a signed note.
        hits: the words of it that were looked for.
    """

    bed: BoardBed
    note: Note | None = None
    thread: Thread | None = None
    draft: Draft | None = None
    hits: frozenset[str] = NOTHING_HIT

    @property
    def id(self) -> UUID:
        """What the cursor is kept on: the note through corrections, or the draft."""
        return self.note.note_id if self.note else self.the_draft.id

    @property
    def the_draft(self) -> Draft:
        """The draft of a line that has no note."""
        if self.draft is None:
            raise ValueError("a line without a draft")
        return self.draft

    @property
    def name(self) -> str:
        """Whose note it is: "SURNAME, Given (Title)"."""
        return patient_name(self.bed)

    @property
    def kind(self) -> str:
        """The kind of note; empty for a draft."""
        return self.note.kind if self.note else ""

    @property
    def at(self) -> datetime:
        """What the note speaks of; of a draft when it was kept, aware."""
        return self.note.occurred_at if self.note else self.the_draft.saved_at


def note_lines(
    beds: Sequence[BoardBed], notes: Iterable[Note], drafts: Iterable[Draft]
) -> tuple[NoteLine, ...]:
    """Return the lines of the patients in these beds: drafts, then notes, the last first.

    Additions stand below their note, in the order they were signed.
    """
    whose = {bed.admission_id: bed for bed in beds}
    lines = [
        NoteLine(whose[draft.admission_id], draft=draft)
        for draft in drafts
        if draft.admission_id in whose
    ]
    for thread in threads(note for note in notes if note.admission_id in whose):
        bed = whose[thread.note.admission_id]
        lines += [NoteLine(bed, note, thread) for note in (thread.note, *thread.additions)]
    return tuple(lines)


def hit_lines(
    beds: Sequence[BoardBed], hits: Iterable[Hit], known: Iterable[Note]
) -> tuple[NoteLine, ...]:
    """Return a line for each note found, in the order found; its thread as far as it is known."""
    whose = {bed.admission_id: bed for bed in beds}
    by_note = {
        note.note_id: thread
        for thread in threads(known)
        for note in (thread.note, *thread.additions)
    }
    return tuple(
        NoteLine(
            whose[hit.note.admission_id],
            hit.note,
            by_note.get(hit.note.note_id, Thread(hit.note, ())),
            hits=hit.words,
        )
        for hit in hits
        if hit.note.admission_id in whose
    )


def of_kind(lines: Iterable[NoteLine], kind: str | None) -> tuple[NoteLine, ...]:
    """Return the lines of one kind of note, drafts too; of None all of them."""
    return tuple(line for line in lines if kind is None or line.draft or line.kind == kind)
