"""What a list of things to read and decide has beside the rows themselves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QStackedWidget, QTableView, QWidget

from ui import theme
from ui.plain_text import PlainLabel


class ReadingPane(QPlainTextEdit):
    """Shows the chosen row whole; Tab leaves it."""

    def __init__(self, name: str, height_px: int, parent: QWidget) -> None:
        super().__init__(parent, readOnly=True)
        self.setAccessibleName(name)
        self.setFixedHeight(height_px)
        self.setTabChangesFocus(True)


class RowsOrWords(QStackedWidget):
    """The rows, or in their place the words why there are none."""

    def __init__(self, words: PlainLabel, table: QTableView, parent: QWidget) -> None:
        super().__init__(parent)
        theme.tint(words, "dim")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        table.horizontalHeader().setStretchLastSection(True)
        self.addWidget(words)
        self.addWidget(table)


def hint_line(words: str, parent: QWidget) -> PlainLabel:
    """Return the small line under a list that says how it is used."""
    hint = PlainLabel(words, parent)
    hint.setFont(theme.font(theme.SMALL_PX))
    theme.tint(hint, "dim")
    return hint
