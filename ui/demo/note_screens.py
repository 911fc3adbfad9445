"""Pictures of nursing notes and of their sheets."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.notes.joint import KEY, PANEL
from ui.notes.panel import NotesPanel
from ui.notes.print_sheet import PrintNotesSheet
from ui.notes.write_sheets import AdditionSheet, NewNoteSheet
from ward_app.demo.note_rows import FALL_BED, SHOWN_BED, SYMPTOM_BED


def ward(walk: Walk) -> None:
    """The notes of the last day on a ward."""
    place = walk.workplace
    walk.hands.press(place.keys_of(PANEL))
    panel = notes_panel(walk)
    walk.until(lambda: panel.rows.rows, "no note is listed")


def patient(walk: Walk) -> None:
    """The notes of one patient: an event, what was added to it, what was struck out."""
    panel = open_notes(walk, FALL_BED)
    lines = [line.note.title if line.note else "" for line in panel.rows.rows]
    place = next(number for number, title in enumerate(lines) if title.startswith("Found on"))
    panel.table.setCurrentIndex(panel.rows.index(place, 0))


def found(walk: Walk) -> None:
    """What was looked for stands out."""
    ward(walk)
    look_for(walk, "dizziness")


def new(walk: Walk) -> None:
    """An SBAR note filled from the chart."""
    new_note(walk, SHOWN_BED, "1")


def symptom(walk: Walk) -> None:
    """What a patient reports."""
    new_note(walk, SYMPTOM_BED, "6")
    walk.hands.type("Nausea")
    walk.hands.press("Tab")
    walk.hands.type("2")
    walk.hands.type("-1")


def addition(walk: Walk) -> None:
    """Something is added to a signed note."""
    patient(walk)
    walk.hands.press("A")
    walk.sheet(AdditionSheet)
    walk.hands.type("Hip still not tender at noon.")


def printing(walk: Walk) -> None:
    """Notes are printed."""
    patient(walk)
    walk.hands.press("P")
    walk.sheet(PrintNotesSheet)


def look_for(walk: Walk, words: str) -> NotesPanel:
    """Type words to look for and go to what is found."""
    panel = notes_panel(walk)
    walk.hands.press("/")
    walk.hands.type(words)
    walk.hands.press("Return")
    walk.until(lambda: panel.looked_for == words, "nothing was looked for")
    return panel


def open_notes(walk: Walk, label: str) -> NotesPanel:
    """Open the notes of the patient in a bed, from the board."""
    walk.choose(label)
    walk.hands.press(KEY)
    panel = notes_panel(walk)
    walk.until(lambda: panel.patient is not None and panel.rows.rows, "no note was read")
    return panel


def notes_panel(walk: Walk) -> NotesPanel:
    """Return the panel of notes."""
    panel = walk.workplace.panel_of(PANEL)
    assert isinstance(panel, NotesPanel)  # noqa: S101 - made by its own spec
    return panel


def new_note(walk: Walk, label: str, key: str) -> NewNoteSheet:
    """Begin a note of a type about the patient in a bed."""
    open_notes(walk, label)
    walk.hands.press("N")
    sheet = walk.sheet(NewNoteSheet)
    walk.until(lambda: sheet.is_filled, "the chart was not read")
    walk.hands.type(key)
    return sheet
