"""What the panel of notes holds: banner, buttons, search, list and reading pane."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui import theme
from ui.notes.line import NoteLine
from ui.notes.reading_pane import ReadingPane
from ui.patients.banner import PatientBanner
from ui.plain_text import PaddedLabel, PlainLabel
from ui.widgets.flow import Flow
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ward_app.board.types import BoardBed

# list and pane stand beside one another where both have room, else below one another
BESIDE_FROM_PX = 1_000
_SEARCH_PX = 220
_SUMMARY_PADDING = (2 * theme.GRID_PX, 0, 2 * theme.GRID_PX, theme.GRID_PX)


class SearchLine(QLineEdit):
    """Where words to look for are typed; Down goes to the list below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPlaceholderText("Look for words in notes (/)")
        self.setAccessibleName("Look for words in notes")
        self.setClearButtonEnabled(True)
        self.setMaxLength(100)
        self.setFixedWidth(_SEARCH_PX)
        self.below: QWidget | None = None

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self.below is not None:
            self.below.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)


class NotesFrame(QWidget):
    """Lays the parts out; what they show is the panel's to say."""

    def __init__(self, columns: Sequence[RowColumn[NoteLine]], parent: QWidget) -> None:
        super().__init__(parent)
        self.banner = PatientBanner(self, inset=True)
        self.buttons = Flow()
        self.summary = PaddedLabel(_SUMMARY_PADDING, parent=self)
        self.search = SearchLine(self)
        self.message = PlainLabel(parent=self)
        self.rows = RowsModel[NoteLine](columns, self)
        self.table = RowsTable(self.rows, "Notes, what was signed last first", self)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.search.below = self.table
        self.pane = ReadingPane(self)
        self._both = QWidget(self)
        self._split = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._both)
        self._stack = QStackedWidget(self)
        self._lay_out()

    def put_in_view(self, widget: QWidget) -> None:
        """Show the list or the message; the cursor stays in what is shown."""
        had_focus = self.hasFocus() or self.table.hasFocus() or self.message.hasFocus()
        self._stack.setCurrentWidget(self._both if widget is self.table else self.message)
        self.setFocusProxy(widget)
        if had_focus:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, text: str) -> None:
        """Show a sentence in place of the list."""
        self.message.setText(text)
        self.put_in_view(self.message)

    def show_whose(self, patient: BoardBed | None, now: datetime, zone: tzinfo) -> None:
        """Show the banner of a patient; of None none, it is a whole ward."""
        self.banner.setVisible(patient is not None)
        if patient is not None:
            self.banner.show_patient(patient, now, zone)

    def set_stale(self, *, stale: bool) -> None:
        """Grey list and note while newer ones could not be read."""
        self.rows.set_stale(stale=stale)
        self.pane.set_stale(stale=stale)

    def fit_columns(self) -> None:
        """Give every column its share of the room."""
        self.table.fit_columns()

    def go_to_search(self) -> None:
        """Put the cursor where words to look for are typed."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = event.size().width() >= BESIDE_FROM_PX
        self._split.setDirection(
            QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        )

    def _lay_out(self) -> None:
        margin = theme.GRID_PX
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        theme.tint(self.message, "dim")
        theme.tint(self._both, ground="line")
        self._split.setContentsMargins(0, 0, 0, 0)
        self._split.setSpacing(1)
        self._split.addWidget(self.table, 3)
        self._split.addWidget(self.pane, 2)
        for widget in (self.message, self._both):
            self._stack.addWidget(widget)
        tools = QHBoxLayout()
        tools.setContentsMargins(2 * margin, margin, 2 * margin, 0)
        tools.setSpacing(margin)
        tools.addLayout(self.buttons, 1)
        tools.addWidget(self.search, 0, Qt.AlignmentFlag.AlignTop)
        theme.tint(self.summary, "dim")
        column = QVBoxLayout(self)
        column.setSpacing(0)
        self.banner.hide()
        column.addWidget(self.banner)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(tools)
        column.addWidget(self.summary)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.message)
