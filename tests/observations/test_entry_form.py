import gc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.observations.builders import LONDON, NOW, signs
from tests.sheets import (
    freed,
    opened,
    press,
    press_save,
    row_of,
    saved_message,
    settled,
    type_text,
)
from tests.steps import admit
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.measured_at import MeasuredAt
from ui.observations.subject import subject_of
from ui.observations.vital_signs_entry import VitalSignsEntry
from ward_app.audit.service import open_chart
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.observations.packs import adult_limits, news2_pack
from ward_app.observations.queries import observation_chart
from ward_app.observations.service import record_observations
from ward_app.observations.types import Consciousness, IncompleteReason, Risk, VitalSigns
from ward_app.staff.types import Permission

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


@pytest.fixture
def okafor(database, nurse):
    """The admission of a patient in bed 1."""
    return admit(database, nurse, "Okafor", "Ada")


@pytest.fixture
def subject(okafor, database, nurse):
    """Ada Okafor, in bed 1 of ward East."""
    return subject_of(row_of(database, nurse, "Okafor"), LONDON)


@pytest.fixture
def sheet(qtbot, context, subject):
    """A new set for Ada Okafor, with her chart read."""
    sheet = opened(qtbot, ObservationSheet(context, subject))
    settled(qtbot, context)
    return sheet


def keys(qtbot, text):
    """Press keys where the cursor is: characters, ⏎ for Enter, ⇥ for Tab; return how many."""
    special = {"⏎": ENTER, "⇥": Qt.Key.Key_Tab, "⌫": Qt.Key.Key_Backspace}
    for character in text:
        if character in special:
            press(qtbot, special[character])
        else:
            type_text(qtbot, character)
    return len(text)


def chart_of(database, nurse, subject):
    """Return the stored chart."""
    database.run(nurse, open_chart, subject.patient_id)
    return database.run(nurse, observation_chart, subject.admission_id)


def message(entry, scored):
    """Return what is said under a line."""
    return entry.row(scored).answer.text


WELL_16_KEYS = "1697A1208075A368"
WELL_TYPED = VitalSigns(
    respiratory_rate_per_min=16,
    spo2_percent=97,
    on_oxygen=False,
    systolic_bp_mmhg=120,
    diastolic_bp_mmhg=80,
    pulse_per_min=75,
    consciousness=Consciousness.ALERT,
    temperature_celsius=Decimal("36.8"),
)


def test_that_a_full_set_is_saved_in_25_keystrokes_or_fewer(
    qtbot, sheet, subject, database, nurse
):
    pressed = keys(qtbot, WELL_16_KEYS) + 1
    assert pressed <= 25
    saved_message(qtbot, sheet)
    [stored] = chart_of(database, nurse, subject).sets
    assert stored.vital_signs == WELL_TYPED
    assert stored.score.total == 0
    assert stored.recorded_by == "Nora Nurse"


def test_that_a_set_on_oxygen_takes_25_keystrokes_or_fewer(qtbot, sheet, subject, database, nurse):
    pressed = keys(qtbot, "2492O2⏎9560112V38.9") + 1
    assert pressed <= 25
    saved_message(qtbot, sheet)
    [stored] = chart_of(database, nurse, subject).sets
    assert stored.vital_signs.oxygen_flow_l_per_min == Decimal(2)
    assert stored.score.total == 2 + 2 + 2 + 2 + 2 + 3 + 1


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
    assert QApplication.focusWidget() is row.lines[1]
    keys(qtbot, "2⏎")
    assert entry.vital_signs().oxygen_flow_l_per_min == Decimal(2)
    row.take_focus()
    keys(qtbot, "a")
    assert not row.lines[1].isEnabled()
    assert entry.vital_signs().oxygen_flow_l_per_min is None
    assert QApplication.focusWidget() is entry.row("systolic_bp_mmhg").lines[0]


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


def test_that_leaving_an_unusual_value_shows_the_question(qtbot, entry):
    entry.row("pulse_per_min").take_focus()
    keys(qtbot, "7⇥")
    assert "is unusual" in message(entry, "pulse_per_min")


def test_that_a_save_stops_once_for_an_unanswered_question(qtbot, entry):
    entry.row("pulse_per_min").take_focus()
    keys(qtbot, "7")
    assert not entry.check()
    assert entry.check()


def test_that_the_message_tells_score_response_and_when_the_next_set_is_due(qtbot, sheet):
    keys(qtbot, "2297A1208095C36.8")
    text = saved_message(qtbot, sheet)
    assert text.startswith("Saved ")
    assert ". NEWS2 6, medium. Urgent assessment: " in text
    assert " Next set by " in text


def test_that_why_opens_the_arithmetic(qtbot, sheet):
    keys(qtbot, "2597A")
    box = sheet.score_box
    assert box.why_button.text() == "Why ≥3?"
    assert not box.why.isVisible()
    qtbot.mouseClick(box.why_button, Qt.MouseButton.LeftButton)
    assert box.why.isVisible()
    for words in ("Respirations", "25 /min", "◆ 3", "Known so far", "Royal College of Physicians"):
        assert words in box.why.text()


def test_that_an_incomplete_set_needs_a_reason_and_is_never_scored_as_zero(
    qtbot, sheet, subject, database, nurse
):
    keys(qtbot, "30")
    press_save(qtbot)
    assert sheet.score_box.headline.text() == "Incomplete, at least 3, low-medium risk"
    assert sheet.details.form.problem("incomplete_reason")
    assert chart_of(database, nurse, subject).sets == ()
    sheet.details.form.set_value("incomplete_reason", IncompleteReason.REFUSED)
    text = saved_message(qtbot, sheet)
    assert "NEWS2 incomplete, at least 3, low-medium." in text
    [stored] = chart_of(database, nurse, subject).sets
    assert stored.score.total is None
    assert stored.score.risk is Risk.LOW_MEDIUM
    assert stored.incomplete_reason is IncompleteReason.REFUSED


def test_that_a_refusal_of_everything_can_be_recorded(qtbot, sheet, subject, database, nurse):
    press_save(qtbot)
    sheet.details.form.set_value("incomplete_reason", IncompleteReason.REFUSED)
    saved_message(qtbot, sheet)
    [stored] = chart_of(database, nurse, subject).sets
    assert stored.vital_signs == VitalSigns()
    assert len(stored.score.missing) == 7


def test_that_another_reason_needs_a_note(qtbot, sheet):
    keys(qtbot, "16")
    press_save(qtbot)
    sheet.details.form.set_value("incomplete_reason", IncompleteReason.OTHER)
    press_save(qtbot)
    assert sheet.details.form.problem("note") == "Say what the other reason is."


def test_that_a_complete_set_does_not_carry_a_reason_chosen_earlier(
    qtbot, sheet, subject, database, nurse
):
    keys(qtbot, "1697A1208075A")
    press_save(qtbot)
    sheet.details.form.set_value("incomplete_reason", IncompleteReason.EQUIPMENT)
    sheet.entry.row("temperature_celsius").take_focus()
    keys(qtbot, "368")
    saved_message(qtbot, sheet)
    [stored] = chart_of(database, nurse, subject).sets
    assert stored.incomplete_reason is None


def test_that_enter_on_the_last_line_leads_to_save_or_to_the_reason(qtbot, sheet):
    keys(qtbot, "1697A1208075A⏎⏎")
    assert sheet.details.form.input("incomplete_reason").target.hasFocus()
    sheet.entry.row("temperature_celsius").take_focus()
    keys(qtbot, "368⏎")
    assert QApplication.focusWidget() is sheet.save_button


def test_that_a_measurement_in_the_future_is_refused(qtbot, sheet, context):
    keys(qtbot, WELL_16_KEYS)
    sheet.measured_at.set_value(context.clock() + timedelta(hours=2))
    press_save(qtbot)
    assert "lies in the future" in sheet.measured_at.problem()
    assert not sheet.is_saving


def test_that_a_set_measured_earlier_keeps_its_own_time(
    qtbot, sheet, subject, context, database, nurse
):
    keys(qtbot, WELL_16_KEYS)
    earlier = (context.clock() - timedelta(minutes=25)).replace(second=0, microsecond=0)
    sheet.measured_at.set_value(earlier)
    saved_message(qtbot, sheet)
    [stored] = chart_of(database, nurse, subject).sets
    assert stored.occurred_at == earlier
    assert stored.recorded_at > earlier


def test_that_the_set_before_stands_beside_each_line(
    qtbot, context, subject, sheet, database, nurse
):
    keys(qtbot, "18950"[:4] + "A1187088A37.2")
    saved_message(qtbot, sheet)
    following = opened(qtbot, ObservationSheet(context, subject))
    settled(qtbot, context)
    words = [row.words.text() for row in following.entry.rows]
    assert words[0] == "/min · was 18"
    assert words[3] == "mmHg · was 118/70"
    assert words[5].endswith("was A")


def test_that_what_was_typed_survives_a_lost_connection(qtbot, sheet, monkeypatch):
    keys(qtbot, WELL_16_KEYS)
    answer = DatabaseUnavailableError("The ward database cannot be reached.")

    def refuse(_owner, _topic, reply, *_change):
        reply.failed(answer)

    monkeypatch.setattr(sheet.context.work, "command", refuse)
    press_save(qtbot)
    assert sheet.notice.text == "The ward database cannot be reached."
    assert sheet.entry.vital_signs() == WELL_TYPED
    assert sheet.save_button.isEnabled()


def test_that_saving_twice_is_one_set(qtbot, sheet, subject, database, nurse):
    keys(qtbot, WELL_16_KEYS)
    new = sheet.new_observations()
    database.run(nurse, record_observations, new)
    saved_message(qtbot, sheet)
    assert len(chart_of(database, nurse, subject).sets) == 1


def test_that_an_unsaved_set_comes_back_when_the_sheet_is_opened_again(
    qtbot, context, subject, sheet
):
    keys(qtbot, "2491")
    sheet.set_aside()
    again = opened(qtbot, ObservationSheet(context, subject))
    assert again.entry.vital_signs().respiratory_rate_per_min == 24
    assert again.entry.vital_signs().spo2_percent == 91


def test_that_undo_strikes_the_saved_set_out(qtbot, sheet, subject, context, database, nurse):
    keys(qtbot, WELL_16_KEYS)
    saved_message(qtbot, sheet)
    with qtbot.waitSignal(context.work.committed):
        sheet.undo()
    original, mark = sorted(chart_of(database, nurse, subject).sets, key=lambda s: s.struck_out)
    assert mark.struck_out
    assert original.superseded_by == mark.id
    assert original.vital_signs == WELL_TYPED


def test_that_the_sheet_names_the_patient_on_its_title_and_its_save_button(sheet):
    assert sheet.title == "Observations: OKAFOR, Ada"
    assert sheet.save_button.text() == "Save for OKAFOR, Ada"


def test_that_a_closed_sheet_is_freed(qtbot, context, subject):
    sheet = ObservationSheet(context, subject)
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    qtbot.waitUntil(lambda: gc.collect() is not None and gone() is None)


AUTUMN = datetime(2026, 10, 25, 1, 45, tzinfo=UTC)
SPRING = datetime(2026, 3, 29, 2, 10, tzinfo=UTC)


def moment_field(qtbot, now):
    field = MeasuredAt(lambda: now, LONDON)
    qtbot.addWidget(field)
    field.show()
    return field


def test_that_an_hour_the_clock_shows_twice_can_be_told_apart(qtbot):
    field = moment_field(qtbot, AUTUMN)
    field.input.time.setText("01:30")
    assert field.value() == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert (
        field.other_button.text() == "The clock showed this twice. Taken: 01:30 GMT. Use 01:30 BST"
    )
    field.other_button.click()
    assert field.value() == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    field.input.time.setText("02:30")
    assert field.other_button.isHidden()


def test_that_a_moment_of_the_repeated_hour_is_shown_as_it_was(qtbot):
    field = moment_field(qtbot, AUTUMN)
    for hour in (0, 1):
        moment = datetime(2026, 10, 25, hour, 20, tzinfo=UTC)
        field.set_value(moment)
        assert field.value() == moment


def test_that_an_hour_the_clock_skipped_is_refused(qtbot):
    field = moment_field(qtbot, SPRING)
    field.input.time.setText("01:30")
    assert field.value() is None
    assert not field.check()
    assert "skips this time" in field.problem()


def test_that_a_measurement_long_ago_is_asked_about_once(qtbot):
    field = moment_field(qtbot, NOW)
    field.set_value(NOW - timedelta(hours=20))
    assert not field.check()
    assert field.check()


def test_that_an_unreadable_time_is_said_in_place(qtbot):
    field = moment_field(qtbot, NOW)
    field.input.time.setText("25:99")
    assert not field.check()
    assert field.problem() == "Not a time; type it like 14:07"


def test_that_a_nurse_without_the_right_is_not_offered_the_scale(sheet, context):
    may = context.signed_in.may(Permission.OBSERVATION_SCALE)
    assert sheet.scale_button.isHidden() is not may
