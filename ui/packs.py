"""The ward packs of the running program: written while it runs, printed at a key."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction, QKeySequence

from ui.context import utc_now
from ui.program import Program
from ui.workplace import Workplace
from ward_app.core.settings_groups import DowntimeSettings
from ward_app.staff.types import Permission

if TYPE_CHECKING:
    from ui.downtime.pack_writer import PackWriter

KEYS = "Ctrl+Shift+K"
WORDS = "Print the ward pack now"
# after sign-in everything else goes first
_BEGIN_AFTER_MS = 15_000


class Packs(QObject):
    """Begins with the first person who comes in, and goes on while nobody is there.

    What is old is removed then too; nothing is told to nobody.
    """

    def __init__(self, program: Program, settings: DowntimeSettings) -> None:
        super().__init__(program)
        self._settings = settings
        self._workplace: Workplace | None = None
        self.writer: PackWriter | None = None
        self._soon = QTimer(self, singleShot=True, interval=_BEGIN_AFTER_MS)
        program.signed_in.connect(self.serve)
        program.signed_out.connect(self.rest)
        program.ending.connect(self.stop)

    def serve(self, workplace: Workplace) -> None:
        """Tell this person what is wrong with the packs of their wards, and let them print."""
        ladder = workplace.context.work.ladder
        if ladder is None:
            return
        self._workplace = workplace
        if self.writer is None:
            from ui.downtime.pack_writer import PackWriter, keeping_of

            self.writer = PackWriter(
                keeping_of(self._settings), ladder.station.copies, utc_now, self
            )
            self.writer.told.connect(partial(self._tell, caution=True))
            self.writer.written.connect(partial(self._tell, caution=False))
            self._soon.timeout.connect(self.writer.start)
            self._soon.start()
        person = workplace.context.signed_in
        self.writer.cover(frozenset(ward.id for ward in person.wards))
        if person.may(Permission.CHART_OPEN):
            self._offer(workplace)

    def rest(self) -> None:
        """Tell nobody: nobody is there."""
        self._workplace = None
        if self.writer is not None:
            self.writer.cover(frozenset())

    def stop(self) -> None:
        """Begin nothing more: the program ends."""
        self._soon.stop()
        if self.writer is not None:
            self.writer.stop()

    def print_now(self) -> None:
        """Open the sheet that prints a ward of the person signed in."""
        from ui.downtime.pack_sheet import PrintPackSheet

        workplace = self._workplace
        if workplace is None or self.writer is None:
            return
        context = workplace.context
        wards = context.signed_in.wards
        if not wards:
            workplace.notify("You work on no ward, so there is no ward pack of yours.")
            return
        shown = set(workplace.place.ward_ids)
        first = sorted(wards, key=lambda ward: ward.id not in shown)
        workplace.open_sheet(PrintPackSheet(context, self.writer, first))

    def _offer(self, workplace: Workplace) -> None:
        """Put it into the palette, once: a person may come back to the same screen."""
        if any(action.text() == WORDS for action in workplace.actions()):
            return
        action = QAction(WORDS, workplace)
        action.setShortcut(QKeySequence(KEYS))
        action.triggered.connect(lambda _checked=False: self.print_now())
        workplace.addAction(action)

    def _tell(self, text: str, *, caution: bool) -> None:
        if self._workplace is not None:
            self._workplace.outcome.mention(text, caution=caution)
