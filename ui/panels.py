"""The panels of the rail, as data."""

from __future__ import annotations

from ui.workplace import PanelSpec

PANELS: tuple[PanelSpec, ...] = ()
