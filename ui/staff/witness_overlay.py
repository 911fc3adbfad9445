"""A second person proves to stand by, on the screen of the first: a card over what they do."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from typing_extensions import override

from ui import theme
from ui.background import DatabaseWork, Reply
from ui.notices import PROBLEM, NoticeBar
from ui.plain_text import PlainLabel
from ui.staff.badge_reader import TAKES_BADGE, BadgeReader
from ui.staff.password_card import CARD_WIDTH_PX, FIELD_HEIGHT_PX
from ui.widgets.overlay import Overlay
from ward_app.core.errors import WardError
from ward_app.staff.badge_service import witness
from ward_app.staff.badges import ByBadge, ByPassword, Witness


class WitnessOverlay(Overlay):
    """User name and password, or badge and PIN; Enter goes on. Made anew for each act.

    What was typed for the act stays as it is behind it. Secrets leave the lines only towards the
    server; they are never kept or logged.

    Signals:
        witnessed: (Witness) somebody else stands by; the proof is good for two minutes.
    """

    witnessed = Signal(object)

    def __init__(self, work: DatabaseWork, command_id: UUID, act: str, parent: QWidget) -> None:
        """Ask for a witness of one command.

        Args:
            work: the lane of the person who acts.
            command_id: id of what is to be done; the proof is good for nothing else.
            act: what it is, with the patient's name, as the witness must read it.
            parent: covered by the card, which a lock covers in turn.
        """
        super().__init__(parent, CARD_WIDTH_PX)
        self._work, self._command_id = work, command_id
        self._badge: str | None = None
        self._asking = False
        self.heading = PlainLabel("A second person as witness", self.card)
        self.act = PlainLabel(act, self.card)
        self.words = PlainLabel(parent=self.card)
        self.who = QLineEdit(self.card, maxLength=100)
        self.secret = QLineEdit(self.card, echoMode=QLineEdit.EchoMode.Password, maxLength=200)
        self._who_label = self._label("User name of the witness", self.who)
        self._secret_label = self._label("Password", self.secret)
        self.notice = NoticeBar(self.card)
        self.go_on = QPushButton("I stand by this", self.card)
        self.leave_button = QPushButton("No witness (Esc)", self.card)
        self.reader = BadgeReader(self)
        self._lay_out()
        self._connect()
        self._show_badge(None)

    @override
    def open(self) -> None:
        super().open()
        self.who.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def shut(self) -> None:
        if self._asking:
            return
        for line in (self.who, self.secret):
            line.clear()
        super().shut()
        self.deleteLater()

    def attempt(self) -> None:
        """Prove the witness; once at a time."""
        if self._asking:
            return
        who, secret = self.who.text().strip(), self.secret.text()
        if self._badge is None and not who:
            self.who.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if not secret:
            self.secret.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        second = ByPassword(who, secret) if self._badge is None else ByBadge(self._badge, secret)
        self._set_asking(asking=True)
        reply = Reply(self._succeed, self._fail)
        self._work.command(self, "staff", reply, witness, self._command_id, second)

    def _show_badge(self, badge: str | None) -> None:
        """Ask for the PIN of a badge that was read, or for name and password."""
        self._badge = badge
        by_badge = badge is not None
        self.words.setText(
            "Badge read. The witness types the PIN."
            if by_badge
            else "The witness types user name and password, or holds a badge to the reader."
        )
        for widget in (self._who_label, self.who):
            widget.setHidden(by_badge)
        self._secret_label.setText("PIN" if by_badge else "Password")
        self.secret.setAccessibleName("PIN" if by_badge else "Password")
        self.secret.clear()
        self.secret.setProperty(TAKES_BADGE, by_badge)
        if by_badge:
            self.notice.clear()
            self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_badge(self, badge: str) -> None:
        if not self._asking:
            self._show_badge(badge)

    def _succeed(self, proved: Witness) -> None:
        self._set_asking(asking=False)
        self.shut()
        self.witnessed.emit(proved)

    def _fail(self, error: WardError) -> None:
        self._set_asking(asking=False)
        self._show_badge(None)
        self.notice.tell(PROBLEM, str(error))
        line = self.secret if self.who.text() else self.who
        line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_asking(self, *, asking: bool) -> None:
        self._asking = asking
        self.go_on.setEnabled(not asking)
        self.go_on.setText("Checking…" if asking else "I stand by this")
        for line in (self.who, self.secret):
            line.setReadOnly(asking)
        if asking:
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
        self.act.setFont(theme.font(theme.BODY_PX, QFont.Weight.DemiBold))
        for label in (self.act, self.words):
            label.setWordWrap(True)
        theme.tint(self.words, "dim")
        self.go_on.setProperty("kind", "primary")
        self.go_on.setMinimumHeight(FIELD_HEIGHT_PX)
        self.leave_button.setProperty("kind", "quiet")
        margin = 4 * theme.GRID_PX
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(theme.GRID_PX)
        for widget in (
            self.heading, self.act, self.words, self._who_label, self.who, self._secret_label,
            self.secret, self.notice, self.go_on, self.leave_button,
        ):  # fmt: skip
            self.column.addWidget(widget)

    def _connect(self) -> None:
        self.who.returnPressed.connect(self.secret.setFocus)
        self.secret.returnPressed.connect(self.attempt)
        self.reader.read.connect(self._take_badge)
        self.go_on.clicked.connect(self.attempt)
        self.leave_button.clicked.connect(self.shut)
