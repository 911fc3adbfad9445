"""One's messages: those first that wait for an answer, each answered by one key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget
from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context, Place
from ui.formats import moment_text
from ui.messages.message_sheet import TOPIC, MessageSheet
from ui.messages.retract_sheet import RetractSheet
from ui.messages.words import (
    about_text,
    first_line,
    outcome_text,
    state_colour,
    state_text,
    thread_text,
)
from ui.notices import PROBLEM, NoticeAction
from ui.plain_text import PlainLabel
from ui.widgets.panel import Panel
from ui.widgets.reading import ReadingPane, RowsOrWords, hint_line
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ward_app.core.errors import WardError
from ward_app.core.ids import new_id
from ward_app.messages.queries import my_messages
from ward_app.messages.rules import in_order, is_new, thread_of, waits_for_me
from ward_app.messages.service import acknowledge_message, see_messages
from ward_app.messages.types import Message, MessageBox
from ward_app.staff.types import Permission

NOTHING = "No messages of the last two weeks. N writes one."
_KEYS = "Answering for a message does it for all who were told. Enter opens the patient's chart."
_READING_PX = 170
_MINUTE_MS = 60_000


class MessagesPanel(Panel):
    """What the person sent or was told of, whatever ward is shown elsewhere.

    Signals:
        chart_asked: (UUID) the stay of the patient a message is about.
    """

    chart_asked = Signal(object)

    topics: ClassVar[frozenset[str]] = frozenset({TOPIC})

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._messages: tuple[Message, ...] = ()
        self._read_at = ""
        self._seen: set[UUID] = set()
        self.rows = RowsModel[Message](self._columns(), self)
        self.table = RowsTable(self.rows, "Messages, those first that wait for you", self)
        self.message = PlainLabel("The messages are being read…", self)
        self.reading = ReadingPane("The conversation", _READING_PX, self)
        self.buttons: dict[str, QPushButton] = {}
        self._stack = RowsOrWords(self.message, self.table, self)
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._lay_out()
        self._connect()
        self._enable()

    @property
    def chosen(self) -> Message | None:
        """The message the keys are about."""
        return self.rows.row(self.table.currentIndex())

    @override
    def load(self) -> None:
        self.read(self._show, my_messages)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, message_id: UUID) -> None:
        """Go to one message."""
        for row, message in enumerate(self.rows.rows):
            if message.id == message_id:
                self.table.selectRow(row)

    def tell_time(self) -> None:
        """Bring the words up to the present without asking the database."""
        if self.isVisible() and self._messages:
            self._fill()

    def _columns(self) -> tuple[RowColumn[Message], ...]:
        clock, zone = self.context.clock, self.place.zone
        return (
            RowColumn("State", 104, lambda one: state_text(one, clock()),
                      colour=lambda one: state_colour(one, clock())),
            RowColumn("Sent", 118, lambda one: moment_text(one.sent_at, zone, clock())),
            RowColumn("From", 124, lambda one: one.sender),
            RowColumn("To", 164, lambda one: one.to_words),
            RowColumn("About", 168, about_text),
            RowColumn("Message", 280, first_line),
            RowColumn("What became of it", 240, lambda one: outcome_text(one, zone, clock())),
        )  # fmt: skip

    def _show(self, box: MessageBox) -> None:
        self._messages = in_order(box.messages)
        self._read_at = moment_text(box.read_at, self.place.zone, self.context.clock())
        self.rows.set_stale(stale=False)
        self._fill()
        self.message.setText(f"{NOTHING} Read at {self._read_at}.")
        self._stack.setCurrentWidget(self.table if self._messages else self.message)

    def _fill(self) -> None:
        """Show the rows; the cursor stays on its message."""
        before = self.chosen
        self.rows.show_rows(self._messages)
        ids = [message.id for message in self._messages]
        place = ids.index(before.id) if before and before.id in ids else 0
        if ids:
            self.table.selectRow(place)
        self._read_out()

    def _go_stale(self, error: WardError) -> None:
        since = f"Stale since {self._read_at}. " if self._read_at else ""
        again = NoticeAction("Try again (F5)", self.refresh)
        self.notice.tell(PROBLEM, f"{since}{error}", again)
        self.rows.set_stale(stale=True)
        if not self._read_at:
            self.message.setText("The messages could not be read. F5 tries again.")

    def _read_out(self) -> None:
        """Show the conversation of the chosen message; then it is seen."""
        message = self.chosen
        zone, now = self.place.zone, self.context.clock()
        text = thread_text(thread_of(message, self._messages), zone, now) if message else ""
        if text != self.reading.toPlainText():
            self.reading.setPlainText(text)
        self._enable()
        if message is not None and self.isVisible():
            self._see(message)

    def _see(self, message: Message) -> None:
        if is_new(message) and message.id not in self._seen:
            self._seen.add(message.id)
            work = self.context.work
            work.command(self, TOPIC, Reply(_nothing), see_messages, (message.id,))

    def write(self) -> None:
        """Begin a message about no patient."""
        self.sheet_requested.emit(MessageSheet(self.context, ward_id=self.place.wards[0].id))

    def answer(self) -> None:
        """Write back to who sent the chosen message."""
        message = self.chosen
        if message is None or message.is_mine:
            self.told.emit("Choose a message that was sent to you: arrow keys.", None)
            return
        about = message.admission_id, message.patient_words
        sheet = MessageSheet(
            self.context,
            ward_id=message.ward_id,
            about=(about[0], about[1]) if about[0] and about[1] else None,
            answers=message,
        )
        self.sheet_requested.emit(sheet)

    def acknowledge(self) -> None:
        """Answer for the chosen message, for all who were told."""
        message = self.chosen
        if message is None or not waits_for_me(message):
            self.told.emit("This message does not wait for you.", None)
            return
        done = Reply(partial(self._acknowledged, message), self._refused)
        work = self.context.work
        work.command(self, TOPIC, done, acknowledge_message, new_id(), message.id)

    def retract(self) -> None:
        """Take one's own message back."""
        message = self.chosen
        if message is None or not message.is_mine or message.retracted_at is not None:
            self.told.emit("Choose a message of your own: arrow keys.", None)
        else:
            self.sheet_requested.emit(RetractSheet(self.context, message))

    def _acknowledged(self, message: Message, _result: object) -> None:
        self.told.emit(f"You answered for it. {message.sender} sees that.", None)

    def _refused(self, error: WardError) -> None:
        self.told.emit(str(error), None)
        self.refresh()

    def _open_chart(self) -> None:
        message = self.chosen
        if message is not None and message.admission_id is not None:
            self.chart_asked.emit(message.admission_id)
        else:
            self.told.emit("This message is about no patient of yours.", None)

    def _enable(self) -> None:
        message = self.chosen
        ready = {
            "write": True,
            "answer": message is not None and not message.is_mine,
            "acknowledge": message is not None and waits_for_me(message),
            "retract": message is not None and message.is_mine and message.retracted_at is None,
        }
        may_send = self.context.signed_in.may(Permission.MESSAGE_SEND)
        for name, button in self.buttons.items():
            button.setEnabled(ready[name] and (may_send or name == "acknowledge"))

    def _commands(self) -> dict[str, tuple[str, str, str, Callable[[], None]]]:
        return {
            "acknowledge": ("A  Answer for it", "Answer for it, for all who were told", "A",
                            self.acknowledge),
            "answer": ("R  Write back", "Write back to who sent it", "R", self.answer),
            "write": ("N  New message", "Write to a role or a person", "N", self.write),
            "retract": ("X  Take back", "Take your own message back", "X", self.retract),
        }  # fmt: skip

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(theme.GRID_PX // 2)
        for name, (words, help_, keys, run) in self._commands().items():
            action = self.add_command(help_, keys, run)
            button = QPushButton(words, self)
            button.setToolTip(action.toolTip())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(action.trigger)
            self.buttons[name] = button
            bar.addWidget(button)
        bar.addStretch(1)
        hint = hint_line(_KEYS, self)
        margin = theme.GRID_PX + 4
        self.content.setContentsMargins(margin, theme.GRID_PX, margin, theme.GRID_PX)
        self.content.setSpacing(theme.GRID_PX)
        self.content.addLayout(bar)
        self.content.addWidget(self._stack, 1)
        self.content.addWidget(self.reading)
        self.content.addWidget(hint)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _connect(self) -> None:
        self.load_failed.connect(self._go_stale)
        self.table.selectionModel().currentRowChanged.connect(lambda *_rows: self._read_out())
        self.table.activated.connect(lambda _index: self._open_chart())
        self._minute.timeout.connect(self.tell_time)
        self._minute.start()


def _nothing(_result: object) -> None:
    """The announced topic brings the list and the rail up to date."""
