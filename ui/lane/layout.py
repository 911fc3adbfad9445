"""Where everything of the lane stands: pure geometry in device-independent pixels, no widget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from PySide6.QtCore import QPointF, QRectF

from ui.lane.words import marks_text, visit_labels
from ui.observations.chart_axis import Window
from ward_app.lane.types import LaneRow, Visit

AXIS_PX = 34
ROW_PX = 34
MARK_PX = 24
# of the whole width, and in pixels at least and at most
_WHO_SHARE, _WHO_LEAST_PX, _WHO_MOST_PX = 0.2, 230, 320
_LATE_SHARE, _LATE_LEAST_PX, _LATE_MOST_PX = 0.11, 132, 220
_LETTER_PX = 7.4
_PAD_PX = 12
_LEAST_PX = 24
_GAP_PX = 2
_WORDS_HOURS = 4
# what lies behind the now line, so that the line stands clear of the overdue column
_BEFORE_NOW = 0.02


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visit stands: its row, its number in it, its rectangle, its words."""

    row: int
    number: int
    visit: Visit
    rect: QRectF
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneLayout:
    """The geometry of one look at the lane.

    Attributes:
        width, height: of what is painted.
        hours: how much time is in view.
        later: how far the time in view begins after now.
        scroll_px: how far the rows are scrolled up.
    """

    rows: Sequence[LaneRow]
    now: datetime
    zone: tzinfo
    width: float
    height: float
    hours: float
    later: timedelta = timedelta(0)
    scroll_px: int = 0

    @property
    def who_width(self) -> float:
        """How wide the names stand."""
        return min(max(self.width * _WHO_SHARE, _WHO_LEAST_PX), _WHO_MOST_PX)

    @property
    def late_width(self) -> float:
        """How wide the column of what is overdue is."""
        return min(max(self.width * _LATE_SHARE, _LATE_LEAST_PX), _LATE_MOST_PX)

    @property
    def axis_left(self) -> float:
        """Where the time axis begins."""
        return self.who_width + self.late_width

    @property
    def axis_width(self) -> float:
        """How wide the time axis is."""
        return max(self.width - self.axis_left, 1.0)

    @property
    def window(self) -> Window:
        """The time in view."""
        length = timedelta(hours=self.hours)
        start = self.now + self.later - length * _BEFORE_NOW
        return Window(start, start + length)

    @property
    def rows_height(self) -> int:
        """How high all rows are together."""
        return len(self.rows) * ROW_PX

    def x(self, at: datetime) -> float:
        """Return where a time stands."""
        window = self.window
        return self.axis_left + (at - window.start) / window.length * self.axis_width

    def row_rect(self, number: int) -> QRectF:
        """Return the whole strip of a row."""
        return QRectF(0, AXIS_PX + number * ROW_PX - self.scroll_px, self.width, ROW_PX)

    def rows_in_view(self) -> range:
        """Return the numbers of the rows that are at least partly in view."""
        first = max(self.scroll_px // ROW_PX, 0)
        last = int((self.scroll_px + self.height - AXIS_PX) // ROW_PX) + 1
        return range(first, min(max(last, first), len(self.rows)))

    def places(self, number: int) -> Iterator[Place]:
        """Yield the visits of a row that are in view: the overdue one at the left edge."""
        strip = self.row_rect(number)
        top = strip.top() + (ROW_PX - MARK_PX) / 2
        visits = self.rows[number].visits
        for index, visit in enumerate(visits):
            if visit.is_overdue:
                width = self.late_width - 3 * _GAP_PX
                rect = QRectF(self.who_width + _GAP_PX, top, width, MARK_PX)
                yield Place(number, index, visit, rect, marks_text(visit))
            elif self.window.start <= visit.at < self.window.end:
                following = visits[index + 1].at if index + 1 < len(visits) else None
                yield self._on_axis(number, index, visit, following)

    def place_of(self, number: int, index: int) -> Place | None:
        """Return where a visit stands, None out of view."""
        return next((one for one in self.places(number) if one.number == index), None)

    def hit(self, at: QPointF) -> Place | None:
        """Return the visit at a point, None between them."""
        if at.y() < AXIS_PX:
            return None
        number = int((at.y() - AXIS_PX + self.scroll_px) // ROW_PX)
        if number not in self.rows_in_view():
            return None
        return next((one for one in self.places(number) if one.rect.contains(at)), None)

    def _on_axis(self, number: int, index: int, visit: Visit, following: datetime | None) -> Place:
        left = self.x(visit.at)
        right = self.x(following) if following else self.width
        room = min(right, self.width) - left - _GAP_PX
        top = self.row_rect(number).top() + (ROW_PX - MARK_PX) / 2
        # in a wide view all marks are letters, so that what differs is what is due
        labels = visit_labels(visit, self.zone)[0 if self.hours <= _WORDS_HOURS else 2 :]
        words = next((one for one in labels if _width(one) <= room), labels[-1])
        rect = QRectF(left, top, max(min(_width(words), room), _PAD_PX), MARK_PX)
        return Place(number, index, visit, rect, words)


def _width(words: str) -> float:
    """Return how much room words take at most, roughly: what is measured costs ten times more."""
    return max(len(words) * _LETTER_PX + _PAD_PX, _LEAST_PX)
