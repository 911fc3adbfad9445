"""Changing one's password while signed in: the card, over the middle of the window."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.background import Lane
from ui.staff.front_door import FrontDoor
from ui.staff.new_password_card import NewPasswordCard
from ui.staff.password_card import CARD_WIDTH_PX
from ui.widgets.overlay import Overlay
from ward_app.staff.types import PasswordChange


class PasswordOverlay(Overlay):
    """Opened by key, gone with Escape or when the password is changed; made anew each time."""

    def __init__(
        self, lane: Lane, door: FrontDoor, change: PasswordChange, parent: QWidget
    ) -> None:
        super().__init__(parent, CARD_WIDTH_PX)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.new_password = NewPasswordCard(lane, door, self.card)
        self.column.addWidget(self.new_password)
        self.new_password.left.connect(self.shut)
        self.new_password.changed.connect(self.shut)
        self._change = change

    @override
    def open(self) -> None:
        super().open()
        self.new_password.begin(self._change)

    @override
    def shut(self) -> None:
        if self.new_password.is_attempting:
            return
        super().shut()
        self.deleteLater()
