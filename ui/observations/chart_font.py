"""The font of everything drawn on a chart."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QFont

from ui import theme


@cache
def chart_font(size_px: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return Inter with its plain figures and signs.

    The figures of equal width, and the colons and hyphens that Inter fits to the figures beside
    them, are other glyphs, which a PDF holds without their meaning: numbers, times and dates
    on paper would be lost to search and copying.
    """
    font = theme.font(size_px, weight)
    font.clearFeatures()
    font.setFeature(QFont.Tag.fromString("calt"), 0)
    return font
