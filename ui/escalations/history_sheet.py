"""The escalations of one stay: who was told, when, and what came of it."""

from __future__ import annotations

from datetime import tzinfo
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.call_words import event_text, head_text
from ui.context import Context
from ui.escalations.answer_sheet import answer_sheet
from ui.plain_text import PaddedLabel, PlainLabel
from ui.widgets.sheet import Sheet
from ward_app.audit.service import open_chart
from ward_app.escalations.queries import escalation_history, open_escalation
from ward_app.escalations.types import Escalation, OpenEscalation

NONE_YET = "Nobody was called to this patient during this stay."
NOT_OPEN = "No escalation of this patient is open."


class HistorySheet(Sheet):
    """Reading only; its button answers the escalation that is open."""

    def __init__(
        self,
        context: Context,
        *,
        patient_id: UUID,
        admission_id: UUID,
        name: str,
        zone: tzinfo,
    ) -> None:
        super().__init__(context, title="Escalations", save_text="Answer", patient_name=name)
        self._admission_id, self._zone = admission_id, zone
        self.lines: list[PlainLabel] = []
        self._say("Being read…")
        self.content.addStretch(1)
        # the opening is logged and committed first: only then is the history readable
        reply = Reply(self._read, self.show_problem)
        context.work.query(self, reply, open_chart, patient_id)

    @override
    def focus_first(self) -> None:
        self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def save(self) -> None:
        reply = Reply(self._answer, self.show_problem)
        self.context.work.query(self, reply, open_escalation, self._admission_id)

    def show_history(self, found: tuple[Escalation, ...]) -> None:
        """Show every escalation, the latest first, with what happened to it."""
        self._clear()
        now = self.context.clock()
        for escalation in found:
            self._say(head_text(escalation, self._zone, now), bold=True)
            for event in escalation.events:
                self._say(event_text(event, self._zone, now))
        if not found:
            self._say(NONE_YET)

    def _read(self, _opened: object) -> None:
        reply = Reply(self.show_history, self.show_problem)
        self.context.work.query(self, reply, escalation_history, self._admission_id)

    def _answer(self, item: OpenEscalation | None) -> None:
        sheet = answer_sheet(self.context, item, self._zone) if item else None
        if sheet is None:
            self.finish(NOT_OPEN)
        else:
            self.sheet_requested.emit(sheet)

    def _say(self, text: str, *, bold: bool = False) -> None:
        padding = (0, theme.GRID_PX if self.lines else 0, 0, 0) if bold else (12, 0, 0, 0)
        label = PaddedLabel(padding, text, self)
        label.setWordWrap(True)
        if bold:
            label.setFont(theme.font(theme.BODY_PX, QFont.Weight.DemiBold))
        self.content.insertWidget(len(self.lines), label)
        self.lines.append(label)

    def _clear(self) -> None:
        for label in self.lines:
            self.content.removeWidget(label)
            label.hide()
            label.deleteLater()
        self.lines.clear()
