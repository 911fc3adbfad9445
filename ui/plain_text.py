"""Words shown as they are written: Qt takes what looks like mark-up in them for mark-up."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

_TAKING_MARGINS = {QEvent.Type.Polish, QEvent.Type.StyleChange}


class PlainLabel(QLabel):
    """A label for words that may come out of the database; `setTextFormat` allows mark-up."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


class CopyableLabel(PlainLabel):
    """A label whose words the mouse can mark, to be copied.

    Qt keeps a whole document for such a label and lays it out at twice the cost of the words, so
    that it gets one when the mouse comes. Its size is the same before and after.
    """

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        super().enterEvent(event)


class PaddedLabel(PlainLabel):
    """A label with room around its words; Qt takes a label's margins back with every style.

    `padding` in pixels: left, top, right, bottom.
    """

    def __init__(
        self, padding: tuple[int, int, int, int], text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._padding = padding
        self.setContentsMargins(*padding)

    @override
    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in _TAKING_MARGINS:
            self.setContentsMargins(*self._padding)
        return done


def plain_tooltip(text: str) -> str:
    """Return the text as a tooltip that shows it as it is written."""
    if "<" not in text:
        return text
    from html import escape  # noqa: PLC0415 - hardly ever, and it brings a table of every entity

    return f"<qt>{escape(text)}</qt>"
