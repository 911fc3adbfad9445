"""How notes read: kinds, titles, who signed and when. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from ui.formats import date_text, moment_text
from ui.notes.line import NoteLine
from ui.patients.banner import place_text
from ui.widgets.rows_table import RowColumn
from ward_app.notes.types import Note, NoteKind, Severity, Symptom

TOPIC = "notes"
KIND_WORDS = {
    NoteKind.SBAR: "SBAR",
    NoteKind.PROGRESS: "Progress",
    NoteKind.EVENT: "Event",
    NoteKind.FAMILY: "Family",
    NoteKind.PROCEDURE: "Procedure",
    NoteKind.SYMPTOM: "Symptom",
}
SEVERITY_WORDS = {
    Severity.MILD: "mild",
    Severity.MODERATE: "moderate",
    Severity.SEVERE: "severe",
}
NOT_SAID = "not said"
_SAME_MINUTE = timedelta(minutes=1)


def kind_text(line: NoteLine) -> str:
    """Return "SBAR", "↳ addition", or "✎ draft" of what is not signed."""
    if line.note is None:
        return "✎ Draft"
    words = KIND_WORDS[NoteKind(line.note.kind)]
    return "↳ Addition" if line.note.about_id else words


def title_text(line: NoteLine) -> str:
    """Return what a note says in short, and what became of it: struck out, corrected, added to."""
    if line.note is None:
        return f"{line.the_draft.content.get('title') or 'Not signed yet'} (only you see this)"
    note, marks = line.note, []
    if note.struck_out:
        marks.append("✕ struck out")
    elif note.corrects:
        marks.append("corrected")
    if line.thread and line.thread.note is note and line.thread.additions:
        many = len(line.thread.additions)
        marks.append(f"{many} addition{'' if many == 1 else 's'}")
    short = _short(note)
    return f"({', '.join(marks)}) {short}" if marks else short


def signed_text(note: Note, zone: tzinfo, now: datetime) -> str:
    """Return "Signed 14:07 by Nora Nurse, Registered nurse"; of who struck it out as well."""
    who = note.signed_as or "somebody of another system"
    at = moment_text(note.recorded_at, zone, now)
    if note.struck_out:
        return f"Struck out {at} by {who}: {note.change_reason}"
    corrected = f" Corrected: {note.change_reason}" if note.corrects else ""
    return f"Signed {at} by {who}.{corrected}"


def about_text(note: Note, zone: tzinfo, now: datetime) -> str:
    """Return "SBAR, 14:07": the kind and what time the note speaks of."""
    words = "Addition" if note.about_id else KIND_WORDS[NoteKind(note.kind)]
    return f"{words}, {moment_text(note.occurred_at, zone, now)}"


def is_late(note: Note) -> bool:
    """Whether a note was signed a minute or more after the time it speaks of."""
    return note.recorded_at - note.occurred_at >= _SAME_MINUTE


def symptom_text(symptom: Symptom) -> str:
    """Return "Nausea: moderate, since 19-Nov-2026"; what was not said is said to be so."""
    severity = SEVERITY_WORDS[symptom.severity] if symptom.severity else f"severity {NOT_SAID}"
    since = date_text(symptom.since_on) if symptom.since_on else NOT_SAID
    return f"{symptom.name}: {severity}, since {since}"


def note_columns(zone: tzinfo, now: datetime, *, whose: bool) -> tuple[RowColumn[NoteLine], ...]:
    """Return the columns of a list of notes; `whose` on a ward, where it is many patients'."""

    def colour(line: NoteLine) -> str | None:
        if line.note is None:
            return "caution"
        return "dim" if line.note.struck_out else None

    patients: tuple[RowColumn[NoteLine], ...] = (
        RowColumn("Bed", 48, lambda line: line.bed.bed_label or "no bed", colour=colour),
        RowColumn("Patient", 176, lambda line: line.name, colour=colour),
    )
    return (
        *(patients if whose else ()),
        RowColumn("When", 112, lambda line: moment_text(line.at, zone, now), colour=colour),
        RowColumn("Type", 88, kind_text, colour=colour),
        RowColumn("Signed by", 112, _signed_by, colour=colour),
        RowColumn("What it says", 200, title_text, colour=colour),
    )


def summary_text(lines: Sequence[NoteLine], *, hours: int | None) -> str:
    """Return "12 notes of the last 24 h" or "12 notes"; drafts of one's own are counted apart."""
    notes = sum(line.note is not None for line in lines)
    drafts = len(lines) - notes
    text = _many(notes, "note")
    if hours is not None:
        text = f"{text} of the last {hours} h"
    return f"{text}, {_many(drafts, 'draft')} of yours not signed" if drafts else text


def found_text(lines: Sequence[NoteLine], typed: str) -> str:
    """Return "3 notes have “fell”"."""
    verb = "has" if len(lines) == 1 else "have"
    return f"{_many(len(lines), 'note')} {verb} “{typed}”"


def where_text(line: NoteLine) -> str:
    """Return "OKAFOR, Ada · Bed 4, Bay A"."""
    return f"{line.name} · {place_text(line.bed)}"


def _short(note: Note) -> str:
    """Return title and beginning of the words; without a title that says no more than the kind."""
    usual = {KIND_WORDS[NoteKind(note.kind)], "Addition"}
    words = note.sections[0].text.splitlines()[0] if note.sections else ""
    return words if note.title in usual and words else ": ".join(filter(None, (note.title, words)))


def _signed_by(line: NoteLine) -> str:
    if line.note is None:
        return "you, not signed"
    return (line.note.signed_as or "imported").split(",")[0]


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
