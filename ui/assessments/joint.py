"""Joins assessments to the board and to the chart."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.context import Context, Place
from ui.patient_joint import PatientJoint, PatientPanel
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec
from ward_app.staff.types import Permission

if TYPE_CHECKING:
    from ward_app.board.types import BoardBed

ASSESS_KEY, LIST_KEY = "J", "Ctrl+J"
PANEL = "assessments"


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


class AssessmentsJoint(PatientJoint):
    """Opens the choice of an instrument, and the list, for the panels of one workplace."""

    panel_key, words, keys = PANEL, "Assessments of this patient", LIST_KEY

    @override
    def own(self, panel: Panel) -> PatientPanel | None:
        from ui.assessments.panel import AssessmentsPanel

        return panel if isinstance(panel, AssessmentsPanel) else None

    @override
    def offer(self, panel: Panel) -> None:
        if self._workplace.context.signed_in.may(Permission.ASSESSMENT_RECORD):
            panel.add_command("Assess…", ASSESS_KEY, partial(self._assess, panel))
        super().offer(panel)

    def _assess(self, panel: Panel) -> None:
        from ui.assessments.chooser import InstrumentChooser
        from ui.observations.subject import subject_of

        row = self.chosen(panel)
        if row is not None:
            subject = subject_of(row, self._workplace.place.zone)
            chooser = InstrumentChooser(self._workplace.context, row, subject)
            chooser.list_asked.connect(partial(self._list_in_place_of_sheet, row))
            self._workplace.open_sheet(chooser)

    def _list_in_place_of_sheet(self, row: BoardBed) -> None:
        sheet = self._workplace.sheets.sheet
        if sheet is not None:
            sheet.set_aside()
        self.open(row)
