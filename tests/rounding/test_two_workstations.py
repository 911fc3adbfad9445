"""Two people at one checklist or one task: only a true clash asks, nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt

from tests.rounding.answering import east
from tests.rounding.builders import EAST, answer, line, rounds
from tests.sheets import opened, press, press_save, saved_message, settled
from tests.steps import admit, ago
from ui.rounding.panel import RoundsPanel
from ui.rounding.task_sheets import TaskSheet
from ward_app.core.ids import new_id
from ward_app.rounding.service import end_task, open_task
from ward_app.rounding.types import NewTask, TaskOutcome

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def stays(database, nurse):
    return [
        admit(database, nurse, name, "Ada", label=label, admitted_at=ago(90))
        for name, label in (("Abel", "1"), ("Brown", "2"))
    ]


@pytest.fixture
def task(database, nurse, stays):
    new = NewTask(id=new_id(), ward_id=EAST, admission_id=stays[0], title="Weigh", due_at=ago(-30))
    database.run(nurse, open_task, new)
    return rounds(database, nurse).tasks[0]


def outcome(task, kind, **changes):
    facts = {"id": new_id(), "task_id": task.id, "kind": kind, "occurred_at": ago(0)}
    return TaskOutcome(**facts | changes)


def test_that_only_who_answers_the_same_for_the_same_patient_is_asked(
    qtbot, context, database, nurse, stays, bo
):  # fmt: skip
    panel = RoundsPanel(context, east(context))
    qtbot.addWidget(panel)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(lambda: len(panel.model.rows) == 2)
    panel.view.setFocus()
    press(qtbot, Qt.Key.Key_Space)
    press(qtbot, Qt.Key.Key_Space)
    station, colleague = bo
    answer(station, colleague, stays[0], "skin")  # another checklist: no clash
    answer(station, colleague, stays[1])  # the same one: a clash
    panel.refresh()
    settled(qtbot, context)
    with qtbot.waitSignal(panel.told):
        press_save(qtbot)
    settled(qtbot, context)
    assert line(database, nurse, stays[0]).done_by == "Nora Nurse"
    assert line(database, nurse, stays[1]).done_by == "Bo Both"
    kept = panel.model.rows[1]
    assert "Ctrl+Enter again" in kept.said
    assert len(kept.entry.answers) == 4


def test_that_a_task_put_off_by_one_is_done_by_the_other(
    qtbot, context, task, bo
):  # fmt: skip
    sheet = opened(qtbot, TaskSheet(context, task, LONDON))
    sheet.form.set_value("kind", "done")
    station, colleague = bo
    later = outcome(task, "deferred", reason="asleep", deferred_until=ago(0) + timedelta(hours=1))
    station.run(colleague, end_task, later)
    assert "done" in saved_message(qtbot, sheet)


def test_that_a_task_ended_by_one_asks_the_other_and_keeps_what_is_typed(
    qtbot, context, task, bo
):  # fmt: skip
    sheet = opened(qtbot, TaskSheet(context, task, LONDON))
    sheet.form.set_value("kind", "cancelled")
    sheet.form.set_value("reason", "weighed at home")
    station, colleague = bo
    station.run(colleague, end_task, outcome(task, "done"))
    press_save(qtbot)
    settled(qtbot, context)
    assert "Bo Both brought this task to an end first" in sheet.notice.text
    assert sheet.form.value("reason") == "weighed at home"
