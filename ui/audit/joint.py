"""The place of the audit trail in the rail."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.context import Context, Place
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec
from ward_app.staff.types import Permission

PANEL = "audit"


def _trail_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.audit.trail_panel import TrailPanel

    return TrailPanel(context, place, parent)


TRAIL_SPEC = PanelSpec(
    key=PANEL, word="Audit", icon="audit", make=_trail_panel, permission=Permission.AUDIT_READ
)
