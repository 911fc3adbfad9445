"""Charts that stay closed: said wherever something of them is missing, and opened from there."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt

from tests import world
from tests.messages.builders import box, send
from tests.openings.builders import REASON, mark_private
from tests.openings.conftest import EAST
from tests.sheets import in_window, press, press_save, row_of, settled
from tests.steps import a_set, admit
from ui.context import Place
from ui.devices.panel import DevicesPanel
from ui.handover.panel import HandoverPanel
from ui.notes.panel import NotesPanel
from ui.observations.grid_panel import GridPanel
from ui.patients.glass_sheet import GlassSheet
from ui.patients.glass_words import closed_number_text, closed_text
from ward_app.audit.service import open_chart, open_reachable_charts
from ward_app.core.database import Actor
from ward_app.lane.queries import shift_lane
from ward_app.observations.service import record_observations
from ward_app.openings.service import close_chart, open_with_reason
from ward_app.openings.types import OpeningKind
from ward_app.rounding.queries import rounds_of_wards
from ward_app.schedule.queries import due_list

KEY, MOD = Qt.Key, Qt.KeyboardModifier
CTRL_SHIFT = MOD.ControlModifier | MOD.ShiftModifier
CLOSED = (
    "The chart of OKAFOR, Ada is private and stays closed: nothing of it is shown here."
    " A reason opens it."
)
TWO_CLOSED = (
    "2 charts are private and stay closed (OKAFOR, Ada; BAKER, Bea): nothing of them is shown"
    " here. A reason opens each."
)
PANELS = [NotesPanel, DevicesPanel, HandoverPanel, GridPanel]


@pytest.fixture
def place(context):
    return Place(name="Ward 7 East", wards=tuple(w for w in context.wards if w.id == EAST))


@pytest.fixture
def private(database, nurse, signed_in):
    """Ada of bed 1, with a set on record, marked private; and Bea of bed 2, who is not."""
    stay = admit(database, nurse, "Okafor", label="1")
    admit(database, nurse, "Baker", "Bea", label="2")
    row = row_of(database, nurse, "Okafor")
    database.run(nurse, open_chart, row.patient_id)
    database.run(nurse, record_observations, a_set(stay))
    mark_private(database, Actor(signed_in("both").token), row.patient_id)
    return row_of(database, nurse, "Okafor")


def shown(qtbot, context, place, kind):
    panel = in_window(qtbot, kind(context, place))
    context.work.committed.connect(panel.take_note)
    qtbot.waitUntil(lambda: panel.loaded_at is not None)
    return panel


@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.__name__)
def test_that_a_panel_says_whose_chart_stays_closed_and_opens_it(
    qtbot, context, place, private, kind
):
    """[U08] Nothing shown of somebody private is not taken for nothing recorded."""
    panel = shown(qtbot, context, place, kind)
    line = panel._charts.line
    assert line.isVisible()
    assert line.words.text() == CLOSED
    assert "Ctrl+Shift+O" in line.button.toolTip()
    panel.setFocus()
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        press(qtbot, KEY.Key_O, CTRL_SHIFT)
    sheet = asked.args[0]
    assert isinstance(sheet, GlassSheet)
    assert sheet.title == "Open a private chart: OKAFOR, Ada"
    in_window(qtbot, sheet, sheet.width_px)
    sheet.focus_first()
    press(qtbot, KEY.Key_1)
    press_save(qtbot)
    qtbot.waitUntil(line.isHidden)
    settled(qtbot, context)


def test_that_the_grid_does_not_say_that_nothing_was_recorded(qtbot, context, place, private):
    panel = shown(qtbot, context, place, GridPanel)
    settled(qtbot, context)
    assert "Private: what was recorded is closed" in panel.strip.text()
    assert "No set before" not in panel.strip.text()


def test_that_nobody_private_is_no_line(qtbot, context, place, database, nurse):
    admit(database, nurse, "Okafor", label="1")
    panel = shown(qtbot, context, place, NotesPanel)
    assert panel._charts.line.isHidden()
    settled(qtbot, context)


def test_that_a_chart_closed_again_is_said_to_be(qtbot, context, place, private, database):
    """Closed by its reader: the panel had it open, and says so with its next reading."""
    act = partial(database.run, context.work.actor)
    act(open_with_reason, private.patient_id, OpeningKind.PRIVACY, reason=REASON)
    panel = shown(qtbot, context, place, NotesPanel)
    line = panel._charts.line
    assert line.isHidden()
    act(close_chart, private.patient_id)
    panel.refresh()
    qtbot.waitUntil(line.isVisible)
    assert line.words.text() == CLOSED
    settled(qtbot, context)


def test_that_who_is_marked_private_meanwhile_is_said(
    qtbot, context, place, database, nurse, signed_in
):
    admit(database, nurse, "Okafor", label="1")
    row = row_of(database, nurse, "Okafor")
    panel = shown(qtbot, context, place, NotesPanel)
    mark_private(database, Actor(signed_in("both").token), row.patient_id)
    panel.refresh()
    qtbot.waitUntil(panel._charts.line.isVisible)
    settled(qtbot, context)


def test_that_the_line_goes_with_the_ward(qtbot, context, place, private):
    panel = shown(qtbot, context, place, NotesPanel)
    everywhere = Place(name="Whole hospital", wards=context.wards, whole_hospital=True)
    with qtbot.waitSignal(panel.loaded):
        panel.show_place(everywhere)
    assert panel._charts.line.isHidden()
    assert not panel._charts._ask.isEnabled()
    settled(qtbot, context)


def test_that_lists_of_what_is_due_leave_nobody_out(database, nurse, private):
    """[U08] Shift lane, rounds and due list say what is due of private patients too."""
    ward = (EAST,)
    database.run(nurse, open_reachable_charts, [private.patient_id])
    lane = database.run(nurse, shift_lane, ward)
    assert private.admission_id in {one.admission_id for one in lane.patients}
    due = database.run(nurse, due_list, ward)
    assert private.admission_id in {one.admission_id for one in due}
    rounds = database.run(nurse, rounds_of_wards, ward)
    assert private.admission_id in {one.admission_id for one in rounds.lines}


def test_that_messages_about_somebody_private_are_all_there(database, nurse, private, signed_in):
    author = Actor(signed_in("hal").token)
    send(
        database,
        author,
        admission_id=private.admission_id,
        to_role=None,
        to_user_id=world.id_of("nora"),
    )
    [message] = box(database, nurse)
    assert message.patient_words == "OKAFOR, Ada, bed 1"


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], ""),
        (["OKAFOR, Ada"], CLOSED),
        (
            ["OKAFOR, Ada", "BAKER, Bea"],
            TWO_CLOSED,
        ),
    ],
    ids=["none", "one", "two"],
)
def test_that_closed_charts_are_named(names, words):
    assert closed_text(names) == words


def test_that_a_search_says_what_it_left_out():
    assert closed_number_text(0) == ""
    assert closed_number_text(1).startswith("1 chart is private and closed, and not searched")
    assert closed_number_text(2).startswith("2 charts are private")
