"""Striking out one bedside measurement."""

from __future__ import annotations

from typing_extensions import override

from ui.context import Context
from ui.formats import date_time_text
from ui.measurements.measured import title_of
from ui.measurements.sheet import TOPIC
from ui.observations.decision_sheets import FormSheet
from ui.observations.subject import Subject
from ui.widgets.form import Field, Form
from ui.widgets.reason_input import Reason
from ward_app.measurements.service import strike_out_measurement
from ward_app.measurements.types import MeasurementStrikeOut, RecordedMeasurement

_REASONS = ("Wrong patient", "Wrong time", "Wrong value", "Device measured wrongly")


class StrikeMeasurementSheet(FormSheet):
    """Marks one measurement as entered in error; the original stays readable."""

    def __init__(self, context: Context, subject: Subject, recorded: RecordedMeasurement) -> None:
        super().__init__(
            context,
            title=f"Strike out {title_of(recorded.kind)}",
            save_text="Strike out",
            patient_name=subject.name,
            draft_key=f"strike-out:{recorded.id}",
        )
        self._subject, self._recorded = subject, recorded
        reason = Field(
            name="reason",
            label="Why was it entered in error?",
            kind=Reason(_REASONS),
            required=True,
        )
        at = date_time_text(recorded.occurred_at, subject.zone)
        words = (
            f"{at}, by {recorded.recorded_by}: {recorded.summary}.\n\n"
            "It no longer counts. It stays readable in the list, marked as struck out."
        )
        self.hold(Form((reason,), context.clock, self.page), words)

    @override
    def save(self) -> None:
        if not self.form.check():
            return
        mark = MeasurementStrikeOut(
            id=self.ids["mark"],
            admission_id=self._subject.admission_id,
            struck_id=self._recorded.id,
            reason=self.form.value("reason"),
        )
        self.send(TOPIC, self._saved, strike_out_measurement, mark)

    def _saved(self, _result: object) -> None:
        at = date_time_text(self._recorded.occurred_at, self._subject.zone)
        title = title_of(self._recorded.kind)
        self.finish(f"{title} of {at} is struck out. It stays readable in the list.")
