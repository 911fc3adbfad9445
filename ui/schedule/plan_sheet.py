"""How often a patient is observed, when the score alone does not say."""

from __future__ import annotations

from datetime import tzinfo

from typing_extensions import override

from ui.context import Context
from ui.due_words import every_text
from ui.schedule.called import CalledSheet
from ui.schedule.words import TOPIC, patient_text, why_text
from ui.widgets.digit_choice import DigitChoice
from ui.widgets.form import Field, Form, Moment, Text
from ui.widgets.inputs import Choice
from ward_app.schedule.rules import is_longer
from ward_app.schedule.service import decide_plan
from ward_app.schedule.types import DueItem, NewPlan
from ward_app.staff.types import Permission

INTERVALS_MINUTES = (15, 30, 60, 120, 240, 360, 720, 1440)
BY_SCORE = -1
LESS_OFTEN = "Needed: this is less often than the score asks"


class PlanSheet(CalledSheet):
    """Records a plan, or that the score decides again."""

    def __init__(self, context: Context, item: DueItem, zone: tzinfo) -> None:
        super().__init__(
            context,
            title="How often to observe",
            save_text="Record",
            patient_name=patient_text(item),
            draft_key=f"plan {item.admission_id}",
        )
        self.item, self.zone = item, zone
        self.add_words(self._about())
        self.form = self.add_form(Form(self._fields(), context.clock, self.page))
        self.form.changed.connect(self._show_what_it_needs)
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check() or not self._is_allowed():
            return
        if is_longer(self.value("interval"), self.item) and not self.may_go_on():
            return
        minutes = self._minutes()
        plan = NewPlan(
            id=self.ids["plan"],
            admission_id=self.item.admission_id,
            interval_minutes=minutes,
            decided_by=self.value("decided_by"),
            reason=self.value("reason") or "",
            expires_at=self.value("expires_at") if minutes else None,
            review_at=self.value("review_at") if minutes else None,
        )
        self.send(TOPIC, self._tell, decide_plan, plan)

    def _minutes(self) -> int | None:
        """Return the interval chosen, None for what the score asks."""
        minutes: int = self.value("interval")
        return None if minutes == BY_SCORE else minutes

    def _is_allowed(self) -> bool:
        """Whether reason and end are there where the choice needs them; say so if not."""
        minutes = self.value("interval")
        longer = is_longer(minutes, self.item)
        if longer and not self.context.signed_in.may(Permission.OBSERVATION_PLAN_LONGER):
            self.form.set_problem(
                "interval",
                "A doctor or the nurse in charge decides on less than the score asks",
            )
            return False
        if (longer or minutes == BY_SCORE) and not self.value("reason"):
            self.form.set_problem("reason", "This needs a reason")
            return False
        if longer and self.value("expires_at") is None:
            self.form.set_problem("expires_at", "Less often than the score asks needs an end")
            return False
        return True

    def _about(self) -> str:
        now = self.context.clock()
        asked = every_text(self.item.asked_minutes).lower()
        return f"The score asks for a set {asked}. Now: {why_text(self.item, self.zone, now)}."

    def _fields(self) -> tuple[Field, ...]:
        choices = [Choice(minutes, every_text(minutes)) for minutes in INTERVALS_MINUTES]
        if self.item.plan_minutes is not None:
            choices.append(Choice(BY_SCORE, "As the score asks again"))
        me = self.context.signed_in.display_name
        return (
            Field(name="interval", label="At least", kind=DigitChoice(tuple(choices)),
                  required=True),
            Field(name="decided_by", label="Decided by", kind=Text(), value=me, required=True),
            Field(name="reason", label="Reason", kind=Text()),
            Field(name="expires_at", label="Until", kind=Moment(self.zone),
                  hint="From then on the score decides again"),
            Field(name="review_at", label="Review at", kind=Moment(self.zone)),
        )  # fmt: skip

    def _show_what_it_needs(self, changed: str) -> None:
        if changed != "interval":
            return
        minutes = self.value("interval")
        for name in ("expires_at", "review_at"):
            self.form.set_shown(name, shown=minutes != BY_SCORE)
        longer = is_longer(minutes, self.item)
        self.form.set_hint("reason", LESS_OFTEN if longer else "")

    def _tell(self, _nothing: object) -> None:
        minutes = self._minutes()
        words = every_text(minutes).lower() if minutes else "as the score asks"
        self.finish(f"{patient_text(self.item)}: observed {words}.")
