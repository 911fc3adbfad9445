"""Which rows of the bay grid are shown: the whole ward, who is overdue, or one bay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ui import theme
from ui.observations.grid_row import GridRow
from ward_app.board.rules import is_overdue

ALL, OVERDUE = "All", "Overdue"
_HELP = {ALL: "Show the whole ward (Alt+A)", OVERDUE: "Show who is overdue (Alt+O)"}


class GridFilter(QWidget):
    """A button for each choice; bays only where they have patients.

    Signals:
        chosen: (str) another choice, by click.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted = ALL
        self.buttons: dict[str, QPushButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.GRID_PX // 2)
        self._row.addStretch(1)
        self.offer(())

    @property
    def bays(self) -> tuple[str, ...]:
        """The bays offered."""
        return tuple(self.buttons)[2:]

    def offer(self, bays: Sequence[str]) -> None:
        """Offer these bays; where the chosen one is not among them, the whole ward is."""
        offered = (ALL, OVERDUE, *bays)
        if tuple(self.buttons) != offered:
            for button in self.buttons.values():
                button.deleteLater()
            self.buttons = {name: self._button(name) for name in offered}
        self.choose(self.wanted if self.wanted in self.buttons else ALL)

    def choose(self, wanted: str) -> None:
        """Show a choice as the one made."""
        self.wanted = wanted
        for name, button in self.buttons.items():
            button.setChecked(name == wanted)

    def next_bay(self) -> str:
        """Return the bay after the one chosen, the first after the last; `ALL` without bays."""
        if not self.bays:
            return ALL
        following = self.bays.index(self.wanted) + 1 if self.wanted in self.bays else 0
        return self.bays[following % len(self.bays)]

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(name, self)
        button.setCheckable(True)
        button.setProperty("kind", "quiet")
        button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        button.setToolTip(_HELP.get(name, f"Show {name} (Alt+B: next bay)"))
        button.clicked.connect(partial(self.chosen.emit, name))
        self._row.insertWidget(self._row.count() - 1, button)
        return button


def fits(row: GridRow, wanted: str, now: datetime, beds: frozenset[UUID] | None = None) -> bool:
    """Whether a row is shown; those with something typed always are."""
    if row.is_typed or row.busy:
        return True
    if beds is not None and row.bed.bed_id not in beds:
        return False
    if row.gone or wanted == ALL:
        return not row.gone
    if wanted == OVERDUE:
        return is_overdue(row.bed, now)
    return row.bed.room_name == wanted


def bays(rows: Iterable[GridRow]) -> tuple[str, ...]:
    """Return the names of the bays, in bed order."""
    names = dict.fromkeys(
        row.bed.room_name for row in rows if row.bed.room_name and row.bed.room_kind == "bay"
    )
    return tuple(name for name in names if name)
