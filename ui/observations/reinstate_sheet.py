"""Letting sets count again that were struck out as a group."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from typing_extensions import override

from ui.background import Reply
from ui.context import Context
from ui.formats import date_time_text
from ui.observations.decision_sheets import FormSheet
from ui.observations.strike_group_sheet import TOPIC, counted
from ui.widgets.form import Field, Form, OneOf, Text
from ui.widgets.inputs import Choice
from ward_app.audit.service import open_charts
from ward_app.rooms.types import Ward
from ward_app.strike_outs.queries import earlier_strike_outs, struck_out_patients
from ward_app.strike_outs.service import reinstate_group
from ward_app.strike_outs.types import EarlierStrikeOut, Reinstatement

_WORDS = (
    "The sets come back as they were, at the time they were measured. Original, strike-out and"
    " this all stay on record. Sets of patients who left your wards since stay struck out."
)


class ReinstateSheet(FormSheet):
    """Chooses an earlier group strike-out of a ward and takes it back with a reason."""

    def __init__(self, context: Context, ward: Ward) -> None:
        super().__init__(
            context,
            title="Reinstate readings",
            save_text="Reinstate",
            draft_key=f"reinstate:{ward.id}",
        )
        self._ward = ward
        which = Field(
            name="which",
            label=f"Struck out on {ward.name}",
            kind=OneOf(()),
            required=True,
            hint="They are being read…",
        )
        reason = Field(
            name="reason",
            label="Why do they count again?",
            kind=Text("The device was checked and is right…"),
            required=True,
        )
        self.hold(Form((which, reason), context.clock, self.page), _WORDS)
        reply = Reply(self._offer, self.notice.show_problem)
        context.work.query(self, reply, earlier_strike_outs, ward.id)

    @override
    def save(self) -> None:
        if not self.form.check():
            return
        chosen: UUID = self.form.value("which")
        back = Reinstatement(
            id=self.ids[f"back {chosen}"],
            strike_out_id=chosen,
            reason=self.form.value("reason"),
        )
        found = Reply(lambda patients: self._open(back, patients), self.show_problem)
        self.context.work.query(self, found, struck_out_patients, chosen)

    def _open(self, back: Reinstatement, patient_ids: tuple[UUID, ...]) -> None:
        """Log that the charts are opened; only then may anything in them be changed."""
        opened = Reply(
            lambda _nothing: self.send(TOPIC, self._saved, reinstate_group, back),
            self.show_problem,
        )
        self.context.work.query(self, opened, open_charts, patient_ids)

    def _offer(self, earlier: tuple[EarlierStrikeOut, ...]) -> None:
        self.form.set_choices("which", [Choice(one.id, self._words(one)) for one in earlier])
        if earlier:
            self.form.set_value("which", earlier[0].id)
        hint = "" if earlier else "Nothing was struck out as a group on this ward."
        self.form.set_hint("which", hint)
        self.form.set_clean()

    def _words(self, one: EarlierStrikeOut) -> str:
        at = date_time_text(one.recorded_at, ZoneInfo(self._ward.time_zone))
        return f"{one.what}, {counted(one.sets, 'set')}, {at}, {one.recorded_by}: {one.reason}"

    def _saved(self, count: int) -> None:
        verb = "counts" if count == 1 else "count"
        self.finish(f"{counted(count, 'set')} {verb} again. Scores and due times follow.")
