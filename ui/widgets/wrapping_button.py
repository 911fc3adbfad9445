"""A button whose words go on in a second line where one is too narrow."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)
from typing_extensions import override

_LEAST_PX = 96


class WrappingButton(QPushButton):
    """Never cuts its words; `text` stays what it was.

    What was measured is kept: a layout asks for it dozens of times.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._heights: dict[tuple[str, int, tuple[int, int]], int] = {}
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
        policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
        self.setSizePolicy(policy)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        hint = self.sizeHint()
        # another font or style has another hint
        asked = self.text(), width, (hint.width(), hint.height())
        if asked not in self._heights:
            more = max(0, len(self._lines(width)) - 1)
            self._heights[asked] = hint.height() + more * self.fontMetrics().lineSpacing()
        return self._heights[asked]

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_PX, self.sizeHint().height())

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = "\n".join(self._lines(self.width()))
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)

    def _lines(self, width: int) -> list[str]:
        """Return the words in the lines that they take in a button of this width."""
        return wrapped(self.text(), self.font(), width - self._frame_px())

    def _frame_px(self) -> int:
        """Return how much wider the button is than its words on one line."""
        return self.sizeHint().width() - self.fontMetrics().horizontalAdvance(self.text())


def wrapped(text: str, font: QFont, width: int) -> list[str]:
    """Return a text in lines of at most this width; only a word that is wider is broken."""
    layout, lines = QTextLayout(text, font), []
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        lines.append(text[line.textStart() :][: line.textLength()].strip())
    layout.endLayout()
    return lines
