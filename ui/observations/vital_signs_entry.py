"""The lines of a full NEWS2 set, with live points; the cursor goes on by itself."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.observations.entry_fields import entry_lines
from ui.observations.entry_row import EntryRow
from ward_app.observations import rules
from ward_app.observations.limits import Limits
from ward_app.observations.rules import ScorePack
from ward_app.observations.types import Score, VitalSigns


class VitalSignsEntry(QWidget):
    """Rows of values in the order in which a set is taken.

    Signals:
        changed: what is typed is another; `score` is up to date.
        finished: Enter was pressed on the last line.
    """

    changed = Signal()
    finished = Signal()

    def __init__(self, pack: ScorePack, limits: Limits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pack = pack
        self._scale = 1
        self.rows = tuple(EntryRow(line, limits, self) for line in entry_lines(limits))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for place, row in enumerate(self.rows):
            column.addWidget(row)
            row.changed.connect(self._recount)
            row.settled.connect(partial(self._go_on, place, settled=True))
            row.entered.connect(partial(self._go_on, place, settled=False))
        self.score: Score = rules.score(self.vital_signs(), pack)

    def row(self, scored: str) -> EntryRow:
        """Return the line whose points are those of a field of `VitalSigns`."""
        return next(row for row in self.rows if row.line_of_form.scored == scored)

    def vital_signs(self) -> VitalSigns:
        """Return what is typed and possible; a value that is refused counts as not measured."""
        typed: dict[str, Any] = {}
        for row in self.rows:
            typed |= row.signs() if row.problem() is None else {}
        return VitalSigns(spo2_scale=self._scale, **typed)

    def set_scale(self, scale: int) -> None:
        """Score SpO2 on this scale."""
        self._scale = scale
        self._recount()

    def show_previous(self, signs: VitalSigns | None) -> None:
        """Show the set before beside each line."""
        for row in self.rows:
            row.show_previous(signs)

    def fill(self, signs: VitalSigns) -> None:
        """Show a set as if it had been typed, for correcting it."""
        self._scale = signs.spo2_scale
        for row in self.rows:
            row.fill(signs)

    def check(self) -> bool:
        """Go to the first line that is refused or not answered; True when there is none.

        A question is asked once: the next `check` takes the value as kept.
        """
        stopping = [row for row in self.rows if row.stops_saving()]
        for row in stopping:
            row.ask()
        if stopping:
            stopping[0].take_focus()
        return not stopping

    def focus_first(self) -> None:
        """Put the cursor into the first line."""
        self.rows[0].take_focus()

    def typed(self) -> tuple[str, ...]:
        """Return everything as typed, for a draft."""
        return tuple(row.text for row in self.rows)

    def retype(self, typed: tuple[str, ...]) -> None:
        """Put a draft back."""
        for row, text in zip(self.rows, typed, strict=True):
            row.retype(text)

    def _go_on(self, place: int, *, settled: bool) -> None:
        if place + 1 == len(self.rows):
            if not settled:
                self.finished.emit()
        elif settled:
            self.rows[place + 1].take_over()
        else:
            self.rows[place + 1].take_focus()

    def _recount(self) -> None:
        self.score = rules.score(self.vital_signs(), self._pack)
        for row in self.rows:
            row.badge.show_points(self.score.points.get(row.line_of_form.scored))
        self.changed.emit()
