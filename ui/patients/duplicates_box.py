"""The warning before a new patient number: who this may already be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QListView, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.patients.patient_options import patient_option
from ui.plain_text import PlainLabel
from ui.widgets.option_delegate import OptionDelegate
from ui.widgets.option_model import OptionModel, OptionRole
from ward_app.patients.types import FoundPatient

_MOST_ROWS = 4


class DuplicatesBox(QFrame):
    """Likely same persons: Enter or a digit takes one of them, N says it is really somebody new.

    Signals:
        same_person: (FoundPatient) the patient is this one.
        really_new: none of them is the patient.
    """

    same_person = Signal(object)
    really_new = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options = OptionModel(self)
        self.list = QListView(self)
        self.list.setModel(self.options)
        self.list.setItemDelegate(OptionDelegate(self))
        self.list.setAccessibleName("Patients this may be")
        self.list.setTabKeyNavigation(False)
        self.new_button = QPushButton("None of these: really a new person (N)", self)
        self._lay_out()
        self._connect()
        self.hide()

    def show_found(self, found: Sequence[FoundPatient], today: date) -> None:
        """Show the likely same persons, or hide when there are none."""
        self.options.set_options([patient_option(each, today) for each in found])
        rows = min(len(found), _MOST_ROWS)
        row_height = self.list.sizeHintForRow(0)
        self.list.setFixedHeight(max(0, rows * row_height) + 2 * self.list.frameWidth())
        self.list.setCurrentIndex(self.options.index(max(0, self.options.row_to_mark()), 0))
        self.setVisible(bool(found))

    def found(self) -> tuple[FoundPatient, ...]:
        """Return the persons shown."""
        return tuple(option.value for option in self.options.options())

    def _lay_out(self) -> None:
        words = PlainLabel("▲ This may be somebody the hospital knows already.", self)
        words.setWordWrap(True)
        theme.tint(words, "caution")
        theme.tint(self, ground="caution_ground")
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.GRID_PX,) * 4)
        for widget in (words, self.list, self.new_button):
            column.addWidget(widget)

    def _connect(self) -> None:
        self.list.activated.connect(self._take)
        self.list.clicked.connect(self._take)
        self.new_button.clicked.connect(self.really_new)
        self._key("N", self.really_new.emit)
        for digit in range(1, _MOST_ROWS + 1):
            self._key(str(digit), partial(self._take_row, digit - 1))

    def _key(self, keys: str, run: Callable[[], None]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(run)

    def _take_row(self, row: int) -> None:
        if row < self.options.rowCount():
            self._take(self.options.index(row, 0))

    def _take(self, index: QModelIndex) -> None:
        option = index.data(OptionRole)
        if option is not None and option.refusal is None:
            self.same_person.emit(option.value)
