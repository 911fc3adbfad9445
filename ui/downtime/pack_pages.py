"""The ward pack on paper: the board, then each patient; every page says of when it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPagedPaintDevice, QPainter, QPen

from ui.board.cards import Moment
from ui.downtime import pack_words as say
from ui.downtime.pack_flow import (
    SMALL_PX,
    Block,
    Cell,
    Page,
    Section,
    heading,
    pages_of,
    row,
    rule,
    words,
)
from ui.observations.chart_axis import Window
from ui.observations.chart_content import ChartContent
from ui.observations.chart_font import chart_font
from ui.observations.chart_painter import ChartPainter
from ui.observations.colours import LIGHT
from ui.paper import PORTRAIT, Printout
from ward_app.board.types import BoardBed
from ward_app.downtime.copy_types import StayCopy, WardCopy

KEPT_FOR = timedelta(hours=48)
_MARGIN_MM = 10
# the drawing's own unit; the paper is this many units wide whatever its size
_WIDTH = 800.0
_STAMP, _FOOTER, _IDENTITY = 50.0, 30.0, 40.0
_CHART_HEIGHT = 470.0
_BED_HEADERS = (
    "Bed", "Patient, why here", "Age, sex, number", "Score", "Last set", "Next set",
    "Allergies and alerts",
)  # fmt: skip
_BED_WIDTHS = (44.0, 212.0, 118.0, 64.0, 74.0, 84.0, 204.0)
_SET_WIDTHS = (86.0, 52.0, 40.0, 40.0, 38.0, 134.0, 62.0, 44.0, 50.0, 42.0, 212.0)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One page before it is drawn: its blocks, and the patient it is about (None = the board)."""

    page: Page
    bed: BoardBed | None


def paint_pack(device: QPagedPaintDevice, copy: WardCopy) -> int:
    """Draw every page on a printer or PDF that has its page layout already; return how many."""
    painter = QPainter(device)
    scale = painter.viewport().width() / _WIDTH
    height = painter.viewport().height() / scale
    painter.scale(scale, scale)
    sheets = tuple(_sheets(painter, copy, height - _STAMP - _FOOTER))
    for number, sheet in enumerate(sheets, 1):
        if number > 1:
            device.newPage()
        _stamp(painter, copy, sheet.bed, f"Page {number} of {len(sheets)}")
        painter.save()
        painter.translate(0, _STAMP)
        for top, block in sheet.page:
            block.draw(painter, top)
        painter.restore()
        _footer(painter, copy, f"Page {number} of {len(sheets)}", height)
    painter.end()
    return len(sheets)


def _sheets(painter: QPainter, copy: WardCopy, room: float) -> Iterator[_Sheet]:
    moment = Moment(copy.taken_at, ZoneInfo(copy.ward.time_zone))
    for page in pages_of([_board(painter, copy, moment)], room):
        yield _Sheet(page, None)
    for bed in copy.board.beds:
        if bed.admission_id is not None:
            for page in pages_of(_patient(painter, copy, bed, moment), room):
                yield _Sheet(page, bed)


def _board(painter: QPainter, copy: WardCopy, moment: Moment) -> Section:
    rows = [
        row(painter, _BED_WIDTHS, [Cell(*cell) for cell in say.bed_cells(bed, moment)])
        for bed in copy.board.beds
    ]
    return Section((heading(_WIDTH, "Beds and patients"), _headers(painter, _BED_WIDTHS)), rows)


def _headers(painter: QPainter, widths: Sequence[float]) -> Block:
    headers = _BED_HEADERS if widths is _BED_WIDTHS else say.SET_HEADERS
    return row(painter, widths, [Cell(text, loud=True) for text in headers], size_px=SMALL_PX)


def _patient(
    painter: QPainter, copy: WardCopy, bed: BoardBed, moment: Moment
) -> Iterator[Section]:
    head = _identity(painter, bed, moment)
    stay = copy.stays.get(bed.admission_id) if bed.admission_id else None
    if stay is None:
        yield Section((), (head, words(painter, _WIDTH, say.CLOSED, loud=True)))
        return
    yield Section((), (head, _chart(stay, moment)))
    for part in say.parts(copy, bed, stay, moment):
        lines = [words(painter, _WIDTH, x.text, x.when, loud=x.loud) for x in part.lines]
        yield Section((heading(_WIDTH, part.title),), lines)
    yield _sets(painter, stay, moment)


def _identity(painter: QPainter, bed: BoardBed, moment: Moment) -> Block:
    facts = row(painter, (_WIDTH,), [Cell(say.identity(bed, moment))], ruled=False)
    loud = row(painter, (_WIDTH,), [Cell("   ".join(say.beware(bed)), loud=True)])

    def draw(painter: QPainter, top: float) -> None:
        facts.draw(painter, top)
        loud.draw(painter, top + facts.height)

    return Block(facts.height + loud.height + 4, draw)


def _chart(stay: StayCopy, moment: Moment) -> Block:
    content = ChartContent(stay.chart, moment.zone, stay.measured)
    end = moment.now + timedelta(hours=1)
    window = Window(end - KEPT_FOR, end)

    def draw(painter: QPainter, top: float) -> None:
        painter.save()
        painter.translate(0, top)
        size = QSizeF(_WIDTH, _CHART_HEIGHT)
        ChartPainter(content, window, size, colours=LIGHT).paint(painter)
        painter.restore()

    return Block(_CHART_HEIGHT + 4, draw)


def _sets(painter: QPainter, stay: StayCopy, moment: Moment) -> Section:
    title = heading(_WIDTH, "Sets of the last 48 hours, newest first")
    sets = [
        one
        for one in ChartContent(stay.chart, moment.zone).sets
        if one.standing.counts and one.recorded.occurred_at > moment.now - KEPT_FOR
    ]
    if not sets:
        none = words(painter, _WIDTH, "No set of observations in these 48 hours.", loud=True)
        return Section((title,), (none,))
    rows = [
        row(painter, _SET_WIDTHS, [Cell(text) for text in say.set_cells(one, moment)],
            size_px=SMALL_PX)
        for one in reversed(sets)
    ]  # fmt: skip
    return Section((title, _headers(painter, _SET_WIDTHS)), rows)


def _stamp(painter: QPainter, copy: WardCopy, bed: BoardBed | None, page: str) -> None:
    zone = ZoneInfo(copy.ward.time_zone)
    painter.setPen(QColor(LIGHT.text))
    painter.setFont(chart_font(16, QFont.Weight.Bold))
    title = say.title(bed) if bed else copy.ward.name
    title = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, 520)
    painter.drawText(QRectF(0, 0, 530, 22), _LEFT, title)
    painter.drawText(QRectF(430, 0, _WIDTH - 430, 22), _RIGHT, say.as_of_text(copy.taken_at, zone))
    painter.setFont(chart_font(SMALL_PX + 1, QFont.Weight.Bold))
    told = " · ".join(filter(None, (say.COPY, say.environment_text(copy.environment))))
    painter.drawText(QRectF(0, 24, 530, 18), _LEFT, told)
    painter.setFont(chart_font(SMALL_PX + 1))
    place = page if bed is None else f"{copy.ward.name} · {page}"
    painter.drawText(QRectF(430, 24, _WIDTH - 430, 18), _RIGHT, place)
    painter.setPen(QPen(QColor(LIGHT.text), 1.4))
    painter.drawLine(0, 43, int(_WIDTH), 43)


def _footer(painter: QPainter, copy: WardCopy, page: str, height: float) -> None:
    zone = ZoneInfo(copy.ward.time_zone)
    rule(painter, height - 24, _WIDTH)
    painter.setPen(QColor(LIGHT.dim))
    painter.setFont(chart_font(9))
    day = say.day_text(copy.taken_at, zone)
    told = (
        f"{copy.facility_name}, {copy.ward.name}. {say.as_of_text(copy.taken_at, zone)}; what came"
        f" later is not in it. Times without a date are of {day}."
    )
    painter.drawText(QRectF(0, height - 20, 600, 16), _LEFT, told)
    stamp = " · ".join(
        filter(None, (say.COPY, copy.environment.upper() * bool(_made_up(copy)), page))
    )
    painter.drawText(QRectF(400, height - 20, _WIDTH - 400, 16), _RIGHT, stamp)


def _made_up(copy: WardCopy) -> str:
    return say.environment_text(copy.environment)


PAGES = Printout(
    paint=paint_pack,
    title=lambda copy: f"Downtime copy of {copy.ward.name}",
    orientation=PORTRAIT,
    margin_mm=_MARGIN_MM,
)
