from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.observations.builders import signs
from tests.sheets import (
    press,
    type_text,
)
from ui.observations.vital_signs_entry import VitalSignsEntry
from ward_app.observations.packs import adult_limits, news2_pack
from ward_app.observations.types import Consciousness, OxygenDevice, VitalSigns

ENTER = Qt.Key.Key_Return


@pytest.fixture
def entry(qtbot):
    """The lines of a set, alone, with the cursor in the first."""
    entry = VitalSignsEntry(news2_pack(), adult_limits())
    qtbot.addWidget(entry)
    entry.show()
    entry.activateWindow()
    qtbot.waitUntil(entry.isActiveWindow)
    entry.focus_first()
    return entry


def keys(qtbot, text):
    """Press keys where the cursor is: characters, ⏎ for Enter, ⇥ for Tab; return how many."""
    special = {"⏎": ENTER, "⇥": Qt.Key.Key_Tab, "⌫": Qt.Key.Key_Backspace}
    for character in text:
        if character in special:
            press(qtbot, special[character])
        else:
            type_text(qtbot, character)
    return len(text)


def message(entry, scored):
    """Return what is said under a line."""
    return entry.row(scored).answer.text


WELL_16_KEYS = "1697A1208075A368"
WELL_TYPED = VitalSigns(
    respiratory_rate_per_min=16,
    spo2_percent=97,
    on_oxygen=False,
    oxygen_device=OxygenDevice.ROOM_AIR,
    systolic_bp_mmhg=120,
    diastolic_bp_mmhg=80,
    pulse_per_min=75,
    consciousness=Consciousness.ALERT,
    temperature_celsius=Decimal("36.8"),
)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(WELL_16_KEYS, id="no needless key"),
        pytest.param("16⏎97⏎A⏎120/80⏎75⏎A⏎36.8", id="Enter after every value"),
        pytest.param("16⇥97⇥A⇥120/80⇥75⇥A⇥36.8", id="Tab after every value"),
        pytest.param("16⏎97a⏎120 8075a36,8", id="other separators and small letters"),
        pytest.param("17⌫6⏎97A120/80⏎75A36.8", id="a digit taken back"),
    ],
)
def test_that_hands_with_other_habits_enter_the_same_set(qtbot, entry, typed):
    if "⌫" in typed:
        # the field settled and handed on; going back is Shift+Tab, as in every form
        keys(qtbot, "17")
        press(qtbot, Qt.Key.Key_Backtab)
        press(qtbot, Qt.Key.Key_End)
        typed = typed.removeprefix("17")
    keys(qtbot, typed)
    assert entry.vital_signs() == WELL_TYPED


def test_that_an_unambiguous_value_hands_the_cursor_on_and_an_ambiguous_one_waits(qtbot, entry):
    keys(qtbot, "8")
    assert QApplication.focusWidget() is entry.row("respiratory_rate_per_min").lines[0]
    keys(qtbot, "⏎")
    assert QApplication.focusWidget() is entry.row("spo2_percent").lines[0]
    keys(qtbot, "10")
    assert QApplication.focusWidget() is entry.row("spo2_percent").lines[0]
    keys(qtbot, "0")
    assert QApplication.focusWidget() is entry.row("on_oxygen").lines[0]


def test_that_the_enter_after_a_settled_value_is_ignored_once_only(qtbot, entry):
    keys(qtbot, "16⏎")
    assert QApplication.focusWidget() is entry.row("spo2_percent").lines[0]
    keys(qtbot, "⏎")
    assert QApplication.focusWidget() is entry.row("on_oxygen").lines[0]


def test_that_oxygen_asks_for_its_flow_and_air_does_not(qtbot, entry):
    row = entry.row("on_oxygen")
    row.take_focus()
    keys(qtbot, "o")
    assert QApplication.focusWidget() is row.line("oxygen_flow_l_per_min")
    keys(qtbot, "2⏎")
    assert entry.vital_signs().oxygen_flow_l_per_min == Decimal(2)
    row.take_focus()
    keys(qtbot, "a")
    assert not row.line("oxygen_flow_l_per_min").isEnabled()
    assert entry.vital_signs().oxygen_flow_l_per_min is None
    assert QApplication.focusWidget() is entry.row("systolic_bp_mmhg").lines[0]


def test_that_each_device_asks_for_its_own_number(qtbot, entry):
    row = entry.row("on_oxygen")
    percent, flow = row.line("inspired_oxygen_percent"), row.line("oxygen_flow_l_per_min")
    row.take_focus()
    keys(qtbot, "v")
    assert QApplication.focusWidget() is percent
    assert flow.isHidden()
    assert row.words.text().startswith("% Venturi")
    keys(qtbot, "28")
    assert QApplication.focusWidget() is entry.row("systolic_bp_mmhg").lines[0]
    typed = entry.vital_signs()
    assert (typed.oxygen_device, typed.inspired_oxygen_percent) == (OxygenDevice.VENTURI_MASK, 28)
    row.take_focus()
    keys(qtbot, "h45")
    assert QApplication.focusWidget() is flow
    keys(qtbot, "40⏎")
    assert entry.vital_signs().oxygen_flow_l_per_min == Decimal(40)


def test_that_another_letter_takes_out_the_numbers_of_the_one_before(qtbot, entry):
    entry.row("on_oxygen").take_focus()
    keys(qtbot, "v28")
    entry.row("on_oxygen").take_focus()
    keys(qtbot, "n2⏎")
    typed = entry.vital_signs()
    assert typed.inspired_oxygen_percent is None
    assert typed.oxygen_flow_l_per_min == Decimal(2)
    entry.row("on_oxygen").take_focus()
    keys(qtbot, "a")
    assert entry.vital_signs().oxygen_device is OxygenDevice.ROOM_AIR
    assert entry.vital_signs().oxygen_flow_l_per_min is None


def test_that_a_correction_keeps_a_number_its_device_does_not_ask_for(entry):
    before = signs(
        on_oxygen=True,
        oxygen_device=OxygenDevice.VENTURI_MASK,
        inspired_oxygen_percent=28,
        oxygen_flow_l_per_min=Decimal(4),
    )
    entry.fill(before)
    assert entry.vital_signs() == before
    assert not entry.row("on_oxygen").line("oxygen_flow_l_per_min").isHidden()


def test_that_cpap_is_neither_air_nor_oxygen_until_its_number_is_typed(qtbot, entry):
    entry.row("on_oxygen").take_focus()
    keys(qtbot, "c⏎")
    assert "on_oxygen" in entry.score.missing
    entry.row("on_oxygen").take_focus()
    keys(qtbot, "c21")
    assert entry.score.points["on_oxygen"] == 0
    entry.row("on_oxygen").take_focus()
    keys(qtbot, "c40")
    assert entry.score.points["on_oxygen"] == 2


def test_that_oxygen_of_unknown_flow_is_recorded_as_oxygen(qtbot, entry):
    entry.row("on_oxygen").take_focus()
    keys(qtbot, "O⏎⏎")
    assert entry.vital_signs().on_oxygen is True
    assert QApplication.focusWidget() is entry.row("systolic_bp_mmhg").lines[0]


def test_that_a_point_repeats_oxygen_and_consciousness_of_the_set_before(qtbot, entry):
    before = signs(on_oxygen=True, oxygen_flow_l_per_min=Decimal(2), consciousness="V")
    entry.show_previous(replace(before, consciousness=Consciousness.VOICE))
    keys(qtbot, "1697.12080.")
    keys(qtbot, "⌫75.37⏎")
    typed = entry.vital_signs()
    assert (typed.on_oxygen, typed.oxygen_flow_l_per_min) == (True, Decimal(2))
    assert typed.consciousness is Consciousness.VOICE


def test_that_a_point_with_nothing_before_says_so(qtbot, entry):
    entry.row("consciousness").take_focus()
    keys(qtbot, ".")
    assert "nothing before to repeat" in message(entry, "consciousness")
    assert entry.vital_signs().consciousness is None


def test_that_a_recorded_zero_is_a_value(qtbot, entry):
    entry.row("pulse_per_min").take_focus()
    keys(qtbot, "0⏎⏎")
    assert entry.vital_signs().pulse_per_min == 0
    assert entry.score.points["pulse_per_min"] == 3


def test_that_points_stand_beside_each_value_as_it_is_typed(qtbot, entry):
    keys(qtbot, "25")
    assert entry.row("respiratory_rate_per_min").badge.points == 3
    keys(qtbot, "95")
    assert entry.row("spo2_percent").badge.points == 1
    assert entry.row("pulse_per_min").badge.points is None
    assert (entry.score.total, entry.score.at_least) == (None, 4)


def test_that_scale_2_is_scored_as_scale_2_and_waits_for_oxygen(qtbot, entry):
    entry.set_scale(2)
    keys(qtbot, "1698")
    assert entry.row("spo2_percent").badge.points is None
    keys(qtbot, "O")
    assert entry.row("spo2_percent").badge.points == 3


def test_that_an_impossible_value_is_refused_in_place_and_keeps_the_cursor(qtbot, entry):
    entry.row("spo2_percent").take_focus()
    keys(qtbot, "101")
    assert message(entry, "spo2_percent").startswith("◆ SpO₂ 101 % is not possible")
    keys(qtbot, "⏎⏎")
    assert QApplication.focusWidget() is entry.row("spo2_percent").lines[0]
    assert entry.vital_signs().spo2_percent is None
    assert not entry.check()
    keys(qtbot, "⌫⌫⌫97")
    assert message(entry, "spo2_percent") == ""
    assert entry.vital_signs().spo2_percent == 97


def test_that_a_diastolic_above_the_systolic_is_refused_in_place(qtbot, entry):
    entry.row("systolic_bp_mmhg").take_focus()
    keys(qtbot, "80/120")
    assert "cannot be above systolic" in message(entry, "systolic_bp_mmhg")


def test_that_an_unusual_value_is_asked_about_once_and_enter_keeps_it(qtbot, entry):
    entry.row("spo2_percent").take_focus()
    keys(qtbot, "9⏎")
    assert "9 % is unusual. 9 → 90?" in message(entry, "spo2_percent")
    assert QApplication.focusWidget() is entry.row("spo2_percent").lines[0]
    keys(qtbot, "⏎")
    assert QApplication.focusWidget() is entry.row("on_oxygen").lines[0]
    assert message(entry, "spo2_percent") == ""
    entry.row("spo2_percent").take_focus()
    keys(qtbot, "⏎")
    assert QApplication.focusWidget() is entry.row("on_oxygen").lines[0]


def test_that_a_settled_unusual_value_waits_for_its_answer(qtbot, entry):
    entry.row("pulse_per_min").take_focus()
    keys(qtbot, "220")
    assert "is unusual" in message(entry, "pulse_per_min")
    assert QApplication.focusWidget() is entry.row("pulse_per_min").lines[0]


def test_that_the_slip_offered_is_taken_by_a_click(qtbot, entry):
    row = entry.row("temperature_celsius")
    row.take_focus()
    # nobody has 13.7 °C on an ordinary day
    keys(qtbot, "13.7")
    assert "is unusual" in row.answer.text
    keys(qtbot, "⌫⌫⌫⌫73⏎")
    assert "not possible" in row.answer.text
    keys(qtbot, "⌫⌫12⏎")
    assert row.answer.use_button.isHidden()
    entry.row("pulse_per_min").take_focus()
    keys(qtbot, "7⏎")
    pulse = entry.row("pulse_per_min")
    assert pulse.answer.use_button.text() == "Use 70"
    qtbot.mouseClick(pulse.answer.use_button, Qt.MouseButton.LeftButton)
    assert entry.vital_signs().pulse_per_min == 70
    assert pulse.answer.text == ""


def test_that_keeping_an_unusual_value_by_a_click_goes_on(qtbot, entry):
    row = entry.row("pulse_per_min")
    row.take_focus()
    keys(qtbot, "7⏎")
    qtbot.mouseClick(row.answer.keep_button, Qt.MouseButton.LeftButton)
    assert row.question() is None
    assert QApplication.focusWidget() is entry.row("consciousness").lines[0]


def test_that_tab_leads_from_an_unusual_value_to_its_answers(qtbot, entry):
    row = entry.row("pulse_per_min")
    row.take_focus()
    keys(qtbot, "7⏎⇥")
    assert QApplication.focusWidget() is row.answer.use_button
    qtbot.keyClick(row.answer.use_button, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is row.answer.keep_button
    qtbot.keyClick(row.answer.keep_button, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is entry.row("consciousness").lines[0]


def test_that_leaving_an_unusual_value_shows_the_question(qtbot, entry):
    entry.row("pulse_per_min").take_focus()
    keys(qtbot, "7⇥")
    assert "is unusual" in message(entry, "pulse_per_min")


def test_that_a_save_stops_once_for_an_unanswered_question(qtbot, entry):
    entry.row("pulse_per_min").take_focus()
    keys(qtbot, "7")
    assert not entry.check()
    assert entry.check()
