"""The panels of the rail, and what joins them: from what the board asks for to who does it.

Everything is imported when it is first opened, never at the start; `WarmUp` is mostly sooner.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from ui.assessments.joint import ASSESSMENTS_SPEC, AssessmentsJoint
from ui.audit.joint import TRAIL_SPEC
from ui.background import Reply
from ui.context import Context, Place
from ui.devices.joint import DEVICES_SPEC, DevicesJoint
from ui.downtime.joint import DOWNTIME_SPEC, DowntimeJoint
from ui.handover.joint import HANDOVER_SPEC, HandoverJoint
from ui.lane.joint import LANE_SPEC, LaneJoint
from ui.later import LATER
from ui.messages.joint import MESSAGES_SPEC, MessagesJoint
from ui.monitor.joint import SERVER_SPEC
from ui.notes.joint import NOTES_SPEC, NotesJoint
from ui.openings.joint import OPENINGS_SPEC, OpeningsJoint
from ui.program import Arrangement
from ui.shifts.joint import SHIFTS_SPEC, ShiftsJoint
from ui.staff.joint import ACCOUNTS_SPEC, StaffJoint
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec, Workplace
from ward_app.board.types import Board, BoardBed
from ward_app.staff.types import Permission

if TYPE_CHECKING:
    from ui.escalations.joint import AlertJoint
    from ui.schedule.joint import ScheduleJoint
    from ward_app.escalations.types import OpenEscalation

BOARD = "board"
CHART = "chart"
GRID = "grid"
TIMELINESS = "timeliness"
DUE = "due"
ALERTS = "alerts"
ROUNDS = "rounds"
MEASURED = "measured"
# until the watch over the alerts begins: what was read first is painted by then
_PAINTED_MS = 100


def _board_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.board.panel import BoardPanel

    return BoardPanel(context, place, parent)


def _chart_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.observations.panel import ChartPanel

    return ChartPanel(context, place, parent)


def _due_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.schedule.panel import DuePanel

    return DuePanel(context, place, parent)


def _grid_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.observations.grid_panel import GridPanel

    return GridPanel(context, place, parent)


def _alerts_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.escalations.panel import AlertsPanel

    return AlertsPanel(context, place, parent)


def _rounds_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.rounding.panel import RoundsPanel

    return RoundsPanel(context, place, parent)


def _measurements_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.measurements.panel import MeasurementsPanel

    return MeasurementsPanel(context, place, parent)


def _timeliness_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.timeliness.panel import TimelinessPanel

    return TimelinessPanel(context, place, parent)


PANELS = (
    PanelSpec(
        key=BOARD,
        word="Beds",
        icon="beds",
        make=_board_panel,
        permission=Permission.BOARD_VIEW,
    ),
    PanelSpec(
        key=CHART,
        word="Chart",
        icon="chart",
        make=_chart_panel,
        permission=Permission.CHART_OPEN,
    ),
    PanelSpec(
        key=ALERTS,
        word="Alerts",
        icon="bell",
        make=_alerts_panel,
        permission=Permission.PATIENT_VIEW,
    ),
    PanelSpec(
        key=DUE,
        word="Due",
        icon="due",
        make=_due_panel,
        permission=Permission.PATIENT_VIEW,
    ),
    PanelSpec(
        key=GRID,
        word="Grid",
        icon="grid",
        make=_grid_panel,
        permission=Permission.OBSERVATION_RECORD,
    ),
    PanelSpec(
        key=ROUNDS,
        word="Rounds",
        icon="rounds",
        make=_rounds_panel,
        permission=Permission.ROUND_RECORD,
    ),
    LANE_SPEC,
    HANDOVER_SPEC,
    DEVICES_SPEC,
    MESSAGES_SPEC,
    SHIFTS_SPEC,
    PanelSpec(
        key=TIMELINESS,
        word="On time",
        icon="timeliness",
        make=_timeliness_panel,
        permission=Permission.PATIENT_VIEW,
    ),
    PanelSpec(
        key=MEASURED,
        word="Measured",
        icon="measure",
        make=_measurements_panel,
        permission=Permission.CHART_OPEN,
    ),
    ASSESSMENTS_SPEC,
    NOTES_SPEC,
    ACCOUNTS_SPEC,
    TRAIL_SPEC,
    OPENINGS_SPEC,
    DOWNTIME_SPEC,
    SERVER_SPEC,
)


class Joints(QObject):
    """What reaches from one panel to another, or from a panel into a sheet."""

    def __init__(self, workplace: Workplace) -> None:
        from ui.admissions.actions import BedActions
        from ui.measurements.joint import MeasurementJoint
        from ui.observations.strike_joint import StrikeOutJoint

        super().__init__(workplace)
        self._workplace = workplace
        self._schedule_joint: ScheduleJoint | None = None
        self._strike_outs = StrikeOutJoint(workplace)
        self._measurements = MeasurementJoint(workplace, list_key=MEASURED, home_key=BOARD)
        self._actions = BedActions(
            workplace.context, workplace.open_sheet, workplace.notify, workplace
        )
        self._alerts: AlertJoint | None = None
        workplace.panel_made.connect(self._join)
        workplace.top_line.bell_asked.connect(self._show_alerts)
        # the first screen is painted before the alerts are read
        self._painted = QTimer(self, singleShot=True, interval=_PAINTED_MS)
        self._painted.timeout.connect(self._watch_alerts)
        for answered in (workplace.panel.loaded, workplace.panel.load_failed):
            answered.connect(self._first_answered)
        for panel in workplace.panels:
            self._join(panel)
        self._measurements.register_asked.connect(DevicesJoint(workplace).open)
        LaneJoint(workplace)
        NotesJoint(workplace)
        HandoverJoint(workplace, self._open_chart)
        ShiftsJoint(workplace)
        MessagesJoint(workplace).chart_asked.connect(self._open_chart_of)
        AssessmentsJoint(workplace)
        StaffJoint(workplace)
        OpeningsJoint(workplace, self._open_chart)
        DowntimeJoint(workplace)

    def _join(self, panel: Panel) -> None:
        from ui.board.panel import BoardPanel

        self._measurements.join(panel)
        if isinstance(panel, BoardPanel):
            self._actions.serve(panel)
            panel.observations_asked.connect(self._observe)
            panel.patient_opened.connect(self._open_chart)
            panel.why_asked.connect(self._explain)
            self._strike_outs.offer(panel)
            self._schedule().join_board(panel)
            panel.escalation_asked.connect(self._answer_alert)
            panel.concern_asked.connect(self._worry)
            self._offer_agreement(panel)
            self._offer_target(panel)
            self._offer_details(panel)
        else:
            self._join_chart(panel)
            self._join_alerts(panel)

    def _join_chart(self, panel: Panel) -> None:
        from ui.observations.panel import ChartPanel

        if isinstance(panel, ChartPanel):
            panel.left.connect(self._show_board)
            self._offer_agreement(panel)
            self._offer_details(panel)
        else:
            self._join_due(panel)

    def _join_due(self, panel: Panel) -> None:
        from ui.schedule.panel import DuePanel

        if isinstance(panel, DuePanel):
            self._schedule().join_list(panel)
        else:
            self._join_report(panel)

    def _schedule(self) -> ScheduleJoint:
        from ui.schedule.joint import ScheduleJoint

        if self._schedule_joint is None:
            self._schedule_joint = ScheduleJoint(self._workplace)
        return self._schedule_joint

    def _join_report(self, panel: Panel) -> None:
        from ui.timeliness.panel import TimelinessPanel

        if isinstance(panel, TimelinessPanel):
            panel.chart_asked.connect(self._open_chart_of)

    def _join_alerts(self, panel: Panel) -> None:
        from ui.escalations.panel import AlertsPanel

        if isinstance(panel, AlertsPanel):
            panel.patient_opened.connect(self._find_chart)
            self._offer_agreement(panel)
            self._watch_alerts()
            if self._alerts is not None:
                self._alerts.join(panel)

    def _first_answered(self, _answer: object) -> None:
        if self._alerts is None:
            self._painted.start()

    def _watch_alerts(self) -> None:
        """Begin to watch over the alerts, once; who may not see patients has none."""
        from ui.escalations.joint import AlertJoint

        if self._alerts is None and self._workplace.offers(ALERTS):
            self._alerts = AlertJoint(self._workplace)

    def _show_alerts(self) -> None:
        if self._workplace.offers(ALERTS):
            self._workplace.show_panel(ALERTS)

    def _answer_alert(self, row: BoardBed) -> None:
        from ward_app.escalations.queries import open_escalation

        work = self._workplace.context.work
        if row.admission_id is not None:
            work.query(self, Reply(self._open_answer), open_escalation, row.admission_id)

    def _open_answer(self, item: OpenEscalation | None) -> None:
        from ui.escalations.answer_sheet import answer_sheet

        zone, context = self._workplace.place.zone, self._workplace.context
        sheet = answer_sheet(context, item, zone) if item else None
        if sheet is None:
            self._workplace.notify("This alert was answered meanwhile.")
        else:
            self._workplace.open_sheet(sheet)

    def _worry(self, row: BoardBed) -> None:
        from ui.escalations.concern_sheet import ConcernSheet
        from ui.patients.banner import patient_name

        if row.admission_id is not None:
            sheet = ConcernSheet(
                self._workplace.context, admission_id=row.admission_id, name=patient_name(row)
            )
            self._workplace.open_sheet(sheet)

    def _offer_agreement(self, panel: Panel) -> None:
        if self._workplace.context.signed_in.may(Permission.ESCALATION_ACCEPT):
            words = "Agreed: accept the score for a while, or end that…"
            panel.add_command(words, "G", partial(self._agree, panel))

    def _agree(self, panel: Panel) -> None:
        from ui.chosen import agree

        agree(self._workplace, panel)

    def _offer_target(self, board: Panel) -> None:
        if self._workplace.context.signed_in.may(Permission.OBSERVATION_TARGET):
            words = "Write down the oxygen target prescribed"
            board.add_command(words, "Alt+T", partial(self._set_target, board))

    def _set_target(self, board: Panel) -> None:
        from ui.chosen import set_oxygen_target

        set_oxygen_target(self._workplace, board)

    def _offer_details(self, panel: Panel) -> None:
        if self._workplace.context.signed_in.may(Permission.CHART_OPEN):
            words = "National id, insurance, address, history (protected)…"
            panel.add_command(words, "Alt+I", partial(self._show_details, panel))

    def _show_details(self, panel: Panel) -> None:
        from ui.chosen import show_details

        show_details(self._workplace, panel)

    def _find_chart(self, ward_id: UUID, admission_id: UUID) -> None:
        """Open the chart of a patient whose bed is not known here."""
        from ward_app.board.queries import ward_board

        reply = Reply(partial(self._open_found, admission_id))
        self._workplace.context.work.query(self, reply, ward_board, (ward_id,))

    def _open_found(self, admission_id: UUID, board: Board) -> None:
        for row in board.beds:
            if row.admission_id == admission_id:
                self._open_chart(row)

    def _observe(self, row: BoardBed) -> None:
        from ui.observations.entry_sheet import ObservationSheet
        from ui.observations.subject import subject_of

        subject = subject_of(row, self._workplace.place.zone)
        self._workplace.open_sheet(ObservationSheet(self._workplace.context, subject))

    def _explain(self, row: BoardBed) -> None:
        from ui.observations.subject import subject_of
        from ui.observations.why_sheet import WhySheet

        subject = subject_of(row, self._workplace.place.zone)
        self._workplace.open_sheet(WhySheet(self._workplace.context, subject))

    def _open_chart(self, row: BoardBed) -> None:
        from ui.observations.panel import ChartPanel

        if not self._workplace.offers(CHART):
            return
        chart = self._workplace.panel_of(CHART)
        if isinstance(chart, ChartPanel):
            chart.show_patient(row)
        self._workplace.show_panel(CHART)

    def _open_chart_of(self, admission_id: UUID) -> None:
        """Open the chart of a stay that some other panel names, if the board shows it."""
        from ui.board.panel import BoardPanel

        board = self._workplace.panel_of(BOARD)
        row = board.bed_of(admission_id) if isinstance(board, BoardPanel) else None
        if row is None:
            self._workplace.notify("This patient is not on the board shown.", None)
        else:
            self._open_chart(row)

    def _show_board(self) -> None:
        self._workplace.show_panel(BOARD)


ARRANGEMENT = Arrangement(PANELS, Joints, LATER)
