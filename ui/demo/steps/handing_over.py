"""The handover: a patient given and one accepted by a key each, a numbered paper ticked off."""

from __future__ import annotations

from ui.demo.handover_screens import at_bed, ward
from ui.demo.walk import Walk
from ui.handover.give_sheet import GiveSheet
from ui.handover.pane import HandoverPane
from ui.handover.panel import HandoverPanel
from ui.handover.sheets_out import SheetsOutSheet
from ui.panels import BOARD
from ward_app.demo.handover_rows import ASKED_BED, QUESTION
from ward_app.handover.rules import is_for_reader, is_unanswered, state_of
from ward_app.handover.types import State

# nobody who is moved on the way
NEXT_BED, RECEIVER = "14", "Grace Achebe"


def accept_and_give(walk: Walk) -> None:
    """Unanswered alerts lead, then who is given to the nurse; one is accepted, one given on."""
    panel = ward(walk)
    first = panel.listed[0]
    walk.expect(is_unanswered(first), "no unanswered alert leads the handover")
    after = next(line for line in panel.listed if not is_unanswered(line))
    walk.expect(is_for_reader(after), "who is given to the nurse does not come next")
    panel.choose(first.admission_id)
    walk.expect("Open alert" in said_in(panel.pane), "the open alert is not told")
    walk.picture("handover")
    at_bed(walk, ASKED_BED)
    walk.expect(QUESTION in said_in(panel.pane), "the question does not stand there")
    walk.picture("handover-given")
    walk.hands.press("B")
    walk.hands.press("A")
    walk.until(lambda: _state(panel, ASKED_BED) is State.ACCEPTED, "A did not accept")
    at_bed(walk, NEXT_BED)
    walk.hands.press("Shift+G")
    sheet = walk.sheet(GiveSheet)
    walk.pick(sheet.form.input("to"), RECEIVER)
    walk.picture("handover-give-to")
    told = walk.save()
    walk.expect(f"is given to {RECEIVER}" in told, f"told: {told}")
    walk.until(lambda: _state(panel, NEXT_BED) is State.GIVEN, "Shift+G did not give")
    walk.hands.press(walk.workplace.keys_of(BOARD))


def tick_a_paper_off(walk: Walk) -> None:
    """A pocket sheet that expired is loud until somebody says what became of it."""
    panel = ward(walk)
    walk.expect("expired" in panel.sheets_due.text(), "the expired sheet is not told")
    walk.hands.press("U")
    sheet = walk.sheet(SheetsOutSheet)
    walk.expect(sheet.chosen is not None, "no sheet is out")
    walk.picture("pocket-sheets")
    walk.hands.press("S")
    walk.until(lambda: not panel.sheets_due.text(), "the sheet is still told to be out")
    walk.hands.press(walk.workplace.keys_of(BOARD))


def said_in(pane: HandoverPane) -> str:
    """Return all words of the chosen patient's handover."""
    return "\n".join(line.text for part in pane.parts for line in part.lines)


def _state(panel: HandoverPanel, bed: str) -> State:
    known = panel.handover.lines if panel.handover else ()
    return next(state_of(line) for line in known if line.facts.bed == bed)
