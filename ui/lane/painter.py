"""Draws the lane in one pass: who at the left, then what is overdue, then time to the right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from uuid import UUID

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

from ui import theme
from ui.formats import time_text
from ui.lane.layout import AXIS_PX, ROW_PX, LaneLayout, Place
from ui.lane.words import (
    ALIKE_MARK,
    LATE,
    bed_text,
    lateness_text,
    score_text,
    score_token,
    short_whose_text,
)
from ui.observations.chart_axis import TickKind, Window, ticks
from ward_app.lane.rules import night_end
from ward_app.lane.types import LaneRow, Policy, Visit

_BED_PX, _PAD_PX = 44, 8
_STALE_OPACITY = 0.5
# how far the hours stand clear of what the now line says
_TIME_PX, _NOW_PX = 20, 90
_RADIUS = 4.0
_CENTRE = Qt.AlignmentFlag.AlignCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(slots=True, kw_only=True)
class LanePainter:
    """One look at the lane.

    Attributes:
        chosen: number of the row and of the visit in it; -1 = the row alone.
        policies: of the wards; their nights are shaded.
        stale: a newer one could not be read.
        alike: stays whose names are easily taken for each other.
    """

    layout: LaneLayout
    chosen: tuple[int, int] | None = None
    policies: Mapping[UUID, Policy] = field(default_factory=dict)
    stale: bool = False
    alike: frozenset[UUID] = frozenset()

    def paint(self, painter: QPainter) -> None:
        """Draw everything in view."""
        layout = self.layout
        painter.fillRect(QRectF(0, 0, layout.width, layout.height), theme.colour("card"))
        if self.stale:
            painter.setOpacity(_STALE_OPACITY)
        painter.save()
        painter.setClipRect(QRectF(0, AXIS_PX, layout.width, layout.height - AXIS_PX))
        self._night(painter)
        self._grid(painter)
        for number in layout.rows_in_view():
            self._row(painter, number)
        self._now_line(painter)
        painter.restore()
        self._axis(painter)

    def _night(self, painter: QPainter) -> None:
        for left, right in nights(self.layout.window, self.policies, self.layout.zone):
            first, last = (self.layout.x(at) for at in (left, right))
            first = max(first, self.layout.axis_left)
            if last > first:
                strip = QRectF(first, AXIS_PX, last - first, self.layout.height - AXIS_PX)
                painter.fillRect(strip, theme.colour("background"))

    def _grid(self, painter: QPainter) -> None:
        layout = self.layout
        painter.setPen(QPen(theme.colour("line"), 1))
        lines = [
            QLineF(layout.x(tick.at), AXIS_PX, layout.x(tick.at), layout.height)
            for tick in ticks(layout.window, self.layout.zone, layout.axis_width)
        ]
        lines += [
            QLineF(0, layout.row_rect(n).bottom(), layout.width, layout.row_rect(n).bottom())
            for n in layout.rows_in_view()
        ]
        lines += [
            QLineF(x, AXIS_PX, x, layout.height) for x in (layout.who_width, layout.axis_left)
        ]
        painter.drawLines(lines)

    def _row(self, painter: QPainter, number: int) -> None:
        row, strip = self.layout.rows[number], self.layout.row_rect(number)
        if self.chosen is not None and self.chosen[0] == number:
            painter.fillRect(strip.adjusted(0, 0, 0, -1), theme.colour("selection"))
        self._who(painter, row, strip)
        for place in self.layout.places(number):
            self._visit(painter, place)

    def _who(self, painter: QPainter, row: LaneRow, strip: QRectF) -> None:
        painter.setFont(theme.font(theme.BODY_PX, QFont.Weight.DemiBold))
        painter.setPen(theme.colour("text"))
        bed = QRectF(_PAD_PX, strip.top(), _BED_PX, ROW_PX)
        painter.drawText(bed, _LEFT, bed_text(row) if row.patient else "")
        painter.setFont(theme.font(theme.BODY_PX))
        score = score_text(row.patient) if row.patient else ""
        metrics = QFontMetricsF(painter.font())
        left = _PAD_PX if row.patient is None else _BED_PX
        room = self.layout.who_width - left - _PAD_PX
        if score:
            room -= metrics.horizontalAdvance(score) + _PAD_PX
        name = QRectF(left, strip.top(), room, ROW_PX)
        whose = metrics.elidedText(self._name(row), Qt.TextElideMode.ElideRight, room)
        painter.drawText(name, _LEFT, whose)
        if row.patient and score:
            painter.setFont(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))
            painter.setPen(theme.colour(score_token(row.patient)))
            place = QRectF(_BED_PX, strip.top(), self.layout.who_width - _BED_PX, ROW_PX)
            painter.drawText(place.adjusted(0, 0, -_PAD_PX, 0), _RIGHT, score)

    def _name(self, row: LaneRow) -> str:
        alike = row.patient is not None and row.patient.admission_id in self.alike
        return f"{ALIKE_MARK if alike else ''}{short_whose_text(row)}"

    def _visit(self, painter: QPainter, place: Place) -> None:
        visit = place.visit
        ground, ink, edge = _colours(visit)
        is_chosen = self.chosen == (place.row, place.number)
        pen = QPen(theme.colour("accent") if is_chosen else edge, 3 if is_chosen else 1)
        if all(item.is_expected for item in visit.items) and not is_chosen:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QBrush(ground))
        painter.drawRoundedRect(place.rect, _RADIUS, _RADIUS)
        painter.setFont(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))
        painter.setPen(ink)
        if visit.is_overdue:
            self._overdue(painter, place)
        else:
            painter.drawText(place.rect, _CENTRE, place.words)

    def _overdue(self, painter: QPainter, place: Place) -> None:
        inner = place.rect.adjusted(_PAD_PX, 0, -_PAD_PX, 0)
        since = lateness_text(place.visit, self.layout.now)
        small = theme.font(theme.SMALL_PX)
        room = inner.width() - QFontMetricsF(small).horizontalAdvance(since) - _PAD_PX
        painter.drawText(inner, _LEFT, late_marks(place, QFontMetricsF(painter.font()), room))
        painter.setFont(small)
        painter.drawText(inner, _RIGHT, since)

    def _now_line(self, painter: QPainter) -> None:
        x = self.layout.x(self.layout.now)
        if x >= self.layout.axis_left:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawLine(QLineF(x, AXIS_PX, x, self.layout.height))

    def _axis(self, painter: QPainter) -> None:
        layout = self.layout
        head = QRectF(0, 0, layout.width, AXIS_PX)
        painter.fillRect(head, theme.colour("background"))
        painter.setPen(QPen(theme.colour("edge"), 1))
        painter.drawLine(QLineF(0, AXIS_PX, layout.width, AXIS_PX))
        painter.setFont(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))
        painter.setPen(theme.colour("text"))
        painter.drawText(QRectF(_PAD_PX, 0, _BED_PX, AXIS_PX), _LEFT, "Bed")
        painter.drawText(QRectF(_BED_PX, 0, layout.who_width - _BED_PX, AXIS_PX), _LEFT, "Patient")
        painter.drawText(
            QRectF(layout.who_width + _PAD_PX, 0, layout.late_width, AXIS_PX),
            _LEFT,
            f"{LATE} Overdue",
        )
        painter.setClipRect(QRectF(layout.axis_left, 0, layout.axis_width, AXIS_PX))
        self._ticks(painter)

    def _ticks(self, painter: QPainter) -> None:
        layout, now_x = self.layout, self.layout.x(self.layout.now)
        for tick in ticks(layout.window, self.layout.zone, layout.axis_width):
            x = layout.x(tick.at)
            is_hour = tick.kind is TickKind.HOUR
            painter.setPen(theme.colour("dim" if is_hour else "text"))
            # a day at the edge is still read whole
            left = x - 40 if is_hour else min(x - 40, layout.width - 80)
            box = QRectF(left, 15 if is_hour else 1, 80, 16)
            if not is_hour or not now_x - _TIME_PX < x < now_x + _NOW_PX:
                painter.drawText(box, _CENTRE, tick.label)
        if now_x >= layout.axis_left:
            painter.setPen(theme.colour("accent"))
            words = f"now {time_text(layout.now, self.layout.zone)}"
            painter.drawText(QRectF(now_x + 3, 15, 80, 16), _LEFT, words)


def late_marks(place: Place, metrics: QFontMetricsF, room: float) -> str:
    """Return the letters of an overdue visit; where they do not fit, how many things it is."""
    letters = f"{LATE} {place.words}"
    if metrics.horizontalAdvance(letters) <= room:
        return letters
    return f"{LATE} {len(place.visit.items)}"


def nights(
    window: Window, policies: Mapping[UUID, Policy], zone: tzinfo
) -> tuple[tuple[datetime, datetime], ...]:
    """Return the stretches of a window in which a ward lets its patients sleep."""
    found = []
    hour = window.length / max(round(window.length.total_seconds() / 900), 1)
    for policy in policies.values():
        at = window.start
        while at < window.end:
            end = night_end(at, policy, zone)
            if end is not None:
                found.append((at, min(end, window.end)))
            at = end if end is not None else at + hour
    return tuple(found)


def _colours(visit: Visit) -> tuple[QColor, QColor, QColor]:
    """Return ground, ink and edge of a visit's mark."""
    if visit.is_overdue:
        return theme.colour("risk_high"), theme.colour("on_risk"), theme.colour("risk_high")
    if all(item.is_expected for item in visit.items):
        return theme.colour("card"), theme.colour("dim"), theme.colour("edge")
    return theme.colour("hover"), theme.colour("text"), theme.colour("edge")
