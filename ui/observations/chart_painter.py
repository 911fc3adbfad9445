"""The observation chart as one painter: screen, PDF and print are the same drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from ui.formats import time_text
from ui.observations.chart_axis import Tick, TickKind, Window, day_label, ticks
from ui.observations.chart_callouts import paint_callouts, paint_hovered, paint_marked
from ui.observations.chart_cells import (
    LABEL_PX,
    SMALL_PX,
    CellPainter,
    Lane,
    weight,
)
from ui.observations.chart_compare import OtherDay, day_of
from ui.observations.chart_content import ChartContent, GroundRun, ground_runs
from ui.observations.chart_font import chart_font
from ui.observations.chart_layout import ChartLayout, value_rows
from ui.observations.chart_marks import MarkStyle
from ui.observations.chart_measured import MeasuredPainter
from ui.observations.chart_places import placed_sets, usual_spacing
from ui.observations.chart_rows import ChartRow, RowKind, rows_for_two_days
from ui.observations.chart_target import paint_target, paint_target_label
from ui.observations.chart_values import ValueLook, ValuePainter
from ui.observations.charted import STANDING_LETTERS, Standing
from ui.observations.colours import ChartColours, shade_of
from ui.observations.measured_rows import fitting_rows
from ui.observations.target_words import SATURATION
from ui.observations.words import LETTER_WORDS, missing_letter, not_taken_letter
from ward_app.observations.rules import Band
from ward_app.observations.types import RecordedObservations

_FULL_MARK_PX = 9
_LEGEND_LINE_PX = 14
_STANDING_WORDS = {
    Standing.CORRECTION: "corrected",
    Standing.REINSTATED: "reinstated",
    Standing.STRUCK_OUT: "struck out",
}
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
        colours: ChartColours,
        compared: OtherDay | None = None,
    ) -> None:
        rows = content.rows if compared is None else rows_for_two_days(content.rows)
        self.layout = ChartLayout(window, size, fitting_rows(rows, size.height()))
        self._content = content
        self._pack = content.pack
        self._colours = colours
        self._ticks = ticks(window, content.zone, self.layout.width)
        self._runs = ground_runs(content, window)
        self._compared = compared
        self._measured = MeasuredPainter(self.layout, content.measurements, colours)
        self._days = [self._drawn_sets(content.drawn, Lane(0, 1 if compared is None else 2))]
        if compared is not None:
            self._days.insert(0, self._drawn_sets(compared.sets, Lane(1, 2)))

    def paint(self, painter: QPainter) -> None:
        """Draw everything but the marked set."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(QPointF(0, 0), self.layout.size), QColor(self._colours.paper))
        for row in value_rows(self.layout.rows):
            self._ground(painter, row)
        self._grid(painter)
        self._axis(painter)
        self._moments(painter)
        self._caption(painter)
        paint_target(painter, self.layout, self._content, self._colours)
        for row in self.layout.rows:
            self._row_label(painter, row)
            self._row_content(painter, row)

    def paint_selection(self, painter: QPainter, selected: RecordedObservations) -> None:
        """Mark one set through all rows, over what `paint` drew, with its values."""
        if self.layout.window.holds(selected.occurred_at):
            paint_marked(painter, self.layout, selected, self._colours)
            self._call_out(painter, selected)

    def paint_hover(self, painter: QPainter, under: RecordedObservations) -> None:
        """Show the values of the set under the pointer, over what `paint` drew."""
        if self.layout.window.holds(under.occurred_at):
            paint_hovered(painter, self.layout, under, self._colours)
            self._call_out(painter, under)

    def _call_out(self, painter: QPainter, one: RecordedObservations) -> None:
        values, _cells = self._days[-1]
        if not values.numbers_fit(one):
            paint_callouts(painter, self.layout, one, self._colours, self._content.zone)

    def _row_content(self, painter: QPainter, row: ChartRow) -> None:
        rect = self.layout.rect(row)
        painter.save()
        painter.setClipRect(rect.adjusted(-8, -7, 8, 7))
        if row.kind is RowKind.MEASURED:
            self._measured.paint(painter, row)
            painter.restore()
            return
        for values, cells in self._days:
            if row.kind in {RowKind.LINE, RowKind.PRESSURE}:
                values.paint(painter, row)
            elif row.kind is not RowKind.MARKS:
                cells.paint(painter, row)
            elif cells is self._days[-1][1]:
                cells.paint_standings(painter, row, self._content.sets)
                cells.paint_not_taken(painter, row, self._content.chart.not_taken)
        painter.restore()

    def _drawn_sets(
        self, sets: Sequence[RecordedObservations], lane: Lane
    ) -> tuple[ValuePainter, CellPainter]:
        """Return what draws the sets of one day, or of the whole window."""
        layout = self.layout
        placed = placed_sets(sets, layout.window, layout.left, layout.width)
        spacing = usual_spacing([one for one in placed if one.inside], layout.width)
        style = MarkStyle(self._colours, min(max(spacing / _FULL_MARK_PX, 0.3), 1))
        look = ValueLook(style, spacing, faint=lane.number > 0)
        marks = self._content.score_names.marks
        cells = CellPainter(layout, placed, style, lane, marks)
        return ValuePainter(layout, placed, look), cells

    def _ground(self, painter: QPainter, row: ChartRow) -> None:
        # a smoothed edge would blur the border between two bands
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for run in self._runs:
            for top, bottom, band in self._band_edges(row, run):
                left, right = self.layout.x(run.start), self.layout.x(run.end)
                colour = QColor(self._colours.bands[self._shade(band)])
                painter.fillRect(QRectF(left, top, right - left, bottom - top), colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _band_edges(self, row: ChartRow, run: GroundRun) -> Iterator[tuple[float, float, Band]]:
        """Yield top, bottom and band for each band that shows in a row."""
        scored = {one.name: one for one in self._pack.parameters} if self._pack else {}
        parameter = scored.get(row.name)
        if parameter is None:
            return
        half = float(parameter.step) / 2
        for band in parameter.bands_for(run.signs):
            low = row.lowest if band.lowest is None else float(band.lowest) - half
            high = row.highest if band.highest is None else float(band.highest) + half
            top, bottom = self.layout.y(row, high), self.layout.y(row, low)
            if bottom > top:
                yield top, bottom, band

    def _shade(self, band: Band) -> int:
        return shade_of(band.points, self._pack.scoring) if self._pack else 0

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
        if row.kind is RowKind.MEASURED:
            self._measured.paint_label(painter, row)
            return
        marks = row.kind is RowKind.MARKS
        painter.setFont(chart_font(SMALL_PX if marks else LABEL_PX, weight(bold=not marks)))
        painter.setPen(QColor(self._colours.dim if marks else self._colours.text))
        if not row.share:
            room = QRectF(8, rect.top(), self.layout.left - 12, rect.height())
            is_score = row.kind is RowKind.SCORE
            label = self._content.score_names.label if is_score else row.label
            painter.drawText(room, _LEFT | Qt.TextFlag.TextWordWrap, label)
            return
        painter.drawText(QRectF(8, rect.top(), self.layout.left - 40, 18), _LEFT, row.label)
        painter.setFont(chart_font(SMALL_PX))
        painter.setPen(QColor(self._colours.dim))
        scale = f", scale {self._content.chart.scale}" if row.name == SATURATION else ""
        unit = QRectF(8, rect.top() + 18, self.layout.left - 40, 16)
        painter.drawText(unit, _LEFT, row.unit + scale)
        self._tick_numbers(painter, row)
        self._band_numbers(painter, row)
        if row.name == SATURATION:
            paint_target_label(painter, self.layout, row, self._content, self._colours)

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
                painter.setPen(QColor(self._colours.points[self._shade(band)]))
                room = QRectF(self.layout.right + 6 + indent, (top + bottom) / 2 - 8, 36, 16)
                painter.drawText(room, _LEFT, f"+{band.points}")

    def _axis(self, painter: QPainter) -> None:
        top = self.layout.bottom + 4
        for tick in self._ticks:
            day = tick.kind is TickKind.DAY
            if tick.kind is not TickKind.CLOCK_CHANGE:
                painter.setFont(chart_font(SMALL_PX, weight(bold=day)))
                painter.setPen(QColor(self._colours.text if day else self._colours.dim))
                room = QRectF(self.layout.x(tick.at) - 44, top + (16 if day else 0), 88, 14)
                painter.drawText(room, _CENTRE, tick.label)
        self._legend(painter)

    def _legend(self, painter: QPainter) -> None:
        """Say what the letters that stand in this chart mean, below each other at its left."""
        font = chart_font(SMALL_PX)
        painter.setFont(font)
        painter.setPen(QColor(self._colours.dim))
        top = self.layout.rect(self.layout.rows[-1]).top()
        width = self.layout.left - 12
        words = legend_words(self._content, self.layout.window)
        for number, line in enumerate(lines_of(words, width, QFontMetricsF(font))):
            painter.drawText(QRectF(8, top + number * _LEGEND_LINE_PX, width, 14), _LEFT, line)

    def _caption(self, painter: QPainter) -> None:
        """Say which two days are compared, and how each is drawn."""
        if self._compared is None:
            return
        zone = self._content.zone
        day = day_label(day_of(self.layout.window.start, zone))
        words = f"● {day}   ○ {day_label(self._compared.day)}, dashed"
        painter.setFont(chart_font(SMALL_PX, QFont.Weight.DemiBold))
        painter.setPen(QColor(self._colours.text))
        painter.drawText(QRectF(8, 2, 400, 15), _LEFT, words)

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


def legend_words(content: ChartContent, window: Window) -> tuple[str, ...]:
    """Return what the letters and crosses in a window mean: "R refused", "c corrected"."""
    shown = [one for one in content.sets if window.holds(one.recorded.occurred_at)]
    standings = {one.standing for one in shown}
    standings |= {one.standing for one in content.measurements if window.holds(one.occurred_at)}
    letters = {missing_letter(one.recorded) for one in shown if one.standing.counts}
    letters |= {
        not_taken_letter(one) for one in content.chart.not_taken if window.holds(one.occurred_at)
    }
    return (
        *(
            f"{STANDING_LETTERS[standing]} {_STANDING_WORDS[standing]}"
            for standing in STANDING_LETTERS
            if standing in standings
        ),
        *(f"{letter} {word}" for letter, word in LETTER_WORDS.items() if letter in letters),
    )


def lines_of(words: Sequence[str], width: float, metrics: QFontMetricsF) -> list[str]:
    """Return the words in as few lines as their width allows."""
    lines: list[str] = []
    for word in words:
        joined = f"{lines[-1]} · {word}" if lines else word
        if lines and metrics.horizontalAdvance(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines
