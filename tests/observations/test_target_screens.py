"""The oxygen target where it is typed and seen: sheet, chart, entry, grid, print, handover."""

import shutil
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from tests import world
from tests.observations.builders import LONDON, NOW, chart, patient_row, recorded, signs
from tests.observations.drawing import DAY, ROW, colour_at, content, painted
from tests.observations.targets import a_decision, prescribe
from tests.observations.test_chart_print import poppler
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
from tests.steps import a_set, admit, ago
from ui.chosen import set_oxygen_target
from ui.context import Place
from ui.observations.chart_content import ChartContent, target_runs
from ui.observations.chart_print import PAGES, PrintJob
from ui.observations.decision_sheets import SpO2ScaleSheet
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.grid_panel import GridPanel
from ui.observations.grid_row import Look
from ui.observations.grid_words import spoken_value, strip_text
from ui.observations.panel import ChartPanel
from ui.observations.subject import subject_of
from ui.observations.target_sheet import END, OTHER, OxygenTargetSheet
from ui.observations.target_words import (
    decided_text,
    differs_text,
    outside_text,
    short_range,
    standing_text,
    target_text,
)
from ui.panels import ARRANGEMENT, BOARD, GRID, PANELS
from ui.workplace import Workplace
from ward_app.core.database import Actor
from ward_app.observations.oxygen_target import TargetRange
from ward_app.observations.service import decide_spo2_scale, record_observations
from ward_app.observations.target_queries import oxygen_record
from ward_app.observations.types import SpO2ScaleDecision
from ward_app.staff.types import Permission

LOW, USUAL = TargetRange(88, 92), TargetRange(94, 98)
KEY, ALT = Qt.Key, Qt.KeyboardModifier.AltModifier
SHORT = short_range(LOW)
SPO2 = 1  # its column in the grid


@pytest.fixture
def row(database, nurse):
    """The board's row of Ada Okafor, with one set."""
    stay = admit(database, nurse, "Okafor", "Ada", admitted_at=ago(60 * 48))
    database.run(nurse, record_observations, a_set(stay, occurred_at=ago(60)))
    return row_of(database, nurse, "Okafor")


@pytest.fixture
def east(context):
    """Ward East as the place shown."""
    wards = tuple(ward for ward in context.wards if ward.id == world.id_of("east"))
    return Place(name="Ward 7 East", wards=wards)


@pytest.fixture
def sheet(qtbot, context, row):
    """The target of Ada Okafor, with what was decided before."""
    return a_sheet(qtbot, context, row)


@pytest.fixture
def show(qtbot, context, east):
    """Show a panel of ward East in an active window and wait until it is read."""

    def show(kind):
        panel = kind(context, east)
        panel.resize(1294, 660)
        qtbot.addWidget(panel)
        with qtbot.waitSignal(panel.loaded):
            panel.show()
        panel.activateWindow()
        qtbot.waitUntil(panel.isActiveWindow)
        context.work.committed.connect(panel.take_note)
        panel.setFocus()
        settled(qtbot, context)
        return panel

    return show


def a_sheet(qtbot, context, row):
    sheet = opened(qtbot, OxygenTargetSheet(context, subject_of(row, LONDON)))
    settled(qtbot, context)
    return sheet


def fill(sheet, **values):
    for name, value in {"decided_by": "Dr Mensah, registrar", **values}.items():
        sheet.form.set_value(name, value)


def record_of(database, nurse, row):
    return database.run(nurse, oxygen_record, row.admission_id)


def scale_2(database, actor, row):
    decision = SpO2ScaleDecision(
        id=uuid4(), admission_id=row.admission_id, scale=2, decided_by="Dr Mensah",
        reason="PaCO2 7.9 kPa", occurred_at=ago(1),
    )  # fmt: skip
    database.run(actor, decide_spo2_scale, decision)


def test_that_words_say_target_side_and_another_scale():
    assert target_text(LOW) == "Oxygen target 88 to 92 %"
    assert target_text(None) == ""
    high = signs(spo2_percent=95, on_oxygen=True)
    assert outside_text(LOW, high) == "SpO₂ 95 % is above the target 88 to 92 %."
    assert outside_text(USUAL, high) == outside_text(None, high) == ""
    low = signs(spo2_percent=93)
    assert outside_text(USUAL, low) == "SpO₂ 93 % is below the target 94 to 98 %."
    assert differs_text(LOW, 1) == "Target 88 to 92 %, but SpO₂ scale 1 is in force."
    assert differs_text(LOW, 2) == differs_text(None, 2) == ""
    assert standing_text(LOW, 2, "S") == "Oxygen target 88 to 92 %"
    assert standing_text(LOW, 1, "S") == f"▲ {differs_text(LOW, 1)} S: decide on the scale."
    assert standing_text(LOW, 1) == f"▲ {differs_text(LOW, 1)}"


def test_that_a_decision_reads_with_who_when_why_and_who_wrote_it_down():
    told = decided_text(a_decision(88, 92), LONDON)
    assert told.startswith("88 to 92 %, Dr Mensah, registrar, 20-Nov-2026 09:07")
    assert told.endswith(": Retains carbon dioxide (recorded by Nora Nurse)")
    assert decided_text(a_decision(None, reason=None), LONDON).startswith("Ended, Dr Mensah")


def test_that_nothing_is_chosen_for_the_prescriber(qtbot, sheet):
    press_save(qtbot)
    assert sheet.form.problem("target")
    assert sheet.form.problem("decided_by")


def test_that_a_usual_target_is_written_down_without_a_reason(qtbot, sheet, database, nurse, row):
    assert sheet.history.text() == "No oxygen target was prescribed on this stay before."
    fill(sheet, target=USUAL)
    assert saved_message(qtbot, sheet) == "Oxygen target 94 to 98 % is in force."
    assert sheet.next_step is None
    told = record_of(database, nurse, row).in_force
    assert (told.target, told.decided_by, told.reason) == (USUAL, "Dr Mensah, registrar", None)


def test_that_a_target_of_another_scale_offers_the_decision_and_makes_none(
    qtbot, sheet, database, nurse, row
):
    fill(sheet, target=LOW)
    told = saved_message(qtbot, sheet)
    assert told == (
        "Oxygen target 88 to 92 % is in force. ▲ Target 88 to 92 %, but SpO₂ scale 1 is in force."
    )
    words, make = sheet.next_step
    assert words == "Decide on the SpO₂ scale"
    scale = make()
    qtbot.addWidget(scale)
    assert isinstance(scale, SpO2ScaleSheet)
    assert scale.form.value("scale") == 2
    assert record_of(database, nurse, row).scale == 1


def test_that_who_may_not_decide_on_the_scale_is_only_told(qtbot, context, row):
    may_not = context.signed_in.permissions - {Permission.OBSERVATION_SCALE}
    context = replace(context, signed_in=replace(context.signed_in, permissions=may_not))
    sheet = a_sheet(qtbot, context, row)
    fill(sheet, target=LOW)
    assert "but SpO₂ scale 1" in saved_message(qtbot, sheet)
    assert sheet.next_step is None


def test_that_another_range_needs_both_ends_and_a_reason(qtbot, sheet, database, nurse, row):
    fill(sheet, target=OTHER)
    press_save(qtbot)
    assert sheet.form.problem("low_percent")
    assert sheet.form.problem("high_percent")
    fill(sheet, low_percent=92, high_percent=90)
    press_save(qtbot)
    assert sheet.form.problem("reason") == "This needs a reason."
    fill(sheet, reason="Lung fibrosis")
    press_save(qtbot)
    settled(qtbot, sheet.context)
    assert sheet.form.problem("high_percent").startswith("The upper end")
    fill(sheet, high_percent=96)
    assert saved_message(qtbot, sheet) == "Oxygen target 92 to 96 % is in force."
    assert record_of(database, nurse, row).target == TargetRange(92, 96)


def test_that_what_was_decided_before_is_readable_and_can_be_ended(
    qtbot, context, database, nurse, row
):
    prescribe(database, nurse, row.admission_id)
    sheet = a_sheet(qtbot, context, row)
    assert "88 to 92 %, Dr Mensah, registrar" in sheet.history.text()
    fill(sheet, target=END)
    press_save(qtbot)
    assert sheet.form.problem("reason") == "This needs a reason."
    fill(sheet, reason="On air again")
    assert saved_message(qtbot, sheet) == "The oxygen target ended."
    again = a_sheet(qtbot, context, row)
    first, second = again.history.text().splitlines()[1:]
    assert first.startswith("Ended, ")
    assert second.startswith("88 to 92 %")
    again.form.set_value("target", END)
    assert again.form.value("target") is None  # there is nothing to end


def test_that_the_change_of_a_colleague_is_shown_and_what_is_typed_is_kept(
    qtbot, sheet, database, nurse, row
):
    prescribe(database, nurse, row.admission_id, 94, 98)
    fill(sheet, target=LOW)
    press_save(qtbot)
    settled(qtbot, sheet.context)
    qtbot.waitUntil(lambda: "94 to 98 %" in sheet.history.text())
    assert "Somebody else changed" in sheet.notice.text
    assert sheet.form.value("decided_by") == "Dr Mensah, registrar"
    assert saved_message(qtbot, sheet).startswith("Oxygen target 88 to 92 % is in force.")
    assert len(record_of(database, nurse, row).decisions) == 2


def test_that_nothing_is_saved_before_the_record_is_read(
    qtbot, context, row, monkeypatch, database, nurse
):
    monkeypatch.setattr(context.work, "query", lambda *_read: None)
    sheet = opened(qtbot, OxygenTargetSheet(context, subject_of(row, LONDON)))
    fill(sheet, target=USUAL)
    press_save(qtbot)
    assert "still being read" in sheet.notice.text
    assert record_of(database, nurse, row).decisions == ()


def test_that_the_closed_sheet_is_freed(qtbot, context, row):
    sheet = OxygenTargetSheet(context, subject_of(row, LONDON))
    gone = freed(qtbot, sheet)
    del sheet
    until_collected(qtbot, gone)


def test_that_the_chart_says_the_target_and_leads_to_sheet_and_scale(
    qtbot, context, database, nurse, row, show
):
    panel = show(ChartPanel)
    with qtbot.waitSignal(panel.loaded):
        panel.show_patient(row)
    settled(qtbot, context)
    assert panel.frame.target.isHidden()
    prescribe(database, nurse, row.admission_id)
    with qtbot.waitSignal(panel.loaded):
        panel.refresh()
    qtbot.waitUntil(lambda: not panel.frame.target.isHidden())
    assert panel.frame.target.text() == (
        "▲ Target 88 to 92 %, but SpO₂ scale 1 is in force. S: decide on the scale."
    )
    assert "Retains carbon dioxide" in panel.frame.target.toolTip()
    for key, modifier, kind in (
        (KEY.Key_S, Qt.KeyboardModifier.NoModifier, SpO2ScaleSheet),
        (KEY.Key_T, ALT, OxygenTargetSheet),
    ):
        with qtbot.waitSignal(panel.sheet_requested) as asked:
            press(qtbot, key, modifier)
        qtbot.addWidget(asked.args[0])
        assert isinstance(asked.args[0], kind)
        settled(qtbot, context)
    scale_2(database, nurse, row)
    with qtbot.waitSignal(panel.loaded):
        panel.refresh()
    qtbot.waitUntil(lambda: panel.frame.target.text() == "Oxygen target 88 to 92 %")


def test_that_the_board_leads_to_the_target_by_the_same_key(qtbot, context, east, row):
    workplace = Workplace(context, east, PANELS)
    qtbot.addWidget(workplace)
    workplace.joints = ARRANGEMENT.connect(workplace)
    workplace.joints.setParent(workplace)
    workplace.resize(1366, 768)
    workplace.show()
    workplace.activateWindow()
    qtbot.waitUntil(workplace.isActiveWindow)
    qtbot.waitUntil(lambda: workplace.panel.loaded_at is not None)
    board = workplace.panel_of(BOARD)
    board.beds.focus_beds()
    set_oxygen_target(workplace, workplace.panel_of(GRID))
    assert "Choose a patient first" in workplace.outcome.notice.text
    board.beds.go_to(row.admission_id, row.bed_id)
    qtbot.waitUntil(lambda: board.beds.chosen is not None)
    board.beds.focus_beds()
    press(qtbot, KEY.Key_T, ALT)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, OxygenTargetSheet))
    assert "OKAFOR, Ada" in workplace.sheets.sheet.title
    settled(qtbot, context)


def test_that_target_lines_stand_while_the_target_held():
    decisions = (a_decision(94, 98, hours_ago=2), a_decision(88, 92, hours_ago=12))
    shown = content(recorded(20), recorded(1), target_decisions=decisions)
    runs = target_runs(shown, DAY)
    assert [(run.target, run.start, run.end) for run in runs] == [
        (LOW, NOW - timedelta(hours=12), NOW - timedelta(hours=2)),
        (USUAL, NOW - timedelta(hours=2), NOW),
    ]
    ended = (a_decision(None, hours_ago=30), a_decision(hours_ago=40))
    assert target_runs(content(target_decisions=ended), DAY) == ()
    assert target_runs(content(), DAY) == ()


def test_that_lower_and_upper_end_are_drawn_half_way_to_the_next_value():
    row = ROW["spo2_percent"]
    told = content(recorded(20), target_decisions=(a_decision(88, 92, hours_ago=12),))

    def accents(shown, value, hours_ago):
        image, drawing = painted(shown)
        x, y = drawing.layout.x(NOW - timedelta(hours=hours_ago)), drawing.layout.y(row, value)
        around = [(x + dx, y + dy) for dx in range(12) for dy in (-1, 0, 1)]
        found = [QColor(colour_at(image, *place)) for place in around]
        return any(one.blueF() > 1.3 * one.redF() for one in found)  # blue, as nothing else is

    assert accents(told, 87.5, 6)
    assert accents(told, 92.5, 6)
    assert not accents(told, 92.5, 16)
    assert not accents(content(recorded(20)), 92.5, 6)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_that_paper_says_the_target(qapp, tmp_path):
    held = ChartContent(
        chart(recorded(8), recorded(1), scale=2, target_decisions=(a_decision(),)), LONDON
    )
    job = PrintJob(
        patient_id=uuid4(), content=held, windows=(held.whole,), row=patient_row(),
        printed_by="Nora Nurse", printed_at=NOW,
    )  # fmt: skip
    text = poppler("pdftotext", PAGES.pdf(job, "A4"), tmp_path, "-layout")
    assert "Oxygen target 88 to 92 %" in text
    assert f"target {SHORT}" in text


@pytest.fixture
def entry(qtbot, context, database, nurse, row):
    """A new set for Ada Okafor, for whom 88 to 92 % are prescribed on scale 1."""
    prescribe(database, nurse, row.admission_id)
    sheet = opened(qtbot, ObservationSheet(context, subject_of(row, LONDON)))
    settled(qtbot, context)
    return sheet


def test_that_the_entry_shows_the_target_beside_the_saturation(entry):
    line = entry.entry.row("spo2_percent")
    assert line.words.text() == "% · was 97\ntarget 88 to 92 %"
    assert "target 88 to 92 %" in line.lines[0].accessibleName()
    assert entry.differs_label.text() == (
        "▲ Target 88 to 92 %, but SpO₂ scale 1 is in force. Alt+S: decide on the scale."
    )


def test_that_a_value_outside_hints_and_stops_nothing(qtbot, entry):
    line = entry.entry.row("spo2_percent")
    type_text(qtbot, "16")
    type_text(qtbot, "95")
    assert line.answer.text == "▲ SpO₂ 95 % is above the target 88 to 92 %."
    assert line.lines[0].accessibleDescription() == line.answer.text
    type_text(qtbot, "A")  # on air nobody is given too much
    assert line.answer.text == ""
    for key in "1208075A368":
        type_text(qtbot, key)
    assert saved_message(qtbot, entry).startswith("Saved")


def test_that_a_low_value_hints_on_air_as_well_and_an_impossible_one_is_refused(qtbot, entry):
    line = entry.entry.row("spo2_percent")
    line.lines[0].setText("86")
    assert line.answer.text == "▲ SpO₂ 86 % is below the target 88 to 92 %."
    line.lines[0].setText("120")
    line.ask()
    assert line.answer.text.startswith("◆")
    line.lines[0].setText("90")
    assert line.answer.text == ""


def test_that_the_scale_is_decided_from_the_entry_by_key(qtbot, entry):
    type_text(qtbot, "16")
    with qtbot.waitSignal(entry.sheet_requested) as asked:
        press(qtbot, KEY.Key_S, ALT)
    qtbot.addWidget(asked.args[0])
    assert isinstance(asked.args[0], SpO2ScaleSheet)


def test_that_the_entry_says_nothing_where_nothing_is_prescribed(qtbot, context, row):
    sheet = opened(qtbot, ObservationSheet(context, subject_of(row, LONDON)))
    settled(qtbot, context)
    assert sheet.entry.row("spo2_percent").words.text() == "% · was 97"
    assert sheet.differs_label.isHidden()


@pytest.fixture
def grid(qtbot, context, database, nurse, row, show):
    """The grid with Ada Okafor, for whom 88 to 92 % are prescribed on scale 1."""
    prescribe(database, nurse, row.admission_id)
    panel = show(GridPanel)
    qtbot.waitUntil(lambda: panel.model.rows[0].target == LOW)
    return panel


def test_that_the_grid_ghosts_the_target_and_hints_at_a_value_outside(qtbot, grid, context):
    [row] = grid.model.rows
    assert (row.wanted(SPO2), row.wanted(SPO2 + 1)) == (SHORT, "")
    assert f"target {SHORT} %" in spoken_value(row, SPO2)
    grid.view.go_to(0, 0)
    type_text(qtbot, "1695")
    assert (row.message, row.look) == (
        "SpO₂ 95 % is above the target 88 to 92 %.", Look.CAUTION
    )  # fmt: skip
    assert f"above target {SHORT} %" in spoken_value(row, SPO2)
    type_text(qtbot, "A")
    assert (row.message, row.look) == ("", Look.PLAIN)
    type_text(qtbot, "1208075A368")
    press(qtbot, KEY.Key_Return)
    settled(qtbot, context)
    qtbot.waitUntil(lambda: row.look is Look.SAVED)


def test_that_the_grid_says_that_the_scale_is_anothers_and_leads_there(qtbot, grid, context):
    [row] = grid.model.rows
    assert "▲ Target 88 to 92 %, but SpO₂ scale 1 is in force. Alt+S" in strip_text(
        row, context.clock()
    )
    grid.view.go_to(0, 0)
    for key, kind in ((KEY.Key_S, SpO2ScaleSheet), (KEY.Key_T, OxygenTargetSheet)):
        with qtbot.waitSignal(grid.sheet_requested) as asked:
            press(qtbot, key, ALT)
        qtbot.addWidget(asked.args[0])
        assert isinstance(asked.args[0], kind)
        settled(qtbot, context)


def test_that_a_target_that_ends_leaves_the_grid(qtbot, grid, context, database, nurse):
    [row] = grid.model.rows
    before = record_of(database, nurse, row.bed).in_force.id
    prescribe(database, nurse, row.admission_id, None, supersedes_id=before)
    with qtbot.waitSignal(grid.loaded):
        grid.refresh()
    qtbot.waitUntil(lambda: grid.model.rows[0].target is None)
    assert grid.model.rows[0].wanted(SPO2) == ""


def test_that_a_target_that_comes_in_is_said_of_what_is_typed(qtbot, row, show, database, nurse):
    panel = show(GridPanel)
    [shown] = panel.model.rows
    panel.view.go_to(0, 0)
    type_text(qtbot, "1686")
    assert shown.message == ""
    prescribe(database, nurse, row.admission_id)
    with qtbot.waitSignal(panel.loaded):
        panel.refresh()
    qtbot.waitUntil(lambda: shown.message.startswith("SpO₂ 86 % is below"))


def test_that_an_assistant_is_told_why_the_keys_do_nothing(qtbot, context, signed_in, east, row):
    hal = signed_in("hal")
    context.work.act_as(Actor(hal.token))
    panel = GridPanel(replace(context, signed_in=hal), east)
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.loaded):
        panel.show()
    settled(qtbot, context)
    panel.view.go_to(0, 0)
    with qtbot.waitSignal(panel.told) as told, qtbot.assertNotEmitted(panel.sheet_requested):
        panel.set_target()
    assert told.args[0] == "Your role may not decide on oxygen."
    with qtbot.waitSignal(panel.told), qtbot.assertNotEmitted(panel.sheet_requested):
        panel.decide_scale()
