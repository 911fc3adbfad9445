"""What tests of nursing notes are made of."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.steps import ago
from ward_app.core.ids import new_id
from ward_app.notes.queries import note_history, notes_of, own_drafts, search_notes
from ward_app.notes.service import drop_draft, keep_draft, sign_note, strike_out
from ward_app.notes.types import NewNote, Note, NoteKind, NoteStrikeOut, Section, Symptom

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def said(text, heading=""):
    """Return a note's sections: one, with these words."""
    return (Section(heading, text),)


def a_note(admission_id, **changes):
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "kind": NoteKind.PROGRESS,
        "title": "Progress",
        "sections": said("Slept well. Ate half of breakfast."),
        "occurred_at": ago(5),
    } | changes
    return NewNote(**facts)


def sign(database, actor, admission_id, **changes):
    """Sign a note and return its id."""
    note = a_note(admission_id, **changes)
    database.run(actor, sign_note, note)
    return note.id


def a_symptom(**changes):
    facts = {"name": "Nausea"} | changes
    return Symptom(**facts)


def strike(database, actor, admission_id, struck_id, reason="wrong patient", **changes):
    """Strike a note out and return the mark's id."""
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "struck_id": struck_id,
        "reason": reason,
    } | changes
    mark = NoteStrikeOut(**facts)
    database.run(actor, strike_out, mark)
    return mark.id


def notes(database, actor, *admission_ids, **asked):
    return database.run(actor, notes_of, admission_ids, **asked)


def only(database, actor, admission_id) -> Note:
    """Return the one note of a stay."""
    (note,) = notes(database, actor, admission_id)
    return note


def history(database, actor, note_id):
    return database.run(actor, note_history, note_id)


def found(database, actor, words, **where):
    """Return the titles of the notes found, in order."""
    return [hit.note.title for hit in database.run(actor, search_notes, words, **where)]


def keep(database, actor, admission_id, note_id=None, **content):
    """Keep a draft and return its id."""
    draft_id = note_id or new_id()
    database.run(actor, keep_draft, draft_id, admission_id, content)
    return draft_id


def drop(database, actor, note_id):
    return database.run(actor, drop_draft, note_id)


def drafts(database, actor):
    """Return {id: content} of the actor's own drafts."""
    return {draft.id: dict(draft.content) for draft in database.run(actor, own_drafts)}


def read_note(**changes) -> Note:
    """Return a note as it would be read, for rules and screens without a database."""
    note_id = changes.get("id") or new_id()
    facts = {
        "id": note_id,
        "note_id": note_id,
        "admission_id": new_id(),
        "kind": "progress",
        "about_id": None,
        "title": "Progress",
        "sections": said("Slept well."),
        "symptom": None,
        "template": None,
        "occurred_at": AT,
        "recorded_at": AT,
        "recorded_by": None,
        "signed_as": "Nora Nurse, Nurse",
        "change_reason": None,
        "corrects": False,
        "superseded": False,
        "struck_out": False,
    }
    return Note(**(facts | changes))
