from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from tests.board.builders import (
    NOW,
    a_patient,
    a_patient_without_bed,
    a_withheld_bed,
    an_empty_bed,
)
from tests.board.surroundings import (
    press,
)
from ui import theme
from ui.board.actions import BedAct
from ui.board.facts import Fact
from ui.board.nurses import BedNurses
from ui.theme import Scheme

Key = Qt.Key


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
    assert facts["Born"] == "14-Mar-1942 (84 y), Female"
    assert facts["Patient no."] == "400 120 0012"
    assert facts["NEWS2"] == ("2, low risk, unchanged from 2\n10:49, 3 h 18 min ago\nSpO₂ scale 2")
    assert facts["Next obs"] == "in 42 min"
    assert facts["Stay"] == "Day 12, since 09-Nov 14:07"
    assert facts["Leaves"] == "24-Nov-2026"
    assert "like name" in facts["Like name"]


@pytest.mark.parametrize(
    ("bed", "caption", "words"),
    [
        (a_patient(1, allergy_status="not_recorded"), "Allergies", "Not recorded"),
        (a_patient(1), "Allergies", "No known allergies"),
        (a_patient(1, due_reason="deferred"), "Next obs", "in 42 min, put off"),
        (a_patient(1, due_reason="arrival"), "Next obs", "in 42 min, first set after arrival"),
        (
            a_patient(1, allergy_status="present", allergies=None),
            "Allergies",
            "Recorded, open the patient",
        ),
        (a_patient(1, born_on=None), "Born", "not known, Female"),
        (a_patient(1, consultant=None), "Consultant", "not recorded, Cardiology"),
        (a_patient(1, specialty=None), "Consultant", "Dr Patel"),
        (a_patient(1, expected_discharge_on=None), "Leaves", "No expected discharge date"),
        (a_patient(1, expected_discharge_on=NOW.date()), "Leaves", "Today, 20-Nov-2026"),
        (
            a_patient(1, expected_discharge_on=NOW.date() - timedelta(days=1)),
            "Leaves",
            "19-Nov-2026 (past)",
        ),
        (a_patient(1, arrived_at=None, admitted_at=None), "Stay", "not known"),
        (
            a_patient(
                1,
                news2_total=None,
                news2_at_least=None,
                news2_previous_total=None,
                observed_at=None,
                score_pack=None,
            ),
            "Score",
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
        BedAct.MEASURE,
        BedAct.CONCERN,
        BedAct.WHY,
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


def test_that_what_warns_still_stands_out_after_a_change_of_colours(qapp, show):
    theme.apply(qapp, Scheme.LIGHT)
    panel = show(a_patient(12, alike_name=True))
    theme.apply(qapp, Scheme.DARK)
    weights = {line.caption.text(): line.value.font().weight() for line in panel.peek._facts}
    theme.apply(qapp, Scheme.LIGHT)
    assert weights["Like name"] == QFont.Weight.DemiBold
    assert weights["Born"] == QFont.Weight.Normal


@pytest.mark.parametrize(
    ("bed", "told"),
    [(a_withheld_bed(4), False), (a_patient(4), True)],
    ids=["of another ward", "of this ward"],
)
def test_that_nobody_is_said_to_nurse_a_bed_only_where_that_is_known(show, bed, told):
    panel = show(bed)
    panel.show_nurses(BedNurses({bed.bed_id: Fact("Nurse", "nobody")}))
    captions = [line.caption.text() for line in panel.peek._facts if line.caption.isVisible()]
    assert ("Nurse" in captions) is told
