"""What was assessed by mistake is struck out; it stays readable."""

from __future__ import annotations

from typing_extensions import override

from ui.assessments.words import TOPIC
from ui.context import Context
from ui.observations.subject import Subject
from ui.widgets.entry_sheet import EntrySheet
from ward_app.assessments.service import strike_out_assessment
from ward_app.assessments.types import AssessmentStrikeOut, RecordedAssessment

WHY_STRUCK = ("Wrong patient", "Wrong instrument", "Recorded twice", "Never happened")
_THEN = "It stays readable. The assessment before counts again, and so does when it is due."


class StrikeSheet(EntrySheet):
    """Asks for nothing but the reason."""

    def __init__(
        self, context: Context, subject: Subject, row: RecordedAssessment, words: str
    ) -> None:
        super().__init__(
            context,
            title="Strike out an assessment",
            save_text="Strike out",
            patient_name=subject.name,
            draft_key=f"assessment strike {row.id}",
        )
        self.subject, self.row = subject, row
        self.add_words(f"{row.title}: {words}", _THEN)
        self.form = self.ask_why(WHY_STRUCK)

    @override
    def save(self) -> None:
        if not self.check():
            return
        mark = AssessmentStrikeOut(
            id=self.ids["mark"],
            admission_id=self.row.admission_id,
            struck_id=self.row.id,
            reason=self.value("reason"),
        )
        self.send(TOPIC, self._tell, strike_out_assessment, mark)

    def _tell(self, _nothing: object) -> None:
        self.finish(f"{self.subject.name}, {self.row.title}: struck out. {_THEN}")
