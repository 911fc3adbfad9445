"""Assessments: of a ward, what is due; of one patient, everything assessed, with its trend."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar, NamedTuple
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QWidget
from typing_extensions import override

from ui import theme
from ui.assessments.chooser import InstrumentChooser
from ui.assessments.defer_sheet import AssessmentDeferSheet
from ui.assessments.kept import kept_assessments
from ui.assessments.line import (
    DueLine,
    Line,
    RowLine,
    due_columns,
    due_lines,
    row_columns,
    row_lines,
)
from ui.assessments.sheet import AssessmentSheet
from ui.assessments.strike_sheet import StrikeSheet
from ui.assessments.words import (
    TOPIC,
    dues_summary,
    patient_dues,
    row_result_text,
    titled_course,
)
from ui.context import Context, Place
from ui.kept_page import ONLY_TO_READ, KeptPage
from ui.observations.subject import subject_of
from ui.patients.banner import PatientBanner, patient_name
from ui.patients.patient_panel import PatientPanel
from ui.plain_text import PaddedLabel, PlainLabel
from ui.widgets.flow import Flow
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ward_app.assessments.queries import assessment_chart, instruments_in_use, ward_dues
from ward_app.assessments.types import AssessmentChart, AssessmentDue, Instrument
from ward_app.board.queries import ward_board
from ward_app.board.types import Board, BoardBed
from ward_app.core.errors import WardError
from ward_app.downtime.kept_record import KeptRecord, kept_record
from ward_app.staff.types import Permission

READING = "The assessments are being read…"
ONE_WARD = "Choose one ward (Ctrl+W): what is due is shown ward by ward."
NOTHING_DUE = "No assessment is due on this ward. J on the board or chart assesses a patient."
NOTHING = "Nothing is assessed on this stay. N assesses."
CHOOSE = "Choose a line first: arrow keys."
ONLY_OF_PATIENT = "Open the patient first: P."
NOT_DUE = "This is not due; there is nothing to put off."
IN_FORCE_ONLY = "This is not in force any more; it stays as it is."
UNKNOWN_VERSION = "The instrument behind this line is not known here. Tell IT."
_MINUTE_MS = 60_000
_COURSE_PADDING = (2 * theme.GRID_PX, 4, 2 * theme.GRID_PX, 4)
_WARD, _PATIENT = "ward", "patient"


class _Command(NamedTuple):
    """A command of the panel; its button is shown in some view, None = always."""

    words: str
    keys: str
    run: Callable[[], None]
    permission: Permission
    view: str | None = None


class AssessmentsPanel(PatientPanel):
    """A line an assessment, or what is due of it; Enter assesses with that instrument again.

    What is due names no result, so that no chart is opened for a ward's list.
    """

    topics: ClassVar[frozenset[str]] = frozenset({TOPIC, "beds", "patients"})

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._chart: AssessmentChart | None = None
        self._dues: tuple[AssessmentDue, ...] | None = None
        self._beds: tuple[BoardBed, ...] = ()
        self._in_use: tuple[Instrument, ...] = ()
        self._wanted: UUID | None = None
        self.banner = PatientBanner(self, inset=True)
        self.summary = PlainLabel(parent=self)
        self.summary.setWordWrap(True)
        self.course = PaddedLabel(_COURSE_PADDING, parent=self)
        self.message = PlainLabel(READING, self)
        self.rows = RowsModel[Line]((), self)
        self.table = RowsTable(self.rows, "Assessments, what is due first", self)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.kept = KeptPage("Assessments", "the last by each instrument", kept_assessments, self)
        self._stack = QStackedWidget(self)
        self._buttons = Flow()
        self._shown_for: list[tuple[QPushButton, str | None]] = []
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.timeout.connect(self.tell_time)
        self._minute.start()
        self._add_commands()
        self._lay_out()
        self.table.activated.connect(lambda _index: self._again())
        self.table.selectionModel().currentRowChanged.connect(self._read_out)
        self.load_failed.connect(self._go_stale)

    @property
    def chosen(self) -> Line | None:
        """The line the cursor is on."""
        return self.rows.row(self.table.currentIndex())

    @property
    @override
    def patient_banner(self) -> PatientBanner:
        return self.banner

    def show_ward(self) -> None:
        """Show what is due on the ward instead of one patient."""
        if self._row is not None:
            self._row = self._opened_for = None
            self.banner.hide()
            self.forget()
            self.enable()
            self._tell(READING)
            self.refresh()

    @override
    def load(self) -> None:
        if self._row is not None:
            super().load()
        elif len(self.place.wards) == 1:
            (ward_id,) = self.place.ward_ids
            self.read(self._show_beds, ward_board, (ward_id,))
            self.read(self._show_instruments, instruments_in_use, ward_id)
            self.read(self._show_dues, ward_dues, ward_id)
        else:
            self._tell(ONE_WARD)

    @override
    def read_record(self, admission_id: UUID) -> None:
        if self._row is not None and self.context.work.is_cut_off:
            self.read(partial(self._show_kept, admission_id), kept_record, admission_id)
        elif self._row is not None:
            show = partial(self._show_chart, admission_id)
            self.read(show, assessment_chart, admission_id, self._row.ward_id)

    @override
    def forget(self) -> None:
        self._chart = self._dues = None
        self.kept.forget()
        self.rows.show_rows(())
        self.rows.set_stale(stale=False)
        self.summary.setText("")

    @override
    def show_reading(self) -> None:
        self._tell(READING)

    @override
    def show_nobody(self) -> None:
        self._tell(READING)

    @override
    def enable(self) -> None:
        """Show the buttons of what is in view; every key says itself what it lacks."""
        shown = _WARD if self._row is None else _PATIENT
        for button, view in self._shown_for:
            button.setVisible(view in {None, shown})

    def tell_time(self) -> None:
        """Bring the times up to the present without asking the database."""
        now, zone = self.context.clock(), self.zone()
        if self.kept.holds_something:
            self.kept.tell_time(now, zone)
        elif self._row is not None and self._chart is not None:
            self._show_lines(row_columns(), row_lines(self._chart, zone, now), NOTHING)
            self.summary.setText(patient_dues(self._chart.dues, now))
        elif self._row is None and self._dues is not None:
            lines = due_lines(self._beds, self._dues, self._in_use, zone, now)
            self._show_lines(due_columns(), lines, NOTHING_DUE)
            self.summary.setText(dues_summary([line.due for line in lines], now))

    def _show_lines(
        self, columns: tuple[RowColumn[Line], ...], lines: tuple[Line, ...], nothing: str
    ) -> None:
        chosen = self.chosen
        self.rows.columns = columns
        self.rows.show_rows(lines)
        self.table.fit_columns()
        keys = [line.key for line in lines]
        place = keys.index(chosen.key) if chosen and chosen.key in keys else 0
        if self._wanted in keys:
            place, self._wanted = keys.index(self._wanted), None
        self.table.setCurrentIndex(self.rows.index(place, 0) if lines else QModelIndex())
        if lines:
            self.put_in_view(self._stack, self.table)
        else:
            self._tell(nothing)

    def _show_beds(self, board: Board) -> None:
        self._beds = board.beds

    def _show_instruments(self, found: tuple[Instrument, ...]) -> None:
        self._in_use = found

    def _show_dues(self, dues: tuple[AssessmentDue, ...]) -> None:
        if self._row is None:
            self._dues = dues
            self.rows.set_stale(stale=False)
            self.tell_time()

    def _show_kept(self, admission_id: UUID, record: KeptRecord | None) -> None:
        if self.shows(admission_id) and record is not None:
            self.forget()
            self.kept.show_record(record, self.context.clock(), self.zone())
            self.put_in_view(self._stack, self.kept, self.kept.table)

    def _show_chart(self, admission_id: UUID, chart: AssessmentChart) -> None:
        if self.shows(admission_id):
            self.kept.forget()
            self._chart = chart
            self.rows.set_stale(stale=False)
            self.tell_time()

    def _read_out(self, _now: QModelIndex, _before: QModelIndex) -> None:
        line, course = self.chosen, ""
        if isinstance(line, RowLine) and self._chart is not None:
            course = titled_course(line.row, self._chart.rows)
        self.course.setText(course)
        self.course.setVisible(bool(course))

    def _again(self) -> None:
        """Assess with the instrument of the chosen line."""
        line = self._of_choice()
        if line is None:
            return
        name = line.instrument_name
        in_use = self._chart.in_use if self._chart is not None else self._in_use
        found = next((one for one in in_use if one.name == name), None)
        if found is None:
            self.told.emit("This instrument is not in use on the ward any more.", None)
        else:
            bed = line.bed if isinstance(line, DueLine) else self._row
            self._assess(bed, found)

    def _assess(self, bed: BoardBed | None, instrument: Instrument) -> None:
        if bed is not None and self.context.signed_in.may(Permission.ASSESSMENT_RECORD):
            subject = subject_of(bed, self.zone())
            sheet = AssessmentSheet(self.context, subject, instrument, ward_id=bed.ward_id)
            self.sheet_requested.emit(sheet)

    def _new(self) -> None:
        line = self.chosen
        bed = self._row or (line.bed if isinstance(line, DueLine) else None)
        if bed is None:
            self.told.emit("Choose a patient first: on the board, J.", None)
            return
        chooser = InstrumentChooser(self.context, bed, subject_of(bed, self.zone()))
        chooser.list_asked.connect(chooser.leave)
        self.sheet_requested.emit(chooser)

    def _find(self) -> None:
        from ui.assessments.find_sheet import FindAssessmentsSheet  # noqa: PLC0415 - seldom used

        of_patient = (self._row,) if self._row else ()
        in_use = self._in_use or (self._chart.in_use if self._chart else ())
        if not in_use:
            told = ONLY_TO_READ if self.kept.holds_something else READING
            self.told.emit(ONE_WARD if len(self.place.wards) != 1 else told, None)
            return
        sheet = FindAssessmentsSheet(self.context, self._beds or of_patient, in_use, self.zone())
        sheet.row_chosen.connect(self._show_found)
        self.sheet_requested.emit(sheet)

    def _show_found(self, bed: BoardBed, assessment_id: UUID) -> None:
        self._wanted = assessment_id
        self.show_patient(bed)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_patient(self) -> None:
        line = self._of_choice()
        if isinstance(line, DueLine):
            self.show_patient(line.bed)

    def _defer(self) -> None:
        """Put off what is chosen; of one patient the line's instrument, where it is due."""
        line = self._of_choice()
        if isinstance(line, DueLine):
            self._ask_why_later(line.due, patient_name(line.bed))
        elif line is not None and self._row is not None and self._chart is not None:
            name = line.instrument_name
            due = next((one for one in self._chart.dues if one.instrument == name), None)
            if due is None:
                self.told.emit(NOT_DUE, None)
            else:
                self._ask_why_later(due, patient_name(self._row))

    def _ask_why_later(self, due: AssessmentDue, name: str) -> None:
        sheet = AssessmentDeferSheet(self.context, due, patient_name=name, zone=self.zone())
        self.sheet_requested.emit(sheet)

    def _correct(self) -> None:
        line = self._in_force()
        if line is None or self._row is None or self._chart is None:
            return
        instrument = self._chart.behind.get(line.row.hash)
        if instrument is None:
            self.told.emit(UNKNOWN_VERSION, None)
            return
        subject = subject_of(self._row, self.zone())
        sheet = AssessmentSheet(self.context, subject, instrument, corrects=line.row)
        self.sheet_requested.emit(sheet)

    def _strike(self) -> None:
        line = self._in_force()
        if line is not None and self._row is not None and self._chart is not None:
            words = row_result_text(line.row, self._chart.behind)
            subject = subject_of(self._row, self.zone())
            self.sheet_requested.emit(StrikeSheet(self.context, subject, line.row, words))

    def _in_force(self) -> RowLine | None:
        """Return the chosen assessment if it can be changed, or say why not."""
        line = self._of_choice()
        if isinstance(line, DueLine):
            self.told.emit(ONLY_OF_PATIENT, None)
        elif line is not None and not line.row.counts:
            self.told.emit(IN_FORCE_ONLY, None)
        elif line is not None:
            return line
        return None

    def _of_choice(self) -> Line | None:
        if self.chosen is None:
            self.told.emit(ONLY_TO_READ if self.kept.holds_something else CHOOSE, None)
        return self.chosen

    def _go_back(self) -> None:
        self.left.emit()
        self.show_ward()

    def _go_stale(self, error: WardError) -> None:
        if not self.rows.rows:
            self._tell("The assessments could not be read. F5 tries again.")
            self.tell_failed(error)
            return
        self.rows.set_stale(stale=True)
        self.tell_failed(error, "The list shows", self.loaded_at, self.zone())

    def _tell(self, text: str) -> None:
        self.rows.show_rows(())
        self.message.setText(text)
        self.put_in_view(self._stack, self.message)

    def _commands(self) -> tuple[_Command, ...]:
        return (
            _Command("Assess with this…", "Return", self._again, Permission.ASSESSMENT_RECORD),
            _Command("New assessment…", "N", self._new, Permission.ASSESSMENT_RECORD),
            _Command("Not now…", "D", self._defer, Permission.ASSESSMENT_RECORD),
            _Command("Correct…", "C", self._correct, Permission.ASSESSMENT_CORRECT, _PATIENT),
            _Command("Strike out…", "X", self._strike, Permission.ASSESSMENT_CORRECT, _PATIENT),
            _Command("Patient's assessments", "P", self._open_patient,
                     Permission.ASSESSMENT_READ, _WARD),
            _Command("Due on the ward", "A", self.show_ward, Permission.ASSESSMENT_READ,
                     _PATIENT),
        )  # fmt: skip

    def _add_commands(self) -> None:
        for command in self._commands():
            if not self.context.signed_in.may(command.permission):
                continue
            # the table's own Enter comes first; the shortcut lists it in the overview
            button = self.add_button(command.words, command.keys, command.run)
            self._buttons.addWidget(button)
            self._shown_for.append((button, command.view))
        self.add_command("Back", "Esc", self._go_back)
        self.add_command("Find assessments by an answer…", "F3", self._find)
        self.enable()

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
        self.content.addWidget(self.course)
        self.setFocusProxy(self.message)
