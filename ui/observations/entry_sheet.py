"""The sheet that takes one set of observations, or corrects one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context
from ui.escalations.after_saving import after_saving
from ui.escalations.concern_sheet import ConcernSheet
from ui.formats import time_text
from ui.observations.charted import latest_in_force
from ui.observations.decision_sheets import SpO2ScaleSheet
from ui.observations.entry_details import EntryDetails
from ui.observations.measured_at import MeasuredAt
from ui.observations.score_box import ScoreBox
from ui.observations.subject import Subject
from ui.observations.target_words import differs_text
from ui.observations.vital_signs_entry import VitalSignsEntry
from ui.observations.words import (
    choice_text,
    decision_text,
    due_by_text,
    missing_text,
    scale_text,
    score_text,
)
from ui.plain_text import PlainLabel
from ui.widgets.flow import Flow
from ui.widgets.sheet import AWAY, Sheet
from ward_app.audit.service import open_chart
from ward_app.core.errors import RuleBrokenError, WardError
from ward_app.core.ids import new_id
from ward_app.observations.age_limits import limits_on
from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.oxygen_target import OxygenRecord
from ward_app.observations.pack_choice import PackChoice, ScoredPerson, choose_pack
from ward_app.observations.pack_types import ScoringBasis
from ward_app.observations.packs import live_packs
from ward_app.observations.queries import observation_chart
from ward_app.observations.rules import score_response
from ward_app.observations.service import record_observations, strike_out
from ward_app.observations.types import (
    NewObservations,
    RecordedObservations,
    SavedBeforeError,
    SavedObservations,
    Score,
    SpO2ScaleDecision,
    StrikeOut,
    VitalSigns,
)
from ward_app.staff.types import Permission

TOPIC = "observations"
SCALE_KEY = "Alt+S"
UNDO_REASON = "Undone right after saving by the person who saved it"


class ObservationSheet(Sheet):
    """A full NEWS2 set in 25 keystrokes or fewer, scored as it is typed.

    With `corrects` it starts from a recorded set and supersedes it; the original stays
    readable on the chart.
    """

    def __init__(
        self, context: Context, subject: Subject, *, corrects: RecordedObservations | None = None
    ) -> None:
        about = f"correct:{corrects.id}" if corrects else "new"
        super().__init__(
            context,
            title="Correct observations" if corrects else "Observations",
            save_text="Save",
            patient_name=subject.name,
            draft_key=f"observations:{subject.admission_id}:{about}",
        )
        self._subject = subject
        self._corrects = corrects
        self.without_server = AWAY if corrects else ""
        self._choice = _choice_by_age(subject.born_on, context.clock())
        self._basis: ScoringBasis | None = None
        self.measured_at = MeasuredAt(context.clock, subject.zone, self.page)
        limits = limits_on(subject.born_on, context.clock().astimezone(subject.zone).date())
        self.entry = VitalSignsEntry(self._choice.pack, limits, self.page)
        self.score_box = ScoreBox(self.page)
        self.details = EntryDetails(corrects=corrects is not None, parent=self.page)
        self.pack_label = PlainLabel(parent=self.page)
        self.scale_label = PlainLabel(parent=self.page)
        self.scale_button = QPushButton("Change…", self.page)
        self.differs_label = PlainLabel(parent=self.page)
        self._fill_content()
        self._use(self._choice)
        self._start_from(corrects)
        self._clean = self.draft()
        self.entry.changed.connect(self._show_score)
        self.entry.finished.connect(self._go_on)
        self._show_score()
        self._read_chart()

    @property
    @override
    def is_dirty(self) -> bool:
        return bool(self.draft() != self._clean)

    @override
    def focus_first(self) -> None:
        self.entry.focus_first()

    @override
    def draft(self) -> Any:
        return self.entry.typed(), self.measured_at.typed(), self.details.typed()

    @override
    def retype(self, draft: Any) -> None:
        typed, moment, details = draft
        self.entry.retype(typed)
        self.measured_at.retype(moment)
        self.details.retype(details)

    @override
    def save(self) -> None:
        if not self.entry.check() or not self.measured_at.check():
            return
        if self.details.check():
            new = self.new_observations()
            self.send(TOPIC, self._saved, record_observations, new, self._basis)

    @override
    def show_problem(self, error: WardError) -> None:
        if isinstance(error, SavedBeforeError):
            self.ids.clear()  # what is typed here is another set
        elif isinstance(error, RuleBrokenError) and self._basis is not None:
            self._basis = None  # another score may apply by now: show it before it is saved
            self._read_chart()
        super().show_problem(error)

    def new_observations(self) -> NewObservations:
        """Return what will be saved; ask `save`, which checks it first."""
        occurred_at = self.measured_at.value()
        if occurred_at is None:
            raise ValueError("no moment was typed")
        return NewObservations(
            id=self.ids["set"],
            admission_id=self._subject.admission_id,
            occurred_at=occurred_at,
            vital_signs=self.entry.vital_signs(),
            incomplete_reason=self.details.reason(),
            note=self.details.note(),
            supersedes_id=self._corrects.id if self._corrects else None,
            change_reason=self.details.change_reason(),
        )

    def show_chart(self, chart: ObservationChart) -> None:
        """Take previous values, SpO2 scale and the score that applies from the chart."""
        was_clean = not self.is_dirty
        measured = self._corrects.occurred_at if self._corrects else chart.read_at
        self._basis = chart.basis
        self._use(chart.basis.choice_on(measured.astimezone(UTC).date()))
        if self._corrects is None:
            latest = latest_in_force(chart)
            self.entry.show_previous(latest.vital_signs if latest else None)
            self._show_scale(chart.scale, chart.scale_decision)
            self.entry.show_target(chart.oxygen.target)
            self._show_differing(chart.oxygen)
        if was_clean:
            # lines of the pack brought what a set to be corrected said there
            self._clean = self.draft()

    def _read_chart(self) -> None:
        reply = Reply(self._read_opened_chart, self.show_problem)
        self.context.work.query(self, reply, open_chart, self._subject.patient_id)

    def _read_opened_chart(self, _opened: object) -> None:
        reply = Reply(self.show_chart, self.show_problem)
        self.context.work.query(self, reply, observation_chart, self._subject.admission_id)

    def _saved(self, saved: SavedObservations) -> None:
        at = time_text(saved.recorded_at, self._subject.zone)
        action = self._action(saved.score)
        due = due_by_text(saved.next_due_at, self._subject.zone)
        # undoing a correction would take the original's values away as well
        undo = None if self._corrects else partial(take_back, self.context, self._subject, saved)
        words = f"Saved {at}. {score_text(saved.score)}. {action} {due}"
        if saved.score is None:
            # nobody is called by itself, so that whoever is worried is one key from calling
            words = f"{words} No score calls for this patient."
            self.next_step = "Worried? Call for help", self._concern
        admission_id, zone = self._subject.admission_id, self._subject.zone
        after_saving(self, self.context, admission_id, zone, partial(self._done, words, undo))

    def _concern(self) -> Sheet:
        who = self._subject
        return ConcernSheet(self.context, admission_id=who.admission_id, name=who.name)

    def _done(
        self, words: str, undo: Callable[[], None] | None, called: str, answer: Sheet | None
    ) -> None:
        """Tell what was saved and whom it called, and open the sheet to answer that."""
        self.finish(f"{words} {called}".rstrip(), undo)
        if answer is not None:
            self.sheet_requested.emit(answer)

    def _start_from(self, corrects: RecordedObservations | None) -> None:
        self._show_scale(self._subject.scale)
        if corrects is not None:
            self.measured_at.set_value(corrects.occurred_at)
            self.entry.fill(corrects.vital_signs)
            self.details.fill(corrects.incomplete_reason, corrects.note)
            self._show_scale(corrects.vital_signs.spo2_scale)

    def _use(self, choice: PackChoice) -> None:
        """Score by the pack that applies, and say which and why."""
        self._choice = choice
        self.pack_label.setText(choice_text(choice))
        theme.tint(self.pack_label, "dim" if choice.pack else "caution")
        self.score_box.use(choice)
        self.entry.use_pack(choice.pack)

    def _action(self, score: Score | None) -> str:
        pack = self._choice.pack
        if score is None or pack is None or score.pack != pack.name:
            return ""
        return score_response(score, pack).action

    def _show_scale(self, scale: int, decision: SpO2ScaleDecision | None = None) -> None:
        self.entry.set_scale(scale)
        self._scale = scale
        self.scale_label.setText(scale_text(scale))
        who = decision_text(decision, self._subject.zone) if decision else "nobody decided on it"
        self.scale_label.setToolTip(f"{scale_text(scale)}: {who}")

    def _show_differing(self, oxygen: OxygenRecord) -> None:
        """Say where the scale is not the one for the target prescribed; it stays as it is."""
        differs = differs_text(oxygen.target, oxygen.scale)
        may = self.scale_button.isVisibleTo(self)
        key = f" {SCALE_KEY}: decide on the scale." if may else ""
        self.differs_label.setText(f"▲ {differs}{key}" if differs else "")
        self.differs_label.setVisible(bool(differs))

    def _show_score(self) -> None:
        signs, score = self.entry.vital_signs(), self.entry.score
        self.score_box.show_score(signs, score)
        self.details.show_missing(self._missing(signs, score))

    def _missing(self, signs: VitalSigns, score: Score | None) -> str:
        """Return what a reason is needed for; where nothing is scored, only of an empty set."""
        if score is not None:
            return missing_text(score)
        nothing = VitalSigns(spo2_scale=signs.spo2_scale)
        return "everything" if signs == nothing else ""

    def _go_on(self) -> None:
        if not self._missing(self.entry.vital_signs(), self.entry.score):
            self.save_button.setFocus()
        else:
            self.details.focus_reason()

    def _fill_content(self) -> None:
        self.content.addLayout(self._top_row())
        self.content.addWidget(self.measured_at)
        self.content.addWidget(self.differs_label)
        self.differs_label.setWordWrap(True)
        self.differs_label.setFont(theme.font(theme.SMALL_PX))
        theme.tint(self.differs_label, "caution")
        self.differs_label.hide()
        self.content.addWidget(self.entry)
        self.pack_label.setWordWrap(True)
        self.pack_label.setFont(theme.font(theme.SMALL_PX))
        self.content.addWidget(self.pack_label)
        self.content.addWidget(self.score_box)
        self.content.addWidget(self.details)
        self.content.addStretch(1)

    def _top_row(self) -> Flow:
        measured_label = PlainLabel("Measured at", self.page)
        measured_label.setBuddy(self.measured_at.input)
        for label in (measured_label, self.scale_label):
            label.setFont(theme.font(theme.SMALL_PX))
            theme.tint(label, "dim")
        self.scale_button.setProperty("kind", "quiet")
        self.scale_button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.scale_button.setToolTip(
            f"Record a decision on the SpO₂ scale; the entry is kept ({SCALE_KEY})"
        )
        self.scale_button.setShortcut(SCALE_KEY)
        self.scale_button.clicked.connect(self._change_scale)
        may = self.context.signed_in.may(Permission.OBSERVATION_SCALE)
        self.scale_button.setVisible(may and self._corrects is None)
        row = Flow(spacing=2 * theme.GRID_PX)
        for widget in (measured_label, self.scale_label, self.scale_button):
            # words stand at half the height of the button
            widget.setMinimumHeight(self.scale_button.sizeHint().height())
            row.addWidget(widget)
        return row

    def _change_scale(self) -> None:
        """Open the decision in this sheet's place; the entry comes back after it."""
        back = partial(ObservationSheet, self.context, self._subject)
        self.sheet_requested.emit(
            SpO2ScaleSheet(self.context, self._subject, scale=self._scale, then=back)
        )


def _choice_by_age(born_on: date | None, now: datetime) -> PackChoice:
    """Return which score applies as far as the board knew; the chart knows it better."""
    return choose_pack(ScoredPerson(born_on=born_on), live_packs(), now.astimezone(UTC).date())


def take_back(context: Context, subject: Subject, saved: SavedObservations) -> None:
    """Take back a set right after saving; the original stays readable as struck out."""
    mark = StrikeOut(
        id=new_id(),
        admission_id=subject.admission_id,
        struck_id=saved.id,
        reason=UNDO_REASON,
    )
    work = context.work
    work.command(work, TOPIC, Reply(_ignore), strike_out, mark)


def _ignore(_result: object) -> None:
    """Nothing more to show: the announced topic refreshes every chart."""
