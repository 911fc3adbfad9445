"""The lane on screen: keyboard, mouse, zoom, what is under the pointer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from uuid import UUID

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget
from typing_extensions import override

from ui.lane.layout import AXIS_PX, ROW_PX, LaneLayout
from ui.lane.painter import LanePainter
from ui.lane.words import alike_stays, visit_text
from ward_app.lane.rules import next_visit
from ward_app.lane.types import LaneItem, LaneRow, Policy, Visit

ZOOMS_HOURS = (2.0, 4.0, 8.0, 12.0)
_SMALLEST = QSize(640, 200)
_SHARE = 0.9

Key = tuple[UUID | None, str, UUID | None, datetime]


class LaneView(QAbstractScrollArea):
    """Shows the lane. Arrows walk visits and patients, Space walks the things in a visit.

    Signals:
        moved: another visit, or another thing in it, is chosen.
        activated: the chosen thing was double-clicked.
    """

    moved = Signal()
    activated = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zone: tzinfo = UTC
        self.policies: Mapping[UUID, Policy] = {}
        self._rows: tuple[LaneRow, ...] = ()
        self._now = datetime.now(UTC)
        self._hours = ZOOMS_HOURS[-1]
        self._later = timedelta(0)
        self._row = self._visit = self._item = 0
        self._stale = False
        self._alike: frozenset[UUID] = frozenset()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(_SMALLEST)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("What is due, on one time axis; T shows the same as a table")
        self.viewport().setMouseTracking(True)

    @property
    def hours(self) -> float:
        """How much time is in view."""
        return self._hours

    @property
    def rows(self) -> tuple[LaneRow, ...]:
        """The rows shown."""
        return self._rows

    @property
    def row(self) -> LaneRow | None:
        """The row the cursor is on."""
        return self._rows[self._row] if self._row < len(self._rows) else None

    @property
    def visit(self) -> Visit | None:
        """The chosen visit; None on a row without any."""
        visits = self.row.visits if self.row else ()
        return visits[self._visit] if self._visit < len(visits) else None

    @property
    def item(self) -> LaneItem | None:
        """The chosen thing of the chosen visit."""
        items = self.visit.items if self.visit else ()
        return items[self._item] if self._item < len(items) else None

    @property
    def layout_now(self) -> LaneLayout:
        """The geometry of what is in view."""
        size = self.viewport().size()
        return LaneLayout(
            rows=self._rows,
            now=self._now,
            zone=self.zone,
            width=size.width(),
            height=size.height(),
            hours=self._hours,
            later=self._later,
            scroll_px=self.verticalScrollBar().value(),
        )

    def show_rows(self, rows: Sequence[LaneRow], now: datetime) -> None:
        """Show the lane as of `now`, with the cursor on the same thing as before.

        When that is done, on the same patient; at first, on what is to be done next.
        """
        before = self._key()
        stay = self.row.patient.admission_id if self.row and self.row.patient else None
        had_rows = bool(self._rows)
        self._rows, self._now = tuple(rows), now
        self._alike = alike_stays(self._rows)
        if not had_rows or not (self._find(before) or self._find_stay(stay)):
            self._row = self._visit = self._item = 0
            found = next_visit(self._rows, None)
            if found is not None:
                self._row, self._visit = (
                    self._rows.index(found[0]),
                    found[0].visits.index(found[1]),
                )
        self._measure()
        self.viewport().update()
        self.moved.emit()

    def set_stale(self, *, stale: bool) -> None:
        """Grey the lane while a newer one could not be read."""
        if stale != self._stale:
            self._stale = stale
            self.viewport().update()

    def choose(self, row: LaneRow, visit: Visit, item: LaneItem | None = None) -> None:
        """Put the cursor on a thing of a visit and bring it into view."""
        self._row, self._visit = self._rows.index(row), row.visits.index(visit)
        self._item = visit.items.index(item) if item else 0
        self._tell()

    def go_to_next(self) -> bool:
        """Go to the visit that is to be made next, after the last one to the first.

        Returns False when there is none.
        """
        found = next_visit(self._rows, self.visit) or next_visit(self._rows, None)
        if found is not None:
            self.choose(*found)
        return found is not None

    def go_to_next_item(self) -> None:
        """Choose the next thing of the visit, after the last one the first."""
        if self.visit is not None:
            self._item = (self._item + 1) % len(self.visit.items)
            self._tell()

    def walk(self, steps: int) -> None:
        """Choose the patient's visit so many later (negative: earlier)."""
        visits = self.row.visits if self.row else ()
        if visits:
            self._visit = min(max(self._visit + steps, 0), len(visits) - 1)
            self._item = 0
            self._tell()

    def walk_rows(self, steps: int) -> None:
        """Go to another patient, to the visit at about the same time."""
        if not self._rows:
            return
        at = self.visit.at if self.visit else self._now
        self._row = min(max(self._row + steps, 0), len(self._rows) - 1)
        visits = self._rows[self._row].visits
        near = sorted(range(len(visits)), key=lambda number: abs(visits[number].at - at))
        self._visit, self._item = (near[0] if near else 0), 0
        self._tell()

    def zoom(self, steps: int) -> None:
        """Show more (positive) or less time."""
        place = ZOOMS_HOURS.index(self._hours) + steps
        self._hours = ZOOMS_HOURS[min(max(place, 0), len(ZOOMS_HOURS) - 1)]
        self._later = timedelta(0)
        self._show_chosen()
        self.viewport().update()

    def go_home(self) -> None:
        """Show the time from now on again."""
        self._later = timedelta(0)
        self.viewport().update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        LanePainter(
            layout=self.layout_now,
            chosen=(self._row, self._visit if self.visit else -1),
            policies=self.policies,
            stale=self._stale,
            alike=self._alike,
        ).paint(painter)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()
        self._show_chosen()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = _KEYS.get(Qt.Key(event.key()))
        if act is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            # what is no key of the lane may be one of the panel; a scroll area would take it
            event.ignore()
            return
        act(self)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.layout_now.hit(event.position())
        if place is not None:
            self.choose(self._rows[place.row], place.visit)
        elif event.position().y() >= AXIS_PX:
            number = int((event.position().y() - AXIS_PX + self._scrolled()) // ROW_PX)
            if number < len(self._rows):
                self._row, self._visit, self._item = number, 0, 0
                self._tell()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.layout_now.hit(event.position()) is not None:
            self.activated.emit()

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.layout_now.hit(QPointF(event.pos()))
            words = ""
            if place is not None:
                words = visit_text(self._rows[place.row], place.visit, self.zone, self._now)
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().viewportEvent(event)

    def _scrolled(self) -> int:
        return self.verticalScrollBar().value()

    def _measure(self) -> None:
        layout = self.layout_now
        room = max(int(layout.height) - AXIS_PX, 0)
        self.verticalScrollBar().setRange(0, max(layout.rows_height - room, 0))
        self.verticalScrollBar().setPageStep(room)
        self.verticalScrollBar().setSingleStep(ROW_PX)

    def _key(self) -> Key | None:
        item, patient = self.item, self.row.patient if self.row else None
        if item is None:
            return None
        stay = patient.admission_id if patient else None
        return stay, item.kind, item.subject_id, item.due_at

    def _find(self, key: Key | None) -> bool:
        """Put the cursor on a thing that is still there."""
        if key is None:
            return False
        stay, *thing = key
        for number, row in enumerate(self._rows):
            if (row.patient.admission_id if row.patient else None) != stay:
                continue
            for index, visit in enumerate(row.visits):
                for place, item in enumerate(visit.items):
                    if [item.kind, item.subject_id, item.due_at] == thing:
                        self._row, self._visit, self._item = number, index, place
                        return True
        return False

    def _find_first(self) -> None:
        """Put the cursor on the visit that is to be made next."""
        found = next_visit(self._rows, None)
        if found is not None:
            row, visit = found
            self._row, self._visit = self._rows.index(row), row.visits.index(visit)

    def _find_stay(self, stay: UUID | None) -> bool:
        """Put the cursor on the first visit of a patient who is still there."""
        for number, row in enumerate(self._rows):
            if stay is not None and row.patient and row.patient.admission_id == stay:
                self._row, self._visit, self._item = number, 0, 0
                return True
        return False

    def _show_chosen(self) -> None:
        """Scroll rows and time no further than needed to show the chosen visit."""
        top, room = self._row * ROW_PX, self.verticalScrollBar().pageStep()
        bar = self.verticalScrollBar()
        bar.setValue(min(max(bar.value(), top + ROW_PX - room), top))
        visit = self.visit
        if visit is None or visit.is_overdue:
            return
        window, length = self.layout_now.window, timedelta(hours=self._hours)
        if visit.at < window.start:
            self._later = max(visit.at - self._now, timedelta(0))
        elif visit.at > window.start + length * _SHARE:
            self._later = visit.at - self._now - length / 2

    def _tell(self) -> None:
        self._show_chosen()
        self.viewport().update()
        row, visit = self.row, self.visit
        if row is not None and visit is not None:
            text = visit_text(row, visit, self.zone, self._now)
            self.setAccessibleDescription(text)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
        self.moved.emit()


_KEYS: Mapping[Qt.Key, Callable[[LaneView], None]] = {
    Qt.Key.Key_Left: lambda view: view.walk(-1),
    Qt.Key.Key_Right: lambda view: view.walk(1),
    Qt.Key.Key_Up: lambda view: view.walk_rows(-1),
    Qt.Key.Key_Down: lambda view: view.walk_rows(1),
    Qt.Key.Key_PageUp: lambda view: view.walk_rows(-8),
    Qt.Key.Key_PageDown: lambda view: view.walk_rows(8),
    Qt.Key.Key_Equal: lambda view: view.zoom(-1),
}
