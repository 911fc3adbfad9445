"""The lines of a set of vital signs, with live points; the cursor goes on by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.observations.entry_fields import EntryLineOfForm, entry_lines, points_of_line
from ui.observations.entry_row import EntryRow
from ui.observations.further_fields import further_lines
from ui.observations.target_words import SATURATION, outside_text, range_text
from ward_app.observations import rules
from ward_app.observations.limits import Limits
from ward_app.observations.oxygen_target import TargetRange
from ward_app.observations.rules import ScorePack, Scoring
from ward_app.observations.types import FurtherSign, Score, VitalSigns


class VitalSignsEntry(QWidget):
    """Rows of values in the order in which a set is taken, then what the pack alone asks for.

    Signals:
        changed: what is typed is another; `score` is up to date.
        finished: Enter was pressed on the last line.
    """

    changed = Signal()
    finished = Signal()

    def __init__(
        self, pack: ScorePack | None, limits: Limits, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._pack: ScorePack | None = None
        self._limits = limits
        self._scale = 1
        self._target: TargetRange | None = None
        self._previous: VitalSigns | None = None
        self._filled: VitalSigns | None = None
        # typed for lines of a pack that is not known yet
        self._kept: dict[str, str] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.rows: tuple[EntryRow, ...] = ()
        self.score: Score | None = None
        self._add(entry_lines(limits))
        self.use_pack(pack)

    def row(self, scored: str) -> EntryRow:
        """Return the line whose points are those of a value."""
        return next(row for row in self.rows if row.line_of_form.scored == scored)

    def use_pack(self, pack: ScorePack | None) -> None:
        """Score by this pack and ask for what it alone scores; None = no score at all.

        What is typed stays; what only another pack asked for is kept until its line is back.
        """
        if pack is self._pack and self.score is not None:
            return  # counted already
        self._pack = pack
        lines = further_lines(pack)
        wanted = {line.scored: line for line in lines}
        for row in self._further_rows():
            line = wanted.get(row.line_of_form.scored)
            if line is None or line.fields != row.line_of_form.fields:
                self._drop(row)
        there = {row.line_of_form.scored for row in self.rows}
        self._add(line for line in lines if line.scored not in there)
        self._recount()

    def vital_signs(self) -> VitalSigns:
        """Return what is typed and possible; a value that is refused counts as not measured.

        A set that is corrected keeps the signs that no line here asks for.
        """
        typed: dict[str, Any] = {}
        further: dict[str, FurtherSign] = dict(self._unasked())
        for row in self.rows:
            signs = row.signs() if row.problem() is None else {}
            further |= signs.pop("further", {})
            typed |= signs
        return VitalSigns(spo2_scale=self._scale, further=further, **typed)

    def set_scale(self, scale: int) -> None:
        """Score SpO2 on this scale."""
        if scale != self._scale:
            self._scale = scale
            self._recount()

    def show_target(self, target: TargetRange | None) -> None:
        """Show the oxygen target beside the saturation, and what lies outside it from now on."""
        self._target = target
        wanted = f"target {range_text(target)}" if target else ""
        self.row(SATURATION).show_wanted(wanted)
        self._show_outside()

    def show_previous(self, signs: VitalSigns | None) -> None:
        """Show the set before beside each line."""
        self._previous = signs
        for row in self.rows:
            row.show_previous(signs)

    def fill(self, signs: VitalSigns) -> None:
        """Show a set as if it had been typed, for correcting it."""
        self._scale = signs.spo2_scale
        self._filled = signs
        for row in self.rows:
            row.fill(signs)
        self._recount()

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

    def typed(self) -> dict[str, str]:
        """Return everything as typed, by the value of the line, for a draft."""
        typed = {row.line_of_form.scored: row.text for row in self.rows if row.is_typed}
        return {**self._kept, **typed}

    def retype(self, typed: Mapping[str, str]) -> None:
        """Put a draft back; what belongs to a line that is not there yet waits for it."""
        self._kept = dict(typed)
        for row in self.rows:
            row.retype(self._kept.pop(row.line_of_form.scored, ""))

    def _further_rows(self) -> tuple[EntryRow, ...]:
        usual = {line.scored for line in entry_lines(self._limits)}
        return tuple(row for row in self.rows if row.line_of_form.scored not in usual)

    def _unasked(self) -> Mapping[str, FurtherSign]:
        asked = {row.line_of_form.scored for row in self.rows}
        filled = self._filled.further if self._filled else {}
        return {name: value for name, value in filled.items() if name not in asked}

    def _add(self, lines: Iterable[EntryLineOfForm]) -> None:
        for line in lines:
            row = EntryRow(line, self._limits, self)
            self.rows = (*self.rows, row)
            self._column.addWidget(row)
            row.show_previous(self._previous)
            if self._filled is not None:
                row.fill(self._filled)
            row.retype(self._kept.pop(line.scored, row.text))
            row.changed.connect(self._recount)
            row.settled.connect(partial(self._go_on, row, settled=True))
            row.entered.connect(partial(self._go_on, row, settled=False))

    def _drop(self, row: EntryRow) -> None:
        if row.text:
            self._kept[row.line_of_form.scored] = row.text
        self.rows = tuple(each for each in self.rows if each is not row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _go_on(self, row: EntryRow, *, settled: bool) -> None:
        place = self.rows.index(row)
        if place + 1 == len(self.rows):
            if not settled:
                self.finished.emit()
        elif settled:
            self.rows[place + 1].take_over()
        else:
            self.rows[place + 1].take_focus()

    def _recount(self) -> None:
        pack = self._pack
        self.score = None if pack is None else rules.score(self.vital_signs(), pack)
        for row in self.rows:
            points = points_of_line(self.score, row.line_of_form.scored)
            row.badge.show_points(points, pack.scoring if pack else Scoring.SUM)
        self._show_outside()
        self.changed.emit()

    def _show_outside(self) -> None:
        self.row(SATURATION).show_hint(outside_text(self._target, self.vital_signs()))
