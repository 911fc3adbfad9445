"""Answering a call for help, and looking at everything that is open."""

from __future__ import annotations

from ui.demo.steps.charting import CHARTED_BED, ITS_SCORE
from ui.demo.walk import Walk
from ui.escalations.answer_sheet import AnswerSheet
from ui.escalations.panel import AlertsPanel
from ui.panels import ALERTS
from ward_app.escalations.queries import open_escalation, open_items
from ward_app.escalations.types import SepsisAnswer, State

RESPONDER = "Dr Lindqvist"


def answer_the_call(walk: Walk) -> None:
    """The set just saved has called the registrar; the sheet to answer is open already."""
    sheet = walk.sheet(AnswerSheet)
    walk.expect(sheet.item.points == ITS_SCORE, f"it is about a score of {sheet.item.points}")
    walk.expect(sheet.item.state is State.UNANSWERED, "somebody answered already")
    walk.picture("called")
    sheet.form.set_value("sepsis", SepsisAnswer.NOT_SUSPECTED)
    walk.type_into(sheet.form.input("person"), RESPONDER)
    told = walk.save()
    walk.expect("Recorded: acknowledged" in told, f"told: {told}")
    stored = walk.colleague.ask(open_escalation, sheet.item.admission_id)
    walk.expect(stored and stored.answered_by == RESPONDER, "another answer is stored")
    walk.expect(stored and not stored.asks_sepsis, "the sepsis question is still open")
    walk.until(
        lambda: walk.card(CHARTED_BED).bed.escalation_state == State.ACKNOWLEDGED,
        "the board does not show the answer",
    )


def look_at_the_alerts(walk: Walk) -> None:
    """Everything open on one's wards, the worst first; the bell counts the same."""
    walk.workplace.show_panel(ALERTS)
    panel = walk.workplace.panel
    assert isinstance(panel, AlertsPanel)  # noqa: S101 - made by its own spec
    walk.until(panel.model.rowCount, "no alert is shown")
    ward_ids = tuple(ward.id for ward in walk.workplace.context.signed_in.wards)
    stored = walk.colleague.ask(open_items, ward_ids).escalations
    shown = [panel.model.item(panel.model.index(row, 0)) for row in range(len(stored))]
    walk.expect(
        [item and item.id for item in shown] == [item.id for item in stored],
        "other alerts are shown than are open",
    )
    walk.expect(stored[0].state is State.UNANSWERED, "the unanswered do not lead")
    bell = walk.workplace.top_line.bell
    walk.until(lambda: bell.text() == str(len(stored)), f"the bell says {bell.text()}")
    walk.note(f"{len(stored)} open")
    walk.picture("alerts")
    walk.hands.press("S")
    walk.until(lambda: "sound is off" in walk.told, f"told: {walk.told}")
    walk.expect(bell.text() == str(len(stored)), "silence took the number away")
    walk.hands.press("Ctrl+1")
    walk.until(lambda: walk.workplace.panel is walk.board, "the board did not come back")
