"""The timeliness report: how many sets and answers were on time, down to the rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui import theme
from ui.context import Context, Place
from ui.plain_text import PlainLabel
from ui.timeliness.words import (
    GROUPING_WORDS,
    NOTHING_DUE,
    PERIOD_WORDS,
    WORK_WORDS,
    due_columns,
    key_text,
    line_columns,
    printed_text,
    report_title,
    summary_text,
)
from ui.widgets.flow import Flow
from ui.widgets.panel import Panel
from ui.widgets.rows_table import RowsModel, RowsTable
from ward_app.core.errors import WardError
from ward_app.staff.types import Permission
from ward_app.timeliness.queries import dues
from ward_app.timeliness.rules import Period, line, lines, period_bounds
from ward_app.timeliness.types import Due, Grouping, Line, Work

_PERIOD_KEYS = dict(zip(Period, "1234", strict=True))
_GROUPING_KEYS = {Grouping.WARD: "W", Grouping.SHIFT: "S", Grouping.HOUR: "H", Grouping.CAUSE: "B"}
_WORK_KEYS = {Work.OBSERVATIONS: "O", Work.ESCALATION: "E", Work.ROUNDS: "R",
              Work.ASSESSMENTS: "A"}  # fmt: skip


class TimelinessPanel(Panel):
    """Lines by ward, shift or hour; Enter opens the rows behind one, Escape goes back.

    Signals:
        chart_asked: (UUID) open the chart of the patient of this stay.
    """

    chart_asked = Signal(object)

    topics: ClassVar[frozenset[str]] = frozenset(
        {"observations", "schedule", "escalations", "rounds", "assessments"}
    )

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._period, self._grouping, self._work = Period.TODAY, Grouping.WARD, Work.OBSERVATIONS
        self._dues: tuple[Due, ...] = ()
        self._bounds: tuple[datetime, datetime] | None = None
        self._key: str | None = None
        self.summary = PlainLabel(parent=self)
        self.summary.setWordWrap(True)
        self.message = PlainLabel("The report is being read…", self)
        self.lines = RowsModel[Line](line_columns(), self)
        self.rows = RowsModel[Due](due_columns(place.zone), self)
        self.line_table = RowsTable(self.lines, "Timeliness, Enter opens the rows", self)
        self.row_table = RowsTable(self.rows, "What was due, earliest first", self)
        self._buttons: dict[Period | Grouping | Work, QPushButton] = {}
        self._stack = QStackedWidget(self)
        self._in_view: QWidget = self.message
        self._add_commands()
        self._lay_out()
        self.line_table.activated.connect(self._open_line)
        self.row_table.activated.connect(self._ask_chart)
        self.load_failed.connect(self._go_stale)
        self._choose_buttons()

    @property
    def opened(self) -> str | None:
        """The key of the line whose rows are shown; None while lines are."""
        return self._key

    @override
    def load(self) -> None:
        since, until = period_bounds(self._period, self.context.clock(), self.place.zone)
        show = partial(self._show, (self._work, self._period), (since, until))
        self.read(show, dues, self._work, self.place.ward_ids, since=since, until=until)

    @override
    def show_place(self, place: Place) -> None:
        self._forget()
        self.rows.columns = due_columns(place.zone)
        super().show_place(place)

    def choose(self, what: Period | Grouping | Work) -> None:
        """Show another period, other lines, or the other kind of work."""
        if isinstance(what, Grouping):
            self._grouping, self._key = what, None
            self._choose_buttons()
            self._render()
            return
        if isinstance(what, Period):
            self._period = what
        else:
            self._work = what
        self._choose_buttons()
        self._forget()
        self.refresh()

    def back(self) -> None:
        """Go from the rows back to the lines."""
        self._key = None
        self._render()

    def take_out(self) -> None:
        """Open the sheet that prints the report or saves it."""
        from ui.timeliness.print_sheet import (  # noqa: PLC0415 - the printing is slow to import
            PrintReportSheet,
            Report,
        )

        if self._bounds is None or not self._dues:
            self.told.emit("There is nothing to print yet.", None)
            return
        zone = self.place.zone
        found = lines(self._dues, self._grouping, zone)
        chosen = next((each for each in found if each.key == self._key), None)
        report = Report(
            title=report_title(self._work, self._grouping),
            about=printed_text(chosen or line("", self._dues), *self._bounds, zone),
            columns=self.lines.columns,
            lines=found,
            dues=chosen.dues if chosen else self._dues,
            whose=key_text(chosen) if chosen else "all lines",
            zone=zone,
        )
        sheet = PrintReportSheet(self.context, report, rows_first=chosen is not None)
        self.sheet_requested.emit(sheet)

    def find_rounds(self) -> None:
        """Open the sheet that finds rounds by an answer."""
        from ui.rounding.find_sheet import FindRoundsSheet  # noqa: PLC0415 - seldom used

        self.sheet_requested.emit(FindRoundsSheet(self.context, self.place))

    def _forget(self) -> None:
        """Nothing of one choice may stand under the words of another."""
        self._dues, self._bounds, self._key = (), None, None
        self.summary.clear()
        self._tell("The report is being read…")

    def _show(
        self,
        asked: tuple[Work, Period],
        bounds: tuple[datetime, datetime],
        found: tuple[Due, ...],
    ) -> None:
        if asked != (self._work, self._period):
            return  # something else was chosen meanwhile; its own answer comes
        self._dues, self._bounds = found, bounds
        for model in (self.lines, self.rows):
            model.set_stale(stale=False)
        self._render()

    def _render(self) -> None:
        if self._bounds is None:
            return
        zone = self.place.zone
        found = lines(self._dues, self._grouping, zone)
        chosen = next((each for each in found if each.key == self._key), None)
        self.summary.setText(self._summary(chosen))
        if not found:
            self._tell(NOTHING_DUE)
        elif chosen is None:
            self._key = None
            self._bring_up(self.line_table, partial(self._fill_lines, found))
        else:
            self._bring_up(self.row_table, partial(self.rows.show_rows, chosen.dues))

    def _summary(self, chosen: Line | None) -> str:
        """Return the sum of all lines, or of the one whose rows are shown."""
        if self._bounds is None:
            return ""
        total = chosen or line("", self._dues)
        text = summary_text(total, *self._bounds, self.place.zone)
        if chosen is None:
            return text
        return f"{GROUPING_WORDS[self._grouping]} {chosen.key}, {text} Escape goes back."

    def _fill_lines(self, found: tuple[Line, ...]) -> None:
        self.lines.show_rows(found, GROUPING_WORDS[self._grouping])

    def _bring_up(self, table: RowsTable, fill: Callable[[], None]) -> None:
        """Fill a table and show it, on the row it was on."""
        row = max(table.currentIndex().row(), 0)
        had_focus = self._in_view.hasFocus() or self.hasFocus()
        fill()
        model = table.model()
        table.setCurrentIndex(model.index(min(row, model.rowCount() - 1), 0))
        self._put_in_view(table)
        if had_focus:
            table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self, text: str) -> None:
        self.message.setText(text)
        self._put_in_view(self.message)

    def _put_in_view(self, widget: QWidget) -> None:
        self._in_view = widget
        self._stack.setCurrentWidget(widget)
        self.setFocusProxy(widget)

    def _open_line(self, index: QModelIndex) -> None:
        chosen = self.lines.row(index)
        if chosen is not None:
            self._key = chosen.key
            self.row_table.setCurrentIndex(QModelIndex())
            self._render()

    def _ask_chart(self, index: QModelIndex) -> None:
        due = self.rows.row(index)
        if due is None:
            return
        if due.admission_id is None:
            self.told.emit("This was a checklist of the ward; there is no chart of it.", None)
            return
        if due.family_name is None:
            self.told.emit("This patient is no longer on your wards.", None)
        else:
            self.chart_asked.emit(due.admission_id)

    def _go_stale(self, error: WardError) -> None:
        if self._bounds is None:
            self._tell("The report could not be read. F5 tries again.")
            self.tell_failed(error)
            return
        for model in (self.lines, self.rows):
            model.set_stale(stale=True)
        self.tell_failed(error, "The report shows", self._bounds[1], self.place.zone)

    def _add_commands(self) -> None:
        choices: tuple[tuple[Period | Grouping | Work, str, str, str], ...] = (
            *((p, PERIOD_WORDS[p], _PERIOD_KEYS[p], "Report on: ") for p in Period),
            *((w, WORK_WORDS[w], _WORK_KEYS[w], "Timeliness of: ") for w in Work),
            *((g, GROUPING_WORDS[g], _GROUPING_KEYS[g], "A line for each: ") for g in Grouping),
        )
        for what, word, key, about in choices:
            choose = partial(self.choose, what)
            action = self.add_command(f"{about}{word.lower()}", key, choose)
            button = QPushButton(word, self)
            button.setCheckable(True)
            button.setToolTip(action.toolTip())
            button.setProperty("kind", "quiet")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            # clicked again, what is chosen stays chosen
            button.clicked.connect(choose)
            self._buttons[what] = button
        self.add_command("Back from the rows to the lines", "Esc", self.back)
        self.add_command("Print the report, save it as PDF or CSV…", "P", self.take_out)
        if self.context.signed_in.may(Permission.CHART_OPEN):
            self.add_command("Find rounds by an answer…", "F3", self.find_rounds)

    def _choose_buttons(self) -> None:
        for what, button in self._buttons.items():
            button.setChecked(what in (self._period, self._grouping, self._work))

    def _lay_out(self) -> None:
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for widget in (self.message, self.line_table, self.row_table):
            self._stack.addWidget(widget)
        self.setFocusProxy(self.message)
        row = Flow()
        for kind in (Period, Work, Grouping):
            for what, button in self._buttons.items():
                if isinstance(what, kind):
                    row.addWidget(button)
            gap = QWidget(self)
            gap.setFixedSize(2 * theme.GRID_PX, 1)
            row.addWidget(gap)
        column = QVBoxLayout()
        margin = theme.GRID_PX + 4
        column.setContentsMargins(margin, theme.GRID_PX, margin, theme.GRID_PX)
        column.setSpacing(theme.GRID_PX)
        column.addLayout(row)
        column.addWidget(self.summary)
        column.addWidget(self._stack, 1)
        self.content.addLayout(column)
