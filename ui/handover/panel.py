"""The handover of a ward: patients at the left, open items first; the chosen one at the right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QWidget
from typing_extensions import override

from ui import theme
from ui.context import Context, Place
from ui.handover.acts import Acts
from ui.handover.columns import handover_columns, summary_text
from ui.handover.pane import HandoverPane
from ui.handover.responsible_sheet import ResponsibleSheet
from ui.handover.sbar import sbar
from ui.handover.sheets_out import SheetsOutSheet, overdue_text
from ui.handover.words import TOPIC, Reading
from ui.notices import CAUTION
from ui.open_charts import OpenCharts
from ui.patients.banner import PatientBanner
from ui.plain_text import PaddedLabel, PlainLabel
from ui.widgets.flow import Flow
from ui.widgets.panel import Panel
from ui.widgets.rows_table import RowsModel, RowsTable
from ward_app.board.queries import ward_board
from ward_app.board.rules import has_patient
from ward_app.board.types import Board, BoardBed
from ward_app.core.errors import WardError
from ward_app.handover.queries import ward_handover
from ward_app.handover.rules import in_order, of_reader
from ward_app.handover.types import HandoverLine, Receiver, WardHandover
from ward_app.staff.types import Permission

READING = "The handover is being read…"
ONE_WARD = "Choose one ward (Ctrl+W): a handover opens the charts of its patients."
NOBODY = "Nobody is on this ward."
NONE_OF_YOURS = "You are responsible for nobody here. M shows everybody on the ward."
CHOOSE = "Choose a patient first: arrow keys."
_MINUTE_MS = 60_000
_DUE_PADDING = (theme.GRID_PX + 4, 6, theme.GRID_PX + 4, 6)
_LIST_PX, _PANE_PX, _LEAST_PX = 640, 660, 380


class HandoverPanel(Panel):
    """A line a patient; G gives her, A accepts her, and the next one is chosen.

    The access to every chart is logged before anything of it is read.

    Signals:
        chart_asked: (BoardBed) show the chart of this patient.
    """

    chart_asked = Signal(object)

    topics: ClassVar[frozenset[str]] = frozenset(
        {TOPIC, "beds", "patients", "observations", "schedule", "escalations", "rounds",
         "devices", "measurements", "notes", "assessments"}
    )  # fmt: skip

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self.setObjectName(TOPIC)
        self.handover: WardHandover | None = None
        self._beds: dict[UUID, BoardBed] = {}
        self._charts = OpenCharts(self)
        self._stale_shown = self._everybody = False
        self._clash = ""
        self.banner = PatientBanner(self, inset=True)
        self.summary = PlainLabel(parent=self)
        self.summary.setWordWrap(True)
        self.sheets_due = PaddedLabel(_DUE_PADDING, parent=self)
        self.message = PlainLabel(READING, self)
        self.pane = HandoverPane(self)
        self.rows = RowsModel[HandoverLine](handover_columns(self.reading(None)), self)
        self.table = RowsTable(self.rows, "Patients to hand over, open items first", self)
        self.acts = Acts(self, self)
        self._stack = QStackedWidget(self)
        self._buttons = Flow()
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.timeout.connect(self.tell_time)
        self._minute.start()
        self._add_commands()
        self._lay_out()
        self.table.selectionModel().currentRowChanged.connect(self._show_chosen)
        self.table.activated.connect(lambda _index: self._open_chart())
        self.load_failed.connect(self._go_stale)
        self.loaded.connect(self._show_clash)

    @property
    def chosen(self) -> HandoverLine | None:
        """The patient the cursor is on."""
        return self.rows.row(self.table.currentIndex())

    @property
    def listed(self) -> tuple[HandoverLine, ...]:
        """The patients as they are listed, open items first."""
        return self.rows.rows

    @property
    def shift_until(self) -> datetime | None:
        """When the shift that runs now ends, None when none runs."""
        return self.handover.shift_until if self.handover else None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the ward shown."""
        return ZoneInfo(self.place.wards[0].time_zone if self.place.wards else "UTC")

    def reading(self, line: HandoverLine | None) -> Reading:
        """Return from where a line is read: its times, and what is new to the reader."""
        since = line.own_accepted_at if line else None
        return Reading(since, self.context.clock(), self.zone)

    def bed_of(self, line: HandoverLine) -> BoardBed | None:
        """Return the board's row of a patient, None when she left since it was read."""
        return self._beds.get(line.admission_id)

    @property
    def in_bed_order(self) -> tuple[HandoverLine, ...]:
        """The patients listed, as their beds stand."""
        listed = {line.admission_id for line in self.rows.rows}
        known = self.handover.lines if self.handover else ()
        return tuple(line for line in known if line.admission_id in listed)

    @property
    def next_receivers(self) -> tuple[Receiver, ...]:
        """Whom the reader may give patients to, who comes next first."""
        return self.handover.receivers if self.handover else ()

    def tell_clash(self, words: str) -> None:
        """Read anew, then say why something was not done."""
        self._clash = words
        self.refresh()

    @override
    def load(self) -> None:
        if len(self.place.wards) == 1:
            self.read(self._open_charts, ward_board, self.place.ward_ids)
        else:
            self.handover = None
            self._tell(ONE_WARD)

    @override
    def show_place(self, place: Place) -> None:
        self.handover = None
        self._tell(READING)
        super().show_place(place)

    def tell_time(self) -> None:
        """Bring times and order up to the present without asking the database."""
        if self.handover is None:
            return
        chosen = self.chosen
        lines = in_order(self._wanted(self.handover))
        self.rows.columns = handover_columns(self.reading(None))
        self.rows.show_rows(lines)
        self.summary.setText(summary_text(lines, self.context.signed_in.user_id))
        self._tell_sheets()
        if not lines:
            self._tell(NOBODY if self._everybody or not self.handover.lines else NONE_OF_YOURS)
            return
        # before it is in view: every line that appears there would lay it out
        self.choose(chosen.admission_id if chosen else None)
        self._put_in_view(self.table)

    def toggle_mine(self) -> None:
        """Show the reader's own patients, or everybody on the ward."""
        self._everybody = not self._everybody
        self.tell_time()

    def choose(self, admission_id: UUID | None) -> None:
        """Put the cursor on a patient, else on the first."""
        stays = [line.admission_id for line in self.rows.rows]
        row = stays.index(admission_id) if admission_id in stays else 0
        index = self.rows.index(row, 0) if stays else QModelIndex()
        self.table.setCurrentIndex(index)
        self._show_chosen(index)

    def show_as_given(self) -> None:
        """Show the chosen patient as given, or as the record is now again."""
        self.acts.toggle_as_given()
        self._show_chosen()

    def _wanted(self, handover: WardHandover) -> tuple[HandoverLine, ...]:
        if self._everybody:
            return handover.lines
        return of_reader(handover, self.context.signed_in.user_id)

    def _open_charts(self, board: Board) -> None:
        beds = tuple(bed for bed in board.beds if has_patient(bed))
        self._beds = {bed.admission_id: bed for bed in beds if bed.admission_id}
        self._charts.before(beds, self._read_handover)

    def _read_handover(self) -> None:
        self.read(self._show, ward_handover, self.place.ward_ids[0])

    def _show(self, handover: WardHandover) -> None:
        self.rows.set_stale(stale=False)
        self._stale_shown = False
        self.handover = handover
        self.tell_time()

    def _show_chosen(self, _index: object = None, _before: object = None) -> None:
        line = self.chosen
        bed = self.bed_of(line) if line else None
        self.banner.setVisible(bed is not None)
        if bed is not None:
            self.banner.show_patient(bed, self.context.clock(), self.zone)
        if line is None:
            self.pane.show_parts(())
            return
        holders = self.handover.holders if self.handover else {}
        holder = holders.get(line.bed_id) if line.bed_id else None
        as_given = self.acts.shows_given(line)
        parts = sbar(line, self.reading(line), holder, as_given=as_given)
        self.pane.show_parts(parts, stale=self._stale_shown)
        self.acts.show_line(line)

    def _tell_sheets(self) -> None:
        sheets = self.handover.sheets if self.handover else ()
        words = overdue_text(sheets, self.context.clock())
        self.sheets_due.setText(words)
        self.sheets_due.setVisible(bool(words))

    def _show_clash(self, _at: object) -> None:
        if self._clash:
            self.notice.tell(CAUTION, self._clash)
            self._clash = ""

    def _go_stale(self, error: WardError) -> None:
        if self.handover is None:
            self._tell("The handover could not be read. F5 tries again.")
            self.tell_failed(error)
            return
        self.rows.set_stale(stale=True)
        self._stale_shown = True
        self._show_chosen()
        self.tell_failed(error, "This is", self.loaded_at, self.zone)

    def _tell(self, text: str) -> None:
        self.rows.show_rows(())
        self.pane.show_parts(())
        self.banner.hide()
        self.sheets_due.hide()
        self.summary.setText("")
        self.message.setText(text)
        self._put_in_view(self.message)

    def _put_in_view(self, widget: QWidget) -> None:
        page = self._split if widget is self.table else widget
        self.put_in_view(self._stack, page, widget)

    def _open_chart(self) -> None:
        line = self.chosen
        bed = self.bed_of(line) if line else None
        if bed is None:
            self.told.emit(CHOOSE, None)
        else:
            self.chart_asked.emit(bed)

    def _show_sheets_out(self) -> None:
        sheets = self.handover.sheets if self.handover else ()
        self.sheet_requested.emit(SheetsOutSheet(self.context, sheets, self.zone))

    def _show_responsible(self) -> None:
        if self.handover is not None:
            bed = self.chosen.facts.bed if self.chosen else None
            ward = self.place.wards[0]
            self.sheet_requested.emit(ResponsibleSheet(self.context, ward, bed))

    def _commands(self) -> tuple[tuple[str, str, Callable[[], None], Permission], ...]:
        give, accept = Permission.HANDOVER_GIVE, Permission.HANDOVER_ACCEPT
        read = Permission.HANDOVER_READ
        return (
            ("Give", "G", self.acts.give, give),
            ("Give to…", "Shift+G", self.acts.give_to, give),
            ("Own words…", "E", self.acts.edit_words, give),
            ("Accept", "A", self.acts.accept, accept),
            ("Read back", "B", self.acts.toggle_read_back, accept),
            ("Ask…", "Q", self.acts.ask, accept),
            ("Reply…", "R", self.acts.reply, give),
            ("Decline…", "D", self.acts.decline, accept),
            ("Take back", "T", self.acts.take_back, give),
            ("Mine or all", "M", self.toggle_mine, read),
            ("Who was responsible…", "W", self._show_responsible, read),
            ("As given", "V", self.show_as_given, read),
            ("Pocket sheet…", "P", self.acts.print_sheet, read),
            ("Sheets out…", "U", self._show_sheets_out, read),
            ("Chart", "Return", self._open_chart, Permission.CHART_OPEN),
        )

    def _add_commands(self) -> None:
        for words, keys, run, permission in self._commands():
            if not self.context.signed_in.may(permission):
                continue
            button = self.add_button(words, keys, run)
            self._buttons.addWidget(button)
            self.acts.know_button(keys, button)

    def _lay_out(self) -> None:
        self.table.horizontalHeader().setStretchLastSection(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.tint(self.message, "dim")
        theme.tint(self.sheets_due, "problem", "problem_ground")
        self.sheets_due.setWordWrap(True)
        self.sheets_due.hide()
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.setChildrenCollapsible(False)
        # beside an open sheet the list gives way, not what is handed over
        self.pane.setMinimumWidth(_LEAST_PX)
        self._split.addWidget(self.table)
        self._split.addWidget(self.pane)
        self._split.setSizes([_LIST_PX, _PANE_PX])
        self._split.setStretchFactor(1, 1)
        for widget in (self.message, self._split):
            self._stack.addWidget(widget)
        self._buttons.addWidget(self.summary)
        line = QHBoxLayout()
        margin = theme.GRID_PX
        line.setContentsMargins(2 * margin, margin, 2 * margin, margin)
        line.addLayout(self._buttons)
        self.banner.hide()
        self.content.addWidget(self.sheets_due)
        self.content.addWidget(self.banner)
        self.content.addLayout(line)
        self.content.addWidget(self._stack, 1)
        self.setFocusProxy(self.message)
