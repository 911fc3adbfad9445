"""The shift lane: everything due on one time axis, the next visit, and something put off."""

from __future__ import annotations

from ui.assessments.defer_sheet import AssessmentDeferSheet
from ui.assessments.joint import PANEL as ASSESSMENTS
from ui.assessments.line import DueLine
from ui.assessments.panel import AssessmentsPanel
from ui.demo.walk import Walk
from ui.lane.joint import LANE
from ui.lane.panel import LanePanel
from ui.lane.round_defer_sheet import RoundDeferSheet
from ui.panels import BOARD
from ward_app.demo.lane_rows import TASKS

_LATE_BED, _LATE_TASK, _ = TASKS[-1]


def look_at_the_shift(walk: Walk) -> None:
    """Sets, rounds and tasks of the ward stand as visits; what is overdue stands at the left."""
    panel = lane(walk)
    kinds = {line.item.kind for line in panel.lines}
    walk.expect(kinds >= {"set", "round", "task"}, f"kinds shown: {kinds}")
    late = [line for line in panel.lines if line.item.words == _LATE_TASK]
    walk.expect(late and late[0].visit.is_overdue, "the overdue task is not at the left")
    joined = [line for line in panel.lines if len(line.visit.items) > 1]
    walk.expect(joined, "nothing joins into a visit")
    walk.expect("Next 4 h:" in panel.work.text(), f"the work: {panel.work.text()}")
    walk.picture("shift")
    first = panel.chosen
    walk.hands.press("N")
    walk.expect(panel.chosen != first, "N did not go to the next visit")
    walk.hands.press("+")
    walk.hands.press("+")
    walk.picture("shift-nearer")
    walk.hands.press("T")
    walk.picture("shift-table")
    walk.hands.press("T")
    walk.hands.press(walk.workplace.keys_of(BOARD))


def put_a_round_off(walk: Walk) -> None:
    """D and a digit put a checklist off where it stands; the lane shows its new time."""
    panel = lane(walk)
    line = next(line for line in panel.lines if line.item.kind == "round" and line.row.patient)
    panel.view.choose(line.row, line.visit, line.item)
    walk.hands.press("D")
    walk.sheet(RoundDeferSheet)
    walk.hands.press("2")
    walk.picture("round-put-off")
    told = walk.save()
    walk.expect("Due again at" in told, f"told: {told}")
    walk.until(
        lambda: (
            not any(
                now.item.subject_id == line.item.subject_id
                and now.item.due_at == line.item.due_at
                and now.row.patient == line.row.patient
                for now in panel.lines
            )
        ),
        "the lane still shows the time before",
    )
    walk.hands.press(walk.workplace.keys_of(BOARD))


def put_an_assessment_off(walk: Walk) -> None:
    """D and a digit put an assessment off; the list of what is due says why."""
    panel = lane(walk)
    line = next(
        line for line in panel.lines if line.item.kind == "assessment" and line.row.patient
    )
    panel.view.choose(line.row, line.visit, line.item)
    walk.hands.press("D")
    walk.sheet(AssessmentDeferSheet)
    walk.hands.press("1")
    walk.picture("assessment-put-off")
    told = walk.save()
    walk.expect("Due again at" in told, f"told: {told}")
    walk.hands.press(walk.workplace.keys_of(ASSESSMENTS))
    due = walk.workplace.panel_of(ASSESSMENTS)
    assert isinstance(due, AssessmentsPanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: _put_off(due) > 1, "the list does not say what was put off")
    walk.picture("assessments-put-off")
    walk.hands.press(walk.workplace.keys_of(BOARD))


def _put_off(panel: AssessmentsPanel) -> int:
    lines = [line for line in panel.rows.rows if isinstance(line, DueLine)]
    return sum(line.due.deferral_reason == "asleep" for line in lines)


def lane(walk: Walk) -> LanePanel:
    """Show the lane of the whole ward and return it once it is read."""
    place = walk.workplace
    walk.hands.press(place.keys_of(LANE))
    panel = place.panel_of(LANE)
    assert isinstance(panel, LanePanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: panel.view.rows, "the lane is empty")
    if panel.is_mine:
        walk.picture("shift-mine")
        walk.hands.press("A")
        walk.expect(not panel.is_mine, "A did not show the whole ward")
    return panel
