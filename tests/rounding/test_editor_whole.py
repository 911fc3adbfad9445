"""All of a checklist can be changed in its editor: done once, and what an answer opens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.rounding.builders import EAST, a_record, answer, line, template
from tests.rounding.test_editor import a_draft, store, versions
from tests.sheets import opened, press_save, saved_message, settled
from tests.steps import admit, ago
from ui.rounding.draft import Draft
from ui.rounding.editor_sheet import EditorSheet
from ui.rounding.item_sheet import ItemSheet
from ward_app.core.errors import RuleBrokenError
from ward_app.rounding import editing
from ward_app.rounding.queries import rounds_of_wards
from ward_app.rounding.service import record_round
from ward_app.rounding.types import DueReason

YES_NO = (("yes", "Y", "yes"), ("no", "N", "no"))
OPENINGS = "N task 60 Look at it\nY N call Skin is broken"


def edited(qtbot, context, draft, **typed):
    """Return the editor with these fields typed, and a reason."""
    editor = opened(qtbot, EditorSheet(context, draft))
    for name, value in ({"change_reason": "as agreed"} | typed).items():
        editor.form.set_value(name, value)
    return editor


def test_that_what_answers_open_is_typed_as_it_is_shown():
    found = editing.read_openings(f"\n {OPENINGS}\n", YES_NO, by_key=True)
    assert found == [
        {"when": ["no"], "minutes": 60, "task": "Look at it"},
        {"when": ["yes", "no"], "concern": "Skin is broken"},
    ]
    assert editing.openings_text(found, YES_NO) == OPENINGS
    of_map = editing.read_openings("TASK 30 Turn", (), by_key=False)
    assert of_map == [{"when": [], "minutes": 30, "task": "Turn"}]
    assert editing.openings_text(of_map, ()) == "task 30 Turn"
    both = {"when": ["no"], "task": "Look", "concern": "Come"}
    assert editing.openings_text([both], YES_NO) == "N task 60 Look\nN call Come"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("N look at it", "neither task nor call"),
        ("task 60 Look", "Which answer opens"),
        ("Q call Come", "“Q” is the key of no answer"),
        ("N task Look", "After task come its minutes"),
        ("N task", "After task come its minutes"),
        ("N task 4 Look", "5 minutes to 7 days"),
        ("N task 60", "Say in words"),
        ("N call", "Say in words"),
        (f"N call {'x' * 201}", "more than 200 letters"),
    ],
    ids=["no verb", "no key", "other key", "no minutes", "bare task", "too soon", "no task",
         "no call", "long"],
)  # fmt: skip
def test_that_what_cannot_be_opened_says_why(text, told):
    with pytest.raises(ValueError, match=told):
        editing.read_openings(text, YES_NO, by_key=True)


def test_that_a_checklist_is_made_to_be_done_once_in_a_stay(qtbot, charge, database, nurse):
    patient = admit(database, nurse, label="1", admitted_at=ago(100))
    draft = a_draft(database, charge.work.actor, "devices")
    editor = edited(qtbot, charge, draft, when="admission")
    press_save(qtbot)
    assert editor.form.problem("once_minutes") == "Needed"
    editor.form.set_value("once_minutes", 240)
    assert "version 2" in saved_message(qtbot, editor)
    [stored] = [o for o in versions(database, nurse) if (o.name, o.version) == ("devices", 2)]
    assert stored.content["once"] == {"of": "admission", "minutes": 240}
    assert stored.content["intervals"] == []
    due = line(database, nurse, patient, "devices")
    assert due.due_reason == DueReason.ONCE
    found = database.run(nurse, rounds_of_wards, (EAST,))
    assert due.due_at - found.read_at < timedelta(minutes=141)
    answer(database, nurse, patient, "devices")
    assert line(database, nurse, patient, "devices").due_reason == DueReason.DONE


def test_that_a_checklist_done_once_comes_back_as_it_was_and_is_due_by_intervals_again(
    qtbot,
    charge,
    database,
):
    draft = a_draft(database, charge.work.actor, "admission")
    before = dict(draft.content)
    editor = edited(qtbot, charge, draft)
    assert not editor.form.input("intervals").isVisible()
    saved_message(qtbot, editor)
    assert draft.content["once"] == before["once"] == {"of": "admission", "minutes": 360}
    again = a_draft(database, charge.work.actor, "admission")
    editor = edited(qtbot, charge, again, when="intervals", intervals="600")
    assert not editor.form.input("once_minutes").isVisible()
    saved_message(qtbot, editor)
    assert (again.content["once"], again.content["intervals"]) == (None, [{"minutes": 600}])


def test_that_a_later_arrival_counts_anew_where_it_is_done_once_a_ward(
    qtbot,
    charge,
    database,
    nurse,
):
    patient = admit(database, nurse, label="1", admitted_at=ago(100))
    draft = a_draft(database, charge.work.actor, "devices")
    saved_message(qtbot, edited(qtbot, charge, draft, when="arrival", once_minutes=60))
    assert line(database, nurse, patient, "devices").due_reason == DueReason.ONCE


def test_that_an_answer_calls_somebody_and_opens_a_task_as_typed(qtbot, charge, database, nurse):
    draft = a_draft(database, charge.work.actor)
    sheet = opened(qtbot, ItemSheet(charge, draft, 0, lambda: EditorSheet(charge, draft)))
    sheet.form.set_value("opens", "N task 45 Give pain relief\nN call Pain not under control")
    with qtbot.waitSignal(sheet.sheet_requested) as asked:
        press_save(qtbot)
    editor = opened(qtbot, asked.args[0])
    shown = editor.items.index(0, len(editor.items.columns) - 1).data()
    assert shown == "a task, a call"
    editor.form.set_value("change_reason", "as agreed")
    saved_message(qtbot, editor)
    patient = admit(database, nurse, label="1", admitted_at=ago(100))
    record = a_record(template(database, nurse), patient, answers={"pain": "no"})
    database.run(nurse, record_round, (record,))
    [task] = database.run(nurse, rounds_of_wards, (EAST,)).tasks
    assert task.title == "Give pain relief"
    assert task.due_at - record.occurred_at == timedelta(minutes=45)
    called = database.run(
        nurse, lambda tx: tx.tuples("SELECT level FROM report.open_escalations(%s)", ([EAST],))
    )
    assert len(called) == 1


def test_that_several_openings_of_an_item_are_kept(qtbot, charge):
    draft = Draft(editing.new_content())
    opens = [{"when": ["no"], "minutes": 60, "task": "One"},
             {"when": ["no"], "minutes": 90, "task": "Two"},
             {"when": ["no"], "concern": "Come"}]  # fmt: skip
    draft.put_item(None, {"name": "ok", "label": "Well", "kind": "yes_no", "opens": opens})
    number = {"name": "n", "label": "N", "kind": "number", "possible": ["0", "9"],
              "opens": [{"when": ["0"], "task": "Fill up"}]}  # fmt: skip
    draft.put_item(None, dict(number))
    for place in (0, 1):
        sheet = opened(qtbot, ItemSheet(charge, draft, place, lambda: EditorSheet(charge, draft)))
        sheet.save()
    assert draft.items[0]["opens"] == opens
    assert draft.items[1]["opens"] == number["opens"]
    sheet = opened(qtbot, ItemSheet(charge, draft, 1, lambda: EditorSheet(charge, draft)))
    sheet.form.set_value("kind", "text")
    sheet.save()
    assert "opens" not in draft.items[1]
    settled(qtbot, charge)


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"items": []}, "title", "no items"),
        ({"once": {"of": "admission", "minutes": 60}}, "when", "no stay"),
        (
            {"items": [{"label": "X", "opens": [{"concern": "Come"}]}]},
            "of_ward",
            "take “call” out of “X”",
        ),
    ],
    ids=["empty", "once", "calls"],
)
def test_that_a_checklist_of_a_ward_that_cannot_be_says_why(changes, field, told):
    content = editing.new_content() | {"subject": "ward", "items": [{"label": "X"}]}
    assert editing.content_problem(content) is None
    where, sentence = editing.content_problem(content | changes)
    assert where == field
    assert told in sentence


def test_that_the_editor_says_why_a_checklist_cannot_be_saved(qtbot, charge, database):
    draft = a_draft(database, charge.work.actor, "huddle")
    editor = edited(qtbot, charge, draft, when="admission", once_minutes=60)
    press_save(qtbot)
    assert "no stay" in editor.form.problem("when")
    sheet = opened(qtbot, ItemSheet(charge, draft, 2, lambda: None))
    sheet.form.set_value("opens", "N call Come")
    sheet.save()
    assert "calls nobody" in sheet.form.problem("opens")
    settled(qtbot, charge)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"once": {"of": "birth", "minutes": 60}}, "admission or arrival"),
        ({"once": {"of": "arrival", "minutes": "soon"}}, "not readable"),
        ({"once": {"of": "arrival"}}, "10 minutes to 7 days"),
        ({"grace_minutes": 500}, "within 240"),
        ({"work_minutes": "x"}, "not readable"),
        ({"subject": "ward", "once": {"minutes": 60}}, "no stay"),
        ({"opens": "x"}, "not readable"),
        ({"opens": [{"when": ["no"]}]}, "needs words"),
        ({"opens": [{"when": ["no"], "task": " "}]}, "needs words"),
        ({"opens": [{"when": ["no"], "task": "x", "minutes": 1}]}, "5 minutes to 7 days"),
        ({"opens": [{"when": ["no"], "task": "x", "minutes": "x"}]}, "not readable"),
        ({"opens": [{"when": [], "task": "x"}]}, "which answer"),
        ({"opens": [{"when": ["maybe"], "task": "x"}]}, "does not have"),
        ({"subject": "ward", "opens": [{"when": ["no"], "concern": "x"}]}, "calls nobody"),
    ],
    ids=["of", "minutes", "no minutes", "grace", "work", "ward", "no list", "nothing", "no words",
         "too soon", "no number", "no answer", "other answer", "ward calls"],
)  # fmt: skip
def test_that_the_database_takes_in_no_checklist_it_could_not_read(
    database,
    charge,
    changes,
    told,
):
    draft = a_draft(database, charge.work.actor)
    draft.items[0] |= {name: value for name, value in changes.items() if name == "opens"}
    draft.content |= {name: value for name, value in changes.items() if name != "opens"}
    with pytest.raises(RuleBrokenError, match=told):
        store(database, charge.work.actor, draft)
