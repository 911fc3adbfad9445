"""Joins the register of devices to the board and to the chart."""

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

KEY = "K"
PANEL = "devices"
_WORDS = "Cannulas and other devices"


def _devices_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.devices.panel import DevicesPanel

    return DevicesPanel(context, place, parent)


DEVICES_SPEC = PanelSpec(
    key=PANEL,
    word="Devices",
    icon="devices",
    make=_devices_panel,
    permission=Permission.CHART_OPEN,
)


class DevicesJoint(QObject):
    """Opens the register of one patient for the panels of one workplace, now and later made."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._workplace = workplace
        self._came_from = ""
        workplace.panel_made.connect(self.join)
        for panel in workplace.panels:
            self.join(panel)

    def join(self, panel: Panel) -> None:
        """Give board and chart the key of the register, and lead back from the register."""
        from ui.board.panel import BoardPanel

        if not isinstance(panel, BoardPanel):
            self._join_others(panel)
        elif self._workplace.offers(PANEL):
            panel.add_command(_WORDS, KEY, partial(self._open_chosen, panel))

    def _join_others(self, panel: Panel) -> None:
        from ui.devices.panel import DevicesPanel
        from ui.observations.panel import ChartPanel

        if isinstance(panel, ChartPanel):
            panel.add_command(_WORDS, KEY, partial(self._open_charted, panel))
        elif isinstance(panel, DevicesPanel):
            panel.left.connect(self._go_back)

    def _open_chosen(self, board: BoardPanel) -> None:
        card = board.beds.chosen
        self.open(card.bed if card else None)

    def _open_charted(self, chart: ChartPanel) -> None:
        self.open(chart.patient)

    def open(self, row: BoardBed | None) -> None:
        """Show the devices of a patient; going back leads to the panel shown now."""
        from ui.devices.panel import DevicesPanel

        if row is None or row.admission_id is None or row.patient_id is None:
            self._workplace.notify("Choose a patient first: arrow keys, or type a bed.", None)
            return
        panel = self._workplace.panel_of(PANEL)
        if isinstance(panel, DevicesPanel):
            self._came_from = self._workplace.shown_key
            panel.show_patient(row)
            self._workplace.show_panel(PANEL)

    def _go_back(self) -> None:
        self._workplace.show_panel(self._came_from or "board")
        self._came_from = ""
