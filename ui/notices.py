"""How problems and outcomes are told: an inline bar in the panel or sheet they concern."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ui import theme
from ui.plain_text import PlainLabel
from ward_app.core.errors import WardError


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


class NoticeBar(QFrame):
    """One notice at a time, hidden when there is none.

    Signals:
        dismissed: the user closed the notice.
    """

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("NoticeBar")
        self._glyph = PlainLabel(parent=self)
        self._text = PlainLabel(parent=self)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._button = QPushButton(self)
        self._close = QPushButton("✕", self)
        self._close.setProperty("kind", "quiet")
        self._close.setToolTip("Close this notice")
        self._close.setAccessibleName("Close this notice")
        self._close.clicked.connect(self._dismiss)
        self._button.clicked.connect(self._act)
        self._action: NoticeAction | None = None
        self._lay_out()
        self.hide()

    @property
    def text(self) -> str:
        """What the notice says; empty when there is none."""
        return self._text.text() if not self.isHidden() else ""

    @property
    def button(self) -> QPushButton:
        """The action's button; hidden when the notice offers none."""
        return self._button

    def show_problem(self, error: WardError, action: NoticeAction | None = None) -> None:
        """Show an error's own text."""
        self.tell(PROBLEM, str(error), action)

    def tell(self, kind: NoticeKind, text: str, action: NoticeAction | None = None) -> None:
        """Show a text in place of whatever was shown before, and have it read aloud."""
        self._action = action
        self._glyph.setText(kind.glyph)
        self._text.setText(text)
        self._button.setVisible(action is not None)
        self._button.setText(action.text if action else "")
        theme.tint(self, kind.text, kind.ground)
        for words in (self._glyph, self._text, self._close):
            theme.tint(words, kind.text)
        self.setAccessibleName(f"{kind.word}: {text}")
        self.show()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"{kind.word}: {text}"))

    def clear(self) -> None:
        """Take the notice away."""
        self._action = None
        self._text.clear()
        self.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GRID_PX + 4, 6, 6, 6)
        row.setSpacing(theme.GRID_PX)
        row.addWidget(self._glyph)
        row.addWidget(self._text, 1)
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignVCenter)

    def _act(self) -> None:
        if self._action is not None:
            self._action.run()

    def _dismiss(self) -> None:
        self.clear()
        self.dismissed.emit()
