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
_STAMP, _FOOTER = 50.0, 30.0
_CHART_HEIGHT = 470.0
_TITLE_PX, _LEAST_TITLE_PX = 16, 8
_HOSPITAL_WIDTH = 220
_BED_HEADERS = (
    "Bed", "Patient, why here", "Age, sex, number", "Score", "Last set", "Next set",
    "Allergies and alerts",
)  # fmt: skip
_BED_WIDTHS = (44.0, 206.0, 114.0, 84.0, 76.0, 76.0, 200.0)
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
        stay = _stay(copy, bed)
        if stay is not None:
            for page in pages_of(tuple(_patient(painter, copy, stay, moment)), room):
                yield _Sheet(page, bed)


def _stay(copy: WardCopy, bed: BoardBed) -> StayCopy | None:
    """Return what is kept of who lies there; None for an empty bed, or of who is private."""
    return copy.stays.get(bed.admission_id) if bed.admission_id else None


def _board(painter: QPainter, copy: WardCopy, moment: Moment) -> Section:
    rows = []
    for bed in copy.board.beds:
        cells = say.bed_cells(bed, moment, closed=_stay(copy, bed) is None)
        rows.append(row(painter, _BED_WIDTHS, [Cell(*cell) for cell in cells]))
    return Section((heading(_WIDTH, "Beds and patients"), _headers(painter, _BED_WIDTHS)), rows)


def _headers(painter: QPainter, widths: Sequence[float]) -> Block:
    headers = _BED_HEADERS if widths is _BED_WIDTHS else say.SET_HEADERS
    return row(painter, widths, [Cell(text, loud=True) for text in headers], size_px=SMALL_PX)


def _patient(
    painter: QPainter, copy: WardCopy, stay: StayCopy, moment: Moment
) -> Iterator[Section]:
    yield Section((), (_identity(painter, stay.row, moment), _chart(stay, moment)))
    for part in say.parts(copy, stay, moment):
        lines = [words(painter, _WIDTH, x.text, x.when, loud=x.loud) for x in part.lines]
        yield Section((heading(_WIDTH, part.title),), lines)
    yield _sets(painter, stay, moment)


def _identity(painter: QPainter, bed: BoardBed, moment: Moment) -> Block:
    facts = row(painter, (_WIDTH,), [Cell(say.identity(bed, moment))], ruled=False)
    loud = row(painter, (_WIDTH,), [Cell("   ".join(say.beware(bed, moment)), loud=True)])

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
    as_of = say.as_of_text(copy.taken_at, ZoneInfo(copy.ward.time_zone))
    painter.setPen(QColor(LIGHT.text))
    title = say.title(bed) if bed else copy.ward.name
    painter.setFont(_largest(painter, title))
    painter.drawText(QRectF(0, 0, _WIDTH, 22), _LEFT, title)
    painter.setFont(chart_font(SMALL_PX + 1, QFont.Weight.Bold))
    made_up = say.environment_text(copy.environment)
    told = " · ".join(filter(None, (say.COPY, made_up)))
    painter.drawText(QRectF(0, 25, 440, 18), _LEFT, told)
    place = f"{as_of} · {copy.ward.name} · {page}" if bed else f"{as_of} · {page}"
    painter.drawText(QRectF(440, 25, _WIDTH - 440, 18), _RIGHT, place)
    painter.setPen(QPen(QColor(LIGHT.text), 1.4))
    painter.drawLine(0, 43, int(_WIDTH), 43)


def _largest(painter: QPainter, title: str) -> QFont:
    """Return the largest font in which a title fits: a name is never cut."""
    for size_px in range(_TITLE_PX, _LEAST_TITLE_PX, -1):
        painter.setFont(chart_font(size_px, QFont.Weight.Bold))
        if painter.fontMetrics().horizontalAdvance(title) <= _WIDTH:
            break
    return painter.font()


def _footer(painter: QPainter, copy: WardCopy, page: str, height: float) -> None:
    zone = ZoneInfo(copy.ward.time_zone)
    rule(painter, height - 24, _WIDTH)
    painter.setPen(QColor(LIGHT.dim))
    painter.setFont(chart_font(9))
    as_of, day = say.as_of_text(copy.taken_at, zone), say.day_text(copy.taken_at, zone)
    told = (
        f"{say.COPY}. {as_of}; what came later is not in it. Times without a date are of {day}."
        f" {page}"
    )
    painter.drawText(QRectF(0, height - 20, _WIDTH, 16), _RIGHT, told)
    where = painter.fontMetrics().elidedText(
        copy.facility_name, Qt.TextElideMode.ElideRight, _HOSPITAL_WIDTH
    )
    painter.drawText(QRectF(0, height - 20, _WIDTH, 16), _LEFT, where)


PAGES = Printout(
    paint=paint_pack,
    title=lambda copy: f"Downtime copy of {copy.ward.name}",
    orientation=PORTRAIT,
    margin_mm=_MARGIN_MM,
)
