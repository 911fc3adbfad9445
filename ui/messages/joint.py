"""Joins messages to board and chart, to the rail's count and to the words at the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from ui.context import Context, Place
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec, Workplace
from ward_app.staff.types import Permission

if TYPE_CHECKING:
    from ui.messages.watch import MessageWatch
    from ward_app.messages.types import Message

KEY = "Q"
PANEL = "messages"
_WORDS = "Message about this patient…"
# after the first answer: the first screen is painted, and the alerts are read, before the messages
_AFTER_MS = 400


def _messages_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.messages.panel import MessagesPanel

    return MessagesPanel(context, place, parent)


MESSAGES_SPEC = PanelSpec(
    key=PANEL,
    word="Inbox",
    icon="messages",
    make=_messages_panel,
    permission=Permission.MESSAGE_READ,
)


class MessagesJoint(QObject):
    """One for each person signed in.

    Signals:
        chart_asked: (UUID) the stay whose chart is wanted.
    """

    chart_asked = Signal(object)

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._workplace = workplace
        self.watch: MessageWatch | None = None
        workplace.panel_made.connect(self.join)
        for panel in workplace.panels:
            self.join(panel)
        self._later = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._later.timeout.connect(self.begin)
        if workplace.offers(PANEL):
            for answered in (workplace.panel.loaded, workplace.panel.load_failed):
                answered.connect(self._first_answered)

    def begin(self) -> None:
        """Begin to watch over the messages, once."""
        from ui.messages.watch import MessageWatch

        if self.watch is not None:
            return
        workplace = self._workplace
        self.watch = MessageWatch(workplace.context, self)
        self.watch.changed.connect(self._count)
        self.watch.arrived.connect(self._tell)
        workplace.pulse.refresh_due.connect(self.watch.read)
        workplace.pulse.changed.connect(self._take_note)
        workplace.context.work.committed.connect(self.watch.take_note)
        self.watch.read()

    def _first_answered(self, _answer: object) -> None:
        if self.watch is None and not self._later.isActive():
            self._later.start()

    def join(self, panel: Panel) -> None:
        """Give board and chart the key that writes about a patient; lead from a message to her."""
        from ui.board.panel import BoardPanel

        if isinstance(panel, BoardPanel):
            self._offer(panel)
        else:
            self._join_others(panel)

    def _join_others(self, panel: Panel) -> None:
        from ui.messages.panel import MessagesPanel
        from ui.observations.panel import ChartPanel

        if isinstance(panel, ChartPanel):
            self._offer(panel)
        elif isinstance(panel, MessagesPanel):
            panel.chart_asked.connect(self.chart_asked)

    def _offer(self, panel: Panel) -> None:
        if self._workplace.context.signed_in.may(Permission.MESSAGE_SEND):
            panel.add_command(_WORDS, KEY, partial(self._write, panel))

    def _write(self, panel: Panel) -> None:
        from ui.chosen import chosen
        from ui.messages.message_sheet import MessageSheet
        from ui.patients.banner import patient_name
        from ward_app.board.types import BoardBed

        row = chosen(panel)
        if not isinstance(row, BoardBed) or row.admission_id is None:
            self._workplace.notify("Choose a patient first: arrow keys, or type a bed.", None)
            return
        about = row.admission_id, patient_name(row)
        sheet = MessageSheet(self._workplace.context, ward_id=row.ward_id, about=about)
        self._workplace.open_sheet(sheet)

    def _take_note(self, _ward_id: object, topic: str) -> None:
        if self.watch is not None:
            self.watch.take_note(topic)

    def _count(self, messages: Sequence[Message]) -> None:
        from ui.messages.words import count_text

        self._workplace.rail.show_count(PANEL, count_text(messages))

    def _tell(self, new: Sequence[Message]) -> None:
        from ui.messages.words import any_urgent, arrival_text

        words = arrival_text(new, self._workplace.keys_of(PANEL))
        self._workplace.outcome.mention(words, caution=any_urgent(new))
        QApplication.alert(self._workplace.window())
