"""A panel about one patient: opened from a row of the board, read once that is on record."""

from __future__ import annotations

from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.background import Reply
from ui.context import Context, Place
from ui.notices import PROBLEM, NoticeAction
from ui.patients.banner import PatientBanner, patient_name
from ui.patients.glass_reading import BehindGlass, behind_glass
from ui.patients.glass_strip import CLOSE_KEYS, CLOSED, OVER, GlassStrip
from ui.patients.glass_words import SAY_WHY_KEYS, TOPIC
from ui.widgets.panel import Panel
from ward_app.audit.service import open_chart
from ward_app.board.queries import ward_board
from ward_app.board.types import Board, BoardBed
from ward_app.core.errors import NotPermittedError, WardError
from ward_app.openings.service import close_chart
from ward_app.openings.types import ReasonNeededError
from ward_app.patients.types import FlagKind
from ward_app.rooms.types import Ward


class PatientPanel(Panel):
    """Shows the patient last opened with `show_patient`.

    Opening logs the access first; only then is anything of her record read. A chart that was
    opened with a reason (of another ward, or of somebody marked private) has a red line above it,
    and goes from the screen when its hour is over. Those who build on it
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
        self._asked_why: object = None
        self.strip = GlassStrip(context.clock, self)
        self.strip.ended.connect(self._end)
        self.strip.close_asked.connect(self.close_chart)
        self.content.addWidget(self.strip)
        words = "Close the chart that was opened with a reason"
        self._closing = self.add_command(words, CLOSE_KEYS, self.close_chart)
        self._asking = self.add_command("Open with a reason…", SAY_WHY_KEYS, self.ask_why)
        self._closing.setEnabled(False)
        self._asking.setEnabled(False)
        context.work.outage_changed.connect(self.refresh)

    @property
    def patient(self) -> BoardBed | None:
        """The patient shown, as the board knew her when she was last read."""
        return self._row

    @property
    @override
    def own_glass(self) -> UUID | None:
        return self.strip.patient_id

    @property
    def patient_banner(self) -> PatientBanner:
        """Where it stands who is shown."""
        raise NotImplementedError

    def show_patient(self, row: BoardBed) -> None:
        """Open the patient of a board row."""
        if self._row is None or self._row.admission_id != row.admission_id:
            self._opened_for = self._asked_why = None
            self._asking.setEnabled(False)
            self._put_strip_away()
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
        if self._is_elsewhere(self._row):
            self.read(self._show_behind_glass, behind_glass, self._row.patient_id)
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
            self._let_go()
            self._put_strip_away()
        super().show_place(place)

    @override
    def take_note(self, topic: str) -> None:
        super().take_note(topic)
        if topic == TOPIC:
            self.refresh()

    def close_chart(self) -> None:
        """Take back the right to read a chart that was opened with a reason."""
        if self._row is not None and self._row.patient_id is not None:
            reply = Reply(self._closed)
            self.context.work.command(self, TOPIC, reply, close_chart, self._row.patient_id)

    def ask_why(self) -> None:
        """Ask for the reason to open the chart of a patient who is marked private."""
        from ui.patients.glass_sheet import GlassSheet

        if self._row is not None and self._row.patient_id is not None:
            name = patient_name(self._row)
            self.sheet_requested.emit(GlassSheet(self.context, self._row.patient_id, name))

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

    def _opening(self) -> tuple[object, ...]:
        work = self.context.work
        return work.actor, work.outage_epoch, self._row.patient_id if self._row else None

    def _read_opened(self, opening: object, _opened: object) -> None:
        # the answer may come after another patient was opened
        if self._row is not None and self._row.admission_id and opening == self._opening():
            self._opened_for = opening
            self._asking.setEnabled(False)
            if self._row.patient_id and self._row.flag(FlagKind.PRIVACY) is not None:
                show = partial(self._show_private, self._row.admission_id)
                self.read(show, behind_glass, self._row.patient_id)
            else:
                self.read_record(self._row.admission_id)

    def _show_private(self, admission_id: UUID, found: BehindGlass) -> None:
        if not self.shows(admission_id):
            return
        if found.opening is None and self.own_glass is not None:
            self._end()  # closed elsewhere: from another screen, or by the clock of the database
            return
        self._show_strip(found)
        self.read_record(admission_id)

    @property
    def is_behind_glass(self) -> bool:
        """Whether the patient is of another ward: to be read and added to, not to be changed."""
        return self._row is not None and self._is_elsewhere(self._row)

    def _is_elsewhere(self, row: BoardBed) -> bool:
        """Whether the patient is on none of the person's wards: she came by the broken glass."""
        return row.ward_id not in {ward.id for ward in self.context.signed_in.wards}

    def _show_behind_glass(self, found: BehindGlass) -> None:
        if self._row is None or not self._is_elsewhere(self._row):
            return
        if found.opening is None or found.row is None:
            self._end()
        elif found.row.patient_id == self._row.patient_id and found.row.admission_id:
            self._row = found.row
            self._show_banner()
            self._show_strip(found)
            self.read_record(found.row.admission_id)

    def _show_strip(self, found: BehindGlass) -> None:
        opening = found.opening
        if opening and self._row and opening.patient_id == self._row.patient_id:
            self.strip.show_opening(opening, found.left, self._row.ward_name)
            self._set_closing(can_close=True)
            self.enable()

    def _set_closing(self, *, can_close: bool) -> None:
        self._closing.setEnabled(can_close)
        self.glass_changed.emit()

    def _end(self) -> None:
        """Show nothing of the chart any more: the right to read it is over."""
        name = patient_name(self._row) if self._row else ""
        self._let_go()
        self.strip.show_end(f"{name}. {OVER}" if name else OVER)
        self._set_closing(can_close=False)

    def _closed(self, _closed: object) -> None:
        self._let_go()
        self.strip.show_end(CLOSED)
        self._set_closing(can_close=False)
        self.told.emit("The chart is closed.", None)

    def _let_go(self) -> None:
        self._row = self._opened_for = self._asked_why = None
        self.forget()
        self.patient_banner.hide()
        self.show_nobody()
        self.enable()

    def _put_strip_away(self) -> None:
        self.strip.put_away()
        self._set_closing(can_close=False)

    @override
    def _missed(self, error: WardError) -> None:
        if isinstance(error, NotPermittedError):
            self._opened_for = None  # opened anew with the next load
        super()._missed(error)
        if isinstance(error, ReasonNeededError) and self._row is not None:
            why = NoticeAction(f"Say why ({SAY_WHY_KEYS})", self.ask_why)
            self.notice.tell(PROBLEM, str(error), why)
            self._asking.setEnabled(True)
            # once: whoever leaves the question is not asked by each new reading
            if self._asked_why != self._row.patient_id and self.is_in_view:
                self._asked_why = self._row.patient_id
                self.ask_why()

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
