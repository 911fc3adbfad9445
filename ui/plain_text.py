"""Words shown as they are written: Qt takes what looks like mark-up in them for mark-up."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


class PlainLabel(QLabel):
    """A label for words that may come out of the database; `setTextFormat` allows mark-up."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


def plain_tooltip(text: str) -> str:
    """Return the text as a tooltip that shows it as it is written."""
    return f"<qt>{escape(text)}</qt>" if "<" in text else text
