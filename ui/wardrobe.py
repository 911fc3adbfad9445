"""Dressing the widgets of the program in another style sheet, each once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

_AT_ONCE = 60


def worn(app: QApplication) -> list[QWidget]:
    """Return every widget that was styled, each after what it stands on."""
    return [
        widget
        for window in app.topLevelWidgets()
        for widget in (window, *window.findChildren(QWidget))
        if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished)
    ]


def wear(app: QApplication, worn: Sequence[QWidget], style_sheet: str) -> None:
    """Have the widgets look at a new style sheet, once.

    Qt's own way styles each widget again for itself and for every one of its ancestors, as many
    times as it is deep: 0.1 s for one ward's screens.
    """
    # Qt styles anew what it remembers to have styled, which is nothing from here on
    app.style().unpolish(app)
    app.setStyleSheet(style_sheet)
    seen = [widget for widget in worn if widget.isVisible()]
    _dress(seen)
    _Wardrobe.of(app).dress_later([widget for widget in worn if not widget.isVisible()])


def is_dressing(app: QApplication) -> bool:
    """Whether something out of view still waits for the style sheet."""
    return _Wardrobe.of(app).isActive()


def _dress(widgets: Sequence[QWidget]) -> None:
    for widget in widgets:
        widget.style().polish(widget)
    # the innermost first: what a pane does about it is done to what stands on it
    for widget in reversed(widgets):
        QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))


class _Wardrobe(QTimer):
    """Styles what is not in view some turns of the event loop later, a few dozen at a time.

    Before the user can have brought it into view; what was deleted meanwhile needs no style.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app, interval=0)
        self._waiting: list[QWidget] = []
        self.timeout.connect(self._dress_some)

    @classmethod
    def of(cls, app: QApplication) -> _Wardrobe:
        """Return the program's own."""
        return app.findChild(_Wardrobe) or _Wardrobe(app)

    def dress_later(self, widgets: Sequence[QWidget]) -> None:
        """Style these instead of those that still wait: each of them is among these."""
        self._waiting = list(widgets)
        if self._waiting:
            self.start()

    def _dress_some(self) -> None:
        now, self._waiting = self._waiting[-_AT_ONCE:], self._waiting[:-_AT_ONCE]
        _dress([widget for widget in now if isValid(widget)])
        if not self._waiting:
            self.stop()
