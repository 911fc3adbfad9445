"""Protected details of one patient: shown once the chart is open, corrected with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any
from uuid import UUID

from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context
from ui.formats import moment_text
from ui.notices import CAUTION
from ui.patients.detail_fields import DETAIL_WORDS, changed, detail_fields
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form
from ui.widgets.reason_input import Reason
from ward_app.audit.service import open_chart
from ward_app.core.errors import WardError
from ward_app.patients.detail_queries import read_details
from ward_app.patients.detail_service import record_details
from ward_app.patients.types import DetailEntry, ProtectedDetails, Unreadable

_REASONS = ("Typing error", "Moved house", "Shown on a document", "Told by the patient")


class DetailsSheet(EntrySheet):
    """Shows what can be read, says what cannot, and saves only what was changed."""

    def __init__(
        self,
        context: Context,
        patient_id: UUID,
        patient_name: str,
        *,
        zone: tzinfo = UTC,
        may_change: bool = True,
    ) -> None:
        super().__init__(
            context,
            title="Protected details",
            patient_name=patient_name,
            draft_key=f"details {patient_id}",
        )
        self._patient_id, self._name, self._zone = patient_id, patient_name, zone
        self._may_change = may_change
        self._before: ProtectedDetails | None = None
        self._draft: tuple[Mapping[str, Any], ...] | None = None
        self._waiting = PlainLabel("Opening the chart …", self)
        self.content.setSpacing(theme.GRID_PX + 4)
        self.content.addWidget(self._waiting)
        self.content.addStretch(1)
        self.save_button.setEnabled(False)
        self._load()

    @override
    def save(self) -> None:
        if self._before is None or not self.save_button.isEnabled() or not self.check():
            return
        values = changed(self.detail_form, self._before)
        reason = self.value("reason")
        corrects = any(field in self._before.values for field in values)
        if not values:
            self.notice.tell(CAUTION, "Nothing is changed yet. Escape leaves.")
        elif corrects and reason is None:
            self.reason_form.set_problem("reason", "Needed, because something is corrected")
            self.reason_form.focus_first()
        else:
            entry = DetailEntry(
                # other values are another change, though an earlier save may have come through
                id=self.ids[f"details {values}"],
                patient_id=self._patient_id,
                version=self._before.version,
                values=values,
                reason=reason,
            )
            self.send("patients", self._tell, record_details, self.context.keys, entry)

    @override
    def retype(self, draft: tuple[Mapping[str, Any], ...]) -> None:
        if self._before is None:
            self._draft = draft
        elif len(draft) == len(self.forms):
            super().retype(draft)

    def _load(self) -> None:
        # the chart opens, and that is logged, before anything in it can be read
        opened = Reply(self._read, self._refuse)
        self.context.work.query(self, opened, open_chart, self._patient_id)

    def _read(self, _opened: object) -> None:
        reply = Reply(self._show, self._refuse)
        keys = self.context.keys
        self.context.work.query(self, reply, read_details, keys, self._patient_id)

    def _refuse(self, error: WardError) -> None:
        self._waiting.hide()
        self.show_problem(error)

    def _show(self, details: ProtectedDetails) -> None:
        self._waiting.hide()
        self._before = details
        for field, value in details.values.items():
            if isinstance(value, Unreadable):
                self._say(f"{DETAIL_WORDS[field]}: {value.why}", "caution")
        if fields := detail_fields(details):
            self.detail_form = self._insert(Form(fields, self.context.clock, self.page))
            reason = Field(name="reason", label="Why it is corrected", kind=Reason(_REASONS))
            self.reason_form = self._insert(Form((reason,), self.context.clock, self.page))
            self.detail_form.setEnabled(self._may_change)
            self.reason_form.setVisible(self._may_change)
            self.save_button.setEnabled(self._may_change)
        self._say(self._history(details), "dim")
        if self._draft is not None:
            self.retype(self._draft)
        self.focus_first()

    def _history(self, details: ProtectedDetails) -> str:
        if details.last_change is None:
            return (
                "Who entered it is not on record."
                if details.values
                else "Nothing was entered yet."
            )
        by, at, reason = details.last_change
        when = moment_text(at, self._zone, self.context.clock())
        return f"Last changed {when} by {by or 'IT'}{f': {reason}' if reason else ''}."

    def _say(self, words: str, look: str) -> None:
        label = PlainLabel(words, self)
        label.setWordWrap(True)
        theme.tint(label, look)
        self.content.insertWidget(self.content.count() - 1, label)

    def _insert(self, form: Form) -> Form:
        """Put a form above the stretch at the bottom."""
        self.content.insertWidget(self.content.count() - 1, form)
        self.forms = (*self.forms, form)
        return form

    def _tell(self, _version: object) -> None:
        self.finish(f"Protected details of {self._name} saved.")
