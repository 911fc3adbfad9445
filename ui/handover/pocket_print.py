"""The pocket sheet: one page of vectors and text, numbered, with when it is to be gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPagedPaintDevice,
    QPainter,
    QPen,
)

from ui.formats import date_time_text
from ui.handover.card_words import card_head, card_lines
from ui.handover.sheets_out import serial_text
from ui.handover.words import Reading
from ui.observations.chart_font import chart_font
from ui.observations.colours import LIGHT
from ui.paper import PORTRAIT, Printout
from ward_app.handover.types import HandoverLine

_MARGIN_MM = 10
# the drawing's own unit; the paper is this many units wide whatever its size
_WIDTH = 800.0
_HEADING, _FOOTER, _GAP = 44.0, 18.0, 6.0
_COLUMNS = 2
_HEAD_PX, _TEXT_PX, _SMALL_TEXT_PX = 12, 11, 9
# with more rows of cards than this the letters get smaller
_ROOMY_ROWS = 6
_CUT = "… more in the program"
_TOP_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


@dataclass(frozen=True, slots=True, kw_only=True)
class PocketJob:
    """What is printed.

    Attributes:
        serial: its number; it is on record before anything is printed.
        lines: patients in the order in which they stand on the page.
        printed_at, expires_at: aware; shown in the zone of `reading`.
    """

    serial: int
    ward: str
    lines: Sequence[HandoverLine]
    reading: Reading
    printed_by: str
    printed_at: datetime
    expires_at: datetime


def paint_sheet(device: QPagedPaintDevice, job: PocketJob) -> None:
    """Draw the page on a printer or PDF that has its page layout already."""
    painter = QPainter(device)
    scale = painter.viewport().width() / _WIDTH
    height = painter.viewport().height() / scale
    painter.scale(scale, scale)
    _paint_heading(painter, job)
    rows = -(-len(job.lines) // _COLUMNS)
    room = height - _HEADING - _FOOTER
    card_height = (room - _GAP * (rows - 1)) / rows
    width = (_WIDTH - _GAP) / _COLUMNS
    text_px = _TEXT_PX if rows <= _ROOMY_ROWS else _SMALL_TEXT_PX
    for place, line in enumerate(job.lines):
        # down the first column, then down the second: as the beds stand
        column, row = divmod(place, rows)
        left, top = column * (width + _GAP), _HEADING + row * (card_height + _GAP)
        card = QRectF(left, top, width, card_height)
        reading = Reading(line.own_accepted_at, job.reading.now, job.reading.zone)
        _paint_card(painter, card, line, reading, text_px)
    _paint_footer(painter, job, height)
    painter.end()


def _paint_heading(painter: QPainter, job: PocketJob) -> None:
    zone = job.reading.zone
    painter.setPen(QColor(LIGHT.text))
    painter.setFont(chart_font(16, QFont.Weight.Bold))
    painter.drawText(QPointF(0, 16), f"Handover {job.ward}")
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
    painter.drawText(QRectF(400, 0, _WIDTH - 400, 22), right, serial_text(job.serial))
    painter.setFont(chart_font(_TEXT_PX))
    printed = f"Printed {date_time_text(job.printed_at, zone)} by {job.printed_by}"
    painter.drawText(QPointF(0, 34), printed)
    painter.setFont(chart_font(_TEXT_PX, QFont.Weight.Bold))
    until = f"Expires {date_time_text(job.expires_at, zone)}: return it or shred it"
    painter.drawText(QRectF(300, 22, _WIDTH - 300, 18), right, until)


def _paint_card(
    painter: QPainter, card: QRectF, line: HandoverLine, reading: Reading, text_px: int
) -> None:
    painter.save()
    painter.setPen(QPen(QColor(LIGHT.frame), 0.8))
    painter.drawRect(card)
    inner = card.adjusted(5, 3, -5, -3)
    painter.setClipRect(card)
    painter.setPen(QColor(LIGHT.text))
    painter.setFont(chart_font(_HEAD_PX, QFont.Weight.Bold))
    name, known = card_head(line, reading)
    metrics = painter.fontMetrics()
    room = inner.width() - metrics.horizontalAdvance(known) - 2 * _GAP
    name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(room))
    painter.drawText(inner, _TOP_LEFT, name)
    painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, known)
    _paint_lines(painter, inner.adjusted(0, 17, 0, 0), card_lines(line, reading), text_px)
    painter.restore()


def _paint_lines(
    painter: QPainter, room: QRectF, lines: Sequence[tuple[str, bool]], text_px: int
) -> None:
    """Draw wrapped lines, the loud ones bold; what has no room is said to be missing."""
    flags = _TOP_LEFT | Qt.TextFlag.TextWordWrap
    for number, (text, loud) in enumerate(lines):
        weight = QFont.Weight.Bold if loud else QFont.Weight.Normal
        painter.setFont(chart_font(text_px, weight))
        needed = painter.boundingRect(room, flags, text).height()
        # the last one needs no room for the words that more is missing
        kept_free = 0 if number == len(lines) - 1 else text_px + 1
        if needed > room.height() - kept_free:
            painter.setFont(chart_font(text_px))
            painter.drawText(room, _TOP_LEFT, _CUT)
            return
        painter.drawText(room, flags, text)
        room = room.adjusted(0, needed + 1, 0, 0)


def _paint_footer(painter: QPainter, job: PocketJob, height: float) -> None:
    painter.setPen(QColor(LIGHT.dim))
    painter.setFont(chart_font(9))
    told = (
        f"{serial_text(job.serial)} · As known at"
        f" {date_time_text(job.reading.now, job.reading.zone)}; the program knows what is newer."
        "   Returned □   Shredded □   Initials ______"
    )
    painter.drawText(QPointF(0, height - 4), told)


PAGES = Printout(
    paint=paint_sheet,
    title=lambda job: f"Pocket sheet {serial_text(job.serial)}",
    orientation=PORTRAIT,
    margin_mm=_MARGIN_MM,
)
