"""The observation chart as one painter: screen, PDF and print are the same drawing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from ui.formats import time_text
from ui.observations.chart_axis import Tick, TickKind, Window, ticks
from ui.observations.chart_cells import (
    LABEL_PX,
    SMALL_PX,
    CellPainter,
    points_of,
    rooms_of,
    weight,
)
from ui.observations.chart_content import ChartContent, GroundRun, ground_runs, is_gap
from ui.observations.chart_font import chart_font
from ui.observations.chart_layout import ChartLayout, value_rows
from ui.observations.chart_marks import (
    MarkStyle,
    arrow_head,
    broken_line,
    draw_mark,
    pressure_lines,
)
from ui.observations.chart_rows import ChartRow, RowKind
from ui.observations.colours import ChartColours
from ward_app.observations.limits import number_text
from ward_app.observations.rules import Band, ScorePack
from ward_app.observations.types import RecordedObservations

_VALUE_ROOM_PX = 30
_VALUE_OFF_PX = 13
_ARROW_PX = 6
_FULL_MARK_PX = 9
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


class ChartPainter:
    """Draws one window of a chart into a size. Holds no widget and needs none.

    Bands lie half-way between the values that part them, so that no value stands on a border.
    Points are said by band, by the number at the right edge and by the shape of the mark.
    """

    def __init__(
        self,
        content: ChartContent,
        window: Window,
        size: QSizeF,
        *,
        pack: ScorePack,
        colours: ChartColours,
    ) -> None:
        self.layout = ChartLayout(window, size)
        self._content = content
        self._pack = pack
        self._colours = colours
        self._ticks = ticks(window, content.zone, self.layout.width)
        self._runs = ground_runs(content, window)
        self._shown = tuple(one for one in content.drawn if window.holds(one.occurred_at))
        self._joined = _with_neighbours(content.drawn, window)
        self._spacing = _narrowest(self._shown, self.layout)
        self._style = style = MarkStyle(colours, min(max(self._spacing / _FULL_MARK_PX, 0.3), 1))
        self._rooms = rooms_of(self._shown, self.layout)
        self._cells = CellPainter(content, self.layout, self._rooms, style)

    def paint(self, painter: QPainter) -> None:
        """Draw everything but the marked set."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(QPointF(0, 0), self.layout.size), QColor(self._colours.paper))
        for row in value_rows(self.layout.rows):
            self._ground(painter, row)
        self._grid(painter)
        self._axis(painter)
        self._moments(painter)
        for row in self.layout.rows:
            self._row_label(painter, row)
            self._row_content(painter, row)

    def paint_selection(self, painter: QPainter, selected: RecordedObservations) -> None:
        """Mark one set through all rows, over what `paint` drew."""
        if not self.layout.window.holds(selected.occurred_at):
            return
        x = self.layout.x(selected.occurred_at)
        colour = QColor(self._colours.accent)
        painter.setPen(QPen(colour, 1.4))
        colour.setAlphaF(0.14)
        painter.setBrush(colour)
        height = self.layout.bottom - self.layout.top
        painter.drawRect(QRectF(x - 15, self.layout.top, 30, height))

    def _row_content(self, painter: QPainter, row: ChartRow) -> None:
        rect = self.layout.rect(row)
        painter.save()
        painter.setClipRect(rect.adjusted(-8, -7, 8, 7))
        if row.kind is RowKind.LINE:
            self._line(painter, row)
        elif row.kind is RowKind.PRESSURE:
            self._pressures(painter, row)
        else:
            self._cells.paint(painter, row)
        painter.restore()

    def _ground(self, painter: QPainter, row: ChartRow) -> None:
        # a smoothed edge would blur the border between two bands
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for run in self._runs:
            for top, bottom, band in self._band_edges(row, run):
                left, right = self.layout.x(run.start), self.layout.x(run.end)
                colour = QColor(self._colours.bands[band.points])
                painter.fillRect(QRectF(left, top, right - left, bottom - top), colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _band_edges(self, row: ChartRow, run: GroundRun) -> Iterator[tuple[float, float, Band]]:
        """Yield top, bottom and band for each band that shows in a row."""
        parameter = self._pack.parameter(row.name)
        half = float(parameter.step) / 2
        for band in parameter.bands_for(run.signs):
            low = row.lowest if band.lowest is None else float(band.lowest) - half
            high = row.highest if band.highest is None else float(band.highest) + half
            top, bottom = self.layout.y(row, high), self.layout.y(row, low)
            if bottom > top:
                yield top, bottom, band

    def _grid(self, painter: QPainter) -> None:
        lines = [
            QLineF(self.layout.left, y, self.layout.right, y)
            for row in value_rows(self.layout.rows)
            for y in (self.layout.y(row, tick) for tick in row.ticks)
        ]
        rects = [self.layout.rect(row) for row in self.layout.rows if row.kind != RowKind.MARKS]
        hours = [tick for tick in self._ticks if tick.kind is TickKind.HOUR]
        lines += [self._upright(tick, rect) for tick in hours for rect in rects]
        painter.setPen(QPen(QColor(self._colours.grid), 1))
        painter.drawLines(lines)
        days = [tick for tick in self._ticks if tick.kind is TickKind.DAY]
        painter.setPen(QPen(QColor(self._colours.frame), 1.4))
        painter.drawLines([self._upright(tick, rect) for tick in days for rect in rects])
        painter.setPen(QPen(QColor(self._colours.frame), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRects(rects)

    def _upright(self, tick: Tick, rect: QRectF) -> QLineF:
        x = self.layout.x(tick.at)
        return QLineF(x, rect.top(), x, rect.bottom())

    def _row_label(self, painter: QPainter, row: ChartRow) -> None:
        rect = self.layout.rect(row)
        marks = row.kind is RowKind.MARKS
        painter.setFont(chart_font(SMALL_PX if marks else LABEL_PX, weight(bold=not marks)))
        painter.setPen(QColor(self._colours.dim if marks else self._colours.text))
        if not row.share:
            room = QRectF(8, rect.top(), self.layout.left - 12, rect.height())
            painter.drawText(room, _LEFT, row.label)
            return
        painter.drawText(QRectF(8, rect.top(), self.layout.left - 40, 18), _LEFT, row.label)
        painter.setFont(chart_font(SMALL_PX))
        painter.setPen(QColor(self._colours.dim))
        scale = f", scale {self._content.chart.scale}" if row.name == "spo2_percent" else ""
        unit = QRectF(8, rect.top() + 18, self.layout.left - 40, 16)
        painter.drawText(unit, _LEFT, row.unit + scale)
        self._tick_numbers(painter, row)
        self._band_numbers(painter, row)

    def _tick_numbers(self, painter: QPainter, row: ChartRow) -> None:
        last = float("inf")
        for value in row.ticks:
            y = self.layout.y(row, value)
            if last - y >= SMALL_PX:
                room = QRectF(self.layout.left - 40, y - 8, 34, 16)
                painter.drawText(room, _RIGHT, f"{value:g}")
                last = y

    def _band_numbers(self, painter: QPainter, row: ChartRow) -> None:
        """Write the points of each band that applies at the end of the window.

        Where bands are narrower than a number, neighbours stand in two columns.
        """
        painter.setFont(chart_font(SMALL_PX, QFont.Weight.DemiBold))
        for place, (top, bottom, band) in enumerate(self._band_edges(row, self._runs[-1])):
            if band.points:
                indent = 18 * (place % 2) if bottom - top < SMALL_PX else 0
                painter.setPen(QColor(self._colours.points[band.points]))
                room = QRectF(self.layout.right + 6 + indent, (top + bottom) / 2 - 8, 36, 16)
                painter.drawText(room, _LEFT, f"+{band.points}")

    def _line(self, painter: QPainter, row: ChartRow) -> None:
        measured = [(one, self._place(one, row)) for one in self._joined if _has(one, row)]
        painter.setPen(QPen(QColor(self._colours.ink), 1.5))
        painter.save()
        painter.setClipRect(self.layout.rect(row))
        painter.drawLines(broken_line(_broken_at_gaps(measured)))
        painter.restore()
        for one, place in measured:
            if self.layout.window.holds(one.occurred_at):
                draw_mark(painter, place, points_of(one, row), self._style)
                self._number(painter, row, one, place)

    def _number(
        self, painter: QPainter, row: ChartRow, one: RecordedObservations, place: QPointF
    ) -> None:
        """Write a value beside its mark: where it lies beyond the row, or there is room."""
        value = getattr(one.vital_signs, row.name)
        if not row.lowest <= value <= row.highest:
            self._beyond(painter, row, place, float(value))
        elif self._rooms[one.id] >= _VALUE_ROOM_PX:
            # above its mark; at the top of the row below it
            above = place.y() - _VALUE_OFF_PX
            inside = above - 6 >= self.layout.rect(row).top() - 2
            y = above if inside else place.y() + _VALUE_OFF_PX
            self._value_at(painter, place.x(), y, number_text(value))

    def _place(self, one: RecordedObservations, row: ChartRow) -> QPointF:
        value = float(getattr(one.vital_signs, row.name))
        return QPointF(self.layout.x(one.occurred_at), self.layout.y(row, value))

    def _pressures(self, painter: QPainter, row: ChartRow) -> None:
        arm = min(_ARROW_PX, self._spacing / 3)
        lines = [line for one in self._shown for line in self._pressure(row, one, arm)]
        painter.setPen(QPen(QColor(self._colours.ink), 2 * self._style.scale))
        painter.drawLines(lines)
        for one in self._shown:
            if not _has(one, row):
                continue
            place = self._place(one, row)
            if points_of(one, row):
                draw_mark(painter, place, points_of(one, row), self._style)
            self._number(painter, row, one, place)
            self._diastolic_number(painter, row, one, place.x())

    def _diastolic_number(
        self, painter: QPainter, row: ChartRow, one: RecordedObservations, x: float
    ) -> None:
        diastolic = one.vital_signs.diastolic_bp_mmhg
        if diastolic is None or self._rooms[one.id] < _VALUE_ROOM_PX:
            return
        y = self.layout.y(row, diastolic) + 10
        if y + 6 <= self.layout.rect(row).bottom() + 2:
            self._value_at(painter, x, y, str(diastolic))

    def _pressure(self, row: ChartRow, one: RecordedObservations, arm: float) -> list[QLineF]:
        signs, x = one.vital_signs, self.layout.x(one.occurred_at)
        systolic, diastolic = (
            None if value is None else self.layout.y(row, value)
            for value in (signs.systolic_bp_mmhg, signs.diastolic_bp_mmhg)
        )
        if systolic is not None and diastolic is not None:
            return pressure_lines(x, systolic, diastolic, arm)
        if systolic is not None:
            return arrow_head(x, systolic, arm)
        return [] if diastolic is None else arrow_head(x, diastolic, -arm)

    def _beyond(self, painter: QPainter, row: ChartRow, place: QPointF, value: float) -> None:
        """Write the number of a value that lies beyond the row."""
        above = value > row.highest
        room = QRectF(place.x() + 7, place.y() + (-2 if above else -14), 40, 16)
        painter.setFont(chart_font(SMALL_PX, QFont.Weight.Bold))
        painter.setPen(QColor(self._colours.text))
        painter.drawText(room, _LEFT, f"{'↑' if above else '↓'}{value:g}")

    def _value_at(self, painter: QPainter, x: float, y: float, text: str) -> None:
        painter.setFont(chart_font(SMALL_PX - 1))
        painter.setPen(QColor(self._colours.dim))
        painter.drawText(QRectF(x - 18, y - 6, 36, 12), _CENTRE, text)

    def _axis(self, painter: QPainter) -> None:
        top = self.layout.bottom + 4
        for tick in self._ticks:
            day = tick.kind is TickKind.DAY
            if tick.kind is not TickKind.CLOCK_CHANGE:
                painter.setFont(chart_font(SMALL_PX, weight(bold=day)))
                painter.setPen(QColor(self._colours.text if day else self._colours.dim))
                room = QRectF(self.layout.x(tick.at) - 44, top + (16 if day else 0), 88, 14)
                painter.drawText(room, _CENTRE, tick.label)
        painter.setFont(chart_font(SMALL_PX))
        painter.setPen(QColor(self._colours.dim))
        painter.drawText(QRectF(8, top, self.layout.left - 50, 14), _LEFT, "c corrected")
        painter.drawText(QRectF(8, top + 16, self.layout.left - 50, 14), _LEFT, "✕ struck out")

    def _moments(self, painter: QPainter) -> None:
        """Mark clock changes, now and the next due time through all rows."""
        chart, zone = self._content.chart, self._content.zone
        for tick in self._ticks:
            if tick.kind is TickKind.CLOCK_CHANGE:
                self._moment(painter, tick.at, tick.label, (self._colours.dim, _LEFT))
        now = f"now {time_text(chart.read_at, zone)}"
        self._moment(painter, chart.read_at, now, (self._colours.dim, _RIGHT))
        if chart.next_due_at is not None:
            due = f"due {time_text(chart.next_due_at, zone)}"
            self._moment(painter, chart.next_due_at, due, (self._colours.accent, _LEFT))

    def _moment(
        self,
        painter: QPainter,
        at: datetime,
        label: str,
        look: tuple[str, Qt.AlignmentFlag],
    ) -> None:
        """Draw an upright line with a label beside its top: left of it, or right of it."""
        if not self.layout.window.holds(at):
            return
        colour, side = look
        x = self.layout.x(at)
        painter.setPen(QPen(QColor(colour), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(x, 3, x, self.layout.bottom))
        painter.setFont(chart_font(SMALL_PX, QFont.Weight.DemiBold))
        room = QRectF(x + 4, 2, 120, 14) if side == _LEFT else QRectF(x - 124, 2, 120, 14)
        painter.drawText(room, side, label)


def _with_neighbours(
    sets: tuple[RecordedObservations, ...], window: Window
) -> tuple[RecordedObservations, ...]:
    """Return the sets of a window with the one before and the one after, for their lines."""
    before = sum(one.occurred_at < window.start for one in sets)
    until = sum(one.occurred_at <= window.end for one in sets)
    return sets[max(before - 1, 0) : until + 1]


def _narrowest(sets: tuple[RecordedObservations, ...], layout: ChartLayout) -> float:
    """Return the usual distance of two sets that follow each other: the lower quartile."""
    places = [layout.x(one.occurred_at) for one in sets]
    apart = sorted(after - before for before, after in itertools.pairwise(places))
    return apart[len(apart) // 4] if apart else layout.width


def _broken_at_gaps(
    measured: list[tuple[RecordedObservations, QPointF]],
) -> list[QPointF | None]:
    line: list[QPointF | None] = []
    for index, (one, place) in enumerate(measured):
        if index and is_gap(measured[index - 1][0], one):
            line.append(None)
        line.append(place)
    return line


def _has(one: RecordedObservations, row: ChartRow) -> bool:
    return getattr(one.vital_signs, row.name) is not None
