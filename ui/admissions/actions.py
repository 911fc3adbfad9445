"""From what the board asks for to the sheet that does it.

A sheet is imported when it is first opened (`ui/warm_up.py` is mostly sooner), never for the
first board.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from ui.admissions.stay import Stay, stay_of_row
from ui.background import Reply
from ui.board.panel import BoardPanel
from ui.context import Context
from ui.formats import person_name
from ui.rooms.words import READINESS_WORDS
from ui.widgets.sheet import Sheet
from ward_app.board.types import BoardBed
from ward_app.rooms.types import Readiness, Ward
from ward_app.staff.types import Permission

OpenSheet = Callable[[Sheet], None]
Tell = Callable[[str, Callable[[], None] | None], None]


def admit_sheet(context: Context, bed: BoardBed | None, ward: Ward | None = None) -> Sheet:
    """Return the sheet that admits to a bed; without one, to a ward (default: the first own)."""
    from ui.admissions.admit_sheet import AdmitSheet

    meant = ward or _ward(context, bed.ward_id if bed else None)
    return AdmitSheet(context, meant, bed)


def transfer_sheet(context: Context, row: BoardBed, target: BoardBed | None = None) -> Sheet:
    """Return the sheet that moves the patient of a row, with the target chosen if there is one."""
    from ui.admissions.transfer_sheet import TransferSheet

    return TransferSheet(context, _stay(row), target)


def swap_sheet(context: Context, row: BoardBed, other: BoardBed | None = None) -> Sheet:
    """Return the sheet that exchanges two beds, with the other patient chosen if there is one."""
    from ui.admissions.swap_sheet import SwapSheet, partner_option

    partner = partner_option(other, _stay(other)) if other else None
    return SwapSheet(context, _stay(row), partner)


def discharge_sheet(context: Context, row: BoardBed) -> Sheet:
    """Return the sheet that discharges the patient of a row."""
    from ui.admissions.discharge_sheet import DischargeSheet

    return DischargeSheet(context, _stay(row))


def expected_discharge_sheet(context: Context, row: BoardBed) -> Sheet:
    """Return the sheet that changes when the patient of a row is expected to leave."""
    from ui.admissions.expected_sheet import ExpectedDischargeSheet

    return ExpectedDischargeSheet(context, _stay(row), row.expected_discharge_on)


def undo_sheet(context: Context, row: BoardBed) -> Sheet:
    """Return the sheet that undoes the latest step of the patient of a row.

    For a row without a patient it begins with who left the ward in the last 24 hours.
    """
    return _undo_sheet(context, _ward(context, row.ward_id), stay_of_row(row))


def undo_discharge_sheet(context: Context, ward: Ward) -> Sheet:
    """Return the sheet that finds a patient who left lately and undoes the discharge."""
    return _undo_sheet(context, ward, None)


def alerts_sheet(context: Context, row: BoardBed) -> Sheet:
    """Return the sheet with allergies and flags of the patient of a row."""
    from ui.patients.alerts_sheet import AlertsSheet

    name = person_name(row.family_name, row.given_name, row.title)
    return AlertsSheet(context, _stay(row).patient_id, name)


def bed_state_sheet(context: Context, row: BoardBed) -> Sheet:
    """Return the sheet that changes availability and readiness of a bed."""
    from ui.rooms.bed_state_sheet import BedStateSheet

    return BedStateSheet(context, row)


class BedActions(QObject):
    """Does what the board asks for, in sheets that it opens through `open_sheet`.

    Args:
        context: of the person signed in.
        open_sheet: shows a sheet beside the board (`Panel.sheet_requested.emit`).
        tell: tells an outcome with its undo or None (`Panel.told.emit`).
    """

    def __init__(
        self, context: Context, open_sheet: OpenSheet, tell: Tell, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._open_sheet, self._tell = context, open_sheet, tell

    def serve(self, board: BoardPanel) -> None:
        """Do from now on what this board asks for, except opening and observing a patient."""
        board.admit_asked.connect(self.admit)
        board.transfer_asked.connect(self.transfer)
        board.swap_asked.connect(self.swap)
        board.discharge_asked.connect(self.discharge)
        board.undo_asked.connect(self.undo)
        board.flags_asked.connect(self.change_alerts)
        board.availability_asked.connect(self.change_bed)
        board.readiness_asked.connect(self.mark_ready)
        self._add_commands(board)

    def _add_commands(self, board: BoardPanel) -> None:
        """Give the board the acts that are not about one bed alone, or are rarely needed."""
        may = self._context.signed_in.may
        if may(Permission.ADMISSION_TRANSFER):
            expect = partial(self._change_expected_of_chosen, board)
            board.add_command("Change the expected discharge…", "Shift+D", expect)
        if may(Permission.ADMISSION_ADMIT):
            admit = partial(self._in_ward_of, board, self.admit_to_ward)
            board.add_command("Admit, bed still to be found…", "Ctrl+N", admit)
        if may(Permission.ADMISSION_CANCEL):
            undo = partial(self._in_ward_of, board, self.undo_discharge)
            board.add_command("Undo a discharge…", "Ctrl+U", undo)

    def _change_expected_of_chosen(self, board: BoardPanel) -> None:
        card = board.beds.chosen
        if card is not None and stay_of_row(card.bed) is not None:
            self.change_expected_discharge(card.bed)
        else:
            self._tell("Choose a patient first: arrow keys, or type the bed's number.", None)

    def _in_ward_of(self, board: BoardPanel, act: Callable[[Ward], None]) -> None:
        """Act in the ward of the chosen bed, else in the first of those shown."""
        card = board.beds.chosen
        act(_ward(self._context, card.bed.ward_id if card else board.place.wards[0].id))

    def admit(self, bed: BoardBed) -> None:
        """Open the admission to a free bed."""
        self.open(admit_sheet(self._context, bed))

    def admit_to_ward(self, ward: Ward) -> None:
        """Open the admission to a ward, the bed still to be found."""
        self.open(admit_sheet(self._context, None, ward))

    def transfer(self, row: BoardBed, target: BoardBed | None = None) -> None:
        """Open the move of a patient, to a bed if it was dragged there."""
        self.open(transfer_sheet(self._context, row, target))

    def swap(self, row: BoardBed, other: BoardBed | None = None) -> None:
        """Open the exchange of two patients."""
        self.open(swap_sheet(self._context, row, other))

    def discharge(self, row: BoardBed) -> None:
        """Open the discharge of a patient."""
        self.open(discharge_sheet(self._context, row))

    def change_expected_discharge(self, row: BoardBed) -> None:
        """Open the change of when a patient is expected to leave."""
        self.open(expected_discharge_sheet(self._context, row))

    def undo(self, row: BoardBed) -> None:
        """Open the undoing of a patient's latest step."""
        self.open(undo_sheet(self._context, row))

    def undo_discharge(self, ward: Ward) -> None:
        """Open the search for who left a ward lately, to undo the discharge."""
        self.open(undo_discharge_sheet(self._context, ward))

    def change_alerts(self, row: BoardBed) -> None:
        """Open allergies and flags of a patient."""
        self.open(alerts_sheet(self._context, row))

    def change_bed(self, row: BoardBed) -> None:
        """Open availability and readiness of a bed."""
        self.open(bed_state_sheet(self._context, row))

    def mark_ready(self, row: BoardBed, step: Readiness) -> None:
        """Record the next step of cleaning at once; undoing it opens the state of the bed."""
        from ward_app.core.ids import new_id
        from ward_app.rooms.bed_types import BedState
        from ward_app.rooms.service import set_readiness

        if row.bed_id is None:
            return
        state = BedState(id=new_id(), bed_id=row.bed_id, occurred_at=self._context.clock())
        reply = Reply(partial(self._tell_ready, row, step))
        self._context.work.command(self, "beds", reply, set_readiness, state, step)

    def open(self, sheet: Sheet) -> None:
        """Open a sheet; what it saves can be undone from the outcome that is told."""
        from ui.admissions.step_sheet import StepSheet

        if isinstance(sheet, StepSheet):
            sheet.offer_undo = self._offer_undo
        self._open_sheet(sheet)

    def _offer_undo(self, stay: Stay) -> None:
        self.open(_undo_sheet(self._context, _ward(self._context, stay.ward_id), stay))

    def _tell_ready(self, row: BoardBed, step: Readiness, _nothing: object) -> None:
        reopen = partial(self.change_bed, row._replace(readiness=step))
        self._tell(f"Bed {row.bed_label}: {READINESS_WORDS[step].lower()}.", reopen)


def _undo_sheet(context: Context, ward: Ward, stay: Stay | None) -> Sheet:
    from ui.admissions.undo_sheet import UndoSheet

    return UndoSheet(context, ward, stay)


def _stay(row: BoardBed) -> Stay:
    stay = stay_of_row(row)
    if stay is None:
        raise ValueError("this row of the board shows no patient")
    return stay


def _ward(context: Context, ward_id: object) -> Ward:
    wards = (*context.wards, *context.signed_in.wards)
    own = context.signed_in.wards or wards
    return next((ward for ward in wards if ward.id == ward_id), own[0])
