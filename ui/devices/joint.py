"""Joins the register of devices to the board and to the chart."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.context import Context, Place
from ui.patient_joint import PatientJoint, PatientPanel
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec
from ward_app.staff.types import Permission

KEY = "K"
PANEL = "devices"


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


class DevicesJoint(PatientJoint):
    """Opens the register of one patient."""

    panel_key, words, keys = PANEL, "Cannulas and other devices", KEY

    @override
    def own(self, panel: Panel) -> PatientPanel | None:
        from ui.devices.panel import DevicesPanel

        return panel if isinstance(panel, DevicesPanel) else None
