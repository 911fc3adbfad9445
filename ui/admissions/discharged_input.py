"""A type-ahead over the patients who left lately, to undo a discharge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from uuid import UUID

from ui.admissions.step_options import discharge_options
from ui.background import Reply
from ui.context import Context
from ui.widgets.inputs import Clock, Input
from ui.widgets.option_model import Option
from ui.widgets.pick_input import PickInput
from ui.widgets.type_ahead import TypeAhead, fits
from ward_app.admissions.queries import recently_discharged
from ward_app.admissions.types import RecentDischarge
from ward_app.core.errors import WardError


@dataclass(frozen=True, slots=True)
class Discharged:
    """A kind of form field: a patient who left these wards in the last 24 hours; a `Stay`."""

    context: Context
    ward_ids: tuple[UUID, ...]
    zone: tzinfo

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return DischargedInput(self)


class DischargedInput(PickInput):
    """Offers who left, latest first; says so when nobody did."""

    def __init__(self, asked: Discharged) -> None:
        super().__init__(TypeAhead(tab_picks=False))
        self._asked = asked
        self._left: tuple[Option, ...] = ()
        self.field.setPlaceholderText("Type a name")
        self.field.asked.connect(self._offer)
        reply = Reply(self._show, self._fail)
        asked.context.work.query(self, reply, recently_discharged, asked.ward_ids)

    def _show(self, left: Sequence[RecentDischarge]) -> None:
        self._left = discharge_options(left, self._asked.zone, self._asked.context.clock())
        if not left:
            nobody = "Nobody left in the last 24 hours"
            self._left = (Option(nobody, "", None, refusal="Older discharges cannot be undone"),)
        if self.field.hasFocus():
            self._offer(self.field.text())

    def _fail(self, error: WardError) -> None:
        self._left = (Option("The list could not be read", "", None, refusal=str(error)),)
        self._offer("")

    def _offer(self, typed: str) -> None:
        self.field.set_options([each for each in self._left if fits(each, typed)])
