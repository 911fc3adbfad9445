"""Geometry of the chart: where a time, a value and a set stand. No painting, no window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from PySide6.QtCore import QPointF, QRectF, QSizeF

from ui.observations.chart_axis import Window
from ui.observations.chart_rows import ROW_GAP_PX, ROWS, ChartRow, RowKind

LEFT_PX = 142
RIGHT_PX = 54
TOP_PX = 20
AXIS_PX = 36
HIT_PX = 12


class Timed(Protocol):
    """Something measured at a time."""

    @property
    def occurred_at(self) -> datetime: ...


T = TypeVar("T", bound=Timed)


class ChartLayout:
    """Places everything inside a size, in pixels from the top left corner."""

    def __init__(self, window: Window, size: QSizeF, rows: Sequence[ChartRow] = ROWS) -> None:
        self.window = window
        self.size = size
        self.rows = tuple(rows)
        self.left = float(LEFT_PX)
        self.right = max(size.width() - RIGHT_PX, LEFT_PX + 1.0)
        self.top = float(TOP_PX)
        self.bottom = size.height() - AXIS_PX
        self._rects = self._row_rects()

    @property
    def width(self) -> float:
        """Width of the plot."""
        return self.right - self.left

    def rect(self, row: ChartRow) -> QRectF:
        """Return where a row's plot stands."""
        return self._rects[row.name]

    def x(self, moment: datetime) -> float:
        """Return where a moment stands; outside the plot when it is not in the window."""
        return self.left + self.width * ((moment - self.window.start) / self.window.length)

    def moment(self, x: float) -> datetime:
        """Return the moment at a place."""
        return self.window.start + self.window.length * ((x - self.left) / self.width)

    def y(self, row: ChartRow, value: float) -> float:
        """Return where a value stands, held inside the row."""
        return self.scale(row)(value)

    def scale(self, row: ChartRow) -> Callable[[float], float]:
        """Return what turns values of a row into places, each held inside the row."""
        rect = self.rect(row)
        bottom, lowest, highest = rect.bottom(), row.lowest, row.highest
        px_per_unit = rect.height() / (highest - lowest)

        def place(value: float) -> float:
            inside = lowest if value < lowest else min(value, highest)
            return bottom - (inside - lowest) * px_per_unit

        return place

    def row_at(self, position: QPointF) -> ChartRow | None:
        """Return the row under a place, None between rows."""
        for row in self.rows:
            rect = self.rect(row)
            if rect.top() <= position.y() <= rect.bottom():
                return row
        return None

    def nearest(self, position: QPointF, sets: Sequence[T]) -> T | None:
        """Return the set or measurement closest in time to a place, None when none is near."""
        shown = [one for one in sets if self.window.holds(one.occurred_at)]
        best = min(
            shown, key=lambda one: abs(self.x(one.occurred_at) - position.x()), default=None
        )
        if best is None or abs(self.x(best.occurred_at) - position.x()) > HIT_PX:
            return None
        return best

    def _row_rects(self) -> dict[str, QRectF]:
        fixed = sum(row.height for row in self.rows) + ROW_GAP_PX * (len(self.rows) - 1)
        shares = sum(row.share for row in self.rows)
        shared = max(self.bottom - self.top - fixed, 0)
        rects, y = {}, self.top
        for row in self.rows:
            height = row.height or shared * row.share / shares
            rects[row.name] = QRectF(self.left, y, self.width, height)
            y += height + ROW_GAP_PX
        return rects


def value_rows(rows: Sequence[ChartRow] = ROWS) -> tuple[ChartRow, ...]:
    """Return the rows with a scale of values."""
    return tuple(row for row in rows if row.kind in {RowKind.LINE, RowKind.PRESSURE})
