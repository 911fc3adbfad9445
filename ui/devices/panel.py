"""The register of devices: of a ward, what is to be done about; of one patient, everything."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget
from typing_extensions import override

from ui import theme
from ui.context import Context, Place
from ui.devices.check_sheet import CheckSheet
from ui.devices.device_sheet import DeviceSheet
from ui.devices.history_sheet import HistorySheet
from ui.devices.kept import kept_devices
from ui.devices.line import DeviceLine, device_lines, ward_lines
from ui.devices.removal_sheet import RemovalSheet
from ui.devices.strike_sheet import StrikeSheet
from ui.devices.words import TOPIC, device_columns, line_text, patient_summary, ward_summary
from ui.kept_page import ONLY_TO_READ, KeptPage
from ui.open_charts import OpenCharts
from ui.patients.banner import PatientBanner
from ui.plain_text import PlainLabel
from ui.widgets.flow import Flow
from ui.widgets.panel import Panel
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ward_app.board.queries import ward_board
from ward_app.board.rules import has_patient
from ward_app.board.types import Board, BoardBed
from ward_app.core.errors import WardError
from ward_app.devices.queries import devices_of
from ward_app.devices.rules import is_in_place
from ward_app.devices.types import Device, Entry
from ward_app.downtime.kept_record import KeptRecord, kept_record
from ward_app.staff.types import Permission

READING = "The register is being read…"
ONE_WARD = "Choose one ward (Ctrl+W): the register opens the charts of its patients."
NOTHING_TO_DO = "Nothing is to be done about a device on this ward. A shows all of them."
NONE_IN_PLACE = "No device is recorded on this ward."
NONE_OF_PATIENT = "No device is recorded for this patient. N records one."
CHOOSE = "Choose a device first: arrow keys."
IS_OUT = "This device is out. H shows its history, where the removal can be struck out."
_MINUTE_MS = 60_000


class DevicesPanel(Panel):
    """A line a device; Enter looks at its site, N records a new one, R its removal.

    The access to every chart is logged before its devices are read.

    Signals:
        left: the person wants to go back to where the patient was chosen.
    """

    left = Signal()

    topics: ClassVar[frozenset[str]] = frozenset({TOPIC, "beds", "patients"})

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self.patient: BoardBed | None = None
        self._beds: tuple[BoardBed, ...] = ()
        self._lines: tuple[DeviceLine, ...] | None = None
        self._everything = False
        self._charts = OpenCharts(self)
        self.banner = PatientBanner(self, inset=True)
        self.summary = PlainLabel(parent=self)
        self.summary.setWordWrap(True)
        self.message = PlainLabel(READING, self)
        self.rows = RowsModel[DeviceLine](self._columns(), self)
        self.table = RowsTable(self.rows, "Devices, what is to be done about first", self)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.kept = KeptPage("Devices", "those in place, with the last look", kept_devices, self)
        self._stack = QStackedWidget(self)
        self._buttons = Flow()
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.timeout.connect(self.tell_time)
        self._minute.start()
        self._add_commands()
        self._lay_out()
        self.table.activated.connect(lambda _index: self._check())
        self.load_failed.connect(self._go_stale)
        context.work.outage_changed.connect(self.refresh)

    @property
    def chosen(self) -> DeviceLine | None:
        """The line the cursor is on."""
        return self.rows.row(self.table.currentIndex())

    def show_patient(self, row: BoardBed | None) -> None:
        """Show the devices of the patient of a board row, of None those of the ward."""
        before = self.patient.admission_id if self.patient else None
        self.patient = row
        if before != (row.admission_id if row else None):
            self._lines = None
            self.kept.forget()
            self._tell(READING)
        self._show_whose()
        self.refresh()

    @override
    def load(self) -> None:
        if self.patient is not None:
            self.read(self._show_board, ward_board, (self.patient.ward_id,))
        elif len(self.place.wards) == 1:
            self.read(self._show_board, ward_board, self.place.ward_ids)
        else:
            self._lines = None
            self.summary.setText("")
            self._tell(ONE_WARD)

    @override
    def show_place(self, place: Place) -> None:
        self.patient = self._lines = None
        self.kept.forget()
        self._tell(READING)
        self._show_whose()
        super().show_place(place)

    def tell_time(self) -> None:
        """Bring the times up to the present without asking the database."""
        self.kept.tell_time(self.context.clock(), self._zone())
        if self._lines is None:
            return
        chosen, now = self.chosen, self.context.clock()
        self.rows.columns = self._columns()
        self.rows.show_rows(self._shown())
        self.table.fit_columns()
        self._choose(chosen.device.id if chosen else None)
        if self.patient is None:
            self.summary.setText(ward_summary(self._lines, now))
        else:
            self.summary.setText(patient_summary(self._lines))
        if self.rows.rows:
            self.put_in_view(self._stack, self.table)
        else:
            self._tell(self._nothing())

    def _shown(self) -> tuple[DeviceLine, ...]:
        if self.patient is not None or self._lines is None:
            return self._lines or ()
        return ward_lines(self._lines, self.context.clock(), everything=self._everything)

    def _nothing(self) -> str:
        if self.patient is not None:
            return NONE_OF_PATIENT
        return NOTHING_TO_DO if self._lines and not self._everything else NONE_IN_PLACE

    def _show_board(self, board: Board) -> None:
        beds = tuple(bed for bed in board.beds if has_patient(bed))
        if self.patient is not None:
            stay = self.patient.admission_id
            beds = tuple(bed for bed in beds if bed.admission_id == stay) or (self.patient,)
            self.patient = beds[0]
            self._show_whose()
        self._beds = beds
        self._charts.before(beds, self._read_devices)

    def _read_devices(self) -> None:
        stays = tuple(bed.admission_id for bed in self._beds if bed.admission_id)
        if self.patient is not None and stays and self.context.work.is_cut_off:
            self.read(partial(self._show_kept, self._beds), kept_record, stays[0])
        else:
            self.read(partial(self._show, self._beds), devices_of, stays)

    def _show_kept(self, beds: tuple[BoardBed, ...], record: KeptRecord | None) -> None:
        # None: the server is back, and the register is read anew
        if beds is self._beds and record is not None:
            self._lines = None
            self.rows.show_rows(())
            self.summary.setText("")
            self.kept.show_record(record, self.context.clock(), self._zone())
            self.put_in_view(self._stack, self.kept, self.kept.table)

    def _show(self, beds: tuple[BoardBed, ...], devices: tuple[Device, ...]) -> None:
        # devices asked for before another patient was chosen
        if beds is not self._beds:
            return
        self.kept.forget()
        self.rows.set_stale(stale=False)
        self._lines = device_lines(beds, devices, self.context.clock())
        self.tell_time()

    def _show_whose(self) -> None:
        self.banner.setVisible(self.patient is not None)
        if self.patient is not None:
            self.banner.show_patient(self.patient, self.context.clock(), self._zone())

    def _choose(self, device_id: UUID | None) -> None:
        """Keep the cursor on the same device, else on the first."""
        ids = [line.device.id for line in self.rows.rows]
        row = ids.index(device_id) if device_id in ids else 0
        self.table.setCurrentIndex(self.rows.index(row, 0) if ids else QModelIndex())

    def _check(self) -> None:
        line = self._in_place()
        if line is not None and self.context.signed_in.may(Permission.DEVICE_CHECK):
            self.sheet_requested.emit(CheckSheet(self.context, line, self._zone()))

    def _remove(self) -> None:
        line = self._in_place()
        if line is not None:
            self.sheet_requested.emit(RemovalSheet(self.context, line, self._zone()))

    def _in_place(self) -> DeviceLine | None:
        """Return the chosen device if it is in place, or say what to do."""
        line = self._of_choice()
        if line is not None and not is_in_place(line.device):
            self.told.emit(IS_OUT, None)
            return None
        return line

    def _of_choice(self) -> DeviceLine | None:
        if self.chosen is None:
            self.told.emit(ONLY_TO_READ if self.kept.holds_something else CHOOSE, None)
        return self.chosen

    def _add(self) -> None:
        line = self.chosen
        bed = self.patient or (line.bed if line else None)
        if bed is None:
            self.told.emit("Choose a patient first: on the board, K.", None)
        else:
            self.sheet_requested.emit(DeviceSheet(self.context, bed, self._zone()))

    def _correct(self) -> None:
        line = self._of_choice()
        if line is not None:
            sheet = DeviceSheet(self.context, line.bed, self._zone(), corrects=line)
            self.sheet_requested.emit(sheet)

    def _strike(self) -> None:
        line = self._of_choice()
        if line is not None:
            sheet = StrikeSheet(
                self.context, line, Entry.DEVICE, line.device.version_id, line_text(line)
            )
            self.sheet_requested.emit(sheet)

    def _history(self) -> None:
        line = self._of_choice()
        if line is not None:
            self.sheet_requested.emit(HistorySheet(self.context, line, self._zone()))

    def _toggle(self) -> None:
        if self.patient is not None:
            self.show_patient(None)
            return
        self._everything = not self._everything
        self.tell_time()

    def _go_back(self) -> None:
        self.left.emit()
        # hidden by now: the ward's charts are not opened for a list that nobody sees
        self.show_patient(None)

    def _go_stale(self, error: WardError) -> None:
        if self._lines is None:
            self._tell("The register could not be read. F5 tries again.")
            self.tell_failed(error)
            return
        self.rows.set_stale(stale=True)
        self.tell_failed(error, "The list shows", self.loaded_at, self._zone())

    def _tell(self, text: str) -> None:
        self.rows.show_rows(())
        self.message.setText(text)
        self.put_in_view(self._stack, self.message)

    def _columns(self) -> tuple[RowColumn[DeviceLine], ...]:
        return device_columns(self._zone(), self.context.clock(), whose=self.patient is None)

    def _zone(self) -> ZoneInfo:
        """Return the zone of the patient's ward, or of the ward shown."""
        wards = {ward.id: ward for ward in (*self.context.wards, *self.place.wards)}
        ward_id = self.patient.ward_id if self.patient else next(iter(self.place.ward_ids), None)
        ward = wards.get(ward_id) if ward_id else None
        return ZoneInfo(ward.time_zone if ward else "UTC")

    def _commands(self) -> tuple[tuple[str, str, Callable[[], None], Permission], ...]:
        return (
            ("Look at the site…", "Return", self._check, Permission.DEVICE_CHECK),
            ("New device…", "N", self._add, Permission.DEVICE_RECORD),
            ("Removed…", "R", self._remove, Permission.DEVICE_RECORD),
            ("Correct…", "C", self._correct, Permission.DEVICE_RECORD),
            ("Strike out…", "X", self._strike, Permission.DEVICE_RECORD),
            ("History", "H", self._history, Permission.CHART_OPEN),
            ("All on the ward", "A", self._toggle, Permission.CHART_OPEN),
        )

    def _add_commands(self) -> None:
        for words, keys, run, permission in self._commands():
            if not self.context.signed_in.may(permission):
                continue
            # the table's own Enter comes first; the shortcut lists it in the overview
            self._buttons.addWidget(self.add_button(words, keys, run))
        self.add_command("Back to the board", "Esc", self._go_back)

    def _lay_out(self) -> None:
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.tint(self.message, "dim")
        for widget in (self.message, self.table, self.kept):
            self._stack.addWidget(widget)
        self._buttons.addWidget(self.summary)
        line = QHBoxLayout()
        margin = theme.GRID_PX
        line.setContentsMargins(2 * margin, margin, 2 * margin, margin)
        line.addLayout(self._buttons)
        self.banner.hide()
        self.content.addWidget(self.banner)
        self.content.addLayout(line)
        self.content.addWidget(self._stack, 1)
        self.setFocusProxy(self.message)
