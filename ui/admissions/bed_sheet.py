"""What every sheet that gives a bed shares: the bed was taken, or is not clean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from typing_extensions import override

from ui.admissions.step_sheet import StepSheet
from ui.admissions.words import SHARE_REASONS
from ui.rooms.bed_options import BedPlace
from ui.rooms.bed_picker import BedInput
from ui.widgets.form import Field
from ui.widgets.reason_input import Reason
from ward_app.admissions.types import BedNotReadyError, BedShare, BedTakenError
from ward_app.core.errors import WardError

PLACE = "bed_id"
SHARE_REASON = "share_reason"


def share_field() -> Field:
    """Return the field for why a bed is shared, to stand under the bed."""
    kind = Reason(SHARE_REASONS)
    return Field(name=SHARE_REASON, label="Share this bed: why?", kind=kind, required=True)


class BedSheet(StepSheet):
    """A sheet with a bed picker in its field `bed_id`, and under it why a bed is shared.

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

    def share(self) -> BedShare | None:
        """Return with whom the chosen bed is shared and why, None when it is not."""
        share_with = self.place().share_with
        if share_with is None:
            return None
        return BedShare(with_admission_id=share_with, reason=self.value(SHARE_REASON))

    def show_sharing(self) -> None:
        """Ask why, and say with whom, while the chosen bed is one that somebody lies in."""
        place: BedPlace | None = self.value(PLACE)
        shared = place is not None and place.share_with is not None
        form = self.form_of(PLACE)
        form.set_shown(SHARE_REASON, shown=shared)
        if place is not None and shared:
            form.set_hint(SHARE_REASON, f"In this bed and staying there: {place.others}.")

    @override
    def retype(self, draft: tuple[Mapping[str, Any], ...]) -> None:
        super().retype(draft)
        self.show_sharing()

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
