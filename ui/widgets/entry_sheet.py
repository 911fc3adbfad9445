"""A sheet made of forms: draft, focus, problems and questions are handled once, here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout
from typing_extensions import override

from ui import theme
from ui.notices import CAUTION, PROBLEM, NoticeAction
from ui.widgets.form import Field, Form
from ui.widgets.reason_input import Reason
from ui.widgets.sheet import AWAY, Sheet
from ward_app.core.errors import DatabaseUnavailableError, RuleBrokenError, WardError


class EntrySheet(Sheet):
    """A sheet whose entry is one or more forms; subclasses call `add_form` and `show_forms`."""

    forms: tuple[Form, ...] = ()
    without_server = AWAY

    @property
    @override
    def is_dirty(self) -> bool:
        return any(form.is_dirty for form in self.forms)

    def add_form(self, form: Form, to: QVBoxLayout | None = None) -> Form:
        """Put a form below what is there (or into `to`) and return it."""
        self.forms = (*self.forms, form)
        column = to or self.content
        if column.count():
            # fields stand as far from words and fields above as from each other
            column.addSpacing(theme.GRID_PX)
        column.addWidget(form)
        return form

    def ask_why(self, usual: tuple[str, ...], label: str = "Why") -> Form:
        """Ask for a `reason`, the usual ones at a key each; nothing stands below it."""
        field = Field(name="reason", label=label, kind=Reason(usual), required=True)
        form = self.add_form(Form((field,), self.context.clock, self.page))
        self.content.addStretch(1)
        return form

    def value(self, name: str) -> Any:
        """Return the value of the field of that name, in whichever form it is."""
        return self.form_of(name).value(name)

    def form_of(self, name: str) -> Form:
        """Return the form that has the field of that name."""
        return next(form for form in self.forms if name in form.typed())

    def check(self) -> bool:
        """Show every problem of the forms in view, go to the first; return whether none is."""
        # from the last to the first, so that the cursor ends on the first problem
        in_view = [form for form in reversed(self.forms) if form.isVisibleTo(self)]
        outcomes = [form.check() for form in in_view]
        return all(outcomes)

    def ask(self, question: str, answer: str, run: Callable[[], None]) -> None:
        """Ask once, in place: Enter answers, Escape leaves the question."""
        self.notice.tell(CAUTION, question, NoticeAction(answer, run))
        self.notice.button.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def draft(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(form.typed() for form in self.forms)

    @override
    def retype(self, draft: tuple[Mapping[str, Any], ...]) -> None:
        for form, typed in zip(self.forms, draft, strict=True):
            form.retype(typed)

    @override
    def focus_first(self) -> None:
        if self.forms:
            self.forms[0].focus_first()
        else:
            self.leave_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def show_problem(self, error: WardError) -> None:
        shown_in_field = isinstance(error, RuleBrokenError) and any(
            form.show_error(error) for form in self.forms
        )
        if shown_in_field:
            self.notice.clear()
        elif isinstance(error, DatabaseUnavailableError):
            again = NoticeAction("Save again", self.save)
            self.notice.tell(PROBLEM, str(error), again)
        else:
            super().show_problem(error)
