"""Everything measured of one patient beside the vital signs: read, corrected, struck out."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QStackedWidget, QWidget
from typing_extensions import override

from ui import theme
from ui.context import Context, Place
from ui.measurements.list_rows import COLUMNS, ListRow, fitting, list_row, place_of
from ui.measurements.measured import measured
from ui.measurements.sheet import MeasurementSheet
from ui.measurements.strike_sheet import StrikeMeasurementSheet
from ui.notices import CAUTION
from ui.observations.subject import Subject, subject_of
from ui.patients.banner import PatientBanner
from ui.patients.patient_panel import PatientPanel
from ui.plain_text import PlainLabel
from ui.widgets.rows_table import RowsModel, RowsTable
from ward_app.core.errors import WardError
from ward_app.measurements.kinds import kinds
from ward_app.measurements.queries import measurement_chart
from ward_app.measurements.types import MeasurementChart
from ward_app.staff.types import Permission

NO_PATIENT = "No patient is open. Choose a bed on the board and press M, then L."
NOTHING = "Nothing was measured on this stay yet. M measures."
NONE_FITS = "Nothing measured fits what is typed. Escape shows everything."
_READING = "The measurements are being read…"
_KEYS = "M measures · C corrects · X strikes out · / searches by kind, value, person or note"
_READOUT_LINES = 2


class MeasurementsPanel(PatientPanel):
    """Shows the patient last opened with `show_patient`, the newest measurement first.

    When newer ones cannot be read, the last ones stay, greyed, with the time they were read.
    """

    topics: ClassVar[frozenset[str]] = frozenset({"measurements", "beds", "patients"})

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._chart: MeasurementChart | None = None
        self._every: tuple[ListRow, ...] = ()
        self.banner = PatientBanner(self)
        self.search_line = QLineEdit(self, placeholderText="Search by kind (/)")
        self.count = PlainLabel(parent=self)
        self.message = PlainLabel(NO_PATIENT, self)
        self.rows = RowsModel[ListRow](COLUMNS, self)
        self.table = RowsTable(self.rows, "Measurements, newest first", self)
        self.readout = PlainLabel(_KEYS, self)
        self.buttons: dict[str, QPushButton] = {}
        self._stack = QStackedWidget(self)
        self._add_commands()
        self._lay_out()
        self._connect()
        self._tell(NO_PATIENT)
        self.enable()

    @property
    def chosen(self) -> ListRow | None:
        """The line the cursor is on."""
        return self.rows.row(self.table.currentIndex())

    @property
    @override
    def patient_banner(self) -> PatientBanner:
        return self.banner

    def subject(self) -> Subject:
        """Return the patient shown, as sheets take her."""
        if self._row is None:
            raise ValueError("no patient is open")
        return subject_of(self._row, self.zone())

    @override
    def read_record(self, admission_id: UUID) -> None:
        self.read(self._show_chart, measurement_chart, admission_id)

    @override
    def show_reading(self) -> None:
        self._tell(_READING)

    @override
    def show_nobody(self) -> None:
        self._tell(NO_PATIENT)

    def search(self) -> None:
        """Put the cursor into the search."""
        self.search_line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search_line.selectAll()

    def leave(self) -> None:
        """Show everything again; when everything is shown, go back."""
        if self.search_line.text():
            self.search_line.clear()
            self._focus_rows()
        else:
            self.left.emit()

    @override
    def forget(self) -> None:
        self._chart = None
        self._every = ()
        self.search_line.clear()
        self.rows.show_rows(())
        self.rows.set_stale(stale=False)

    def _show_chart(self, chart: MeasurementChart) -> None:
        if not self.shows(chart.admission_id):
            return
        self._chart = chart
        zone = self.zone()
        self._every = tuple(list_row(one, zone) for one in measured(chart))
        self.rows.set_stale(stale=False)
        self._filter()
        self.enable()

    def _filter(self) -> None:
        """Show what fits the search; the cursor stays on its measurement."""
        marked = self.chosen
        shown = fitting(self._every, self.search_line.text())
        self.rows.show_rows(shown)
        place = place_of(marked, shown)
        self.table.setCurrentIndex(self.rows.index(place, 0) if shown else QModelIndex())
        self._read_out()
        some = len(shown) != len(self._every)
        self.count.setText(f"{len(shown)} of {len(self._every)}" if some else f"{len(shown)}")
        if self._chart is None:
            return
        if shown:
            self.put_in_view(self._stack, self.table)
        else:
            self._tell(NONE_FITS if self._every else NOTHING)

    def _go_stale(self, error: WardError) -> None:
        if self._row is None:
            return
        if self._chart is None:
            self._tell("The measurements could not be read. F5 tries again.")
            self.tell_failed(error)
            return
        self.rows.set_stale(stale=True)
        self.tell_failed(error, "The list shows", self._chart.read_at, self.zone())

    def _measure(self) -> None:
        if self._row is not None:
            self.measure_asked.emit(self._row)

    def _correct(self) -> None:
        row = self._marked()
        kind = kinds().get(row.recorded.kind) if row else None
        if row is None:
            return
        if kind is None:
            self.notice.tell(
                CAUTION, "This program does not know this kind: it can be struck out."
            )
            return
        sheet = MeasurementSheet(self.context, self.subject(), kind, corrects=row.recorded)
        self.sheet_requested.emit(sheet)

    def _strike(self) -> None:
        row = self._marked()
        if row is not None:
            sheet = StrikeMeasurementSheet(self.context, self.subject(), row.recorded)
            self.sheet_requested.emit(sheet)

    def _marked(self) -> ListRow | None:
        """Return the marked measurement if it counts, or say what to do."""
        row = self.chosen
        if row is None:
            self.notice.tell(CAUTION, "Mark a measurement first: arrow keys, or click it.")
            return None
        if not row.counts:
            self.notice.tell(CAUTION, f"This one is {row.measured.standing} already.")
            return None
        return row

    def _read_out(self) -> None:
        """Read the marked measurement out in full: a column may be too narrow for it."""
        row = self.chosen
        if row is None:
            self.readout.setText(_KEYS)
            return
        at, title, value, trend, standing, by, recorded_at, note = row.texts
        parts = [f"{title}: {value}", f"trend {trend}" if trend else "", standing]
        parts += [f"measured {at}", f"recorded {recorded_at} by {by}"]
        parts += [f"note: {note}"] if note else []
        self.readout.setText(" · ".join(part for part in parts if part))

    @override
    def enable(self) -> None:
        for name, (_words, _keys, _run, permission) in self._commands().items():
            allowed = self.context.signed_in.may(permission)
            ready = self._row is not None and (name == "measure" or self._chart is not None)
            self._actions[name].setEnabled(allowed and ready)
            self.buttons[name].setEnabled(allowed and ready)
            self.buttons[name].setVisible(allowed)

    def _commands(self) -> dict[str, tuple[str, str, Callable[[], None], Permission]]:
        return {
            "measure": ("Measure…", "M", self._measure, Permission.OBSERVATION_RECORD),
            "correct": ("Correct", "C", self._correct, Permission.OBSERVATION_CORRECT),
            "strike": ("Strike out", "X", self._strike, Permission.OBSERVATION_CORRECT),
        }

    def _add_commands(self) -> None:
        helps = {
            "measure": "Measure something of this patient",
            "correct": "Correct the marked measurement; the original stays readable",
            "strike": "Strike out the marked measurement; it stays readable",
        }
        self._actions = {}
        for name, (words, keys, run, _permission) in self._commands().items():
            action = self.add_command(helps[name], keys, run)
            self._actions[name] = action
            button = QPushButton(words, self)
            button.setToolTip(action.toolTip())
            button.setAccessibleName(helps[name])
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(action.trigger)
            self.buttons[name] = button
        self.add_command("Search the measurements", "/", self.search)
        self.add_command("Show everything, then go back", "Esc", self.leave)

    def _connect(self) -> None:
        self.load_failed.connect(self._go_stale)
        self.search_line.textChanged.connect(self._filter)
        self.search_line.returnPressed.connect(self._focus_rows)
        self.table.selectionModel().currentRowChanged.connect(lambda *_rows: self._read_out())
        self.table.activated.connect(lambda _index: self._actions["correct"].trigger())

    def _focus_rows(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self, text: str) -> None:
        self.message.setText(text)
        self.put_in_view(self._stack, self.message)

    def _lay_out(self) -> None:
        self.banner.hide()
        self.buttons["measure"].setProperty("kind", "primary")
        self.search_line.setAccessibleName("Search the measurements")
        self.search_line.setClearButtonEnabled(True)
        self.search_line.setFixedWidth(240)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.readout.setFont(theme.font(theme.SMALL_PX))
        self.readout.setWordWrap(True)
        self.readout.setAlignment(Qt.AlignmentFlag.AlignTop)
        # its height must not move the list while it is walked
        lines = _READOUT_LINES * self.readout.fontMetrics().lineSpacing()
        self.readout.setFixedHeight(lines + 4)
        for label in (self.message, self.count):
            theme.tint(label, "dim")
        for view in (self.message, self.table):
            self._stack.addWidget(view)
        self.table.horizontalHeader().setStretchLastSection(True)
        margin = theme.GRID_PX + 4
        self.content.setContentsMargins(margin, theme.GRID_PX, margin, theme.GRID_PX)
        self.content.setSpacing(theme.GRID_PX)
        self.content.addWidget(self.banner)
        self.content.addLayout(self._tool_row())
        self.content.addWidget(self._stack, 1)
        self.content.addWidget(self.readout)

    def _tool_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.GRID_PX // 2)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.count)
        row.addWidget(self.search_line)
        return row
