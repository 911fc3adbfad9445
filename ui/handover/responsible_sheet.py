"""Who was responsible for a bed at any minute: each stretch a row, a gap a loud one."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from typing_extensions import override

from ui.background import Reply
from ui.context import Context
from ui.formats import duration_text, moment_text
from ui.plain_text import PlainLabel
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ui.widgets.sheet import Sheet
from ward_app.rooms.types import Ward
from ward_app.shifts.queries import responsible_between
from ward_app.shifts.types import Held

READING = "Being read…"
NOBODY = "▲ nobody"
_LOOKED_BACK = timedelta(hours=24)
_HOW = {
    "allocated": "by plan",
    "taken": "taken",
    "handed_over": "handover",
    "put_down": "put down",
    "left": "left",
}


class ResponsibleSheet(Sheet):
    """The last 24 hours of one bed, of the whole ward by A; earlier days by the arrow left."""

    width_px: ClassVar[int] = 700

    def __init__(self, context: Context, ward: Ward, bed: str | None) -> None:
        super().__init__(context, title=f"Who was responsible: {ward.name}")
        self.ward, self.bed, self.zone = ward, bed, ZoneInfo(ward.time_zone)
        self.until = context.clock()
        self._held: tuple[Held, ...] = ()
        self._whole_ward = bed is None
        self.save_button.hide()
        self.words = PlainLabel(READING, self)
        self.words.setWordWrap(True)
        self.model = RowsModel[Held](self._columns(), self)
        self.table = RowsTable(self.model, "Who was responsible, the latest first", self.page)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.content.addWidget(self.words)
        self.content.addWidget(self.table, 1)
        for key, run in (
            ("A", self.toggle_ward),
            ("Left", partial(self.go, -_LOOKED_BACK)),
            ("Right", partial(self.go, _LOOKED_BACK)),
        ):
            shortcut = QShortcut(QKeySequence(key), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(run)
        self.read()

    @override
    def focus_first(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def read(self) -> None:
        """Read the 24 hours up to `until`."""
        asked = self.ward.id, self.until - _LOOKED_BACK, self.until
        reply = Reply(self.show_held, self.show_problem)
        self.context.work.query(self, reply, responsible_between, *asked)

    def show_held(self, held: tuple[Held, ...]) -> None:
        """Show who held the beds, the latest first."""
        self._held = held
        mine = [one for one in held if self._whole_ward or one.bed_label == self.bed]
        # beds stay together, as they stand on the ward
        place = {one.bed_id: number for number, one in reversed(list(enumerate(held)))}
        mine.sort(key=lambda one: (place[one.bed_id], -one.from_at.timestamp()))
        self.model.columns = self._columns()
        self.model.show_rows(mine)
        self.table.setCurrentIndex(self.model.index(0, 0) if mine else QModelIndex())
        self.words.setText(self._told(mine))

    def toggle_ward(self) -> None:
        """Show every bed of the ward, or the one chosen."""
        self._whole_ward = self.bed is None or not self._whole_ward
        self.show_held(self._held)

    def go(self, by: timedelta) -> None:
        """Show other 24 hours, never beyond now."""
        self.until = min(self.until + by, self.context.clock())
        self.words.setText(READING)
        self.read()

    def _told(self, held: list[Held]) -> str:
        gaps = sum(one.user_id is None for one in held)
        now = self.context.clock()
        since = moment_text(self.until - _LOOKED_BACK, self.zone, now)
        whose = "All beds" if self._whole_ward else f"Bed {self.bed}"
        said = f"▲ {gaps} gap{'' if gaps == 1 else 's'}" if gaps else "no gap"
        until = moment_text(self.until, self.zone, now)
        keys = "A: whole ward or this bed. Left: the day before."
        return f"{whose}, {since} to {until}: {said}. {keys}"

    def _columns(self) -> tuple[RowColumn[Held], ...]:
        now = self.context.clock()

        def who(held: Held) -> str:
            return held.user_name or NOBODY

        def loud(held: Held) -> str | None:
            return "problem" if held.user_id is None else None

        def how(held: Held) -> str:
            words = _HOW.get(held.how or "", "")
            if held.given_by is None:
                return words
            to = held.given_to or "whoever takes over"
            return f"{held.given_by} gave it to {to}"

        def until(held: Held) -> str:
            return moment_text(held.until_at, self.zone, now)

        return (
            RowColumn("Bed", 50, lambda held: held.bed_label),
            RowColumn("Who", 150, who, colour=loud),
            RowColumn("From", 120, lambda held: moment_text(held.from_at, self.zone, now)),
            RowColumn("Until", 120, until),
            RowColumn("For", 112, lambda held: duration_text(held.until_at - held.from_at)),
            RowColumn("How", 98, how),
        )
