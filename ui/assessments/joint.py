"""Joins assessments to the board and to the chart."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ui.context import Context, Place
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec, Workplace
from ward_app.staff.types import Permission

if TYPE_CHECKING:
    from ward_app.board.types import BoardBed

ASSESS_KEY, LIST_KEY = "J", "Ctrl+J"
PANEL = "assessments"
CHOOSE = "Choose a patient first: arrow keys, or type a bed."


def _assessments_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.assessments.panel import AssessmentsPanel

    return AssessmentsPanel(context, place, parent)


ASSESSMENTS_SPEC = PanelSpec(
    key=PANEL,
    word="Assess",
    icon="assess",
    make=_assessments_panel,
    permission=Permission.ASSESSMENT_READ,
)


class AssessmentsJoint(QObject):
    """Opens the choice of an instrument, and the list, for the panels of one workplace."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._workplace = workplace
        self._came_from = ""
        workplace.panel_made.connect(self.join)
        for panel in workplace.panels:
            self.join(panel)

    def join(self, panel: Panel) -> None:
        """Give board and chart the keys of assessments, and lead back from their list."""
        from ui.board.panel import BoardPanel

        if isinstance(panel, BoardPanel):
            self._offer(panel)
        else:
            self._join_others(panel)

    def _join_others(self, panel: Panel) -> None:
        from ui.assessments.panel import AssessmentsPanel
        from ui.observations.panel import ChartPanel

        if isinstance(panel, ChartPanel):
            self._offer(panel)
        elif isinstance(panel, AssessmentsPanel):
            panel.left.connect(self._go_back)

    def _offer(self, panel: Panel) -> None:
        may = self._workplace.context.signed_in.may
        if may(Permission.ASSESSMENT_RECORD):
            panel.add_command("Assess…", ASSESS_KEY, partial(self._assess, panel))
        if self._workplace.offers(PANEL):
            panel.add_command("Assessments of this patient", LIST_KEY, partial(self._list, panel))

    def _assess(self, panel: Panel) -> None:
        from ui.assessments.chooser import InstrumentChooser
        from ui.observations.subject import subject_of

        row = self._chosen(panel)
        if row is not None:
            subject = subject_of(row, self._workplace.place.zone)
            chooser = InstrumentChooser(self._workplace.context, row, subject)
            chooser.list_asked.connect(partial(self._list_in_place_of_sheet, row))
            self._workplace.open_sheet(chooser)

    def _list(self, panel: Panel) -> None:
        row = self._chosen(panel)
        if row is not None:
            self.show_list(row)

    def show_list(self, row: BoardBed) -> None:
        """Show the assessments of a patient; going back leads to the panel shown now."""
        from ui.assessments.panel import AssessmentsPanel

        panel = self._workplace.panel_of(PANEL)
        if isinstance(panel, AssessmentsPanel):
            self._came_from = self._workplace.shown_key
            panel.show_patient(row)
            self._workplace.show_panel(PANEL)

    def _list_in_place_of_sheet(self, row: BoardBed) -> None:
        sheet = self._workplace.sheets.sheet
        if sheet is not None:
            sheet.set_aside()
        self.show_list(row)

    def _chosen(self, panel: Panel) -> BoardBed | None:
        """Return the patient chosen in a board or chart, or say that nobody is."""
        from ui.chosen import chosen
        from ward_app.board.types import BoardBed

        row = chosen(panel)
        if isinstance(row, BoardBed) and row.admission_id and row.patient_id:
            return row
        self._workplace.notify(CHOOSE, None)
        return None

    def _go_back(self) -> None:
        self._workplace.show_panel(self._came_from or "board")
        self._came_from = ""
