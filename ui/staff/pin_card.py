"""The card that asks for the PIN of a badge that was read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRegularExpression, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QPushButton, QWidget
from typing_extensions import override

from ui.background import Lane
from ui.staff.badge_reader import TAKES_BADGE
from ui.staff.front_door import Entry, FrontDoor
from ui.staff.password_card import PasswordCard
from ward_app.core.errors import WardError
from ward_app.staff.badges import PasswordNeededError
from ward_app.staff.rules import LONGEST_PIN

LEFT_ALONE_MS = 30_000


class PinCard(PasswordCard):
    """Asks for the PIN; a badge that is read meanwhile takes the place of the first.

    Badge and PIN leave the card only towards the server; they are never kept or logged.

    Signals:
        left: the PIN is not given; the badge is forgotten.
        password_needed: (PasswordNeededError) badge and PIN are not enough now.
    """

    left = Signal()
    password_needed = Signal(object)

    button_text = "Go on"

    def __init__(self, lane: Lane, door: FrontDoor, parent: QWidget | None = None) -> None:
        super().__init__(lane, door, parent)
        self._badge = ""
        self._alone = QTimer(self, singleShot=True, interval=LEFT_ALONE_MS)
        self._alone.timeout.connect(self.leave)
        self.heading.setText("Badge read")
        self.words.setText("Type your PIN and press Enter.")
        figures = QRegularExpression(f"[0-9]{{0,{LONGEST_PIN}}}")
        # another badge held meanwhile takes the place of the first
        self.password.setProperty(TAKES_BADGE, True)  # noqa: FBT003 - a property's value
        self.password.setValidator(QRegularExpressionValidator(figures, self))
        self.password.textEdited.connect(lambda _typed: self._alone.start())
        self.add_field("PIN", self.password)
        self.column.addWidget(self.notice)
        self.column.addWidget(self.enter_button)
        self.leave_button = QPushButton("Use the password (Esc)", self)
        self.leave_button.setProperty("kind", "quiet")
        self.leave_button.clicked.connect(self.leave)
        self.column.addWidget(self.leave_button)

    @property
    @override
    def login(self) -> str:
        return self._badge

    @override
    def way_in(self) -> Callable[[], Entry]:
        return partial(self._door.enter_by_badge, self._badge, self.password.text())

    def begin(self, badge: str) -> None:
        """Ask for the PIN of this badge."""
        if self.is_attempting:
            return
        self._badge = badge
        self.password.clear()
        self.notice.clear()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)
        self._alone.start()

    def leave(self) -> None:
        """Forget badge and PIN."""
        if not self.is_attempting:
            self._forget()
            self.left.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    @override
    def _succeed(self, entry: object) -> None:
        self._forget()
        super()._succeed(entry)

    @override
    def _fail(self, error: WardError) -> None:
        super()._fail(error)
        self.password.clear()
        if isinstance(error, PasswordNeededError):
            self._forget()
            self.password_needed.emit(error)
        else:
            self._alone.start()

    def _forget(self) -> None:
        self._badge = ""
        self._alone.stop()
        self.password.clear()
        self.notice.clear()
