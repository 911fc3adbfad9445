"""The card on which a person chooses a new password."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.background import Lane, Reply
from ui.notices import PROBLEM, NoticeBar
from ui.plain_text import PlainLabel
from ui.staff.caps_lock import CAPS_LOCK, CapsLockWatch
from ui.staff.front_door import FrontDoor
from ui.staff.password_card import CARD_WIDTH_PX, FIELD_HEIGHT_PX
from ward_app.core.errors import WardError
from ward_app.staff.rules import SHORTEST, password_words
from ward_app.staff.types import PasswordChange, WrongOldPasswordError

LONGEST = 200
ADVICE = f"{SHORTEST} characters or more: three or four words of your own are good."
GOOD = "✓ Long enough."
_WHY_ONE_TIME = "{name}, your one-time password was right. Choose a password of your own."
_WHY_EXPIRED = "{name}, your password has run out. Choose another one."
_WHY_ASKED = "{name}, you stay signed in here. Sessions at other workstations end."


class NewPasswordCard(QFrame):
    """Old password where it was not typed just now, the new one twice; Enter goes on.

    Passwords leave the lines only towards the server; they are never kept or logged.

    Signals:
        changed: (Entry or None) the password is another now; who had to change it comes in.
        left: the person does not choose one.
    """

    changed = Signal(object)
    left = Signal()

    def __init__(self, lane: Lane, door: FrontDoor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lane, self._door = lane, door
        self._change: PasswordChange | None = None
        self._attempting = False
        self.heading = PlainLabel("Choose a new password", self)
        self.words = PlainLabel(parent=self)
        self.old, self.new, self.again = (
            QLineEdit(self, echoMode=QLineEdit.EchoMode.Password, maxLength=LONGEST)
            for _ in range(3)
        )
        self.hint = PlainLabel(ADVICE, self)
        self.caps = PlainLabel(CAPS_LOCK, self)
        self.notice = NoticeBar(self)
        self.save_button = QPushButton("Change the password", self)
        self.leave_button = QPushButton("Leave (Esc)", self)
        self._old_label = self._label("Old password", self.old)
        self._watch = CapsLockWatch(self.old, self.new, self.again)
        self._lay_out()
        self._connect()

    @property
    def is_attempting(self) -> bool:
        """Whether an answer of the server is awaited."""
        return self._attempting

    def begin(self, change: PasswordChange, old: str = "") -> None:
        """Ask for a new password; `old` is the one that was typed a moment ago."""
        self._change = change
        why = _WHY_ONE_TIME if change.is_one_time else _WHY_EXPIRED
        why = _WHY_ASKED if change.is_asked else why
        self.words.setText(why.format(name=change.display_name))
        for line in (self.new, self.again):
            line.clear()
        self.old.setText(old)
        self.notice.clear()
        self._show_old(shown=not old)
        first = self.new if old else self.old
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def attempt(self) -> None:
        """Change the password, when all three lines are as they must be; once at a time."""
        if self._attempting or self._change is None or not self._is_complete():
            return
        self._set_attempting(attempting=True)
        work = self._door.change_password if self._change.is_asked else self._door.enter_anew
        reply = Reply(self._succeed, self._fail)
        self._lane.ask(self, reply, work, self._change, self.old.text(), self.new.text())

    def leave(self) -> None:
        """Forget what was typed."""
        if not self._attempting:
            self._empty()
            self.left.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _is_complete(self) -> bool:
        """Whether the server can be asked; says what is missing and goes there."""
        for line, words in (
            (self.old, "" if self.old.text() else "Type the old password too."),
            (self.new, self._wrong_with_new()),
            (self.again, self._wrong_with_repeat()),
        ):
            if words:
                self._complain(line, words)
                return False
        return True

    def _wrong_with_new(self) -> str:
        wrong = password_words(self.new.text(), self._names())
        return f"The new password cannot be used yet. {wrong}" if wrong else ""

    def _wrong_with_repeat(self) -> str:
        same = self.new.text() == self.again.text()
        return "" if same else "The two new passwords are not the same. Type it again."

    def _complain(self, line: QLineEdit, words: str) -> None:
        self.notice.tell(PROBLEM, words)
        self._show_old(shown=line is self.old or not self.old.isHidden())
        line.selectAll()
        line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _names(self) -> tuple[str, ...]:
        return (self._change.login, self._change.display_name) if self._change else ()

    def _show_hint(self) -> None:
        typed = self.new.text()
        wrong = password_words(typed, self._names())
        self.hint.setText((wrong or GOOD) if typed else ADVICE)
        theme.tint(self.hint, "success" if typed and not wrong else "dim")

    def _next(self) -> None:
        """Go to the next line that is empty, or on when none is."""
        for line in (self.old, self.new, self.again):
            if not line.text() and not line.isHidden():
                line.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.attempt()

    def _succeed(self, entry: object) -> None:
        self._set_attempting(attempting=False)
        self._empty()
        self.changed.emit(entry)

    def _fail(self, error: WardError) -> None:
        self._set_attempting(attempting=False)
        line = self.old if isinstance(error, WrongOldPasswordError) else self.new
        self._complain(line, str(error))

    def _empty(self) -> None:
        for line in (self.old, self.new, self.again):
            line.clear()
        self.notice.clear()

    def _set_attempting(self, *, attempting: bool) -> None:
        self._attempting = attempting
        self.save_button.setEnabled(not attempting)
        self.save_button.setText("Changing…" if attempting else "Change the password")
        for line in (self.old, self.new, self.again):
            line.setReadOnly(attempting)
        if attempting:
            self.notice.clear()

    def _show_old(self, *, shown: bool) -> None:
        self._old_label.setVisible(shown)
        self.old.setVisible(shown)

    def _label(self, text: str, line: QLineEdit) -> PlainLabel:
        label = PlainLabel(text, self)
        label.setFont(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))
        label.setBuddy(line)
        line.setAccessibleName(text)
        line.setMinimumHeight(FIELD_HEIGHT_PX)
        return label

    def _lay_out(self) -> None:
        self.setFixedWidth(CARD_WIDTH_PX)
        self.setObjectName("Card")
        theme.tint(self, ground="card")
        self.heading.setFont(theme.font(theme.TITLE_PX + 4, QFont.Weight.DemiBold))
        for label in (self.words, self.hint, self.caps):
            label.setWordWrap(True)
            theme.tint(label, "dim")
        theme.tint(self.caps, "caution")
        self.caps.hide()
        self.save_button.setProperty("kind", "primary")
        self.save_button.setMinimumHeight(FIELD_HEIGHT_PX)
        self.save_button.setAutoDefault(True)
        self.leave_button.setProperty("kind", "quiet")
        column = QVBoxLayout(self)
        margin = 4 * theme.GRID_PX
        # it fits the smallest window with everything on it
        column.setContentsMargins(margin, margin // 2, margin, margin // 2)
        column.setSpacing(6)
        for group in (
            (self.heading, self.words),
            (self._old_label, self.old),
            (self._label("New password", self.new), self.new, self.hint),
            (self._label("The new password once more", self.again), self.again, self.caps),
            (self.notice, self.save_button, self.leave_button),
        ):
            for widget in group:
                column.addWidget(widget)
            if group[-1] is not self.leave_button:
                column.addSpacing(6)

    def _connect(self) -> None:
        self._watch.changed.connect(self.caps.setVisible)
        self.new.textChanged.connect(self._show_hint)
        for line in (self.old, self.new, self.again):
            line.returnPressed.connect(self._next)
        self.save_button.clicked.connect(self.attempt)
        self.leave_button.clicked.connect(self.leave)
