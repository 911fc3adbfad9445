"""The nurse's shift: everything due for her patients on one time axis, and whose work it is."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.context import Context, Place
from ui.lane.view import LaneView
from ui.lane.words import (
    CHOOSE,
    EXPECTED,
    KEYS,
    NOBODY,
    NOTHING_MINE,
    ONE_WARD,
    READING,
    UNREAD,
    LaneLine,
    item_text,
    lane_columns,
    lines_of,
    summary_text,
    visit_text,
    work_text,
)
from ui.plain_text import PlainLabel
from ui.widgets.flow import Flow
from ui.widgets.panel import Panel
from ui.widgets.rows_table import RowsModel, RowsTable
from ward_app.core.errors import WardError
from ward_app.lane.queries import SOURCES, shift_lane
from ward_app.lane.rules import lane_rows, loads
from ward_app.lane.types import LaneItem, LaneOfWards, LaneRow
from ward_app.staff.types import Permission

LANE = "lane"
_MINUTE_MS = 60_000


class LanePanel(Panel):
    """Time from left to right, patients down; Enter does what is chosen, D puts it off.

    Signals:
        do_asked, defer_asked: (LaneRow, LaneItem) open what records it, or puts it off.
    """

    do_asked = Signal(object, object)
    defer_asked = Signal(object, object)

    topics: ClassVar[frozenset[str]] = frozenset(
        {"observations", "schedule", "rounds", "beds", "patients", "shifts", "assessments"}
    )

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self.setObjectName(LANE)
        self._found: LaneOfWards | None = None
        self._whole_ward = False
        self.summary = PlainLabel(parent=self)
        self.work = PlainLabel(parent=self)
        self.detail = PlainLabel(parent=self)
        self.keys_line = PlainLabel(KEYS, self)
        self.message = PlainLabel(READING, self)
        self.view = LaneView(self)
        self.rows = RowsModel[LaneLine](lane_columns(place.zone, context.clock()), self)
        self.table = RowsTable(self.rows, "What is due, what waits longest first", self)
        self._stack = QStackedWidget(self)
        self._in_view: QWidget = self.message
        self._buttons = Flow()
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.timeout.connect(self.tell_time)
        self._minute.start()
        self._add_commands()
        self._lay_out()
        self.view.moved.connect(self._show_detail)
        self.view.activated.connect(partial(self._ask, self.do_asked))
        self.table.activated.connect(lambda _index: self._ask(self.do_asked))
        self.table.selectionModel().currentChanged.connect(self._follow_table)
        self.load_failed.connect(self._go_stale)

    @property
    def is_mine(self) -> bool:
        """Whether only the patients of who is signed in are shown."""
        return bool(self._found and self._found.mine) and not self._whole_ward

    @property
    def chosen(self) -> tuple[LaneRow, LaneItem] | None:
        """The thing the cursor is on, with its row."""
        row, item = self.view.row, self.view.item
        return (row, item) if row is not None and item is not None else None

    @property
    def lines(self) -> tuple[LaneLine, ...]:
        """Everything on the lane as lines of the table, what waits longest first."""
        found = self._found
        nurses = {bed: nurse.name for bed, nurse in found.nurses.items()} if found else {}
        return lines_of(self.view.rows, nurses)

    @override
    def load(self) -> None:
        if len(self.place.wards) == 1:
            self.read(self._show, shift_lane, self.place.ward_ids)
        else:
            self._found = None
            self._tell(ONE_WARD)

    @override
    def show_place(self, place: Place) -> None:
        self._found = None
        self._tell(READING)
        super().show_place(place)

    def tell_time(self) -> None:
        """Bring the lane up to the present without asking the database."""
        found = self._found
        if found is None:
            return
        now = self.context.clock()
        zones = dict.fromkeys(self.place.ward_ids, self.place.zone)
        every = lane_rows(found, SOURCES, now, zones)
        rows = tuple(row for row in every if not self.is_mine or row.bed_id in found.mine)
        self.view.zone, self.view.policies = self.place.zone, found.policies
        self.view.show_rows(rows, now)
        if self._in_view is self.table:
            self._fill_table()
        self.summary.setText(summary_text(rows, now, mine=self.is_mine))
        self.work.setText(work_text(loads(every, found, now)))
        self._show_detail()

    def _show(self, found: LaneOfWards) -> None:
        self._found = found
        self.view.set_stale(stale=False)
        self.rows.set_stale(stale=False)
        self.tell_time()
        self._show_or_tell()

    def _show_or_tell(self) -> None:
        """Show the lane, or say why there is none."""
        if not self.view.rows:
            self._tell(NOTHING_MINE if self.is_mine else NOBODY)
        elif self._in_view is self.message:
            self._put_in_view(self.view)

    def _fill_table(self) -> None:
        """Write the table; it is not written while the lane is looked at."""
        chosen = self.chosen
        self.rows.columns = lane_columns(self.place.zone, self.context.clock())
        self.rows.show_rows(self.lines)
        things = [(line.row, line.item) for line in self.rows.rows]
        number = things.index(chosen) if chosen in things else 0
        self.table.setCurrentIndex(self.rows.index(number, 0) if things else QModelIndex())

    def _follow_table(self, index: QModelIndex) -> None:
        """Keep the lane's cursor with the table's, when that is what is walked."""
        line = self.rows.row(index)
        if line is not None and self._in_view is self.table:
            self.view.choose(line.row, line.visit, line.item)

    def _show_detail(self) -> None:
        row, visit, item = self.view.row, self.view.visit, self.view.item
        now = self.context.clock()
        if row is None or visit is None or item is None:
            self.detail.setText(CHOOSE)
            return
        text = visit_text(row, visit, self.place.zone, now)
        if len(visit.items) > 1:
            text = f"{text}  Enter: {item_text(item, self.place.zone, now)}."
        self.detail.setText(text)

    def _ask(self, signal: SignalInstance) -> None:
        if self.chosen is None:
            self.told.emit(CHOOSE, None)
        elif self.chosen[1].is_expected:
            self.told.emit(EXPECTED, None)
        else:
            signal.emit(*self.chosen)

    def _go_to_next(self) -> None:
        if not self.view.go_to_next():
            self.told.emit("No visit is due.", None)
        elif self.chosen is not None and self._in_view is self.table:
            things = [(line.row, line.item) for line in self.rows.rows]
            self.table.setCurrentIndex(self.rows.index(things.index(self.chosen), 0))

    def _toggle_ward(self) -> None:
        if self._found is not None and not self._found.mine:
            self.told.emit("No bed is yours now, so the whole ward is shown.", None)
            return
        self._whole_ward = not self._whole_ward
        self.tell_time()
        self._show_or_tell()

    def _toggle_table(self) -> None:
        if self._in_view is self.message:
            return
        in_table = self._in_view is self.table
        if not in_table:
            self._fill_table()
        self._put_in_view(self.view if in_table else self.table)

    def _go_stale(self, error: WardError) -> None:
        if self._found is None:
            self._tell(UNREAD)
            self.tell_failed(error)
            return
        self.view.set_stale(stale=True)
        self.rows.set_stale(stale=True)
        self.tell_failed(error, "The lane shows", self.loaded_at, self.place.zone)

    def _tell(self, text: str) -> None:
        for label in (self.summary, self.work, self.detail):
            label.setText("")
        self.message.setText(text)
        self._put_in_view(self.message)

    def _put_in_view(self, widget: QWidget) -> None:
        self._in_view = widget
        self.put_in_view(self._stack, widget)

    def _add_commands(self) -> None:
        may = self.context.signed_in.may
        records = may(Permission.OBSERVATION_RECORD) or may(Permission.ROUND_RECORD)
        for words, key, run, shown in (
            ("Do it…", "Return", partial(self._ask, self.do_asked), records),
            ("Not now…", "D", partial(self._ask, self.defer_asked), records),
            ("Next visit", "N", self._go_to_next, True),
            ("Mine or all", "A", self._toggle_ward, True),
            ("Table", "T", self._toggle_table, True),
        ):
            if not shown:
                continue
            self._buttons.addWidget(self.add_button(words, key, run))
        self.add_command("The next thing of the visit", "Space", self.view.go_to_next_item)
        self.add_command("Less time in view", "+", partial(self.view.zoom, -1))
        self.add_command("More time in view", "-", partial(self.view.zoom, 1))
        self.add_command("Back to now", "Home", self.view.go_home)

    def _lay_out(self) -> None:
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.tint(self.message, "dim")
        theme.tint(self.keys_line, "dim")
        self.keys_line.setFont(theme.font(theme.SMALL_PX))
        for label in (self.summary, self.work, self.detail, self.keys_line):
            label.setWordWrap(True)
        # two lines, so that the lane does not jump as the cursor walks
        self.detail.setMinimumHeight(2 * self.detail.fontMetrics().lineSpacing())
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        for widget in (self.message, self.view, self.table):
            self._stack.addWidget(widget)
        margin = theme.GRID_PX
        self._buttons.addWidget(self.summary)
        column = QVBoxLayout()
        column.setContentsMargins(2 * margin, margin, 2 * margin, margin)
        column.setSpacing(margin)
        column.addLayout(self._buttons)
        column.addWidget(self.work)
        column.addWidget(self._stack, 1)
        column.addWidget(self.detail)
        column.addWidget(self.keys_line)
        self.content.addLayout(column)
        self.setFocusProxy(self.message)
