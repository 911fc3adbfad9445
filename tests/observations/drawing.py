"""Charts painted into pictures that tests can look into."""

from datetime import timedelta

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from tests.observations.builders import LONDON, NOW, chart
from ui.observations.chart_axis import Window
from ui.observations.chart_content import ChartContent
from ui.observations.chart_painter import ChartPainter
from ui.observations.chart_rows import ROWS
from ui.observations.colours import LIGHT

SIZE = QSizeF(1000, 640)
DAY = Window(NOW - timedelta(hours=24), NOW)
ROW = {row.name: row for row in ROWS}


def content(*sets, **changes):
    return ChartContent(chart(*sets, **changes), LONDON)


def painted(what, window=DAY, colours=LIGHT):
    """Return the picture and the painter that drew it."""
    image = QImage(SIZE.toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    drawing = ChartPainter(what, window, SIZE, colours=colours)
    drawing.paint(painter)
    painter.end()
    return image, drawing


def colour_at(image, x, y):
    return QColor(image.pixel(round(x), round(y))).name()
