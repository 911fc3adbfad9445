"""The red line above every screen while a chart is open with a reason, whatever is in view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.patients.banner import patient_name
from ui.patients.glass_reading import BehindGlass
from ui.patients.glass_strip import GlassStrip

GONE = "A patient who left"


class GlassBand(QWidget):
    """A line for each chart that is open with a reason; takes no room when there is none.

    A panel that says it of its one patient itself is not told over again.

    Signals:
        ended: the hour of one is over, by the clock of this station.
        close_asked: (UUID) the person has read enough of this patient.
    """

    ended = Signal()
    close_asked = Signal(object)

    def __init__(self, clock: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._strips: dict[UUID, GlassStrip] = {}
        self._said_by_panel: UUID | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self.hide()

    @property
    def shown(self) -> tuple[UUID, ...]:
        """Patients whose line is in view, the chart opened last first."""
        return tuple(one for one in self._strips if one != self._said_by_panel)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is open with a reason, as far as is known."""
        return not self._strips

    @property
    def lines(self) -> tuple[str, ...]:
        """The words in view."""
        return tuple(self._strips[one].words.text() for one in self.shown)

    def show_openings(self, found: Sequence[BehindGlass]) -> None:
        """Show what is open now, in place of what was."""
        for patient_id in tuple(self._strips):
            self._drop(patient_id)
        for one in found:
            self._add(one)
        self._arrange()

    def leave_to_panel(self, patient_id: UUID | None) -> None:
        """Leave one patient's line to the panel in view, which has it; None: it has none."""
        self._said_by_panel = patient_id
        self._arrange()

    def _add(self, one: BehindGlass) -> None:
        if one.opening is None or one.left <= timedelta(0):
            return
        patient_id = one.opening.patient_id
        name = patient_name(one.row) if one.row else GONE
        strip = GlassStrip(self._clock, self, name)
        strip.show_opening(one.opening, one.left, one.row.ward_name if one.row else "")
        strip.ended.connect(lambda: self._end(patient_id))
        strip.close_asked.connect(lambda: self.close_asked.emit(patient_id))
        self._strips[patient_id] = strip
        self._column.addWidget(strip)

    def _end(self, patient_id: UUID) -> None:
        self._drop(patient_id)
        self._arrange()
        self.ended.emit()

    def _drop(self, patient_id: UUID) -> None:
        strip = self._strips.pop(patient_id)
        self._column.removeWidget(strip)
        strip.hide()
        strip.deleteLater()

    def _arrange(self) -> None:
        shown = self.shown
        for patient_id, strip in self._strips.items():
            strip.setVisible(patient_id in shown)
        self.setVisible(bool(shown))
