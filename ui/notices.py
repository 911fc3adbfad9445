"""How problems and outcomes are told: an inline bar in the panel or sheet they concern."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ui import theme
from ui.plain_text import CopyableLabel, PlainLabel
from ward_app.core.errors import WardError

# when the focus that goes with a notice has moved, which would talk over it; and what reading
# aloud needs takes 4 ms to import, for which no start waits
_SPOKEN_AFTER_MS = 250


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One manner of telling: glyph, spoken word, colour tokens of text and ground."""

    glyph: str
    word: str
    text: str
    ground: str


PROBLEM = NoticeKind("◆", "Problem", "problem", "problem_ground")
CAUTION = NoticeKind("▲", "Caution", "caution", "caution_ground")
SUCCESS = NoticeKind("✓", "Done", "success", "success_ground")


@dataclass(frozen=True, slots=True)
class NoticeAction:
    """A button inside a notice."""

    text: str
    run: Callable[[], None]


class _Parts:
    """What stands in a notice, from left to right."""

    def __init__(self, bar: QWidget) -> None:
        self.glyph = PlainLabel(parent=bar)
        self.text = CopyableLabel(parent=bar)
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton(bar)
        self.close = QPushButton("✕", bar)
        self.close.setProperty("kind", "quiet")
        self.close.setToolTip("Close this notice")
        self.close.setAccessibleName("Close this notice")
        self.spoken = QTimer(bar, singleShot=True, interval=_SPOKEN_AFTER_MS)


class NoticeBar(QFrame):
    """One notice at a time, hidden when there is none.

    Signals:
        dismissed: the user closed the notice.
    """

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("NoticeBar")
        self._action: NoticeAction | None = None
        self.hide()

    @property
    def text(self) -> str:
        """What the notice says; empty when there is none."""
        return self._parts.text.text() if not self.isHidden() else ""

    @property
    def button(self) -> QPushButton:
        """The action's button; hidden when the notice offers none."""
        return self._parts.button

    def show_problem(self, error: WardError, action: NoticeAction | None = None) -> None:
        """Show an error's own text."""
        self.tell(PROBLEM, str(error), action)

    def tell(self, kind: NoticeKind, text: str, action: NoticeAction | None = None) -> None:
        """Show a text in place of whatever was shown before, and have it read aloud."""
        self._action = action
        parts = self._parts
        parts.glyph.setText(kind.glyph)
        parts.text.setText(text)
        parts.button.setVisible(action is not None)
        parts.button.setText(action.text if action else "")
        theme.tint(self, kind.text, kind.ground)
        for words in (parts.glyph, parts.text, parts.close):
            theme.tint(words, kind.text)
        self.setAccessibleName(f"{kind.word}: {text}")
        self.show()
        parts.spoken.start()

    def _announce(self) -> None:
        """Have the notice read aloud, if it is still there."""
        if self.isHidden():
            return
        from PySide6.QtGui import (  # noqa: PLC0415
            QAccessible,
            QAccessibleAnnouncementEvent,
        )

        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.accessibleName()))

    def clear(self) -> None:
        """Take the notice away."""
        self._action = None
        self.hide()

    @cached_property
    def _parts(self) -> _Parts:
        """Made for the first notice: most bars never show one."""
        parts = _Parts(self)
        parts.close.clicked.connect(self._dismiss)
        parts.button.clicked.connect(self._act)
        parts.spoken.timeout.connect(self._announce)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GRID_PX + 4, 6, 6, 6)
        row.setSpacing(theme.GRID_PX)
        row.addWidget(parts.glyph)
        row.addWidget(parts.text, 1)
        row.addWidget(parts.button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(parts.close, 0, Qt.AlignmentFlag.AlignVCenter)
        return parts

    def _act(self) -> None:
        if self._action is not None:
            self._action.run()

    def _dismiss(self) -> None:
        self.clear()
        self.dismissed.emit()
