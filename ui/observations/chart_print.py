"""The chart on paper: the same painter, vector, with who, when and whose bands they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from PySide6.QtCore import QLineF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPagedPaintDevice,
    QPainter,
    QPen,
)

from ui import theme
from ui.formats import age, date_text, date_time_text, mrn_text, sex_word
from ui.observations.chart_axis import Window
from ui.observations.chart_content import ChartContent
from ui.observations.chart_font import chart_font
from ui.observations.chart_painter import ChartPainter
from ui.observations.colours import LIGHT
from ui.observations.target_words import standing_text
from ui.observations.words import choice_text, device_letters_text
from ui.paper import LANDSCAPE, Printout
from ui.patients.banner import allergy_text, patient_name, place_text
from ward_app.board.types import BoardBed

DAYS_PER_PAGE = 3
_MARGIN_MM = 10
# the drawing's own unit; paper is this many units wide whatever its size
_WIDTH = 1200
_HEADING = 66
_FOOTER = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """One chart to print.

    Attributes:
        patient_id: whose print is put on record.
        windows: one page each.
        printed_by: the person signed in.
        printed_at: aware; shown in the zone of `content`.
    """

    patient_id: UUID
    content: ChartContent
    windows: Sequence[Window]
    row: BoardBed
    printed_by: str
    printed_at: datetime


def pages_of(whole: Window, days: int = DAYS_PER_PAGE) -> tuple[Window, ...]:
    """Return a whole course in pages of so many days, the last one ending where it ends."""
    length = timedelta(days=days)
    pages = [Window(whole.end - length, whole.end)]
    while pages[0].start > whole.start:
        pages.insert(0, Window(pages[0].start - length, pages[0].start))
    return tuple(pages)


def paint_pages(device: QPagedPaintDevice, job: PrintJob) -> None:
    """Draw every page on a printer or PDF that has its page layout already."""
    painter = QPainter(device)
    for number, window in enumerate(job.windows, start=1):
        if number > 1:
            device.newPage()
        _paint_page(painter, job, window, f"Page {number} of {len(job.windows)}")
    painter.end()


def _paint_page(painter: QPainter, job: PrintJob, window: Window, page: str) -> None:
    paper = painter.viewport()
    scale = paper.width() / _WIDTH
    height = paper.height() / scale
    painter.save()
    painter.scale(scale, scale)
    _paint_heading(painter, job, window)
    painter.translate(0, _HEADING)
    size = QSizeF(_WIDTH, height - _HEADING - _FOOTER)
    ChartPainter(job.content, window, size, colours=LIGHT).paint(painter)
    painter.translate(0, size.height())
    _paint_footer(painter, job, page)
    painter.restore()


def _paint_heading(painter: QPainter, job: PrintJob, window: Window) -> None:
    zone = job.content.zone
    painter.setPen(QColor(LIGHT.text))
    painter.setFont(chart_font(theme.TITLE_PX, QFont.Weight.Bold))
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(8, 0, 760, 24), left, patient_name(job.row))
    painter.setFont(chart_font(theme.BODY_PX, QFont.Weight.DemiBold))
    painter.drawText(
        QRectF(600, 0, 592, 24), right, f"Observation chart, {job.content.score_names.label}"
    )
    painter.setFont(chart_font(theme.SMALL_PX))
    stretch = f"{date_time_text(window.start, zone)} to {date_time_text(window.end, zone)}"
    painter.drawText(QRectF(800, 24, 392, 18), right, stretch)
    painter.drawText(QRectF(8, 24, 880, 18), left, " · ".join(_facts(job)))
    painter.drawText(QRectF(8, 42, 1184, 18), left, allergy_text(job.row))
    chart = job.content.chart
    decided = (standing_text(chart.oxygen.target, chart.scale), choice_text(chart.basis.choice))
    painter.drawText(QRectF(500, 42, 692, 18), right, " · ".join(filter(None, decided)))
    painter.setPen(QPen(QColor(LIGHT.frame), 1))
    painter.drawLine(QLineF(8, 62, _WIDTH - 8, 62))


def _facts(job: PrintJob) -> tuple[str, ...]:
    row = job.row
    today = job.printed_at.astimezone(job.content.zone).date()
    return (
        place_text(row),
        row.ward_name,
        f"born {date_text(row.born_on)}, {age(row.born_on, today)}",
        sex_word(row.sex),
        f"Patient number {mrn_text(row.mrn)}",
    )


def _paint_footer(painter: QPainter, job: PrintJob, page: str) -> None:
    painter.setPen(QColor(LIGHT.dim))
    painter.setFont(chart_font(theme.SMALL_PX - 1))
    at = date_time_text(job.printed_at, job.content.zone)
    read_at = date_time_text(job.content.chart.read_at, job.content.zone)
    printed = f"Printed {at} by {job.printed_by}, as known at {read_at}. {page}"
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    used = [one.recorded.vital_signs.oxygen_device for one in job.content.sets]
    letters = device_letters_text(device for device in used if device is not None)
    painter.drawText(QRectF(8, 0, 1184, 14), left, f"Oxygen: {letters}" if letters else "")
    painter.drawText(QRectF(8, 14, 700, 16), left, job.content.acknowledgement)
    painter.drawText(QRectF(600, 14, 592, 16), right, printed)


PAGES = Printout(
    paint=paint_pages,
    title=lambda _job: "Observation chart",
    orientation=LANDSCAPE,
    margin_mm=_MARGIN_MM,
)
