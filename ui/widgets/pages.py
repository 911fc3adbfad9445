"""Pages of which one is in view, in all the room there is."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget
from typing_extensions import override


class Pages(QStackedWidget):
    """A stack that needs what the page in view needs.

    Qt's own asks every page, seen or not, how high it would be at each width, whenever a word
    changes on one of them: the more screens were opened, the slower all of them became.
    """

    @override
    def sizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.sizeHint() if page else super().sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint() if page else super().minimumSizeHint()

    @override
    def hasHeightForWidth(self) -> bool:
        return False
