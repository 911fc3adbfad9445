import gc
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from tests.board.surroundings import WARD_7, NoWork, a_person
from tests.sheets import freed, in_window, press
from tests.timeliness.builders import DAY, NOON, a_due
from tests.timeliness.builders import NIGHT as BY_NIGHT
from ui.context import Context
from ui.timeliness.panel import TimelinessPanel
from ui.timeliness.words import NOTHING_DUE
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.timeliness.types import Outcome, Work

KEY = Qt.Key
NIGHT = NOON - timedelta(hours=9)


@pytest.fixture
def panel(qtbot):
    """The report in an active window, waiting for its rows; the clock stands at noon."""
    context = Context(work=NoWork(), signed_in=a_person(), wards=WARD_7.wards, clock=lambda: NOON)
    panel = TimelinessPanel(context, WARD_7)
    in_window(qtbot, panel)
    panel.setFocus()
    return panel


def answer(panel, *found):
    """Answer the newest question with these rows."""
    _owner, reply, *_asked = panel.context.work.asked[-1]
    reply.show(tuple(found))


def fail(panel):
    _owner, reply, *_asked = panel.context.work.asked[-1]
    reply.failed(DatabaseUnavailableError("The ward database cannot be reached."))


def cells(model, row=0):
    return [model.index(row, column).data() for column in range(model.columnCount())]


def asked_for(panel):
    """Return kind of work and period of the newest question."""
    (_owner, _reply, _query, work, *_wards), *_ = [panel.context.work.asked[-1]]
    return work


def test_that_the_report_says_how_many_were_on_time(panel):
    late = a_due(Outcome.LATE)
    answer(panel, a_due(), a_due(), late, a_due(Outcome.MISSED), a_due(Outcome.DEFERRED))
    assert "2 of 4 on time (50 %)" in panel.summary.text()
    assert "1 late (by 20 min), 1 missed" in panel.summary.text()
    assert "1 deferred with a reason" in panel.summary.text()
    assert cells(panel.lines) == [
        "Ward 7 East", "4", "2", "1", "1", "50 %", "20 min", "1", "0", "0", "0",
    ]  # fmt: skip


def test_that_nothing_due_is_said_and_not_shown_as_an_empty_table(panel):
    answer(panel)
    assert panel.message.isVisible()
    assert panel.message.text() == NOTHING_DUE
    assert "nothing was due" in panel.summary.text()


def test_that_lines_are_by_shift_and_by_hour_with_a_key(qtbot, panel):
    answer(panel, a_due(**DAY), a_due(due_at=NIGHT, **BY_NIGHT))
    press(qtbot, KEY.Key_S)
    assert [cells(panel.lines, row)[0] for row in range(2)] == ["Day", "Night"]
    assert panel.lines.headerData(0, Qt.Orientation.Horizontal) == "Shift"
    press(qtbot, KEY.Key_H)
    assert [cells(panel.lines, row)[0] for row in range(2)] == ["03:00", "12:00"]


def test_that_enter_opens_the_rows_and_escape_goes_back_to_the_same_line(qtbot, panel):
    answer(panel, a_due(**DAY), a_due(Outcome.LATE, due_at=NIGHT, **BY_NIGHT))
    press(qtbot, KEY.Key_S)
    press(qtbot, KEY.Key_Down)
    press(qtbot, KEY.Key_Return)
    assert panel.row_table.isVisible()
    assert cells(panel.rows)[1:7] == [
        "3",
        "OKAFOR, Ada", "Ward 7 East", "Score", "▲ Late", "20 min",
    ]  # fmt: skip
    assert panel.summary.text().startswith("Shift Night, 00:00 to 12:00: 0 of 1 on time")
    press(qtbot, KEY.Key_Escape)
    assert panel.line_table.isVisible()
    assert panel.line_table.currentIndex().row() == 1


def test_that_enter_on_a_row_asks_for_the_chart(qtbot, panel):
    due = a_due()
    answer(panel, due)
    press(qtbot, KEY.Key_Return)
    with qtbot.waitSignal(panel.chart_asked) as asked:
        press(qtbot, KEY.Key_Return)
    assert asked.args == [due.admission_id]


def test_that_a_patient_out_of_reach_is_told_and_not_opened(qtbot, panel):
    answer(panel, a_due(family_name=None))
    press(qtbot, KEY.Key_Return)
    assert cells(panel.rows)[1:3] == ["", "No longer on your wards"]
    with qtbot.assertNotEmitted(panel.chart_asked), qtbot.waitSignal(panel.told):
        press(qtbot, KEY.Key_Return)


def test_that_another_period_never_stands_under_the_old_numbers(qtbot, panel):
    answer(panel, a_due())
    press(qtbot, KEY.Key_3)
    assert panel.summary.text() == ""
    assert panel.message.isVisible()
    answer(panel, a_due(), a_due())
    assert "2 of 2 on time" in panel.summary.text()


def test_that_escalations_are_asked_for_with_a_key(qtbot, panel):
    answer(panel, a_due())
    press(qtbot, KEY.Key_E)
    assert asked_for(panel) is Work.ESCALATION


def test_that_an_answer_about_the_other_work_is_not_shown(qtbot, panel):
    answer(panel)
    panel.refresh()
    about_observations = panel.context.work.asked[-1]
    press(qtbot, KEY.Key_E)
    about_observations[1].show((a_due(),))
    assert panel.summary.text() == ""


def test_that_an_answer_about_another_period_is_not_shown(qtbot, panel):
    answer(panel)
    press(qtbot, KEY.Key_3)
    about_seven_days = panel.context.work.asked[-1]
    press(qtbot, KEY.Key_1)
    about_seven_days[1].show((a_due(),))
    assert panel.summary.text() == ""
    answer(panel, a_due(), a_due())
    assert "2 of 2 on time" in panel.summary.text()


def test_that_a_failed_load_keeps_the_rows_greyed_with_their_time(panel):
    answer(panel, a_due())
    panel.refresh()
    fail(panel)
    assert cells(panel.lines)[1] == "1"
    greyed = panel.lines.index(0, 0).data(Qt.ItemDataRole.ForegroundRole)
    assert greyed is not None
    assert "The report shows what was known at 12:00" in panel.notice.text


def test_that_a_first_load_that_fails_is_no_empty_report(panel):
    fail(panel)
    assert panel.message.text() == "The report could not be read. F5 tries again."


@pytest.mark.parametrize("rows", [0, 3])
def test_that_both_tables_are_sound(qtmodeltester, panel, rows):
    answer(panel, *(a_due() for _ in range(rows)))
    qtmodeltester.check(panel.lines)
    qtmodeltester.check(panel.rows)


def test_that_the_panel_is_freed(qtbot):
    context = Context(work=NoWork(), signed_in=a_person(), clock=lambda: NOON)
    gone = freed(qtbot, TimelinessPanel(context, WARD_7))
    gc.collect()
    assert gone() is None
