"""Measuring, choosing, correcting and striking out by keyboard, against the real database."""

import gc
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from tests.measurements.builders import WELL_GCS
from tests.sheets import freed, opened, press, press_save, saved_message, settled, type_text
from ui.measurements.chooser import KindChooser
from ui.measurements.sheet import MeasurementSheet, kinds_used
from ui.measurements.strike_sheet import StrikeMeasurementSheet
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.measurements.kinds import kinds

ENTER = Qt.Key.Key_Return


@pytest.fixture
def sheet_of(qtbot, context, subject):
    """Open the sheet of a kind, with the chart read."""

    def make(name, **changes):
        sheet = opened(qtbot, MeasurementSheet(context, subject, kinds()[name], **changes))
        settled(qtbot, context)
        return sheet

    return make


@pytest.fixture
def chooser(qtbot, context, subject):
    """The choice of what to measure of Ada Okafor, with the chart read."""
    chooser = opened(qtbot, KindChooser(context, subject))
    settled(qtbot, context)
    return chooser


def type_lines(qtbot, *texts):
    for text in texts:
        type_text(qtbot, text)
        press(qtbot, ENTER)


def cell(chooser, name, header):
    rows = [one.kind.name for one in chooser.rows.rows]
    columns = [column.header for column in chooser.rows.columns]
    return chooser.rows.index(rows.index(name), columns.index(header)).data()


def test_that_pain_is_saved_by_keyboard_alone(qtbot, sheet_of, stored):
    sheet = sheet_of("pain")
    type_lines(qtbot, "7", "left hip")
    told = saved_message(qtbot, sheet)
    assert told.startswith("Saved ")
    assert told.endswith("Pain: 7/10, left hip.")
    [kept] = stored()
    assert kept.values == {"score": Decimal(7), "site": "left hip"}
    assert kept.recorded_by == "Nora Nurse"


def test_that_every_kind_names_the_patient_and_fits_its_width(sheet_of):
    for name in kinds():
        sheet = sheet_of(name)
        assert sheet.title.endswith("OKAFOR, Ada")
        assert sheet.save_text == "Save for OKAFOR, Ada"
        assert sheet.entry.minimumSizeHint().width() <= sheet.width_px - 32


def test_that_the_measurement_before_stands_as_a_ghost_and_is_not_taken_over(
    qtbot, sheet_of, measure
):
    measure("blood_glucose", {"glucose_mmol_per_l": Decimal("5.6")}, minutes=125)
    sheet = sheet_of("blood_glucose")
    qtbot.waitUntil(lambda: sheet.before.text().startswith("Before: 5.6 mmol/L"))
    assert sheet.before.text().endswith("2 h 05 min ago")
    line = sheet.entry.form.input("glucose_mmol_per_l").target
    assert line.placeholderText() == "was 5.6"
    assert sheet.entry.values() == {}


def test_that_a_first_measurement_says_so(qtbot, sheet_of):
    sheet = sheet_of("gcs")
    qtbot.waitUntil(lambda: sheet.before.text() == "Not measured on this stay yet.")


def test_that_what_cannot_be_is_refused_in_place_and_nothing_is_stored(qtbot, sheet_of, stored):
    sheet = sheet_of("pain")
    type_lines(qtbot, "11")
    press_save(qtbot)
    assert sheet.entry.form.problem("score") == "Pain lies between 0 and 10."
    assert not sheet.is_saving
    assert stored() == ()


def test_that_the_usual_range_is_a_hint_and_the_unusual_is_asked_once(qtbot, sheet_of, stored):
    sheet = sheet_of("blood_glucose")
    type_lines(qtbot, "40")
    press_save(qtbot)
    assert sheet.entry.form.problem("glucose_mmol_per_l").endswith(
        "Keep it? Save again and it is kept."
    )
    saved_message(qtbot, sheet)
    assert stored()[0].values == {"glucose_mmol_per_l": Decimal(40)}


def test_that_the_hint_follows_the_patients_age(qtbot, context, subject):
    born_on = datetime.now(UTC).date() - timedelta(days=400)
    kind = next(kind for kind in kinds().values() if any(len(f.usual) > 1 for f in kind.fields))
    texts = []
    for each in (replace(subject, born_on=born_on), replace(subject, born_on=date(1950, 1, 1))):
        sheet = opened(qtbot, MeasurementSheet(context, each, kind))
        texts.append([row._hint for row in sheet.entry.form._rows.values()])
        settled(qtbot, context)
    assert texts[0] != texts[1]


def test_that_an_entry_left_comes_back(qtbot, context, subject, sheet_of):
    sheet = sheet_of("pain")
    type_text(qtbot, "6")
    sheet.set_aside()
    again = sheet_of("pain")
    assert again.entry.values() == {"score": Decimal(6)}
    assert again.is_dirty
    assert "unsaved entry" in again.notice.text


def test_that_a_lost_answer_is_saved_again_as_the_same_measurement(
    qtbot, monkeypatch, sheet_of, stored
):
    sheet = sheet_of("pain")
    type_lines(qtbot, "5")
    command = sheet.context.work.command

    def lose(owner, topic, reply, change, *args, **kwargs):
        def fail(_result):
            reply.failed(DatabaseUnavailableError("The ward database cannot be reached."))

        command(owner, topic, replace(reply, show=fail), change, *args, **kwargs)

    with monkeypatch.context() as lost:
        lost.setattr(sheet.context.work, "command", lose)
        press_save(qtbot)
        qtbot.waitUntil(lambda: "cannot be reached" in sheet.notice.text)
    assert sheet.entry.values() == {"score": Decimal(5)}
    with qtbot.waitSignal(sheet.saved):
        sheet.notice.button.click()
    assert len(stored()) == 1


def test_that_another_entry_after_a_lost_answer_is_told_and_then_saved(
    qtbot, sheet_of, measure, stored
):
    sheet = sheet_of("pain")
    measure("pain", {"score": Decimal(5)}, id=sheet.ids["measurement"])
    type_lines(qtbot, "8")
    press_save(qtbot)
    qtbot.waitUntil(lambda: "saved before" in sheet.notice.text)
    saved_message(qtbot, sheet)
    assert [one.values["score"] for one in stored()] == [Decimal(5), Decimal(8)]


def test_that_undo_strikes_out_what_was_just_saved(qtbot, context, sheet_of, stored):
    sheet = sheet_of("pain")
    type_lines(qtbot, "5")
    saved_message(qtbot, sheet)
    sheet.undo()
    settled(qtbot, context)
    assert stored()[0].superseded_by is not None


def test_that_a_new_score_of_a_cannula_tells_when_it_is_due_again(qtbot, sheet_of):
    sheet = sheet_of("cannula_site")
    type_lines(qtbot, "0")
    assert "Again by " in saved_message(qtbot, sheet)


def test_that_a_correction_supersedes_and_the_original_stays(qtbot, sheet_of, measure, stored):
    measure("gcs", WELL_GCS, minutes=30, note="awake")
    sheet = sheet_of("gcs", corrects=stored()[0])
    assert sheet.title == "Correct Glasgow Coma Scale: OKAFOR, Ada"
    assert sheet.before.text() == "Was: GCS 15, E4 V5 M6, by Nora Nurse."
    assert not sheet.is_dirty
    type_lines(qtbot, "3")
    press_save(qtbot)
    assert sheet.details.problem("change_reason") == "Needed"
    sheet.details.set_value("change_reason", "misread")
    saved_message(qtbot, sheet)
    assert sheet.undo is None
    original, correction = sorted(stored(), key=lambda one: one.supersedes_id is not None)
    assert (original.superseded_by, original.change_reason) == (correction.id, "misread")
    assert correction.values["eye"] == "3"
    assert correction.note == "awake"
    assert abs(correction.occurred_at - original.occurred_at) < timedelta(minutes=1)


def test_that_a_measurement_is_struck_out_with_a_reason(qtbot, context, subject, measure, stored):
    measure("pain", {"score": Decimal(5)})
    sheet = opened(qtbot, StrikeMeasurementSheet(context, subject, stored()[0]))
    press_save(qtbot)
    assert sheet.form.problem("reason") == "Needed"
    type_text(qtbot, "1")
    told = saved_message(qtbot, sheet)
    assert told.endswith("It stays readable in the list.")
    original = stored()[0]
    assert original.summary == "5/10"
    assert original.change_reason == "Wrong patient"


def test_that_a_letter_opens_the_kind(qtbot, chooser):
    with qtbot.waitSignal(chooser.sheet_requested) as asked:
        type_text(qtbot, "g")
    assert asked.args[0].kind.name == "gcs"


@pytest.mark.parametrize("name", sorted(kinds()))
def test_that_every_kind_is_reached_by_its_own_letter(qtbot, chooser, name):
    with qtbot.waitSignal(chooser.sheet_requested) as asked:
        type_text(qtbot, kinds()[name].key.lower())
    assert asked.args[0].kind.name == name


def test_that_arrow_and_enter_open_a_kind(qtbot, chooser):
    press(qtbot, Qt.Key.Key_Down)
    with qtbot.waitSignal(chooser.sheet_requested) as asked:
        press(qtbot, ENTER)
    assert asked.args[0].kind is chooser.rows.rows[1].kind


def test_that_ctrl_enter_opens_the_kind_under_the_cursor(qtbot, chooser):
    with qtbot.waitSignal(chooser.sheet_requested) as asked:
        press_save(qtbot)
    assert asked.args[0].kind is chooser.rows.rows[0].kind


def test_that_l_asks_for_the_list_and_another_letter_for_nothing(qtbot, chooser):
    with qtbot.assertNotEmitted(chooser.sheet_requested):
        type_text(qtbot, "q")
    with qtbot.waitSignal(chooser.list_asked):
        type_text(qtbot, "l")


def test_that_the_list_key_is_no_kinds_key():
    assert "L" not in {kind.key for kind in kinds().values()}


def test_that_what_was_saved_last_is_offered_first(qtbot, context, subject, sheet_of):
    for name, keys in (("pain", "5"), ("stool", "4")):
        sheet = sheet_of(name)
        type_lines(qtbot, keys)
        saved_message(qtbot, sheet)
    assert kinds_used(context) == ("stool", "pain")
    chooser = opened(qtbot, KindChooser(context, subject))
    assert [one.kind.name for one in chooser.rows.rows[:2]] == ["stool", "pain"]
    settled(qtbot, context)


def test_that_the_choice_says_what_was_measured_last_and_what_is_overdue(
    qtbot, context, subject, measure
):
    measure("pain", {"score": Decimal(3)}, minutes=65)
    measure("cannula_site", {"score": "1"}, minutes=60 * 25)
    chooser = opened(qtbot, KindChooser(context, subject))
    qtbot.waitUntil(lambda: cell(chooser, "pain", "Last") == "3/10")
    assert cell(chooser, "pain", "When") == "1 h 05 min ago"
    assert cell(chooser, "cannula_site", "When") == "▲ overdue 1 h 00 min"
    assert cell(chooser, "gcs", "Last") == ""


def test_that_a_cannula_looked_at_lately_says_when_again(qtbot, context, subject, measure):
    measure("cannula_site", {"score": "1"}, minutes=60)
    chooser = opened(qtbot, KindChooser(context, subject))
    qtbot.waitUntil(lambda: cell(chooser, "cannula_site", "When").startswith("again due in 22 h"))


def test_that_the_choice_is_read_by_a_model_tester(chooser, qtmodeltester):
    qtmodeltester.check(chooser.rows, force_py=True)


@pytest.mark.parametrize("which", ["measure", "correct", "choose", "strike"])
def test_that_closed_sheets_are_freed(qtbot, context, subject, measure, stored, which):
    measure("pain", {"score": Decimal(5)})
    recorded = stored()[0]
    make = {
        "measure": lambda: MeasurementSheet(context, subject, kinds()["pain"]),
        "correct": lambda: MeasurementSheet(context, subject, kinds()["pain"], corrects=recorded),
        "choose": lambda: KindChooser(context, subject),
        "strike": lambda: StrikeMeasurementSheet(context, subject, recorded),
    }
    sheet = make[which]()
    sheet.show()
    settled(qtbot, context)
    sheet.hide()
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
