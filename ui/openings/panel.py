"""The queue of openings to review: those first that wait, each decided by one key."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget
from typing_extensions import override

from ui import theme
from ui.context import Context, Place
from ui.formats import moment_text
from ui.openings.review_sheet import ReviewSheet
from ui.openings.words import (
    KIND_WORDS,
    opening_text,
    reason_text,
    state_colour,
    state_text,
    whom_text,
)
from ui.patients.glass_words import TOPIC
from ui.plain_text import PlainLabel
from ui.widgets.panel import Panel
from ui.widgets.reading import ReadingPane, RowsOrWords, hint_line
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ward_app.core.errors import WardError
from ward_app.openings.queries import openings_to_review
from ward_app.openings.rules import in_order, may_review
from ward_app.openings.types import Decision, Opening

NOTHING = "Nothing to review: no chart was opened with a reason in the last 30 days."
_HINT = "Each decision is kept with its words. Nobody reviews what they opened themselves."
_READING_PX = 178
_KEYS = {
    Decision.JUSTIFIED: ("J  Justified…", "Say that it was justified", "J"),
    Decision.NOT_JUSTIFIED: ("N  Not justified…", "Say that it was not justified", "N"),
    Decision.ASKED: ("A  Ask…", "Ask who opened the chart", "A"),
}


class OpeningsPanel(Panel):
    """Openings of the wards one reviews, whatever ward is shown elsewhere."""

    topics: ClassVar[frozenset[str]] = frozenset({TOPIC})

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self.rows = RowsModel[Opening](self._columns(), self)
        self.table = RowsTable(self.rows, "Openings, those first that wait for a review", self)
        self.message = PlainLabel("The openings are being read…", self)
        self.reading = ReadingPane("The chosen opening", _READING_PX, self)
        self.buttons: dict[Decision, QPushButton] = {}
        self._read_at = ""
        self._stack = RowsOrWords(self.message, self.table, self)
        self._lay_out()
        self.load_failed.connect(self._go_stale)
        self.table.selectionModel().currentRowChanged.connect(lambda *_rows: self._read_out())
        self.table.activated.connect(lambda _index: self._decide(Decision.JUSTIFIED))
        self._read_out()

    @property
    def chosen(self) -> Opening | None:
        """The opening the keys are about."""
        return self.rows.row(self.table.currentIndex())

    @override
    def load(self) -> None:
        self.read(self._show, openings_to_review)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _columns(self) -> tuple[RowColumn[Opening], ...]:
        clock, zone = self.context.clock, self.place.zone
        return (
            RowColumn("State", 118, state_text, colour=state_colour),
            RowColumn("Opened", 112, lambda one: moment_text(one.opened_at, zone, clock())),
            RowColumn("By", 150, lambda one: one.user_name),
            RowColumn("What", 168, lambda one: KIND_WORDS[one.kind]),
            RowColumn("Whom", 190, whom_text),
            RowColumn("Ward", 140, lambda one: one.ward_name),
            RowColumn("Reason", 300, reason_text),
        )

    def _show(self, openings: tuple[Opening, ...]) -> None:
        before = self.chosen
        self._read_at = moment_text(self.context.clock(), self.place.zone, self.context.clock())
        rows = in_order(openings)
        self.rows.set_stale(stale=False)
        self.rows.show_rows(rows)
        ids = [opening.id for opening in rows]
        if ids:
            self.table.selectRow(ids.index(before.id) if before and before.id in ids else 0)
        self.message.setText(f"{NOTHING} Read at {self._read_at}.")
        self._stack.setCurrentWidget(self.table if rows else self.message)
        self._read_out()

    def _go_stale(self, error: WardError) -> None:
        self.tell_failed(error)
        self.rows.set_stale(stale=True)
        if not self._read_at:
            self.message.setText("The openings could not be read. F5 tries again.")

    def _read_out(self) -> None:
        opening = self.chosen
        zone, now = self.place.zone, self.context.clock()
        self.reading.setPlainText(opening_text(opening, zone, now) if opening else "")
        for button in self.buttons.values():
            button.setEnabled(opening is not None and may_review(opening))

    def _decide(self, decision: Decision) -> None:
        opening = self.chosen
        if opening is None:
            self.told.emit("Choose an opening first: arrow keys.", None)
        elif not may_review(opening):
            self.told.emit("Somebody else has to review what you opened yourself.", None)
        else:
            self.sheet_requested.emit(ReviewSheet(self.context, opening, decision))

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(theme.GRID_PX // 2)
        for decision, (words, help_, keys) in _KEYS.items():
            action = self.add_command(help_, keys, partial(self._decide, decision))
            button = QPushButton(words, self)
            button.setToolTip(action.toolTip())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(action.trigger)
            self.buttons[decision] = button
            bar.addWidget(button)
        bar.addStretch(1)
        hint = hint_line(_HINT, self)
        margin = theme.GRID_PX + 4
        self.content.setContentsMargins(margin, theme.GRID_PX, margin, theme.GRID_PX)
        self.content.setSpacing(theme.GRID_PX)
        self.content.addLayout(bar)
        self.content.addWidget(self._stack, 1)
        self.content.addWidget(self.reading)
        self.content.addWidget(hint)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
