"""Nursing notes: one written from the chart and signed, another found by its words."""

from __future__ import annotations

from ui.demo import note_screens
from ui.demo.walk import Walk
from ui.notes.joint import PANEL
from ui.panels import BOARD
from ward_app.demo.note_rows import SHOWN_BED


def write_a_note(walk: Walk) -> None:
    """A type by one key; the chart fills in what it knows, with its time."""
    sheet = note_screens.new_note(walk, SHOWN_BED, "1")
    typed = sheet.form.typed() if sheet.form else {}
    walk.expect("Score: " in typed.get("section0", ""), f"filled in: {typed.get('section0')}")
    walk.expect("Peripheral cannula" in typed.get("section2", ""), "no device was filled in")
    walk.picture("note")
    walk.hands.press("Ctrl+End")
    walk.hands.type(" Vein still sore.")
    told = walk.save()
    walk.expect("signed" in told, f"told: {told}")
    panel = note_screens.notes_panel(walk)
    walk.until(
        lambda: panel.chosen is not None and "Vein still sore" in panel.pane.toPlainText(),
        "the signed note is not read",
    )
    walk.picture("signed")
    walk.hands.press("Esc")
    walk.hands.press(walk.workplace.keys_of(BOARD))


def look_for_words(walk: Walk) -> None:
    """All words typed, in any form, on the patients of the ward; the hits stand out."""
    place = walk.workplace
    walk.hands.press(place.keys_of(PANEL))
    panel = note_screens.look_for(walk, "resite antibiotic")
    beds = {line.bed.bed_label for line in panel.rows.rows}
    walk.expect(beds == {SHOWN_BED}, f"found in beds {beds}")
    walk.expect("1 note has" in panel.frame.summary.text(), panel.frame.summary.text())
    walk.picture("found")
    walk.hands.press("Esc")
    walk.hands.press("Esc")
    walk.hands.press(place.keys_of(BOARD))
