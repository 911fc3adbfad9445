"""The sign-in screen: user name, password, then the ward."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QStackedLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.background import Lane, Reply
from ui.context import Place
from ui.finding import places_of
from ui.notices import NoticeAction
from ui.plain_text import PlainLabel
from ui.preferences import WHOLE_HOSPITAL, Preferences
from ui.staff.badge_reader import BadgeReader
from ui.staff.front_door import Entry, FrontDoor
from ui.staff.password_card import PasswordCard, centre
from ui.staff.ward_choice import WardChoice
from ward_app.core.errors import WardError

if TYPE_CHECKING:
    from ui.staff.new_password_card import NewPasswordCard
    from ui.staff.pin_card import PinCard
    from ward_app.staff.types import PasswordChange

MARK_PX = 48
NOT_MADE = -2


class SignInCard(PasswordCard):
    """Asks for user name and password."""

    button_text = "Sign in"

    def __init__(self, lane: Lane, door: FrontDoor, parent: QWidget | None = None) -> None:
        super().__init__(lane, door, parent)
        self.user_name = QLineEdit(self, maxLength=100)
        self._mark = PlainLabel(parent=self)
        self._draw_mark()
        self.column.insertWidget(0, self._mark)
        self.heading.setText("Ward App")
        self.words.setText(
            "Sign in with your hospital user name, or hold your badge to the reader."
        )
        self.add_field("User name", self.user_name)
        self.add_password_and_button()

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

    def begin(self) -> None:
        """Empty the card for the next person."""
        self.user_name.clear()
        self.password.clear()
        self.notice.clear()
        self.user_name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw_mark(self) -> None:
        mark = theme.icon("mark", colour_name="accent")
        self._mark.setPixmap(mark.pixmap(QSize(MARK_PX, MARK_PX)))

    @override
    def _go_to_what_is_missing(self) -> None:
        missing = self.password if self.login else self.user_name
        missing.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ready(self, _database: object) -> None:
        self.notice.clear()
        self.show_connecting(connecting=self.is_attempting)

    def _not_ready(self, error: WardError) -> None:
        self.show_connecting(connecting=self.is_attempting)
        self.notice.show_problem(error, NoticeAction("Try again", self.connect_first))


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
        self._ward_page = self._password_page = self._pin_page = NOT_MADE
        self.reader = BadgeReader(self)
        self.reader.read.connect(self._ask_pin)
        page = QWidget(self)
        self.card = SignInCard(lane, door, page)
        centre(self.card, page)
        self._pages.addWidget(page)
        self.card.entered.connect(self._choose_ward)
        self.card.change_required.connect(self._choose_password)
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
