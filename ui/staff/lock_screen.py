"""The lock screen: nothing of a patient in view, everything typed still there behind it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.background import Lane
from ui.plain_text import PaddedLabel, PlainLabel
from ui.staff.badge_field import BadgeField
from ui.staff.badge_reader import BadgeReader
from ui.staff.front_door import Entry, FrontDoor
from ui.staff.password_card import PasswordCard, centre
from ui.widgets.pages import Pages
from ward_app.core.errors import WardError
from ward_app.staff.types import PasswordChange, SignedIn

if TYPE_CHECKING:
    from ui.staff.new_password_card import NewPasswordCard
    from ui.staff.pin_card import PinCard

HOLD_BADGE = "Hold it to the reader, or type the password"
BADGE_HINT = "Your badge unlocks; a colleague's takes over here. Both ask for the PIN."


class LockCard(PasswordCard):
    """Asks the person signed in for the password; another person may sign in instead.

    Signals:
        another_person: the person signed in is to be signed out.
    """

    another_person = Signal()

    button_text = "Unlock"

    def __init__(
        self,
        lane: Lane,
        door: FrontDoor,
        signed_in: SignedIn,
        parent: QWidget,
        reader: BadgeReader,
    ) -> None:
        super().__init__(lane, door, parent)
        self._signed_in = signed_in
        self.badge = BadgeField(HOLD_BADGE, self.password, reader, self)
        self.another_button = QPushButton("Another person", self)
        self.another_button.setProperty("kind", "quiet")
        self.another_button.setToolTip(
            "Sign out and let another person sign in; what is not saved is kept"
        )
        self.another_button.clicked.connect(self._another)
        self.heading.setText("Locked")
        self.add_field("Badge", self.badge)
        self.add_password_and_button()
        self.badge.passed.connect(self._go_to_what_is_missing)
        self.column.addWidget(self.another_button)
        self.badge_hint = PlainLabel(BADGE_HINT, self)
        self.badge_hint.setWordWrap(True)
        theme.tint(self.badge_hint, "dim")
        self.column.addWidget(self.badge_hint)

    @property
    @override
    def login(self) -> str:
        return self._signed_in.login

    def begin(self, reason: str, *, unsaved: bool) -> None:
        """Ask for the password, saying why the screen is locked."""
        name = self._signed_in.display_name
        kept = " What you typed is kept." if unsaved else ""
        self.words.setText(f"{reason} {name} is signed in.{kept}")
        self.notice.clear()
        self.password.clear()
        self.badge.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def show_problem(self, error: WardError) -> None:
        super().show_problem(error)
        # a badge held now must not count as another wrong password; what a hand types gets there
        self.badge.setFocus(Qt.FocusReason.OtherFocusReason)

    def _another(self) -> None:
        self.another_person.emit()


_ALERTS_PADDING = (0, 2 * theme.GRID_PX, 0, 2 * theme.GRID_PX)


class LockScreen(QWidget):
    """The page that stands in front of everything while locked."""

    def __init__(
        self, lane: Lane, door: FrontDoor, signed_in: SignedIn, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._lane, self._door = lane, door
        self._pages = Pages(self)
        self._password_page = self._pin_page = 0
        self.reader = BadgeReader(self)
        self.reader.read.connect(self._ask_pin)
        page = QWidget(self._pages)
        self._pages.addWidget(page)
        self.card = LockCard(lane, door, signed_in, page, self.reader)
        self.card.change_required.connect(self._choose_password)
        self.alerts = PaddedLabel(_ALERTS_PADDING, parent=self)
        self.alerts.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.alerts.setFont(theme.font(theme.TITLE_PX, QFont.Weight.DemiBold))
        theme.tint(self.alerts, "problem", "problem_ground")
        self.alerts.hide()
        centre(self.card, page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.alerts)
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self.card.badge)

    @cached_property
    def new_password(self) -> NewPasswordCard:
        """The question for a new password, when it ran out or was reset meanwhile."""
        from ui.staff.new_password_card import NewPasswordCard  # noqa: PLC0415 - few ever see it

        page = QWidget(self._pages)
        self._password_page = self._pages.addWidget(page)
        card = NewPasswordCard(self._lane, self._door, page)
        centre(card, page)
        card.changed.connect(self._come_in)
        card.left.connect(self._ask_again)
        return card

    @cached_property
    def pin(self) -> PinCard:
        """The question for the PIN, once a badge was read."""
        from ui.staff.pin_card import PinCard  # noqa: PLC0415 - with a badge

        page = QWidget(self._pages)
        self._pin_page = self._pages.addWidget(page)
        card = PinCard(self._lane, self._door, page)
        centre(card, page)
        card.entered.connect(self._come_in)
        card.left.connect(self._ask_again)
        card.password_needed.connect(self._need_password)
        return card

    def _ask_pin(self, badge: str) -> None:
        is_choosing = self._pages.currentIndex() not in {0, self._pin_page}
        if self.card.is_attempting or is_choosing:
            return
        card = self.pin
        self._pages.setCurrentIndex(self._pin_page)
        card.begin(badge)

    def _need_password(self, error: WardError) -> None:
        self._ask_again()
        self.card.show_problem(error)
        self.card.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_password(self, change: PasswordChange, typed: str) -> None:
        card = self.new_password
        self._pages.setCurrentIndex(self._password_page)
        card.begin(change, typed)

    def _come_in(self, entry: Entry) -> None:
        self._ask_again()
        self.card.entered.emit(entry)

    def _ask_again(self) -> None:
        self._pages.setCurrentIndex(0)
        self.card.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_alerts(self, words: str) -> None:
        """Say how many alerts which wards have, and nothing of a patient; empty for none."""
        self.alerts.setText(f"◆ {words}" if words else "")
        self.alerts.setVisible(bool(words))
