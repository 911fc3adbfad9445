"""The oxygen target on the chart: dashed lines that hold what is wanted, and its numbers."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from ui.observations.chart_cells import SMALL_PX
from ui.observations.chart_content import ChartContent, target_runs
from ui.observations.chart_font import chart_font
from ui.observations.chart_layout import ChartLayout
from ui.observations.chart_rows import ChartRow
from ui.observations.colours import ChartColours
from ui.observations.target_words import SATURATION, short_range

# half-way to the next whole per cent, as bands are parted: no value stands on a line
_HALF = 0.5
# light enough for a number that it crosses
_LINE_PX, _LINE_ALPHA, _DASHES = 1.2, 170, (5.0, 4.0)
_LINE_HEIGHT_PX, _LABEL_TOP_PX = 16, 34
_BESIDE_NAME_PX = 46


def paint_target(
    painter: QPainter, layout: ChartLayout, content: ChartContent, colours: ChartColours
) -> None:
    """Draw the lower and the upper end of what was prescribed, while it was."""
    row = next((one for one in layout.rows if one.name == SATURATION), None)
    if row is None:
        return
    lines = [
        QLineF(layout.x(run.start), layout.y(row, end), layout.x(run.end), layout.y(row, end))
        for run in target_runs(content, layout.window)
        for end in (run.target.low_percent - _HALF, run.target.high_percent + _HALF)
        if row.lowest <= end <= row.highest
    ]
    colour = QColor(colours.accent)
    colour.setAlpha(_LINE_ALPHA)
    pen = QPen(colour, _LINE_PX)
    pen.setDashPattern(_DASHES)
    painter.setPen(pen)
    painter.drawLines(lines)


def paint_target_label(
    painter: QPainter,
    layout: ChartLayout,
    row: ChartRow,
    content: ChartContent,
    colours: ChartColours,
) -> None:
    """Write the target in force under the name of the row; beside it where the row is low."""
    target = content.chart.oxygen.target
    if target is None:
        return
    rect = layout.rect(row)
    words, room = f"┄ target {short_range(target)}", QRectF(8, rect.top(), layout.left - 44, 18)
    if rect.height() >= _LABEL_TOP_PX + _LINE_HEIGHT_PX:
        room.translate(0, _LABEL_TOP_PX)
    else:
        words = f"┄ {short_range(target)}"
        room.setLeft(_BESIDE_NAME_PX)
    painter.setFont(chart_font(SMALL_PX, QFont.Weight.DemiBold))
    painter.setPen(QColor(colours.accent))
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
