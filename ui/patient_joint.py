"""Base of what joins the panel of one patient to the board and to the chart."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol

from PySide6.QtCore import QObject, SignalInstance

from ui.widgets.panel import Panel
from ui.workplace import Workplace

if TYPE_CHECKING:
    from ward_app.board.types import BoardBed

CHOOSE = "Choose a patient first: arrow keys, or type a bed."


class PatientPanel(Protocol):
    """A panel that shows one patient; `left` asks to go back to where the patient was chosen."""

    left: SignalInstance

    def show_patient(self, row: BoardBed) -> None:
        """Show this patient."""


class PatientJoint(QObject):
    """Opens a panel of one patient for the panels of one workplace, now and later made.

    Attributes:
        panel_key: of the panel that is opened.
        words, keys: of the command that board and chart are given to open it.
    """

    panel_key: ClassVar[str]
    words: ClassVar[str]
    keys: ClassVar[str]

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._workplace = workplace
        self._came_from = ""
        workplace.panel_made.connect(self.join)
        for panel in workplace.panels:
            self.join(panel)

    def own(self, panel: Panel) -> PatientPanel | None:
        """Return a panel that is the one opened here, None when it is another."""
        raise NotImplementedError

    def offer(self, panel: Panel) -> None:
        """Give a board or chart the keys."""
        if self._workplace.offers(self.panel_key):
            panel.add_command(self.words, self.keys, partial(self._open_chosen, panel))

    def join(self, panel: Panel) -> None:
        """Give board and chart the keys, and lead back from the panel that is opened."""
        from ui.board.panel import BoardPanel

        if isinstance(panel, BoardPanel):
            self.offer(panel)
        else:
            self._join_others(panel)

    def _join_others(self, panel: Panel) -> None:
        from ui.observations.panel import ChartPanel

        own = self.own(panel)
        if own is not None:
            own.left.connect(self._go_back)
        elif isinstance(panel, ChartPanel):
            self.offer(panel)

    def chosen(self, panel: Panel) -> BoardBed | None:
        """Return the patient chosen in a board or chart, or say that nobody is."""
        from ui.chosen import chosen
        from ward_app.board.types import BoardBed

        row = chosen(panel)
        if isinstance(row, BoardBed) and row.admission_id and row.patient_id:
            return row
        self._workplace.notify(CHOOSE, None)
        return None

    def open(self, row: BoardBed) -> None:
        """Show a patient; going back leads to the panel shown now."""
        panel = self.own(self._workplace.panel_of(self.panel_key))
        if panel is not None:
            self._came_from = self._workplace.shown_key
            panel.show_patient(row)
            self._workplace.show_panel(self.panel_key)

    def _open_chosen(self, panel: Panel) -> None:
        row = self.chosen(panel)
        if row is not None:
            self.open(row)

    def _go_back(self) -> None:
        self._workplace.show_panel(self._came_from or "board")
        self._came_from = ""
