"""One patient's observations: banner, chart, table, and everything done from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.context import Context, Place
from ui.due_words import due_reason_text
from ui.escalations.history_sheet import HistorySheet
from ui.formats import moment_text
from ui.notices import CAUTION, PROBLEM, NoticeAction
from ui.observations.chart_content import ChartContent
from ui.observations.chart_frame import COMMANDS, ChartFrame
from ui.observations.chart_print import PrintJob
from ui.observations.chart_reading import WholeChart, whole_chart
from ui.observations.decision_sheets import SpO2ScaleSheet, StrikeOutSheet
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.print_sheet import PrintChartSheet
from ui.observations.subject import Subject, subject_of
from ui.patients.banner import patient_name
from ui.widgets.panel import Panel
from ward_app.audit.service import open_chart
from ward_app.board.queries import ward_board
from ward_app.board.types import Board, BoardBed
from ward_app.core.errors import WardError
from ward_app.measurements.types import RecordedMeasurement
from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.types import RecordedObservations
from ward_app.rooms.types import Ward
from ward_app.staff.types import Permission

NO_PATIENT = "No patient is open. Choose a bed on the board and press Enter."
_MINUTE_MS = 60_000


class ChartPanel(Panel):
    """Shows the patient last opened with `show_patient`.

    Opening logs the access first; only then is the chart readable. When a newer chart cannot
    be read, the last one stays, greyed, with the time it was read.

    Signals:
        left: the person wants to go back to where the patient was chosen.
    """

    left = Signal()

    topics: ClassVar[frozenset[str]] = frozenset(
        {"beds", "observations", "patients", "schedule", "escalations", "measurements"}
    )

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._row: BoardBed | None = None
        self._chart: ObservationChart | None = None
        self._measured: tuple[RecordedMeasurement, ...] = ()
        self._opened_for: object = None
        self.frame = ChartFrame(self)
        self.content.addWidget(self.frame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.load_failed.connect(self._go_stale)
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.timeout.connect(self._show_due)
        self._minute.start()
        self._add_commands()
        self._show_nobody()

    @property
    def patient(self) -> BoardBed | None:
        """The patient shown, as the board knew her when she was last read."""
        return self._row

    def show_patient(self, row: BoardBed) -> None:
        """Open the chart of the patient of a board row."""
        if self._row is None or self._row.admission_id != row.admission_id:
            self._chart = self._opened_for = None
            self.notice.clear()
            self.frame.show_message("The chart is being read…")
        self._row = row
        self.frame.set_stale(stale=False)
        self.frame.banner.show()
        self._show_banner()
        self._enable()
        self.refresh()

    def subject(self) -> Subject:
        """Return the patient shown, as sheets take her."""
        if self._row is None:
            raise ValueError("no patient is open")
        return subject_of(self._row, self._zone())

    @override
    def load(self) -> None:
        if self._row is None or self._row.patient_id is None:
            return
        self.read(self._show_row, ward_board, (self._row.ward_id,))
        opening = self._opening()
        # another session (after unlocking, for instance) has opened nothing yet
        if self._opened_for == opening:
            self._read_chart(opening, None)
        else:
            self.read(partial(self._read_chart, opening), open_chart, self._row.patient_id)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.frame.focus_view()

    @override
    def show_place(self, place: Place) -> None:
        if self._row is not None and self._row.ward_id not in place.ward_ids:
            self._row = self._chart = None
            self._show_nobody()
        super().show_place(place)

    def _read_chart(self, opening: object, _opened: object) -> None:
        # the answer may come after another patient was opened
        if self._row is not None and self._row.admission_id and opening == self._opening():
            self._opened_for = opening
            self.read(self._show_chart, whole_chart, self._row.admission_id)

    def _show_chart(self, read: WholeChart) -> None:
        chart = read.observations
        # a chart asked for before another patient was opened
        if self._row is None or chart.admission_id != self._row.admission_id:
            return
        self._chart, self._measured = chart, read.measured
        self.frame.set_stale(stale=False)
        self.frame.show_content(ChartContent(chart, self._zone(), self._measured))
        self._show_due()
        self._enable()

    def _show_row(self, board: Board) -> None:
        """Bring the banner up to date; a patient who left the ward is told, not hidden."""
        if self._row is None:
            return
        rows = [row for row in board.beds if row.admission_id == self._row.admission_id]
        if rows:
            self._row = rows[0]
            self._show_banner()
        elif board.ward_ids == (self._row.ward_id,):
            name, ward = patient_name(self._row), self._row.ward_name
            self.told.emit(f"{name} is no longer on {ward}.", None)

    def _go_stale(self, error: WardError) -> None:
        if self._row is None:
            return
        again = NoticeAction("Try again (F5)", self.refresh)
        if self._chart is None:
            self.frame.show_message("The chart could not be read. F5 tries again.")
            self.notice.tell(PROBLEM, str(error), again)
            return
        self.frame.set_stale(stale=True)
        known = moment_text(self._chart.read_at, self._zone(), self.context.clock())
        self.notice.tell(PROBLEM, f"{error} The chart shows what was known at {known}.", again)

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

        ward, marked = self._ward(), self.frame.marked
        if ward is not None:
            recorded = marked.recorded if marked else None
            self.sheet_requested.emit(StrikeGroupSheet(self.context, (ward,), recorded))

    def _reinstate(self) -> None:
        from ui.observations.reinstate_sheet import ReinstateSheet

        ward = self._ward()
        if ward is not None:
            self.sheet_requested.emit(ReinstateSheet(self.context, ward))

    def _decide_scale(self) -> None:
        if self._chart is not None:
            sheet = SpO2ScaleSheet(self.context, self.subject(), scale=self._chart.scale)
            self.sheet_requested.emit(sheet)

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
            content=ChartContent(self._chart, self._zone(), self._measured),
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

    def _enable(self) -> None:
        """Offer what the person may do with what is shown."""
        may, patient = self.context.signed_in.may, self._row is not None
        for name, (_run, permission) in self._commands().items():
            at_once = name in {"record", "measure", "measured"}
            ready = patient and (at_once or self._chart is not None)
            allowed = may(permission)
            self._actions[name].setEnabled(ready and allowed)
            if name in self.frame.buttons:
                self.frame.buttons[name].setEnabled(ready and allowed)
                self.frame.buttons[name].setVisible(allowed)

    def _show_nobody(self) -> None:
        self.frame.banner.hide()
        self.frame.show_message(NO_PATIENT)
        self._enable()

    def _show_banner(self) -> None:
        if self._row is not None:
            self.frame.banner.show_patient(self._row, self.context.clock(), self._zone())

    def _show_due(self) -> None:
        if self._chart is None or self._row is None:
            return
        # board and chart are read one after the other: a reason belongs to its own due time
        agree = self._row.next_due_at == self._chart.next_due_at
        now, zone = self.context.clock(), self._zone()
        why = due_reason_text(self._row, now, zone) if agree else ""
        self.frame.show_due(self._chart.next_due_at, now, zone, why=why)

    def _zone(self) -> ZoneInfo:
        """Return the zone of the patient's ward."""
        ward = self._ward()
        return ZoneInfo(ward.time_zone if ward else "UTC")

    def _ward(self) -> Ward | None:
        """Return the patient's ward."""
        wards = {ward.id: ward for ward in (*self.context.wards, *self.place.wards)}
        return wards.get(self._row.ward_id) if self._row else None

    def _opening(self) -> tuple[object, object]:
        return self.context.work.actor, self._row.patient_id if self._row else None
