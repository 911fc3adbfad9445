"""A round of the ward, key by key, the tasks that answers opened, and a checklist changed."""

from __future__ import annotations

from PySide6.QtCore import Qt

from ui.demo import round_screens
from ui.demo.walk import Walk
from ui.panels import BOARD, ROUNDS
from ui.rounding.editor_sheet import EditorSheet
from ui.rounding.history_sheet import HistorySheet
from ui.rounding.panel import RoundsPanel
from ward_app.demo.lane_rows import MOVED_TASK
from ward_app.rounding.queries import checklist_versions

_ONCE_MINUTES = 300


def correct_a_round(walk: Walk) -> None:
    """What was recorded is listed; a wrong answer is corrected and stays readable."""
    sheet = round_screens.correction(walk)
    walk.hands.press("Y")
    sheet.form_of("reason").focus_first()
    walk.hands.press("Tab")
    walk.picture("round-corrected")
    sheet.form_of("reason").input("reason").setFocus(Qt.FocusReason.OtherFocusReason)
    walk.hands.type("1")
    walk.hands.press("Ctrl+Return")
    walk.until(lambda: walk.workplace.sheets.sheet is None, "the correction was not saved")
    again = round_screens.history(walk)
    ended = [item for item in again.model.rows if item.ended == "corrected"]
    walk.expect(ended, "the original is not readable any more")
    walk.picture("round-so-far")
    walk.hands.press("Esc")
    walk.hands.press(walk.workplace.keys_of(BOARD))


def answer_a_round(walk: Walk) -> None:
    """An exception takes one key, everybody else one key together; one key saves the round."""
    place = walk.workplace
    walk.hands.press(place.keys_of(ROUNDS))
    panel = place.panel_of(ROUNDS)
    assert isinstance(panel, RoundsPanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: panel.model.rows, "the round is empty")
    walk.until(lambda: panel.tasks.rows.rows, "there is no task")
    rows = panel.model.rows
    walk.expect(any(row.line.deferral_reason == "asleep" for row in rows), "nobody is put off")
    tasks = panel.tasks.rows.rows
    walk.expect(all(task.shift_name for task in tasks), "a task is of no shift")
    moved = [task for task in tasks if task.title == MOVED_TASK]
    walk.expect(
        moved and moved[0].bed_label not in {None, moved[0].opened_for},
        "a task did not come with its patient",
    )
    panel.view.setFocus(Qt.FocusReason.OtherFocusReason)
    walk.hands.press("N")
    walk.hands.press("Shift+Space")
    walk.picture("round")
    walk.hands.press("Ctrl+Return")
    saved = [row for row in rows if row.said.startswith(("Being", "Saved"))]
    walk.until(lambda: all(row.said.startswith("Saved") for row in saved), "not all was saved")
    walk.note(f"{len(saved)} patients in 3 keys")
    walk.expect(len(saved) > 1, "the bay was not answered")
    walk.hands.press("PgDown")
    walk.hands.press("PgDown")
    walk.picture("another-checklist")
    walk.hands.press(place.keys_of(BOARD))


def find_by_answer(walk: Walk) -> None:
    """Whose skin is not intact, by a few keys, down to what was recorded of her."""
    sheet = round_screens.finding(walk)
    rows = sheet.model.rows
    walk.expect(all(row.answers["intact"] == "no" for row in rows), "another answer was found")
    walk.expect("round" in sheet.words.text(), f"it says: {sheet.words.text()}")
    walk.picture("rounds-found")
    walk.hands.press("Return")
    history = walk.sheet(HistorySheet)
    walk.until(lambda: history.chosen, "what was recorded was not read")
    chosen = history.chosen
    walk.expect(chosen and chosen.id == rows[0].id, "another row was opened")
    walk.picture("rounds-found-row")
    walk.hands.press("Esc")
    walk.hands.press(walk.workplace.keys_of(BOARD))


def change_a_checklist(walk: Walk) -> None:
    """Who leads the ward: done once in a shorter time, an answer opens a task and calls."""
    item = round_screens.item(walk)
    walk.go_to(item.form.input("opens").target)
    walk.hands.type("N task 30 Print a new wristband")
    walk.hands.press("Return")
    walk.hands.type("N call Nobody knows who this patient is")
    walk.picture("checklist-item")
    walk.hands.press("Ctrl+Return")
    editor = walk.sheet(EditorSheet)
    opens = editor.items.index(0, len(editor.items.columns) - 1).data()
    walk.expect(opens == "a task, a call", f"the list says that it opens {opens or 'nothing'}")
    minutes = editor.form.input("once_minutes")
    walk.go_to(minutes.target)
    walk.hands.press("Ctrl+A")
    walk.hands.type(str(_ONCE_MINUTES))
    walk.go_to(editor.form.input("change_reason").target)
    walk.hands.type("Agreed in the ward meeting")
    walk.picture("checklist-once")
    said = walk.save()
    walk.expect("version 2 is in force" in said, f"it said: {said}")
    stored = next(
        one
        for one in walk.colleague.ask(checklist_versions)
        if one.name == "admission" and one.is_newest
    )
    walk.expect(
        stored.content["once"]["minutes"] == _ONCE_MINUTES, "the shorter time was not stored"
    )
    opened = [sorted(one) for one in stored.content["items"][0]["opens"]]
    walk.expect(opened == [["minutes", "task", "when"], ["concern", "when"]], f"it opens {opened}")
    round_screens.checklists(walk)
    walk.picture("checklists")
    walk.hands.press("Esc")
    walk.hands.press(walk.workplace.keys_of(BOARD))
