"""The sheets that write: a new note from a template, an addition, a correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Any

from typing_extensions import override

from ui.background import Reply
from ui.context import Context
from ui.notes.facts import Facts, field_texts, read_facts
from ui.notes.inputs import KeyChoice
from ui.notes.note_form import (
    Outline,
    outline_of,
    outline_of_addition,
    outline_of_correction,
    section_name,
)
from ui.notes.note_sheet import NoteSheet
from ui.notes.words import KIND_WORDS
from ui.notices import CAUTION
from ui.widgets.form import Field, Form
from ui.widgets.inputs import Choice
from ward_app.board.types import BoardBed
from ward_app.core.errors import WardError
from ward_app.notes.queries import own_drafts
from ward_app.notes.rules import filled
from ward_app.notes.templates import note_templates
from ward_app.notes.types import Draft, NewNote, Note, NoteTemplate

NEW = "new"
_NOT_FILLED = "The chart could not be read, so nothing of it was filled in."


class NewNoteSheet(NoteSheet):
    """A type by one key; what the chart knows is filled in, with its time."""

    without_server = ""

    def __init__(self, context: Context, row: BoardBed, zone: tzinfo) -> None:
        super().__init__(context, row, zone, title="New note", about=NEW)
        self._values: Mapping[str, str | None] | None = None
        self._typed: dict[str, dict[str, Any]] = {}
        choices = tuple(
            (one.key, Choice(one.name, KIND_WORDS[one.kind], one.title))
            for one in note_templates()
        )
        kind = Field(name="template", label="Type, by its number", kind=KeyChoice(choices))
        self.types = self.add_form(Form((kind,), context.clock, self.page))
        self.content.insertWidget(1, self.types)
        self.types.changed.connect(self._choose)
        reply = Reply(self._show_facts, self._go_without)
        context.work.query(self, reply, read_facts, self.admission_id)

    @property
    def is_filled(self) -> bool:
        """Whether the chart was read, so that a type is filled in."""
        return self._values is not None

    @property
    def template(self) -> NoteTemplate | None:
        """The template chosen."""
        name = self.types.value("template")
        return next((one for one in note_templates() if one.name == name), None)

    @property
    @override
    def is_dirty(self) -> bool:
        # a type that was chosen and nothing more is not worth keeping
        return self.form is not None and self.form.is_dirty

    @override
    def content_of(self) -> dict[str, Any]:
        return super().content_of() | {"about": NEW, "name": self.types.value("template")}

    @override
    def retype(self, draft: Any) -> None:
        self.types.set_value("template", draft["name"])
        super().retype(draft)

    @override
    def focus_first(self) -> None:
        if self.form is None:
            self.types.focus_first()
        else:
            self.form.focus_first()

    @override
    def save(self) -> None:
        if self.form is None:
            self.notice.tell(CAUTION, "Choose the type of note first, by its number.")
            self.types.focus_first()
        else:
            super().save()

    def _choose(self, _name: str) -> None:
        template = self.template
        if template is None or (self.outline and self.outline.template == template.mark):
            return
        if self.form is not None and self.outline is not None and self.form.is_dirty:
            self._typed[self.outline.template or ""] = self.form.typed()
        form = self.write_into(outline_of(template))
        self._fill()
        # what was typed under this type before another was looked at
        form.retype(self._typed.pop(template.mark, {}))
        form.focus_first()

    def _show_facts(self, facts: Facts) -> None:
        self._values = field_texts(self.row, facts, self.zone)
        self._fill()
        mine = _draft_about(facts.drafts, self.row, NEW)
        if mine is not None and not self.is_dirty:
            self.take_up(mine)
            self.focus_first()

    def _go_without(self, error: WardError) -> None:
        self.notice.tell(CAUTION, f"{_NOT_FILLED} {error}")

    def _fill(self) -> None:
        """Write what the chart knows where nothing was typed yet."""
        template, form = self.template, self.form
        if template is None or form is None or self._values is None or form.is_dirty:
            return
        for place, part in enumerate(template.sections):
            form.set_value(section_name(place), filled(part.text, self._values))
        form.set_clean()


class AdditionSheet(NoteSheet):
    """What is added to a signed note; anybody who writes notes may."""

    without_server = ""

    def __init__(self, context: Context, row: BoardBed, zone: tzinfo, note: Note) -> None:
        super().__init__(
            context, row, zone, title=f"Add to “{note.title}”", about=f"add {note.note_id}"
        )
        self.to = note
        self.write_into(outline_of_addition(note))
        _ask_for_draft(self, f"add {note.note_id}")

    @override
    def content_of(self) -> dict[str, Any]:
        return super().content_of() | {"about": f"add {self.to.note_id}"}

    @override
    def note(self, form: Form, outline: Outline) -> NewNote:
        return replace(super().note(form, outline), addendum_to_id=self.to.note_id)


class CorrectionSheet(NoteSheet):
    """A signed note written over by its author; the original stays readable."""

    def __init__(self, context: Context, row: BoardBed, zone: tzinfo, note: Note) -> None:
        about = f"correct {note.id}"
        super().__init__(context, row, zone, title="Correct a note", about=about)
        self.about = about
        self.write_into(outline_of_correction(note))
        _ask_for_draft(self, about)

    @override
    def content_of(self) -> dict[str, Any]:
        return super().content_of() | {"about": self.about}


def _ask_for_draft(sheet: NoteSheet, about: str) -> None:
    """Bring back what its author wrote before, unless something is typed by then."""

    def show(drafts: tuple[Draft, ...]) -> None:
        mine = _draft_about(drafts, sheet.row, about)
        if mine is not None and not sheet.is_dirty:
            sheet.take_up(mine)

    reply = Reply(show, lambda _error: None)
    sheet.context.work.query(sheet, reply, own_drafts)


def _draft_about(drafts: tuple[Draft, ...], row: BoardBed, about: str) -> Draft | None:
    return next(
        (
            draft
            for draft in drafts
            if draft.admission_id == row.admission_id and draft.content.get("about") == about
        ),
        None,
    )
