"""The sheets that strike out readings of many patients, and that take it back."""

import gc
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from tests import world
from tests.sheets import freed, in_window, opened, press_save, row_of, saved_message, settled
from tests.steps import admit, ago
from tests.strike_outs.builders import EAST, MONITOR, measure
from tests.strike_outs.test_service import in_force
from ui.context import Place
from ui.observations.decision_sheets import StrikeOutSheet
from ui.observations.panel import ChartPanel
from ui.observations.reinstate_sheet import ReinstateSheet
from ui.observations.strike_group_model import COLUMNS, ChosenSetsModel
from ui.observations.strike_group_sheet import UNDO_REASON, StrikeGroupSheet
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError

COLUMN = {header: number for number, (header, *_rest) in enumerate(COLUMNS)}


@pytest.fixture
def charge(context, signed_in):
    """What sheets are handed for Bo, charge nurse of East and West."""
    person = signed_in("both")
    context.work.act_as(Actor(person.token))
    return replace(context, signed_in=person)


@pytest.fixture
def east(charge):
    return next(ward for ward in charge.wards if ward.id == EAST)


@pytest.fixture
def stays(database, nurse):
    """Okafor and Zulu, each with a set of the monitor's and one of Nora's own."""
    stays = [
        admit(database, nurse, "Okafor", "Ada", label="1"),
        admit(database, nurse, "Zulu", "Zoe", label="2"),
    ]
    for stay in stays:
        measure(database, nurse, stay, 50, device="manual entry")
        measure(database, nurse, stay, 10, pulse_per_min=135)
    return stays


@pytest.fixture
def sheet(qtbot, charge, east, stays):
    sheet = opened(qtbot, StrikeGroupSheet(charge, (east,)))
    settled(qtbot, charge)
    return sheet


def sources(sheet):
    box = sheet.choice.input("source").box
    return [box.itemText(row) for row in range(1, box.count())]


def choose(sheet, name):
    found = next(one for one in sheet._sources() if one.name == name)
    sheet.choice.set_value("source", found)


def look(qtbot, sheet, name=MONITOR):
    choose(sheet, name)
    qtbot.mouseClick(sheet.look_button, Qt.MouseButton.LeftButton)
    settled(qtbot, sheet.context)


def test_that_devices_are_offered_with_what_they_measured(sheet):
    assert sources(sheet) == ["Spot monitor 2: 2 sets, 2 patients"]
    sheet.choice.set_value("kind", "person")
    assert sources(sheet) == ["Nora Nurse: 4 sets, 2 patients"]


def test_that_a_stretch_without_readings_says_so(qtbot, sheet):
    sheet.choice.set_value("until", ago(60 * 10))
    settled(qtbot, sheet.context)
    assert sources(sheet) == []
    assert sheet.choice._rows["source"]._hint.startswith("Nothing was measured")
    assert not sheet.look_button.isEnabled()


def test_that_no_chart_is_opened_before_the_sets_are_asked_for(qtbot, sheet, admin):
    count = "SELECT count(*) FROM audit.access_logs"
    choose(sheet, MONITOR)
    assert admin.execute(count).fetchone() == (0,)
    assert sheet.look_button.text() == "Show the sets (opens 2 charts, on record)"
    look(qtbot, sheet)
    assert admin.execute(count).fetchone() == (2,)


def test_that_the_sets_are_shown_before_they_are_struck_out(qtbot, sheet):
    choose(sheet, MONITOR)
    press_save(qtbot)
    assert sheet.summary.text().startswith("Show the sets first")
    look(qtbot, sheet)
    model = sheet.sets
    cells = [
        model.index(row, COLUMN[name]).data() for row in (0, 1) for name in ("Bed", "Patient")
    ]
    assert cells == ["1", "OKAFOR, Ada", "2", "ZULU, Zoe"]
    assert "P 135" in model.index(0, COLUMN["Values"]).data()
    assert model.index(0, COLUMN["By"]).data() == "Nora Nurse"
    assert sheet.summary.text() == "2 sets of 2 patients."
    assert sheet.save_button.text() == "Strike out 2 sets"


def test_that_another_choice_forgets_what_was_looked_at(qtbot, sheet):
    look(qtbot, sheet)
    sheet.choice.set_value("kind", "person")
    assert sheet.sets.sets == ()
    assert sheet.save_button.text() == "Strike out"


def test_that_a_reason_is_needed_and_all_are_struck_out(qtbot, sheet, admin, database):
    look(qtbot, sheet)
    press_save(qtbot)
    assert sheet.why.problem("reason")
    assert len(in_force(admin)) == 4
    sheet.why.set_value("reason", "Cuff leaked")
    told = saved_message(qtbot, sheet)
    assert told.startswith("2 sets of 2 patients struck out.")
    assert len(in_force(admin)) == 2


def test_that_undo_brings_the_sets_back(qtbot, sheet, admin):
    look(qtbot, sheet)
    sheet.why.set_value("reason", "Cuff leaked")
    saved_message(qtbot, sheet)
    sheet.undo()
    settled(qtbot, sheet.context)
    assert len(in_force(admin)) == 4
    reasons = admin.execute(
        "SELECT reason FROM report.group_strike_outs ORDER BY recorded_at"
    ).fetchall()
    assert reasons == [("Cuff leaked",), (UNDO_REASON,)]


def test_that_a_change_meanwhile_keeps_the_reason_and_asks_to_look_again(
    qtbot, sheet, admin, database, nurse, stays
):
    look(qtbot, sheet)
    struck = sheet.sets.sets[0]
    admin.execute(
        "INSERT INTO report.vital_signs (id, admission_id, occurred_at, status, supersedes_id,"
        " change_reason) SELECT public.gen_random_uuid(), admission_id, occurred_at,"
        " 'entered_in_error', id, 'slip' FROM report.vital_signs WHERE id = %s",
        (struck.id,),
    )
    sheet.why.set_value("reason", "Cuff leaked")
    press_save(qtbot)
    settled(qtbot, sheet.context)
    assert "Nothing was struck out" in sheet.notice.text
    assert sheet.why.value("reason") == "Cuff leaked"
    assert sheet.sets.sets == ()
    assert sources(sheet) == ["Spot monitor 2: 1 set, 1 patient"]


def test_that_a_failed_read_is_told_and_can_be_tried_again(qtbot, sheet, monkeypatch):
    choose(sheet, MONITOR)

    def refuse(_owner, reply, *_read):
        reply.failed(DatabaseUnavailableError("The ward database cannot be reached."))

    with monkeypatch.context() as broken:
        broken.setattr(sheet.context.work, "query", refuse)
        sheet.look_button.click()
    assert sheet.notice.text == "The ward database cannot be reached."
    assert sheet.look_button.isEnabled()


def test_that_readings_of_who_left_are_told(qtbot, charge, east, stays, admin):
    admin.execute(
        "DELETE FROM public.user_wards WHERE user_id = %s AND ward_id <> %s",
        (world.id_of("both"), EAST),
    )
    admin.execute(
        "UPDATE admission.bed_stays SET ward_id = %s, bed_id = %s WHERE admission_id = %s",
        (world.id_of("west"), world.bed("west", "1"), stays[1]),
    )
    admin.execute(
        "INSERT INTO admission.bed_stays (id, admission_id, patient_id, ward_id, during,"
        " ward_arrived_at, share_group) SELECT public.gen_random_uuid(), admission_id,"
        " patient_id, %s, tstzrange(lower(during) - interval '1 hour', lower(during)),"
        " lower(during) - interval '1 hour', public.gen_random_uuid() FROM admission.bed_stays"
        " WHERE admission_id = %s",
        (EAST, stays[1]),
    )
    sheet = opened(qtbot, StrikeGroupSheet(charge, (east,)))
    sheet.choice.set_value("from", ago(60 * 20))
    settled(qtbot, charge)
    look(qtbot, sheet)
    assert "is of a patient who left your wards" in sheet.summary.text()


def test_that_what_was_typed_comes_back(qtbot, sheet, charge, east):
    sheet.why.set_value("reason", "Cuff leaked")
    assert sheet.is_dirty
    sheet.set_aside()
    again = opened(qtbot, StrikeGroupSheet(charge, (east,)))
    settled(qtbot, charge)
    assert again.why.value("reason") == "Cuff leaked"


def test_that_the_model_keeps_qts_contract(qtbot, sheet, qtmodeltester):
    look(qtbot, sheet)
    qtmodeltester.check(sheet.sets)
    spoken = sheet.sets.index(0, COLUMN["Patient"]).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Patient: OKAFOR, Ada"
    assert ChosenSetsModel().rowCount() == 0


def test_that_the_sheets_leave_nothing_behind(qtbot, charge, east, stays):
    for make in (lambda: StrikeGroupSheet(charge, (east,)), lambda: ReinstateSheet(charge, east)):
        sheet = opened(qtbot, make())
        settled(qtbot, charge)
        gone = freed(qtbot, sheet)
        del sheet
        gc.collect()
        assert gone() is None


@pytest.fixture
def panel(qtbot, charge, east, stays, database, nurse):
    """The chart of Okafor as Bo sees it, the monitor's set marked."""
    panel = ChartPanel(charge, Place(name=east.name, wards=(east,)))
    in_window(qtbot, panel, 1280, 700)
    with qtbot.waitSignal(panel.loaded):
        panel.show_patient(row_of(database, nurse, "Okafor"))
    panel.setFocus()
    return panel


def asked_by(qtbot, panel, key, modifier):
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        qtbot.keyClick(panel.frame.chart, key, modifier)
    return opened(qtbot, asked.args[0])


def test_that_shift_x_begins_with_the_device_of_the_marked_set(qtbot, panel, charge):
    sheet = asked_by(qtbot, panel, Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    settled(qtbot, charge)
    assert isinstance(sheet, StrikeGroupSheet)
    assert sheet.choice.value("kind") == "device"
    assert sheet.choice.value("source").name == MONITOR


def test_that_a_set_entered_by_hand_begins_with_the_person(qtbot, panel, charge):
    panel.frame.chart.select_first()
    sheet = asked_by(qtbot, panel, Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    settled(qtbot, charge)
    assert sheet.choice.value("kind") == "person"
    assert sheet.choice.value("source").name == "Nora Nurse"


def test_that_striking_one_set_out_leads_to_its_group(qtbot, panel, charge):
    sheet = asked_by(qtbot, panel, Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier)
    assert isinstance(sheet, StrikeOutSheet)
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        sheet.group_button.click()
    assert isinstance(asked.args[0], StrikeGroupSheet)
    opened(qtbot, asked.args[0])
    settled(qtbot, charge)


def test_that_a_group_is_reinstated_with_a_reason(qtbot, panel, charge, east, admin):
    struck = opened(qtbot, StrikeGroupSheet(charge, (east,)))
    settled(qtbot, charge)
    look(qtbot, struck)
    struck.why.set_value("reason", "Cuff leaked")
    saved_message(qtbot, struck)
    assert len(in_force(admin)) == 2
    sheet = asked_by(qtbot, panel, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    settled(qtbot, charge)
    assert isinstance(sheet, ReinstateSheet)
    assert "Spot monitor 2, 2 sets" in sheet.form.input("which").box.currentText()
    press_save(qtbot)
    assert sheet.form.problem("reason")
    sheet.form.set_value("reason", "Cuff was right")
    assert saved_message(qtbot, sheet) == "2 sets count again. Scores and due times follow."
    assert len(in_force(admin)) == 4


def test_that_a_ward_without_group_strike_outs_says_so(qtbot, charge, east, stays):
    sheet = opened(qtbot, ReinstateSheet(charge, east))
    settled(qtbot, charge)
    assert sheet.form._rows["which"]._hint == "Nothing was struck out as a group on this ward."
    press_save(qtbot)
    assert sheet.form.problem("which") == "Needed"


def test_that_who_may_not_is_not_offered_it(qtbot, context, east, stays, database, nurse):
    context.work.act_as(nurse)
    panel = ChartPanel(context, Place(name=east.name, wards=(east,)))
    qtbot.addWidget(panel)
    panel.show()
    panel.show_patient(row_of(database, nurse, "Okafor"))
    settled(qtbot, context)
    assert not panel._actions["strike_group"].isEnabled()
    assert not panel._actions["reinstate"].isEnabled()
