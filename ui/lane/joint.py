"""Puts the shift lane on the rail, and leads from it to what records a thing or puts it off."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from ui.background import Reply
from ui.context import Context, Place
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec, Workplace
from ward_app.staff.types import Permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.observations.subject import Subject
    from ui.rounding.panel import RoundsPanel
    from ward_app.assessments.types import AssessmentDue, Instrument
    from ward_app.lane.types import LaneItem, LanePatient, LaneRow
    from ward_app.rounding.types import OpenTask, Template
    from ward_app.schedule.types import DueItem

    Acts = dict[str, Callable[[LaneRow, LaneItem], None]]

T = TypeVar("T")

LANE = "lane"
ROUNDS = "rounds"
GONE = "This was answered meanwhile."


def _lane_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.lane.panel import LanePanel

    return LanePanel(context, place, parent)


LANE_SPEC = PanelSpec(
    key=LANE, word="Shift", icon="shift", make=_lane_panel, permission=Permission.PATIENT_VIEW
)


class LaneJoint(QObject):
    """Does what the lane asks for, by the kind of the thing."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._workplace = workplace
        self._context = workplace.context
        # one line a kind; a further source is one line more
        self._do: Acts = {
            "set": partial(self._ask_for_set, Permission.OBSERVATION_RECORD, self._observe),
            "round": partial(self._ask_for_round, self._answer_round),
            "task": partial(self._ask_for_task, self._answer_task),
            "assessment": self._ask_for_instrument,
        }
        self._defer: Acts = {
            "set": partial(self._ask_for_set, Permission.OBSERVATION_DEFER, self._defer_set),
            "round": partial(self._ask_for_round, self._defer_round),
            "task": partial(self._ask_for_task, self._defer_task),
            "assessment": self._ask_for_assessment,
        }
        workplace.panel_made.connect(self.join)
        for panel in workplace.panels:
            self.join(panel)

    def join(self, panel: Panel) -> None:
        """Do from now on what the lane asks for."""
        # the lane's module is there when the panel is: nothing is imported for other panels
        if panel.objectName() == LANE:
            self._join_lane(panel)

    def _join_lane(self, panel: Panel) -> None:
        from ui.lane.panel import LanePanel

        if isinstance(panel, LanePanel):
            panel.do_asked.connect(partial(self._act, self._do))
            panel.defer_asked.connect(partial(self._act, self._defer))

    def _act(self, acts: Acts, row: LaneRow, item: LaneItem) -> None:
        acts[item.kind](row, item)

    def _ask_for_set(
        self,
        permission: Permission,
        then: Callable[[DueItem], None],
        row: LaneRow,
        _item: LaneItem,
    ) -> None:
        from ward_app.schedule.queries import due_of

        if row.patient is None or not self._may(permission):
            return
        reply = Reply(partial(self._found, then), self._tell)
        self._context.work.query(self, reply, due_of, row.ward_id, row.patient.admission_id)

    def _observe(self, due: DueItem) -> None:
        from ui.schedule.joint import observation_sheet

        self._workplace.open_sheet(observation_sheet(self._context, due))

    def _defer_set(self, due: DueItem) -> None:
        from ui.schedule.joint import defer_sheet

        if due.due_at is None:
            self._workplace.notify("Nothing is due: the patient is on leave.", None)
        else:
            self._workplace.open_sheet(defer_sheet(self._context, due))

    def _ask_for_round(
        self,
        then: Callable[[LaneRow, LaneItem, Template], None],
        row: LaneRow,
        item: LaneItem,
    ) -> None:
        from ward_app.rounding.queries import template_version

        if item.subject_id is not None and self._may(Permission.ROUND_RECORD):
            reply = Reply(partial(self._found, partial(then, row, item)), self._tell)
            self._context.work.query(self, reply, template_version, item.subject_id)

    def _answer_round(self, row: LaneRow, _item: LaneItem, template: Template) -> None:
        """Show the round with the cursor on this checklist of this patient."""
        from ui.rounding.panel import RoundsPanel

        panel = self._workplace.show_panel(ROUNDS)
        if not isinstance(panel, RoundsPanel):
            return
        stay = row.patient.admission_id if row.patient else None
        go = partial(self._go_to_round, panel, template.name, stay)
        if panel.loaded_at is not None:
            go()
        else:
            panel.loaded.connect(go, Qt.ConnectionType.SingleShotConnection)

    def _go_to_round(
        self, panel: RoundsPanel, name: str, stay: UUID | None, _at: object = None
    ) -> None:
        panel.choose(name)
        panel.view.go_to_subject(stay)

    def _defer_round(self, row: LaneRow, item: LaneItem, template: Template) -> None:
        from ui.lane.round_defer_sheet import RoundDeferSheet

        zone = self._workplace.place.zone
        self._workplace.open_sheet(RoundDeferSheet(self._context, template, row, item, zone=zone))

    def _ask_for_task(
        self, then: Callable[[OpenTask], None], row: LaneRow, item: LaneItem
    ) -> None:
        from ward_app.rounding.queries import open_task_of

        if item.subject_id is not None and self._may(Permission.ROUND_RECORD):
            reply = Reply(partial(self._found, then), self._tell)
            self._context.work.query(self, reply, open_task_of, row.ward_id, item.subject_id)

    def _answer_task(self, task: OpenTask) -> None:
        from ui.rounding.task_sheets import TaskSheet

        self._workplace.open_sheet(TaskSheet(self._context, task, self._workplace.place.zone))

    def _defer_task(self, task: OpenTask) -> None:
        from ui.rounding.task_sheets import TaskSheet

        sheet = TaskSheet(self._context, task, self._workplace.place.zone)
        sheet.form.set_value("kind", "deferred")
        self._workplace.open_sheet(sheet)

    def _ask_for_instrument(self, row: LaneRow, item: LaneItem) -> None:
        from ward_app.assessments.queries import instruments_in_use

        if row.patient is not None and self._may(Permission.ASSESSMENT_RECORD):
            reply = Reply(partial(self._assess, row.patient, item), self._tell)
            self._context.work.query(self, reply, instruments_in_use, row.ward_id)

    def _assess(
        self, patient: LanePatient, item: LaneItem, instruments: tuple[Instrument, ...]
    ) -> None:
        from ui.formats import person_name
        from ui.observations.subject import Subject

        subject = Subject(
            patient_id=patient.patient_id,
            admission_id=patient.admission_id,
            name=person_name(patient.family_name, patient.given_name, patient.title),
            zone=self._workplace.place.zone,
        )
        meant = next((one for one in instruments if one.title == item.words), None)
        self._found(partial(self._open_assessment, subject, patient.ward_id), meant)

    def _open_assessment(self, subject: Subject, ward_id: UUID, instrument: Instrument) -> None:
        from ui.assessments.sheet import AssessmentSheet

        sheet = AssessmentSheet(self._context, subject, instrument, ward_id=ward_id)
        self._workplace.open_sheet(sheet)

    def _ask_for_assessment(self, row: LaneRow, item: LaneItem) -> None:
        from ward_app.assessments.queries import due_of

        if row.patient is None or item.subject_id is None:
            return
        if self._may(Permission.ASSESSMENT_RECORD):
            then = partial(self._found, partial(self._defer_assessment, row.patient))
            about = (row.ward_id, row.patient.admission_id, item.subject_id)
            self._context.work.query(self, Reply(then, self._tell), due_of, *about)

    def _defer_assessment(self, patient: LanePatient, due: AssessmentDue) -> None:
        from ui.assessments.defer_sheet import AssessmentDeferSheet
        from ui.formats import person_name

        name = person_name(patient.family_name, patient.given_name, patient.title)
        zone = self._workplace.place.zone
        sheet = AssessmentDeferSheet(self._context, due, patient_name=name, zone=zone)
        self._workplace.open_sheet(sheet)

    def _found(self, then: Callable[[T], None], what: T | None) -> None:
        if what is None:
            self._workplace.notify(GONE, None)
        else:
            then(what)

    def _may(self, permission: Permission) -> bool:
        if self._context.signed_in.may(permission):
            return True
        self._workplace.notify("Your role does not do this.", None)
        return False

    def _tell(self, error: Exception) -> None:
        self._workplace.notify(str(error), None)
