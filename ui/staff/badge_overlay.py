"""Registering one's badge and setting one's PIN while signed in: a card over the window."""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QFont, QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from typing_extensions import override

from ui import theme
from ui.background import DatabaseWork, Reply
from ui.notices import PROBLEM, NoticeBar
from ui.plain_text import PlainLabel
from ui.staff.badge_field import BadgeField
from ui.staff.badge_reader import BadgeReader
from ui.staff.password_card import CARD_WIDTH_PX, FIELD_HEIGHT_PX
from ui.widgets.overlay import Overlay
from ui.widgets.wrapping_button import WrappingButton
from ward_app.core.errors import WardError
from ward_app.staff.badge_service import drop_badge, keep_badge_and_pin
from ward_app.staff.rules import LONGEST_PIN, pin_words
from ward_app.staff.types import WrongOldPasswordError

NOT_READ = "Hold it to the reader, or leave it as it is"
READ = "✓ Badge read."
KEPT_BADGE, KEPT_PIN, KEPT_BOTH = (
    "Your badge is registered.",
    "Your PIN is set.",
    "Your badge is registered and your PIN is set.",
)
DROPPED, HAD_NONE = "Your badge is good no more.", "You had no badge registered."


class BadgeOverlay(Overlay):
    """Password, badge by its reader, PIN twice; made anew each time, gone with Escape.

    Signals:
        told: (str) what was done.
    """

    told = Signal(str)

    def __init__(self, work: DatabaseWork, parent: QWidget) -> None:
        super().__init__(parent, CARD_WIDTH_PX)
        self._work = work
        self._badge: str | None = None
        self._saving = False
        self.heading = PlainLabel("My badge and PIN", self.card)
        self.words = PlainLabel(
            "With both you unlock and take over a workstation, for a shift after your password.",
            self.card,
        )
        self.password, self.pin, self.again = (
            QLineEdit(self.card, echoMode=QLineEdit.EchoMode.Password, maxLength=length)
            for length in (200, LONGEST_PIN, LONGEST_PIN)
        )
        self.notice = NoticeBar(self.card)
        self.save_button = QPushButton("Keep (Ctrl+Enter)", self.card)
        self.drop_button = WrappingButton("My badge is lost: make it good no more", self.card)
        self.leave_button = QPushButton("Leave (Esc)", self.card)
        self.reader = BadgeReader(self)
        self.badge_words = BadgeField(NOT_READ, self.pin, self.reader, self.card)
        self._lay_out()
        self._connect()

    @override
    def open(self) -> None:
        super().open()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def shut(self) -> None:
        if self._saving:
            return
        super().shut()
        self.deleteLater()

    def save(self) -> None:
        """Keep what was read and typed, when it is as it must be; once at a time."""
        if self._saving or not self._is_complete():
            return
        pin = self.pin.text() or None
        done = KEPT_BOTH if self._badge and pin else (KEPT_BADGE if self._badge else KEPT_PIN)
        self._set_saving(saving=True)
        reply = Reply(lambda _none: self._finish(done), self._fail)
        self._work.command(
            self, "staff", reply, keep_badge_and_pin, self.password.text(), self._badge, pin
        )

    def _drop(self) -> None:
        if self._saving:
            return
        self._set_saving(saving=True)
        reply = Reply(lambda had: self._finish(DROPPED if had else HAD_NONE), self._fail)
        self._work.command(self, "staff", reply, drop_badge)

    def _is_complete(self) -> bool:
        """Whether the server can be asked; says what is missing and goes there."""
        pin, again = self.pin.text(), self.again.text()
        nothing = "Hold your badge to the reader, or choose a PIN."
        for line, words in (
            (self.password, "" if self.password.text() else "Type your password."),
            (self.pin, "" if self._badge or pin else nothing),
            (self.pin, pin_words(pin) if pin else ""),
            (self.again, "" if again == pin else "The two PINs are not the same. Type it again."),
        ):
            if words:
                self._complain(line, words)
                return False
        return True

    def _complain(self, line: QLineEdit, words: str) -> None:
        self.notice.tell(PROBLEM, words)
        line.selectAll()
        line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_badge(self, badge: str) -> None:
        self._badge = badge
        self.badge_words.setText(READ)
        line = self.pin if self.password.text() else self.password
        line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _next(self) -> None:
        """Go to the next line that is empty, or on when none is; a badge comes before its PIN."""
        if self.password.hasFocus() and self.password.text() and not self._badge:
            self.badge_words.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        lines = (self.password, self.pin, self.again)
        needed = lines if self.pin.text() or not self._badge else lines[:1]
        for line in needed:
            if not line.text():
                line.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.save()

    def _finish(self, words: str) -> None:
        self._set_saving(saving=False)
        self.told.emit(words)
        self.shut()

    def _fail(self, error: WardError) -> None:
        self._set_saving(saving=False)
        line = self.password if isinstance(error, WrongOldPasswordError) else self.pin
        self._complain(line, str(error))

    def _set_saving(self, *, saving: bool) -> None:
        self._saving = saving
        for button in (self.save_button, self.drop_button):
            button.setEnabled(not saving)
        if saving:
            self.notice.clear()

    def _label(self, text: str, line: QLineEdit) -> PlainLabel:
        label = PlainLabel(text, self.card)
        label.setFont(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))
        label.setBuddy(line)
        line.setAccessibleName(text)
        line.setMinimumHeight(FIELD_HEIGHT_PX)
        return label

    def _lay_out(self) -> None:
        self.heading.setFont(theme.font(theme.TITLE_PX + 4, QFont.Weight.DemiBold))
        self.words.setWordWrap(True)
        theme.tint(self.words, "dim")
        self.save_button.setProperty("kind", "primary")
        self.save_button.setMinimumHeight(FIELD_HEIGHT_PX)
        for button in (self.drop_button, self.leave_button):
            button.setProperty("kind", "quiet")
        margin = 4 * theme.GRID_PX
        self.column.setContentsMargins(margin, margin // 2, margin, margin // 2)
        self.column.setSpacing(6)
        for widget in (
            self.heading, self.words,
            self._label("Password", self.password), self.password,
            self._label("Badge", self.badge_words), self.badge_words,
            self._label("PIN, 6 to 12 figures (empty: it stays as it is)", self.pin), self.pin,
            self._label("The PIN once more", self.again), self.again,
            self.notice, self.save_button, self.drop_button, self.leave_button,
        ):  # fmt: skip
            self.column.addWidget(widget)

    def _connect(self) -> None:
        figures = QRegularExpression(f"[0-9]{{0,{LONGEST_PIN}}}")
        for line in (self.pin, self.again):
            line.setValidator(QRegularExpressionValidator(figures, self))
        for line in (self.password, self.pin, self.again):
            line.returnPressed.connect(self._next)
        self.reader.read.connect(self._take_badge)
        self.badge_words.passed.connect(self.pin.setFocus)
        self.save_button.clicked.connect(self.save)
        self.save_button.setShortcut("Ctrl+Return")
        self.drop_button.clicked.connect(self._drop)
        self.leave_button.clicked.connect(self.shut)
