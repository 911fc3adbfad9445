"""Pictures of assessments: what is due on a ward, a patient's list, the choice, two sheets."""

from __future__ import annotations

from ui.assessments.chooser import InstrumentChooser
from ui.assessments.find_sheet import FindAssessmentsSheet
from ui.assessments.joint import ASSESS_KEY, LIST_KEY, PANEL
from ui.assessments.panel import AssessmentsPanel
from ui.assessments.sheet import AssessmentSheet
from ui.assessments.strike_sheet import StrikeSheet
from ui.demo.walk import Walk
from ward_app.demo.assessment_rows import FALLEN_BED, IN_PAIN_BED


def ward(walk: Walk) -> None:
    """What is due on a ward."""
    place = walk.workplace
    walk.hands.press(place.keys_of(PANEL))
    panel = _panel(walk)
    walk.until(lambda: panel.rows.rows, "nothing is due")


def patient(walk: Walk) -> None:
    """What was assessed of a patient whose pain falls."""
    walk.choose(IN_PAIN_BED)
    walk.hands.press(LIST_KEY)
    walk.until(lambda: isinstance(walk.workplace.panel, AssessmentsPanel), "no list was opened")
    panel = _panel(walk)
    walk.until(lambda: panel.patient and panel.rows.rows, "the list was not read")


def choice(walk: Walk) -> None:
    """The choice of an instrument, the overdue one first."""
    chooser(walk)


def chooser(walk: Walk) -> InstrumentChooser:
    """Open the choice of an instrument and return it."""
    walk.choose(FALLEN_BED)
    walk.hands.press(ASSESS_KEY)
    sheet = walk.sheet(InstrumentChooser)
    walk.until(lambda: sheet.rows.rows, "no instrument is on offer")
    return sheet


def pain(walk: Walk) -> None:
    """One key: what it comes to, what follows, a task that may be opened."""
    chooser(walk)
    walk.hands.press("P")
    walk.sheet(AssessmentSheet)
    walk.hands.type("7")


def falls(walk: Walk) -> None:
    """A checklist half way through."""
    chooser(walk)
    walk.hands.press("F")
    walk.sheet(AssessmentSheet)
    walk.hands.type("6ynnyn")


def strike(walk: Walk) -> None:
    """An assessment is struck out."""
    patient(walk)
    walk.hands.press("X")
    walk.sheet(StrikeSheet)


def finding(walk: Walk) -> FindAssessmentsSheet:
    """Everybody who is at risk of falling, found."""
    ward(walk)
    panel = _panel(walk)
    walk.until(lambda: not walk.workplace.context.work.is_busy, "the ward was not read")
    walk.hands.press("F3")
    sheet = walk.sheet(FindAssessmentsSheet)
    walk.go_to(sheet.form.input("instrument").target)
    walk.hands.type("falls")
    walk.go_to(sheet.form.input("item").target)
    walk.hands.press("Down")
    walk.go_to(sheet.form.input("answer").target)
    walk.hands.press("Down")
    walk.hands.press("Ctrl+Return")
    walk.until(lambda: sheet.model.rows, f"nothing was found: {sheet.words.text()}")
    walk.expect(panel.isVisible(), "the list is gone")
    return sheet


def found(walk: Walk) -> None:
    """Assessments found by what they came to."""
    finding(walk)


def _panel(walk: Walk) -> AssessmentsPanel:
    panel = walk.workplace.panel_of(PANEL)
    assert isinstance(panel, AssessmentsPanel)  # noqa: S101 - made by its own spec
    return panel
