"""Who is chosen in a panel, whichever it is, for what every panel offers."""

from __future__ import annotations

from ui.board.panel import BoardPanel
from ui.escalations.agreement import ask_for_agreement
from ui.escalations.panel import AlertsPanel
from ui.observations.panel import ChartPanel
from ui.observations.subject import subject_of
from ui.observations.target_sheet import OxygenTargetSheet
from ui.patients.banner import patient_name
from ui.patients.details_sheet import DetailsSheet
from ui.widgets.panel import Panel
from ui.workplace import Workplace
from ward_app.board.rules import has_patient
from ward_app.board.types import BoardBed
from ward_app.escalations.types import OpenEscalation
from ward_app.staff.types import Permission


def agree(workplace: Workplace, panel: Panel) -> None:
    """Ask about accepting the score of who is chosen in a panel."""
    ask_for_agreement(workplace, panel, chosen(panel))


def set_oxygen_target(workplace: Workplace, panel: Panel) -> None:
    """Open the oxygen target of who is chosen in a panel, or say that nobody is."""
    row = chosen(panel)
    if not isinstance(row, BoardBed) or not has_patient(row):
        workplace.notify("Choose a patient first: arrow keys, or type a bed.", None)
        return
    subject = subject_of(row, workplace.place.zone)
    workplace.open_sheet(OxygenTargetSheet(workplace.context, subject))


def show_details(workplace: Workplace, panel: Panel) -> None:
    """Open the protected details of who is chosen in a panel, or say that nobody is."""
    row = chosen(panel)
    if not isinstance(row, BoardBed) or row.patient_id is None:
        workplace.notify("Choose a patient first: arrow keys, or type a bed.", None)
        return
    may_change = workplace.context.signed_in.may(Permission.PATIENT_DETAILS)
    sheet = DetailsSheet(
        workplace.context,
        row.patient_id,
        patient_name(row),
        zone=workplace.place.zone,
        may_change=may_change,
    )
    workplace.open_sheet(sheet)


def chosen(panel: Panel) -> BoardBed | OpenEscalation | None:
    """Return who is chosen in a panel, None when nobody is."""
    if isinstance(panel, AlertsPanel):
        return panel.chosen
    if isinstance(panel, BoardPanel):
        return panel.beds.chosen.bed if panel.beds.chosen else None
    return panel.patient if isinstance(panel, ChartPanel) else None
