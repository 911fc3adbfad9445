"""From what the board asks for to the sheet that does it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from ui.admissions.admit_sheet import AdmitSheet
from ui.admissions.discharge_sheet import DischargeSheet
from ui.admissions.expected_sheet import ExpectedDischargeSheet
from ui.admissions.stay import Stay, stay_of_row
from ui.admissions.step_sheet import StepSheet
from ui.admissions.swap_sheet import SwapSheet, partner_option
from ui.admissions.transfer_sheet import TransferSheet
from ui.admissions.undo_sheet import UndoSheet
from ui.background import Reply
from ui.context import Context
from ui.formats import person_name
from ui.patients.alerts_sheet import AlertsSheet
from ui.rooms.bed_state_sheet import BedStateSheet
from ui.rooms.words import READINESS_WORDS
from ui.widgets.sheet import Sheet
from ward_app.board.rules import next_readiness
from ward_app.board.types import BoardBed
from ward_app.core.ids import new_id
from ward_app.rooms.service import set_readiness
from ward_app.rooms.types import BedState, Readiness, Ward

OpenSheet = Callable[[Sheet], None]
Tell = Callable[[str, Callable[[], None] | None], None]


def admit_sheet(context: Context, bed: BoardBed | None, ward: Ward | None = None) -> AdmitSheet:
    """Return the sheet that admits to a bed; without one, to a ward (default: the first own)."""
    meant = ward or _ward(context, bed.ward_id if bed else None)
    return AdmitSheet(context, meant, bed)


def transfer_sheet(
    context: Context, row: BoardBed, target: BoardBed | None = None
) -> TransferSheet:
    """Return the sheet that moves the patient of a row, with the target chosen if there is one."""
    return TransferSheet(context, _stay(row), target)


def swap_sheet(context: Context, row: BoardBed, other: BoardBed | None = None) -> SwapSheet:
    """Return the sheet that exchanges two beds, with the other patient chosen if there is one."""
    partner = partner_option(other, _stay(other)) if other else None
    return SwapSheet(context, _stay(row), partner)


def discharge_sheet(context: Context, row: BoardBed) -> DischargeSheet:
    """Return the sheet that discharges the patient of a row."""
    return DischargeSheet(context, _stay(row))


def expected_discharge_sheet(context: Context, row: BoardBed) -> ExpectedDischargeSheet:
    """Return the sheet that changes when the patient of a row is expected to leave."""
    return ExpectedDischargeSheet(context, _stay(row), row.expected_discharge_on)


def undo_sheet(context: Context, row: BoardBed) -> UndoSheet:
    """Return the sheet that undoes the latest step of the patient of a row.

    For a row without a patient it begins with who left the ward in the last 24 hours.
    """
    return UndoSheet(context, _ward(context, row.ward_id), stay_of_row(row))


def undo_discharge_sheet(context: Context, ward: Ward) -> UndoSheet:
    """Return the sheet that finds a patient who left lately and undoes the discharge."""
    return UndoSheet(context, ward, None)


def alerts_sheet(context: Context, row: BoardBed) -> AlertsSheet:
    """Return the sheet with allergies and flags of the patient of a row."""
    name = person_name(row.family_name, row.given_name, row.title)
    return AlertsSheet(context, _stay(row).patient_id, name)


def bed_state_sheet(context: Context, row: BoardBed) -> BedStateSheet:
    """Return the sheet that changes availability and readiness of a bed."""
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
        self._sheets: dict[str, Callable[[Context, BoardBed], Sheet]] = {
            "admit": admit_sheet,
            "transfer": transfer_sheet,
            "swap": swap_sheet,
            "discharge": discharge_sheet,
            "undo": undo_sheet,
            "flags": alerts_sheet,
            "expected": expected_discharge_sheet,
            "availability": bed_state_sheet,
            "block": bed_state_sheet,
        }

    def act(self, action: str, row: BoardBed) -> bool:
        """Open the sheet of an action on a row of the board; False if it is not one of ours."""
        if action == "readiness":
            self.mark_ready(row)
            return True
        make = self._sheets.get(action)
        if make is None:
            return False
        self.open(make(self._context, row))
        return True

    def transfer(self, row: BoardBed, target: BoardBed) -> None:
        """Open the move of a patient to a bed (dragged there)."""
        self.open(transfer_sheet(self._context, row, target))

    def swap(self, row: BoardBed, other: BoardBed) -> None:
        """Open the exchange of two patients (one dragged onto the other)."""
        self.open(swap_sheet(self._context, row, other))

    def mark_ready(self, row: BoardBed) -> None:
        """Record the next step of cleaning at once, or open the bed's state if there is none."""
        step = next_readiness(row)
        if step is None or row.bed_id is None:
            self.open(bed_state_sheet(self._context, row))
            return
        state = BedState(id=new_id(), bed_id=row.bed_id, occurred_at=self._context.clock())
        reply = Reply(partial(self._tell_ready, row, step))
        self._context.work.command(self, "beds", reply, set_readiness, state, step)

    def open(self, sheet: Sheet) -> None:
        """Open a sheet; what it saves can be undone from the outcome that is told."""
        if isinstance(sheet, StepSheet):
            sheet.offer_undo = self._offer_undo
        self._open_sheet(sheet)

    def _offer_undo(self, stay: Stay) -> None:
        self.open(UndoSheet(self._context, _ward(self._context, stay.ward_id), stay))

    def _tell_ready(self, row: BoardBed, step: Readiness, _nothing: object) -> None:
        marked = row._replace(readiness=step)
        undo = partial(self._reopen_bed, marked)
        self._tell(f"Bed {row.bed_label}: {READINESS_WORDS[step].lower()}.", undo)

    def _reopen_bed(self, row: BoardBed) -> None:
        self.open(bed_state_sheet(self._context, row))


def _stay(row: BoardBed) -> Stay:
    stay = stay_of_row(row)
    if stay is None:
        raise ValueError("this row of the board shows no patient")
    return stay


def _ward(context: Context, ward_id: object) -> Ward:
    wards = (*context.wards, *context.signed_in.wards)
    own = context.signed_in.wards or wards
    return next((ward for ward in wards if ward.id == ward_id), own[0])
