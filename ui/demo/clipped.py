"""Finds words that do not fit where they stand, and what is cut off at the side."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLabel, QWidget

_TOLERANCE_PX = 1


def clipped(window: QWidget) -> list[str]:
    """Return a line for each label and button in view that shows less than its words.

    A button whose tooltip says the whole text may show less of it, but nothing may stand where
    nobody can scroll to.
    """
    return [*_labels(window), *_buttons(window), *_beside(window)]


def _labels(window: QWidget) -> Iterator[str]:
    for label in window.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        room = label.contentsRect()
        if label.wordWrap():
            needed, has = label.heightForWidth(label.width()), label.height()
        else:
            needed, has = _width(label), room.width()
        if needed > has + _TOLERANCE_PX and not _is_told(label, label.text()):
            yield _line(label, label.text(), needed, has)


def _width(label: QLabel) -> int:
    if label.textFormat() is Qt.TextFormat.RichText:
        document = QTextDocument()
        document.setDefaultFont(label.font())
        document.setHtml(label.text())
        return int(document.idealWidth())
    lines = label.text().splitlines()
    return max(label.fontMetrics().horizontalAdvance(line) for line in lines)


def _buttons(window: QWidget) -> Iterator[str]:
    for button in window.findChildren(QAbstractButton):
        text = button.text()
        if not button.isVisible() or not text or _is_told(button, text):
            continue
        if button.hasHeightForWidth():
            needed, has = button.heightForWidth(button.width()), button.height()
        else:
            needed, has = button.sizeHint().width(), button.width()
        if needed > has + _TOLERANCE_PX:
            yield _line(button, text, needed, has)


def _beside(window: QWidget) -> Iterator[str]:
    labels, buttons = window.findChildren(QLabel), window.findChildren(QAbstractButton)
    worded: list[QLabel | QAbstractButton] = [*labels, *buttons]
    for widget in worded:
        if widget.isVisible() and widget.text() and (cut := _cut_off(widget)) > _TOLERANCE_PX:
            yield _line(widget, widget.text(), widget.width(), widget.width() - cut)


def _cut_off(widget: QWidget) -> int:
    """Return how much of a widget's width lies beyond the sides of what is around it."""
    cut, around = 0, widget.parentWidget()
    while around is not None and not _scrolls_sideways(around):
        left = widget.mapTo(around, QPoint(0, 0)).x()
        cut = max(cut, -left, left + widget.width() - around.width())
        around = None if around.isWindow() else around.parentWidget()
    return cut


def _scrolls_sideways(widget: QWidget) -> bool:
    area = widget.parentWidget()
    return isinstance(area, QAbstractScrollArea) and area.horizontalScrollBar().isVisible()


def _is_told(widget: QWidget, text: str) -> bool:
    return text.replace("&", "") in widget.toolTip()


def _line(widget: QWidget, text: str, needed: int, has: int) -> str:
    return f"{type(widget).__name__} “{text}” needs {needed} pixels and has {has}"
