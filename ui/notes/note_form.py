"""The fields of a note that is written, and the note they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ui.admissions.fields import PastMoment
from ui.notes.inputs import KeyChoice, SectionText
from ui.notes.words import SEVERITY_WORDS
from ui.widgets.form import Day, Field, Form, Note, Text
from ui.widgets.inputs import Choice, Clock
from ui.widgets.reason_input import Reason
from ward_app.notes.types import Note as RecordedNote
from ward_app.notes.types import (
    NoteKind,
    NoteTemplate,
    Section,
    Severity,
    Symptom,
)

MAX_TITLE = 120
WHY_CORRECTED = ("Slip of the keyboard", "Wrong time", "Wrong fact", "Incomplete")
_SEVERITIES = tuple(
    (str(number), Choice(severity.value, words.capitalize()))
    for number, (severity, words) in enumerate(SEVERITY_WORDS.items(), start=1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a note is written into.

    Attributes:
        sections: heading, words to begin with, and what to write there.
        title: what it is called to begin with.
        symptom: whether a symptom is asked for.
        reason: whether it must be said why something is corrected.
        old: what is corrected; None = nothing.
        template: what is kept of the template; None = written without one.
    """

    kind: NoteKind
    title: str
    sections: tuple[tuple[str, str, str], ...]
    symptom: bool = False
    reason: bool = False
    old: RecordedNote | None = None
    template: str | None = None


def outline_of(template: NoteTemplate) -> Outline:
    """Return what a template gives to write into; its words are filled in later."""
    return Outline(
        kind=template.kind,
        title=template.title,
        sections=tuple((part.heading, "", part.hint) for part in template.sections),
        symptom=template.kind is NoteKind.SYMPTOM,
        template=template.mark,
    )


def outline_of_addition(note: RecordedNote) -> Outline:
    """Return what is added to a note: one section without a heading."""
    return Outline(
        kind=NoteKind(note.kind),
        title="Addition",
        sections=(("", "", "What is to be added; the note itself stays as it was signed."),),
    )


def outline_of_correction(note: RecordedNote) -> Outline:
    """Return a signed note to be written over, with the reason why."""
    sections = tuple((part.heading, part.text, "") for part in note.sections)
    return Outline(
        kind=NoteKind(note.kind),
        title=note.title,
        sections=sections or (("", "", ""),),
        symptom=note.symptom is not None,
        reason=True,
        old=note,
        template=note.template,
    )


def note_form(outline: Outline, clock: Clock, zone: tzinfo) -> Form:
    """Return the form of an outline; times are typed on the clock of `zone`."""
    old = outline.old
    at: datetime = old.occurred_at if old else clock()
    fields = [
        *(_symptom_fields(old.symptom if old else None, zone) if outline.symptom else ()),
        *_section_fields(outline.sections),
        Field(name="title", label="Title", kind=Text(max_length=MAX_TITLE), value=outline.title,
              required=True),
        Field(name="occurred_at", label="About what time", kind=PastMoment(zone), value=at,
              required=True),
    ]  # fmt: skip
    if outline.reason:
        fields.append(
            Field(name="change_reason", label="Why corrected", kind=Reason(WHY_CORRECTED),
                  required=True)
        )  # fmt: skip
    return Form(fields, clock)


def section_name(place: int) -> str:
    """Return the name of the field of a section."""
    return f"section{place}"


def sections_of(form: Form, outline: Outline) -> tuple[Section, ...]:
    """Return what is written in the sections, also where nothing is."""
    return tuple(
        Section(heading, form.value(section_name(place)) or "")
        for place, (heading, _text, _hint) in enumerate(outline.sections)
    )


def symptom_of(form: Form, outline: Outline) -> Symptom | None:
    """Return the symptom that was entered; None where none is asked for."""
    if not outline.symptom:
        return None
    severity = form.value("severity")
    return Symptom(
        name=form.value("symptom") or "",
        severity=Severity(severity) if severity else None,
        since_on=form.value("since_on"),
        own_words=form.value("own_words"),
    )


def _section_fields(sections: Sequence[tuple[str, str, str]]) -> tuple[Field, ...]:
    return tuple(
        Field(name=section_name(place), label=heading or "Note", kind=SectionText(hint),
              value=text)
        for place, (heading, text, hint) in enumerate(sections)
    )  # fmt: skip


def _symptom_fields(of: Symptom | None, zone: tzinfo) -> tuple[Field, ...]:
    return (
        Field(name="symptom", label="Symptom the patient reports", kind=Text(max_length=MAX_TITLE),
              value=of and of.name, required=True),
        Field(name="severity", label="How bad, as the patient says; empty: not said",
              kind=KeyChoice(_SEVERITIES), value=of and of.severity),
        Field(name="since_on", label="Since; empty: not said", kind=Day(zone),
              value=of and of.since_on),
        Field(name="own_words", label="In the patient's own words", kind=Note("“…”"),
              value=of and of.own_words),
    )  # fmt: skip
