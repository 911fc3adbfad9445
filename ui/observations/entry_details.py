"""What is said about a set besides its values: why incomplete, a note, why corrected."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Signal
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

    Signals:
        changed: something was chosen or typed.
    """

    changed = Signal()

    def __init__(self, *, corrects: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._corrects = corrects
        self._complete = False
        reasons = tuple(Choice(reason, words) for reason, words in REASON_WORDS.items())
        self.form = Form(
            (
                Field(name=REASON, label="Why is something missing?", kind=OneOf(reasons)),
                Field(name=CHANGE, label="Why is it corrected?", kind=Text(), required=corrects),
                Field(name=NOTE, label="Note", kind=Note()),
            ),
            parent=self,
        )
        self.form.set_shown(CHANGE, shown=corrects)
        self.form.set_shown(REASON, shown=False)
        self.form.changed.connect(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)

    @property
    def change(self) -> Input:
        """The input that takes why a set is corrected."""
        return self.form.input(CHANGE)

    def show_missing(self, missing: str) -> None:
        """Name what is missing; a complete set (`missing` empty) needs no reason."""
        self._complete = not missing
        if self._complete:
            self.form.set_shown(REASON, shown=False)
        self.form.set_hint(REASON, f"Not measured: {missing}" if missing else "")

    def check(self) -> bool:
        """Say what is still needed and return whether nothing is."""
        self.ask_reason()
        good = self.form.check()
        if not self._complete and self.form.value(REASON) is None:
            self._point_at(REASON, "Choose why, or measure what is missing.")
            return False
        if self.reason() is IncompleteReason.OTHER and self.form.value(NOTE) is None:
            self._point_at(NOTE, "Say what the other reason is.")
            return False
        return good

    def reason(self) -> IncompleteReason | None:
        """Return why the set is incomplete; None when it is complete."""
        reason: IncompleteReason | None = self.form.value(REASON)
        return None if self._complete else reason

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
        self.form.set_value(REASON, reason)
        self.form.set_shown(REASON, shown=reason is not None)
        self.form.set_value(NOTE, note)
        self.form.set_clean()

    @property
    def is_dirty(self) -> bool:
        """Whether something was chosen or typed."""
        return self.form.is_dirty

    def typed(self) -> dict[str, Any]:
        """Return everything as typed, for a draft."""
        return self.form.typed()

    def retype(self, typed: dict[str, Any]) -> None:
        """Put a draft back."""
        self.form.retype(typed)

    def ask_reason(self) -> None:
        """Show the choice of a reason while something is missing."""
        self.form.set_shown(REASON, shown=not self._complete)

    def focus_reason(self) -> None:
        """Put the cursor to the choice of a reason."""
        self.ask_reason()
        self._go_to(REASON)

    def _point_at(self, name: str, problem: str) -> None:
        self.form.set_problem(name, problem)
        self._go_to(name)

    def _go_to(self, name: str) -> None:
        # a field shown just now has no place yet to which the sheet could scroll
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        self.form.input(name).setFocus()
