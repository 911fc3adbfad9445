"""Blocks of words and drawings one under the other, shared out to the pages they need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from ui.observations.chart_font import chart_font
from ui.observations.colours import LIGHT

TEXT_PX, SMALL_PX, HEADING_PX = 11, 10, 12
_GAP, _PAD = 3.0, 3.0
# of one text; what is longer is read in the program
_LONGEST = 1_200
_CUT = " … (more in the program)"
_ROOM_HIGH = 100_000.0
_WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


@dataclass(frozen=True, slots=True)
class Block:
    """Something that stands on one page.

    Attributes:
        draw: paints it at a distance from the top of the room.
    """

    height: float
    draw: Callable[[QPainter, float], None]


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks that belong together; `heads` stand above them on every page that has some."""

    heads: Sequence[Block]
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row: its words, and whether they are loud."""

    text: str
    loud: bool = False


Page = tuple[tuple[float, Block], ...]


def pages_of(sections: Sequence[Section], room: float) -> tuple[Page, ...]:
    """Return the blocks by page, each with its distance from the top; at least one page."""
    pages: list[list[Block]] = [[]]
    for section in sections:
        heads = list(section.heads)
        height = sum(block.height for block in heads)
        for number, block in enumerate(section.blocks):
            new = heads if number == 0 else []
            needed = block.height + (height if number == 0 else 0)
            if pages[-1] and _height(pages[-1]) + needed > room:
                pages.append([])
                new = heads
            pages[-1] += [*new, block]
    return tuple(tuple(_placed(page)) for page in pages)


def heading(width: float, text: str) -> Block:
    """Return a heading with a line under it."""

    def draw(painter: QPainter, top: float) -> None:
        painter.setFont(chart_font(HEADING_PX, QFont.Weight.Bold))
        painter.setPen(QColor(LIGHT.text))
        painter.drawText(QRectF(0, top + 5, width, 18), _WRAPPED, text)
        rule(painter, top + 22, width)

    return Block(25, draw)


def words(painter: QPainter, width: float, text: str, when: str = "", *, loud: bool) -> Block:
    """Return a wrapped text, with a time at its left where it speaks of one."""
    left = 96.0
    cells = (Cell(when), Cell(text, loud))
    return row(painter, (left, width - left), cells, ruled=False)


def row(
    painter: QPainter,
    widths: Sequence[float],
    cells: Sequence[Cell],
    *,
    ruled: bool = True,
    size_px: int = TEXT_PX,
) -> Block:
    """Return cells beside each other, each wrapped, as high as the highest of them."""
    shown = tuple(_within_reason(cell) for cell in cells)
    heights = [
        _needed(painter, cell, width, size_px) for cell, width in zip(shown, widths, strict=True)
    ]
    height = max(heights) + 2 * _GAP

    def draw(painter: QPainter, top: float) -> None:
        painter.setPen(QColor(LIGHT.text))
        lefts = accumulate(widths, initial=0.0)
        for left, width, cell in zip(lefts, widths, shown, strict=False):
            painter.setFont(_font(cell, size_px))
            room = QRectF(left, top + _GAP, width - 2 * _PAD, height)
            painter.drawText(room, _WRAPPED, cell.text)
        if ruled:
            rule(painter, top + height, sum(widths))

    return Block(height, draw)


def rule(painter: QPainter, at: float, width: float) -> None:
    """Draw a thin line across."""
    painter.setPen(QPen(QColor(LIGHT.frame), 0.6))
    painter.drawLine(QLineF(0, at, width, at))


def _needed(painter: QPainter, cell: Cell, width: float, size_px: int) -> float:
    painter.setFont(_font(cell, size_px))
    room = QRectF(0, 0, width - 2 * _PAD, _ROOM_HIGH)
    return painter.boundingRect(room, _WRAPPED, cell.text or "0").height()


def _font(cell: Cell, size_px: int) -> QFont:
    return chart_font(size_px, QFont.Weight.Bold if cell.loud else QFont.Weight.Normal)


def _within_reason(cell: Cell) -> Cell:
    if len(cell.text) <= _LONGEST:
        return cell
    return Cell(cell.text[:_LONGEST] + _CUT, cell.loud)


def _height(blocks: Sequence[Block]) -> float:
    return sum(block.height for block in blocks)


def _placed(blocks: Sequence[Block]) -> Iterator[tuple[float, Block]]:
    tops = accumulate((block.height for block in blocks), initial=0.0)
    return zip(tops, blocks, strict=False)
