"""The list of assessments, by keyboard, against a real database."""

from __future__ import annotations

import gc
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from tests.assessments.builders import (
    AT_RISK,
    EAST,
    NAMED,
    assess,
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
    type_text,
)
from tests.steps import ago
from ui.assessments.chooser import InstrumentChooser
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
from ui.context import Place
from ui.observations.subject import subject_of
from ward_app.core.errors import DatabaseUnavailableError

KEY = Qt.Key


def cells(panel, row=0):
    return [panel.rows.index(row, column).data() for column in range(panel.rows.columnCount())]


def asked_for(qtbot, panel, key):
    """Press a key and return the sheet it opens."""
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        press(qtbot, key)
    return asked.args[0]


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
