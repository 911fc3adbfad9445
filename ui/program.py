"""The program while it runs: who is signed in, what listens, what locks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from ui import theme
from ui.background import DatabaseWork, Lane, Reply
from ui.context import Context, Place, utc_now
from ui.finding import places_of
from ui.idle import IdleWatch
from ui.listener import ChangeListener
from ui.main_window import MainWindow
from ui.outage import Outage, serve
from ui.preferences import Preferences
from ui.question import ask
from ui.seats import Seat
from ui.staff.front_door import Access, Entry, FrontDoor
from ui.staff.last_visit import last_visit_words
from ui.staff.lock_screen import LockScreen
from ui.staff.sign_in_panel import SignInPanel, keep_last_place
from ui.warm_up import WarmUp
from ui.workplace import PanelSpec, Workplace
from ward_app.core.database import Actor, load_driver
from ward_app.core.errors import WardError
from ward_app.staff.service import touch
from ward_app.staff.types import PasswordChange, SignedIn

LEFT_ALONE = "Nobody used the program for a while."
CHANGED = "Your password is changed. You are signed out at other workstations."
ASKED_FOR = "The screen was locked by hand."
# until what can wait begins: a first panel that was read is painted by then; one that is not
# read that soon is not waited for
_PAINTED_MS = 50
_LONGEST_WAIT_MS = 1_000


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Which panels there are, and how what one asks for reaches the others.

    Attributes:
        later: modules to import once the window is there, the most urgent first.
    """

    panels: Sequence[PanelSpec]
    connect: Callable[[Workplace], object]
    later: Sequence[str] = ()


class Program(QObject):
    """Holds the parts together; the window shows them.

    Signals:
        signed_in: (Workplace) somebody came in and sees their panels.
        signed_out: nobody is signed in any more.
        left: the screen was locked, or nobody is signed in any more.
        ending: the window is gone; whatever is waited for is not waited for any more.
        closed: the window was closed and every thread has ended.
    """

    signed_in = Signal(object)
    signed_out = Signal()
    left = Signal()
    ending = Signal()
    closed = Signal()

    def __init__(
        self,
        access: Callable[[], Access],
        arrangement: Arrangement,
        preferences: Preferences,
        *,
        environment: str,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__()
        self._arrangement, self._preferences, self._clock = arrangement, preferences, clock
        self._environment = environment
        self._door = FrontDoor(access, environment)
        self._lane = Lane(self)
        self._warm_up = WarmUp(arrangement.later, self)
        self._unhurried = QTimer(self, singleShot=True)
        self._unhurried.timeout.connect(self._do_what_can_wait)
        self.work: DatabaseWork | None = None
        self.listener: ChangeListener | None = None
        self.idle = IdleWatch(clock, self)
        self.idle.left_alone.connect(lambda: self.lock(LEFT_ALONE))
        self.idle.used.connect(self._touch)
        make_sign_in = partial(SignInPanel, self._lane, self._door, preferences)
        self.window = MainWindow(make_sign_in, preferences)
        self.outage = Outage(self.window, self._lane, clock, self)
        self.outage.sign_in_needed.connect(self.lock)
        self.window.sign_in.done.connect(self._begin)
        self.window.closing.connect(self.close)

    def start(self) -> None:
        """Open the window on the sign-in screen and connect."""
        self.window.show_environment(self._environment)
        self.window.open()
        # the driver first, and on the worker: it takes as long as the window. What is imported
        # here meanwhile would wait for its parts
        go_on = Reply(lambda _none: self._warm_up.go_on(), lambda _error: self._warm_up.go_on())
        self._lane.ask(self, go_on, load_driver)
        self.window.sign_in.card.connect_first()

    def sign_in(self, login: str, password: str) -> None:
        """Sign in somebody whose password is known already (the demo)."""
        self.window.sign_in.sign_in(login, password)

    def lock(self, reason: str) -> None:
        """Hide everything until the person signed in proves to be there."""
        self.idle.stop()
        self._forget_keys()
        self._forget_reference()
        self.window.lock(reason)
        self.left.emit()

    def sign_out(self) -> None:
        """Sign out, asking first when something typed is not saved."""
        question = "An entry is not saved. Sign out and lose it?"
        if self.window.has_unsaved_entry and not ask(
            self.window, question, "Sign out and lose it"
        ):
            return
        self._end()

    def close(self) -> None:
        """End every thread; the window is gone from the screen before."""
        self.window.hide()
        self.ending.emit()
        self._end()
        for listener in self.findChildren(ChangeListener):
            listener.stop()
        for lane in self.findChildren(Lane):
            lane.close()
        self._door.close()
        self.closed.emit()

    def _begin(self, entry: Entry, place: Place) -> None:
        seat = self.window.kept_seats.take(entry.signed_in.user_id)
        if seat is not None:
            self._come_back(entry, seat)
            return
        self._warm_up.rest()
        serve(entry)
        self.work = DatabaseWork(entry.database, entry.actor, self, ladder=entry.ladder)
        self.work.sign_in_lost.connect(self._lose_session)
        context = Context(
            work=self.work,
            keys=entry.keys,
            signed_in=entry.signed_in,
            wards=entry.wards,
            clock=self._clock,
        )
        pages = self.window.pages
        workplace = Workplace(context, place, self._arrangement.panels, pages)
        workplace.alert_sound = self._preferences.alert_sound
        workplace.alert_sound_changed.connect(self._keep_alert_sound)
        self._arrangement.connect(workplace)
        workplace.lock_asked.connect(lambda: self.lock(ASKED_FOR))
        workplace.sign_out_asked.connect(self.sign_out)
        workplace.scheme_asked.connect(self._change_scheme)
        workplace.password_asked.connect(self._change_password)
        workplace.badge_asked.connect(self._keep_badge)
        workplace.place_changed.connect(
            lambda place: keep_last_place(self._preferences, entry, place)
        )
        lock_screen = LockScreen(self._lane, self._door, entry.signed_in, pages)
        workplace.alerts_changed.connect(lock_screen.show_alerts)
        lock_screen.card.entered.connect(self._unlock)
        lock_screen.card.another_person.connect(self._make_room)
        workplace.pulse.server_moved.connect(workplace.show_problem)
        workplace.pulse.follow(entry.database.events)
        self._listen_later(entry, workplace)
        self.window.take_in(workplace, lock_screen)
        self.outage.begin(entry, self.work, workplace)
        # made and shown in one turn it would keep the window for 50 ms
        QTimer.singleShot(0, workplace, partial(self._show, entry, workplace, lock_screen))

    def _show(self, entry: Entry, workplace: Workplace, lock_screen: LockScreen) -> None:
        """Show a person who came in their workplace, unless they left or locked it meanwhile."""
        if self.window.workplace is not workplace:
            return
        self.window.show_environment(self._environment, entry.signed_in.environment)
        self._tell_last_visit(entry.signed_in)
        if not self.window.is_locked:
            self._watch(entry)
            self.window.show_again(workplace, lock_screen)
        self.signed_in.emit(workplace)

    def _tell_last_visit(self, person: SignedIn) -> None:
        workplace = self.window.workplace
        if workplace is not None:
            words = last_visit_words(person, workplace.place.zone, self._clock())
            if words:
                workplace.outcome.mention(words, caution=bool(person.failures_since))

    def _change_password(self) -> None:
        """Open the card for another password over what is in view."""
        from ui.staff.password_overlay import PasswordOverlay  # noqa: PLC0415 - rarely

        workplace, work = self.window.workplace, self.work
        if workplace is None or work is None or work.actor is None:
            return
        person = workplace.context.signed_in
        change = PasswordChange(
            token=work.actor.token,
            login=person.login,
            display_name=person.display_name,
            is_asked=True,
        )
        overlay = PasswordOverlay(self._lane, self._door, change, workplace)
        overlay.new_password.changed.connect(lambda _none: workplace.notify(CHANGED))
        overlay.open()

    def _keep_badge(self) -> None:
        """Open the card for the own badge and PIN over what is in view."""
        from ui.staff.badge_overlay import BadgeOverlay  # noqa: PLC0415 - rarely

        workplace = self.window.workplace
        if workplace is not None and self.work is not None:
            overlay = BadgeOverlay(self.work, workplace)
            overlay.told.connect(workplace.notify)
            overlay.open()

    def _listen_later(self, entry: Entry, workplace: Workplace) -> None:
        """Listen once the first panel is painted; nothing is missed, all is read anew then."""
        self.listener = ChangeListener(entry.listener, entry.reference, self)
        workplace.pulse.hear(self.listener)
        for answered in (workplace.panel.loaded, workplace.panel.load_failed):
            answered.connect(self._hurry, Qt.ConnectionType.SingleShotConnection)
        self._unhurried.start(_LONGEST_WAIT_MS)

    def _hurry(self, _answer: object) -> None:
        if self._unhurried.isActive():
            self._unhurried.start(_PAINTED_MS)

    def _do_what_can_wait(self) -> None:
        self._warm_up.go_on()
        if self.listener is not None:
            self.listener.start()

    def _watch(self, entry: Entry) -> None:
        self.idle.start(timedelta(minutes=entry.signed_in.idle_lock_minutes))

    def _unlock(self, entry: Entry) -> None:
        workplace = self.window.workplace
        if self.work is None or workplace is None:
            return
        if entry.signed_in.user_id != workplace.context.signed_in.user_id:
            self._take_over(entry, workplace)
            return
        if entry.is_offline:
            # the server knows nothing of this: what was proved before counts when it is back
            self.window.unlock()
            self._watch(entry)
            return
        before = self.work.actor
        self._forget_reference()
        # the listener goes on for the same person
        kept = before.reference if before is not None else None
        self.work.act_as(replace(entry.actor, reference=kept))
        self.outage.unlock(entry)
        self.window.unlock()
        self._watch(entry)
        if entry.signed_in.failures_since:
            self._tell_last_visit(entry.signed_in)
        if before is not None:
            self._leave(before)

    def _take_over(self, entry: Entry, before: Workplace) -> None:
        """Show another person what the one before had in view, as far as their rights go."""
        key, wanted = before.shown_key, before.place.name
        places = places_of(entry.signed_in, entry.wards)
        self._make_room()
        place = next((place for place in places if place.name == wanted), places[0])
        self._begin(entry, place)
        after = self.window.workplace
        if after is not None and after.context.signed_in == entry.signed_in and after.offers(key):
            after.show_panel(key)

    def _come_back(self, entry: Entry, seat: Seat) -> None:
        """Show a person what they left here, not saved, when somebody else took over."""
        self.work = seat.work
        serve(entry)
        seat.work.act_as(entry.actor)
        seat.wake()
        self._listen_later(entry, seat.workplace)
        self.outage.begin(entry, seat.work, seat.workplace)
        self.window.show_environment(self._environment, entry.signed_in.environment)
        self.window.show_again(seat.workplace, seat.lock_screen)
        self._watch(entry)
        seat.workplace.refresh()
        if seat.workplace.sheets.sheet is not None:
            seat.workplace.sheets.sheet.focus_first()
        seat.workplace.notify("What you had not saved here is still open.")
        self.signed_in.emit(seat.workplace)

    def _make_room(self) -> None:
        """Sign out for another person; what is not saved is kept for its author."""
        workplace, lock_screen = self.window.workplace, self.window.lock_screen
        if self.work is not None and workplace is not None and lock_screen is not None:
            seat = Seat(self.work, workplace, lock_screen)
            if seat.holds_something:
                self._forget_keys()
                self.window.kept_seats.keep(seat)
                self.window.set_aside()
        self._end()

    def _lose_session(self, error: WardError) -> None:
        # a save of somebody who left may be told late; it is no news of who is here now
        if self.sender() is self.work:
            self.lock(str(error))

    def _end(self) -> None:
        """Sign out and show the sign-in screen; a save that still runs is finished."""
        self.idle.stop()
        self._forget_keys()
        self._unhurried.stop()
        work, self.work = self.work, None
        actor = work.actor if work is not None else None
        self.outage.end(partial(self._door.leave, actor) if actor is not None else None)
        listener, self.listener = self.listener, None
        if listener is not None:
            # not waited for: a server that hangs would keep it for seconds
            listener.leave()
        is_kept = self.window.workplace is None
        self.window.show_sign_in()
        if work is None:
            return
        if not is_kept:
            work.retire()
        self.window.show_environment(self._environment)
        self.signed_out.emit()
        self.left.emit()

    def _forget_keys(self) -> None:
        if self.window.workplace is not None:
            self.window.workplace.context.keys.forget()

    def _forget_reference(self) -> None:
        actor = self.work.actor if self.work is not None else None
        if actor is not None and actor.reference is not None:
            actor.reference.forget()

    def _leave(self, actor: Actor) -> None:
        self._lane.ask(self, Reply(lambda _none: None), self._door.leave, actor)

    def _touch(self) -> None:
        if self.work is not None:
            self.work.keep(self, Reply(lambda _none: None, lambda _error: None), touch)

    def _keep_alert_sound(self, sound_on: bool) -> None:  # noqa: FBT001 - a signal's argument
        self._preferences.alert_sound = sound_on

    def _change_scheme(self) -> None:
        dark = theme.scheme() is theme.Scheme.DARK
        wanted = theme.Scheme.LIGHT if dark else theme.Scheme.DARK
        self._preferences.scheme = wanted
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, wanted)
