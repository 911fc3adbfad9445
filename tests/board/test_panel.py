import gc
import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests import world
from tests.board.builders import (
    NOW,
    a_board,
    a_patient,
    a_patient_without_bed,
    a_varied_hospital,
    a_varied_ward,
    a_ward,
    a_withheld_bed,
    an_empty_bed,
    an_id,
)
from tests.sheets import freed
from tests.steps import admit, leave, move
from ui.board.actions import ACTIONS, BedAct
from ui.board.cards import Face
from ui.board.panel import BoardPanel
from ui.context import Context, Place
from ward_app.board.types import BoardFilter
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.rooms.types import Readiness
from ward_app.staff.types import Permission, SignedIn

Key = Qt.Key
WARD_7 = Place(name="Ward 7 East", wards=(a_ward(),))
NO_SERVER = DatabaseUnavailableError("The server cannot be reached.")


class NoWork:
    """A lane that answers nothing and counts what it was asked."""

    def __init__(self):
        self.asked = []

    def query(self, *asked):
        self.asked.append(asked)


def a_person(*refused):
    return SignedIn(
        token="not-a-session",
        session_id=uuid4(),
        user_id=uuid4(),
        login="nora",
        display_name="Nora Nurse",
        role_names=("nurse",),
        permissions=frozenset(each.value for each in Permission if each not in refused),
        facility_id=uuid4(),
        facility_name="Main Hospital",
        environment="test",
        wards=(a_ward(),),
        last_signed_in_at=None,
        idle_lock_minutes=5,
    )


@pytest.fixture
def show(qtbot):
    """Return a panel that shows these rows at `NOW`, with no database behind it."""

    def make(*beds, person=None, place=WARD_7):
        context = Context(
            work=NoWork(), signed_in=person or a_person(), wards=place.wards, clock=lambda: NOW
        )
        panel = BoardPanel(context, place)
        qtbot.addWidget(panel)
        panel.resize(1_294, 720)
        panel.show()
        panel.activateWindow()
        qtbot.waitUntil(panel.isActiveWindow)
        panel._show_board(a_board(*beds))
        panel.beds.focus_beds()
        return panel

    return make


@pytest.fixture
def live(qtbot, context):
    """Return a panel of Nora's ward as the database has it."""
    east = next(ward for ward in context.wards if ward.id == world.id_of("east"))
    panel = BoardPanel(context, Place(name=east.name, wards=(east,)))
    qtbot.addWidget(panel)
    panel.resize(1_294, 720)
    with qtbot.waitSignal(panel.loaded):
        panel.show()
    return panel


def press(panel, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(panel.beds.view, key, modifier)


def told_by(panel):
    told = []
    panel.told.connect(lambda text, _undo: told.append(text))
    return told


def shown(panel):
    return [row.label for row in panel.beds.model.rows if hasattr(row, "label")]


def count(panel, key):
    return next(each for each in panel.counts if each.key == key)


# against the database


def test_that_the_board_shows_every_bed_of_the_ward_in_bed_order(live):
    assert shown(live) == ["1", "2", "3", "4", "9", "10", "S1"]
    assert count(live, "all").text == "7 beds"
    assert live.search_bar.summary.text().startswith("No patients on Ward 7 East at ")


def test_that_what_another_workstation_does_appears(qtbot, live, database, nurse):
    admission_id = admit(database, nurse, "Okafor", "Ada", label="2")
    with qtbot.waitSignal(live.loaded):
        live.take_note("beds")
    assert live.beds.model.card(live.beds.model.index_of(admission_id, None)).label == "2"
    move(database, nurse, admission_id, "10")
    with qtbot.waitSignal(live.loaded):
        live.take_note("beds")
    assert live.beds.model.card(live.beds.model.index_of(admission_id, None)).label == "10"
    leave(database, nurse, admission_id)
    with qtbot.waitSignal(live.loaded):
        live.take_note("beds")
    assert not live.beds.model.index_of(admission_id, None).isValid()
    assert count(live, "occupied").text == "0 in"


def test_that_other_topics_concern_nobody_here(live):
    live.take_note("staff")
    assert not live.is_stale


def test_that_a_hidden_board_loads_when_it_is_shown_again(qtbot, live, database, nurse):
    live.hide()
    admission_id = admit(database, nurse, label="2")
    live.take_note("beds")
    assert live.is_stale
    with qtbot.waitSignal(live.loaded):
        live.show()
    assert live.beds.model.index_of(admission_id, None).isValid()


def test_that_a_lost_server_keeps_the_last_known_beds_and_says_since_when(
    qtbot, live, database, nurse, monkeypatch
):
    admission_id = admit(database, nurse, label="2")
    with qtbot.waitSignal(live.loaded):
        live.take_note("beds")
    with monkeypatch.context() as patched:
        patched.setattr("ui.board.panel.ward_board", _no_server)
        with qtbot.waitSignal(live.load_failed):
            live.refresh()
    assert live.beds.model.index_of(admission_id, None).isValid()
    assert re.fullmatch(rf"Stale since \d\d:\d\d\. {NO_SERVER}", live.notice.text)
    assert live.beds.tiles._delegate.stale
    with qtbot.waitSignal(live.loaded):
        live.refresh()
    assert live.notice.text == ""
    assert not live.beds.tiles._delegate.stale


def test_that_a_ward_that_was_never_read_is_not_called_empty(qtbot, context, monkeypatch):
    monkeypatch.setattr("ui.board.panel.ward_board", _no_server)
    panel = BoardPanel(context, WARD_7)
    qtbot.addWidget(panel)
    assert panel.beds.message.text() == "The beds of Ward 7 East are being read…"
    with qtbot.waitSignal(panel.load_failed):
        panel.show()
    assert panel.beds.message.text() == (
        "The beds of Ward 7 East could not be read. Press F5 to try again."
    )
    assert panel.counts == ()
    assert panel.search_bar.summary.text() == ""


def test_that_the_hospital_shows_other_wards_beds_without_their_patients(
    qtbot, context, database, signed_in
):
    wes = Actor(signed_in("wes").token)
    admit(database, wes, "Haddad", "Amina", ward="west", label="3")
    panel = BoardPanel(
        context, Place(name="Whole hospital", wards=context.wards, whole_hospital=True)
    )
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.loaded):
        panel.show()
    [there] = [row for row in panel.beds.model.rows if getattr(row, "face", None) is Face.WITHHELD]
    assert (there.bed.ward_name, there.label) == ("Ward 3 West", "3")
    assert there.bed.family_name is None
    assert count(panel, "all").text == "10 beds"


def test_that_another_ward_forgets_the_one_before(qtbot, live, context):
    west = Place(name="Ward 3 West", wards=(a_ward(3, name="Ward 3 West"),))
    live.show_place(west)
    assert shown(live) == []
    assert live.beds.message.text() == "The beds of Ward 3 West are being read…"
    qtbot.waitUntil(lambda: not context.work.is_busy)


def _no_server(_tx, _ward_ids):
    raise NO_SERVER


# acts


@pytest.mark.parametrize(
    ("key", "signal", "bed"),
    [
        (Key.Key_Return, "patient_opened", a_patient(1)),
        (Key.Key_O, "observations_asked", a_patient(1)),
        (Key.Key_D, "discharge_asked", a_patient(1)),
        (Key.Key_F, "flags_asked", a_patient(1)),
        (Key.Key_U, "undo_asked", a_patient(1)),
        (Key.Key_U, "undo_asked", an_empty_bed(1)),
        (Key.Key_A, "admit_asked", an_empty_bed(1)),
        (Key.Key_B, "availability_asked", an_empty_bed(1)),
    ],
)
def test_that_one_key_asks_for_one_act_on_the_chosen_bed(qtbot, show, key, signal, bed):
    panel = show(bed)
    with qtbot.waitSignal(getattr(panel, signal)) as asked:
        press(panel, key)
    assert asked.args == [bed]


@pytest.mark.parametrize(
    ("key", "signal"), [(Key.Key_T, "transfer_asked"), (Key.Key_S, "swap_asked")]
)
def test_that_moving_by_key_leaves_the_destination_open(qtbot, show, key, signal):
    panel = show(a_patient(1), an_empty_bed(2))
    with qtbot.waitSignal(getattr(panel, signal)) as asked:
        press(panel, key)
    assert asked.args == [a_patient(1), None]


def test_that_c_asks_for_the_next_step_towards_clean(qtbot, show):
    panel = show(an_empty_bed(1, readiness="dirty"))
    with qtbot.waitSignal(panel.readiness_asked) as asked:
        press(panel, Key.Key_C)
    assert asked.args[1] is Readiness.CLEANING


@pytest.mark.parametrize(
    ("key", "bed", "words"),
    [
        (Key.Key_D, an_empty_bed(3), "Bed 3 has no patient."),
        (Key.Key_O, a_withheld_bed(3), "The patient in bed 3 is not on your ward."),
        (Key.Key_A, a_patient(3), "Bed 3 is occupied."),
        (
            Key.Key_A,
            an_empty_bed(3, availability="blocked"),
            "Bed 3 is blocked. Press B to open it.",
        ),
        (
            Key.Key_A,
            a_patient_without_bed(3),
            "OKAFOR, Grace is already on the ward. Press T to give a bed.",
        ),
        (
            Key.Key_S,
            a_patient_without_bed(3),
            "OKAFOR, Grace has no bed to exchange. Press T to give one.",
        ),
        (Key.Key_C, an_empty_bed(3), "Bed 3 is clean already."),
        (Key.Key_C, a_patient(3), "Only an empty bed is made ready for the next patient."),
        (Key.Key_B, a_patient(3), "Only an empty bed can be blocked or opened."),
    ],
)
def test_that_a_key_that_does_not_fit_the_bed_says_why(show, key, bed, words):
    panel = show(bed)
    told = told_by(panel)
    press(panel, key)
    assert told == [words]


def test_that_what_a_role_may_not_do_is_said(show):
    panel = show(a_patient(1), person=a_person(Permission.ADMISSION_DISCHARGE))
    told = told_by(panel)
    press(panel, Key.Key_D)
    assert told == ["Your role may not do this: discharge."]
    assert "Discharge…\tD" not in [
        each.text() for each in panel.menu_for(panel.beds.chosen).actions()
    ]


def test_that_a_key_without_a_chosen_bed_asks_for_one(show):
    panel = show()
    told = told_by(panel)
    panel.act(BedAct.OBSERVE)
    assert told == ["Choose a bed first: arrow keys, or type its number."]


def test_that_a_letter_after_a_figure_is_no_act(qtbot, show):
    panel = show(a_patient(1, bed_label="12A"), a_patient(2, bed_label="12D"))
    with qtbot.assertNotEmitted(panel.discharge_asked):
        QTest.keyClicks(panel.beds.view, "12d")
    assert panel.beds.chosen.label == "12D"


def test_that_an_act_follows_a_bed_number_without_a_pause(qtbot, show):
    panel = show(*a_varied_ward(30).beds)
    with qtbot.waitSignal(panel.observations_asked) as asked:
        QTest.keyClicks(panel.beds.view, "12o")
    assert asked.args[0].bed_label == "12"


def test_that_letters_typed_into_the_search_are_no_acts(qtbot, show):
    panel = show(a_patient(1))
    press(panel, Key.Key_Slash)
    with qtbot.assertNotEmitted(panel.discharge_asked):
        QTest.keyClicks(panel.search_bar.field, "dot")
    assert panel.search_bar.field.text() == "dot"


def test_that_dropping_on_a_free_bed_asks_for_a_transfer(qtbot, show):
    panel = show(a_patient(1), an_empty_bed(2))
    with qtbot.waitSignal(panel.transfer_asked) as asked:
        panel.beds.dropped.emit(a_patient(1), an_empty_bed(2))
    assert asked.args == [a_patient(1), an_empty_bed(2)]


def test_that_dropping_on_a_patient_asks_for_a_swap(qtbot, show):
    panel = show(a_patient(1), a_patient(2))
    with qtbot.waitSignal(panel.swap_asked) as asked:
        panel.beds.dropped.emit(a_patient(1), a_patient(2))
    assert asked.args == [a_patient(1), a_patient(2)]


def test_that_dropping_obeys_the_role(show):
    panel = show(a_patient(1), an_empty_bed(2), person=a_person(Permission.ADMISSION_TRANSFER))
    told = told_by(panel)
    panel.beds.dropped.emit(a_patient(1), an_empty_bed(2))
    assert told == ["Your role may not do this: transfer."]


def test_that_the_menu_offers_what_fits_the_bed_with_its_keys(qtbot, show):
    panel = show(an_empty_bed(1, readiness="dirty"))
    menu = panel.menu_for(panel.beds.chosen)
    assert [each.text() for each in menu.actions()] == [
        "Undo a discharge…\tU",
        "Admit to this bed…\tA",
        "Mark: being cleaned\tC",
        "Block or close…\tB",
    ]
    with qtbot.waitSignal(panel.admit_asked):
        menu.actions()[1].trigger()


def test_that_the_menu_opens_for_the_chosen_bed(qtbot, show):
    panel = show(a_patient(1))
    panel._open_menu(panel.mapToGlobal(panel.rect().center()))
    menu = QApplication.activePopupWidget()
    assert len(menu.actions()) == 7
    menu.close()


def test_that_every_act_has_its_own_key_and_is_listed_for_help(show):
    panel = show(a_patient(1))
    listed = {each.shortcut().toString() for each in panel.actions()}
    assert {action.keys for action in ACTIONS} <= listed
    assert len({action.keys for action in ACTIONS}) == len(BedAct) == len(ACTIONS)


# the chosen bed in full


def test_that_the_pane_shows_the_chosen_patient_in_full(show):
    panel = show(
        a_patient(
            12,
            allergy_status="present",
            allergies=("Penicillin", "Latex"),
            flags=(("isolation", "contact"),),
            alike_name=True,
            spo2_scale=2,
        )
    )
    assert panel.peek.place.text() == "Bed 12, Bay A"
    assert panel.peek.name.text() == "OKAFOR, Grace (Mrs)"
    facts = {line.caption.text(): line.value.text() for line in panel.peek._facts}
    assert facts["Allergies"] == "Penicillin\nLatex"
    assert facts["Alerts"] == "Isolation: contact"
    assert facts["Born"] == "14-Mar-1942 (84 y)"
    assert facts["Patient no."] == "400 120 0012"
    assert facts["NEWS2"] == (
        "2, low risk, the same as before: 2\n10:49, 3 h 18 min ago\nSpO₂ scale 2"
    )
    assert facts["Next obs"] == "in 42 min"
    assert facts["Stay"] == "Day 12\nsince 09-Nov-2026 14:07"
    assert facts["Leaves"] == "24-Nov-2026"
    assert "like name" in facts["Like name"]


@pytest.mark.parametrize(
    ("bed", "caption", "words"),
    [
        (a_patient(1, allergy_status="not_recorded"), "Allergies", "Not recorded"),
        (a_patient(1), "Allergies", "No known allergies"),
        (
            a_patient(1, allergy_status="present", allergies=None),
            "Allergies",
            "Recorded, open the patient",
        ),
        (a_patient(1, born_on=None), "Born", "not known"),
        (a_patient(1, expected_discharge_on=None), "Leaves", "No expected discharge date"),
        (a_patient(1, expected_discharge_on=NOW.date()), "Leaves", "Today, 20-Nov-2026"),
        (
            a_patient(1, expected_discharge_on=NOW.date() - timedelta(days=1)),
            "Leaves",
            "19-Nov-2026 (past)",
        ),
        (a_patient(1, arrived_at=None, admitted_at=None), "Stay", "not known"),
        (
            a_patient(1, news2_total=None, news2_at_least=None, news2_previous_total=None),
            "NEWS2",
            "No set of observations yet",
        ),
        (an_empty_bed(1, readiness="dirty"), "Next", "Waits for cleaning"),
        (an_empty_bed(1, availability="closed"), "Why", "No reason given"),
        (a_withheld_bed(1), "Patient", "Not shown: the patient is not on one of your wards."),
    ],
)
def test_that_the_pane_calls_unknown_what_is_unknown(show, bed, caption, words):
    facts = {line.caption.text(): line.value.text() for line in show(bed).peek._facts}
    assert facts[caption] == words


def test_that_a_patient_without_a_bed_is_loud_in_the_pane(show):
    assert show(a_patient_without_bed(1)).peek.place.text() == "◆ No bed"


def test_that_the_pane_has_a_button_for_every_act_that_fits(qtbot, show):
    panel = show(a_patient(1))
    buttons = panel.peek._buttons
    assert {act for act in BedAct if buttons[act].button.isVisible()} == {
        BedAct.OPEN,
        BedAct.OBSERVE,
        BedAct.TRANSFER,
        BedAct.SWAP,
        BedAct.DISCHARGE,
        BedAct.FLAGS,
        BedAct.UNDO,
    }
    with qtbot.waitSignal(panel.observations_asked):
        buttons[BedAct.OBSERVE].button.click()


def test_that_a_long_name_does_not_widen_the_pane(show):
    panel = show(a_patient(1, family_name="Wolfeschlegelsteinhausenbergerdorff"))
    QApplication.processEvents()
    assert panel.peek.name.width() <= panel.peek.width()


def test_that_the_pane_can_be_put_away(show):
    panel = show(a_patient(1))
    press(panel, Key.Key_P)
    assert not panel.peek.isVisible()
    press(panel, Key.Key_P)
    assert panel.peek.isVisible()


# search and filter


def test_that_the_search_shows_only_what_fits_and_escape_shows_all(show):
    panel = show(a_patient(1), a_patient(2, family_name="Haddad"), an_empty_bed(3))
    press(panel, Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(panel.search_bar.field, "hadd")
    assert shown(panel) == ["2"]
    assert panel.search_bar.summary.text() == "1 of 3 shown. Esc shows all."
    QTest.keyClick(panel.search_bar.field, Key.Key_Return)
    assert panel.beds.tiles.hasFocus()
    press(panel, Key.Key_Escape)
    assert shown(panel) == ["1", "2", "3"]


def test_that_nothing_found_is_said_and_names_what_was_asked(show):
    panel = show(a_patient(1))
    panel.filter_by("overdue")
    assert panel.beds.message.text() == (
        "Ward 7 East has none of these: patients whose observations are overdue."
        " Esc shows all beds."
    )
    panel.search_bar.field.setText("zz")
    assert "No bed of Ward 7 East fits “zz”" in panel.beds.message.text()
    QTest.keyClick(panel.search_bar.field, Key.Key_Escape)
    assert shown(panel) == ["1"]


def test_that_a_count_filters_and_the_same_count_ends_it(show):
    panel = show(a_patient(1), an_empty_bed(2))
    panel.filter_by("free")
    assert shown(panel) == ["2"]
    assert count(panel, "free").chosen
    panel.filter_by("free")
    assert shown(panel) == ["1", "2"]
    assert count(panel, "all").chosen


def test_that_counts_are_announced_when_they_change(qtbot, show):
    panel = show(a_patient(1))
    with qtbot.assertNotEmitted(panel.counts_changed):
        panel.tell_time()
    with qtbot.waitSignal(panel.counts_changed):
        panel._show_board(a_board(a_patient(1), a_patient_without_bed(2)))
    assert count(panel, "without_bed").text == "◆ 1 no bed"


def test_that_every_filter_has_a_key(show):
    panel = show(a_patient(1), an_empty_bed(2))
    listed = {each.shortcut().toString() for each in panel.actions()}
    assert {f"Alt+{number}" for number in range(1, len(BoardFilter) + 1)} <= listed
    press(panel, Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert shown(panel) == ["2"]


def test_that_the_palette_finds_patients_and_goes_to_them(show):
    panel = show(a_patient(1), a_patient(2, family_name="Haddad"))
    panel.filter_by("free")
    [found] = panel.found("haddad")
    assert (found.text, found.detail) == ("HADDAD, Grace", "Bed 2, Bay A, Ward 7 East")
    found.run()
    assert panel.beds.chosen.label == "2"


def test_that_a_board_that_is_not_read_yet_finds_nothing(qtbot):
    context = Context(work=NoWork(), signed_in=a_person(), clock=lambda: NOW)
    panel = BoardPanel(context, Place(name="Nowhere", wards=()))
    qtbot.addWidget(panel)
    assert panel.found("a") == ()


def test_that_a_ward_without_beds_says_so_with_the_time(show):
    assert show().beds.message.text() == (
        "Ward 7 East has no beds and no patients. Read at 14:07."
    )


# time


def test_that_a_minute_passes_without_asking_the_database(show):
    panel = show(a_patient(1, next_due_at=NOW + timedelta(minutes=1)))
    asked = len(panel.context.work.asked)
    panel.context = replace(panel.context, clock=lambda: NOW + timedelta(minutes=2))
    panel.tell_time()
    assert panel.beds.chosen.due == "Overdue 1 min"
    assert count(panel, "overdue").text == "1 overdue"
    assert len(panel.context.work.asked) == asked


def test_that_the_board_wakes_at_the_next_full_minute(show):
    panel = show(a_patient(1))
    panel.context = replace(panel.context, clock=lambda: NOW.replace(second=45))
    panel._wait_for_next_minute()
    assert panel._minute.interval() == 15_000


def test_that_choice_and_table_survive_a_refresh(show):
    board = a_varied_ward(30)
    panel = show(*board.beds)
    QTest.keyClicks(panel.beds.view, "9")
    press(panel, Key.Key_V)
    panel._show_board(board)
    assert panel.beds.currentWidget() is panel.beds.table
    assert panel.beds.chosen.label == "9"


def test_that_a_hospital_of_a_thousand_beds_is_shown(show):
    wards = tuple(a_ward(number) for number in range(1, 35))
    hospital = Place(name="Whole hospital", wards=wards, whole_hospital=True)
    panel = show(*a_varied_hospital().beds, place=hospital)
    assert len(shown(panel)) == 1_020
    assert panel.beds.chosen.bed.ward_id == an_id(1)


def test_that_the_panel_is_freed(qtbot):
    context = Context(work=NoWork(), signed_in=a_person(), clock=lambda: NOW)
    panel = BoardPanel(context, WARD_7)
    panel._show_board(a_varied_ward())
    panel.open_wall()
    gone = freed(qtbot, panel)
    del panel
    gc.collect()
    assert gone() is None
