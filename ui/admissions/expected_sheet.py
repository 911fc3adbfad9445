"""Change when a patient is expected to leave; earlier dates stay on record."""

from __future__ import annotations

from datetime import date
from functools import partial

from typing_extensions import override

from ui.admissions.fields import ComingDay
from ui.admissions.stay import Stay
from ui.admissions.step_sheet import StepSheet
from ui.context import Context
from ui.formats import date_text
from ui.widgets.form import Field, Form
from ui.widgets.reason_input import Reason
from ward_app.admissions.service import set_expected_discharge

_REASONS = (
    "Recovering faster",
    "Recovering slower",
    "Waiting for a test",
    "Waiting for care at home",
    "Waiting for a place",
    "First estimate",
)


class ExpectedDischargeSheet(StepSheet):
    """States a new expected discharge date with the reason for the change."""

    def __init__(self, context: Context, stay: Stay, expected_on: date | None) -> None:
        super().__init__(
            context,
            stay.ward_id,
            title="Expected discharge",
            patient_name=stay.name,
            draft_key=f"expected {stay.admission_id}",
        )
        self.stay = stay
        before = f"Until now: {date_text(expected_on)}" if expected_on else "None yet"
        self.form = self.add_form(Form(self._fields(before), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check():
            return
        entered = self.form.values()
        expected_on: date = entered["expected_on"]
        self.send(
            "beds",
            partial(self._tell, expected_on),
            set_expected_discharge,
            statement_id=self.ids["expected"],
            admission_id=self.stay.admission_id,
            expected_on=expected_on,
            reason=entered["reason"],
        )

    def _fields(self, before: str) -> tuple[Field, ...]:
        day = ComingDay(self.zone)
        reason = Reason(_REASONS)
        return (
            Field(
                name="expected_on",
                label="Expected to leave on",
                kind=day,
                hint=f"{before}. “+3” is three days from today.",
                required=True,
            ),
            Field(name="reason", label="Reason for the change", kind=reason, required=True),
        )

    def _tell(self, expected_on: date, _nothing: object) -> None:
        when = date_text(expected_on)
        self.finish(f"{self.stay.name} is now expected to leave on {when}.")
