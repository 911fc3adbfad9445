"""A button that is an icon; the icon follows the colours of the scheme."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QPushButton, QWidget
from typing_extensions import override

from ui import theme


class IconButton(QPushButton):
    """Says what it does by its tooltip, and to a screen reader."""

    def __init__(self, icon: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.setIcon(theme.icon(icon))

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.setIcon(theme.icon(self._icon_name))
        super().changeEvent(event)
