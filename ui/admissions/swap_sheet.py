"""Two patients exchange beds in one step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from typing_extensions import override

from ui.admissions.fields import PastMoment
from ui.admissions.stay import Stay, stay_of_row
from ui.admissions.step_sheet import StepSheet
from ui.admissions.words import TRANSFER_REASONS, place_of
from ui.background import Reply
from ui.context import Context
from ui.rooms.bed_options import bed_text
from ui.widgets.form import Field, Form
from ui.widgets.inputs import Clock, Input
from ui.widgets.option_model import Option
from ui.widgets.pick_input import PickInput
from ui.widgets.reason_input import Reason
from ui.widgets.type_ahead import TypeAhead, fits
from ward_app.admissions.service import swap
from ward_app.admissions.types import NewSwap, Placement
from ward_app.board.queries import ward_board
from ward_app.board.types import Board, BoardBed
from ward_app.core.errors import WardError


def partner_option(row: BoardBed, stay: Stay) -> Option:
    """Return the row of a patient to exchange beds with; not of one who shares a bed."""
    place = bed_text(row.bed_label or "", row.room_name, row.ward_name)
    shared = f"{place} · shares the bed with {stay.shared_with}" if stay.shared_with else None
    return Option(stay.name, place, stay, shared)


@dataclass(frozen=True, slots=True)
class Partner:
    """A kind of form field: another patient in a bed of the reader's wards; a `Stay`."""

    context: Context
    stay: Stay

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return PartnerInput(self.context, self.stay)


class PartnerInput(PickInput):
    """A type-ahead over the patients in beds, those of the same ward first.

    Leaving the field picks nothing: the first in the list may be somebody else.
    """

    def __init__(self, context: Context, stay: Stay) -> None:
        super().__init__(TypeAhead(tab_picks=False))
        self.stay = stay
        self._partners: tuple[Option, ...] = ()
        self.field.setPlaceholderText("Type a name or a bed")
        self.field.asked.connect(self._offer)
        wards = dict.fromkeys((stay.ward_id, *(ward.id for ward in context.signed_in.wards)))
        reply = Reply(self._show, self._fail)
        context.work.query(self, reply, ward_board, tuple(wards))

    def _show(self, board: Board) -> None:
        own = self.stay.ward_id
        in_beds = (row for row in board.beds if row.bed_id is not None)
        rows = sorted(in_beds, key=lambda row: row.ward_id != own)
        stays = ((row, stay_of_row(row)) for row in rows)
        self._partners = tuple(
            partner_option(row, stay)
            for row, stay in stays
            if stay is not None and stay.admission_id != self.stay.admission_id
        )
        if self.field.hasFocus():
            self._offer(self.field.text())

    def _fail(self, error: WardError) -> None:
        self._partners = (Option("The ward could not be read", "", None, str(error)),)
        self._offer("")

    def _offer(self, typed: str) -> None:
        self.field.set_options([each for each in self._partners if fits(each, typed)])


class SwapSheet(StepSheet):
    """Exchanges the beds of two patients."""

    def __init__(self, context: Context, stay: Stay, partner: Option | None = None) -> None:
        super().__init__(
            context,
            stay.ward_id,
            title="Swap beds",
            patient_name=stay.name,
            draft_key=f"swap {stay.admission_id}",
        )
        self.stay = stay
        self.form = self.add_form(Form(self._fields(partner), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check():
            return
        entered = self.form.values()
        other: Stay = entered["partner"]
        exchange = NewSwap(
            id=self.ids[f"swap with {other.admission_id}"],
            other_id=self.ids[f"swap of {other.admission_id}"],
            admission_id=self.stay.admission_id,
            other_admission_id=other.admission_id,
            occurred_at=entered["occurred_at"],
            reason=entered["reason"],
        )
        when = self.when("occurred_at")
        self.send("beds", partial(self._tell, other, when), swap, exchange)

    def _fields(self, partner: Option | None) -> tuple[Field, ...]:
        stay = self.stay
        who = Partner(self.context, stay)
        label = f"Exchange bed {stay.bed_label} with"
        when = PastMoment(self.zone)
        now = self.context.clock()
        return (
            Field(name="partner", label=label, kind=who, value=partner, required=True),
            Field(name="occurred_at", label="Swapped at", kind=when, value=now, required=True),
            Field(name="reason", label="Reason", kind=Reason(TRANSFER_REASONS)),
        )

    def _tell(self, other: Stay, when: str, placements: tuple[Placement, Placement]) -> None:
        stay = self.stay
        here, there = (place_of(placement, stay.ward_name) for placement in placements)
        message = f"{stay.name} is now in {here} and {other.name} in {there}, {when}."
        self.finish_step(message, stay)
