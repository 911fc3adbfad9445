"""One assessment by keyboard: what it comes to once it is complete, and what follows."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.admissions.fields import PastMoment
from ui.assessments.answers_input import AnswersKind
from ui.assessments.words import (
    TOPIC,
    band_token,
    missing_text,
    proposal_text,
    result_text,
    row_result_text,
)
from ui.background import Reply
from ui.context import Context
from ui.observations.subject import Subject
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Text
from ui.widgets.reason_input import Reason
from ward_app.assessments.rules import result
from ward_app.assessments.service import record_assessment, strike_out_assessment
from ward_app.assessments.types import (
    AssessmentStrikeOut,
    Band,
    Instrument,
    NewAssessment,
    RecordedAssessment,
    Result,
)
from ward_app.core.ids import new_id
from ward_app.staff.types import Permission

WHY_CORRECTED = ("Mistyped", "Asked again", "Told by the family")
UNDO_REASON = "Undone right after saving by the person who saved it"
TASK_KEY = "F7"


class AssessmentSheet(EntrySheet):
    """The items of one instrument; nothing unanswered is taken as nothing.

    With `corrects` it starts from a recorded assessment and supersedes it by the version it is
    given; the original stays readable.
    """

    width_px = 544

    def __init__(
        self,
        context: Context,
        subject: Subject,
        instrument: Instrument,
        *,
        ward_id: UUID | None = None,
        corrects: RecordedAssessment | None = None,
    ) -> None:
        about = f"correct:{corrects.id}" if corrects else f"new:{instrument.name}"
        super().__init__(
            context,
            title=f"Correct {instrument.title}" if corrects else instrument.title,
            save_text="Correct" if corrects else "Record",
            patient_name=subject.name,
            draft_key=f"assessment:{subject.admission_id}:{about}",
        )
        self.subject, self.instrument, self.corrects = subject, instrument, corrects
        self._ward_id = ward_id
        self.result = PlainLabel(parent=self)
        self.actions_words = PlainLabel(parent=self)
        self.proposals = QWidget(self)
        self._proposed = QVBoxLayout(self.proposals)
        self.boxes: list[QCheckBox] = []
        self._shown_band: Band | None = None
        self._fill()
        self.form.changed.connect(self._show_result)
        self._show_result("answers")
        self.form.set_clean()

    @property
    def answers(self) -> dict[str, str]:
        """What is answered so far and asked for."""
        return self.value("answers") or {}

    @override
    def save(self) -> None:
        if not self.check():
            return
        found = result(self.instrument, self.answers)
        if found.complete:
            self.send_off()
        else:
            words = f"{missing_text(self.instrument, found)}. Incomplete, it has no score."
            self.ask(words, "Save it incomplete", self.send_off)

    def send_off(self) -> None:
        """Save what is answered, complete or not."""
        self.send(TOPIC, self._saved, record_assessment, self.new_assessment())

    def new_assessment(self) -> NewAssessment:
        """Return what will be saved; ask `save`, which checks it first."""
        chosen = [place for place, box in enumerate(self.boxes) if box.isChecked()]
        proposals = self._shown_band.proposals if self._shown_band else ()
        return NewAssessment(
            id=self.ids["assessment"],
            admission_id=self.subject.admission_id,
            instrument=self.instrument,
            answers=self.answers,
            occurred_at=self.value("occurred_at"),
            note=self.value("note"),
            supersedes_id=self.corrects.id if self.corrects else None,
            change_reason=self.value("change_reason") if self.corrects else None,
            proposals=tuple((self.ids[f"task {place}"], proposals[place]) for place in chosen),
            ward_id=self._ward_id,
        )

    def _show_result(self, changed: str) -> None:
        if changed != "answers":
            return
        answers = self.answers
        found = result(self.instrument, answers)
        band = self.instrument.band(found.band)
        words = "\n".join(f"– {one}" for one in band.actions) if band else ""  # noqa: RUF001 - a dash
        if not answers:
            self.result.setText("Nothing is answered yet.")
        elif found.complete:
            self.result.setText(result_text(self.instrument, found))
        else:
            self.result.setText(f"? {len(found.missing)} not known yet")
            words = missing_text(self.instrument, found)
        theme.tint(self.result, (band_token(band) or "text") if found.complete else "dim")
        theme.tint(self.actions_words, "text" if found.complete else "dim")
        self.actions_words.setText(words)
        self.actions_words.setVisible(bool(words))
        self._propose(band)

    def _propose(self, band: Band | None) -> None:
        """Offer the tasks of a band; they are opened only where somebody says so."""
        if band is self._shown_band:
            return
        self._shown_band = band
        for box in self.boxes:
            box.deleteLater()
        self.boxes = []
        may = self.context.signed_in.may(Permission.ROUND_RECORD) and self.corrects is None
        for proposal in band.proposals if band and may else ():
            box = QCheckBox(f"{TASK_KEY}  {proposal_text(proposal)}", self.proposals)
            box.setToolTip(f"Opened with the assessment; not unless you say so ({TASK_KEY})")
            self._proposed.addWidget(box)
            self.boxes.append(box)
        self.proposals.setVisible(bool(self.boxes))

    def switch_tasks(self) -> None:
        """Say that the proposed tasks are to be opened, or not."""
        wanted = not all(box.isChecked() for box in self.boxes)
        for box in self.boxes:
            box.setChecked(wanted)

    def _saved(self, found: Result) -> None:
        if found.complete:
            words = f"{self.instrument.title}: {result_text(self.instrument, found)}."
        else:
            words = f"{self.instrument.title}: saved incomplete, without a score."
        opened = sum(box.isChecked() for box in self.boxes)
        task = (" Task opened." if opened == 1 else f" {opened} tasks opened.") if opened else ""
        may = self.context.signed_in.may(Permission.ASSESSMENT_CORRECT) and not self.corrects
        undo = partial(take_back, self.context, self.new_assessment()) if may else None
        self.finish(f"{self.subject.name}. {words}{task}", undo)

    def _fill(self) -> None:
        about = PlainLabel(self._about(), self)
        about.setWordWrap(True)
        about.setFont(theme.font(theme.SMALL_PX))
        theme.tint(about, "dim")
        self.content.addWidget(about)
        self.result.setFont(theme.font(theme.TITLE_PX, QFont.Weight.DemiBold))
        for label in (self.result, self.actions_words):
            label.setWordWrap(True)
        self._proposed.setContentsMargins(0, 0, 0, 0)
        answers, *rest = self._fields()
        self.form = self.add_form(Form((answers,), self.context.clock, self.page))
        for widget in (self.result, self.actions_words, self.proposals):
            self.content.addWidget(widget)
        self.add_form(Form(rest, self.context.clock, self.page))
        self.content.addStretch(1)
        task = QShortcut(QKeySequence(TASK_KEY), self)
        task.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        task.activated.connect(self.switch_tasks)

    def _about(self) -> str:
        if self.corrects is not None:
            was = row_result_text(self.corrects, {self.instrument.hash: self.instrument})
            by = self.corrects.recorded_by or "imported"
            return f"Was: {was}, by {by}. What was recorded before stays readable."
        return f"{self.instrument.source} {self.instrument.licence.text}"

    def _fields(self) -> tuple[Field, ...]:
        of = self.corrects
        at = of.occurred_at if of else self.context.clock()
        fields = (
            Field(name="answers", label="A key answers and goes on; arrow keys go back",
                  kind=AnswersKind(self.instrument), value=of and dict(of.answers),
                  required=True),
            Field(name="note", label="Note", kind=Text(), value=of and of.note),
            Field(name="occurred_at", label="Assessed", kind=PastMoment(self.subject.zone),
                  value=at, required=True),
        )  # fmt: skip
        why = Field(name="change_reason", label="Why corrected", kind=Reason(WHY_CORRECTED),
                    required=True)  # fmt: skip
        return (*fields, why) if of else fields


def take_back(context: Context, saved: NewAssessment) -> None:
    """Take back an assessment right after saving; it stays readable as struck out."""
    mark = AssessmentStrikeOut(
        id=new_id(),
        admission_id=saved.admission_id,
        struck_id=saved.id,
        reason=UNDO_REASON,
    )
    context.work.command(context.work, TOPIC, Reply(_ignore), strike_out_assessment, mark)


def _ignore(_result: object) -> None:
    """Nothing more to show: the announced topic refreshes every list."""
