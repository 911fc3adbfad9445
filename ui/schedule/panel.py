"""The nurse's worklist: who is due for a set, the longest overdue first."""

from __future__ import annotations

from functools import partial
from typing import ClassVar
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget
from typing_extensions import override

from ui import theme
from ui.context import Context, Place
from ui.plain_text import PlainLabel
from ui.schedule.words import NOBODY, due_columns, summary_text
from ui.widgets.flow import Flow
from ui.widgets.panel import Panel
from ui.widgets.rows_table import RowsModel, RowsTable
from ward_app.core.errors import WardError
from ward_app.schedule.queries import due_list
from ward_app.schedule.types import DueItem
from ward_app.staff.types import Permission

_MINUTE_MS = 60_000


class DuePanel(Panel):
    """One line a patient; Enter records the set, D puts it off, U takes that back, P plans.

    Signals:
        observe_asked, defer_asked, take_back_asked, plan_asked, leave_asked: (DueItem) open that
            sheet.
    """

    observe_asked = Signal(object)
    defer_asked = Signal(object)
    take_back_asked = Signal(object)
    plan_asked = Signal(object)
    leave_asked = Signal(object)

    topics: ClassVar[frozenset[str]] = frozenset({"observations", "schedule", "beds", "patients"})

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._items: tuple[DueItem, ...] | None = None
        self.summary = PlainLabel(parent=self)
        self.summary.setWordWrap(True)
        self.message = PlainLabel("The list is being read…", self)
        self.rows = RowsModel[DueItem](due_columns(place.zone, context.clock()), self)
        self.table = RowsTable(self.rows, "What is due, longest overdue first", self)
        self._stack = QStackedWidget(self)
        self._buttons = Flow()
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.timeout.connect(self.tell_time)
        self._minute.start()
        self._add_commands()
        self._lay_out()
        self.table.activated.connect(self._ask_to_observe)
        self.load_failed.connect(self._go_stale)

    @property
    def chosen(self) -> DueItem | None:
        """The line the cursor is on."""
        return self.rows.row(self.table.currentIndex())

    @override
    def load(self) -> None:
        self.read(self._show, due_list, self.place.ward_ids)

    @override
    def show_place(self, place: Place) -> None:
        self._items = None
        self._tell("The list is being read…")
        super().show_place(place)

    def tell_time(self) -> None:
        """Bring the countdowns up to the present without asking the database."""
        if self._items is None:
            return
        chosen = self.chosen
        now = self.context.clock()
        self.rows.columns = due_columns(self.place.zone, now)
        self.rows.show_rows(self._items)
        self._choose(chosen.admission_id if chosen else None)
        self.summary.setText(summary_text(self._items, now))

    def _show(self, items: tuple[DueItem, ...]) -> None:
        self._items = items
        self.rows.set_stale(stale=False)
        self.tell_time()
        if items:
            self.put_in_view(self._stack, self.table)
        else:
            self._tell(NOBODY)

    def _choose(self, admission_id: UUID | None) -> None:
        """Keep the cursor on the same patient, else on the first."""
        ids = [item.admission_id for item in self.rows.rows]
        row = ids.index(admission_id) if admission_id in ids else 0
        self.table.setCurrentIndex(self.rows.index(row, 0) if ids else QModelIndex())

    def _ask(self, signal: SignalInstance) -> None:
        item = self.chosen
        if item is None:
            self.told.emit("Choose a patient first: arrow keys.", None)
        else:
            signal.emit(item)

    def _ask_to_observe(self, _index: QModelIndex) -> None:
        if self.context.signed_in.may(Permission.OBSERVATION_RECORD):
            self._ask(self.observe_asked)

    def _ask_to_defer(self) -> None:
        item = self.chosen
        if item is not None and item.due_at is None:
            self.told.emit("Nothing is due: the patient is on leave. L records the return.", None)
        else:
            self._ask(self.defer_asked)

    def _ask_to_take_back(self) -> None:
        item = self.chosen
        if item is not None and item.deferral_id is None:
            self.told.emit("Nothing was put off for this patient.", None)
        else:
            self._ask(self.take_back_asked)

    def _go_stale(self, error: WardError) -> None:
        if self._items is None:
            self._tell("The list could not be read. F5 tries again.")
            self.tell_failed(error)
            return
        self.rows.set_stale(stale=True)
        self.tell_failed(error, "The list shows", self.loaded_at, self.place.zone)

    def _tell(self, text: str) -> None:
        self.message.setText(text)
        self.put_in_view(self._stack, self.message)

    def _add_commands(self) -> None:
        may = self.context.signed_in.may
        for words, key, ask, permission in (
            (
                "Record the set…",
                "Return",
                partial(self._ask, self.observe_asked),
                Permission.OBSERVATION_RECORD,
            ),
            ("Not now…", "D", self._ask_to_defer, Permission.OBSERVATION_DEFER),
            ("Take back…", "U", self._ask_to_take_back, Permission.OBSERVATION_DEFER),
            ("How often…", "P", partial(self._ask, self.plan_asked), Permission.OBSERVATION_PLAN),
            (
                "Leave or return…",
                "L",
                partial(self._ask, self.leave_asked),
                Permission.ADMISSION_LEAVE,
            ),
        ):
            if not may(permission):
                continue
            # the table's own Enter comes first; the shortcut lists it in the overview
            self._buttons.addWidget(self.add_button(words, key, ask))

    def _lay_out(self) -> None:
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.tint(self.message, "dim")
        for widget in (self.message, self.table):
            self._stack.addWidget(widget)
        line = QHBoxLayout()
        margin = theme.GRID_PX
        line.setContentsMargins(2 * margin, margin, 2 * margin, margin)
        self._buttons.addWidget(self.summary)
        line.addLayout(self._buttons)
        self.content.addLayout(line)
        self.content.addWidget(self._stack, 1)
        self.setFocusProxy(self.message)
