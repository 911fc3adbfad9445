"""What the patient's panel holds: banner, buttons, chart or table, the marked set in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.formats import date_time_text, due_text, is_overdue, time_text
from ui.observations.chart_content import ChartContent
from ui.observations.chart_view import ChartView
from ui.observations.charted import ChartedSet, Standing
from ui.observations.table_model import (
    MEASURED_COLUMN,
    ObservationTableModel,
    SetRole,
    TableRow,
)
from ui.observations.target_words import decided_text, standing_text
from ui.observations.words import choice_text, set_text
from ui.patients.banner import PatientBanner
from ui.plain_text import PlainLabel, plain_tooltip
from ui.widgets.columns import FittedTable
from ui.widgets.flow import Flow
from ward_app.observations.oxygen_target import scale_differs
from ward_app.observations.types import RecordedObservations

_ROW_HEIGHT_PX = 30
_READOUT_LINES = 2
SCALE_KEY = "S"
KEYS_HINT = (
    "Arrow keys walk the sets, Shift and arrow moves in time, + and − zoom, Home and End jump, "  # noqa: RUF001 - as on the button
    "D compares two days (then up and down choose the other day)."
)


@dataclass(frozen=True, slots=True)
class ChartCommand:
    """One thing done from the chart: button words, key, what it does, in one sentence.

    Without words it has no button: the key, the palette and F1 lead to it.
    """

    name: str
    word: str
    keys: str
    help: str


COMMANDS = (
    ChartCommand("record", "Observations", "O", "Record a set of observations"),
    ChartCommand("measure", "Measure", "M", "Measure pain, coma scale, glucose and more"),
    ChartCommand("measured", "All measured", "Shift+M", "Everything measured beside these sets"),
    ChartCommand("correct", "Correct", "C", "Correct the marked set; the original stays readable"),
    ChartCommand("strike", "Strike out", "X", "Strike out the marked set; it stays readable"),
    ChartCommand("strike_group", "", "Shift+X", "Strike out a device's or person's readings"),
    ChartCommand("reinstate", "", "Shift+R", "Reinstate readings struck out as a group"),
    ChartCommand("scale", "SpO₂ scale", SCALE_KEY, "Record a decision on the SpO₂ scale"),
    ChartCommand("target", "Oxygen target", "Alt+T", "Write down the oxygen target prescribed"),
    ChartCommand("pregnancy", "", "B", "Record a pregnancy, its end, or that there is none"),
    ChartCommand("which", "", "H", "Which score applies, and a decision on it"),
    ChartCommand("escalations", "Escalations", "E", "Who was called, when, and what came of it"),
    ChartCommand("why", "", "W", "Why the marked set has its score"),
    ChartCommand("table", "Table", "T", "Show the same sets as a table"),
    ChartCommand("compare", "Days", "D", "Compare two days on one clock"),
    ChartCommand("earlier", "", "Shift+Left", "Show earlier time"),
    ChartCommand("later", "", "Shift+Right", "Show later time"),
    ChartCommand("zoom_out", "", "-", "Show more time"),
    ChartCommand("zoom_in", "", "+", "Show less time"),
    ChartCommand("print", "Print", "P", "Print the chart or save it as a PDF"),
)


class ChartFrame(QWidget):
    """Lays the parts out and keeps chart and table on the same set."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content: ChartContent | None = None
        self.banner = PatientBanner(self)
        self.buttons = {
            command.name: _button(command, self) for command in COMMANDS if command.word
        }
        self.which = PlainLabel(parent=self)
        self.target = PlainLabel(parent=self)
        self.due = PlainLabel(parent=self)
        self.chart = ChartView(self)
        self.model = ObservationTableModel(self)
        self.table = _table(self.model, self)
        self.message = PlainLabel(parent=self)
        self._in_view: QWidget = self.message
        self.readout = PlainLabel(parent=self)
        self.thanks = PlainLabel(parent=self)
        self._stack = QStackedWidget(self)
        self._lay_out()
        self.chart.selected.connect(self._show_marked)
        self.chart.hovered.connect(self._show_hovered)
        self.chart.compared.connect(self._show_compared)
        self.table.selectionModel().currentRowChanged.connect(self._mark_row)
        for name in ("table", "compare"):
            self.buttons[name].setCheckable(True)
        self.buttons["table"].toggled.connect(self._show_table)

    @property
    def shows_table(self) -> bool:
        """Whether the table is in view."""
        return self.buttons["table"].isChecked()

    @property
    def marked(self) -> ChartedSet | None:
        """The set that is marked in the view shown; None when none is."""
        index = self.table.currentIndex()
        if self.shows_table:
            return index.data(SetRole) if index.isValid() else None
        chosen = self.chart.selection
        sets = self._content.sets if self._content else ()
        return next((one for one in sets if chosen and one.recorded.id == chosen.id), None)

    def show_content(self, content: ChartContent) -> None:
        """Show a load of a chart; what was marked in the table stays marked."""
        marked = self.marked
        self._content = content
        others: tuple[TableRow, ...] = (*content.chart.not_taken, *content.measurements)
        self.model.show_sets(content.sets, content.zone, others)
        self.table.setColumnHidden(MEASURED_COLUMN, not content.measurements)
        self.chart.show_content(content)
        choice = content.chart.basis.choice
        self.which.setText(choice_text(choice) if choice.pack else f"▲ {choice_text(choice)}")
        theme.tint(self.which, "dim" if choice.pack else "caution")
        self._show_target(content)
        self.thanks.setText(content.acknowledgement)
        if self.shows_table:
            self._mark_in_table(marked.recorded if marked else None)
        empty = not (content.sets or content.measurements)
        if empty:
            self.message.setText("No observations on this stay yet. O records the first set.")
        self._bring_up(self.message if empty else self._view())

    def show_message(self, text: str) -> None:
        """Show words in place of a chart, and forget the chart."""
        self._content = None
        self.message.setText(text)
        self.chart.show_content(None)
        self._bring_up(self.message)
        for label in (self.readout, self.which, self.due, self.thanks, self.target):
            label.clear()
        self.target.hide()

    def set_stale(self, *, stale: bool) -> None:
        """Grey chart and table while newer ones could not be read."""
        self.chart.set_stale(stale=stale)
        self.model.set_stale(stale=stale)

    def show_due(
        self, next_due_at: datetime | None, now: datetime, zone: tzinfo, *, why: str = ""
    ) -> None:
        """Show by when the next set is due, and why then; `why` empty = not known."""
        overdue = is_overdue(next_due_at, now)
        by = f"Next set by {time_text(next_due_at, zone)}, " if next_due_at else ""
        text = ", ".join(part for part in (by + due_text(next_due_at, now), why) if part)
        self.due.setText(f"▲ {text}" if overdue else text)
        theme.tint(self.due, "risk_high" if overdue else "dim")

    def focus_view(self) -> None:
        """Put the keyboard into what is in view: chart, table or the words in their place."""
        self._in_view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_target(self, content: ChartContent) -> None:
        """Show what is prescribed, and by what key to decide where the scale is another's."""
        oxygen = content.chart.oxygen
        self.target.setText(standing_text(oxygen.target, oxygen.scale, SCALE_KEY))
        theme.tint(self.target, "caution" if scale_differs(oxygen.target, oxygen.scale) else "dim")
        decided = oxygen.in_force
        self.target.setToolTip(decided_text(decided, content.zone) if decided else "")
        self.target.setVisible(decided is not None)

    def _bring_up(self, view: QWidget) -> None:
        had_focus = self._in_view.hasFocus()
        self._in_view = view
        self._stack.setCurrentWidget(view)
        if had_focus:
            self.focus_view()

    def _view(self) -> QWidget:
        return self.table if self.shows_table else self.chart

    def _show_table(self, _shown: bool) -> None:  # noqa: FBT001 - a slot
        content = self._content
        if content is None or not (content.sets or content.measurements):
            return
        if self.shows_table:
            self._mark_in_table(self.chart.selection)
        self._bring_up(self._view())
        self.focus_view()

    def _mark_in_table(self, recorded: RecordedObservations | None) -> None:
        """Mark a set's row, the first where the table has no such set."""
        row = self.model.row_of(recorded.id) if recorded else 0
        self.table.setCurrentIndex(self.model.index(max(row, 0), 0))

    def _mark_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        one: ChartedSet | None = index.data(SetRole) if index.isValid() else None
        if one is None or not self.shows_table:
            return
        if one.standing.counts:
            self.chart.select(one.recorded.id)
        self._read_out(one)

    def _show_marked(self, _recorded: RecordedObservations | None) -> None:
        self._read_out(self.marked)

    def _show_hovered(self, recorded: RecordedObservations | None) -> None:
        """Read out the set under the pointer; without one, the marked set again."""
        sets = self._content.sets if self._content else ()
        under = next((one for one in sets if recorded and one.recorded.id == recorded.id), None)
        self._read_out(under or self.marked)

    def _show_compared(self, day: date | None) -> None:
        self.buttons["compare"].setChecked(day is not None)

    def _read_out(self, one: ChartedSet | None) -> None:
        if one is None or self._content is None:
            self.readout.setText(KEYS_HINT)
            return
        zone, recorded = self._content.zone, one.recorded
        by = f"Recorded {date_time_text(recorded.recorded_at, zone)} by {recorded.recorded_by}"
        parts = [set_text(recorded, zone), by]
        if one.standing is not Standing.IN_FORCE:
            parts.insert(0, one.standing.capitalize())
        if recorded.note:
            parts.append(f"Note: {recorded.note}")
        self.readout.setText(" · ".join(parts))
        # where two lines are not enough
        self.readout.setToolTip(plain_tooltip(self.readout.text()))

    def _lay_out(self) -> None:
        for label in (self.message, self.readout):
            label.setWordWrap(True)
        self.message.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (self.readout, self.thanks, self.which, self.due, self.target):
            label.setFont(theme.font(theme.SMALL_PX))
        theme.tint(self.thanks, "dim")
        # its height must not move the chart while sets are walked
        self.readout.setFixedHeight(_READOUT_LINES * self.readout.fontMetrics().lineSpacing() + 4)
        self.readout.setAlignment(Qt.AlignmentFlag.AlignTop)
        for view in (self.message, self.chart, self.table):
            self._stack.addWidget(view)
        column = QVBoxLayout(self)
        margin = theme.GRID_PX + 4
        column.setContentsMargins(margin, theme.GRID_PX, margin, theme.GRID_PX)
        column.setSpacing(theme.GRID_PX)
        column.addWidget(self.banner)
        column.addLayout(self._tool_row())
        column.addWidget(self._stack, 1)
        column.addWidget(self.readout)
        column.addWidget(self.thanks)

    def _tool_row(self) -> Flow:
        row = Flow(spacing=theme.GRID_PX // 2)
        self.buttons["record"].setProperty("kind", "primary")
        for button in self.buttons.values():
            row.addWidget(button)
        self.which.setWordWrap(True)
        self.which.setMinimumHeight(theme.CONTROL_HEIGHT_PX)
        self.which.setToolTip("Which score applies, and a decision on it (H); pregnancy (B)")
        row.addWidget(self.which)
        self.target.setWordWrap(True)
        self.target.hide()
        row.addWidget(self.target)
        self.due.setWordWrap(True)
        self.due.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.due)
        return row


def _button(command: ChartCommand, parent: QWidget) -> QPushButton:
    button = QPushButton(command.word, parent)
    button.setToolTip(f"{command.help} ({command.keys})")
    button.setAccessibleName(command.help)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _table(model: ObservationTableModel, parent: QWidget) -> FittedTable:
    table = FittedTable(model, model, parent)
    table.setAccessibleName("Observations as a table, newest first")
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT_PX)
    table.horizontalHeader().setHighlightSections(False)
    return table
