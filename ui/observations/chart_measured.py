"""The rows of the chart for what was measured beside the vital signs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from ui.observations.chart_cells import LABEL_PX, SMALL_PX
from ui.observations.chart_font import chart_font
from ui.observations.chart_layout import ChartLayout
from ui.observations.chart_places import BUCKET_PX, apart
from ui.observations.chart_rows import ChartRow
from ui.observations.charted import STANDING_LETTERS, Standing
from ui.observations.colours import ChartColours
from ui.observations.measured_rows import ChartedMeasurement, row_name

_WIDEST_PX = 96
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


class MeasuredPainter:
    """Writes the values of a row at their times; where one has no room, a stroke.

    A struck-out value stays legible, crossed out; a corrected one stands in its correction,
    which is marked.
    """

    def __init__(
        self,
        layout: ChartLayout,
        measurements: Sequence[ChartedMeasurement],
        colours: ChartColours,
    ) -> None:
        self._layout = layout
        self._colours = colours
        self._of_row: dict[str, list[ChartedMeasurement]] = defaultdict(list)
        for one in measurements:
            shown = one.standing is not Standing.CORRECTED
            if shown and layout.window.holds(one.occurred_at):
                self._of_row[row_name(one.recorded.kind)].append(one)

    def paint_label(self, painter: QPainter, row: ChartRow) -> None:
        """Write what the row is called, shortened to its room."""
        rect = self._layout.rect(row)
        room = QRectF(8, rect.top(), self._layout.left - 12, rect.height())
        painter.setFont(chart_font(LABEL_PX))
        painter.setPen(QColor(self._colours.text))
        metrics = QFontMetricsF(painter.font())
        label = metrics.elidedText(row.label, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, label)

    def paint(self, painter: QPainter, row: ChartRow) -> None:
        """Draw one row."""
        rect, taken = self._layout.rect(row), float("-inf")
        strokes = []
        for one in self._of_row[row.name]:
            x, counts = self._layout.x(one.occurred_at), one.standing.counts
            text, width = _fitted(_marked(one))
            # the newest stands at the right edge more often than not
            left = min(x - width / 2, rect.right() - width)
            if left < taken:
                strokes.append(x)
                continue
            painter.setFont(_font(struck=not counts))
            painter.setPen(QColor(self._colours.text if counts else self._colours.dim))
            painter.drawText(QRectF(left, rect.top(), width, rect.height()), _CENTRE, text)
            taken = left + width
        for x in apart(strokes, float, BUCKET_PX):
            stroke = QRectF(x - 1, rect.bottom() - 4, 2, 4)
            painter.fillRect(stroke, QColor(self._colours.dim))


def _marked(one: ChartedMeasurement) -> str:
    """Return the short value with the letter of its standing: "4/10 c"."""
    letter = STANDING_LETTERS.get(one.standing)
    return f"{one.short} {letter}" if letter else one.short


@cache
def _fitted(text: str) -> tuple[str, float]:
    metrics = QFontMetricsF(chart_font(SMALL_PX))
    short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, _WIDEST_PX)
    return short, metrics.horizontalAdvance(short) + 4


def _font(*, struck: bool) -> QFont:
    font = QFont(chart_font(SMALL_PX))
    font.setStrikeOut(struck)
    return font
