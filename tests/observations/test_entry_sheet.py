from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.observations.builders import LONDON
from tests.observations.site import pregnant
from tests.sheets import (
    freed,
    opened,
    press,
    press_save,
    row_of,
    saved_message,
    settled,
    type_text,
    until_collected,
)
from tests.steps import admit
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.subject import subject_of
from ui.widgets.form import Form
from ward_app.audit.service import open_chart
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.observations.queries import observation_chart
from ward_app.observations.service import record_observations
from ward_app.observations.types import (
    Consciousness,
    IncompleteReason,
    OxygenDevice,
    Risk,
    VitalSigns,
)
from ward_app.staff.types import Permission

ENTER = Qt.Key.Key_Return


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


def test_that_a_score_that_no_longer_applies_is_shown_anew_before_it_is_saved(
    qtbot, sheet, subject, okafor, database, nurse
):
    keys(qtbot, WELL_16_KEYS)
    pregnant(database, nurse, okafor)
    press_save(qtbot)
    qtbot.waitUntil(lambda: "Another score applies" in sheet.notice.text)
    qtbot.waitUntil(lambda: "pregnant" in sheet.pack_label.text().replace("not pregnant", ""))
    assert chart_of(database, nurse, subject).sets == ()
    assert sheet.entry.vital_signs() == WELL_TYPED
    saved_message(qtbot, sheet)
    assert chart_of(database, nurse, subject).sets[0].score is None


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
    until_collected(qtbot, gone)


def test_that_a_nurse_without_the_right_is_not_offered_the_scale(sheet, context):
    may = context.signed_in.may(Permission.OBSERVATION_SCALE)
    assert sheet.scale_button.isHidden() is not may


def test_that_the_sheet_says_which_score_is_used_and_why(sheet):
    assert sheet.pack_label.text().startswith("NEWS2: adult")
    assert sheet.score_box.isVisibleTo(sheet)


def test_that_a_childs_set_is_saved_without_a_score_and_says_why(
    qtbot, context, subject, admin, database, nurse
):
    born = "UPDATE patient.patients SET born_on = current_date - 2000 WHERE id = %s"
    admin.execute(born, (subject.patient_id,))
    sheet = opened(qtbot, ObservationSheet(context, subject))
    settled(qtbot, context)
    assert "under 16, not pregnant" in sheet.pack_label.text()
    keys(qtbot, "30971120")
    assert sheet.entry.score is None
    assert all(row.badge.points is None for row in sheet.entry.rows)
    assert sheet.score_box.headline.text() == "Saved without a score"
    assert not sheet.score_box.badge.isVisibleTo(sheet)
    assert "Not scored" in saved_message(qtbot, sheet)
    [stored] = chart_of(database, nurse, subject).sets
    assert stored.score is None


def test_that_a_set_with_nothing_in_it_needs_a_reason_even_without_a_score(
    qtbot, context, subject
):
    sheet = opened(qtbot, ObservationSheet(context, replace(subject, born_on=date(2020, 1, 1))))
    sheet.save()
    assert sheet.details.form.problem("incomplete_reason")


def test_that_an_unknown_age_is_said(qtbot, context, subject):
    sheet = opened(qtbot, ObservationSheet(context, replace(subject, born_on=None)))
    assert "date of birth is not known" in sheet.pack_label.text()


@pytest.mark.parametrize(
    ("years", "name", "asked"),
    [
        (2, "respiratory_rate_per_min", False),
        (2, "pulse_per_min", True),
        (40, "respiratory_rate_per_min", True),
        (40, "pulse_per_min", False),
        (None, "respiratory_rate_per_min", True),
    ],
)
def test_that_what_is_asked_about_follows_the_patients_age(
    qtbot, context, subject, years, name, asked
):
    today = context.clock().date()
    born_on = today - timedelta(days=366 * years) if years else None
    sheet = opened(qtbot, ObservationSheet(context, replace(subject, born_on=born_on)))
    row = sheet.entry.row(name)
    row.lines[0].setText("50")
    assert (row.question() is not None) is asked
    settled(qtbot, context)


def test_that_note_and_reason_are_there_a_turn_later_and_their_draft_at_once(
    qtbot, context, subject
):
    sheet = ObservationSheet(context, subject)
    details = sheet.details
    assert details.findChildren(Form) == []
    assert not sheet.is_dirty
    qtbot.addWidget(sheet)
    qtbot.waitUntil(lambda: len(details.findChildren(Form)) == 1)
    assert not sheet.is_dirty
    details.form.set_value("note", "Talking, drinking")
    assert sheet.is_dirty
    again = ObservationSheet(context, subject)
    qtbot.addWidget(again)
    again.retype(sheet.draft())
    assert again.details.note() == "Talking, drinking"
