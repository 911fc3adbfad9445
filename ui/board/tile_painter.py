"""Paints one tile from its layout: nothing is measured, worded or looked up here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen, QPixmap

from ui import theme
from ui.board.badges import Tone
from ui.board.cards import BedCard, Face
from ui.board.rows import Heading
from ui.board.tile_grid import TileGrid
from ui.board.tile_layout import (
    Badge,
    ChipBox,
    Text,
    TileLayout,
    TileLayouts,
    badge_token,
    is_incomplete,
)
from ward_app.board import rules

_CORNER = 6.0
_RING_PX = 3.0
_STRIPE_PX = 3.5
_ICON_PX = 48
# a large ward's; of a whole hospital those painted last are painted each time
_PICTURES_KEPT = 120
# pictures made at a turn of the event loop: all of a ward's would be felt at the keyboard
_AT_ONCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TileState:
    """How a tile stands among the others.

    Attributes:
        focused: it is selected and has the keyboard.
        target: a patient is being dragged over it and could be put there.
        stale: what it shows may have changed since.
    """

    selected: bool = False
    focused: bool = False
    target: bool = False
    stale: bool = False


@dataclass(frozen=True, slots=True)
class _Picture:
    """A tile as painted.

    Attributes:
        of: the state it is in, and how many pixels of the screen one of ours has.
    """

    of: tuple[TileState, float]
    pixmap: QPixmap


class TilePainter:
    """Paints tiles and headings of one size in the colours in force when it took them."""

    def __init__(self, grid: TileGrid) -> None:
        self.grid = grid
        self._layouts = TileLayouts(grid)
        self._cell = QSize(grid.tile_width, grid.tile_height)
        self._known: WeakKeyDictionary[BedCard, TileLayout] = WeakKeyDictionary()
        self._pictures: WeakKeyDictionary[BedCard, _Picture] = WeakKeyDictionary()
        self._colours: dict[str, QColor] = {}
        self._icons: dict[str, QPixmap] = {}
        self.take_colours()
        self._heading = theme.font(13, QFont.Weight.DemiBold)
        self._ward_heading = theme.font(16, QFont.Weight.Bold)
        self._note = theme.font(12)

    def take_colours(self) -> None:
        """Paint in the colours of the scheme in force from now on; where things stand stays."""
        self._colours = {name: QColor(getattr(theme.tokens(), name)) for name in _COLOURS}
        self._icons.clear()
        self._pictures.clear()

    def show(self, painter: QPainter, rect: QRect, card: BedCard, state: TileState) -> None:
        """Paint a bed into the cell `rect` from its picture; the first time it is made.

        A sheet that opens or closes has every tile of a ward painted again. Between the pixels of
        the screen a picture would be blurred: there the bed is painted itself.
        """
        ratio = painter.device().devicePixelRatio()
        picture = self._pictures.get(card)
        if picture is not None and picture.of == (state, ratio):
            painter.drawPixmap(rect.topLeft(), picture.pixmap)
        elif self._may_keep(card, ratio):
            painter.drawPixmap(rect.topLeft(), self._drawn(card, state, ratio))
        else:
            self.paint(painter, rect, card, state)

    def paint(self, painter: QPainter, rect: QRect, card: BedCard, state: TileState) -> None:
        """Paint a bed into the cell `rect`."""
        layout = self._layout(card)
        painter.save()
        painter.translate(rect.topLeft())
        self._paint_ground(painter, card, state)
        self._paint_words(painter, card, layout, state)
        if layout.badge:
            self._paint_badge(painter, layout.badge, state)
        for chip in layout.chips:
            self._paint_chip(painter, chip, state)
        self._paint_ring(painter, state)
        painter.restore()

    def paint_heading(self, painter: QPainter, rect: QRect, heading: Heading) -> None:
        """Paint a line above beds into `rect`."""
        painter.save()
        box = QRectF(rect).adjusted(self._layouts.type.margin, 2, -self._layouts.type.margin, -2)
        if heading.loud:
            painter.fillRect(box, self._colours["problem_ground"])
            box.adjust(theme.GRID_PX, 0, 0, 0)
        token = "problem" if heading.loud else "text" if heading.is_ward else "dim"
        painter.setFont(self._ward_heading if heading.is_ward else self._heading)
        painter.setPen(self._colours[token])
        words = f"◆ {heading.text}" if heading.loud else heading.text
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        used = painter.boundingRect(box, flags, words)
        painter.drawText(box, flags, words)
        painter.setFont(self._note)
        painter.setPen(self._colours["problem" if heading.loud else "dim"])
        painter.drawText(box.adjusted(used.width() + 12, 0, 0, 0), flags, heading.note)
        painter.restore()

    def draw_some(self, wanted: Iterable[tuple[BedCard, TileState]], ratio: float) -> bool:
        """Draw pictures of a few beds that have none in their state; say whether any are left."""
        drawn = 0
        for card, state in wanted:
            if self._is_kept(card, state, ratio) or not self._may_keep(card, ratio):
                continue
            if drawn == _AT_ONCE:
                return True
            self._drawn(card, state, ratio)
            drawn += 1
        return False

    def _is_kept(self, card: BedCard, state: TileState, ratio: float) -> bool:
        picture = self._pictures.get(card)
        return picture is not None and picture.of == (state, ratio)

    def _may_keep(self, card: BedCard, ratio: float) -> bool:
        is_room = card in self._pictures or len(self._pictures) < _PICTURES_KEPT
        return is_room and ratio.is_integer()

    def _drawn(self, card: BedCard, state: TileState, ratio: float) -> QPixmap:
        """Return the picture of a bed on the board's ground, and keep it."""
        pixmap = QPixmap(self._cell * ratio)
        pixmap.setDevicePixelRatio(ratio)
        # on an opaque ground letters are as sharp as on the screen
        pixmap.fill(self._colours["background"])
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), self._cell), card, state)
        painter.end()
        self._pictures[card] = _Picture((state, ratio), pixmap)
        return pixmap

    def _layout(self, card: BedCard) -> TileLayout:
        layout = self._known.get(card)
        if layout is None:
            layout = self._known[card] = self._layouts.layout(card)
        return layout

    def _paint_ground(self, painter: QPainter, card: BedCard, state: TileState) -> None:
        box = self._layouts.card
        if card.face is Face.PATIENT:
            painter.setPen(_pen(self._colours["line"], 1))
            painter.setBrush(self._colours["card"])
        else:
            style = Qt.PenStyle.DashLine if card.face is Face.EMPTY else Qt.PenStyle.SolidLine
            painter.setPen(_pen(self._colours["edge"], 1, style))
            painter.setBrush(self._colours["background"])
        painter.drawRoundedRect(box, _CORNER, _CORNER)
        if card.face is Face.UNAVAILABLE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(self._colours["line"], Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(box, _CORNER, _CORNER)
        if card.score and rules.is_at_risk(card.bed) and not state.stale:
            self._paint_stripe(painter, box, badge_token(card.score))

    def _paint_stripe(self, painter: QPainter, box: QRectF, token: str) -> None:
        painter.save()
        painter.setClipRect(QRectF(box.left(), box.top(), _STRIPE_PX, box.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colours[token])
        painter.drawRoundedRect(box, _CORNER, _CORNER)
        painter.restore()

    def _paint_words(
        self, painter: QPainter, card: BedCard, layout: TileLayout, state: TileState
    ) -> None:
        type_, colours = self._layouts.type, self._colours
        loud = colours["dim" if state.stale else "text"]
        self._write(painter, type_.label.font, loud, layout.label)
        self._write(painter, type_.name.font, loud, layout.name)
        for line in layout.lines:
            self._write(painter, type_.text.font, colours["dim"], line)
        if layout.note:
            self._write(painter, type_.chip.font, colours["dim"], layout.note)
        overdue = card.overdue and not state.stale
        colour = colours["risk_high" if overdue else "dim"]
        self._write(painter, type_.due.font, colour, layout.due)
        if layout.round:
            late = card.round.is_overdue and not state.stale
            colour_of_round = colours["risk_medium" if late else "dim"]
            self._write(painter, type_.due.font, colour_of_round, layout.round)
        if layout.mark:
            self._paint_mark(painter, layout.mark, colour)
        if layout.icon and card.icon:
            painter.drawPixmap(
                layout.icon, self._icon(card.icon), QRectF(0, 0, _ICON_PX, _ICON_PX)
            )

    def _paint_mark(self, painter: QPainter, box: QRectF, colour: QColor) -> None:
        """Paint the sign of being overdue: a filled disc with a stroke and a dot."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(box)
        painter.setBrush(self._colours["card"])
        middle, unit = box.center(), box.height() / 12
        painter.drawRoundedRect(
            QRectF(middle.x() - unit, box.top() + 2.2 * unit, 2 * unit, 4.8 * unit), unit, unit
        )
        painter.drawEllipse(QPointF(middle.x(), box.top() + 9 * unit), 1.1 * unit, 1.1 * unit)

    def _paint_badge(self, painter: QPainter, badge: Badge, state: TileState) -> None:
        token = "dim" if state.stale else badge_token(badge.score)
        colour, score = self._colours[token], badge.score
        filled = score.complete and not score.watch and bool(score.points) and not state.stale
        style = Qt.PenStyle.DashLine if is_incomplete(score) else Qt.PenStyle.SolidLine
        painter.setPen(Qt.PenStyle.NoPen if filled else _pen(colour, 1.5, style))
        painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(badge.box, 4, 4)
        font = self._layouts.type.badge.font
        self._write(painter, font, self._colours["on_risk"] if filled else colour, badge.text)
        self._write(painter, font, self._colours["dim" if state.stale else "text"], badge.trend)

    def _paint_chip(self, painter: QPainter, chip: ChipBox, state: TileState) -> None:
        ink = self._colours["dim" if state.stale or chip.tone is Tone.QUIET else "text"]
        filled = chip.tone is Tone.LOUD
        if chip.tone is not Tone.QUIET:
            style = Qt.PenStyle.DashLine if chip.tone is Tone.UNKNOWN else Qt.PenStyle.SolidLine
            painter.setPen(_pen(ink, 1, style))
            painter.setBrush(ink if filled else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(chip.box, 3, 3)
        font = self._layouts.type.chip.font
        self._write(painter, font, self._colours["card"] if filled else ink, chip.text)

    def _paint_ring(self, painter: QPainter, state: TileState) -> None:
        if not state.selected and not state.target:
            return
        style = Qt.PenStyle.DashLine if state.target else Qt.PenStyle.SolidLine
        token = "accent" if state.focused or state.target else "edge"
        painter.setPen(_pen(self._colours[token], _RING_PX, style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self._layouts.card, _CORNER, _CORNER)

    def _write(self, painter: QPainter, font: QFont, colour: QColor, text: Text) -> None:
        if text.text:
            painter.setFont(font)
            painter.setPen(colour)
            painter.drawText(text.at, text.text)

    def _icon(self, name: str) -> QPixmap:
        if name not in self._icons:
            self._icons[name] = theme.drawing(name, _ICON_PX, colour_name="dim")
        return self._icons[name]


_COLOURS = (
    "background",
    "card",
    "text",
    "dim",
    "line",
    "edge",
    "accent",
    "risk_none",
    "risk_low",
    "risk_medium",
    "risk_high",
    "on_risk",
    "problem",
    "problem_ground",
)


def _pen(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return a pen; to be given all three at once, PySide first makes the 180 preset gradients."""
    pen = QPen(colour)
    pen.setWidthF(width)
    pen.setStyle(style)
    return pen
