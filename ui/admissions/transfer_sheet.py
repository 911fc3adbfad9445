"""Move a patient to another bed, another ward, or off a bed."""

from __future__ import annotations

from functools import partial

from typing_extensions import override

from ui.admissions.bed_sheet import PLACE, BedSheet, share_field
from ui.admissions.fields import PastMoment
from ui.admissions.stay import Stay
from ui.admissions.step_sheet import tell_bed_mates
from ui.admissions.words import TRANSFER_REASONS, bed_left_words, place_of
from ui.context import Context
from ui.rooms.bed_picker import Bed, BedSearch, option_of_row
from ui.widgets.form import Field, Form
from ui.widgets.reason_input import Reason
from ward_app.admissions.service import transfer
from ward_app.admissions.types import NewTransfer, Placement
from ward_app.board.types import BoardBed


class TransferSheet(BedSheet):
    """Moves one patient; the bed left behind is marked dirty."""

    def __init__(self, context: Context, stay: Stay, target: BoardBed | None = None) -> None:
        super().__init__(
            context,
            stay.ward_id,
            title="Transfer",
            patient_name=stay.name,
            draft_key=f"transfer {stay.admission_id}",
        )
        self.stay = stay
        self.form = self.add_form(Form(self._fields(target), context.clock, self.page))
        self.form.changed.connect(self.show_sharing)
        self.content.addStretch(1)
        self.show_sharing()
        tell_bed_mates(self, stay)

    @override
    def save(self) -> None:
        if not self.check():
            return
        entered, place = self.form.values(), self.place()
        move = NewTransfer(
            id=self.ids["transfer"],
            admission_id=self.stay.admission_id,
            ward_id=place.ward_id,
            bed_id=place.bed_id,
            occurred_at=entered["occurred_at"],
            reason=entered["reason"],
            accept_not_clean=self.accepts_not_clean,
            share=self.share(),
        )
        when = self.when("occurred_at")
        self.send("beds", partial(self._tell, when), transfer, move)

    def _fields(self, target: BoardBed | None) -> tuple[Field, ...]:
        stay = self.stay
        where = f"bed {stay.bed_label}" if stay.bed_label else "no bed"
        bed = Bed(self.context, BedSearch(stay.ward_id, stay.admission_id))
        chosen = option_of_row(target) if target else None
        now = self.context.clock()
        return (
            Field(
                name=PLACE,
                label=f"From {where}, {stay.ward_name}, to",
                kind=bed,
                value=chosen,
                required=True,
            ),
            share_field(),
            Field(
                name="occurred_at",
                label="Moved at",
                kind=PastMoment(self.zone),
                value=now,
                required=True,
            ),
            Field(name="reason", label="Reason", kind=Reason(TRANSFER_REASONS)),
        )

    def _tell(self, when: str, placement: Placement) -> None:
        stay = self.stay
        left = bed_left_words(stay.bed_label, placement.left_with, "is marked dirty")
        message = f"{stay.name} moved to {place_of(placement, stay.ward_name)} {when}.{left}"
        self.finish_step(message, stay)
