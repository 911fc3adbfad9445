"""A table on paper or in a file: what it is about, its rows page by page, who took it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPagedPaintDevice, QPainter, QPen

from ui import theme
from ui.formats import date_time_text
from ui.paper import LANDSCAPE, Printout
from ward_app.core.csv_text import csv_text

_MARGIN_MM = 12
# the drawing's own unit; paper is this many units wide whatever its size
_WIDTH = 1120
_HEADING, _FOOTER, _ROW = 66, 30, 20
_INK, _DIM = "#000000", "#404040"
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
# a byte order mark, or some spreadsheets read letters beyond English wrongly
_ENCODING = "utf-8-sig"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedTable:
    """A table as it leaves the screen.

    Attributes:
        about: what the rows are, in a sentence or two.
        widths: of the columns, in any unit.
        numbers: for each column whether it is set against the right edge.
        printed_by: the person signed in.
        printed_at: aware; shown in `zone`.
    """

    title: str
    about: str
    headers: tuple[str, ...]
    widths: tuple[int, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    zone: tzinfo
    printed_by: str
    printed_at: datetime


def csv_of(table: PrintedTable) -> bytes:
    """Return the table as CSV in UTF-8; no cell is a formula."""
    return csv_text(table.headers, table.rows).encode(_ENCODING)


def paint_pages(device: QPagedPaintDevice, table: PrintedTable) -> int:
    """Draw every page on a printer or PDF that has its page layout already; return how many."""
    painter = QPainter(device)
    paper = painter.viewport()
    scale = paper.width() / _WIDTH
    height = paper.height() / scale
    painter.scale(scale, scale)
    each = max(1, int((height - _HEADING - _FOOTER) // _ROW) - 1)
    pages = [table.rows[start : start + each] for start in range(0, len(table.rows), each)] or [()]
    for number, rows in enumerate(pages, 1):
        if number > 1:
            device.newPage()
        _paint_heading(painter, table)
        _paint_rows(painter, table, rows)
        _paint_footer(painter, table, f"Page {number} of {len(pages)}", height - _FOOTER)
    painter.end()
    return len(pages)


def _paint_heading(painter: QPainter, table: PrintedTable) -> None:
    painter.setPen(QColor(_INK))
    painter.setFont(theme.font(theme.TITLE_PX, QFont.Weight.Bold))
    painter.drawText(QRectF(0, 0, _WIDTH, 24), _LEFT, table.title)
    painter.setFont(theme.font(theme.SMALL_PX))
    wrapped = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
    painter.drawText(QRectF(0, 26, _WIDTH, _HEADING - 30), wrapped, table.about)


def _paint_rows(painter: QPainter, table: PrintedTable, rows: Sequence[tuple[str, ...]]) -> None:
    painter.setFont(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))
    _paint_row(painter, table, table.headers, _HEADING)
    painter.setPen(QPen(QColor(_DIM), 1))
    painter.drawLine(QLineF(0, _HEADING + _ROW, _WIDTH, _HEADING + _ROW))
    painter.setPen(QColor(_INK))
    painter.setFont(theme.font(theme.SMALL_PX))
    for number, row in enumerate(rows, 1):
        _paint_row(painter, table, row, _HEADING + number * _ROW)


def _paint_row(painter: QPainter, table: PrintedTable, cells: Sequence[str], top: float) -> None:
    unit = _WIDTH / sum(table.widths)
    metrics = QFontMetricsF(painter.font())
    left = 0.0
    for cell, share, is_number in zip(cells, table.widths, table.numbers, strict=True):
        room = QRectF(left, top, share * unit - 8, _ROW)
        words = metrics.elidedText(cell, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _RIGHT if is_number else _LEFT, words)
        left += share * unit


def _paint_footer(painter: QPainter, table: PrintedTable, page: str, top: float) -> None:
    painter.setPen(QColor(_DIM))
    painter.setFont(theme.font(theme.SMALL_PX - 1))
    at = date_time_text(table.printed_at, table.zone)
    words = f"Printed {at} by {table.printed_by}. {page}"
    painter.drawText(QRectF(0, top + 10, _WIDTH, 16), _RIGHT, words)


PAGES = Printout(
    paint=paint_pages,
    title=lambda table: table.title,
    orientation=LANDSCAPE,
    margin_mm=_MARGIN_MM,
)
