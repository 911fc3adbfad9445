"""The bar at the bottom: what was saved, with its undo for a while; or a problem that stays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.notices import CAUTION, SUCCESS, NoticeAction, NoticeBar
from ward_app.core.errors import WardError

SHOWN_FOR_MS = 10_000
NEXT_KEYS = "Ctrl+H"


class OutcomeBar(QWidget):
    """Tells outcomes one at a time; hidden when there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = NoticeBar(self)
        self.notice.dismissed.connect(self.clear)
        self.timer = QTimer(self, interval=SHOWN_FOR_MS, singleShot=True)
        self.timer.timeout.connect(self.clear)
        self._undo: Callable[[], None] | None = None
        self._keys = QShortcut(QKeySequence("Ctrl+Z"), parent or self)
        self._keys.activated.connect(self.undo)
        self._keys.setEnabled(False)
        self._follow: NoticeAction | None = None
        self._next_keys = QShortcut(QKeySequence(NEXT_KEYS), parent or self)
        self._next_keys.activated.connect(self.follow)
        self._next_keys.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.notice)

    def tell(
        self,
        text: str,
        undo: Callable[[], None] | None = None,
        follow: NoticeAction | None = None,
    ) -> None:
        """Show an outcome for 10 s; while it is shown Ctrl+Z undoes it, Ctrl+H does what follows.

        The button is for what follows, where there is such a thing, else for the undoing.
        """
        self._undo, self._follow = undo, follow
        self._keys.setEnabled(undo is not None)
        self._next_keys.setEnabled(follow is not None)
        action = NoticeAction("Undo (Ctrl+Z)", self.undo) if undo else None
        if follow is not None:
            action = NoticeAction(f"{follow.text} ({NEXT_KEYS})", self.follow)
        self.notice.tell(SUCCESS, text, action)
        self.timer.start()

    def mention(self, text: str, *, caution: bool) -> None:
        """Show for 10 s what is worth knowing and is nobody's doing just now."""
        self.clear()
        self.notice.tell(CAUTION if caution else SUCCESS, text)
        self.timer.start()

    def show_problem(self, error: WardError) -> None:
        """Show a problem until it is closed or something else is told."""
        self.clear()
        self.notice.show_problem(error)

    def undo(self) -> None:
        """Undo what was told, once."""
        undo = self._undo
        self.clear()
        if undo is not None:
            undo()

    def follow(self) -> None:
        """Do what follows what was told, once."""
        follow = self._follow
        self.clear()
        if follow is not None:
            follow.run()

    def clear(self) -> None:
        """Take the bar away; nothing can be undone through it any more."""
        self.timer.stop()
        self._undo = self._follow = None
        self._keys.setEnabled(False)
        self._next_keys.setEnabled(False)
        self.notice.clear()
