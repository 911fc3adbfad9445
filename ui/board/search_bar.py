"""The line above the beds: search, what of the board is shown, and the other ways to see it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QWidget
from typing_extensions import override

from ui import theme
from ui.plain_text import PlainLabel

BAR_HEIGHT_PX = 42
_SEARCH_WIDTH_PX = 300


class SearchField(QLineEdit):
    """Searches as it is typed; Enter and Down lead into the beds found, Escape ends it.

    Signals:
        left: () the keyboard is wanted by the beds again.
        escaped: () the search is over.
    """

    left = Signal()
    escaped = Signal()

    @override
    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _OWN_KEYS
        ):
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.escaped.emit()
        elif event.key() in _OWN_KEYS:
            self.left.emit()
        else:
            super().keyPressEvent(event)


_OWN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Escape)


class SearchBar(QFrame):
    """Search field, a sentence about what is shown, and three switches.

    Signals:
        searched: (str) the text of the search changed.
    """

    searched = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = SearchField(self)
        self.field.setPlaceholderText("Bed, name, number, consultant   ( / )")
        self.field.setAccessibleName("Search the board")
        self.field.setClearButtonEnabled(True)
        self.field.setMaximumWidth(_SEARCH_WIDTH_PX)
        self.field.textChanged.connect(self.searched)
        self.summary = PlainLabel(parent=self)
        theme.tint(self.summary, "dim")
        self.table = self._switch("Table", "Show beds as a table or as tiles (V)")
        self.details = self._switch("Details", "Show or hide the selected bed (P)")
        self.wall = self._switch("Wall", "Fill the screen for reading from afar (F11)")
        self.wall.setCheckable(False)
        self.gaps = self._switch("", "Show only patients whom no nurse on duty holds (Alt+N)")
        self.gaps.setCheckable(False)
        theme.tint(self.gaps, "problem", "problem_ground")
        self.gaps.hide()
        self.setFixedHeight(BAR_HEIGHT_PX)
        self._lay_out()

    def show_summary(self, text: str) -> None:
        """Say what of the board is shown."""
        self.summary.setText(text)

    def show_gaps(self, text: str) -> None:
        """Say loudly how many patients have no nurse; empty = all have one."""
        self.gaps.setText(text)
        self.gaps.setVisible(bool(text))

    def _switch(self, text: str, tooltip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setCheckable(True)
        button.setToolTip(tooltip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("kind", "quiet")
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GRID_PX, 4, theme.GRID_PX, 4)
        row.setSpacing(theme.GRID_PX)
        row.addWidget(self.field, 1)
        row.addWidget(self.gaps)
        row.addWidget(self.summary, 2)
        for button in (self.table, self.details, self.wall):
            row.addWidget(button)
