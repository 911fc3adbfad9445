"""The worklist and its sheets, by keyboard, against a real database."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from tests.escalations.builders import EMERGENCY, record
from tests.schedule.builders import EAST, go, line, measure, plan, put_off
from tests.sheets import freed, in_window, opened, press, press_save, saved_message, settled
from tests.steps import admit, ago, worked_out
from ui.background import DatabaseWork
from ui.context import Place
from ui.due_words import every_text
from ui.schedule.defer_sheet import DeferSheet
from ui.schedule.leave_sheet import LeaveSheet
from ui.schedule.panel import DuePanel
from ui.schedule.plan_sheet import PlanSheet
from ui.schedule.take_back import TakeBackSheet
from ui.schedule.words import why_text
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.schedule.types import DeferralReason

KEY = Qt.Key


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, label="1")


@pytest.fixture
def panel(qtbot, context, patient):
    """The worklist of ward East in an active window, with its line read."""
    east = tuple(ward for ward in context.wards if ward.id == EAST)
    panel = DuePanel(context, Place(name="Ward 7 East", wards=east))
    in_window(qtbot, panel)
    panel.setFocus()
    settled(qtbot, context)
    qtbot.waitUntil(lambda: bool(panel.rows.rows))
    panel.setFocus()
    return panel


@pytest.fixture
def reread(database, nurse):
    """Return what reads the line of Stella, to whom somebody was just called."""
    stay = admit(database, nurse, "Smith", "Stella", label="2")
    record(database, nurse, stay, EMERGENCY)
    return partial(line, database, nurse, stay)


@pytest.mark.parametrize(
    ("make", "fill", "answer"),
    [
        (DeferSheet, {"reason": DeferralReason.OFF_WARD}, "Put off"),
        (LeaveSheet, {"expected_back_at": partial(ago, -600)}, "Record the leave"),
        (PlanSheet, {"interval": 1440, "reason": "x", "expires_at": partial(ago, -600)}, "Record"),
    ],
    ids=["defer", "leave", "plan"],
)
def test_that_it_is_asked_once_before_a_patient_with_an_escalation_is_observed_less(
    qtbot, as_doctor, reread, make, fill, answer
):
    item = reread()
    sheet = opened(qtbot, make(as_doctor, item, zone(as_doctor)))
    for name, value in worked_out(fill).items():
        sheet.form.set_value(name, value)
    press_save(qtbot)
    qtbot.waitUntil(lambda: "An escalation is open since" in sheet.notice.text)
    assert sheet.notice.text.endswith(f"{answer} all the same?")
    assert reread()[:19] == item[:19]
    with qtbot.waitSignal(sheet.saved):
        press(qtbot, KEY.Key_Return)
    assert reread()[20:] != item[20:]


@pytest.fixture
def as_doctor(context, database, signed_in):
    """The same surroundings for Dora, doctor of ward East."""
    doctor = signed_in("dora")
    work = DatabaseWork(database, Actor(doctor.token))
    yield replace(context, work=work, signed_in=doctor)
    work.close()


def zone(context):
    return Place(name="", wards=context.wards).zone


def cells(panel, row=0):
    return [panel.rows.index(row, column).data() for column in range(panel.rows.columnCount())]


def test_that_the_list_says_what_is_due_for_whom_and_why(panel):
    due, _at, bed, name, score, why, last, note, ward = cells(panel)
    assert due == "▲ overdue 45 min"
    assert (bed, name, score, last, note, ward) == (
        "1", "OKAFOR, Ada", "none yet", "none yet", "", "Ward 7 East")  # fmt: skip
    assert why == "First set after arrival"
    assert panel.summary.text() == "1 patient, 1 overdue."
    QAbstractItemModelTester(panel.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)


@pytest.mark.parametrize(
    ("key", "signal"),
    [
        (KEY.Key_Return, "observe_asked"),
        (KEY.Key_D, "defer_asked"),
        (KEY.Key_P, "plan_asked"),
        (KEY.Key_L, "leave_asked"),
    ],
    ids=["enter", "d", "p", "l"],
)
def test_that_one_key_opens_what_is_to_be_done(qtbot, panel, patient, key, signal):
    with qtbot.waitSignal(getattr(panel, signal)) as asked:
        press(qtbot, key)
    assert asked.args[0].admission_id == patient


def test_that_nothing_is_put_off_for_who_is_on_leave(
    qtbot, panel, database, nurse, context, patient
):
    go(database, nurse, patient)
    panel.refresh()
    qtbot.waitUntil(lambda: cells(panel)[0] == "paused")
    assert cells(panel)[5].startswith("On leave, back by")
    with qtbot.assertNotEmitted(panel.defer_asked), qtbot.waitSignal(panel.told) as told:
        press(qtbot, KEY.Key_D)
    assert "on leave" in told.args[0]


def test_that_a_failed_load_leaves_the_list_greyed_with_its_time(qtbot, panel):
    panel._go_stale(DatabaseUnavailableError("The ward database cannot be reached."))
    assert "what was known at" in panel.notice.text
    assert len(panel.rows.rows) == 1
    panel.show_place(panel.place)
    assert panel.message.isVisible()
    settled(qtbot, panel.context)


def test_that_a_set_is_put_off_with_one_digit(qtbot, context, database, nurse, patient):
    item = line(database, nurse, patient)
    sheet = opened(qtbot, DeferSheet(context, item, zone(context)))
    press(qtbot, KEY.Key_1)
    message = saved_message(qtbot, sheet)
    assert message.startswith("OKAFOR, Ada: asleep and stable. Next set by ")
    after = line(database, nurse, patient)
    assert (after.due_reason, after.deferral_reason) == ("deferred", "asleep_and_stable")
    assert after.due_at - ago(0) <= timedelta(hours=4)


def test_that_a_refusal_needs_no_time(qtbot, context, database, nurse, patient):
    sheet = opened(qtbot, DeferSheet(context, line(database, nurse, patient), zone(context)))
    press(qtbot, KEY.Key_3)
    assert not sheet.form.input("until").isVisible()
    saved_message(qtbot, sheet)
    assert line(database, nurse, patient).due_reason == "refused"


def test_that_what_changed_meanwhile_is_said_and_the_entry_kept(
    qtbot, context, database, nurse, patient
):
    item = line(database, nurse, patient)
    sheet = opened(qtbot, DeferSheet(context, item, zone(context)))
    put_off(database, nurse, item)
    press(qtbot, KEY.Key_2)
    press_save(qtbot)
    qtbot.waitUntil(lambda: "changed meanwhile" in sheet.notice.text)
    assert sheet.value("reason") is DeferralReason.OFF_WARD


def test_that_a_deferral_says_until_when(qtbot, context, database, nurse, patient):
    sheet = opened(qtbot, DeferSheet(context, line(database, nurse, patient), zone(context)))
    press(qtbot, KEY.Key_2)
    sheet.form.set_value("until", None)
    press_save(qtbot)
    assert sheet.form.problem("until") == "Say until when"


def undone(qtbot, sheet, database, nurse, patient, reason):
    """Undo what a sheet saved and wait until the schedule gives this reason again."""
    sheet.undo()
    qtbot.waitUntil(lambda: line(database, nurse, patient).due_reason == reason)
    settled(qtbot, sheet.context)


def test_that_a_deferral_is_undone_right_after_saving(qtbot, context, database, nurse, patient):
    before = line(database, nurse, patient)
    sheet = opened(qtbot, DeferSheet(context, before, zone(context)))
    press(qtbot, KEY.Key_1)
    saved_message(qtbot, sheet)
    undone(qtbot, sheet, database, nurse, patient, before.due_reason)
    assert line(database, nurse, patient).due_at == before.due_at


def test_that_a_leave_is_undone_by_a_return_with_its_reason(
    qtbot, context, database, nurse, patient, admin
):
    sheet = opened(qtbot, LeaveSheet(context, line(database, nurse, patient), zone(context)))
    sheet.form.set_value("expected_back_at", ago(-600))
    saved_message(qtbot, sheet)
    undone(qtbot, sheet, database, nurse, patient, "restart")
    rows = admin.execute("SELECT kind, reason FROM admission.leaves ORDER BY seq").fetchall()
    assert rows == [("left", None), ("returned", "Undone right after saving.")]


def test_that_a_deferral_is_taken_back_from_the_list_with_a_reason(
    qtbot, panel, context, database, nurse, patient
):
    before = line(database, nurse, patient)
    with qtbot.assertNotEmitted(panel.take_back_asked), qtbot.waitSignal(panel.told) as told:
        press(qtbot, KEY.Key_U)
    assert told.args[0] == "Nothing was put off for this patient."
    put_off(database, nurse, before)
    panel.refresh()
    qtbot.waitUntil(lambda: panel.chosen and panel.chosen.due_reason == "refused")
    with qtbot.waitSignal(panel.take_back_asked) as asked:
        press(qtbot, KEY.Key_U)
    sheet = opened(qtbot, TakeBackSheet(context, asked.args[0]))
    press_save(qtbot)
    assert not sheet.is_saving
    sheet.form.set_value("reason", "wrong patient")
    assert saved_message(qtbot, sheet) == "OKAFOR, Ada: not put off any more."
    assert line(database, nurse, patient).due_at == before.due_at


def test_that_a_plan_is_chosen_with_one_digit(qtbot, context, database, nurse, patient):
    measure(database, nurse, patient, 1)
    sheet = opened(qtbot, PlanSheet(context, line(database, nurse, patient), zone(context)))
    press(qtbot, KEY.Key_3)
    assert saved_message(qtbot, sheet) == "OKAFOR, Ada: observed hourly."
    item = line(database, nurse, patient)
    assert (item.plan_minutes, item.plan_by) == (60, "Nora Nurse")
    assert why_text(item, zone(context), ago(0)) == "Hourly by plan (Nora Nurse)"


def test_that_a_nurse_is_told_who_decides_on_less_than_the_score_asks(
    qtbot, context, database, nurse, patient
):
    measure(database, nurse, patient, 1, respiratory_rate_per_min=25)
    sheet = opened(qtbot, PlanSheet(context, line(database, nurse, patient), zone(context)))
    press(qtbot, KEY.Key_5)
    press_save(qtbot)
    assert "doctor" in sheet.form.problem("interval")
    assert not sheet.is_saving


def test_that_a_plan_is_stopped_with_a_reason(qtbot, context, database, nurse, patient):
    measure(database, nurse, patient, 1)
    plan(database, nurse, patient, 30)
    sheet = opened(qtbot, PlanSheet(context, line(database, nurse, patient), zone(context)))
    press(qtbot, KEY.Key_9)
    press_save(qtbot)
    assert sheet.form.problem("reason") == "This needs a reason"
    sheet.form.set_value("reason", "better")
    assert saved_message(qtbot, sheet) == "OKAFOR, Ada: observed as the score asks."
    assert line(database, nurse, patient).plan_minutes is None


def test_that_leave_and_return_are_recorded(qtbot, context, database, nurse, patient):
    sheet = opened(qtbot, LeaveSheet(context, line(database, nurse, patient), zone(context)))
    sheet.form.set_value("expected_back_at", ago(-600))
    assert "went on leave at" in saved_message(qtbot, sheet)
    away = line(database, nurse, patient)
    assert away.due_reason == "paused"
    back = opened(qtbot, LeaveSheet(context, away, zone(context)))
    assert back.heading.text() == "Return from leave: OKAFOR, Ada"
    assert "A set is due within the hour" in saved_message(qtbot, back)
    assert line(database, nurse, patient).due_reason == "restart"


def test_that_a_doctor_decides_on_less_with_reason_and_end(
    qtbot, as_doctor, database, nurse, patient
):
    measure(database, nurse, patient, 1, respiratory_rate_per_min=25)
    sheet = opened(qtbot, PlanSheet(as_doctor, line(database, nurse, patient), zone(as_doctor)))
    press(qtbot, KEY.Key_5)
    press_save(qtbot)
    assert sheet.form.problem("reason") == "This needs a reason"
    sheet.form.set_value("reason", "comfort first")
    press_save(qtbot)
    assert "needs an end" in sheet.form.problem("expires_at")
    sheet.form.set_value("expires_at", ago(-600))
    press_save(qtbot)
    qtbot.waitUntil(lambda: "An escalation is open since" in sheet.notice.text)
    with qtbot.waitSignal(sheet.saved) as told:
        press(qtbot, KEY.Key_Return)
    assert told.args[0] == "OKAFOR, Ada: observed 4-hourly."


def take_back(context, item, _zone):
    return TakeBackSheet(context, item)


@pytest.mark.parametrize("make", [DeferSheet, PlanSheet, LeaveSheet, take_back])
def test_that_a_sheet_left_leaves_nothing_behind(qtbot, context, database, nurse, patient, make):
    sheet = make(context, line(database, nurse, patient), zone(context))
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None


def test_that_the_panel_left_leaves_nothing_behind(qtbot, context, patient):
    made = DuePanel(context, Place(name="", wards=context.wards))
    with qtbot.waitSignal(made.loaded):
        made.load()
    settled(qtbot, context)
    gone = freed(qtbot, made)
    del made
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(15, "Every 15 min"), (60, "Hourly"), (90, "Every 90 min"), (240, "4-hourly")],
)
def test_that_intervals_read_as_nurses_say_them(minutes, words):
    assert every_text(minutes) == words
