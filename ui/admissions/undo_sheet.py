"""Undo the latest step of a stay: the history, what would be undone, and a reason."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QListView
from typing_extensions import override

from ui import theme
from ui.admissions.discharged_input import Discharged
from ui.admissions.stay import Stay
from ui.admissions.step_options import step_option, undo_sentence
from ui.admissions.step_sheet import StepSheet
from ui.admissions.words import CANCEL_REASONS, bed_left_words, place_of
from ui.background import Reply
from ui.context import Context
from ui.plain_text import PlainLabel
from ui.widgets.form import Field, Form
from ui.widgets.option_delegate import WrappingOptionDelegate
from ui.widgets.option_model import OptionModel
from ui.widgets.sheet import SHEET_WIDTH_PX
from ward_app.admissions.queries import stay_history
from ward_app.admissions.service import cancel_latest_step
from ward_app.admissions.types import NewCancellation, Placement, StayEvent, StayStep
from ward_app.core.errors import ConflictError, WardError
from ward_app.rooms.types import Ward

_ROWS_IN_VIEW = 5
# between the sheet's margins, with room for a scroll bar
_HISTORY_WIDTH_PX = SHEET_WIDTH_PX - 4 * theme.GRID_PX - 20


class UndoSheet(StepSheet):
    """Undoes one step. Without a stay it begins with the patients who left lately."""

    def __init__(self, context: Context, ward: Ward, stay: Stay | None) -> None:
        super().__init__(
            context,
            ward.id,
            title="Undo the last step",
            save_text="Undo",
            patient_name=stay.name if stay else None,
            draft_key=f"undo {stay.admission_id}" if stay else None,
        )
        self.stay = stay
        self._ward = ward
        self._step: StayStep | None = None
        self.steps = OptionModel(self)
        self.history = QListView(self)
        self.consequence = PlainLabel(parent=self)
        self.content.setSpacing(theme.GRID_PX + 4)
        if stay is None:
            self._add_search()
        self._add_history()
        self.reason = self.ask_why(CANCEL_REASONS, "Reason")
        self._show_steps(())
        self._load()

    @override
    def save(self) -> None:
        if not self.check() or self.stay is None or self._step is None:
            return
        cancellation = NewCancellation(
            id=self.ids[f"undo {self._step.id}"],
            admission_id=self.stay.admission_id,
            reason=self.value("reason"),
            step_id=self._step.id,
        )
        show = partial(self._tell, self.stay)
        self.send("beds", show, cancel_latest_step, cancellation)

    @override
    def show_problem(self, error: WardError) -> None:
        super().show_problem(error)
        if isinstance(error, ConflictError):
            self._load()

    def _add_search(self) -> None:
        who = Discharged(self.context, (self._ward.id,), self.zone)
        field = Field(name="left", label="Who left in the last 24 hours", kind=who, required=True)
        form = self.add_form(Form((field,), self.context.clock, self.page))
        form.changed.connect(self._take_discharged)

    def _add_history(self) -> None:
        self.history.setModel(self.steps)
        self.history.setItemDelegate(WrappingOptionDelegate(_HISTORY_WIDTH_PX, self))
        self.history.setAccessibleName("Steps of this stay, newest first")
        self.history.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.consequence.setWordWrap(True)
        theme.tint(self.consequence, "text")
        self.content.addWidget(self.history)
        self.content.addWidget(self.consequence)

    def _take_discharged(self) -> None:
        self.stay = self.value("left")
        self.name_patient(self.stay.name if self.stay else None)
        self._show_steps(())
        self._load()

    def _load(self) -> None:
        if self.stay is not None:
            reply = Reply(self._show_steps, self.show_unread)
            self.context.work.query(self, reply, stay_history, self.stay.admission_id)

    def show_unread(self, error: WardError) -> None:
        """Show that the history could not be read; without it nothing can be undone."""
        self.notice.show_problem(error)

    def _show_steps(self, steps: Sequence[StayStep]) -> None:
        now = self.context.clock()
        self.steps.set_options(
            [step_option(step, self._ward.name, self.zone, now) for step in steps]
        )
        self._step = next((step for step in steps if step.can_cancel), None)
        rows = sum(map(self.history.sizeHintForRow, range(min(len(steps), _ROWS_IN_VIEW))))
        self.history.setFixedHeight(rows + 2 * self.history.frameWidth())
        self.history.setVisible(bool(steps))
        self.consequence.setText(self._consequence(steps))
        self.save_button.setEnabled(self._step is not None)

    def _consequence(self, steps: Sequence[StayStep]) -> str:
        if self.stay is None or not steps:
            return ""
        if self._step is None:
            return "There is nothing left to undo."
        return undo_sentence(self._step, self.stay, self.zone, self.context.clock())

    def _tell(self, stay: Stay, placement: Placement) -> None:
        if placement.event is StayEvent.ADMISSION_CANCELLED:
            bed = bed_left_words(stay.bed_label, placement.shared_with, "is marked dirty")
            self.finish(f"Admission of {stay.name} cancelled.{bed}")
            return
        what = "Discharge" if placement.event is StayEvent.DISCHARGE_CANCELLED else "Transfer"
        where = place_of(placement, self._ward.name)
        if placement.bed_label is None:
            where += ", because the former bed was given away or closed" if stay.bed_label else ""
        self.finish(f"{what} of {stay.name} undone. Now in {where.rstrip(',')}.")
