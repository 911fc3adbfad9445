"""A card that asks for a password and verifies it off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.background import Lane, Reply
from ui.notices import NoticeBar
from ui.plain_text import PlainLabel
from ui.staff.caps_lock import CAPS_LOCK, CapsLockWatch
from ui.staff.front_door import FrontDoor
from ward_app.core.errors import WardError
from ward_app.staff.types import MustChangePasswordError

CARD_WIDTH_PX = 400
FIELD_HEIGHT_PX = 40


class PasswordCard(QFrame):
    """Heading, notice, the subclass's own fields, password and button.

    The password leaves the line only towards the server; it is never kept or logged.

    Attributes:
        button_text: the subclass's own word for going on.

    Signals:
        entered: (Entry) the password was right.
        change_required: (PasswordChange, str) it was right, and is good for choosing another.
    """

    entered = Signal(object)
    change_required = Signal(object, str)

    button_text = ""

    def __init__(self, lane: Lane, door: FrontDoor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lane, self._door = lane, door
        self.heading = PlainLabel(parent=self)
        self.words = PlainLabel(parent=self)
        self.notice = NoticeBar(self)
        self.caps = PlainLabel(CAPS_LOCK, self)
        self.password = QLineEdit(self, echoMode=QLineEdit.EchoMode.Password, maxLength=200)
        self.enter_button = QPushButton(self.button_text, self)
        self.column = QVBoxLayout(self)
        self._attempting = False
        self._prepare()

    @property
    def login(self) -> str:
        """The user name to verify the password of."""
        raise NotImplementedError

    @property
    def is_attempting(self) -> bool:
        """Whether an answer of the server is awaited."""
        return self._attempting

    def way_in(self) -> Callable[[], object]:
        """Return how the person comes in with what was typed; run on the worker."""
        return partial(self._door.enter, self.login, self.password.text())

    def attempt(self) -> None:
        """Verify the password; once at a time."""
        if self._attempting:
            return
        if not self.login or not self.password.text():
            self._go_to_what_is_missing()
            return
        self._set_attempting(attempting=True)
        self._lane.ask(self, Reply(self._succeed, self._fail), self.way_in())

    def show_problem(self, error: WardError) -> None:
        """Show why it did not work; the user name stays, the password is to be typed again."""
        self.notice.show_problem(error)
        self.password.selectAll()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_connecting(self, *, connecting: bool) -> None:
        """Say on the button whether the server is being reached."""
        self.enter_button.setText("Connecting…" if connecting else self.button_text)

    def add_field(self, label: str, line: QLineEdit) -> None:
        """Add a labelled line."""
        words = PlainLabel(label, self)
        words.setFont(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))
        words.setBuddy(line)
        line.setAccessibleName(label)
        line.setMinimumHeight(FIELD_HEIGHT_PX)
        line.returnPressed.connect(self.attempt)
        self.column.addWidget(words)
        self.column.addWidget(line)
        self.column.addSpacing(theme.GRID_PX)

    def add_password_and_button(self) -> None:
        """Add what every card ends with."""
        self.add_field("Password", self.password)
        self.column.addWidget(self.caps)
        self.column.addWidget(self.notice)
        self.column.addSpacing(theme.GRID_PX)
        self.column.addWidget(self.enter_button)

    def _prepare(self) -> None:
        self.setFixedWidth(CARD_WIDTH_PX)
        theme.tint(self, ground="card")
        self.setObjectName("Card")
        margin = 4 * theme.GRID_PX
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(6)
        self.heading.setFont(theme.font(theme.TITLE_PX + 4, QFont.Weight.DemiBold))
        self.words.setWordWrap(True)
        theme.tint(self.words, "dim")
        self.caps.hide()
        theme.tint(self.caps, "caution")
        CapsLockWatch(self.password).changed.connect(self.caps.setVisible)
        self.enter_button.setProperty("kind", "primary")
        self.enter_button.setMinimumHeight(FIELD_HEIGHT_PX)
        self.enter_button.setAutoDefault(True)
        self.enter_button.clicked.connect(self.attempt)
        self.column.addWidget(self.heading)
        self.column.addWidget(self.words)
        self.column.addSpacing(2 * theme.GRID_PX)

    def _go_to_what_is_missing(self) -> None:
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _succeed(self, entry: object) -> None:
        self._set_attempting(attempting=False)
        self.password.clear()
        self.notice.clear()
        self.entered.emit(entry)

    def _fail(self, error: WardError) -> None:
        self._set_attempting(attempting=False)
        if isinstance(error, MustChangePasswordError):
            typed = self.password.text()
            self.password.clear()
            self.change_required.emit(error.change, typed)
            return
        self.show_problem(error)

    def _set_attempting(self, *, attempting: bool) -> None:
        self._attempting = attempting
        self.show_connecting(connecting=attempting)
        self.enter_button.setEnabled(not attempting)
        self.password.setReadOnly(attempting)
        if attempting:
            self.notice.clear()


def centre(card: QWidget, page: QWidget) -> None:
    """Hold a card in the middle of its page."""
    # stretches and no alignment: an aligned card would not grow with its wrapped words
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(card)
    row.addStretch(1)
    column = QVBoxLayout(page)
    column.addStretch(2)
    column.addLayout(row)
    column.addStretch(3)
