"""Joins openings to the workplace: the key that breaks the glass, and what waits for a review."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui.background import Reply
from ui.context import Context, Place
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec, Workplace
from ward_app.board.types import BoardBed
from ward_app.staff.types import Permission

if TYPE_CHECKING:
    from ui.openings.glass_joint import GlassJoint
    from ui.openings.watch import OpeningWatch
    from ui.patients.glass_reading import BehindGlass
    from ward_app.openings.types import Opening

GLASS_KEYS = "Ctrl+Shift+F"
PANEL = "openings"
# the first screen is painted, and alerts and messages are read, before the queue is
_AFTER_MS = 600


def _openings_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.openings.panel import OpeningsPanel

    return OpeningsPanel(context, place, parent)


OPENINGS_SPEC = PanelSpec(
    key=PANEL,
    word="Reviews",
    icon="reviews",
    make=_openings_panel,
    permission=Permission.ACCESS_REVIEW,
)


class OpeningsJoint(QObject):
    """One for each person signed in.

    Args:
        workplace: whose.
        open_chart: shows the chart of a row.
    """

    def __init__(self, workplace: Workplace, open_chart: Callable[[BoardBed], None]) -> None:
        super().__init__(workplace)
        self._workplace, self._open_chart = workplace, open_chart
        self.watch: OpeningWatch | None = None
        self.glass: GlassJoint | None = None
        workplace.context.work.committed.connect(self._keep_line)
        if workplace.context.signed_in.may(Permission.CHART_BREAK_GLASS):
            action = QAction("Patient of another ward: break the glass…", workplace)
            action.setShortcut(QKeySequence(GLASS_KEYS))
            action.triggered.connect(lambda _checked=False: self.ask())
            workplace.addAction(action)
        self._later = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._later.timeout.connect(self.begin)
        if workplace.offers(PANEL):
            self._later.start()

    def begin(self) -> None:
        """Begin to watch over the queue, once."""
        from ui.openings.watch import OpeningWatch

        if self.watch is not None:
            return
        workplace = self._workplace
        self.watch = OpeningWatch(workplace.context, self)
        self.watch.changed.connect(self._count)
        self.watch.arrived.connect(self._tell)
        workplace.pulse.refresh_due.connect(self.watch.read)
        workplace.pulse.changed.connect(self._take_note)
        workplace.context.work.committed.connect(self.watch.take_note)
        self.watch.read()

    def _keep_line(self, topic: str) -> None:
        """Begin with the red line at the first opening; it keeps itself true from then on."""
        from ui.patients.glass_words import TOPIC

        if topic == TOPIC and self.glass is None:
            from ui.openings.glass_joint import GlassJoint

            self.glass = GlassJoint(self._workplace, self)

    def ask(self) -> None:
        """Ask for the patient and the reason."""
        from ui.patients.glass_sheet import GlassSheet

        sheet = GlassSheet(self._workplace.context)
        sheet.opened.connect(self._read)
        self._workplace.open_sheet(sheet)

    def _read(self, patient_id: UUID) -> None:
        from ui.patients.glass_reading import behind_glass

        work = self._workplace.context.work
        work.query(self, Reply(self._show), behind_glass, patient_id)

    def _show(self, found: BehindGlass) -> None:
        if found.row is not None:
            self._open_chart(found.row)

    def _take_note(self, _ward_id: object, topic: str) -> None:
        if self.watch is not None:
            self.watch.take_note(topic)

    def _count(self, openings: Sequence[Opening]) -> None:
        from ui.openings.words import count_text

        self._workplace.rail.show_count(PANEL, count_text(openings))

    def _tell(self, new: Sequence[Opening]) -> None:
        from ui.openings.words import arrival_text

        words = arrival_text(new, self._workplace.keys_of(PANEL))
        self._workplace.outcome.mention(words, caution=True)
