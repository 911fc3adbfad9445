"""Pictures of the handover and of its sheets."""

from __future__ import annotations

from ui.demo.walk import Walk, type_ahead
from ui.handover.answer_sheet import AnswerSheet
from ui.handover.give_sheet import GiveSheet
from ui.handover.joint import HANDOVER
from ui.handover.panel import HandoverPanel
from ui.handover.print_sheet import PrintPocketSheet
from ui.handover.responsible_sheet import ResponsibleSheet
from ui.handover.sheets_out import SheetsOutSheet
from ui.handover.words_sheet import OwnWordsSheet
from ward_app.demo.handover_rows import ASKED_BED


def ward(walk: Walk) -> HandoverPanel:
    """Show the ward's handover, with the cursor on its first patient; return the panel."""
    place = walk.workplace
    walk.hands.press(place.keys_of(HANDOVER))
    panel = place.panel_of(HANDOVER)
    assert isinstance(panel, HandoverPanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: panel.listed, "the handover is empty")
    return panel


def patients(walk: Walk) -> None:
    """The ward's patients, those with open items first."""
    ward(walk)


def given(walk: Walk) -> None:
    """A patient who was given with words, and a question about her."""
    at_bed(walk, ASKED_BED)


def words(walk: Walk) -> None:
    """Own words are written."""
    ward(walk)
    walk.hands.press("E")
    walk.sheet(OwnWordsSheet)
    walk.hands.type("Ring the laboratory at eight, Dr Rahman waits for it.")


def given_to(walk: Walk) -> None:
    """Choosing whom a patient is given to."""
    at_bed(walk, "1")
    walk.hands.press("Shift+G")
    sheet = walk.sheet(GiveSheet)
    walk.go_to(type_ahead(sheet.form.input("to")))


def declined(walk: Walk) -> None:
    """A handover is declined."""
    at_bed(walk, ASKED_BED)
    walk.hands.press("D")
    walk.sheet(AnswerSheet)
    walk.hands.press("1")


def printing(walk: Walk) -> None:
    """Who is to stand on a pocket sheet."""
    ward(walk)
    walk.hands.press("P")
    walk.sheet(PrintPocketSheet)


def responsible(walk: Walk) -> None:
    """Who was responsible for a bed, minute by minute."""
    ward(walk)
    walk.hands.press("W")
    walk.sheet(ResponsibleSheet)


def sheets_out(walk: Walk) -> None:
    """The papers that are out, one of them too long."""
    ward(walk)
    walk.hands.press("U")
    walk.sheet(SheetsOutSheet)


def at_bed(walk: Walk, label: str) -> HandoverPanel:
    """Show the handover with the cursor on the patient of a bed."""
    panel = ward(walk)
    if label not in {line.facts.bed for line in panel.listed}:
        walk.hands.press("M")
    line = next((line for line in panel.listed if line.facts.bed == label), None)
    walk.expect(line is not None, f"bed {label} is not in the handover")
    panel.choose(line.admission_id if line else None)
    return panel
