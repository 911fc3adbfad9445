"""What every sheet that gives a bed shares: the bed was taken, or is not clean."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from typing_extensions import override

from ui.admissions.step_sheet import StepSheet
from ui.rooms.bed_options import BedPlace
from ui.rooms.bed_picker import BedInput
from ward_app.admissions.types import BedNotReadyError, BedTakenError
from ward_app.core.errors import WardError

PLACE = "bed_id"


class BedSheet(StepSheet):
    """A sheet with a bed picker in its field `bed_id`.

    A bed that was just taken leaves the entry as it is and the cursor on fresh choices; one
    that is not clean asks once, for that bed only.
    """

    _accepted_not_clean: UUID | None = None

    def place(self) -> BedPlace:
        """Return the bed or ward chosen; ask `check` first."""
        return cast("BedPlace", self.value(PLACE))

    @property
    def accepts_not_clean(self) -> bool:
        """Whether the user agreed to the chosen bed although it is not marked clean."""
        bed_id = self.place().bed_id
        return bed_id is not None and bed_id == self._accepted_not_clean

    @override
    def show_problem(self, error: WardError) -> None:
        if isinstance(error, BedNotReadyError):
            self.ask(str(error), "Put there", self._accept_not_clean)
            return
        super().show_problem(error)
        if isinstance(error, BedTakenError):
            self.bed_input().choose_again()

    def bed_input(self) -> BedInput:
        """Return the bed picker."""
        return cast("BedInput", self.form_of(PLACE).input(PLACE))

    def _accept_not_clean(self) -> None:
        self._accepted_not_clean = self.place().bed_id
        self.save()
