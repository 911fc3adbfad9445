"""Base of the panels of the main window: load, stale, refresh, notice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from ui.background import Reply
from ui.context import Context, Place
from ui.formats import moment_text
from ui.notices import PROBLEM, NoticeAction, NoticeBar
from ward_app.core.errors import WardError

# set on a window of a panel that shows no more than everybody may see (the wall screen)
STAYS_WHEN_LOCKED = "stays_when_locked"

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One count of the top line; a click asks the panel to filter by `key`.

    Attributes:
        text: "24 in".
        tooltip: what is counted, and its key if it has one.
        chosen: the panel is filtered by it now.
    """

    key: str
    text: str
    tooltip: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing the command palette can go to: a patient, a bed, an action."""

    text: str
    detail: str
    run: Callable[[], None]


class Panel(QWidget):
    """One screen of the main window. Subclasses fill `content` and override `load`.

    `load` asks for data with `self.read(show, query, ...)`; at most one load runs and one more
    waits, however many changes are announced meanwhile. A hidden panel only notes that it is
    stale and loads when it is shown. What was read last stays on screen when a load fails.

    Signals:
        sheet_requested: (Sheet) open this sheet beside the panel.
        told: (str, Callable or None) an outcome for the bar at the bottom, and its undo.
        counts_changed: (tuple of Count) what the top line shows for this panel.
        loaded: (datetime) a load succeeded, aware UTC; freshness counts from it: the present, or
            the time of the copy that is shown while the database is out of reach.
        load_failed: (WardError) a load failed; the panel shows it already.
        measure_asked: (BoardBed) choose what to measure of this patient, beside the vital signs.
        measurements_asked: (BoardBed) show everything measured of this patient.
        glass_changed: the panel itself says of another chart, or of none, that it was opened
            with a reason.
    """

    sheet_requested = Signal(object)
    told = Signal(str, object)
    counts_changed = Signal(object)
    loaded = Signal(object)
    load_failed = Signal(object)
    measure_asked = Signal(object)
    measurements_asked = Signal(object)
    glass_changed = Signal()

    topics: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.notice = NoticeBar(self)
        self.content = QVBoxLayout()
        self._place = place
        self._stale = True
        self._awaited = 0
        self._load_again = False
        self._missed_some = False
        self._loading = place
        self._loaded_at: datetime | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addLayout(self.content, 1)

    @property
    def place(self) -> Place:
        """What the ward switcher chose."""
        return self._place

    @property
    def is_stale(self) -> bool:
        """Whether something changed since the last load."""
        return self._stale

    @property
    def is_in_view(self) -> bool:
        """Whether somebody may be looking, so that news must be loaded at once."""
        return self.isVisible()

    @property
    def loaded_at(self) -> datetime | None:
        """When the last load succeeded, aware UTC; None = not yet for this place."""
        return self._loaded_at

    @property
    def counts(self) -> tuple[Count, ...]:
        """What the top line shows for this panel."""
        return ()

    @property
    def has_unsaved_entry(self) -> bool:
        """Whether something is typed in the panel and not saved."""
        return False

    @property
    def own_glass(self) -> UUID | None:
        """The patient of whom the panel itself says that the chart was opened with a reason."""
        return None

    def load(self) -> None:
        """Ask for what the panel shows, with `read`."""
        raise NotImplementedError

    def show_place(self, place: Place) -> None:
        """Show another ward."""
        self._place = place
        self._loaded_at = None
        self.notice.clear()
        self.refresh()

    def refresh(self) -> None:
        """Load anew: now when visible, else when next shown; bursts become one load."""
        self._stale = True
        if self.is_in_view:
            self.load_at_once()

    def load_at_once(self) -> None:
        """Load anew, in view or not: a panel about to be shown is read while it is still built."""
        if self._awaited:
            self._load_again = True
            return
        self._stale, self._missed_some, self._loading = False, False, self._place
        self._awaited = 1
        self.load()
        # the load itself counts as one, so that a panel with nothing to ask is loaded as well
        self._answered()

    def take_note(self, topic: str) -> None:
        """Refresh if a change of this topic concerns the panel."""
        if topic in self.topics:
            self.refresh()

    def read(
        self,
        show: Callable[[T], None],
        query: Callable[Concatenate[Any, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Run `query(tx, ...)` as part of the load and `show` its result."""
        self._awaited += 1
        reply = Reply(partial(self._arrived, self._place, show), self._missed)
        self.context.work.query(self, reply, query, *args, **kwargs)

    def filter_by(self, key: str) -> None:
        """Show only what the count `key` counts, or everything if it is chosen already."""

    def found(self, _text: str) -> Sequence[Found]:
        """Return what of this panel the command palette offers for a few letters."""
        return ()

    def add_command(
        self, text: str, keys: str, run: Callable[[], None], *, tooltip: str = ""
    ) -> QAction:
        """Give the panel an action with keys; the palette and F1 list it."""
        action = QAction(text, self)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setToolTip(f"{tooltip or text} ({keys})" if keys else tooltip or text)
        action.triggered.connect(lambda _checked=False: run())
        self.addAction(action)
        return action

    def add_button(self, text: str, keys: str, run: Callable[[], None]) -> QPushButton:
        """Give the panel an action with keys, and return a quiet button that does the same."""
        action = self.add_command(text, keys, run)
        button = QPushButton(text, self)
        button.setToolTip(action.toolTip())
        button.setProperty("kind", "quiet")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action.trigger)
        return button

    def tell_failed(
        self,
        error: WardError,
        shown: str = "",
        known_at: datetime | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        """Say why a load failed, that F5 tries again, and from when what is `shown` is.

        `shown` begins the sentence about it: "The list shows"; empty: nothing is shown.
        """
        text = str(error)
        if shown and zone is not None:
            known = moment_text(known_at, zone, self.context.clock())
            text = f"{error} {shown} what was known at {known}."
        self.notice.tell(PROBLEM, text, NoticeAction("Try again (F5)", self.refresh))

    def put_in_view(
        self, stack: QStackedWidget, page: QWidget, target: QWidget | None = None
    ) -> None:
        """Show a page; the cursor goes to the target on it, or to the page, if it was here."""
        had_focus = self.hasFocus()
        stack.setCurrentWidget(page)
        self.setFocusProxy(target or page)
        if had_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _arrived(self, asked_for: Place, show: Callable[[Any], None], result: object) -> None:
        # an answer about the ward shown before must not appear under this ward's name
        if asked_for == self._place:
            show(result)
        self._answered()

    def _missed(self, error: WardError) -> None:
        self._missed_some = True
        self.notice.show_problem(error)
        self.load_failed.emit(error)
        self._answered()

    def _answered(self) -> None:
        self._awaited -= 1
        if self._awaited:
            return
        if self._missed_some:
            self._stale = True
        elif self._loading == self._place:
            self._loaded_at = self.context.work.shown_from or self.context.clock()
            self.notice.clear()
            self.loaded.emit(self._loaded_at)
        if self._load_again:
            self._load_again = False
            self.refresh()
