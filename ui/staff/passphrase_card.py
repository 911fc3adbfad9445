"""The card that asks for the passphrase of the workstation's own secrets."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui import theme
from ui.background import Lane
from ui.staff.front_door import FrontDoor
from ui.staff.password_card import PasswordCard
from ward_app.core.errors import PassphraseNeededError


class PassphraseCard(PasswordCard):
    """Asks once after the program was started, where no keyring keeps the secrets.

    The passphrase leaves the card only towards the sealed file; it is never kept or logged.

    Signals:
        entered: (None) the secrets are open.
    """

    button_text = "Open this workstation"

    def __init__(self, lane: Lane, door: FrontDoor, parent: QWidget | None = None) -> None:
        super().__init__(lane, door, parent)
        self._needed: PassphraseNeededError | None = None
        self.heading.setText("Workstation locked")
        self.add_field("Passphrase of this workstation", self.password)
        self.column.addWidget(self.caps)
        self.column.addWidget(self.notice)
        self.column.addSpacing(theme.GRID_PX)
        self.column.addWidget(self.enter_button)

    @property
    @override
    def login(self) -> str:
        return str(self._needed or "")

    @override
    def way_in(self) -> Callable[[], object]:
        assert self._needed is not None  # noqa: S101 - nobody tries before `begin`
        return partial(self._needed.unlock, self.password.text())

    def begin(self, needed: PassphraseNeededError) -> None:
        """Ask for the passphrase that is needed."""
        if self.is_attempting:
            return
        self._needed = needed
        self.words.setText(str(needed))
        self.password.clear()
        self.notice.clear()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def show_connecting(self, *, connecting: bool) -> None:
        self.enter_button.setText("Opening…" if connecting else self.button_text)
