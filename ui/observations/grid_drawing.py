"""How the bay grid draws its words: colours, fonts and laid-out texts, made once and kept."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QStaticText, QTextOption

from ui import theme
from ui.observations.colours import ChartColours, chart_colours

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
_MOST_KEPT = 2_000

T = TypeVar("T")


class Lettering:
    """A font, and the texts laid out in it: to lay one out costs more than to draw it."""

    def __init__(self, font: QFont) -> None:
        self._font = font
        self._laid_out: dict[tuple[str, int], QStaticText] = {}
        self._elided: dict[tuple[str, int], str] = {}

    def draw(self, painter: QPainter, rect: QRect, flags: Qt.AlignmentFlag, text: str) -> None:
        """Draw a line of words where `QPainter.drawText` would; what has no room is cut off."""
        if not text:
            return
        words = self._words(text, -1)
        size = words.size()
        painter.setFont(self._font)
        if size.width() > rect.width():
            painter.drawText(rect, flags, text)
            return
        spare = rect.width() - size.width()
        x = {RIGHT: spare, CENTRE: spare / 2}.get(flags, 0.0)
        y = (rect.height() - size.height()) / 2
        painter.drawStaticText(QPointF(rect.left() + x, rect.top() + y), words)

    def draw_wrapped(self, painter: QPainter, rect: QRect, text: str) -> None:
        """Draw words on as many lines as they need, from the left; what has no room is cut off."""
        if not text:
            return
        words = self._words(text, rect.width())
        size = words.size()
        painter.setFont(self._font)
        if size.height() > rect.height() or size.width() > rect.width():
            painter.drawText(rect, LEFT | Qt.TextFlag.TextWordWrap, text)
            return
        y = (rect.height() - size.height()) / 2
        painter.drawStaticText(QPointF(rect.left(), rect.top() + y), words)

    def elided(self, text: str, width: int) -> str:
        """Return as much of a text as has room, with "…" where some of it has none."""
        known = self._elided.get((text, width))
        if known is None:
            metrics = QFontMetrics(self._font)
            known = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            _keep(self._elided, (text, width), known)
        return known

    def width(self, text: str) -> float:
        """Return how wide a line of words is."""
        return self._words(text, -1).size().width() if text else 0.0

    def _words(self, text: str, width: int) -> QStaticText:
        """Return a text laid out; `width` -1 = on one line."""
        known = self._laid_out.get((text, width))
        if known is not None:
            return known
        words = QStaticText(text)
        words.setTextFormat(Qt.TextFormat.PlainText)
        if width >= 0:
            words.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
            words.setTextWidth(width)
        words.prepare(font=self._font)
        _keep(self._laid_out, (text, width), words)
        return words


def _keep(kept: dict[tuple[str, int], T], key: tuple[str, int], value: T) -> None:
    """Keep what was made; when there is too much of it, from here on."""
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[key] = value


class GridLook:
    """Colours and fonts of one scheme, made once and not at every cell."""

    def __init__(self) -> None:
        self.scheme = theme.scheme()
        chart: ChartColours = chart_colours()
        self.points = tuple(QColor(each) for each in chart.points)
        self.bands = tuple(QColor(each) for each in chart.bands)
        self.risks = tuple(QColor(each) for each in chart.risks)
        self.colour = {name: theme.colour(name) for name in theme.tokens().__slots__}
        self.body = Lettering(theme.font(theme.BODY_PX, QFont.Weight.DemiBold))
        self.small = Lettering(theme.font(theme.SMALL_PX))
        self.strong = Lettering(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))
        self.active = Lettering(theme.font(theme.BODY_PX, QFont.Weight.Bold))
