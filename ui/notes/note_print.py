"""Notes on paper: who, what was signed by whom and when, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from PySide6.QtCore import QLineF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPagedPaintDevice,
    QPainter,
    QPen,
    QTextDocument,
)

from ui import theme
from ui.formats import age, date_text, date_time_text, mrn_text, sex_word
from ui.notes.document import Ink, Writer
from ui.paper import PORTRAIT, Printout
from ui.patients.banner import allergy_text, patient_name, place_text
from ward_app.board.types import BoardBed
from ward_app.notes.rules import Thread

_MARGIN_MM = 15
# the drawing's own unit; paper is this many units wide whatever its size
_WIDTH = 720
_HEADING, _FOOTER = 66, 30
_INK = Ink("#000000", "#404040", "#000000", "#ffffff")
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """Notes of one patient to print.

    Attributes:
        printed_by: the person signed in.
        printed_at: aware; shown in `zone`.
    """

    patient_id: UUID
    row: BoardBed
    threads: Sequence[Thread]
    zone: tzinfo
    printed_by: str
    printed_at: datetime


def paint_pages(device: QPagedPaintDevice, job: PrintJob) -> int:
    """Draw every page on a printer or PDF that has its page layout already; return how many."""
    painter = QPainter(device)
    paper = painter.viewport()
    scale = paper.width() / _WIDTH
    room = paper.height() / scale - _HEADING - _FOOTER
    document = document_of(job, room)
    pages = document.pageCount()
    painter.scale(scale, scale)
    for number in range(pages):
        if number:
            device.newPage()
        _paint_heading(painter, job)
        painter.save()
        painter.translate(0, _HEADING - number * room)
        document.drawContents(painter, QRectF(0, number * room, _WIDTH, room))
        painter.restore()
        _paint_footer(painter, job, f"Page {number + 1} of {pages}", _HEADING + room)
    painter.end()
    return pages


def document_of(job: PrintJob, room: float) -> QTextDocument:
    """Return the notes, the first signed first, in pages of so much room."""
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(theme.font(theme.BODY_PX))
    document.setPageSize(QSizeF(_WIDTH, room))
    writer = Writer(document, _INK, job.zone, job.printed_at)
    for thread in reversed(job.threads):
        writer.write_thread(thread)
    return document


def _paint_heading(painter: QPainter, job: PrintJob) -> None:
    row = job.row
    today = job.printed_at.astimezone(job.zone).date()
    facts = (
        place_text(row),
        row.ward_name,
        f"born {date_text(row.born_on)}, {age(row.born_on, today)}",
        sex_word(row.sex),
        f"Patient number {mrn_text(row.mrn)}",
    )
    painter.setPen(QColor(_INK.text))
    painter.setFont(theme.font(theme.TITLE_PX, QFont.Weight.Bold))
    painter.drawText(QRectF(0, 0, 500, 24), _LEFT, patient_name(row))
    painter.setFont(theme.font(theme.BODY_PX, QFont.Weight.DemiBold))
    painter.drawText(QRectF(500, 0, _WIDTH - 500, 24), _RIGHT, "Nursing notes")
    painter.setFont(theme.font(theme.SMALL_PX))
    painter.drawText(QRectF(0, 24, _WIDTH, 16), _LEFT, " · ".join(facts))
    painter.drawText(QRectF(0, 40, _WIDTH, 16), _LEFT, allergy_text(row))
    painter.setPen(QPen(QColor(_INK.dim), 1))
    painter.drawLine(QLineF(0, 60, _WIDTH, 60))


def _paint_footer(painter: QPainter, job: PrintJob, page: str, top: float) -> None:
    painter.setPen(QColor(_INK.dim))
    painter.setFont(theme.font(theme.SMALL_PX - 1))
    at = date_time_text(job.printed_at, job.zone)
    words = f"Printed {at} by {job.printed_by}. {page}"
    painter.drawText(QRectF(0, top + 10, _WIDTH, 16), _RIGHT, words)


PAGES = Printout(
    paint=paint_pages,
    title=lambda _job: "Nursing notes",
    orientation=PORTRAIT,
    margin_mm=_MARGIN_MM,
)
