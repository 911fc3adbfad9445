"""The window: bands, and one page at a time: sign-in, somebody's workplace, or the lock."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QClipboard, QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QToolTip, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.context import Place
from ui.freshness import Freshness, FreshnessState
from ui.paint_turn import PaintTurn
from ui.preferences import Preferences
from ui.question import ask
from ui.seats import KeptSeats
from ui.staff.lock_screen import LockScreen
from ui.staff.sign_in_panel import SignInPanel
from ui.widgets.bands import BandStack
from ui.widgets.pages import Pages
from ui.widgets.panel import STAYS_WHEN_LOCKED
from ui.widgets.sheet import Sheet
from ui.workplace import Workplace
from ward_app.core.errors import WardError

SMALLEST_PX = (1024, 640)
USUAL_PX = (1366, 768)


class MainWindow(QMainWindow):
    """Everything on screen. Locked, the workplace is not drawn at all; nothing in it is lost.

    Attributes:
        kept_seats: screens of people who left with something not saved.
        pages: parent of every page. A widget that gets another parent once it is there has its
            whole tree styled again, so pages and what is on them are made where they belong.

    Signals:
        closing: the window was closed for good.
    """

    closing = Signal()

    def __init__(
        self, make_sign_in: Callable[[QWidget], SignInPanel], preferences: Preferences
    ) -> None:
        super().__init__()
        central = QWidget(self)
        self.bands = BandStack(central)
        self.pages = Pages(central)
        self.sign_in = make_sign_in(self.pages)
        self.workplace: Workplace | None = None
        self.lock_screen: LockScreen | None = None
        self._preferences = preferences
        self._focus_before_lock: QWidget | None = None
        self.kept_seats = KeptSeats()
        self._hidden_windows: list[QWidget] = []
        self._environments: frozenset[str] = frozenset()
        self._outage = ""
        PaintTurn(self)
        self._lay_out(central)
        self.show_sign_in()

    @property
    def is_locked(self) -> bool:
        """Whether the lock screen is in front."""
        return self.lock_screen is not None and self.pages.currentWidget() is self.lock_screen

    @property
    def has_unsaved_entry(self) -> bool:
        """Whether something typed is not saved."""
        return self.workplace is not None and self.workplace.has_unsaved_entry

    def show_environment(self, *environments: str) -> None:
        """Show the bands of these environments on every page; production has none."""
        self._environments = frozenset(environments)
        self.bands.show_bands(self._environments | ({"offline"} if self._outage else set()))

    def set_aside(self) -> None:
        """Show the screen of nobody; its pages stay, undrawn, until somebody shows them again."""
        self.pages.setCurrentWidget(self.sign_in)
        for window in QApplication.topLevelWidgets():
            # a wall screen would go on showing what nobody reads anew
            if window is not self and window.isVisible():
                window.close()
        self.workplace, self.lock_screen = None, None

    def show_sign_in(self) -> None:
        """Ask the next person to sign in; whatever the one before had open is gone."""
        for page in (self.workplace, self.lock_screen):
            if page is not None:
                self.pages.removeWidget(page)
                page.hide()
                page.deleteLater()
        self.workplace, self.lock_screen = None, None
        self._focus_before_lock = None
        forget_what_was_shown()
        self._hidden_windows.clear()
        self._outage = ""
        self.bands.show_bands(self._environments)
        self.pages.setCurrentWidget(self.sign_in)
        self.setWindowTitle("Ward App")
        self.sign_in.begin()

    def take_in(self, workplace: Workplace, lock_screen: LockScreen) -> None:
        """Keep what a person who signed in works with, and their lock screen, ready to show."""
        self.pages.addWidget(workplace)
        self.pages.addWidget(lock_screen)
        workplace.freshness_changed.connect(self._show_freshness)
        workplace.place_changed.connect(self._show_place)
        self.workplace, self.lock_screen = workplace, lock_screen

    def show_again(self, workplace: Workplace, lock_screen: LockScreen) -> None:
        """Show a person who is back what they left."""
        self.workplace, self.lock_screen = workplace, lock_screen
        self.pages.setCurrentWidget(workplace)
        self._show_place(workplace.place)
        workplace.panel.setFocus(Qt.FocusReason.OtherFocusReason)

    def lock(self, reason: str) -> None:
        """Put the lock screen in front of everything, saying why."""
        if self.lock_screen is None or self.is_locked:
            return
        self._focus_before_lock = self.focusWidget()
        self._hide_other_windows()
        forget_what_was_shown()
        self.lock_screen.card.begin(reason, unsaved=self.has_unsaved_entry)
        self.pages.setCurrentWidget(self.lock_screen)
        self.setWindowTitle("Ward App: locked")
        self.lock_screen.setFocus(Qt.FocusReason.OtherFocusReason)

    def unlock(self) -> None:
        """Show the workplace again just as it was."""
        if self.workplace is None:
            return
        self.pages.setCurrentWidget(self.workplace)
        self.setWindowTitle(f"Ward App: {self.workplace.place.name}")
        for window in self._hidden_windows:
            window.show()
        self._hidden_windows.clear()
        if self._focus_before_lock is not None:
            self._focus_before_lock.setFocus(Qt.FocusReason.OtherFocusReason)
        self._focus_before_lock = None

    def open_sheet(self, sheet: Sheet) -> None:
        """Open a sheet beside the panel in view."""
        if self.workplace is not None:
            self.workplace.open_sheet(sheet)

    def notify(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Tell an outcome at the bottom for 10 s, with its undo."""
        if self.workplace is not None:
            self.workplace.notify(text, undo)

    def show_problem(self, error: WardError) -> None:
        """Tell a problem wherever the person is looking."""
        if self.is_locked and self.lock_screen is not None:
            self.lock_screen.card.notice.show_problem(error)
        elif self.workplace is not None:
            self.workplace.show_problem(error)
        else:
            self.sign_in.card.notice.show_problem(error)

    def open(self) -> None:
        """Show the window where it was the last time."""
        if not self.restoreGeometry(self._preferences.window):
            self.resize(*USUAL_PX)
        self.show()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        question = ""
        if self.has_unsaved_entry:
            question = "An entry is not saved. Close the program and lose it?"
        elif names := self.kept_seats.names:
            question = f"Not saved and kept here for {names}. Close the program and lose it?"
        if question and not ask(self, question, "Close and lose it"):
            event.ignore()
            return
        self._preferences.window = self.saveGeometry()
        event.accept()
        self.closing.emit()

    def _lay_out(self, central: QWidget) -> None:
        self.setMinimumSize(*SMALLEST_PX)
        mark = theme.icon("mark", colour_name="accent", sizes_px=theme.WINDOW_ICONS_PX)
        self.setWindowIcon(mark)
        self.pages.addWidget(self.sign_in)
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bands)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(central)

    def _show_place(self, place: Place) -> None:
        # the taskbar and its previews show the title: a ward, never a patient
        self.setWindowTitle(f"Ward App: {place.name}")

    def show_outage(self, words: str) -> None:
        """Say in the red band that the server is lost, and from when what is shown is."""
        self._outage = words
        self.bands.set_band("back", shown=False)
        self.bands.set_band("offline", shown=True, words=words)

    def show_back(self, words: str) -> None:
        """Say that the server is back, until `end_outage`; never beside the red band."""
        self._outage = ""
        self.bands.set_band("offline", shown=False)
        self.bands.set_band("back", shown=True, words=words)

    def end_outage(self) -> None:
        """Say nothing of an outage any more."""
        self._outage = ""
        for key in ("offline", "back"):
            self.bands.set_band(key, shown=False)

    def _show_freshness(self, freshness: Freshness) -> None:
        is_lost = freshness.state is FreshnessState.OFFLINE
        if is_lost and "back" in self.bands.shown:
            return  # what is on its way was asked before the server came back
        self.bands.set_band("offline", shown=is_lost or bool(self._outage), words=self._outage)

    def _hide_other_windows(self) -> None:
        """Close open questions and menus, and hide every other window until unlocked."""
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for window in QApplication.topLevelWidgets():
            if window is self or not window.isVisible() or window.property(STAYS_WHEN_LOCKED):
                continue
            if window.isModal():
                window.close()
            else:
                window.hide()
                self._hidden_windows.append(window)


def forget_what_was_shown() -> None:
    """Take away what stays in view or in reach outside the window: a tooltip, the clipboard.

    Whoever copied it: not every system says, and a patient's name may have gone through a letter.
    """
    QToolTip.hideText()
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    if clipboard.supportsSelection():
        clipboard.clear(QClipboard.Mode.Selection)
