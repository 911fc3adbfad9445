"""The shift's beds and nurses: one key gives a bed to a nurse, takes it, or puts it down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context, Place
from ui.plain_text import PlainLabel
from ui.shifts.sheets import PlanReasonSheet, PutDownSheet
from ui.shifts.times_sheet import ShiftTimesSheet
from ui.shifts.words import (
    NO_STAFF,
    NURSE_KEYS,
    ONE_WARD,
    READING,
    TOPIC,
    BedLine,
    NurseLine,
    bed_columns,
    bed_lines,
    gap_text,
    mix_text,
    nurse_columns,
    nurse_lines,
    shift_text,
)
from ui.widgets.flow import Flow
from ui.widgets.panel import Panel
from ui.widgets.rows_table import RowsModel, RowsTable
from ward_app.board.queries import ward_board
from ward_app.board.types import Board
from ward_app.core.errors import WardError
from ward_app.core.ids import new_id
from ward_app.shifts.queries import shift_plan
from ward_app.shifts.service import allocate, put_down, take
from ward_app.shifts.types import NewAllocation, PutDown, ShiftPlan, Take
from ward_app.staff.types import Permission

CHOOSE = "Choose a bed first: arrow keys."
_NURSES_WIDTH_PX = 464
_MINUTE_MS = 60_000


class ShiftPanel(Panel):
    """Beds at the left, nurses with their keys at the right, what is wrong in loud words above."""

    topics: ClassVar[frozenset[str]] = frozenset({TOPIC, "beds", "observations", "patients"})

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._plan: ShiftPlan | None = None
        self._board: Board | None = None
        self._ahead = 0
        self.summary = PlainLabel(parent=self)
        self.gaps = PlainLabel(parent=self)
        self.mix = PlainLabel(parent=self)
        self.message = PlainLabel(READING, self)
        self.beds = RowsModel[BedLine](bed_columns(place.zone, context.clock()), self)
        self.table = RowsTable(self.beds, "Beds of the ward and who looks after them", self)
        self.nurses = RowsModel[NurseLine](nurse_columns(place.zone), self)
        self.staff = RowsTable(self.nurses, "Nurses of the ward and their keys", self)
        self._stack = QStackedWidget(self)
        self._buttons = Flow()
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.timeout.connect(self.tell_time)
        self._minute.start()
        self._add_commands()
        self._lay_out()
        self.load_failed.connect(self._go_stale)

    @property
    def chosen(self) -> BedLine | None:
        """The bed the cursor is on."""
        return self.beds.row(self.table.currentIndex())

    @override
    def load(self) -> None:
        if len(self.place.wards) != 1:
            self._plan = None
            self._tell(ONE_WARD)
            return
        [ward_id] = self.place.ward_ids
        self.read(self._show_board, ward_board, (ward_id,))
        self.read(self._show_plan, shift_plan, ward_id, self._ahead)

    @override
    def show_place(self, place: Place) -> None:
        self._plan, self._board, self._ahead = None, None, 0
        self._tell(READING)
        super().show_place(place)

    def give(self, number: int, *, bay: bool = False) -> None:
        """Plan the chosen bed, or its whole bay, for the nurse of that number."""
        lines = self._meant(bay=bay)
        nurse = self.nurses.rows[number] if number < len(self.nurses.rows) else None
        if lines and nurse is not None:
            self._allocate(lines, nurse.member.user_id, nurse.member.name)

    def give_nobody(self) -> None:
        """Take the chosen bed out of the plan."""
        lines = [line for line in self._meant() if line.allocation and line.allocation.user_id]
        if lines:
            self._allocate(lines, None, "nobody")

    def take_chosen(self) -> None:
        """Take the chosen bed, whoever holds it."""
        self._take(self._meant())

    def take_planned(self) -> None:
        """Take all beds that are planned for the person in the shift that runs."""
        me = self.context.signed_in.user_id
        planned = [
            line
            for line in self.beds.rows
            if line.bed.allocated_id == me and line.bed.user_id != me
        ]
        if planned:
            self._take(planned)
        else:
            self.told.emit("No bed is planned for you that you do not hold. T takes one.", None)

    def put_down_chosen(self) -> None:
        """Put the chosen bed down; another's needs a reason."""
        held = [line for line in self._meant() if line.bed.user_id is not None]
        if held:
            self._put_down(held)

    def put_down_mine(self) -> None:
        """Put every bed down that the person holds."""
        me = self.context.signed_in.user_id
        mine = [line for line in self.beds.rows if line.bed.user_id == me]
        if mine:
            self._put_down(mine)
        else:
            self.told.emit("You hold no bed.", None)

    def next_shift(self) -> None:
        """Plan the shift that follows; after the last the one that runs."""
        self._ahead = (self._ahead + 1) % max(len(self._plan.shifts) if self._plan else 1, 1)
        self.refresh()

    def edit_times(self) -> None:
        """Set the ward's own times and wanted staff of the shift shown."""
        if self._plan is not None:
            [ward_id] = self.place.ward_ids
            sheet = ShiftTimesSheet(
                self.context,
                ward_id,
                self._plan.shift,
                staff=self._plan.staff,
                zone=self.place.zone,
            )
            self.sheet_requested.emit(sheet)

    def tell_time(self) -> None:
        """Show what was read, as of now."""
        if self._plan is None or self._board is None:
            return
        chosen, now, zone = self.chosen, self.context.clock(), self.place.zone
        lines = bed_lines(self._plan, self._board.beds)
        self.beds.columns = bed_columns(zone, now)
        self.beds.show_rows(lines)
        self.nurses.show_rows(nurse_lines(self._plan, lines))
        self._choose(chosen.bed.bed_id if chosen else None)
        shift = self._plan.shift
        self.summary.setText(shift_text(shift, zone, now) if shift else "No shift runs now.")
        loud = gap_text(self._plan.beds)
        self.gaps.setText(loud or "● Every patient has a nurse on duty.")
        theme.tint(self.gaps, "problem" if loud else "success")
        self.mix.setText(mix_text(self._plan) if self.nurses.rows else NO_STAFF)
        self._put_in_view(self._page)

    def _allocate(self, lines: Sequence[BedLine], user_id: UUID | None, name: str) -> None:
        shift = self._plan.shift if self._plan else None
        if shift is None:
            return
        beds = [
            NewAllocation(
                id=new_id(),
                bed_id=line.bed.bed_id,
                user_id=user_id,
                shift_name=shift.name,
                shift_on=shift.shift_on,
                supersedes_id=line.allocation.id if line.allocation else None,
            )
            for line in lines
            if (line.allocation.user_id if line.allocation else None) != user_id
        ]
        words = f"{_beds_text(lines)} planned for {name}."
        replaces = any(bed.supersedes_id for bed in beds)
        if replaces and shift.from_at <= self.context.clock():
            self.sheet_requested.emit(PlanReasonSheet(self.context, beds, words))
        elif beds:
            self._run(f"{words} T or M takes it.", allocate, beds)

    def _take(self, lines: Sequence[BedLine]) -> None:
        me = self.context.signed_in.user_id
        lines = [line for line in lines if line.bed.user_id != me]
        if lines:
            beds = [
                Take(id=new_id(), bed_id=line.bed.bed_id, from_user_id=line.bed.user_id)
                for line in lines
            ]
            self._run(f"You hold {_beds_text(lines).lower()} from now on.", take, beds)

    def _put_down(self, lines: Sequence[BedLine]) -> None:
        me = self.context.signed_in.user_id
        beds = [PutDown(id=new_id(), bed_id=line.bed.bed_id) for line in lines]
        words = _beds_text(lines)
        if all(line.bed.user_id == me for line in lines):
            self._run(f"{words} put down: nobody holds it now. T takes it.", put_down, beds)
        elif self.context.signed_in.may(Permission.SHIFT_ALLOCATE):
            holder = lines[0].bed.user_name
            sheet = PutDownSheet(self.context, beds, f"{words} is taken from {holder}.")
            self.sheet_requested.emit(sheet)
        else:
            self.told.emit("Only who holds the bed, or who leads the shift, puts it down.", None)

    def _run(self, words: str, change: Callable[..., int], beds: Sequence[object]) -> None:
        reply = Reply(lambda _count: self.told.emit(words, None), self._refused)
        self.context.work.command(self, TOPIC, reply, change, beds)

    def _refused(self, error: WardError) -> None:
        self.notice.show_problem(error)
        self.refresh()

    def _meant(self, *, bay: bool = False) -> list[BedLine]:
        """Return the chosen bed, or all of its bay; say what to do when none is chosen."""
        chosen = self.chosen
        if chosen is None:
            self.told.emit(CHOOSE, None)
            return []
        if not bay:
            return [chosen]
        return [line for line in self.beds.rows if line.bed.room_name == chosen.bed.room_name]

    def _show_board(self, board: Board) -> None:
        self._board = board
        self.tell_time()

    def _show_plan(self, plan: ShiftPlan) -> None:
        self._plan = plan
        for model in (self.beds, self.nurses):
            model.set_stale(stale=False)
        self.tell_time()

    def _choose(self, bed_id: UUID | None) -> None:
        ids = [line.bed.bed_id for line in self.beds.rows]
        row = ids.index(bed_id) if bed_id in ids else 0
        self.table.setCurrentIndex(self.beds.index(row, 0) if ids else QModelIndex())

    def _go_stale(self, error: WardError) -> None:
        if self._plan is None:
            self._tell("The shift could not be read. F5 tries again.")
            self.tell_failed(error)
            return
        for model in (self.beds, self.nurses):
            model.set_stale(stale=True)
        self.tell_failed(error, "This is", self.loaded_at, self.place.zone)

    def _tell(self, text: str) -> None:
        self.beds.show_rows(())
        self.nurses.show_rows(())
        for label in (self.summary, self.gaps, self.mix):
            label.setText("")
        self.message.setText(text)
        self._put_in_view(self.message)

    def _put_in_view(self, widget: QWidget) -> None:
        self.put_in_view(self._stack, widget, self.table if widget is self._page else widget)

    def _commands(self) -> tuple[tuple[str, str, Callable[[], None], Permission], ...]:
        return (
            ("Take my planned beds", "M", self.take_planned, Permission.SHIFT_TAKE),
            ("Take this bed", "T", self.take_chosen, Permission.SHIFT_TAKE),
            ("Put this bed down", "D", self.put_down_chosen, Permission.SHIFT_TAKE),
            ("Put all mine down", "Alt+D", self.put_down_mine, Permission.SHIFT_TAKE),
            ("Plan nobody", "Del", self.give_nobody, Permission.SHIFT_ALLOCATE),
            ("Next shift", "N", self.next_shift, Permission.BOARD_VIEW),
            ("Shift times…", "E", self.edit_times, Permission.SHIFT_EDIT),
        )

    def _add_commands(self) -> None:
        for words, keys, run, permission in self._commands():
            if not self.context.signed_in.may(permission):
                continue
            self._buttons.addWidget(self.add_button(words, keys, run))
        if self.context.signed_in.may(Permission.SHIFT_ALLOCATE):
            for number, key in enumerate(NURSE_KEYS):
                self.add_command(f"Plan nurse {key}", key, partial(self.give, number))
                bay = partial(self.give, number, bay=True)
                self.add_command(f"Plan nurse {key} for the bay", f"Alt+{key}", bay)

    def _lay_out(self) -> None:
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.tint(self.message, "dim")
        self.summary.setFont(theme.font(theme.TITLE_PX, QFont.Weight.DemiBold))
        self.gaps.setFont(theme.font(theme.TITLE_PX - 2, QFont.Weight.DemiBold))
        self.mix.setWordWrap(True)
        for table in (self.table, self.staff):
            table.horizontalHeader().setStretchLastSection(True)
        self.staff.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.staff.setFixedWidth(_NURSES_WIDTH_PX)
        self._page = self._make_page()
        self._stack.addWidget(self.message)
        self._stack.addWidget(self._page)
        head = QVBoxLayout()
        margin = theme.GRID_PX
        head.setContentsMargins(2 * margin, margin, 2 * margin, margin)
        first = QHBoxLayout()
        first.addWidget(self.summary)
        first.addSpacing(3 * margin)
        first.addWidget(self.gaps, 1)
        head.addLayout(first)
        head.addWidget(self.mix)
        head.addLayout(self._buttons)
        self.content.addLayout(head)
        self.content.addWidget(self._stack, 1)
        self.setFocusProxy(self.message)

    def _make_page(self) -> QWidget:
        page = QWidget(self)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.GRID_PX)
        row.addWidget(self.table, 1)
        row.addWidget(self.staff)
        return page


def _beds_text(lines: Sequence[BedLine]) -> str:
    labels = ", ".join(line.bed.bed_label for line in lines)
    return f"{'Bed' if len(lines) == 1 else 'Beds'} {labels}"
