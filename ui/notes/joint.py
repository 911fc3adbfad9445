"""Joins the notes to the board and to the chart."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.context import Context, Place
from ui.patient_joint import PatientJoint, PatientPanel
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec
from ward_app.staff.types import Permission

KEY = "R"
PANEL = "notes"


def _notes_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.notes.panel import NotesPanel

    return NotesPanel(context, place, parent)


NOTES_SPEC = PanelSpec(
    key=PANEL, word="Notes", icon="notes", make=_notes_panel, permission=Permission.NOTE_READ
)


class NotesJoint(PatientJoint):
    """Opens the notes of one patient."""

    panel_key, words, keys = PANEL, "Read and write nursing notes", KEY

    @override
    def own(self, panel: Panel) -> PatientPanel | None:
        from ui.notes.panel import NotesPanel

        return panel if isinstance(panel, NotesPanel) else None
