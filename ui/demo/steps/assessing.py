"""Assessments: what is due after a fall, a checklist key by key, pain and its trend."""

from __future__ import annotations

from ui.assessments.panel import AssessmentsPanel
from ui.assessments.sheet import AssessmentSheet
from ui.demo.assessment_screens import chooser, finding, patient
from ui.demo.walk import Walk
from ui.panels import BOARD


def assess_after_a_fall(walk: Walk) -> None:
    """The checklist is overdue after a fall, comes first, and takes one key an item."""
    offered = chooser(walk)
    first = offered.rows.rows[0]
    walk.expect("overdue" in first.due_text, f"first: {first.instrument.title}, {first.due_text}")
    walk.picture("assess-choice")
    walk.hands.press("F")
    sheet = walk.sheet(AssessmentSheet)
    walk.hands.type("6yyn")
    said = sheet.result.text()
    walk.expect("not known yet" in said, f"half way: {said}")
    walk.hands.type("nnynyn")
    said = sheet.result.text()
    walk.expect("At risk of falling" in said, f"came to: {said}")
    walk.hands.press("F7")
    walk.picture("assess-falls")
    told = walk.save()
    walk.expect("Task opened" in told, f"told: {told}")


def find_by_band(walk: Walk) -> None:
    """Who is at risk of falling, found by band, and from the row to the patient's list."""
    sheet = finding(walk)
    row = sheet.model.rows[0]
    walk.picture("assess-found")
    walk.hands.press("Return")
    panel = walk.workplace.panel
    assert isinstance(panel, AssessmentsPanel)  # noqa: S101 - the sheet stands beside it
    walk.until(lambda: panel.chosen and panel.chosen.key == row.id, "the row was not opened")
    walk.picture("assess-found-row")
    walk.hands.press("Esc")
    walk.hands.press(walk.workplace.keys_of(BOARD))


def follow_the_pain(walk: Walk) -> None:
    """A patient's scores with their trend; one key adds the next."""
    patient(walk)
    panel = walk.workplace.panel
    assert isinstance(panel, AssessmentsPanel)  # noqa: S101 - as just opened
    walk.until(lambda: "8 → 6 → 7 → 5" in panel.course.text(), "the course is not shown")
    walk.picture("assessments")
    walk.hands.press("Return")
    walk.sheet(AssessmentSheet)
    walk.hands.type("2")
    told = walk.save()
    walk.expect("2 of 10" in told, f"told: {told}")
    walk.until(lambda: "7 → 5 → 2" in panel.course.text(), "the next is not in the list")
    walk.hands.press("Esc")
    walk.hands.press(walk.workplace.keys_of(BOARD))
