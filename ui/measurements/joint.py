"""Joins the bedside measurements to the panels they are reached from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ui.workplace import Workplace
from ward_app.board.types import BoardBed

if TYPE_CHECKING:
    from ui.measurements.panel import MeasurementsPanel
    from ui.widgets.panel import Panel


class MeasurementJoint(QObject):
    """Opens the choice of what to measure, and the list, for the panels of one workplace.

    `list_key` is of the panel that lists a patient's measurements, `home_key` of the one that its
    Escape leads to when it was not reached from another.

    Signals:
        register_asked: (BoardBed) show the devices of this patient.
    """

    register_asked = Signal(object)

    def __init__(self, workplace: Workplace, *, list_key: str, home_key: str) -> None:
        super().__init__(workplace)
        self._workplace, self._list_key = workplace, list_key
        self._back_to = home_key
        self._list: MeasurementsPanel | None = None

    def join(self, panel: Panel) -> None:
        """Do from now on what a panel asks for."""
        panel.measure_asked.connect(self.measure)
        panel.measurements_asked.connect(self.show_list)

    def measure(self, row: BoardBed) -> None:
        """Open the choice of what to measure of a patient."""
        from ui.measurements.chooser import KindChooser
        from ui.observations.subject import subject_of

        if row.admission_id is None or row.patient_id is None:
            return
        subject = subject_of(row, self._workplace.place.zone)
        chooser = KindChooser(self._workplace.context, subject)
        chooser.list_asked.connect(partial(self._list_in_place_of_sheet, row))
        chooser.register_asked.connect(partial(self._register_in_place_of_sheet, row))
        self._workplace.open_sheet(chooser)

    def show_list(self, row: BoardBed) -> None:
        """Show everything measured of a patient; going back leads to the panel shown now."""
        from ui.measurements.panel import MeasurementsPanel

        if not self._workplace.offers(self._list_key):
            return
        panel = self._workplace.panel_of(self._list_key)
        if self._workplace.panel is not panel:
            self._back_to = self._workplace.shown_key
        if isinstance(panel, MeasurementsPanel):
            panel.show_patient(row)
            self._let_go_back(panel)
        self._workplace.show_panel(self._list_key)

    def _list_in_place_of_sheet(self, row: BoardBed) -> None:
        sheet = self._workplace.sheets.sheet
        if sheet is not None:
            sheet.set_aside()
        self.show_list(row)

    def _register_in_place_of_sheet(self, row: BoardBed) -> None:
        sheet = self._workplace.sheets.sheet
        if sheet is not None:
            sheet.set_aside()
        self.register_asked.emit(row)

    def _let_go_back(self, panel: MeasurementsPanel) -> None:
        if self._list is not panel:
            self._list = panel
            panel.left.connect(self._go_back)

    def _go_back(self) -> None:
        self._workplace.show_panel(self._back_to)
