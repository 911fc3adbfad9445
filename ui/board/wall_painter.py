"""Paints the wall screen: large, calm, at AAA contrast."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

from ui import theme
from ui.board.badges import ScoreFace
from ui.board.cards import Face
from ui.board.tile_layout import badge_glyph, badge_token
from ui.board.wall_cards import HIDDEN_NAME, WallCard
from ui.board.wall_layout import WallLayout

_LINE_SHARE = 0.72
_STALE_MIX = 0.2
_SLACK_PX = 2
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True, slots=True)
class Lines:
    """The texts above the beds: place, counts, clock, and the warning when it is stale."""

    place: str
    counts: str
    clock: str
    warning: str


def stale_text(scheme: theme.Tokens) -> QColor:
    """Return the grey of a screen that may be out of date; still legible from afar."""
    text, ground = QColor(scheme.wall_text), QColor(scheme.wall_card)
    return QColor(
        _mixed(text.red(), ground.red()),
        _mixed(text.green(), ground.green()),
        _mixed(text.blue(), ground.blue()),
    )


def _mixed(of_text: int, of_ground: int) -> int:
    return round((1 - _STALE_MIX) * of_text + _STALE_MIX * of_ground)


class WallPainter:
    """Paints cards of one size in the colours in force when it was made."""

    def __init__(self, layout: WallLayout, *, stale: bool) -> None:
        tokens = theme.tokens()
        self.stale = stale
        self._layout = layout
        self._ground = QColor(tokens.wall_background)
        self._card = QColor(tokens.wall_card)
        self._text = stale_text(tokens) if stale else QColor(tokens.wall_text)
        self._on_risk = QColor(tokens.wall_on_risk)
        self._tokens = tokens
        size = max(1, round(layout.font_px))
        self._large = theme.font(size, QFont.Weight.Bold)
        self._name = theme.font(size, QFont.Weight.DemiBold)
        self._small = theme.font(max(1, round(size * _LINE_SHARE)), QFont.Weight.DemiBold)

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        """Fill the screen."""
        painter.fillRect(rect, self._ground)

    def paint_lines(self, painter: QPainter, rect: QRectF, lines: Lines) -> None:
        """Paint the line above the beds."""
        size = max(2, round(rect.height() * 0.5))
        inner = rect.adjusted(rect.height() * 0.3, 0, -rect.height() * 0.3, 0)
        if lines.warning:
            painter.fillRect(rect, QColor(self._tokens.band_offline))
        ink = QColor(self._tokens.on_band) if lines.warning else self._text
        painter.setPen(ink)
        painter.setFont(theme.font(size, QFont.Weight.Bold))
        painter.drawText(inner, _LEFT, lines.place)
        painter.drawText(inner, _RIGHT, lines.clock)
        painter.setFont(theme.font(round(size * _LINE_SHARE), QFont.Weight.DemiBold))
        painter.drawText(inner, _CENTRE, lines.warning or lines.counts)

    def paint_heading(self, painter: QPainter, rect: QRectF, text: str) -> None:
        """Paint the name of a bay above its beds."""
        painter.setFont(theme.font(max(1, round(rect.height() * 0.72)), QFont.Weight.DemiBold))
        painter.setPen(self._text)
        painter.drawText(rect.adjusted(self._layout.gap, 0, 0, 0), _LEFT, text)

    def paint_card(self, painter: QPainter, cell: QRectF, card: WallCard) -> None:
        """Paint one bed."""
        gap, size = self._layout.gap, self._layout.font_px
        box = cell.adjusted(gap / 2, gap / 2, -gap / 2, -gap / 2)
        self._paint_ground(painter, box, card)
        inner = box.adjusted(0.35 * size, 0.18 * size, -0.35 * size, -0.18 * size)
        line = inner.height() / (2.75 if self._layout.with_line else 2)
        top = QRectF(inner.left(), inner.top(), inner.width(), line)
        badge = self._paint_badge(painter, top, card.score) if card.score else 0.0
        label = top.adjusted(0, 0, -badge, 0)
        self._write(painter, label, self._large, card.label)
        named = self._paint_score_name(painter, top.translated(0, line), card)
        self._paint_name(painter, top.translated(0, line).adjusted(0, 0, -named, 0), card)
        if self._layout.with_line:
            low = QRectF(inner.left(), inner.bottom() - 0.75 * line, inner.width(), 0.75 * line)
            self._paint_line(painter, low, card)

    def _paint_score_name(self, painter: QPainter, box: QRectF, card: WallCard) -> float:
        """Paint whose number it is that is not NEWS2, below it; return the width it takes.

        Beside the number it would take the place of the bed's own.
        """
        score = card.score
        if score is None or score.points is None or not score.name:
            return 0.0
        width = QFontMetricsF(self._small).horizontalAdvance(score.name) + _SLACK_PX
        right = box.adjusted(box.width() - width, 0, 0, 0)
        self._write(painter, right, self._small, score.name)
        return width + 0.25 * box.height()

    def _paint_name(self, painter: QPainter, box: QRectF, card: WallCard) -> None:
        """Paint the name, and at its right what the line below has no room for."""
        full, short = (card.aside, card.aside_short) if self._layout.with_line else _urgent(card)
        # the word in place of a name gives way to what must be read
        needs_room = full or (card.score is not None and card.score.name)
        name = "" if needs_room and card.name == HIDDEN_NAME else card.name
        used = QFontMetricsF(self._name).horizontalAdvance(name) if full else box.width()
        gap = 0.25 * box.height()
        room = box.adjusted(used + (gap if name else 0), 0, 0, 0)
        self._write(painter, QRectF(box.left(), box.top(), used, box.height()), self._name, name)
        if not full:
            return
        loud = card.aside_loud or not self._layout.with_line
        mark = 0.7 * box.height() + gap if loud else 0.0
        metrics = QFontMetricsF(self._small)
        fitting = (
            text
            for text in (full, short)
            if metrics.horizontalAdvance(text) + mark <= room.width()
        )
        # the mark alone says more than half a word
        text = next(fitting, "" if loud else short)
        # a little more: at its own width a text may be cut
        width = min(room.width(), metrics.horizontalAdvance(text) + mark + _SLACK_PX)
        right = QRectF(room.right() - width, room.top(), width, room.height())
        colour = self._warning if loud else self._text
        if loud:
            self._paint_mark(painter, right, 0.7 * box.height(), colour)
        self._write(painter, right.adjusted(mark, 0, 0, 0), self._small, text, colour)

    def _paint_ground(self, painter: QPainter, box: QRectF, card: WallCard) -> None:
        filled = card.face in (Face.PATIENT, Face.WITHHELD)
        style = Qt.PenStyle.SolidLine if filled else Qt.PenStyle.DashLine
        painter.setPen(QPen(self._text, 1.5, style))
        painter.setBrush(QBrush(self._card if filled else self._ground))
        painter.drawRoundedRect(box, self._layout.gap, self._layout.gap)

    def _paint_badge(self, painter: QPainter, top: QRectF, score: ScoreFace) -> float:
        """Paint the score at the right of the first line; return the width it takes."""
        text = f"{badge_glyph(score)} {score.text}{score.trend}".strip()
        width = QFontMetricsF(self._large).horizontalAdvance(text) + 0.5 * self._layout.font_px
        box = QRectF(top.right() - width, top.top(), width, top.height())
        colour = self._colour_of(score)
        filled = bool(score.points) and score.complete and not score.watch and not self.stale
        incomplete = score.points is not None and not score.complete
        style = Qt.PenStyle.DashLine if incomplete else Qt.PenStyle.SolidLine
        painter.setPen(Qt.PenStyle.NoPen if filled else QPen(colour, 2.5, style))
        painter.setBrush(QBrush(colour) if filled else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 0.15 * box.height(), 0.15 * box.height())
        painter.setFont(self._large)
        painter.setPen(self._on_risk if filled else colour)
        painter.drawText(box, _CENTRE, text)
        return width + 0.2 * self._layout.font_px

    def _paint_line(self, painter: QPainter, box: QRectF, card: WallCard) -> None:
        if not card.overdue:
            called = card.called is not None and not self.stale
            colour = QColor(getattr(self._tokens, f"wall_{card.called}")) if called else None
            self._write(painter, box, self._small, self._fitting(card, box.width()), colour)
            return
        mark = 0.8 * box.height()
        self._paint_mark(painter, box, mark, self._warning)
        words = box.adjusted(mark + 0.25 * box.height(), 0, 0, 0)
        text = self._fitting(card, words.width())
        self._write(painter, words, self._small, text, self._warning)

    def _fitting(self, card: WallCard, width: float) -> str:
        """Return the line of a card, in short where it does not fit."""
        fits = QFontMetricsF(self._small).horizontalAdvance(card.line) <= width
        return card.line if fits else card.short or card.line

    @property
    def _warning(self) -> QColor:
        return self._text if self.stale else QColor(self._tokens.wall_risk_high)

    def _paint_mark(self, painter: QPainter, box: QRectF, size: float, colour: QColor) -> None:
        """Paint the sign of what is late at the left of a box."""
        middle = QPointF(box.left() + size / 2, box.center().y())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(middle, size / 2, size / 2)
        painter.setPen(self._card)
        painter.setFont(self._small)
        painter.drawText(QRectF(box.left(), box.top(), size, box.height()), _CENTRE, "!")

    def _write(
        self,
        painter: QPainter,
        box: QRectF,
        font: QFont,
        text: str,
        colour: QColor | None = None,
    ) -> None:
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(colour or self._text)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, _LEFT, shown)

    def _colour_of(self, score: ScoreFace) -> QColor:
        if self.stale or not score.points:
            return self._text
        return QColor(getattr(self._tokens, f"wall_{badge_token(score)}"))


def _urgent(card: WallCard) -> tuple[str, str]:
    """Return what a card without its line must still say: a call, or what is overdue."""
    if card.alarm:
        return card.alarm, card.alarm
    return (card.line, card.short) if card.overdue else ("", "")
