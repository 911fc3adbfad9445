"""The chart on screen: keyboard, mouse, zoom, what is under the pointer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from ui import theme
from ui.observations.chart_axis import Window, day_label
from ui.observations.chart_callouts import hint_text
from ui.observations.chart_compare import DayPair, day_of, day_pair
from ui.observations.chart_content import ChartContent
from ui.observations.chart_painter import ChartPainter
from ui.observations.chart_rows import ChartRow, RowKind
from ui.observations.chart_zoom import followed, moved, showing, zoomed_in, zoomed_out
from ui.observations.colours import chart_colours
from ui.observations.measured_rows import hint, row_name
from ui.observations.words import set_text
from ward_app.observations.types import RecordedObservations

_STALE_OPACITY = 0.5
_WHEEL_STEP = 120
_WHEEL_SHARE = 0.15
_PAN_SHARE = 0.25
_SMALLEST = QSize(560, 380)


class ChartView(QWidget):
    """Shows one window of a chart. Arrows walk the sets, + and - zoom, Home and End jump.

    With a second day behind the first, Up and Down choose which day that is.

    Signals:
        selected: (RecordedObservations or None) another set is marked.
        hovered: (RecordedObservations or None) another set is under the pointer.
        compared: (date or None) another day stands behind the one shown.
    """

    selected = Signal(object)
    hovered = Signal(object)
    compared = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content: ChartContent | None = None
        self._window: Window | None = None
        self._selected: UUID | None = None
        self._under: RecordedObservations | None = None
        self._pair: DayPair | None = None
        self._stale = False
        self._picture: QPixmap | None = None
        self._painter: ChartPainter | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(_SMALLEST)
        self.setAccessibleName("Observation chart; T shows the same as a table")

    @property
    def window_shown(self) -> Window | None:
        """The stretch of time in view, None without a chart."""
        return self._window

    @property
    def selection(self) -> RecordedObservations | None:
        """The marked set, None when none is."""
        if self._content is None:
            return None
        return next((one for one in self._content.drawn if one.id == self._selected), None)

    @property
    def other_day(self) -> date | None:
        """The day behind the one shown, None when no days are compared."""
        return self._pair.other if self._pair else None

    def show_content(self, content: ChartContent | None) -> None:
        """Show a load of a chart; the same stay keeps its zoom and its marked set.

        Who had the newest set marked gets the newest again.
        """
        before, self._content = self._content, content
        self._under = None
        if content is None or before is None or not _same_stay(before, content):
            self._pair = None
        elif self._pair is not None:
            self._pair = replace(self._pair, content=content)
        if content is None:
            self._window = self._selected = None
        elif before is None or self._window is None or not _same_stay(before, content):
            # the newest set is what a chart is opened for
            self._window, self._selected = content.first_view, _newest(content)
        else:
            if self._pair is None:
                self._window = followed(self._window, before.whole, content.whole)
            if self._selected == _newest(before):
                self._selected = _newest(content)
        self._show_marked()
        self._redraw()
        self.compared.emit(self.other_day)
        self.selected.emit(self.selection)

    def set_stale(self, *, stale: bool) -> None:
        """Grey the chart while a newer one could not be read."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def select(self, set_id: UUID | None) -> None:
        """Mark a set in force and bring it into view."""
        self._selected = set_id
        self._show_marked()
        marked = self.selection
        if marked is not None:
            self._speak(marked)
        self.update()
        self.selected.emit(marked)

    def walk(self, steps: int) -> None:
        """Mark the set so many steps later (negative: earlier); from none, the newest."""
        if self._content is None or not self._content.drawn:
            return
        ids = [one.id for one in self._content.drawn]
        place = ids.index(self._selected) + steps if self._selected in ids else len(ids) - 1
        self.select(ids[min(max(place, 0), len(ids) - 1)])

    def select_first(self) -> None:
        """Mark the oldest set."""
        if self._content is not None and self._content.drawn:
            self.select(self._content.drawn[0].id)

    def select_last(self) -> None:
        """Mark the newest set."""
        if self._content is not None and self._content.drawn:
            self.select(self._content.drawn[-1].id)

    def zoom_in(self) -> None:
        """Show half the time."""
        self._zoom(zoomed_in)

    def zoom_out(self) -> None:
        """Show twice the time, at most the whole course."""
        self._zoom(zoomed_out)

    def pan(self, steps: int) -> None:
        """Show earlier (negative) or later time: a quarter of the window; compared, a day."""
        if self._content is None or self._window is None:
            return
        if self._pair is None:
            self._set_window(moved(self._window, steps * _PAN_SHARE, self._content.whole))
        else:
            self._show_pair(self._pair.moved(steps))

    def compare(self) -> bool:
        """Put the day before behind the day of the marked set, or take it away again.

        Returns False when there is no second day.
        """
        if self._content is None:
            return False
        if self._pair is not None:
            self._show_pair(None)
            self._set_window(self._content.first_view)
            self._show_marked()
            return True
        marked = self.selection
        day = day_of(marked.occurred_at, self._content.zone) if marked else None
        self._show_pair(day_pair(self._content, day))
        return self._pair is not None

    def choose_other_day(self, steps: int) -> None:
        """Compare with the charted day so many later (negative: earlier)."""
        if self._pair is not None:
            self._show_pair(self._pair.with_other(steps))

    def show_window(self, window: Window) -> None:
        """Show this stretch of time."""
        self._set_window(window)

    @override
    def sizeHint(self) -> QSize:
        return QSize(1000, 640)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = _KEYS if self._pair is None else _KEYS_OF_TWO_DAYS
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            step(self)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        near = self._near(event.position())
        if near is not None:
            self.select(near.id)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._near(event.position()))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        super().leaveEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._content is None or self._window is None or self._pair is not None:
            return
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            zoom = zoomed_in if turned > 0 else zoomed_out
            around = self._chart_painter().layout.moment(event.position().x())
            self._set_window(zoom(self._window, around, self._content.whole))
        else:
            share = -turned / _WHEEL_STEP * _WHEEL_SHARE
            self._set_window(moved(self._window, share, self._content.whole))

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.hint_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def hint_at(self, position: QPointF) -> str:
        """Return what stands under a place: value, unit, points and time; empty elsewhere."""
        if self._content is None:
            return ""
        row = self._chart_painter().layout.row_at(position)
        if row is not None and row.kind is RowKind.MEASURED:
            return self._measured_hint(position, row)
        near = self._near(position)
        return hint_text(near, row, self._content.zone) if near and row else ""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("card"))
        if self._content is None:
            return
        if self._picture is None:
            self._picture = self._drawn()
        painter.setOpacity(_STALE_OPACITY if self._stale else 1)
        painter.drawPixmap(0, 0, self._picture)
        marked = self.selection
        if marked is not None:
            self._chart_painter().paint_selection(painter, marked)
        if self._under is not None and self._under is not marked:
            self._chart_painter().paint_hover(painter, self._under)
        if self.hasFocus():
            painter.setOpacity(1)
            painter.setPen(theme.colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRect(0, 0, self.width() - 1, self.height() - 1))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._redraw()
        super().resizeEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._redraw()

    def _drawn(self) -> QPixmap:
        """Draw once; walking, hovering and focus only copy the picture."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        painter = QPainter(picture)
        self._chart_painter().paint(painter)
        painter.end()
        return picture

    def _chart_painter(self) -> ChartPainter:
        if self._painter is None:
            if self._content is None or self._window is None:
                raise ValueError("there is no chart to draw")
            self._painter = ChartPainter(
                self._content,
                self._window,
                QSizeF(self.size()),
                colours=chart_colours(),
                compared=self._pair.behind if self._pair else None,
            )
        return self._painter

    def _measured_hint(self, position: QPointF, row: ChartRow) -> str:
        """Return what was measured of a kind at a time; an original comes after its correction."""
        if self._content is None:
            return ""
        of_row = [
            one for one in self._content.measurements if row_name(one.recorded.kind) == row.name
        ]
        near = self._chart_painter().layout.nearest(position, of_row)
        if near is None:
            return ""
        together = [one for one in reversed(of_row) if one.occurred_at == near.occurred_at]
        return "\n".join(hint(one, self._content.zone) for one in together)

    def _near(self, position: QPointF) -> RecordedObservations | None:
        if self._content is None:
            return None
        return self._chart_painter().layout.nearest(position, self._content.drawn)

    def _set_window(self, window: Window) -> None:
        if window != self._window:
            self._window = window
            self._redraw()

    def _zoom(self, zoom: Callable[[Window, datetime, Window], Window]) -> None:
        """Zoom around the marked set if it is in view, else around the newest end."""
        if self._content is None or self._window is None or self._pair is not None:
            return
        marked = self.selection
        in_view = marked is not None and self._window.holds(marked.occurred_at)
        around = marked.occurred_at if marked and in_view else self._window.end
        self._set_window(zoom(self._window, around, self._content.whole))

    def _show_marked(self) -> None:
        """Move the window no further than needed to show the marked set."""
        marked = self.selection
        if marked is None or self._content is None or self._window is None:
            return
        if self._pair is not None:
            self._show_pair(self._pair.showing(day_of(marked.occurred_at, self._content.zone)))
        else:
            self._set_window(showing(self._window, marked.occurred_at, self._content.whole))

    def _show_pair(self, pair: DayPair | None) -> None:
        self._pair = pair
        if pair is not None:
            self._window = pair.window
            self._announce(f"Compared with {day_label(pair.other)}")
        self._redraw()
        self.compared.emit(self.other_day)

    def _hover(self, under: RecordedObservations | None) -> None:
        if under is not self._under:
            self._under = under
            self.update()
            self.hovered.emit(under)

    def _redraw(self) -> None:
        self._picture = self._painter = None
        self.update()

    def _speak(self, marked: RecordedObservations) -> None:
        if self._content is not None:
            text = set_text(marked, self._content.zone)
            self.setAccessibleDescription(text)
            self._announce(text)

    def _announce(self, text: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))


_KEYS: Mapping[Qt.Key, Callable[[ChartView], None]] = {
    Qt.Key.Key_Left: lambda view: view.walk(-1),
    Qt.Key.Key_Right: lambda view: view.walk(1),
    Qt.Key.Key_Home: ChartView.select_first,
    Qt.Key.Key_End: ChartView.select_last,
    Qt.Key.Key_Plus: ChartView.zoom_in,
    Qt.Key.Key_Equal: ChartView.zoom_in,
    Qt.Key.Key_Minus: ChartView.zoom_out,
}
_KEYS_OF_TWO_DAYS = {
    **_KEYS,
    Qt.Key.Key_Up: lambda view: view.choose_other_day(-1),
    Qt.Key.Key_Down: lambda view: view.choose_other_day(1),
}


def _same_stay(before: ChartContent, after: ChartContent) -> bool:
    return before.chart.admission_id == after.chart.admission_id


def _newest(content: ChartContent) -> UUID | None:
    return content.drawn[-1].id if content.drawn else None
