"""The sign-in screen: user name, password, then the ward."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QStackedLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.background import Lane, Reply
from ui.context import Place
from ui.finding import places_of
from ui.notices import CAUTION
from ui.plain_text import PlainLabel
from ui.preferences import WHOLE_HOSPITAL, Preferences
from ui.staff.badge_reader import BadgeReader
from ui.staff.front_door import Entry, FrontDoor
from ui.staff.password_card import PasswordCard, centre
from ui.staff.ward_choice import WardChoice
from ward_app.core.errors import KeyringLockedError, PassphraseNeededError, WardError

if TYPE_CHECKING:
    from ui.staff.new_password_card import NewPasswordCard
    from ui.staff.passphrase_card import PassphraseCard
    from ui.staff.pin_card import PinCard
    from ward_app.staff.types import PasswordChange

MARK_PX = 48
NOT_MADE = -2
WAITING = (
    "Waiting for the keyring. Type its password in the window that it opened; it may be behind "
    "this one."
)


class SignInCard(PasswordCard):
    """Asks for user name and password; before that, for what keeps the database from opening.

    Signals:
        passphrase_needed: (PassphraseNeededError) the workstation's own secrets are sealed.
    """

    passphrase_needed = Signal(object)

    button_text = "Sign in"

    def __init__(self, lane: Lane, door: FrontDoor, parent: QWidget | None = None) -> None:
        super().__init__(lane, door, parent)
        self.user_name = QLineEdit(self, maxLength=100)
        # below what went wrong, not beside it: the card is narrow and the sentences are long
        self.go_on = QPushButton(self)
        self._on_go: Callable[[], None] | None = None
        self._mark = PlainLabel(parent=self)
        self._draw_mark()
        self.column.insertWidget(0, self._mark)
        self.heading.setText("Ward App")
        self.words.setText(
            "Sign in with your hospital user name, or hold your badge to the reader."
        )
        self.add_field("User name", self.user_name)
        self.add_password_and_button()
        self.column.insertWidget(self.column.indexOf(self.notice) + 1, self.go_on)
        # the buttons that come with a notice must not come between name and password
        self.setTabOrder(self.user_name, self.password)
        self.setTabOrder(self.password, self.enter_button)
        self.go_on.clicked.connect(self._go)
        self._offer(None)

    @property
    @override
    def login(self) -> str:
        return self.user_name.text().strip()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_mark"):
            self._draw_mark()

    def connect_first(self) -> None:
        """Open the database before anybody types, so that a missing setting shows at once.

        Whoever types faster than that is signed in after it.
        """
        self.show_connecting(connecting=True)
        self._lane.ask(self, Reply(self._ready, self._not_ready), self._door.open)

    @override
    def show_problem(self, error: WardError) -> None:
        self._offer(None)
        if isinstance(error, PassphraseNeededError):
            self.notice.clear()
            self.passphrase_needed.emit(error)
            return
        super().show_problem(error)
        if isinstance(error, KeyringLockedError):
            self._offer(partial(self._unlock_keyring, error), "Unlock keyring (F5)")

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F5:
            self._go()
        else:
            super().keyPressEvent(event)

    def begin(self) -> None:
        """Empty the card for the next person."""
        self.user_name.clear()
        self.password.clear()
        self.notice.clear()
        self._offer(None)
        self.user_name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw_mark(self) -> None:
        self._mark.setPixmap(theme.drawing("mark", MARK_PX, colour_name="accent"))

    @override
    def _go_to_what_is_missing(self) -> None:
        missing = self.password if self.login else self.user_name
        missing.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ready(self, _database: object) -> None:
        self.notice.clear()
        self._offer(None)
        self.show_connecting(connecting=self.is_attempting)

    def _not_ready(self, error: WardError) -> None:
        self.show_connecting(connecting=self.is_attempting)
        if isinstance(error, KeyringLockedError | PassphraseNeededError):
            self.show_problem(error)
        else:
            self.notice.show_problem(error)
            self._offer(self.connect_first, "Try again (F5)")

    def _offer(self, go: Callable[[], None] | None, words: str = "") -> None:
        """Offer what mends the problem that is told, None = nothing does."""
        self._on_go = go
        self.go_on.setText(words)
        self.go_on.setVisible(go is not None)

    def _go(self) -> None:
        if self._on_go is not None:
            self._on_go()

    def _unlock_keyring(self, locked: KeyringLockedError) -> None:
        self._offer(None)
        self.notice.tell(CAUTION, WAITING)
        self._lane.ask(self, Reply(self._unlocked, self._not_ready), locked.unlock)

    def _unlocked(self, _answer: object) -> None:
        self.notice.clear()
        self.connect_first()


class SignInPanel(QWidget):
    """Sign-in, then the ward when there is more than one to choose from.

    Signals:
        done: (Entry, Place) somebody signed in and chose where to work.
    """

    done = Signal(object, object)

    def __init__(
        self,
        lane: Lane,
        door: FrontDoor,
        preferences: Preferences,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._lane, self._door, self._preferences = lane, door, preferences
        self._entry: Entry | None = None
        self._pages = QStackedLayout(self)
        self._ward_page = self._password_page = self._pin_page = self._seal_page = NOT_MADE
        self.reader = BadgeReader(self)
        self.reader.read.connect(self._ask_pin)
        page = QWidget(self)
        self.card = SignInCard(lane, door, page)
        centre(self.card, page)
        self._pages.addWidget(page)
        self.card.entered.connect(self._choose_ward)
        self.card.change_required.connect(self._choose_password)
        self.card.passphrase_needed.connect(self._ask_passphrase)
        self.setFocusProxy(self.card.user_name)

    @cached_property
    def ward_choice(self) -> WardChoice:
        """The question for the ward; most people work on one and are never asked."""
        page = QWidget(self)
        choice = WardChoice(page)
        centre(choice, page)
        self._ward_page = self._pages.addWidget(page)
        choice.chosen.connect(self._finish)
        return choice

    @property
    def is_choosing_ward(self) -> bool:
        """Whether the password was right and the ward is asked for."""
        return self._pages.currentIndex() == self._ward_page

    @cached_property
    def new_password(self) -> NewPasswordCard:
        """The question for a new password, for who comes with one that was given or ran out."""
        from ui.staff.new_password_card import NewPasswordCard  # noqa: PLC0415 - few ever see it

        page = QWidget(self)
        card = NewPasswordCard(self._lane, self._door, page)
        centre(card, page)
        self._password_page = self._pages.addWidget(page)
        card.changed.connect(self._choose_ward)
        card.left.connect(self.begin)
        return card

    @cached_property
    def pin(self) -> PinCard:
        """The question for the PIN, once a badge was read."""
        from ui.staff.pin_card import PinCard  # noqa: PLC0415 - with a badge

        page = QWidget(self)
        card = PinCard(self._lane, self._door, page)
        centre(card, page)
        self._pin_page = self._pages.addWidget(page)
        card.entered.connect(self._go_to_last_ward)
        card.left.connect(self.begin)
        card.password_needed.connect(self._need_password)
        return card

    @cached_property
    def passphrase(self) -> PassphraseCard:
        """The question for the workstation's passphrase, where its secrets are sealed."""
        from ui.staff.passphrase_card import PassphraseCard  # noqa: PLC0415 - few have one

        page = QWidget(self)
        card = PassphraseCard(self._lane, self._door, page)
        centre(card, page)
        self._seal_page = self._pages.addWidget(page)
        card.entered.connect(self._connect_again)
        return card

    def begin(self) -> None:
        """Ask the next person for user name and password."""
        self._entry = None
        self._pages.setCurrentIndex(0)
        self.card.begin()

    def sign_in(self, login: str, password: str) -> None:
        """Sign in somebody whose password is known already (the demo)."""
        self.card.user_name.setText(login)
        self.card.password.setText(password)
        self.card.attempt()

    def _choose_password(self, change: PasswordChange, typed: str) -> None:
        card = self.new_password
        self._pages.setCurrentIndex(self._password_page)
        card.begin(change, typed)

    def _ask_pin(self, badge: str) -> None:
        if self.card.is_attempting or self._pages.currentIndex() not in {0, self._pin_page}:
            return
        card = self.pin
        self._pages.setCurrentIndex(self._pin_page)
        card.begin(badge)

    def _ask_passphrase(self, needed: PassphraseNeededError) -> None:
        card = self.passphrase
        self._pages.setCurrentIndex(self._seal_page)
        card.begin(needed)

    def _connect_again(self, _opened: object) -> None:
        self._pages.setCurrentIndex(0)
        self.card.connect_first()
        self.card.user_name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _need_password(self, error: WardError) -> None:
        self.begin()
        self.card.notice.show_problem(error)

    def _go_to_last_ward(self, entry: Entry) -> None:
        """Ask nothing more of who came by badge: Ctrl+W shows another ward."""
        self._entry = entry
        self._finish(self._preferred(entry, places_of(entry.signed_in, entry.wards)))

    def _choose_ward(self, entry: Entry) -> None:
        self._entry = entry
        places = places_of(entry.signed_in, entry.wards)
        preferred = self._preferred(entry, places)
        if len(entry.signed_in.wards) <= 1:
            self._finish(places[0])
            return
        self.ward_choice.offer(entry.signed_in.display_name, places, preferred)
        self._pages.setCurrentIndex(self._ward_page)
        self.ward_choice.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _preferred(self, entry: Entry, places: tuple[Place, ...]) -> Place:
        last = self._preferences.last_place(entry.signed_in.user_id)
        for place in places:
            if place.whole_hospital and last == WHOLE_HOSPITAL:
                return place
            if place.ward_ids == (last,):
                return place
        return places[0]

    def _finish(self, place: Place) -> None:
        entry, self._entry = self._entry, None
        if entry is None:
            return
        keep_last_place(self._preferences, entry, place)
        self.done.emit(entry, place)


def keep_last_place(preferences: Preferences, entry: Entry, place: Place) -> None:
    """Remember where a person works, for the next sign-in on this workstation."""
    kept = WHOLE_HOSPITAL if place.whole_hospital else place.wards[0].id
    preferences.keep_last_place(entry.signed_in.user_id, kept)
