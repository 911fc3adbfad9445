"""The choice, the sheet and the list, by keyboard, against a real database."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from tests.assessments.builders import (
    AT_RISK,
    EAST,
    NAMED,
    assess,
    in_force,
    local,
    rows,
    strike,
    use,
)
from tests.sheets import (
    freed,
    opened,
    press,
    press_save,
    saved_message,
    settled,
)
from tests.steps import ago
from ui import theme
from ui.assessments.chooser import NONE_IN_USE, InstrumentChooser
from ui.assessments.panel import (
    IN_FORCE_ONLY,
    NOTHING,
    NOTHING_DUE,
    ONE_WARD,
    ONLY_OF_PATIENT,
    READING,
    UNKNOWN_VERSION,
)
from ui.assessments.sheet import AssessmentSheet
from ui.assessments.strike_sheet import StrikeSheet
from ui.background import DatabaseWork
from ui.context import Place
from ui.observations.subject import subject_of
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.rounding.queries import rounds_of_wards

KEY = Qt.Key


@pytest.fixture
def sheet(qtbot, context, bed, zone):
    """Return what opens the sheet of an instrument for Ada."""

    def make(instrument="pain_nrs", around=context, **how):
        found = NAMED[instrument] if isinstance(instrument, str) else instrument
        subject = subject_of(bed, zone)
        how = {"ward_id": bed.ward_id} | how
        return opened(qtbot, AssessmentSheet(around, subject, found, **how))

    return make


def cells(panel, row=0):
    return [panel.rows.index(row, column).data() for column in range(panel.rows.columnCount())]


def type_text(qtbot, text):
    """Press one key after the other, each where the cursor is by then."""
    for letter in text:
        qtbot.keyClicks(QApplication.focusWidget(), letter)


def asked_for(qtbot, panel, key):
    """Press a key and return the sheet it opens."""
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        press(qtbot, key)
    return asked.args[0]


# -- the sheet


def test_that_pain_takes_one_key_and_says_what_it_comes_to(qtbot, database, nurse, sheet, stay):
    entry = sheet()
    assert entry.title == "Pain, 0 to 10: OKAFOR, Ada"
    assert entry.result.text() == "Nothing is answered yet."
    type_text(qtbot, "7")
    assert entry.result.text() == "▲ 7 of 10: Pain"
    assert "Score it again afterwards" in entry.actions_words.text()
    told = saved_message(qtbot, entry)
    assert told == "OKAFOR, Ada. Pain, 0 to 10: ▲ 7 of 10: Pain."
    assert entry.undo is not None
    assert [(row.score, row.band) for row in in_force(database, nurse, stay)] == [(7, "pain")]


def test_that_no_pain_is_zero_and_saved_as_such(qtbot, database, nurse, sheet, stay):
    entry = sheet()
    type_text(qtbot, "0")
    assert entry.result.text() == "○ 0 of 10: No pain"
    saved_message(qtbot, entry)
    assert [row.score for row in in_force(database, nurse, stay)] == [0]


def test_that_ten_is_not_taken_for_one(qtbot, sheet):
    entry = sheet()
    line = entry.form.input("answers").lines["pain"]
    type_text(qtbot, "1")
    assert line.hasFocus()
    type_text(qtbot, "0")
    assert entry.answers == {"pain": "10"}
    assert not line.hasFocus()


def test_that_a_checklist_takes_one_key_an_item(qtbot, database, nurse, sheet, stay):
    entry = sheet("falls")
    assert not entry.form.input("answers").lines["fear"].isVisible()
    type_text(qtbot, "6")
    assert entry.form.input("answers").lines["fear"].isVisible()
    assert entry.result.text() == "? 9 not known yet"
    assert entry.actions_words.text().startswith("Not known yet: Fallen in the last year, ")
    assert entry.actions_words.text().endswith(" and 6 more")
    type_text(qtbot, "yynnnnyny")
    assert entry.result.text() == "▲ At risk of falling"
    saved_message(qtbot, entry)
    (row,) = in_force(database, nurse, stay)
    assert (row.answers["fallen"], row.answers["footwear"], row.score) == ("yes", "no", None)


def test_that_answers_no_longer_asked_for_are_not_saved(qtbot, sheet):
    entry = sheet("falls")
    type_text(qtbot, "6yy")
    press(qtbot, KEY.Key_Up)
    for _ in range(2):
        press(qtbot, KEY.Key_Up)
    type_text(qtbot, "3")
    assert entry.answers == {"age": "under_50"}
    assert entry.result.text() == "○ Not at risk by age"


def test_that_incomplete_is_asked_once_and_has_no_score(qtbot, database, nurse, sheet, stay):
    entry = sheet("falls")
    type_text(qtbot, "6y")
    press_save(qtbot)
    assert "Incomplete, it has no score." in entry.notice.text
    assert rows(database, nurse, stay) == ()
    with qtbot.waitSignal(entry.saved) as told:
        press(qtbot, KEY.Key_Return)
    assert told.args[0].endswith("saved incomplete, without a score.")
    (row,) = in_force(database, nurse, stay)
    assert (row.complete, row.score, row.band) == (False, None, None)


def test_that_who_cannot_say_has_no_score(qtbot, sheet):
    entry = sheet("pain_verbal")
    type_text(qtbot, "u")
    assert entry.result.text() == "? 1 not known yet"
    assert entry.actions_words.text() == "Not known yet: Pain now"
    assert entry.answers == {"pain": "unknown"}


def test_that_a_wrong_key_or_number_is_told_beside_and_not_saved(qtbot, sheet):
    entry = sheet("pain_verbal")
    type_text(qtbot, "9")
    lines = entry.form.input("answers")
    assert "one of the keys 0, 1, 2, 3, U" in lines._words["pain"].text()
    press_save(qtbot)
    assert "one of the keys" in entry.form.problem("answers")
    other = sheet(local())
    type_text(qtbot, "d")
    type_text(qtbot, "99")
    assert "between 0 and 40 kg" in other.form.input("answers").problem()


def test_that_a_comma_is_a_decimal_point(qtbot, sheet):
    entry = sheet(local())
    type_text(qtbot, "w")
    type_text(qtbot, "6,5")
    press(qtbot, KEY.Key_Return)
    type_text(qtbot, "n")
    assert entry.answers == {"moist": "wet", "weight": "6.5", "moves": "no"}
    assert entry.result.text() == "◆ 4.5 of 4.5: High"


def test_that_a_task_is_opened_only_when_said_so(qtbot, database, nurse, sheet, stay):
    entry = sheet()
    type_text(qtbot, "8")
    assert [box.isChecked() for box in entry.boxes] == [False]
    press(qtbot, KEY.Key_F7)
    told = saved_message(qtbot, entry)
    assert told.endswith("Task opened.")
    (task,) = database.run(nurse, rounds_of_wards, (EAST,)).tasks
    assert (task.title, task.admission_id) == ("Score the pain again", stay)
    again = sheet()
    type_text(qtbot, "8")
    saved_message(qtbot, again)
    assert len(database.run(nurse, rounds_of_wards, (EAST,)).tasks) == 1


def test_that_another_band_proposes_other_tasks(qtbot, sheet):
    entry = sheet("pain_verbal")
    type_text(qtbot, "3")
    assert "30 min" in entry.boxes[0].text()
    press(qtbot, KEY.Key_Up)
    type_text(qtbot, "0")
    assert entry.boxes == []
    entry.switch_tasks()
    assert not entry.new_assessment().proposals


def test_that_a_correction_begins_with_what_was_recorded(qtbot, database, nurse, sheet, stay):
    assess(database, nurse, stay, answers={"pain": "8", "place": "hip"}, note="by wife")
    (old,) = in_force(database, nurse, stay)
    entry = sheet(corrects=old)
    assert entry.answers == {"pain": "8", "place": "hip"}
    assert entry.title.startswith("Correct Pain, 0 to 10")
    assert entry.boxes == []
    type_text(qtbot, "3")
    entry.form_of("change_reason").input("change_reason").line.setText("Misheard")
    saved_message(qtbot, entry)
    (now,) = in_force(database, nurse, stay)
    assert (now.score, now.note, now.change_reason) == (3, "by wife", "Misheard")
    assert now.occurred_at.replace(second=0, microsecond=0) == old.occurred_at.replace(
        second=0, microsecond=0
    )


def test_that_what_was_typed_comes_back(qtbot, context, sheet):
    entry = sheet("falls")
    type_text(qtbot, "6yn")
    entry.set_aside()
    again = sheet("falls")
    assert again.answers == {"age": "65_or_over", "fallen": "yes", "walking": "no"}
    again.context.drafts.forget(again.draft_key)


def test_that_an_assistant_is_offered_no_undo(qtbot, database, context, signed_in, sheet):
    hal = signed_in("hal")
    work = DatabaseWork(database, Actor(hal.token))
    entry = sheet(around=replace(context, work=work, signed_in=hal))
    type_text(qtbot, "5")
    saved_message(qtbot, entry)
    assert entry.undo is None
    work.close()


def test_that_undo_strikes_it_out(qtbot, database, nurse, context, sheet, stay):
    entry = sheet()
    type_text(qtbot, "5")
    saved_message(qtbot, entry)
    entry.undo()
    settled(qtbot, context)
    qtbot.waitUntil(lambda: in_force(database, nurse, stay) == [])


def test_that_the_result_keeps_its_size_when_the_colours_change(qtbot, qapp, sheet):
    entry = sheet()
    type_text(qtbot, "7")
    for scheme in (theme.Scheme.DARK, theme.Scheme.LIGHT):
        theme.apply(qapp, scheme)
    assert entry.result.font().pixelSize() == theme.TITLE_PX


# -- the choice


@pytest.fixture
def chooser(qtbot, context, bed, zone):
    def make():
        found = opened(qtbot, InstrumentChooser(context, bed, subject_of(bed, zone)))
        settled(qtbot, context)
        return found

    return make


def test_that_a_key_chooses_and_what_is_due_comes_first(
    qtbot, database, nurse, admin, stay, chooser
):
    use(admin, "falls", reassess={"after": ["admission"], "first_minutes": 5})
    assess(database, nurse, stay, answers={"pain": "0"}, occurred_at=ago(90))
    sheet = chooser()
    qtbot.waitUntil(lambda: len(sheet.rows.rows) == 5)
    first = [sheet.rows.index(0, column).data() for column in range(4)]
    assert first[:3] == ["F", "Falls checklist", ""]
    assert "due" in first[3]
    pain = next(row for row in sheet.rows.rows if row.key == "P")
    assert (pain.last_text, pain.due_text) == ("○ 0: No pain", "1 h 30 min ago")
    with qtbot.waitSignal(sheet.sheet_requested) as asked:
        press(qtbot, KEY.Key_P)
    assert asked.args[0].instrument.name == "pain_nrs"
    with qtbot.waitSignal(sheet.sheet_requested) as asked:
        press(qtbot, KEY.Key_Return)
    assert asked.args[0].instrument.name == "falls"
    with qtbot.waitSignal(sheet.list_asked):
        press(qtbot, KEY.Key_L)
    press(qtbot, KEY.Key_Z)
    for one in (asked.args[0],):
        one.deleteLater()


def test_that_a_ward_without_instruments_says_so(qtbot, admin, stay, chooser):
    for name in NAMED:
        use(admin, name, in_use=False)
    sheet = chooser()
    qtbot.waitUntil(lambda: sheet.words.text() == NONE_IN_USE)
    press_save(qtbot)


# -- the panel


def test_that_the_ward_shows_what_is_due_and_opens_no_chart(
    qtbot, database, nurse, admin, stay, show
):
    use(admin, "falls", reassess={"after": ["admission"], "first_minutes": 5})
    panel = show()
    label, name, what, due, why, done = cells(panel)
    assert (label, name, what) == ("1", "OKAFOR, Ada", "Falls checklist")
    assert "due" in due
    assert (why, done) == ("after admission", "not on this stay")
    assert panel.summary.text().startswith("1 assessment due")
    sheet = asked_for(qtbot, panel, KEY.Key_Return)
    assert sheet.instrument.name == "falls"
    sheet.deleteLater()
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, KEY.Key_C)
    assert told.args[0] == ONLY_OF_PATIENT
    press(qtbot, KEY.Key_P)
    qtbot.waitUntil(lambda: panel.message.text() == NOTHING)
    assert panel.patient.family_name == "Okafor"
    press(qtbot, KEY.Key_A)
    qtbot.waitUntil(lambda: len(panel.rows.rows) == 1)


def test_that_a_patient_shows_what_is_due_by_name(qtbot, database, nurse, admin, bed, show):
    use(admin, "falls", reassess={"after": ["admission"], "first_minutes": 5})
    use(admin, "pain_nrs", reassess={"again_minutes": 30})
    assess(database, nurse, bed.admission_id, answers={"pain": "0"}, occurred_at=ago(70))
    panel = show(bed)
    first, second = sorted(panel.summary.text().split(" · "), reverse=True)
    assert first == "Pain, 0 to 10 ▲ overdue 40 min"
    assert second.startswith("Falls checklist ")


def test_that_nothing_due_and_several_wards_are_told(qtbot, context, show, stay):
    panel = show()
    assert panel.message.text() == NOTHING_DUE
    panel.show_place(Place(name="All", wards=context.wards, whole_hospital=True))
    assert panel.message.text() == ONE_WARD


def test_that_a_patient_shows_everything_with_its_trend(qtbot, database, nurse, stay, bed, show):
    for minutes, pain in ((90, "8"), (60, "6"), (30, "2")):
        assess(database, nurse, stay, answers={"pain": pain}, occurred_at=ago(minutes))
    assess(database, nurse, stay, "falls", {"age": "unknown"}, occurred_at=ago(20))
    assess(database, nurse, stay, "falls", AT_RISK, occurred_at=ago(10))
    panel = show(bed)
    assert [cells(panel, row)[1:4] for row in range(5)] == [
        ["Falls checklist", "▲ At risk of falling", ""],
        ["Falls checklist", "? incomplete", ""],
        ["Pain, 0 to 10", "▲ 2: Pain", "↓ from 6"],
        ["Pain, 0 to 10", "▲ 6: Pain", "↓ from 8"],
        ["Pain, 0 to 10", "▲ 8: Pain", ""],
    ]
    assert cells(panel, 0)[4] == "Nora Nurse"
    assert cells(panel, 0)[5].startswith("Age and judgement: 65 or over; Fallen in the last year")
    panel.table.selectRow(3)
    assert panel.course.text() == "Pain, 0 to 10: 8 → 6 → 2"


def test_that_the_same_and_another_band_are_told(qtbot, database, nurse, stay, bed, show):
    for minutes in (40, 30):
        assess(database, nurse, stay, answers={"pain": "4"}, occurred_at=ago(minutes))
    assess(database, nurse, stay, "falls", AT_RISK, occurred_at=ago(20))
    assess(database, nurse, stay, "falls", {"age": "under_50"}, occurred_at=ago(10))
    assess(database, nurse, stay, "falls", {"age": "under_50"}, occurred_at=ago(5))
    panel = show(bed)
    assert [cells(panel, row)[3] for row in range(4)] == [
        "→ as before", "↔ another band", "", "→ as before",
    ]  # fmt: skip


def test_that_a_line_is_corrected_and_struck_out_by_key(qtbot, database, nurse, stay, bed, show):
    assess(database, nurse, stay, answers={"pain": "8"}, occurred_at=ago(30))
    panel = show(bed)
    correcting = asked_for(qtbot, panel, KEY.Key_C)
    assert correcting.corrects.score == 8
    correcting.deleteLater()
    striking = opened(qtbot, asked_for(qtbot, panel, KEY.Key_X))
    assert isinstance(striking, StrikeSheet)
    press_save(qtbot)
    assert striking.form.problem("reason") == "Needed"
    type_text(qtbot, "1")
    assert "struck out" in saved_message(qtbot, striking)
    panel.activateWindow()
    panel.refresh()
    qtbot.waitUntil(lambda: len(panel.rows.rows) == 2)
    texts = {cells(panel, row)[5].split(":")[0] for row in range(2)}
    assert texts == {"✕ struck out (Wrong patient)", "no longer in force"}
    panel.table.setFocus()
    for key in (KEY.Key_C, KEY.Key_X):
        with qtbot.waitSignal(panel.told) as told:
            press(qtbot, key)
        assert told.args[0] == IN_FORCE_ONLY


def test_that_a_correction_reads_as_one(qtbot, database, nurse, stay, bed, show):
    first = assess(database, nurse, stay, answers={"pain": "8"}, occurred_at=ago(30))
    assess(database, nurse, stay, answers={"pain": "3"}, occurred_at=ago(30),
           supersedes_id=first, change_reason="misheard")  # fmt: skip
    panel = show(bed)
    assert cells(panel, 0)[5] == "corrected (misheard): Pain now: 3"
    assert cells(panel, 1)[5] == "no longer in force: Pain now: 8"
    assert cells(panel, 0)[3] == ""


def test_that_news_from_elsewhere_is_read(qtbot, database, nurse, stay, bed, show):
    panel = show(bed)
    assert panel.message.text() == NOTHING
    assess(database, nurse, stay)
    panel.take_note("assessments")
    qtbot.waitUntil(lambda: len(panel.rows.rows) == 1)


def test_that_a_failed_read_greys_what_was_known(qtbot, database, nurse, bed, show):
    assess(database, nurse, bed.admission_id)
    panel = show(bed)
    panel.load_failed.emit(DatabaseUnavailableError("The ward database cannot be reached."))
    assert "shows what was known at" in panel.notice.text
    assert panel.rows._stale
    panel.refresh()
    qtbot.waitUntil(lambda: not panel.rows._stale)


def test_that_without_anything_known_a_failed_read_says_so(qtbot, show, stay):
    panel = show()
    panel.load_failed.emit(DatabaseUnavailableError("The ward database cannot be reached."))
    assert "could not be read" in panel.message.text()


def test_that_a_new_assessment_begins_with_the_choice(qtbot, database, nurse, stay, bed, show):
    panel = show(bed)
    chooser = asked_for(qtbot, panel, KEY.Key_N)
    assert isinstance(chooser, InstrumentChooser)
    chooser.deleteLater()
    with qtbot.waitSignal(panel.left):
        press(qtbot, KEY.Key_Escape)
    assert panel.patient is None


def test_that_nobody_chosen_is_told(qtbot, stay, show):
    panel = show()
    for key in (KEY.Key_N, KEY.Key_P):
        with qtbot.waitSignal(panel.told) as told:
            press(qtbot, key)
        assert "Choose" in told.args[0]


def test_that_an_instrument_no_longer_in_use_is_told(qtbot, database, nurse, admin, bed, show):
    assess(database, nurse, bed.admission_id)
    use(admin, "pain_nrs", in_use=False)
    panel = show(bed)
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, KEY.Key_Return)
    assert "not in use" in told.args[0]


def test_that_the_cursor_stays_as_time_passes(qtbot, database, nurse, bed, show):
    assess(database, nurse, bed.admission_id, note="asked twice")
    panel = show(bed)
    assert cells(panel)[5] == "Pain now: 4; asked twice"
    before = panel.chosen.key
    panel.tell_time()
    assert panel.chosen.key == before
    assert panel.chosen.instrument_name == "pain_nrs"
    press(qtbot, KEY.Key_P)
    assert panel.patient is not None


def test_that_a_version_not_known_here_is_not_corrected(qtbot, database, nurse, bed, show):
    assess(database, nurse, bed.admission_id)
    panel = show(bed)
    panel._show_chart(bed.admission_id, replace(panel._chart, behind={}))
    assert cells(panel)[2] == "4"
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, KEY.Key_C)
    assert told.args[0] == UNKNOWN_VERSION


def test_that_another_ward_shows_what_is_due_there(qtbot, context, bed, show):
    panel = show(bed)
    west = tuple(ward for ward in context.wards if ward.id != EAST)
    panel.show_place(Place(name="West", wards=west[:1]))
    assert panel.patient is None
    settled(qtbot, context)
    assert panel.message.text() in {NOTHING_DUE, READING}


def test_that_the_models_keep_to_qts_rules(database, nurse, bed, show, chooser):
    assess(database, nurse, bed.admission_id)
    panel = show(bed)
    QAbstractItemModelTester(panel.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    panel.tell_time()
    panel.rows.set_stale(stale=True)
    sheet = chooser()
    QAbstractItemModelTester(sheet.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)


def test_that_sheets_leave_nothing_behind(qtbot, context, database, nurse, bed, zone):
    strike_me = assess(database, nurse, bed.admission_id)
    (row,) = rows(database, nurse, bed.admission_id)
    subject = subject_of(bed, zone)
    made = (
        AssessmentSheet(context, subject, NAMED["falls"]),
        StrikeSheet(context, subject, row, "▲ 4: Pain"),
        InstrumentChooser(context, bed, subject),
    )
    settled(qtbot, context)
    gone = [freed(qtbot, one) for one in made]
    del made
    gc.collect()
    assert [one() for one in gone] == [None] * 3
    strike(database, nurse, bed.admission_id, strike_me)
