"""The bay grid: typed like a spreadsheet, a set in few keys, each row saved by itself."""

import gc
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from tests import world
from tests.observations.builders import LONDON, WELL
from tests.sheets import freed, press, settled, type_text
from tests.steps import a_set, admit, ago, an_admission, move, register
from ui.context import Place
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.grid_filter import OVERDUE
from ui.observations.grid_panel import GridPanel
from ui.observations.grid_row import Look, read_moment
from ui.observations.grid_words import ONE_WARD
from ward_app.admissions.service import admit as admit_service
from ward_app.audit.service import open_chart
from ward_app.core.errors import DatabaseUnavailableError, RuleBrokenError
from ward_app.observations.queries import observation_chart
from ward_app.observations.service import record_observations
from ward_app.observations.types import IncompleteReason, OxygenDevice

KEY = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
WELL_TYPED = replace(WELL, oxygen_device=OxygenDevice.ROOM_AIR)
WELL_KEYS = "1697A1208075A368"
ON_OXYGEN_KEYS = "2293O15⏎11065105C385"
VENTURI_KEYS = "2293V2811065105C385"
HIGH_FLOW_KEYS = "2293H4540⏎11065105C385"
OPENED = "SELECT patient_id, kind FROM audit.access_logs ORDER BY id"
SETS = "SELECT id, admission_id FROM report.vital_signs ORDER BY recorded_at"


@pytest.fixture
def stays(database, nurse):
    """Three patients of ward East, in beds 1, 2 and 9; admitted out of bed order."""
    people = (("Berg", "Ola", "9"), ("Okafor", "Ada", "1"), ("Lind", "Eva", "2"))
    return {
        family: admit(database, nurse, family, given, label=label, admitted_at=ago(60 * 48))
        for family, given, label in people
    }


@pytest.fixture
def east(context):
    """Ward East as the place shown."""
    wards = tuple(ward for ward in context.wards if ward.id == world.id_of("east"))
    return Place(name="Ward 7 East", wards=wards)


@pytest.fixture
def make(qtbot, context, east):
    """Show the grid in an active window and wait for its rows."""

    def make():
        panel = GridPanel(context, east)
        QAbstractItemModelTester(
            panel.model, QAbstractItemModelTester.FailureReportingMode.Warning, panel
        )
        panel.resize(1294, 660)
        qtbot.addWidget(panel)
        with qtbot.waitSignal(panel.loaded):
            panel.show()
        panel.activateWindow()
        qtbot.waitUntil(panel.isActiveWindow)
        panel.setFocus()
        context.work.committed.connect(panel.take_note)
        return panel

    return make


@pytest.fixture
def panel(stays, make):
    """The grid of ward East with its three patients."""
    return make()


def keys(qtbot, text):
    """Press keys where the cursor is: characters, ⏎ Enter, ⇥ Tab; return how many."""
    special = {"⏎": KEY.Key_Return, "⇥": KEY.Key_Tab, "⌫": KEY.Key_Backspace}
    for character in text:
        if character in special:
            press(qtbot, special[character])
        else:
            type_text(qtbot, character)
    return len(text)


def row_of(panel, family):
    return next(row for row in panel.model.rows if row.bed.family_name == family)


def reread(qtbot, panel):
    with qtbot.waitSignal(panel.loaded):
        panel.refresh()


def stored(database, nurse, admission_id, patient_id):
    database.run(nurse, open_chart, patient_id)
    return database.run(nurse, observation_chart, admission_id).sets


def sent(panel, monkeypatch):
    """Hold back every save; return what would have been sent and how to answer it."""
    held = []

    def hold(_owner, _topic, reply, _change, new, _basis):
        held.append((reply, new))

    monkeypatch.setattr(panel.context.work, "command", hold)
    return held


def test_that_rows_are_the_patients_in_bed_order(panel):
    assert [row.bed.bed_label for row in panel.model.rows] == ["1", "2", "9"]
    header = panel.model.headerData(0, Qt.Orientation.Vertical)
    assert header.startswith("1")
    assert "OKAFOR, Ada" in header
    headers = [
        panel.model.headerData(column, Qt.Orientation.Horizontal)
        for column in range(panel.model.columnCount())
    ]
    assert headers == [
        "Resp", "SpO₂", "Air / O₂", "BP", "Pulse", "ACVPU", "Temp", "Score", "Time", "State",
    ]  # fmt: skip


def test_that_the_access_to_each_chart_is_logged_once(qtbot, panel, admin):
    reread(qtbot, panel)
    patients = sorted(row.bed.patient_id for row in panel.model.rows)
    assert sorted(admin.execute(OPENED).fetchall()) == [(each, "ward") for each in patients]


@pytest.mark.parametrize(
    "typed",
    [WELL_KEYS, ON_OXYGEN_KEYS, VENTURI_KEYS, HIGH_FLOW_KEYS],
    ids=["well", "on oxygen", "Venturi", "high flow"],
)
def test_that_a_full_set_takes_25_keys_or_fewer_and_saves_itself(
    qtbot, panel, context, admin, typed
):
    row = row_of(panel, "Okafor")
    assert keys(qtbot, typed + "⏎") <= 25
    qtbot.waitUntil(lambda: row.look is Look.SAVED)
    settled(qtbot, context)
    question = "SELECT admission_id, score_total IS NOT NULL FROM report.vital_signs"
    assert admin.execute(question).fetchall() == [(row.admission_id, True)]
    assert row.message.startswith("Saved ")
    assert "next by" in row.message
    assert not row.is_typed
    assert panel.view.row is row_of(panel, "Lind")


def test_that_device_and_inspired_oxygen_are_saved_from_the_grid(qtbot, panel, context, admin):
    keys(qtbot, VENTURI_KEYS + "⏎")
    qtbot.waitUntil(lambda: row_of(panel, "Okafor").look is Look.SAVED)
    question = (
        "SELECT on_oxygen, oxygen_device, inspired_oxygen_percent, oxygen_flow_l_per_min"
        " FROM report.vital_signs"
    )
    assert admin.execute(question).fetchall() == [(True, "venturi_mask", 28, None)]
    reread(qtbot, panel)
    row = row_of(panel, "Okafor")
    qtbot.waitUntil(lambda: row.last is not None)
    assert (row.before(2), row.repeat(2)) == ("V 28 %", "V28")


def test_that_enter_after_every_value_comes_to_the_same_set(qtbot, panel):
    keys(qtbot, "16⏎97⏎A⏎120/80⏎75⏎A⏎36.8")
    assert row_of(panel, "Okafor").signs == WELL_TYPED
    assert panel.view.place == (0, 6)


def test_that_points_and_total_are_live(qtbot, panel):
    keys(qtbot, "25")
    row = row_of(panel, "Okafor")
    assert row.score.points == {"respiratory_rate_per_min": 3}
    assert panel.model.index(0, panel.model.score_column).data() == "● ≥3"
    keys(qtbot, "97A1208075A368")
    assert panel.model.index(0, panel.model.score_column).data() == "● 3"


def test_that_previous_values_are_ghosted_and_repeated_by_a_point(
    qtbot, database, nurse, stays, make
):
    signs = replace(WELL, on_oxygen=True, oxygen_flow_l_per_min=Decimal(2))
    database.run(nurse, record_observations, a_set(stays["Okafor"], vital_signs=signs))
    panel = make()
    row = row_of(panel, "Okafor")
    assert [row.before(place) for place in range(7)] == [
        "16", "97", "O₂ 2 L", "120/80", "75", "A", "36.8",
    ]  # fmt: skip
    keys(qtbot, "1697.1208075.368")
    assert row.signs == signs


def test_that_a_point_with_nothing_before_says_so(qtbot, panel):
    keys(qtbot, "1697.")
    row = row_of(panel, "Okafor")
    assert row.message == "There is nothing before to repeat."
    assert row.entry.texts[2] == ""


def test_that_the_keys_walk_the_grid(qtbot, panel):
    walk = (
        (KEY.Key_Down, (1, 0)),
        (KEY.Key_Right, (1, 1)),
        (KEY.Key_Tab, (1, 2)),
        (KEY.Key_Return, (1, 3)),
        (KEY.Key_Left, (1, 2)),
        (KEY.Key_Backtab, (1, 1)),
        (KEY.Key_Up, (0, 1)),
        (KEY.Key_Up, (0, 1)),
    )
    for key, place in walk:
        press(qtbot, key)
        assert panel.view.place == place
    press(qtbot, KEY.Key_Return, SHIFT)
    assert panel.view.place == (0, 0)
    for _ in range(7):
        press(qtbot, KEY.Key_Right)
    assert panel.view.place == (0, panel.model.measured_column)
    press(qtbot, KEY.Key_Left)
    assert panel.view.place == (0, 6)


def test_that_escape_puts_back_what_stood_in_the_cell(qtbot, panel):
    keys(qtbot, "9⏎")
    press(qtbot, KEY.Key_Left)
    keys(qtbot, "1")
    press(qtbot, KEY.Key_Escape)
    assert row_of(panel, "Okafor").entry.texts[0] == "9"
    keys(qtbot, "⌫")
    assert row_of(panel, "Okafor").entry.texts[0] == ""


def test_that_an_unusual_value_is_asked_about_once_in_place(qtbot, panel):
    keys(qtbot, "169⏎")
    row = row_of(panel, "Okafor")
    assert panel.view.place == (0, 1)
    assert "9 → 90? Enter keeps 9, U takes 90." in row.message
    keys(qtbot, "⏎")
    assert panel.view.place == (0, 2)
    assert row.signs.spo2_percent == 9


def test_that_u_takes_the_value_that_was_meant(qtbot, panel):
    keys(qtbot, "169⏎u")
    row = row_of(panel, "Okafor")
    assert row.signs.spo2_percent == 90
    assert panel.view.place == (0, 2)


def test_that_a_row_in_error_stays_and_never_stops_the_next(qtbot, panel, context, admin):
    keys(qtbot, "1697A12013075A368")
    wrong = row_of(panel, "Okafor")
    press(qtbot, KEY.Key_Down)
    keys(qtbot, "⏎")
    panel.view.go_to(1, 0)
    keys(qtbot, WELL_KEYS + "⏎")
    qtbot.waitUntil(lambda: row_of(panel, "Lind").look is Look.SAVED)
    settled(qtbot, context)
    assert "cannot be above systolic" in wrong.problems[3]
    press(qtbot, KEY.Key_Up)
    press(qtbot, KEY.Key_Up)
    assert panel.view.row is wrong
    press(qtbot, KEY.Key_Return, CONTROL)
    assert panel.view.place == (0, 3)
    assert wrong.look is Look.PROBLEM
    press(qtbot, KEY.Key_Return, CONTROL)
    assert panel.view.place == (1, 0)
    assert len(admin.execute(SETS).fetchall()) == 1


def test_that_rows_are_saved_in_the_order_in_which_they_were_entered(
    qtbot, panel, context, admin, stays
):
    for _ in range(3):
        keys(qtbot, WELL_KEYS + "⏎")
    qtbot.waitUntil(lambda: all(row.look is Look.SAVED for row in panel.model.rows))
    settled(qtbot, context)
    order = [stay for _id, stay in admin.execute(SETS).fetchall()]
    assert order == [stays["Okafor"], stays["Lind"], stays["Berg"]]


def test_that_an_incomplete_row_takes_its_reason_by_one_key(
    qtbot, panel, context, database, nurse, stays
):
    row = row_of(panel, "Okafor")
    keys(qtbot, "1697A")
    press(qtbot, KEY.Key_Return, CONTROL)
    assert row.asks_reason
    assert "Missing systolic, pulse, consciousness, temperature" in row.message
    assert "1 refused" in panel.strip.text()
    keys(qtbot, "2")
    qtbot.waitUntil(lambda: row.look is Look.SAVED)
    settled(qtbot, context)
    [saved] = stored(database, nurse, stays["Okafor"], row.bed.patient_id)
    assert saved.incomplete_reason is IncompleteReason.ASLEEP
    assert saved.score.total is None


def test_that_another_key_leaves_the_question_about_the_reason(qtbot, panel, admin):
    keys(qtbot, "1697A")
    press(qtbot, KEY.Key_Return, CONTROL)
    press(qtbot, KEY.Key_Escape)
    row = row_of(panel, "Okafor")
    assert not row.asks_reason
    press(qtbot, KEY.Key_Return, CONTROL)
    press(qtbot, KEY.Key_Down)
    assert not row.asks_reason
    assert panel.view.place[0] == 1
    assert row.is_typed
    assert admin.execute(SETS).fetchall() == []


def test_that_a_question_left_is_not_answered_by_a_later_key(qtbot, panel):
    keys(qtbot, "1697A")
    press(qtbot, KEY.Key_Return, CONTROL)
    panel.view.go_to(1, 0)
    panel.view.go_to(0, 4)
    keys(qtbot, "72")
    row = row_of(panel, "Okafor")
    assert row.entry.reason is None
    assert row.signs.pulse_per_min == 72


def test_that_the_reason_other_goes_on_in_the_sheet(qtbot, panel):
    keys(qtbot, "1697A")
    press(qtbot, KEY.Key_Return, CONTROL)
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        keys(qtbot, "7")
    sheet = asked.args[0]
    qtbot.addWidget(sheet)
    assert isinstance(sheet, ObservationSheet)
    assert sheet.entry.vital_signs().spo2_percent == 97


def test_that_an_unknown_outcome_is_repeated_as_the_same_set(qtbot, panel, monkeypatch):
    held = sent(panel, monkeypatch)
    keys(qtbot, WELL_KEYS + "⏎")
    row = row_of(panel, "Okafor")
    [(reply, first)] = held
    assert row.busy
    reply.failed(DatabaseUnavailableError("The ward database cannot be reached."))
    assert not row.busy
    assert row.look is Look.PROBLEM
    assert row.message.startswith("The ward database cannot be reached.")
    panel.view.go_to(0, 6)
    press(qtbot, KEY.Key_Return, CONTROL)
    assert held[1][1] == first


def test_that_a_save_whose_answer_was_lost_is_settled_by_what_is_stored(
    qtbot, panel, monkeypatch, database, nurse, admin
):
    held = sent(panel, monkeypatch)
    keys(qtbot, WELL_KEYS + "⏎")
    [(reply, new)] = held
    database.run(nurse, record_observations, new)
    reply.failed(DatabaseUnavailableError("The ward database cannot be reached."))
    reread(qtbot, panel)
    row = row_of(panel, "Okafor")
    assert row.look is Look.SAVED
    assert not row.is_typed
    assert len(admin.execute(SETS).fetchall()) == 1


def test_that_a_refusal_marks_only_its_row_and_keeps_what_was_typed(qtbot, panel, monkeypatch):
    held = sent(panel, monkeypatch)
    keys(qtbot, WELL_KEYS + "⏎" + WELL_KEYS + "⏎")
    held[0][0].failed(RuleBrokenError("The time lies in the future."))
    okafor, lind = row_of(panel, "Okafor"), row_of(panel, "Lind")
    assert okafor.message == "The time lies in the future."
    assert okafor.signs == WELL_TYPED
    assert lind.busy


def test_that_undo_right_after_saving_takes_the_set_back(qtbot, panel, context, admin):
    with qtbot.waitSignal(panel.told) as told:
        keys(qtbot, WELL_KEYS + "⏎")
    text, undo = told.args
    assert text.startswith("OKAFOR, Ada")
    undo()
    settled(qtbot, context)
    status = "SELECT count(*) FROM report.vital_signs WHERE status = 'entered_in_error'"
    assert admin.execute(status).fetchone() == (1,)


def test_that_a_row_says_whom_its_set_called(qtbot, panel, context):
    told = []
    panel.told.connect(lambda text, _undo: told.append(text))
    keys(qtbot, WELL_KEYS.replace("16", "30", 1) + "⏎")
    settled(qtbot, context)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[1].startswith(told[0])
    assert "scalation" in told[1]


def test_that_what_is_typed_comes_back_in_a_new_grid(qtbot, panel, make):
    keys(qtbot, "1697A")
    before = row_of(panel, "Okafor").entry
    panel.close()
    again = row_of(make(), "Okafor")
    assert again.entry == before
    assert again.message == "Not saved yet."


def test_that_a_colleagues_set_renews_the_ghosts_and_not_what_is_typed(
    qtbot, panel, context, database, nurse, stays
):
    database.run(nurse, record_observations, a_set(stays["Okafor"], occurred_at=ago(60)))
    reread(qtbot, panel)
    keys(qtbot, "18")
    signs = replace(WELL, respiratory_rate_per_min=22)
    database.run(nurse, record_observations, a_set(stays["Okafor"], vital_signs=signs))
    reread(qtbot, panel)
    row = row_of(panel, "Okafor")
    assert row.before(0) == "22"
    assert row.entry.texts[0] == "18"
    assert "A new set came in" in row.message


def test_that_a_patient_who_left_stays_until_her_row_is_settled(
    qtbot, panel, database, nurse, stays
):
    keys(qtbot, "18")
    move(database, nurse, stays["Okafor"], "3", ward="west")
    move(database, nurse, stays["Lind"], "2", ward="west")
    reread(qtbot, panel)
    assert [row.bed.family_name for row in panel.model.rows] == ["Berg", "Okafor"]
    row = row_of(panel, "Okafor")
    assert row.gone
    assert "Ctrl+Delete" in row.message
    panel.view.go_to(1, 0)
    panel.clear_row()
    assert [row.bed.family_name for row in panel.model.rows] == ["Berg"]


def test_that_a_new_bed_is_told_where_something_is_typed(qtbot, panel, database, nurse, stays):
    keys(qtbot, "18")
    move(database, nurse, stays["Okafor"], "10")
    reread(qtbot, panel)
    row = row_of(panel, "Okafor")
    assert "Moved: now" in row.message
    assert [each.bed.bed_label for each in panel.model.rows] == ["2", "9", "10"]
    assert panel.view.row is row


def test_that_rows_are_filtered_by_bay_and_by_overdue(qtbot, panel):
    panel.choose("Bay B")
    assert [row.bed.bed_label for row in panel.model.rows] == ["9"]
    keys(qtbot, "18")
    panel.choose("Bay A")
    assert [row.bed.bed_label for row in panel.model.rows] == ["1", "2", "9"]
    panel.choose(OVERDUE)
    assert len(panel.model.rows) == 3  # nobody was ever charted: all are overdue
    assert panel.filter.bays == ("Bay A", "Bay B")


def test_that_a_time_typed_is_the_sets_own(qtbot, panel, monkeypatch):
    held = sent(panel, monkeypatch)
    at = ago(30).astimezone(LONDON)
    keys(qtbot, WELL_KEYS)
    panel.view.go_to(0, panel.model.measured_column)
    keys(qtbot, f"{at:%H%M}⏎")
    [(_reply, new)] = held
    assert new.occurred_at == at.replace(second=0, microsecond=0)


def test_that_a_time_in_the_future_is_refused_on_its_row(qtbot, panel, monkeypatch):
    held = sent(panel, monkeypatch)
    keys(qtbot, WELL_KEYS)
    panel.view.go_to(0, panel.model.measured_column)
    keys(qtbot, "99⏎")
    assert "cannot be read" in row_of(panel, "Okafor").message
    assert held == []
    assert panel.view.place == (1, 0)


@pytest.mark.parametrize(
    ("now", "typed", "meant"),
    [
        (datetime(2026, 11, 20, 14, 7, tzinfo=UTC), "1405", "2026-11-20 14:05"),
        (datetime(2026, 11, 20, 0, 7, tzinfo=UTC), "2355", "2026-11-19 23:55"),
        (datetime(2026, 3, 29, 2, 30, tzinfo=UTC), "00:30", "2026-03-29 00:30"),
        (datetime(2026, 11, 20, 14, 7, tzinfo=UTC), "1500", None),
        (datetime(2026, 11, 20, 14, 7, tzinfo=UTC), "0100", None),
        (datetime(2026, 3, 29, 2, 30, tzinfo=UTC), "01:30", None),
        (datetime(2026, 10, 25, 3, 0, tzinfo=UTC), "01:30", None),
    ],
    ids=["today", "before midnight", "spring", "future", "long ago", "never was", "twice"],
)
def test_that_a_time_is_read_on_the_wards_clock(now, typed, meant):
    moment, problem = read_moment(typed, LONDON, now)
    shown = moment and f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M}"
    assert shown == meant
    assert bool(problem) == (meant is None)


def test_that_f2_opens_the_sheet_with_what_was_typed_as_the_same_set(qtbot, panel):
    keys(qtbot, "1697O2.5")
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        panel.open_sheet()
    sheet = asked.args[0]
    qtbot.addWidget(sheet)
    row = row_of(panel, "Okafor")
    assert sheet.entry.vital_signs() == row.signs
    assert row.signs.oxygen_flow_l_per_min == Decimal("2.5")
    assert sheet.ids["set"] == row.entry.set_id


def test_that_a_child_is_charted_in_the_sheet(qtbot, database, nurse, stays, make):
    child = register(database, nurse, "Small", "Tim", born_on=date(2020, 1, 1))
    database.run(nurse, admit_service, an_admission(child.id, label="3"))
    panel = make()
    panel.view.go_to(2, 0)
    keys(qtbot, "2")
    row = row_of(panel, "Small")
    assert not row.is_typed
    assert "single sheet" in row.message
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        keys(qtbot, "⏎")
    qtbot.addWidget(asked.args[0])


def test_that_what_was_known_is_greyed_when_it_cannot_be_read_anew(qtbot, panel, monkeypatch):
    def refuse(_owner, reply, *_read):
        reply.failed(DatabaseUnavailableError("The ward database cannot be reached."))

    keys(qtbot, "18")
    monkeypatch.setattr(panel.context.work, "query", refuse)
    panel.refresh()
    assert panel.model.stale
    assert "shows what was known at" in panel.notice.text
    assert row_of(panel, "Okafor").entry.texts[0] == "18"


def test_that_the_whole_hospital_opens_no_charts(qtbot, panel, context, admin):
    before = len(admin.execute(OPENED).fetchall())
    with qtbot.waitSignal(panel.loaded):
        panel.show_place(Place(name="All", wards=context.wards, whole_hospital=True))
    assert panel.model.rows == ()
    assert panel.strip.text() == ONE_WARD
    assert len(admin.execute(OPENED).fetchall()) == before


def test_that_like_names_are_marked(database, nurse, stays, make):
    admit(database, nurse, "Okafor", "Adaeze", label="4")
    panel = make()
    assert "≈" in panel.model.headerData(0, Qt.Orientation.Vertical)


def test_that_cells_are_read_aloud_with_points_and_what_was_before(qtbot, panel):
    keys(qtbot, "25")
    said = panel.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "OKAFOR, Ada: Respirations 25, 3 points"


def test_that_unsaved_rows_are_noticed_before_signing_out(qtbot, panel):
    assert not panel.has_unsaved_entry
    keys(qtbot, "18")
    assert panel.has_unsaved_entry


def test_that_a_closed_grid_is_freed(qtbot, stays, context, east):
    panel = GridPanel(context, east)
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.loaded):
        panel.show()
    panel.hide()
    gone = freed(qtbot, panel)
    del panel
    QApplication.processEvents()
    gc.collect()
    assert gone() is None


def test_that_a_row_asks_by_its_patients_age(qtbot, stays, make, database, nurse):
    born_on = datetime.now(UTC).date() - timedelta(days=800)
    child = register(database, nurse, "Small", "Tim", born_on=born_on)
    database.run(nurse, admit_service, an_admission(child.id, label="3"))
    panel = make()
    asked = {}
    for name in ("Small", "Okafor"):
        row = row_of(panel, name)
        row.set_text(0, "50", panel.context.clock())
        asked[name] = row.question(0) is not None
    assert asked == {"Small": False, "Okafor": True}
