"""Puts the handover on the rail, and leads from it to the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ui.context import Context, Place
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec, Workplace
from ward_app.staff.types import Permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from ward_app.board.types import BoardBed

HANDOVER = "handover"


def _handover_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.handover.panel import HandoverPanel

    return HandoverPanel(context, place, parent)


HANDOVER_SPEC = PanelSpec(
    key=HANDOVER,
    word="Handover",
    icon="handover",
    make=_handover_panel,
    permission=Permission.HANDOVER_READ,
)


class HandoverJoint(QObject):
    """Opens the chart for the handover."""

    def __init__(self, workplace: Workplace, open_chart: Callable[[BoardBed], None]) -> None:
        super().__init__(workplace)
        self._open_chart = open_chart
        workplace.panel_made.connect(self.join)
        for panel in workplace.panels:
            self.join(panel)

    def join(self, panel: Panel) -> None:
        """Open the chart when the handover asks for it."""
        # the module is there when the panel is: nothing is imported for other panels
        if panel.objectName() == HANDOVER:
            self._join_handover(panel)

    def _join_handover(self, panel: Panel) -> None:
        from ui.handover.panel import HandoverPanel

        if isinstance(panel, HandoverPanel):
            panel.chart_asked.connect(self._open_chart)
