"""The left rail: one button per panel, icon and word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui import theme

RAIL_WIDTH_PX = 80
ICON_PX = 24
SMALL_ICON_PX = 16
# a button with its word below a whole icon, and the least below a small one
USUAL_PX, LEAST_PX = 54, 31
_TEXT_PX = 15
_SMALLEST_PX = 9


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One button: key, word, icon and shortcut."""

    key: str
    word: str
    icon: str
    keys: str = ""


class RailButton(QToolButton):
    """An icon with its word below, whatever height is left; styles would cut the word instead.

    A count stands beside the icon, so that the word keeps the whole width.
    """

    count = ""

    def show_count(self, count: str) -> None:
        """Show a number beside the icon; empty takes it away."""
        self.count = count
        self.setAccessibleName(f"{self.text()} {count}".rstrip())
        self.update()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, LEAST_PX)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        icon, size = self.icon(), self.iconSize().height()
        option.icon, option.text = QIcon(), ""
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        top = max(1, (self.height() - size - _TEXT_PX) // 2 - 1)
        icon.paint(painter, QRect(0, top, self.width(), size))
        below = QRect(0, min(top + size + 2, self.height() - _TEXT_PX), self.width(), _TEXT_PX)
        painter.setFont(_fitting(self.text(), _weight(self), self.width() - 2))
        painter.setPen(self.palette().buttonText().color())
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.text())
        if self.count:
            font = theme.font(theme.SMALL_PX, QFont.Weight.Bold)
            wide = QFontMetrics(font).horizontalAdvance(self.count)
            left = min((self.width() + size) // 2 + 3, self.width() - wide - 3)
            beside = QRect(left, top, wide + 1, size)
            painter.setFont(font)
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, self.count)


class Rail(QFrame):
    """Panels above, tools below; on a low screen closer together, so that each stays in sight.

    Signals:
        chosen: (str) key of the panel asked for.
    """

    chosen = Signal(str)

    def __init__(self, entries: Sequence[RailEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons: dict[QToolButton, str] = {}
        # a turn later: drawn with the rest of the screen they would be felt at the keyboard
        self._drawing = QTimer(self, singleShot=True, interval=0)
        self._drawing.timeout.connect(self._draw_icons)
        self._group = QButtonGroup(self)
        self.setFixedWidth(RAIL_WIDTH_PX)
        theme.tint(self, ground="card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(2, theme.GRID_PX, 2, theme.GRID_PX)
        self._column.setSpacing(1)
        self._panels = {entry.key: self._panel_button(entry) for entry in entries}
        self._column.addStretch(1)

    def show_chosen(self, key: str) -> None:
        """Mark the panel that is shown."""
        self._panels[key].setChecked(True)

    def show_count(self, key: str, count: str) -> None:
        """Put a number beside a panel's icon: "▲2"; empty takes it away."""
        self._panels[key].show_count(count)

    def button(self, key: str) -> RailButton:
        """Return a panel's button."""
        return self._panels[key]

    def add_tool(self, entry: RailEntry, run: Callable[[], None]) -> QToolButton:
        """Add a button at the bottom."""
        button = self._button(entry)
        button.clicked.connect(lambda _checked=False: run())
        self._column.addWidget(button)
        self._fit()
        return button

    def set_tool(self, button: QToolButton, *, word: str, icon: str) -> None:
        """Change a tool's word and icon."""
        button.setText(word)
        self._icons[button] = icon
        self._draw_icons()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._draw_icons()

    def _panel_button(self, entry: RailEntry) -> RailButton:
        button = self._button(entry)
        button.setCheckable(True)
        self._group.addButton(button)
        button.clicked.connect(lambda _checked=False: self.chosen.emit(entry.key))
        self._column.addWidget(button)
        return button

    def _button(self, entry: RailEntry) -> RailButton:
        button = RailButton(self)
        button.setText(entry.word)
        button.setToolTip(f"{entry.word} ({entry.keys})" if entry.keys else entry.word)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(QSize(ICON_PX, ICON_PX))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        button.setFont(theme.font(theme.SMALL_PX))
        button.setAutoRaise(True)
        self._icons[button] = entry.icon
        self._drawing.start()
        return button

    def _fit(self) -> None:
        """Choose the size of icon that leaves room for every word."""
        room = self.height() - 2 * theme.GRID_PX
        icon = ICON_PX if room >= USUAL_PX * len(self._icons) else SMALL_ICON_PX
        for button in self._icons:
            button.setIconSize(QSize(icon, icon))

    def _draw_icons(self) -> None:
        for button, name in self._icons.items():
            button.setIcon(theme.icon(name))


def _weight(button: QToolButton) -> QFont.Weight:
    return QFont.Weight.DemiBold if button.isChecked() else QFont.Weight.Normal


def _fitting(word: str, weight: QFont.Weight, room: int) -> QFont:
    """Return the usual font, or a smaller one for a word that is wider than its button."""
    for size in range(theme.SMALL_PX, _SMALLEST_PX, -1):
        font = theme.font(size, weight)
        if QFontMetrics(font).horizontalAdvance(word) <= room:
            return font
    return theme.font(_SMALLEST_PX, weight)
