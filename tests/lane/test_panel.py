"""The lane by keyboard, against a real database."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QToolTip

from tests.assessments.builders import use
from tests.lane.builders import AFTER_ADMISSION, EAST, lane
from tests.rounding.builders import line as round_line
from tests.schedule.builders import measure
from tests.sheets import freed, in_window, press, press_save, settled
from tests.shifts.builders import took
from tests.steps import admit, ago
from ui.assessments.defer_sheet import AssessmentDeferSheet
from ui.assessments.sheet import AssessmentSheet
from ui.context import Place
from ui.lane.joint import LANE
from ui.lane.panel import LanePanel
from ui.lane.round_defer_sheet import RoundDeferSheet
from ui.lane.words import CHOOSE, EXPECTED, NOBODY, NOTHING_MINE, ONE_WARD, whose_text
from ui.observations.entry_sheet import ObservationSheet
from ui.panels import ARRANGEMENT, PANELS
from ui.rounding.panel import RoundsPanel
from ui.rounding.task_sheets import TaskSheet
from ui.schedule.defer_sheet import DeferSheet
from ui.workplace import Workplace
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.core.ids import new_id
from ward_app.rounding.queries import template_version
from ward_app.rounding.service import end_task, open_task
from ward_app.rounding.types import NewTask, TaskOutcome

KEY = Qt.Key


def east(context):
    return Place(
        name="Ward 7 East", wards=tuple(ward for ward in context.wards if ward.id == EAST)
    )


@pytest.fixture
def stays(database, nurse):
    """Ada, measured, in bed 1 and Ben, to be measured, in bed 2."""
    ada = admit(database, nurse, "Abel", "Ada", label="1")
    ben = admit(database, nurse, "Brown", "Ben", label="2")
    measure(database, nurse, ada)
    return {"ada": ada, "ben": ben}


@pytest.fixture
def task(database, nurse, stays):
    new = NewTask(
        id=new_id(), ward_id=EAST, admission_id=stays["ada"], title="Cultures", due_at=ago(-200)
    )
    database.run(nurse, open_task, new)
    return new


@pytest.fixture
def panel(qtbot, context, stays):
    panel = LanePanel(context, east(context))
    shown(qtbot, panel)
    qtbot.waitUntil(lambda: len(panel.view.rows) == 3)
    panel.setFocus()
    return panel


def shown(qtbot, panel):
    in_window(qtbot, panel)


def go_to(panel, kind, bed=None):
    """Put the cursor on the first thing of a kind, of a bed if it is named."""
    for row in panel.view.rows:
        if bed is None or (row.patient and row.patient.bed_label == bed):
            for visit in row.visits:
                for item in visit.items:
                    if item.kind == kind and not item.is_expected:
                        panel.view.choose(row, visit, item)
                        return item
    raise AssertionError(kind)


def test_that_the_lane_shows_patients_in_bed_order_after_the_ward_itself(panel):
    assert [row.patient and row.patient.bed_label for row in panel.view.rows] == [None, "1", "2"]
    assert panel.summary.text().startswith("The whole ward: 2 patients, ")
    assert "Next 4 h:" in panel.work.text()
    panel._toggle_table()
    assert panel.rows.rowCount() == len(panel.lines)
    QAbstractItemModelTester(panel.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)


def test_that_the_cursor_begins_on_what_is_to_be_done_next(panel):
    row, item = panel.chosen
    earliest = min(one.at for each in panel.view.rows for one in each.visits)
    assert item.lane_at == earliest
    assert panel.detail.text().startswith("Bed 2, BROWN, Ben:") or row.patient is None


def test_that_arrows_walk_visits_and_patients(qtbot, panel):
    panel.view.setFocus()
    first = panel.view.rows[1]
    panel.view.choose(first, first.visits[0])
    press(qtbot, KEY.Key_Right)
    assert panel.view.visit is first.visits[1]
    press(qtbot, KEY.Key_Left)
    press(qtbot, KEY.Key_Left)
    assert panel.view.visit is first.visits[0]
    press(qtbot, KEY.Key_Down)
    assert panel.view.row is panel.view.rows[2]
    press(qtbot, KEY.Key_Up)
    press(qtbot, KEY.Key_PageUp)
    assert panel.view.row is panel.view.rows[0]
    press(qtbot, KEY.Key_PageDown)
    assert panel.view.row is panel.view.rows[2]


def test_that_n_walks_the_visits_in_the_order_they_are_due_and_begins_again(qtbot, panel):
    count = sum(len(row.visits) for row in panel.view.rows)
    seen = []
    for _ in range(count):
        seen.append(panel.view.visit.at)
        press(qtbot, KEY.Key_N)
    assert seen == sorted(seen)
    assert panel.view.visit.at == seen[0]


@pytest.fixture
def together(database, nurse, stays):
    """Two tasks for Ada at one time, which no night keeps apart."""
    for title in ("Cultures", "Wound swab"):
        new = NewTask(
            id=new_id(), ward_id=EAST, admission_id=stays["ada"], title=title, due_at=ago(30)
        )
        database.run(nurse, open_task, new)


def test_that_space_walks_the_things_of_a_visit(qtbot, together, panel):
    row, visit = next(
        (row, visit) for row in panel.view.rows for visit in row.visits if len(visit.items) > 1
    )
    panel.view.choose(row, visit)
    for item in (*visit.items[1:], visit.items[0]):
        press(qtbot, KEY.Key_Space)
        assert panel.view.item is item
    assert "Enter: " in panel.detail.text()


def test_that_zoom_keeps_to_its_steps_and_home_goes_back_to_now(qtbot, panel):
    panel.view.setFocus()
    for hours in (8, 4, 2, 2):
        press(qtbot, KEY.Key_Plus)
        assert panel.view.hours == hours
    last = panel.view.rows[1]
    panel.view.choose(last, last.visits[-1])
    layout = panel.view.layout_now
    assert layout.window.holds(panel.view.visit.at)
    assert layout.later > timedelta(0)
    press(qtbot, KEY.Key_Home)
    assert panel.view.layout_now.later == timedelta(0)
    press(qtbot, KEY.Key_Minus)
    assert panel.view.hours == 4
    press(qtbot, KEY.Key_Equal)
    assert panel.view.hours == 2


def test_that_what_is_overdue_stays_at_the_left_however_far_the_lane_is_scrolled(panel):
    number = next(n for n, row in enumerate(panel.view.rows) if row.visits[0].is_overdue)
    panel.view.zoom(-3)
    row = panel.view.rows[1]
    panel.view.choose(row, row.visits[-1])
    place = panel.view.layout_now.place_of(number, 0)
    assert place.rect.left() < panel.view.layout_now.axis_left


def test_that_a_click_chooses_and_a_double_click_does(qtbot, panel):
    layout = panel.view.layout_now
    number = next(n for n, row in enumerate(panel.view.rows) if row.visits[0].is_overdue)
    place = layout.place_of(number, 0)
    at = place.rect.center().toPoint()
    row = panel.view.rows[2]
    empty = QPoint(20, int(layout.row_rect(2).center().y()))
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=empty)
    assert panel.view.row is row
    with qtbot.waitSignal(panel.do_asked):
        QTest.mouseDClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert panel.view.visit is place.visit
    assert layout.hit(QPointF(5, 5)) is None


def test_that_the_table_says_the_same_and_has_the_same_keys(qtbot, panel):
    press(qtbot, KEY.Key_T)
    assert panel.table.isVisible()
    items = sum(len(visit.items) for row in panel.view.rows for visit in row.visits)
    assert panel.rows.rowCount() == items
    press(qtbot, KEY.Key_Down)
    line = panel.rows.row(panel.table.currentIndex())
    assert panel.chosen == (line.row, line.item)
    press(qtbot, KEY.Key_N)
    assert panel.rows.row(panel.table.currentIndex()).item is panel.chosen[1]
    press(qtbot, KEY.Key_T)
    assert panel.view.isVisible()


@pytest.mark.parametrize(
    ("key", "signal"), [(KEY.Key_Return, "do_asked"), (KEY.Key_D, "defer_asked")]
)
def test_that_what_is_chosen_is_done_or_put_off_by_one_key(qtbot, panel, key, signal):
    chosen = panel.chosen
    for in_table in (False, True):
        if in_table:
            press(qtbot, KEY.Key_T)
        with qtbot.waitSignal(getattr(panel, signal)) as asked:
            press(qtbot, key)
        assert tuple(asked.args) == chosen


def test_that_what_is_only_expected_is_not_done_before_its_time(qtbot, panel):
    row, visit, item = next(
        (row, visit, item)
        for row in panel.view.rows
        for visit in row.visits
        for item in visit.items
        if item.is_expected
    )
    panel.view.choose(row, visit, item)
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, KEY.Key_Return)
    assert told.args[0] == EXPECTED


def test_that_the_cursor_stays_with_its_thing_and_then_with_its_patient(
    qtbot, panel, context, database, nurse, stays
):
    item = go_to(panel, "set", "2")
    measure(database, nurse, stays["ben"])
    panel.refresh()
    settled(qtbot, context)
    assert panel.view.row.patient.admission_id == stays["ben"]
    assert panel.view.item.due_at != item.due_at


def test_that_the_table_is_read_anew_while_it_is_looked_at(
    qtbot, panel, context, database, nurse, stays
):
    press(qtbot, KEY.Key_T)
    before = panel.rows.rows
    measure(database, nurse, stays["ben"])
    panel.take_note("observations")
    settled(qtbot, context)
    assert panel.rows.rows != before
    assert panel.rows.rows == panel.lines


def test_that_another_stations_entry_shows_by_itself(
    qtbot, panel, context, database, nurse, stays
):
    before = panel.view.rows
    measure(database, nurse, stays["ben"])
    panel.take_note("observations")
    settled(qtbot, context)
    assert panel.view.rows != before
    assert {"observations", "schedule", "rounds", "beds", "patients"} <= panel.topics


def test_that_a_lane_that_could_not_be_read_anew_is_grey_with_its_time(
    qtbot, panel, context, monkeypatch
):
    def lost(*_args):
        raise DatabaseUnavailableError("The server cannot be reached.")

    monkeypatch.setattr("ui.lane.panel.shift_lane", lost)
    rows = panel.view.rows
    panel.refresh()
    qtbot.waitUntil(lambda: "The lane shows what was known at" in panel.notice.text)
    assert panel.view.rows == rows
    assert panel.view._stale
    monkeypatch.undo()
    panel.refresh()
    qtbot.waitUntil(lambda: not panel.view._stale)


def test_that_a_lane_that_was_never_read_says_so(qtbot, context, stays, monkeypatch):
    def lost(*_args):
        raise DatabaseUnavailableError("The server cannot be reached.")

    monkeypatch.setattr("ui.lane.panel.shift_lane", lost)
    panel = LanePanel(context, east(context))
    shown(qtbot, panel)
    qtbot.waitUntil(lambda: "F5" in panel.message.text())
    press(qtbot, KEY.Key_T)
    assert panel.message.isVisible()


def test_that_several_wards_are_not_one_shift(qtbot, context, panel):
    panel.show_place(Place(name="Whole hospital", wards=context.wards, whole_hospital=True))
    assert panel.message.text() == ONE_WARD
    panel.show_place(east(context))
    qtbot.waitUntil(panel.view.isVisible)


def test_that_an_empty_ward_says_so(qtbot, context, database, nurse, monkeypatch):
    panel = LanePanel(context, east(context))
    found = lane(database, nurse)
    monkeypatch.setattr(panel, "_found", None)
    shown(qtbot, panel)
    qtbot.waitUntil(lambda: bool(panel.view.rows))
    panel._show(replace(found, patients=(), entries=()))
    assert panel.message.text() == NOBODY
    with qtbot.waitSignal(panel.told) as told:
        panel._ask(panel.do_asked)
    assert told.args[0] == CHOOSE


def test_that_my_patients_come_first_and_one_key_shows_the_whole_ward(
    qtbot, panel, context, database, nurse
):
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, KEY.Key_A)
    assert told.args[0].startswith("No bed is yours")
    took(database, nurse, "2")
    panel.take_note("shifts")
    settled(qtbot, context)
    qtbot.waitUntil(lambda: panel.is_mine)
    assert [row.patient.bed_label for row in panel.view.rows] == ["2"]
    assert panel.summary.text().startswith("Your patients: 1 patient, ")
    assert "Nora Nurse" in panel.work.text()
    assert "Nobody looks after 1 patient" in panel.work.text()
    press(qtbot, KEY.Key_A)
    assert len(panel.view.rows) == 3
    press(qtbot, KEY.Key_A)
    assert len(panel.view.rows) == 1


def test_that_my_own_empty_beds_say_so(qtbot, panel, context, database, nurse):
    took(database, nurse, "4")
    panel.take_note("shifts")
    settled(qtbot, context)
    qtbot.waitUntil(lambda: panel.message.text() == NOTHING_MINE)
    press(qtbot, KEY.Key_A)
    qtbot.waitUntil(panel.view.isVisible)


def test_that_the_pointer_says_what_is_in_a_visit(qtbot, panel):
    number = next(n for n, row in enumerate(panel.view.rows) if row.visits[0].is_overdue)
    at = panel.view.layout_now.place_of(number, 0).rect.center().toPoint()
    words = whose_text(panel.view.rows[number])
    event = QHelpEvent(QEvent.Type.ToolTip, at, panel.view.mapToGlobal(at))
    QApplication.sendEvent(panel.view.viewport(), event)
    qtbot.waitUntil(lambda: words in QToolTip.text())
    QToolTip.hideText()


def test_that_keys_that_mean_nothing_here_reach_the_panel(qtbot, panel):
    panel.view.setFocus()
    before = panel.chosen
    press(qtbot, KEY.Key_Right, Qt.KeyboardModifier.ControlModifier)
    press(qtbot, KEY.Key_Z)
    assert panel.chosen == before


def test_that_a_low_lane_scrolls_to_the_chosen_patient(qtbot, panel):
    panel.resize(900, 330)
    panel.view.walk_rows(2)
    layout = panel.view.layout_now
    strip = layout.row_rect(2)
    qtbot.waitUntil(lambda: panel.view.layout_now.row_rect(2).bottom() <= layout.height + 1)
    assert strip.top() >= 0


# what the lane leads to


@pytest.fixture
def workplace(qtbot, context, task):
    """Nora's workplace with the lane in view and read."""
    workplace = Workplace(context, east(context), PANELS)
    qtbot.addWidget(workplace)
    workplace.joints = ARRANGEMENT.connect(workplace)
    workplace.resize(1366, 768)
    workplace.show()
    workplace.activateWindow()
    qtbot.waitUntil(workplace.isActiveWindow)
    panel = workplace.show_panel(LANE)
    qtbot.waitUntil(lambda: len(panel.view.rows) == 3)
    return workplace


def sheet_of(qtbot, workplace, kind):
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, kind))
    return workplace.sheets.sheet


@pytest.mark.parametrize(
    ("kind", "key", "sheet"),
    [
        ("set", KEY.Key_Return, ObservationSheet),
        ("set", KEY.Key_D, DeferSheet),
        ("round", KEY.Key_D, RoundDeferSheet),
        ("task", KEY.Key_Return, TaskSheet),
        ("task", KEY.Key_D, TaskSheet),
    ],
    ids=["observe", "set later", "round later", "task", "task later"],
)
def test_that_each_thing_opens_what_records_it(qtbot, workplace, kind, key, sheet):
    go_to(workplace.panel, kind)
    press(qtbot, key)
    opened = sheet_of(qtbot, workplace, sheet)
    assert opened.isVisible()
    if sheet is TaskSheet:
        assert opened.value("kind") == ("deferred" if key == KEY.Key_D else None)


def test_that_an_assessment_is_recorded_or_put_off_where_it_stands(
    qtbot, workplace, context, admin
):
    use(admin, "pain_nrs", reassess=AFTER_ADMISSION)
    workplace.panel.refresh()
    settled(qtbot, context)
    item = go_to(workplace.panel, "assessment", "1")
    press(qtbot, KEY.Key_Return)
    sheet = sheet_of(qtbot, workplace, AssessmentSheet)
    assert sheet.title == f"{item.words}: ABEL, Ada"
    sheet.set_aside()
    workplace.panel.setFocus()
    press(qtbot, KEY.Key_D)
    later = sheet_of(qtbot, workplace, AssessmentDeferSheet)
    press(qtbot, KEY.Key_1)
    with qtbot.waitSignal(later.closed):
        press_save(qtbot)
    assert "ABEL, Ada, Pain, 0 to 10: asleep. Due again at" in workplace.outcome.notice.text
    settled(qtbot, context)
    qtbot.waitUntil(lambda: later_at(workplace.panel, item) > item.due_at)


def later_at(panel, item):
    """Return when something is due by now."""
    return next(
        line.item.due_at for line in panel.lines if line.item.subject_id == item.subject_id
        and line.row.patient and line.row.patient.bed_label == "1"
    )  # fmt: skip


def test_that_an_instrument_that_is_not_used_any_more_opens_nothing(
    qtbot, workplace, context, admin
):
    use(admin, "pain_nrs", reassess=AFTER_ADMISSION)
    workplace.panel.refresh()
    settled(qtbot, context)
    go_to(workplace.panel, "assessment", "1")
    use(admin, "pain_nrs", in_use=False)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: "answered meanwhile" in workplace.outcome.notice.text)


def test_that_a_round_is_answered_where_rounds_are(qtbot, workplace, stays):
    panel = workplace.panel
    item = go_to(panel, "round", "2")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: isinstance(workplace.panel, RoundsPanel))
    rounds = workplace.panel
    qtbot.waitUntil(lambda: bool(rounds.view.row))
    qtbot.waitUntil(lambda: rounds.view.row.line.admission_id == stays["ben"])
    assert rounds.view.row.line.title == item.words
    # and again, now that the rounds are there already
    workplace.show_panel(LANE)
    settled(qtbot, workplace.context)
    go_to(panel, "round", "1")
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: workplace.panel is rounds)
    qtbot.waitUntil(lambda: rounds.view.row.line.admission_id == stays["ada"])


def test_that_a_round_is_put_off_with_its_reason(qtbot, workplace, database, nurse, stays):
    item = go_to(workplace.panel, "round", "2")
    press(qtbot, KEY.Key_D)
    sheet = sheet_of(qtbot, workplace, RoundDeferSheet)
    assert "BROWN, Ben" in sheet.title
    press(qtbot, KEY.Key_1)
    assert sheet.value("until") > ago(0)
    press_save(qtbot)
    settled(qtbot, workplace.context)
    name = sheet.template.name
    assert round_line(database, nurse, stays["ben"], name).due_reason == "deferred"
    assert item.due_at != round_line(database, nurse, stays["ben"], name).due_at


def test_that_a_round_of_the_ward_is_put_off_as_well(qtbot, workplace, database, nurse):
    panel = workplace.panel
    row = panel.view.rows[0]
    item = next(item for visit in row.visits for item in visit.items if item.kind == "round")
    visit = next(visit for visit in row.visits if item in visit.items)
    panel.view.choose(row, visit, item)
    press(qtbot, KEY.Key_D)
    sheet = sheet_of(qtbot, workplace, RoundDeferSheet)
    press_save(qtbot)
    assert isinstance(workplace.sheets.sheet, RoundDeferSheet)
    press(qtbot, KEY.Key_1)
    press_save(qtbot)
    settled(qtbot, workplace.context)
    assert round_line(database, nurse, None, sheet.template.name).due_reason == "deferred"


def test_that_what_was_answered_meanwhile_opens_nothing(qtbot, workplace, database, nurse, task):
    go_to(workplace.panel, "task")
    outcome = TaskOutcome(id=new_id(), task_id=task.id, kind="done", occurred_at=ago(0))
    database.run(nurse, end_task, outcome)
    press(qtbot, KEY.Key_Return)
    qtbot.waitUntil(lambda: "answered meanwhile" in workplace.outcome.notice.text)


def test_that_the_sheet_leaves_nothing_behind(qtbot, context, database, nurse, stays, panel):
    item = go_to(panel, "round", "2")
    template = database.run(nurse, template_version, item.subject_id)
    sheet = RoundDeferSheet(context, template, panel.view.row, item, zone=panel.place.zone)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
