"""The question after sign-in: which ward?"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QStringListModel, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QListView, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.context import Place
from ui.plain_text import PlainLabel

CARD_WIDTH_PX = 400
ROWS_SHOWN = 8


class WardChoice(QFrame):
    """A list of places; the one chosen last time is chosen already, Enter goes on.

    Signals:
        chosen: (Place) the person decided.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places: tuple[Place, ...] = ()
        self._names = QStringListModel(self)
        self.heading = PlainLabel(parent=self)
        self.list = QListView(self)
        self.go_on = QPushButton("Open", self)
        self._prepare()

    def offer(self, person: str, places: Sequence[Place], preferred: Place) -> None:
        """Show the places with one of them chosen."""
        self._places = tuple(places)
        self.heading.setText(person)
        self._names.setStringList([place.name for place in places])
        index = self._names.index(self._places.index(preferred))
        select = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(index, select)
        rows = min(len(places), ROWS_SHOWN)
        self.list.setFixedHeight(rows * self.list.sizeHintForRow(0) + 2 * theme.GRID_PX)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self) -> None:
        """Go on with the place that is chosen."""
        index = self.list.currentIndex()
        if index.isValid():
            self.chosen.emit(self._places[index.row()])

    def _prepare(self) -> None:
        self.setFixedWidth(CARD_WIDTH_PX)
        theme.tint(self, ground="card")
        self.setObjectName("Card")
        question = PlainLabel("Which ward do you work on?", self)
        theme.tint(question, "dim")
        self.heading.setFont(theme.font(theme.TITLE_PX, QFont.Weight.DemiBold))
        self.list.setModel(self._names)
        self.list.setAccessibleName("Ward")
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setProperty("kind", "choice")
        self.list.activated.connect(self.choose)
        self.go_on.setProperty("kind", "primary")
        self.go_on.setAutoDefault(True)
        self.go_on.clicked.connect(self.choose)
        column = QVBoxLayout(self)
        margin = 4 * theme.GRID_PX
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(theme.GRID_PX)
        for widget in (self.heading, question, self.list, self.go_on):
            column.addWidget(widget)
