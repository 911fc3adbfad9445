"""What is said about a set besides its values: why incomplete, a note, why corrected."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.observations.words import REASON_WORDS
from ui.widgets.form import Field, Form, Note, OneOf, Text
from ui.widgets.inputs import Choice, Input
from ward_app.observations.types import IncompleteReason

REASON = "incomplete_reason"
NOTE = "note"
CHANGE = "change_reason"


class EntryDetails(QWidget):
    """Reason for an incomplete set, note, and for a correction its reason.

    The fields are made one turn of the event loop later, or when they are asked for before: with
    the values above them they would hold the window for longer than a key is felt.

    Signals:
        changed: something was chosen or typed.
    """

    changed = Signal()

    def __init__(self, *, corrects: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._corrects = corrects
        self._missing = ""
        self._filled: tuple[IncompleteReason | None, str | None] = (None, None)
        self._made: Form | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(lambda: self.form)
        self._later.start()

    @property
    def form(self) -> Form:
        """The fields, made now if they are not there yet."""
        if self._made is None:
            self._later.stop()
            self._made = self._make_form()
            self._column.addWidget(self._made)
        return self._made

    @property
    def change(self) -> Input:
        """The input that takes why a set is corrected."""
        return self.form.input(CHANGE)

    def show_missing(self, missing: str) -> None:
        """Name what is missing; a complete set (`missing` empty) needs no reason."""
        self._missing = missing
        if self._made is not None:
            self._show_missing(self._made)

    def check(self) -> bool:
        """Say what is still needed and return whether nothing is."""
        self.ask_reason()
        good = self.form.check()
        if self._missing and self.form.value(REASON) is None:
            self._point_at(REASON, "Choose why, or measure what is missing.")
            return False
        if self.reason() is IncompleteReason.OTHER and self.form.value(NOTE) is None:
            self._point_at(NOTE, "Say what the other reason is.")
            return False
        return good

    def reason(self) -> IncompleteReason | None:
        """Return why the set is incomplete; None when it is complete."""
        reason: IncompleteReason | None = self.form.value(REASON)
        return reason if self._missing else None

    def note(self) -> str | None:
        """Return the note, None when there is none."""
        text: str | None = self.form.value(NOTE)
        return text

    def change_reason(self) -> str | None:
        """Return why a set is corrected; None for a new one."""
        text: str | None = self.form.value(CHANGE) if self._corrects else None
        return text

    def fill(self, reason: IncompleteReason | None, note: str | None) -> None:
        """Show what was said about the set that is corrected."""
        self._filled = reason, note
        if self._made is not None:
            self._fill(self._made)

    @property
    def is_dirty(self) -> bool:
        """Whether something was chosen or typed."""
        return self._made is not None and self._made.is_dirty

    def typed(self) -> dict[str, Any]:
        """Return everything as typed, for a draft; nothing where nothing was."""
        return self.form.typed() if self.is_dirty else {}

    def retype(self, typed: dict[str, Any]) -> None:
        """Put a draft back."""
        if typed:
            self.form.retype(typed)

    def ask_reason(self) -> None:
        """Show the choice of a reason while something is missing."""
        self.form.set_shown(REASON, shown=bool(self._missing))

    def focus_reason(self) -> None:
        """Put the cursor to the choice of a reason."""
        self.ask_reason()
        self._go_to(REASON)

    def _make_form(self) -> Form:
        reasons = tuple(Choice(reason, words) for reason, words in REASON_WORDS.items())
        why = Field(name=REASON, label="Why is something missing?", kind=OneOf(reasons))
        change = Field(name=CHANGE, label="Why is it corrected?", kind=Text(), required=True)
        note = Field(name=NOTE, label="Note", kind=Note())
        form = Form((why, change, note) if self._corrects else (why, note), parent=self)
        form.set_shown(REASON, shown=False)
        form.changed.connect(self.changed)
        self._fill(form)
        self._show_missing(form)
        return form

    def _show_missing(self, form: Form) -> None:
        if not self._missing:
            form.set_shown(REASON, shown=False)
        form.set_hint(REASON, f"Not measured: {self._missing}" if self._missing else "")

    def _fill(self, form: Form) -> None:
        reason, note = self._filled
        form.set_value(REASON, reason)
        form.set_shown(REASON, shown=reason is not None)
        form.set_value(NOTE, note)
        form.set_clean()

    def _point_at(self, name: str, problem: str) -> None:
        self.form.set_problem(name, problem)
        self._go_to(name)

    def _go_to(self, name: str) -> None:
        # a field shown just now has no place yet to which the sheet could scroll
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        self.form.input(name).setFocus()
