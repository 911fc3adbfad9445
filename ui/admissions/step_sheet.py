"""What every sheet that records a step of a stay shares: its ids, its undo, its words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial
from uuid import UUID

from ui.admissions.stay import Stay, ward_zone
from ui.admissions.words import at_text
from ui.context import Context
from ui.notices import CAUTION
from ui.widgets.entry_sheet import EntrySheet

OfferUndo = Callable[[Stay], None]


def tell_bed_mates(sheet: EntrySheet, stay: Stay) -> None:
    """Say who shares the patient's bed and stays there: the step is about one of them."""
    if stay.shared_with:
        words = f"Bed {stay.bed_label} is shared. {stay.shared_with} stays there."
        sheet.notice.tell(CAUTION, words)


class StepSheet(EntrySheet):
    """A sheet that records one step.

    Attributes:
        offer_undo: opens the way back for a stay; None = no undo is offered after the save.
    """

    def __init__(
        self,
        context: Context,
        ward_id: UUID,
        *,
        title: str,
        save_text: str = "Save",
        patient_name: str | None = None,
        draft_key: str | None = None,
    ) -> None:
        super().__init__(
            context,
            title=title,
            save_text=save_text,
            patient_name=patient_name,
            draft_key=draft_key,
        )
        self.zone: tzinfo = ward_zone(context, ward_id)
        self.offer_undo: OfferUndo | None = None

    def when(self, name: str) -> str:
        """Return "at 14:07" of a field with a moment."""
        return at_text(self.value(name), self.zone, self.context.clock())

    def finish_step(self, message: str, stay: Stay) -> None:
        """Tell what was saved, offer to undo it, and close."""
        offer = self.offer_undo
        self.finish(message, None if offer is None else partial(offer, stay))
