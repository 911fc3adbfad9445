"""Joins the schedule's sheets to the worklist and to the board."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject

from ui.background import Reply
from ui.context import Context
from ui.widgets.sheet import Sheet
from ui.workplace import Workplace
from ward_app.staff.types import Permission

if TYPE_CHECKING:
    from datetime import tzinfo

    from ui.board.panel import BoardPanel
    from ui.schedule.panel import DuePanel
    from ward_app.schedule.types import DueItem

MakeSheet = Callable[[Context, "DueItem"], Sheet]


def defer_sheet(context: Context, item: DueItem) -> Sheet:
    """Return the sheet that puts off what is due."""
    from ui.schedule.defer_sheet import DeferSheet

    return DeferSheet(context, item, _zone(context, item))


def take_back_sheet(context: Context, item: DueItem) -> Sheet:
    """Return the sheet that takes back what put the set off."""
    from ui.schedule.take_back import TakeBackSheet

    return TakeBackSheet(context, item)


def plan_sheet(context: Context, item: DueItem) -> Sheet:
    """Return the sheet that says how often to observe."""
    from ui.schedule.plan_sheet import PlanSheet

    return PlanSheet(context, item, _zone(context, item))


def leave_sheet(context: Context, item: DueItem) -> Sheet:
    """Return the sheet for leave, or for the return of who is away."""
    from ui.schedule.leave_sheet import LeaveSheet

    return LeaveSheet(context, item, _zone(context, item))


def observation_sheet(context: Context, item: DueItem) -> Sheet:
    """Return the sheet that records the set which is due."""
    from ui.observations.entry_sheet import ObservationSheet
    from ui.observations.subject import Subject
    from ui.schedule.words import patient_text

    subject = Subject(
        patient_id=item.patient_id,
        admission_id=item.admission_id,
        name=patient_text(item),
        zone=_zone(context, item),
        scale=item.spo2_scale,
    )
    return ObservationSheet(context, subject)


def _zone(context: Context, item: DueItem) -> tzinfo:
    from ui.admissions.stay import ward_zone

    return ward_zone(context, item.ward_id)


class ScheduleJoint(QObject):
    """Opens the schedule's sheets for the panels of one workplace."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._workplace = workplace
        self._context = workplace.context

    def join_list(self, panel: DuePanel) -> None:
        """Do from now on what the worklist asks for."""
        panel.observe_asked.connect(partial(self._open, observation_sheet))
        panel.defer_asked.connect(partial(self._open, defer_sheet))
        panel.take_back_asked.connect(partial(self._open, take_back_sheet))
        panel.plan_asked.connect(partial(self._open, plan_sheet))
        panel.leave_asked.connect(partial(self._open, leave_sheet))

    def join_board(self, board: BoardPanel) -> None:
        """Give the board the keys for what is due for the chosen patient."""
        for words, key, make, permission in (
            ("Observations: not now…", "N", defer_sheet, Permission.OBSERVATION_DEFER),
            ("Observations: how often…", "I", plan_sheet, Permission.OBSERVATION_PLAN),
            ("Leave or return…", "L", leave_sheet, Permission.ADMISSION_LEAVE),
        ):
            if self._context.signed_in.may(permission):
                board.add_command(words, key, partial(self._open_for_chosen, board, make))

    def _open(self, make: MakeSheet, item: DueItem) -> None:
        self._workplace.open_sheet(make(self._context, item))

    def _open_for_chosen(self, board: BoardPanel, make: MakeSheet) -> None:
        card = board.beds.chosen
        if card is None or card.bed.admission_id is None:
            self._workplace.notify("Choose a patient first: arrow keys, or type a bed.", None)
            return
        self._ask(make, card.bed.ward_id, card.bed.admission_id)

    def _ask(self, make: MakeSheet, ward_id: UUID, admission_id: UUID) -> None:
        from ward_app.schedule.queries import due_of

        reply = Reply(partial(self._open_found, make), self._tell)
        self._context.work.query(self, reply, due_of, ward_id, admission_id)

    def _open_found(self, make: MakeSheet, item: DueItem | None) -> None:
        if item is None:
            self._workplace.notify("This patient is no longer on that ward.", None)
        elif make is defer_sheet and item.due_at is None:
            self._workplace.notify("Nothing is due: the patient is on leave.", None)
        else:
            self._open(make, item)

    def _tell(self, error: Exception) -> None:
        self._workplace.notify(str(error), None)
