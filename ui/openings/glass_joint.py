"""Keeps the red line true: on every panel and sheet, until the chart is closed again."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from ui.background import Reply
from ui.openings.band import GlassBand
from ui.patients.glass_reading import BehindGlass, all_behind_glass
from ui.patients.glass_strip import CLOSE_KEYS
from ui.patients.glass_words import TOPIC
from ui.widgets.panel import Panel
from ui.workplace import Workplace
from ward_app.openings.service import close_chart


class GlassJoint(QObject):
    """One for each person signed in, made when a chart is first opened with a reason.

    Args:
        workplace: whose.
    """

    def __init__(self, workplace: Workplace, parent: QObject) -> None:
        super().__init__(parent)
        self._workplace = workplace
        self._actor: object = None
        self.band = GlassBand(workplace.context.clock, workplace)
        workplace.add_band(self.band)
        self._closing = QAction("Close the chart that was opened with a reason", workplace)
        self._closing.setShortcut(QKeySequence(CLOSE_KEYS))
        self._closing.triggered.connect(lambda _checked=False: self._close(self.band.shown[0]))
        workplace.addAction(self._closing)
        self._connect()
        self.read()

    def read(self) -> None:
        """Read what is open now."""
        work = self._workplace.context.work
        self._actor = work.actor
        work.query(self, Reply(self._show), all_behind_glass)

    def _connect(self) -> None:
        workplace = self._workplace
        self.band.close_asked.connect(self._close)
        self.band.ended.connect(self._end)
        workplace.panel_shown.connect(self._arrange)
        workplace.panel_made.connect(self._join)
        workplace.pulse.refresh_due.connect(self._read_if_any)
        workplace.pulse.changed.connect(lambda _ward_id, topic: self._take_note(topic))
        workplace.context.work.committed.connect(self._take_note)
        for panel in workplace.panels:
            self._join(panel)

    def _join(self, panel: Panel) -> None:
        panel.glass_changed.connect(self._arrange)
        panel.loaded.connect(self._check_session)

    def _take_note(self, topic: str) -> None:
        if topic == TOPIC:
            self.read()

    def _read_if_any(self) -> None:
        if not self.band.is_empty:
            self.read()

    def _check_session(self, _loaded_at: object) -> None:
        # another session, after unlocking, has opened nothing
        if self._workplace.context.work.actor is not self._actor:
            self.read()

    def _show(self, found: tuple[BehindGlass, ...]) -> None:
        self.band.show_openings(found)
        self._arrange()

    def _arrange(self) -> None:
        own = self._workplace.panel.own_glass
        self.band.leave_to_panel(own)
        # the key is the panel's while the panel says it of its own patient
        self._closing.setEnabled(own is None and bool(self.band.shown))

    def _close(self, patient_id: UUID) -> None:
        context = self._workplace.context
        context.work.command(self, TOPIC, Reply(self._closed), close_chart, patient_id)

    def _closed(self, _was_open: object) -> None:
        self._workplace.notify("The chart is closed.", None)
        self._workplace.refresh()

    def _end(self) -> None:
        """Show nothing of the chart any more, wherever it was shown."""
        self._arrange()
        self._workplace.refresh()
