"""The place of the report on the server in the rail."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.context import Context, Place
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec
from ward_app.staff.types import Permission

PANEL = "server"


def _monitor_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.monitor.panel import MonitorPanel

    return MonitorPanel(context, place, parent)


SERVER_SPEC = PanelSpec(
    key=PANEL,
    word="Server",
    icon="server",
    make=_monitor_panel,
    permission=Permission.SYSTEM_OPERATE,
)
