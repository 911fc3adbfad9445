"""The bed picker: type ward, bay or bed number; free beds first, refused ones with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Qt

from ui.background import Reply
from ui.context import Context
from ui.rooms.bed_options import BedPlace, bed_text, fitting_places, no_bed_option
from ui.widgets.inputs import Clock, Input
from ui.widgets.option_model import Option
from ui.widgets.pick_input import PickInput
from ui.widgets.type_ahead import TypeAhead
from ward_app.board.types import BoardBed
from ward_app.core.errors import WardError
from ward_app.rooms.bed_queries import bed_choices
from ward_app.rooms.bed_types import BedChoice


@dataclass(frozen=True, slots=True)
class BedSearch:
    """Which beds a picker offers: near whom, from which ward on.

    Attributes:
        ward_id: beds of this ward come first; its "no bed yet" too.
        near_admission_id: whose present bed distances count from; None before admission.
    """

    ward_id: UUID
    near_admission_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Bed:
    """A kind of form field: a bed, or the ward without a bed; the value is a `BedPlace`."""

    context: Context
    search: BedSearch

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return BedInput(self.context, self.search)


class BedInput(PickInput):
    """A type-ahead over every bed that may be given; it loads its choices itself."""

    def __init__(self, context: Context, search: BedSearch) -> None:
        super().__init__(TypeAhead())
        self._context, self._search = context, search
        self._choices: tuple[BedChoice, ...] = ()
        self._problem: str | None = None
        self.field.setPlaceholderText("Type ward, bay or bed number")
        self.field.asked.connect(self._want)
        self.load()

    def load(self) -> None:
        """Ask for the beds as they are now."""
        reply = Reply(self._show, self._fail)
        near = self._search.near_admission_id
        self._context.work.query(self, reply, bed_choices, near, None)

    def choose_again(self) -> None:
        """Give up the choice, load the beds anew and open the list under the cursor."""
        self.field.choose(None)
        self.load()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, choices: Sequence[BedChoice]) -> None:
        own = self._search.ward_id
        self._choices = tuple(sorted(choices, key=lambda choice: choice.ward_id != own))
        self._problem = None
        if self.field.list.isVisible() or self.field.hasFocus():
            self._offer("" if self.field.choice else self.field.text())

    def _fail(self, error: WardError) -> None:
        self._problem = str(error)
        self._offer(self.field.text())

    def _want(self, typed: str) -> None:
        if self._problem is not None:
            self.load()
        self._offer(typed)

    def _offer(self, typed: str) -> None:
        if self._problem is not None:
            self.field.set_options([Option("The beds could not be read", "", None, self._problem)])
        else:
            self.field.set_options(fitting_places(self._choices, self._no_beds(), typed))

    def _no_beds(self) -> list[Option]:
        wards = sorted(self._context.wards, key=lambda ward: ward.id != self._search.ward_id)
        return [no_bed_option(ward.id, ward.name) for ward in wards]


def option_of_row(row: BoardBed) -> Option:
    """Return the option of a bed of the board, chosen before the picker has read any."""
    if row.bed_id is None or row.bed_label is None:
        return no_bed_option(row.ward_id, row.ward_name)
    text = bed_text(row.bed_label, row.room_name, row.ward_name)
    return Option(text, "", BedPlace(row.ward_id, row.bed_id))
