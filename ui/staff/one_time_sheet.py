"""A one-time password, on screen once: it is kept nowhere, copied nowhere, printed nowhere."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from typing_extensions import override

from ui import theme
from ui.context import Context
from ui.notices import CAUTION, NoticeAction
from ui.plain_text import PaddedLabel
from ui.widgets.sheet import Sheet

_LETTERS_PX = 26
_PADDING = (0, 2 * theme.GRID_PX, 0, 2 * theme.GRID_PX)
ASK = "It is shown only now. Escape again closes it; then only another one helps."


class OneTimePasswordSheet(Sheet):
    """Ctrl+Enter says that it was handed over; Escape asks before it is gone."""

    def __init__(self, context: Context, name: str, login: str, password: str) -> None:
        super().__init__(
            context, title=f"One-time password: {name}", save_text=f"Handed over to {name}"
        )
        self._asked = False
        self._name = name
        self.password = PaddedLabel(_PADDING, password, self)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(_LETTERS_PX)
        font.setWeight(QFont.Weight.DemiBold)
        self.password.setFont(font)
        self.password.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.password.setAccessibleName("One-time password")
        theme.tint(self.password, ground="card")
        self.add_words(f"User name: {login}")
        self.content.addWidget(self.password)
        self.add_words(
            f"Tell it to {name} now, or hand it over written down. It is good for 24 hours and "
            "for one thing: choosing a password of one's own at the sign-in.",
            "It has no letters i, l, o or u; what looks like O is a zero, like l a one. It is "
            "shown only here and only now.",
        )
        self.content.addStretch(1)

    @override
    def focus_first(self) -> None:
        self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def save(self) -> None:
        self._forget()
        self.finish(f"{self._name} chooses a password at the next sign-in.")

    @override
    def leave(self) -> None:
        if not self._asked:
            self._asked = True
            self.notice.tell(CAUTION, ASK, NoticeAction("Stay", self._stay_open))
            return
        self.set_aside()

    @override
    def set_aside(self) -> None:
        self._forget()
        super().set_aside()

    def _stay_open(self) -> None:
        self._asked = False
        self.notice.clear()

    def _forget(self) -> None:
        self.password.clear()
