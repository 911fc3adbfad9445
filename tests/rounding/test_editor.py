"""Checklists are changed by keyboard; what was answered keeps its version."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from tests.rounding.answering import east
from tests.rounding.builders import EAST, a_record, answer, line, template
from tests.rounding.test_history import history
from tests.sheets import freed, opened, press, press_save, saved_message, settled, type_text
from tests.steps import admit, ago
from ui.rounding.checklists_sheet import ChecklistsSheet
from ui.rounding.draft import Draft, draft_of
from ui.rounding.editor_sheet import EditorSheet
from ui.rounding.item_sheet import ItemSheet
from ui.rounding.panel import RoundsPanel
from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.rounding import editing
from ward_app.rounding.queries import checklist_versions, rounds_of_wards, templates_in_force
from ward_app.rounding.service import record_round, save_checklist
from ward_app.rounding.types import NewVersion

KEY = Qt.Key


def versions(database, actor):
    return database.run(actor, checklist_versions)


def a_draft(database, actor, name="intentional"):
    return draft_of(versions(database, actor), name)


def store(database, actor, draft, reason="shorter"):
    new = NewVersion(
        id=draft.id,
        name=draft.stored_name,
        content={"name": draft.stored_name} | draft.content,
        change_reason=reason,
    )
    database.run(actor, save_checklist, new)
    return new


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("", []),
        ("120", [{"minutes": 120}]),
        ("high 60; 120", [{"risk": ["high"], "minutes": 60}, {"minutes": 120}]),
        ("07:00-22:00 60", [{"from": "07:00", "to": "22:00", "minutes": 60}]),
        (
            "medium high ward 7E 22:00-07:00 30",
            [{"risk": ["medium", "high"], "ward": "7E", "from": "22:00", "to": "07:00",
              "minutes": 30}],
        ),
    ],
    ids=["on demand", "always", "risk", "hours", "all"],
)  # fmt: skip
def test_that_intervals_are_typed_as_they_are_shown(text, rules):
    assert editing.read_intervals(text) == rules
    assert editing.intervals_text(rules) == text


@pytest.mark.parametrize("text", ["hourly", "25:00-07:00 60", "ward 60", "high"])
def test_that_an_interval_that_cannot_be_read_says_so(text):
    with pytest.raises(ValueError, match=r"minutes|no risk"):
        editing.read_intervals(text)


def test_that_answers_keep_their_stored_value_when_their_key_changes():
    before = [["left", "L", "left side"], ["right", "R", "right side"]]
    found = editing.read_choices("1 left side; 2 right side;; 3 Left, side", before)
    assert found == [["left", "1", "left side"], ["right", "2", "right side"],
                     ["left_side", "3", "Left, side"]]  # fmt: skip
    assert editing.read_choices(editing.choices_text(before), before) == before
    for wrong in ("left side", "L", "L one; L two"):
        with pytest.raises(ValueError, match=r"key"):
            editing.read_choices(wrong)


def test_that_ranges_and_names_are_read():
    assert editing.read_range(" ") is None
    assert editing.read_range("-2 to 8.5") == ["-2", "8.5"]
    assert editing.range_text(["2", "8"]) == "2 to 8"
    assert editing.range_text(None) == ""
    for wrong in ("2", "a to b", "8 to 2"):
        with pytest.raises(ValueError, match=r"range|lowest"):
            editing.read_range(wrong)
    assert editing.short_name("Größe: 2 ½", ["große_2"]) == "groe_2_12"
    assert editing.short_name("4 Ps", ["n_4_ps"]) == "n_4_ps_2"
    assert editing.short_name("…") == "item"


def test_that_a_new_version_is_made_by_keyboard(qtbot, charge, database):
    sheet = opened(qtbot, ChecklistsSheet(charge, east(charge)))
    settled(qtbot, charge)
    names = [one.name for one in sheet.model.rows]
    sheet.table.setCurrentIndex(sheet.model.index(names.index("intentional"), 0))
    assert "Pain under control" in sheet.words.text()
    with qtbot.waitSignal(sheet.sheet_requested) as asked:
        press(qtbot, KEY.Key_Return)
    editor = opened(qtbot, asked.args[0])
    editor.table.setFocus()
    press(qtbot, KEY.Key_Down, Qt.KeyboardModifier.AltModifier)  # pain after personal needs
    press(qtbot, KEY.Key_Delete)
    with qtbot.waitSignal(editor.sheet_requested) as asked:
        press(qtbot, KEY.Key_N)
    item = opened(qtbot, asked.args[0])
    type_text(qtbot, "Drink")
    item.form.set_value("kind", "number")
    item.form.set_value("possible", "0 to 9")
    with qtbot.waitSignal(item.sheet_requested) as asked:
        press_save(qtbot)
    editor = opened(qtbot, asked.args[0])
    assert [one.label for one in editor.preview_model.items][-1] == "Drink"
    editor.form.set_value("intervals", "often")
    editor.form.set_value("change_reason", "trial on two wards")
    press_save(qtbot)
    assert "minutes" in editor.form.problem("intervals")
    editor.form.set_value("intervals", "high 30; 90")
    assert "version 2 is in force" in saved_message(qtbot, editor)
    stored = template(database, charge.work.actor)
    assert stored.version == 2
    assert [one.name for one in stored.items] == [
        "personal_needs", "position", "placement", "drink",
    ]  # fmt: skip


def test_that_an_open_round_keeps_the_version_it_was_begun_with(
    qtbot, context, charge, database, nurse
):
    """Two workstations: one answers while the other edits."""
    patient = admit(database, nurse, label="1", admitted_at=ago(100))
    panel = RoundsPanel(context, east(context))
    qtbot.addWidget(panel)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(lambda: len(panel.model.rows) == 1)
    panel.view.setFocus()
    press(qtbot, KEY.Key_N)
    draft = a_draft(database, charge.work.actor)
    draft.remove_item(0)
    draft.content["title"] = "Short round"
    store(database, charge.work.actor, draft)
    panel.refresh()
    settled(qtbot, context)
    press(qtbot, KEY.Key_Space)
    with qtbot.waitSignal(panel.told):
        press_save(qtbot)
    settled(qtbot, context)
    [item] = history(database, nurse, patient)
    assert item.template.version == 1
    assert (item.title, item.answers["pain"]) == ("Intentional round", "no")
    panel.refresh()
    settled(qtbot, context)
    assert panel.model.rows[0].template.version == 2
    answer(database, nurse, patient)
    assert [one.template.version for one in history(database, nurse, patient)] == [2, 1]


def test_that_an_old_version_can_still_be_saved_from_another_workstation(
    database,
    nurse,
    charge,
    bo,
):
    patient = admit(database, nurse, label="1", admitted_at=ago(100))
    before = template(database, nurse)
    store(database, charge.work.actor, a_draft(database, charge.work.actor))
    station, colleague = bo
    station.run(colleague, record_round, (a_record(before, patient),))
    assert line(database, nurse, patient).done_by == "Bo Both"


def test_that_two_who_edit_one_checklist_lose_nothing(qtbot, charge, database):
    draft = a_draft(database, charge.work.actor)
    editor = opened(qtbot, EditorSheet(charge, draft))
    editor.form.set_value("title", "Mine")
    editor.form.set_value("change_reason", "clearer")
    store(database, charge.work.actor, a_draft(database, charge.work.actor))
    press_save(qtbot)
    settled(qtbot, charge)
    assert "first" in editor.notice.text
    assert editor.form.value("title") == "Mine"
    editor.set_aside()
    again = opened(qtbot, ChecklistsSheet(charge, east(charge)))
    settled(qtbot, charge)
    names = [one.name for one in again.model.rows]
    again.table.setCurrentIndex(again.model.index(names.index("intentional"), 0))
    with qtbot.waitSignal(again.sheet_requested) as asked:
        again.save()
    assert asked.args[0].form.value("title") == "Mine"


def test_that_a_checklist_is_saved_once_and_with_a_reason(database, charge, nurse):
    actor = charge.work.actor
    draft = a_draft(database, actor)
    new = store(database, actor, draft)
    database.run(actor, save_checklist, new)  # sent again after an unknown outcome
    assert template(database, actor).version == 2
    with pytest.raises(RuleBrokenError, match="first"):
        database.run(actor, save_checklist, replace(new, id=new_id()))
    with pytest.raises(RuleBrokenError, match="why"):
        store(database, actor, a_draft(database, actor), reason=" ")
    with pytest.raises(NotPermittedError):
        store(database, nurse, a_draft(database, actor))


def test_that_two_at_the_same_moment_are_told():
    class Elsewhere(Transaction):
        def execute(self, *_statement):
            return 0

        def value(self, *_statement):
            return None

    new = NewVersion(id=new_id(), name="x", content={}, change_reason="why")
    with pytest.raises(ConflictError, match="first"):
        save_checklist(Elsewhere(None), new)


def test_that_a_checklist_is_taken_out_of_use_on_one_ward(qtbot, charge, database, nurse):
    patient = admit(database, nurse, label="1", admitted_at=ago(100))
    editor = opened(qtbot, EditorSheet(charge, a_draft(database, charge.work.actor, "skin")))
    editor.form.retype({f"ward {EAST}": False})
    editor.form.set_value("change_reason", "not here")
    saved_message(qtbot, editor)
    found = database.run(nurse, rounds_of_wards, (EAST,))
    assert "skin" not in {one.name for one in found.lines if one.admission_id == patient}
    assert "skin" in {one.name for one in found.templates}


def test_that_a_retired_checklist_is_not_in_force(qtbot, charge, database):
    editor = opened(qtbot, EditorSheet(charge, a_draft(database, charge.work.actor, "huddle")))
    editor.form.retype({"retired": True})
    editor.form.set_value("change_reason", "on paper")
    saved_message(qtbot, editor)
    names = {one.name for one in database.run(charge.work.actor, templates_in_force)}
    assert "huddle" not in names


def test_that_a_new_checklist_gets_a_name_of_its_own(qtbot, charge, database):
    draft = a_draft(database, charge.work.actor, None)
    draft.put_item(None, {"name": "ok", "label": "All well", "kind": "yes_no", "required": True})
    editor = opened(qtbot, EditorSheet(charge, draft))
    editor.form.set_value("title", "Intentional")
    editor.form.set_value("change_reason", "new")
    saved_message(qtbot, editor)
    stored = {one.name: one for one in versions(database, charge.work.actor)}
    assert stored["intentional_2"].content["title"] == "Intentional"


@pytest.mark.parametrize(
    ("kind", "typed", "told"),
    [
        ("choice", {"choices": "L left"}, "two answers"),
        ("number", {}, "lowest"),
        ("number", {"possible": "0 to 9", "usual_range": "9 to 1"}, "lowest"),
        ("number", {"possible": "0 to 9", "usual_range": "5 to 12"}, "within what is possible"),
        ("yes_no", {"usual": "Q"}, "“Q” is the key of no answer"),
        ("yes_no", {"usual": "Y N"}, "One answer"),
        ("yes_no", {"exceptions": "X"}, "“X” is the key of no answer"),
        ("yes_no", {"opens": "X call Come"}, "“X” is the key of no answer"),
        ("body_map", {"choices": "L left; R right", "opens": "L call Come"}, "Every marked place"),
    ],
    ids=[
        "one choice",
        "no range",
        "usual",
        "beyond",
        "no usual",
        "two usual",
        "no exception",
        "no answer",
        "a place",
    ],
)
def test_that_an_item_that_cannot_be_says_why(qtbot, charge, kind, typed, told):
    sheet = opened(qtbot, ItemSheet(charge, Draft(editing.new_content()), None, lambda: None))
    for name, value in ({"label": "X", "kind": kind} | typed).items():
        sheet.form.set_value(name, value)
    sheet.save()
    assert told in " ".join(filter(None, (sheet.form.problem(one) for one in sheet.form.typed())))


def test_that_an_item_comes_back_as_it_was(qtbot, charge, database):
    draft = a_draft(database, charge.work.actor, "skin")
    before = [dict(item) for item in draft.items]
    for place in range(len(before)):
        sheet = opened(qtbot, ItemSheet(charge, draft, place, lambda: ChecklistsSheet(
            charge, east(charge))))  # fmt: skip
        sheet.save()
    settled(qtbot, charge)
    assert draft.template().items == Draft(draft.content | {"items": before}).template().items
    assert draft.items[0]["opens"] == before[0]["opens"]


def test_that_only_who_edits_checklists_is_offered_it(qtbot, context, charge):
    for who, offered in ((context, False), (charge, True)):
        panel = RoundsPanel(who, east(who))
        qtbot.addWidget(panel)
        keys = [key.toString() for action in panel.actions() for key in action.shortcuts()]
        assert ("F10" in keys) is offered


@pytest.mark.parametrize("kind", ["list", "editor", "item"])
def test_that_the_sheets_of_the_editor_are_freed(qtbot, charge, database, kind):
    draft = a_draft(database, charge.work.actor)
    sheet = {
        "list": lambda: ChecklistsSheet(charge, east(charge)),
        "editor": lambda: EditorSheet(charge, draft),
        "item": lambda: ItemSheet(charge, draft, 0, lambda: None),
    }[kind]()
    qtbot.addWidget(sheet)
    settled(qtbot, charge)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
