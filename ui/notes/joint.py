"""Joins the notes to the board and to the chart."""

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
    from ui.board.panel import BoardPanel
    from ui.observations.panel import ChartPanel
    from ward_app.board.types import BoardBed

KEY = "R"
PANEL = "notes"
_WORDS = "Read and write nursing notes"


def _notes_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.notes.panel import NotesPanel

    return NotesPanel(context, place, parent)


NOTES_SPEC = PanelSpec(
    key=PANEL, word="Notes", icon="notes", make=_notes_panel, permission=Permission.NOTE_READ
)


class NotesJoint(QObject):
    """Opens the notes of one patient for the panels of one workplace, now and later made."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._workplace = workplace
        self._came_from = ""
        workplace.panel_made.connect(self.join)
        for panel in workplace.panels:
            self.join(panel)

    def join(self, panel: Panel) -> None:
        """Give board and chart the key of the notes, and lead back from the notes."""
        from ui.board.panel import BoardPanel

        if not isinstance(panel, BoardPanel):
            self._join_others(panel)
        elif self._workplace.offers(PANEL):
            panel.add_command(_WORDS, KEY, partial(self._open_chosen, panel))

    def _join_others(self, panel: Panel) -> None:
        from ui.notes.panel import NotesPanel
        from ui.observations.panel import ChartPanel

        if isinstance(panel, NotesPanel):
            panel.left.connect(self._go_back)
        elif isinstance(panel, ChartPanel) and self._workplace.offers(PANEL):
            panel.add_command(_WORDS, KEY, partial(self._open_charted, panel))

    def _open_chosen(self, board: BoardPanel) -> None:
        card = board.beds.chosen
        self.open(card.bed if card else None)

    def _open_charted(self, chart: ChartPanel) -> None:
        self.open(chart.patient)

    def open(self, row: BoardBed | None) -> None:
        """Show the notes of a patient; going back leads to the panel shown now."""
        from ui.notes.panel import NotesPanel

        if row is None or row.admission_id is None or row.patient_id is None:
            self._workplace.notify("Choose a patient first: arrow keys, or type a bed.", None)
            return
        panel = self._workplace.panel_of(PANEL)
        if isinstance(panel, NotesPanel):
            self._came_from = self._workplace.shown_key
            panel.show_patient(row)
            self._workplace.show_panel(PANEL)

    def _go_back(self) -> None:
        self._workplace.show_panel(self._came_from or "board")
        self._came_from = ""
