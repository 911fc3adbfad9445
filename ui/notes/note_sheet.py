"""The sheet a note is written in; what is typed is kept at the server for its author alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from itertools import pairwise
from typing import Any, ClassVar
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget
from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context
from ui.formats import moment_text, time_text
from ui.notes.note_form import Outline, note_form, sections_of, symptom_of
from ui.notes.words import TOPIC
from ui.notices import CAUTION
from ui.patients.banner import patient_name, place_text
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Form
from ward_app.board.types import BoardBed
from ward_app.core.errors import SignInRequiredError, WardError
from ward_app.notes.rules import symptom_title
from ward_app.notes.service import drop_draft, keep_draft, sign_note
from ward_app.notes.types import Draft, NewNote

KEEP_AFTER_MS, TRY_AGAIN_MS = 1_500, 15_000
SECTION_PX = 560
NOT_KEPT = "Your words are on this screen alone until the server answers"
_ON_RECORD = "The ward can read it now."
_KEPT_HERE = "It is kept on this computer; the ward can read it when the server is back."
_THROW_AWAY = "Throw this draft away? It was never signed."


class NoteSheet(EntrySheet):
    """A note, an addition or a correction. Ctrl+Enter signs it.

    A second and a half after the last key, and whenever the sheet goes out of sight (the station
    is locked, the person signs out), what is typed is kept as a draft.
    """

    width_px: ClassVar[int] = SECTION_PX

    def __init__(
        self,
        context: Context,
        row: BoardBed,
        zone: tzinfo,
        *,
        title: str,
        about: str,
    ) -> None:
        if row.admission_id is None:
            raise ValueError("a bed without a patient has no notes")
        super().__init__(
            context,
            title=title,
            save_text="Sign",
            patient_name=patient_name(row),
            draft_key=f"note {row.admission_id} {about}",
        )
        self.row, self.zone = row, zone
        self.admission_id: UUID = row.admission_id
        self.outline: Outline | None = None
        self.form: Form | None = None
        self._kept: Mapping[str, Any] | None = None
        self._done = False
        self.kept_words = PlainLabel(parent=self)
        self.throw_button = QPushButton("Throw the draft away", self)
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self.keep)
        self._place_words()

    @property
    def note_id(self) -> UUID:
        """The id of the note this will be, and of its draft."""
        return self.ids["note"]

    def content_of(self) -> dict[str, Any]:
        """Return what is typed, as drafts keep it."""
        return {
            "title": self.form.value("title") if self.form else None,
            "template": self.outline.template if self.outline else None,
            "typed": self.form.typed() if self.form else {},
        }

    def write_into(self, outline: Outline) -> Form:
        """Show the form of an outline in place of the one before and return it."""
        if self.form is not None:
            self.forms = tuple(form for form in self.forms if form is not self.form)
            self.form.hide()
            self.form.deleteLater()
        self.outline = outline
        self.form = form = note_form(outline, self.context.clock, self.zone)
        form.changed.connect(self._note_change)
        self.forms = (*self.forms, form)
        self.content.insertWidget(self.content.indexOf(self.kept_words), form)
        # now, not when the event loop comes to it: the cursor is to go there at once
        form.show()
        self._set_tab_order(form)
        return form

    def take_up(self, draft: Draft) -> None:
        """Go on with a draft that was kept at the server."""
        self.ids["note"] = draft.id
        self._kept = draft.content
        self.retype(draft.content)
        known = moment_text(draft.saved_at, self.zone, self.context.clock())
        self.notice.tell(CAUTION, f"Your unsigned words from {known} are back.")
        self._say_kept(draft.saved_at)

    def keep(self) -> None:
        """Keep what is typed at the server, unless it is there already."""
        self._later.stop()
        content = self.content_of()
        if self._done or self.is_saving or not self.is_dirty or content == self._kept:
            return
        self._kept = content
        reply = Reply(self._say_kept, self._say_not_kept)
        self.context.work.keep(self, reply, keep_draft, self.note_id, self.admission_id, content)

    @override
    def draft(self) -> Any:
        return self.content_of()

    @override
    def retype(self, draft: Any) -> None:
        if self.form is not None:
            self.form.retype(draft["typed"])

    @override
    def save(self) -> None:
        self._later.stop()
        if not self.check() or self.form is None or self.outline is None:
            return
        self.send(TOPIC, self._tell_signed, sign_note, self.note(self.form, self.outline))

    def note(self, form: Form, outline: Outline) -> NewNote:
        """Return the note as it is to be signed."""
        symptom = symptom_of(form, outline)
        title: str = form.value("title")
        if symptom is not None and outline.old is None and title == outline.title:
            title = symptom_title(symptom)
        return NewNote(
            id=self.note_id,
            admission_id=self.admission_id,
            kind=outline.kind,
            title=title,
            sections=sections_of(form, outline),
            occurred_at=form.value("occurred_at"),
            symptom=symptom,
            template=outline.template,
            supersedes_id=outline.old.id if outline.old else None,
            change_reason=form.value("change_reason") if outline.reason else None,
        )

    @override
    def set_aside(self) -> None:
        self.keep()
        super().set_aside()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        # locked, signed out or closed: at once, for nobody may come back to this screen
        self.keep()
        super().hideEvent(event)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.keep()

    def ask_to_throw_away(self, _checked: object = None) -> None:
        """Ask whether the draft may go, and let it go."""
        self.ask(_THROW_AWAY, "Throw away", self._throw_away)

    def _throw_away(self) -> None:
        self._later.stop()
        self._done = True
        self.send(TOPIC, self._tell_thrown_away, drop_draft, self.note_id)

    def _tell_thrown_away(self, _there_was: bool) -> None:  # noqa: FBT001 - an answer
        self.finish(f"{patient_name(self.row)}: the draft is thrown away.")

    def _tell_signed(self, signed_at: datetime) -> None:
        self._done = True
        at = time_text(signed_at, self.zone)
        who_reads = _KEPT_HERE if self.context.work.is_cut_off else _ON_RECORD
        self.finish(f"{patient_name(self.row)}: signed {at}. {who_reads}")

    @override
    def show_problem(self, error: WardError) -> None:
        self._done = False
        super().show_problem(error)

    def _set_tab_order(self, form: Form) -> None:
        """Let Tab walk a form that came later where it stands: before the buttons."""
        stops = [
            w for w in form.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        walk = [*stops, self.throw_button, self.save_button, self.leave_button]
        for before, after in pairwise(walk):
            QWidget.setTabOrder(before, after)

    def _note_change(self, _name: str) -> None:
        self._later.start(KEEP_AFTER_MS)

    def _say_kept(self, kept_at: datetime | None) -> None:
        if kept_at is None:
            return
        at = time_text(kept_at, self.zone)
        self.kept_words.setText(f"Draft kept {at}. Only you can read it until you sign.")
        theme.tint(self.kept_words, "dim")

    def _say_not_kept(self, error: WardError) -> None:
        self._kept = None
        self.kept_words.setText(f"▲ {NOT_KEPT}. {error}")
        theme.tint(self.kept_words, "caution")
        # who has to unlock first comes back to a sheet that is shown again
        if not isinstance(error, SignInRequiredError):
            self._later.start(TRY_AGAIN_MS)

    def _place_words(self) -> None:
        where = PlainLabel(place_text(self.row), self)
        theme.tint(where, "dim")
        self.kept_words.setWordWrap(True)
        theme.tint(self.kept_words, "dim")
        self.throw_button.setToolTip("Throw away what is not signed (Alt+X)")
        self.throw_button.clicked.connect(self.ask_to_throw_away)
        shortcut = QShortcut(QKeySequence("Alt+X"), self)
        shortcut.activated.connect(self.ask_to_throw_away)
        for widget in (where, self.kept_words, self.throw_button):
            self.content.addWidget(widget)
        self.content.addStretch(1)
