"""The checklists of a ward side by side, one of them chosen, each with how many are overdue."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from ui.plain_text import PlainLabel
from ui.rounding.words import chooser_text
from ui.widgets.flow import Flow
from ward_app.rounding.types import RoundsOfWard

FIRST = "intentional"


class Chooser(QWidget):
    """Quiet buttons; Page Up and Page Down of the panel walk them.

    Signals:
        asked: (str) the name of the checklist to show.
    """

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = FIRST
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        self._line = Flow(self)
        self._rest = PlainLabel(parent=self)

    def show_templates(self, found: RoundsOfWard, now: datetime) -> None:
        """Show the checklists; the chosen one stays chosen while it exists."""
        names = [one.name for one in found.templates]
        if list(self._buttons) != names:
            self._rebuild(names)
        for template in found.templates:
            self._buttons[template.name].setText(chooser_text(template, found, now))
        if self.chosen not in self._buttons and names:
            self.chosen = names[0]
        self.choose(self.chosen)

    def choose(self, name: str) -> None:
        """Mark a checklist as the one shown."""
        if name in self._buttons:
            self.chosen = name
            self._buttons[name].setChecked(True)

    def neighbour(self, by: int) -> str | None:
        """Return the checklist so many places on, round and round; None without any."""
        names = list(self._buttons)
        if not names:
            return None
        return names[(names.index(self.chosen) + by) % len(names)]

    def _rebuild(self, names: list[str]) -> None:
        for button in self._buttons.values():
            self._group.removeButton(button)
            button.deleteLater()
        self._buttons = {}
        while self._line.takeAt(0) is not None:
            pass
        for name in names:
            button = QPushButton(self)
            button.setCheckable(True)
            button.setProperty("kind", "quiet")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setToolTip("Page Up and Page Down walk the checklists")
            button.clicked.connect(lambda _checked=False, name=name: self.asked.emit(name))
            self._group.addButton(button)
            self._line.addWidget(button)
            self._buttons[name] = button
        self._line.addWidget(self._rest)  # takes what is left of the last line
