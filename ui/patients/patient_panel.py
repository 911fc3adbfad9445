"""A panel about one patient: opened from a row of the board, read once that is on record."""

from __future__ import annotations

from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.context import Context, Place
from ui.patients.banner import PatientBanner, patient_name
from ui.widgets.panel import Panel
from ward_app.audit.service import open_chart
from ward_app.board.queries import ward_board
from ward_app.board.types import Board, BoardBed
from ward_app.rooms.types import Ward


class PatientPanel(Panel):
    """Shows the patient last opened with `show_patient`.

    Opening logs the access first; only then is anything of her record read. Those who build on it
    say what is read (`read_record`), what goes when another patient comes (`forget`), what stands
    there meanwhile (`show_reading`, `show_nobody`) and what may be done (`enable`).

    Signals:
        left: the person wants to go back to where the patient was chosen.
    """

    left = Signal()

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._row: BoardBed | None = None
        self._opened_for: object = None

    @property
    def patient(self) -> BoardBed | None:
        """The patient shown, as the board knew her when she was last read."""
        return self._row

    @property
    def patient_banner(self) -> PatientBanner:
        """Where it stands who is shown."""
        raise NotImplementedError

    def show_patient(self, row: BoardBed) -> None:
        """Open the patient of a board row."""
        if self._row is None or self._row.admission_id != row.admission_id:
            self._opened_for = None
            self.notice.clear()
            self.forget()
            self.show_reading()
        self._row = row
        self._show_banner()
        self.enable()
        self.refresh()

    def read_record(self, admission_id: UUID) -> None:
        """Read what is shown of a stay; its opening is logged."""
        raise NotImplementedError

    def forget(self) -> None:
        """Let go of what was read."""
        raise NotImplementedError

    def show_reading(self) -> None:
        """Say that the record is being read."""
        raise NotImplementedError

    def show_nobody(self) -> None:
        """Say that no patient is open."""
        raise NotImplementedError

    def enable(self) -> None:
        """Offer what the person may do with what is shown."""
        raise NotImplementedError

    @override
    def load(self) -> None:
        if self._row is None or self._row.patient_id is None:
            return
        self.read(self._show_row, ward_board, (self._row.ward_id,))
        opening = self._opening()
        # another session (after unlocking, for instance) has opened nothing yet
        if self._opened_for == opening:
            self._read_opened(opening, None)
        else:
            self.read(partial(self._read_opened, opening), open_chart, self._row.patient_id)

    @override
    def show_place(self, place: Place) -> None:
        if self._row is not None and self._row.ward_id not in place.ward_ids:
            self._row = self._opened_for = None
            self.forget()
            self.patient_banner.hide()
            self.show_nobody()
            self.enable()
        super().show_place(place)

    def shows(self, admission_id: UUID) -> bool:
        """Whether an answer is about the patient shown, or was asked for before another came."""
        return self._row is not None and self._row.admission_id == admission_id

    def ward(self) -> Ward | None:
        """Return the patient's ward."""
        wards = {ward.id: ward for ward in (*self.context.wards, *self.place.wards)}
        return wards.get(self._row.ward_id) if self._row else None

    def zone(self) -> ZoneInfo:
        """Return the zone of the patient's ward."""
        ward = self.ward()
        return ZoneInfo(ward.time_zone if ward else "UTC")

    def _opening(self) -> tuple[object, object]:
        return self.context.work.actor, self._row.patient_id if self._row else None

    def _read_opened(self, opening: object, _opened: object) -> None:
        # the answer may come after another patient was opened
        if self._row is not None and self._row.admission_id and opening == self._opening():
            self._opened_for = opening
            self.read_record(self._row.admission_id)

    def _show_row(self, board: Board) -> None:
        """Bring the banner up to date; a patient who left the ward is told, not hidden."""
        if self._row is None:
            return
        rows = [row for row in board.beds if row.admission_id == self._row.admission_id]
        if rows:
            self._row = rows[0]
            self._show_banner()
        elif board.ward_ids == (self._row.ward_id,):
            name, ward = patient_name(self._row), self._row.ward_name
            self.told.emit(f"{name} is no longer on {ward}.", None)

    def _show_banner(self) -> None:
        if self._row is not None:
            self.patient_banner.show_patient(self._row, self.context.clock(), self.zone())
            self.patient_banner.show()
