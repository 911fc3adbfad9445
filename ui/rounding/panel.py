"""Rounds: one checklist of a ward at a time, a row a patient; below, the tasks that are open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context, Place
from ui.formats import moment_text, time_text
from ui.notices import PROBLEM, NoticeAction
from ui.plain_text import PlainLabel
from ui.rounding.body_map import BodyMap
from ui.rounding.checklists_sheet import ChecklistsSheet
from ui.rounding.chooser import Chooser
from ui.rounding.history_sheet import HistorySheet
from ui.rounding.kept_rows import KeptRows
from ui.rounding.round_model import FIXED, RoundModel
from ui.rounding.round_row import Look, RoundRow
from ui.rounding.round_view import RoundView
from ui.rounding.task_sheets import new_task_sheet
from ui.rounding.task_strip import TaskStrip
from ui.rounding.words import (
    HELP,
    NOBODY,
    ONE_WARD,
    READING,
    TOPIC,
    item_keys,
    reason_keys,
    subject_text,
)
from ui.widgets.panel import Panel
from ward_app.core.errors import DatabaseUnavailableError, WardError
from ward_app.core.ids import new_id
from ward_app.rounding.queries import rounds_of_wards
from ward_app.rounding.service import save_round
from ward_app.rounding.types import (
    Item,
    ItemKind,
    RoundsOfWard,
)
from ward_app.staff.types import Permission


class RoundsPanel(Panel):
    """One key an answer; Ctrl+Enter saves everybody answered, in one step.

    What is answered is kept, for this person, until it is saved or taken out. What another
    station answers meanwhile is shown, and asked about once.
    """

    topics: ClassVar[frozenset[str]] = frozenset(
        {TOPIC, "beds", "patients", "observations", "schedule"}
    )

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._found: RoundsOfWard | None = None
        self._rows = KeptRows(context.drafts)
        self._labels: frozenset[str] | None = None
        self.chooser = Chooser(self)
        self.model = RoundModel(context.clock, self)
        self.view = RoundView(self.model, self)
        self.strip = PlainLabel(READING, self)
        self.words = QLineEdit(self)
        self.keys_line = PlainLabel(HELP, self)
        self.body_map = BodyMap(self)
        self.tasks = TaskStrip(context, self)
        self._tasks_due = QTimer(self, singleShot=True, interval=0)
        self._tasks_due.timeout.connect(self._show_tasks)
        self._lay_out()
        self._connect()
        self._add_commands()
        self.setFocusProxy(self.view)

    @property
    @override
    def has_unsaved_entry(self) -> bool:
        return self._rows.has_unsaved_entry

    @override
    def load(self) -> None:
        if len(self.place.wards) != 1:
            self._found = None
            self.model.show_rows((), ())
            self.strip.setText(ONE_WARD)
            return
        self.read(self._show, rounds_of_wards, self.place.ward_ids)

    @override
    def show_place(self, place: Place) -> None:
        self._found, self._labels = None, None
        self._rows.forget_rows()
        self.model.show_rows((), ())
        self.strip.setText(READING)
        super().show_place(place)

    def show_labels(self, labels: frozenset[str] | None) -> None:
        """Show only the patients of these beds, None = all; the ward's own and answered stay."""
        self._labels = labels
        self._render()

    def choose(self, name: str) -> None:
        """Show another checklist; what is answered in this one is kept."""
        cursor = self.view.row
        self.chooser.choose(name)
        self._render()
        self.view.go_to_subject(cursor.line.admission_id if cursor else None)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Save every row with something answered in one step, or go to what is in the way."""
        typed = [row for row in self.model.rows if row.entry.is_typed and not row.busy]
        if not typed:
            self.strip.setText("Nothing is answered yet.")
            return
        stopped = [row for row in typed if row.stop() is not None]
        ready = [
            row for row in typed if row.stop() is None and not row.asks_twice(self.place.zone)
        ]
        if ready:
            self._send(ready)
        self.model.touch_all()
        if stopped:
            self._stop_at(stopped[0])

    def answer_as_usual(self, whole_bay: bool) -> None:  # noqa: FBT001 - a signal's slot
        """Answer what is open in the row as usual, or in every row of its bay.

        Who is away, or put off for now, is not answered for with the others.
        """
        here, now = self.view.row, self.context.clock()
        if here is None:
            return
        bay = here.line.room_name
        for row in self.model.rows if whole_bay else (here,):
            meant = row is here or (row.line.room_name == bay and row.is_there(now))
            if meant and not row.busy and row.entry.reason is None:
                row.answer_as_usual(now)
                row.say("")
        self.model.touch_all()
        if not whole_bay:
            self.view.go_to_next_row()
        self._show_strip()

    def ask_reason(self) -> None:
        """Ask with one digit why the checklist of this row is put off."""
        row = self.view.row
        if row is not None and not row.busy:
            self.view.asks_reason = True
            self.strip.setText(f"{subject_text(row.line)}, not now: {reason_keys(row.template)}")

    def _show(self, found: RoundsOfWard) -> None:
        self._found = found
        self._rows.take(found, self.place.zone)
        self.model.zone = self.place.zone
        self.model.set_stale(stale=False)
        self.chooser.show_templates(found, self.context.clock())
        self._render()
        self._tasks_due.start()

    def _show_tasks(self) -> None:
        """Show the tasks after the round: one after the other, neither keeps a key waiting."""
        if self._found is not None:
            self.tasks.show_tasks(self._found.tasks, self.place.zone)

    def _render(self) -> None:
        """Show the chosen checklist's rows in bed order."""
        rows = self._rows.rows_of(self.chooser.chosen, self._labels)
        cursor, column = self.view.row, self.view.currentIndex().column()
        items: Sequence[Item] = rows[0].template.items if rows else ()
        self.model.show_rows(items, rows)
        if (rows and self.view.row is not cursor) or not self.view.currentIndex().isValid():
            number = rows.index(cursor) if cursor in rows else 0
            self.view.go_to(number, max(column, len(FIXED)))
        self._show_strip()
        if not rows:
            self.strip.setText(NOBODY)

    def _show_strip(self) -> None:
        """Name the row, the item and its keys once more; show its words and places."""
        row, item = self.view.row, self.view.item
        shows_map = item is not None and item.kind is ItemKind.BODY_MAP
        self.body_map.setVisible(shows_map)
        asks = row is not None and item is not None and row.is_exception(item)
        if row is None or item is None:
            return
        hint = "  F4: say why." if asks and item.name not in row.entry.words else ""
        self.strip.setText(f"{subject_text(row.line)} · {item.label}: {item_keys(item)}.{hint}")
        if shows_map:
            answer = row.entry.answers.get(item.name, ())
            self.body_map.show_places(item, answer if isinstance(answer, tuple) else ())
        self.words.setText(row.entry.words.get(item.name, ""))

    def _stop_at(self, row: RoundRow) -> None:
        stop = row.stop()
        if stop is None:
            return
        item, sentence = stop
        row.say(sentence, Look.PROBLEM)
        self.model.touch(row)
        self.view.go_to(self.model.rows.index(row), self.model.column_of(item))

    def _take_reason(self, row: RoundRow, digit: int) -> None:
        reasons = row.template.deferrals
        if not 1 <= digit <= len(reasons):
            row.say(f"{digit} is no reason here.", Look.CAUTION)
        elif reasons[digit - 1].value == "other":
            self._ask_words("What is the reason? Enter takes it.")
            row.put_off(reasons[digit - 1], self.context.clock())
        else:
            row.put_off(reasons[digit - 1], self.context.clock())
            row.say("Put off; Ctrl+Enter saves it.", Look.CAUTION)
            self.view.go_to_next_row()
        self.model.touch(row)

    def _ask_words(self, placeholder: str = "Words to this answer; Enter goes back.") -> None:
        self.words.setPlaceholderText(placeholder)
        self.words.setVisible(True)
        self.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _write_words(self) -> None:
        """Ask for words to the answer the cursor is on."""
        row, item = self.view.row, self.view.item
        if row is None or item is None or item.name not in row.entry.answers:
            self.strip.setText("Answer first, then F4 adds words to the answer.")
            return
        self._ask_words()

    def _take_words(self) -> None:
        row, item, text = self.view.row, self.view.item, self.words.text().strip()
        if row is not None and row.entry.reason is not None:
            row.entry.note = text
            row.say("Put off; Ctrl+Enter saves it." if text else "Say why.", Look.CAUTION)
        elif row is not None and item is not None:
            row.entry.words.pop(item.name, None)
            if text:
                row.entry.words[item.name] = text
        if row is not None:
            self.model.touch(row)
        self.words.setVisible(False)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.go_on()

    def _send(self, rows: Sequence[RoundRow]) -> None:
        round_id, now = new_id(), self.context.clock()
        for row in rows:
            row.busy = True
            row.say("Being saved…")
        self.model.touch_all()
        records = [row.new_record(round_id, now) for row in rows if row.entry.reason is None]
        deferrals = [row.new_deferral(round_id, now) for row in rows if row.entry.reason]
        reply = Reply(partial(self._saved, rows), partial(self._refused, rows))
        self.context.work.command(self, TOPIC, reply, save_round, records, deferrals)

    def _saved(self, rows: Sequence[RoundRow], at: datetime) -> None:
        self._rows.end_saved(rows, at, self.place.zone)
        self.model.touch_all()
        who = subject_text(rows[0].line) if len(rows) == 1 else f"{len(rows)} patients"
        saved_at = time_text(at, self.place.zone)
        self.told.emit(f"{rows[0].template.title}: {who}, saved {saved_at}.", None)

    def _refused(self, rows: Sequence[RoundRow], error: WardError) -> None:
        """Say why nothing of the round is saved; what was answered stays."""
        unheard = isinstance(error, DatabaseUnavailableError)
        for row in rows:
            row.busy = False
            row.say("Not saved; Ctrl+Enter saves it again.", Look.PROBLEM)
        self.model.touch_all()
        again = NoticeAction("Save again (Ctrl+Enter)", self.save) if unheard else None
        self.notice.tell(PROBLEM, f"{error} What you answered is kept.", again)

    def _new_task(self) -> None:
        if row := self.view.row:
            self.sheet_requested.emit(new_task_sheet(self.context, row.line, self.place.zone))

    def _show_history(self) -> None:
        if row := self.view.row:
            self.sheet_requested.emit(HistorySheet(self.context, row.line, self.place.zone))

    def _find(self) -> None:
        from ui.rounding.find_sheet import FindRoundsSheet  # noqa: PLC0415 - seldom used

        sheet = FindRoundsSheet(self.context, self.place, self.chooser.chosen)
        self.sheet_requested.emit(sheet)

    def _edit_checklists(self) -> None:
        self.sheet_requested.emit(ChecklistsSheet(self.context, self.place))

    def _switch_focus(self) -> None:
        """Go to the tasks, or back to the round."""
        if not self.tasks.take_focus():
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_stale(self, error: WardError) -> None:
        again = NoticeAction("Try again (F5)", self.refresh)
        self.model.set_stale(stale=True)
        self.tasks.rows.set_stale(stale=True)
        if self._found is None:
            self.strip.setText("The rounds could not be read. F5 tries again.")
            self.notice.tell(PROBLEM, str(error), again)
            return
        known = moment_text(self._found.read_at, self.place.zone, self.context.clock())
        text = f"{error} The round shows what was known at {known}; what you answer is kept."
        self.notice.tell(PROBLEM, text, again)

    def _connect(self) -> None:
        self.view.save_asked.connect(self.save)
        self.view.as_usual_asked.connect(self.answer_as_usual)
        self.view.reason_given.connect(self._take_reason)
        self.view.moved.connect(self._show_strip)
        self.chooser.asked.connect(self.choose)
        self.words.returnPressed.connect(self._take_words)
        self.tasks.sheet_requested.connect(self.sheet_requested)
        self.load_failed.connect(self._go_stale)

    def _add_commands(self) -> None:
        self.add_command("The next checklist", "PgDown", partial(self._turn, 1))
        self.add_command("The checklist before", "PgUp", partial(self._turn, -1))
        if self.context.signed_in.may(Permission.ROUND_RECORD):
            self.add_command("Words to this answer", "F4", self._write_words)
            self.add_command("Put this checklist off", "F8", self.ask_reason)
            self.add_command("New task for this patient", "F7", self._new_task)
        if self.context.signed_in.may(Permission.ROUND_EDIT):
            self.add_command("Checklists: look at them, change them", "F10", self._edit_checklists)
        self.add_command("To the tasks and back", "F6", self._switch_focus)
        self.add_command("What was recorded of this patient", "F9", self._show_history)
        self.add_command("Find rounds by an answer…", "F3", self._find)

    def _turn(self, by: int) -> None:
        name = self.chooser.neighbour(by)
        if name:
            self.choose(name)

    def _lay_out(self) -> None:
        for label in (self.strip, self.keys_line):
            label.setFont(theme.font(theme.SMALL_PX))
            label.setWordWrap(True)
        # two lines, so that nothing jumps when an item has many keys
        self.strip.setMinimumHeight(2 * self.strip.fontMetrics().lineSpacing())
        self.strip.setAlignment(Qt.AlignmentFlag.AlignTop)
        theme.tint(self.keys_line, "dim")
        self.words.setVisible(False)
        self.words.setAccessibleName("Words to this answer")
        self.words.setMaxLength(500)
        self.body_map.setVisible(False)
        middle = QHBoxLayout()
        middle.addWidget(self.view, 1)
        middle.addWidget(self.body_map, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        margin = theme.GRID_PX + 4
        column.setContentsMargins(margin, theme.GRID_PX // 2, margin, theme.GRID_PX // 2)
        column.setSpacing(theme.GRID_PX // 2)
        column.addWidget(self.chooser)
        column.addLayout(middle, 1)
        for part in (self.strip, self.words, self.keys_line, self.tasks):
            column.addWidget(part)
        self.content.addLayout(column)
