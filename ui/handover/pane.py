"""One patient's handover on screen: four parts, what is new marked, times at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui import theme
from ui.handover.sbar import NEW, SbarLine, SbarPart
from ui.plain_text import CopyableLabel, PaddedLabel, PlainLabel

_NEW_PX = 40
# "22:10, due in 1 h 30 min" on one line leaves too little to the words beside it below this
_ROOMY_PX = 560


class HandoverPane(QScrollArea):
    """Shows `SbarPart`s; what the eye gets by colour the words say as well."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # of our own making, as in Sheet: Qt's own would be named at some cost
        viewport = QWidget(self)
        viewport.setBackgroundRole(QPalette.ColorRole.NoRole)
        self.setViewport(viewport)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Handover of the chosen patient")
        self._parts: tuple[SbarPart, ...] = ()
        self._stale = False
        self._is_roomy = False
        self._times: list[tuple[PlainLabel, str]] = []
        self._body = QWidget()
        self.setWidget(self._body)

    @property
    def parts(self) -> tuple[SbarPart, ...]:
        """What is shown."""
        return self._parts

    def show_parts(self, parts: Sequence[SbarPart], *, stale: bool = False) -> None:
        """Show these; the place scrolled to stays while it is the same patient."""
        if (tuple(parts), stale) == (self._parts, self._stale):
            return
        self._parts, self._stale = tuple(parts), stale
        self._build()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_roomy != (self.width() >= _ROOMY_PX):
            self._is_roomy = not self._is_roomy
            for label, when in self._times:
                label.setText(self._when(when))

    def _build(self) -> None:
        """Make the lines anew, each where it belongs: one that moves later is styled again."""
        self._is_roomy, self._times = self.width() >= _ROOMY_PX, []
        at = self.verticalScrollBar().value()
        body = QWidget(self.viewport())
        column = QVBoxLayout(body)
        margin = 2 * theme.GRID_PX
        column.setContentsMargins(margin, theme.GRID_PX, margin, margin)
        column.setSpacing(theme.GRID_PX)
        for part in self._parts:
            column.addWidget(self._heading(part.title, body))
            column.addLayout(self._grid(part.lines, body))
        column.addStretch(1)
        self._body = body
        self.setWidget(body)
        self.verticalScrollBar().setValue(at)

    def _heading(self, title: str, body: QWidget) -> PlainLabel:
        label = PaddedLabel((theme.GRID_PX, 2, theme.GRID_PX, 2), title, body)
        label.setFont(theme.font(theme.BODY_PX, QFont.Weight.Bold))
        theme.tint(label, "dim" if self._stale else "text", "selection")
        return label

    def _grid(self, lines: Sequence[SbarLine], body: QWidget) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(theme.GRID_PX, 0, theme.GRID_PX, 0)
        # Qt leaves no space beside an empty column: words would begin elsewhere with nothing new
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(3)
        grid.setColumnMinimumWidth(0, _NEW_PX + theme.GRID_PX)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        for row, line in enumerate(lines):
            if line.new:
                grid.addWidget(_new_mark(body), row, 0, top | Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(self._text(line, body), row, 1, top)
            if line.when:
                when = PlainLabel(self._when(line.when), body)
                self._times.append((when, line.when))
                when.setAlignment(Qt.AlignmentFlag.AlignRight)
                when.setContentsMargins(theme.GRID_PX, 0, 0, 0)
                theme.tint(when, "dim")
                grid.addWidget(when, row, 2, top | Qt.AlignmentFlag.AlignRight)
        return grid

    def _when(self, when: str) -> str:
        return when if self._is_roomy else when.replace(", ", ",\n")

    def _text(self, line: SbarLine, body: QWidget) -> PlainLabel:
        text = CopyableLabel(line.text, body)
        text.setWordWrap(True)
        if line.tone:
            text.setFont(theme.font(theme.BODY_PX, QFont.Weight.DemiBold))
        theme.tint(text, "dim" if self._stale else line.tone or "text")
        text.setAccessibleName(f"{NEW}: {line.text}" if line.new else line.text)
        return text


def _new_mark(body: QWidget) -> PlainLabel:
    mark = PlainLabel(NEW, body)
    mark.setFixedWidth(_NEW_PX)
    mark.setFont(theme.font(theme.SMALL_PX, QFont.Weight.Bold))
    mark.setToolTip("Recorded since you last accepted this patient")
    theme.tint(mark, "success", "success_ground")
    mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return mark
