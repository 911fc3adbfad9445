"""The panels of the rail, and what joins them: from what the board asks for to who does it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ui.admissions.actions import BedActions
from ui.board.panel import BoardPanel
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.panel import ChartPanel
from ui.observations.subject import subject_of
from ui.program import Arrangement
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec, Workplace
from ward_app.board.types import BoardBed
from ward_app.staff.types import Permission

BOARD = "board"
CHART = "chart"

PANELS = (
    PanelSpec(
        key=BOARD,
        word="Beds",
        icon="beds",
        make=BoardPanel,
        permission=Permission.BOARD_VIEW,
    ),
    PanelSpec(
        key=CHART,
        word="Chart",
        icon="chart",
        make=ChartPanel,
        permission=Permission.CHART_OPEN,
    ),
)


class Joints(QObject):
    """What reaches from one panel to another, or from a panel into a sheet."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._workplace = workplace
        self._actions = BedActions(
            workplace.context, workplace.open_sheet, workplace.notify, workplace
        )
        workplace.panel_made.connect(self._join)
        for panel in workplace.panels:
            self._join(panel)

    def _join(self, panel: Panel) -> None:
        match panel:
            case BoardPanel():
                self._actions.serve(panel)
                panel.observations_asked.connect(self._observe)
                panel.patient_opened.connect(self._open_chart)
            case ChartPanel():
                panel.left.connect(self._show_board)

    def _observe(self, row: BoardBed) -> None:
        subject = subject_of(row, self._workplace.place.zone)
        self._workplace.open_sheet(ObservationSheet(self._workplace.context, subject))

    def _open_chart(self, row: BoardBed) -> None:
        if not self._workplace.offers(CHART):
            return
        chart = self._workplace.panel_of(CHART)
        if isinstance(chart, ChartPanel):
            chart.show_patient(row)
        self._workplace.show_panel(CHART)

    def _show_board(self) -> None:
        self._workplace.show_panel(BOARD)


ARRANGEMENT = Arrangement(PANELS, Joints)
