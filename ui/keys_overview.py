"""All keys on one card (F1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QWidget

from ui import theme
from ui.plain_text import PaddedLabel, PlainLabel
from ui.widgets.overlay import Overlay

CARD_WIDTH_PX = 920


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys that belong together: a heading, and (keys, what they do) pairs."""

    heading: str
    keys: tuple[tuple[str, str], ...]


class KeysOverview(Overlay):
    """Every key of the screen in view and of the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, CARD_WIDTH_PX)
        self._groups: tuple[KeyGroup, ...] = ()
        self._area = QScrollArea(self.card)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self.column.addWidget(self._area)

    def show_keys(self, groups: Sequence[KeyGroup]) -> None:
        """Open and show these: the first group at the left, the others at the right."""
        self._groups = tuple(groups)
        page = QWidget(self._area.viewport())
        theme.tint(page, ground="card")
        row = QHBoxLayout(page)
        row.setSpacing(5 * theme.GRID_PX)
        for column in (groups[:1], groups[1:]):
            row.addLayout(_column(column, page), 1)
        self._area.setWidget(page)
        self._area.setFixedHeight(min(page.sizeHint().height(), self.room()))
        self.open()
        self._area.setFocus()

    def texts(self) -> tuple[tuple[str, str], ...]:
        """Return the (keys, what they do) pairs shown."""
        return tuple(pair for group in self._groups for pair in group.keys)


def _column(groups: Sequence[KeyGroup], page: QWidget) -> QGridLayout:
    grid = QGridLayout()
    grid.setColumnStretch(1, 1)
    grid.setHorizontalSpacing(3 * theme.GRID_PX)
    grid.setVerticalSpacing(4)
    for group in groups:
        _add(grid, group, page)
    grid.setRowStretch(grid.rowCount(), 1)
    return grid


def _add(grid: QGridLayout, group: KeyGroup, page: QWidget) -> None:
    heading = PaddedLabel((0, theme.GRID_PX, 0, 0), group.heading, page)
    heading.setFont(theme.font(theme.BODY_PX + 2, QFont.Weight.DemiBold))
    grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
    for keys, meaning in group.keys:
        line = grid.rowCount()
        label = PlainLabel(keys, page)
        label.setFont(theme.font(weight=QFont.Weight.DemiBold))
        theme.tint(label, "accent")
        grid.addWidget(label, line, 0)
        words = PlainLabel(meaning, page)
        words.setWordWrap(True)
        grid.addWidget(words, line, 1)
