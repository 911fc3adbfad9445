import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.board.builders import (
    a_patient,
    a_patient_without_bed,
    a_varied_ward,
    a_withheld_bed,
    an_empty_bed,
)
from tests.board.surroundings import (
    a_person,
    press,
    told_by,
)
from ui.board.actions import ACTIONS, BedAct
from ward_app.rooms.types import Readiness
from ward_app.staff.types import Permission

Key = Qt.Key


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
    panel.open_menu(panel.mapToGlobal(panel.rect().center()))
    menu = QApplication.activePopupWidget()
    assert len(menu.actions()) == 10
    menu.close()


def test_that_every_act_has_its_own_key_and_is_listed_for_help(show):
    panel = show(a_patient(1))
    listed = {each.shortcut().toString() for each in panel.actions()}
    assert {action.keys for action in ACTIONS} <= listed
    assert len({action.keys for action in ACTIONS}) == len(BedAct) == len(ACTIONS)
