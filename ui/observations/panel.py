"""One patient's observations: banner, chart, table, and everything done from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.context import Context, Place
from ui.due_words import due_reason_text
from ui.escalations.history_sheet import HistorySheet
from ui.notices import CAUTION
from ui.observations.chart_content import ChartContent
from ui.observations.chart_frame import COMMANDS, ChartFrame
from ui.observations.chart_print import PrintJob
from ui.observations.chart_reading import WholeChart, whole_chart
from ui.observations.decision_sheets import SpO2ScaleSheet, StrikeOutSheet
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.print_sheet import PrintChartSheet
from ui.observations.subject import Subject, subject_of
from ui.patients.banner import PatientBanner, patient_name
from ui.patients.patient_panel import PatientPanel
from ward_app.core.errors import WardError
from ward_app.measurements.types import RecordedMeasurement
from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.types import RecordedObservations
from ward_app.openings.types import ReasonNeededError
from ward_app.staff.types import Permission

NO_PATIENT = "No patient is open. Choose a bed on the board and press Enter."
_MINUTE_MS = 60_000
# what the ward that has the patient decides and corrects itself
_OWN_WARD_ONLY = frozenset(
    {"correct", "strike", "strike_group", "reinstate", "scale", "target", "pregnancy", "which"}
)
_UNREAD = "The chart could not be read. F5 tries again."
_CLOSED = "This chart is private and stays closed. A reason opens it."


class ChartPanel(PatientPanel):
    """Shows the patient last opened with `show_patient`.

    When a newer chart cannot be read, the last one stays, greyed, with the time it was read.
    """

    topics: ClassVar[frozenset[str]] = frozenset(
        {"beds", "observations", "patients", "schedule", "escalations", "measurements"}
    )

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._chart: ObservationChart | None = None
        self._measured: tuple[RecordedMeasurement, ...] = ()
        self.frame = ChartFrame(self)
        self.content.addWidget(self.frame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.load_failed.connect(self._go_stale)
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.timeout.connect(self._show_due)
        self._minute.start()
        self._add_commands()
        self.frame.banner.hide()
        self.show_nobody()
        self.enable()

    @property
    @override
    def patient_banner(self) -> PatientBanner:
        return self.frame.banner

    def subject(self) -> Subject:
        """Return the patient shown, as sheets take her."""
        if self._row is None:
            raise ValueError("no patient is open")
        return subject_of(self._row, self.zone())

    @override
    def read_record(self, admission_id: UUID) -> None:
        self.read(self._show_chart, whole_chart, admission_id)

    @override
    def forget(self) -> None:
        self._chart, self._measured = None, ()
        self.frame.set_stale(stale=False)

    @override
    def show_reading(self) -> None:
        self.frame.show_message("The chart is being read…")

    @override
    def show_nobody(self) -> None:
        self.frame.show_message(NO_PATIENT)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.frame.focus_view()

    def _show_chart(self, read: WholeChart) -> None:
        chart = read.observations
        if not self.shows(chart.admission_id):
            return
        self._chart, self._measured = chart, read.measured
        self.frame.set_stale(stale=False)
        self.frame.show_content(ChartContent(chart, self.zone(), self._measured))
        self._show_due()
        self.enable()

    def _go_stale(self, error: WardError) -> None:
        if self._row is None:
            return
        if self._chart is None:
            closed = isinstance(error, ReasonNeededError)
            self.frame.show_message(_CLOSED if closed else _UNREAD)
            self.tell_failed(error)
            return
        self.frame.set_stale(stale=True)
        self.tell_failed(error, "The chart shows", self._chart.read_at, self.zone())

    def _record(self) -> None:
        self.sheet_requested.emit(ObservationSheet(self.context, self.subject()))

    def _measure(self) -> None:
        self.measure_asked.emit(self._row)

    def _show_measured(self) -> None:
        self.measurements_asked.emit(self._row)

    def _correct(self) -> None:
        marked = self._marked()
        if marked is not None:
            sheet = ObservationSheet(self.context, self.subject(), corrects=marked)
            self.sheet_requested.emit(sheet)

    def _strike(self) -> None:
        marked = self._marked()
        if marked is not None:
            may = self.context.signed_in.may(Permission.OBSERVATION_STRIKE_GROUP)
            sheet = StrikeOutSheet(
                self.context,
                self.subject(),
                recorded=marked,
                whole_group=self._strike_group if may else None,
            )
            self.sheet_requested.emit(sheet)

    def _strike_group(self) -> None:
        from ui.observations.strike_group_sheet import StrikeGroupSheet

        ward, marked = self.ward(), self.frame.marked
        if ward is not None:
            recorded = marked.recorded if marked else None
            self.sheet_requested.emit(StrikeGroupSheet(self.context, (ward,), recorded))

    def _reinstate(self) -> None:
        from ui.observations.reinstate_sheet import ReinstateSheet

        ward = self.ward()
        if ward is not None:
            self.sheet_requested.emit(ReinstateSheet(self.context, ward))

    def _decide_scale(self) -> None:
        if self._chart is not None:
            sheet = SpO2ScaleSheet(self.context, self.subject(), scale=self._chart.scale)
            self.sheet_requested.emit(sheet)

    def _set_target(self) -> None:
        from ui.observations.target_sheet import OxygenTargetSheet

        self.sheet_requested.emit(OxygenTargetSheet(self.context, self.subject()))

    def _show_escalations(self) -> None:
        who = self.subject()
        sheet = HistorySheet(
            self.context,
            patient_id=who.patient_id,
            admission_id=who.admission_id,
            name=who.name,
            zone=who.zone,
        )
        self.sheet_requested.emit(sheet)

    def _why(self) -> None:
        from ui.observations.why_sheet import WhySheet, explained

        marked, chart = self.frame.marked, self._chart
        shown = explained(marked.recorded, chart, self.subject()) if marked and chart else None
        if shown is None:
            self.notice.tell(CAUTION, "Mark a scored set first: arrow keys, or click it.")
        else:
            self.sheet_requested.emit(WhySheet(self.context, self.subject(), shown))

    def _record_pregnancy(self) -> None:
        from ui.observations.pregnancy_sheet import PregnancySheet

        if self._chart is not None:
            sheet = PregnancySheet(self.context, self.subject(), self._chart.basis)
            self.sheet_requested.emit(sheet)

    def _decide_score(self) -> None:
        from ui.observations.which_score_sheet import WhichScoreSheet

        if self._chart is not None:
            sheet = WhichScoreSheet(self.context, self.subject(), self._chart.basis)
            self.sheet_requested.emit(sheet)

    def _compare(self) -> None:
        if self.frame.shows_table:
            self.frame.buttons["table"].click()
        if not self.frame.chart.compare():
            self.notice.tell(CAUTION, "There is only one day with observations to compare.")
        self.frame.buttons["compare"].setChecked(self.frame.chart.other_day is not None)

    def _print(self) -> None:
        window = self.frame.chart.window_shown
        row = self._row
        if row is None or row.patient_id is None or self._chart is None or window is None:
            return
        job = PrintJob(
            patient_id=row.patient_id,
            content=ChartContent(self._chart, self.zone(), self._measured),
            windows=(window,),
            row=row,
            printed_by=self.context.signed_in.display_name,
            printed_at=self.context.clock(),
        )
        sheet = PrintChartSheet(self.context, job, patient_name=patient_name(row))
        self.sheet_requested.emit(sheet)

    def _marked(self) -> RecordedObservations | None:
        """Return the marked set if it counts, or say what to do."""
        marked = self.frame.marked
        if marked is None:
            self.notice.tell(CAUTION, "Mark a set first: arrow keys, or click it.")
            return None
        if not marked.standing.counts:
            self.notice.tell(CAUTION, f"This set is {marked.standing.value} already.")
            return None
        return marked.recorded

    def _commands(self) -> dict[str, tuple[Callable[[], None], Permission]]:
        return {
            "record": (self._record, Permission.OBSERVATION_RECORD),
            "measure": (self._measure, Permission.OBSERVATION_RECORD),
            "measured": (self._show_measured, Permission.CHART_OPEN),
            "correct": (self._correct, Permission.OBSERVATION_CORRECT),
            "strike": (self._strike, Permission.OBSERVATION_CORRECT),
            "strike_group": (self._strike_group, Permission.OBSERVATION_STRIKE_GROUP),
            "reinstate": (self._reinstate, Permission.OBSERVATION_STRIKE_GROUP),
            "scale": (self._decide_scale, Permission.OBSERVATION_SCALE),
            "target": (self._set_target, Permission.OBSERVATION_TARGET),
            "pregnancy": (self._record_pregnancy, Permission.PATIENT_PREGNANCY),
            "which": (self._decide_score, Permission.OBSERVATION_PACK),
            "escalations": (self._show_escalations, Permission.CHART_OPEN),
            "why": (self._why, Permission.CHART_OPEN),
            "table": (self.frame.buttons["table"].toggle, Permission.CHART_OPEN),
            "compare": (self._compare, Permission.CHART_OPEN),
            "earlier": (lambda: self.frame.chart.pan(-1), Permission.CHART_OPEN),
            "later": (lambda: self.frame.chart.pan(1), Permission.CHART_OPEN),
            "zoom_out": (self.frame.chart.zoom_out, Permission.CHART_OPEN),
            "zoom_in": (self.frame.chart.zoom_in, Permission.CHART_OPEN),
            "print": (self._print, Permission.CHART_OPEN),
        }

    def _add_commands(self) -> None:
        self._actions = {}
        for command in COMMANDS:
            run, _permission = self._commands()[command.name]
            self._actions[command.name] = self.add_command(
                command.help, command.keys, run, tooltip=command.help
            )
            if command.word and command.name != "table":
                self.frame.buttons[command.name].clicked.connect(run)
        self.add_command("Back to the board", "Esc", self.left.emit)

    @override
    def enable(self) -> None:
        may, patient = self.context.signed_in.may, self._row is not None
        for name, (_run, permission) in self._commands().items():
            at_once = name in {"record", "measure", "measured"}
            ready = patient and (at_once or self._chart is not None)
            allowed = may(permission) and not (self.is_behind_glass and name in _OWN_WARD_ONLY)
            self._actions[name].setEnabled(ready and allowed)
            if name in self.frame.buttons:
                self.frame.buttons[name].setEnabled(ready and allowed)
                self.frame.buttons[name].setVisible(allowed)

    def _show_due(self) -> None:
        if self._chart is None or self._row is None:
            return
        # board and chart are read one after the other: a reason belongs to its own due time
        agree = self._row.next_due_at == self._chart.next_due_at
        now, zone = self.context.clock(), self.zone()
        why = due_reason_text(self._row, now, zone) if agree else ""
        self.frame.show_due(self._chart.next_due_at, now, zone, why=why)
