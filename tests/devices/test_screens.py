"""The register and its sheets, by keyboard, against a real database."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from tests import world
from tests.devices.builders import (
    LOOK,
    devices,
    history,
    look_at,
    only,
    put_in,
    seen,
    take_out,
)
from tests.sheets import (
    freed,
    in_window,
    opened,
    press,
    press_save,
    row_of,
    saved_message,
    settled,
    type_text,
)
from tests.steps import admit, ago, open_first
from ui.background import DatabaseWork
from ui.context import Place
from ui.devices.check_sheet import CheckSheet
from ui.devices.device_sheet import DeviceSheet
from ui.devices.history_sheet import HistorySheet
from ui.devices.line import device_lines
from ui.devices.panel import IS_OUT, NONE_OF_PATIENT, NOTHING_TO_DO, ONE_WARD, DevicesPanel
from ui.devices.removal_sheet import RemovalSheet
from ui.devices.strike_sheet import StrikeSheet
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.devices.types import Entry

KEY = Qt.Key
EAST = world.id_of("east")


@pytest.fixture
def stay(database, nurse):
    stay = admit(database, nurse, label="1")
    open_first(database, nurse)
    return stay


@pytest.fixture
def device(database, nurse, stay):
    return put_in(database, nurse, stay)


@pytest.fixture
def line(database, nurse, stay, device):
    """The cannula of Ada as the lists hold it."""
    return line_of(database, nurse, stay)


def line_of(database, nurse, stay):
    bed = row_of(database, nurse, "Okafor")
    (found,) = device_lines((bed,), devices(database, nurse, stay), ago(0))
    return found


@pytest.fixture
def show(qtbot, context):
    """Return what shows the register of ward East in an active window, with its lines read."""

    def make(patient=None, around=context):
        east = tuple(ward for ward in around.wards if ward.id == EAST)
        panel = DevicesPanel(around, Place(name="Ward 7 East", wards=east))
        panel.show_patient(patient)
        in_window(qtbot, panel)
        panel.setFocus()
        settled(qtbot, around)
        qtbot.waitUntil(lambda: panel._lines is not None)
        panel.setFocus()
        return panel

    return make


def cells(panel, row=0):
    return [panel.rows.index(row, column).data() for column in range(panel.rows.columnCount())]


def zone(context):
    return Place(name="", wards=context.wards).zone


def test_that_the_ward_shows_first_what_is_to_be_done_about(
    qtbot, database, nurse, stay, device, show
):
    other = admit(database, nurse, "Young", "Yuri", label="2")
    well = put_in(database, nurse, other, kind="drain", site="abdomen", side=None)
    look_at(database, nurse, other, well, kind="drain", signs=seen(of=LOOK))
    look_at(database, nurse, stay, device, signs=seen("pain", "redness"), occurred_at=ago(10))
    panel = show()
    assert len(panel.rows.rows) == 1
    bed, name, what, how_long, vip, todo, due, note = cells(panel)
    assert (bed, name, what) == ("1", "OKAFOR, Ada", "Peripheral cannula, left forearm, 20 G")
    assert how_long.startswith("10 h 00 min, day ")
    assert (vip, todo, note) == ("▲ VIP 2", "Resite", "")
    assert due in {"due in 7 h 49 min", "due in 7 h 50 min"}
    assert "2 devices in place: 1 site to act on" in panel.summary.text()
    press(qtbot, KEY.Key_A)
    assert len(panel.rows.rows) == 2
    assert cells(panel, 1)[4] == "● well"
    QAbstractItemModelTester(panel.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)


def test_that_a_ward_without_anything_to_do_says_so(database, nurse, stay, device, show):
    look_at(database, nurse, stay, device)
    assert show().message.text() == NOTHING_TO_DO


def test_that_an_overdue_look_is_shown_in_red_with_a_mark(database, nurse, stay, show):
    put_in(database, nurse, stay, inserted_at=ago(60 * 9))
    panel = show()
    assert cells(panel)[4:7] == ["? not looked at", "Look at the site", "▲ overdue 1 h 00 min"]


def test_that_reading_a_ward_puts_every_chart_on_record(
    database, nurse, admin, stay, device, show
):
    admin.execute("ALTER TABLE audit.access_logs DISABLE TRIGGER USER")
    before = admin.execute("SELECT count(*) FROM audit.access_logs").fetchone()[0]
    show()
    assert admin.execute("SELECT count(*) FROM audit.access_logs").fetchone()[0] > before


def test_that_one_patient_shows_what_is_in_place_and_below_what_is_out(
    qtbot, database, nurse, stay, device, show
):
    take_out(database, nurse, stay, device)
    put_in(database, nurse, stay, kind="picc", site="upper arm", inserted_at=None)
    panel = show(row_of(database, nurse, "Okafor"))
    assert panel.banner.isVisible()
    assert panel.summary.text() == "1 device in place, 1 removed."
    assert cells(panel)[:2] == ["PICC, left upper arm, 20 G", "not known"]
    assert cells(panel, 1)[3] == "Removed"
    assert "not needed any more, tip intact" in cells(panel, 1)[5]
    panel.table.setCurrentIndex(panel.rows.index(1, 0))
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, KEY.Key_Return)
    assert told.args[0] == IS_OUT
    press(qtbot, KEY.Key_A)
    assert panel.patient is None
    settled(qtbot, panel.context)


def test_that_a_patient_without_a_device_says_how_to_record_one(database, nurse, stay, show):
    assert show(row_of(database, nurse, "Okafor")).message.text() == NONE_OF_PATIENT


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (KEY.Key_Return, CheckSheet),
        (KEY.Key_N, DeviceSheet),
        (KEY.Key_R, RemovalSheet),
        (KEY.Key_C, DeviceSheet),
        (KEY.Key_X, StrikeSheet),
        (KEY.Key_H, HistorySheet),
    ],
    ids=["enter", "n", "r", "c", "x", "h"],
)
def test_that_one_key_opens_what_is_to_be_done(qtbot, context, show, device, key, kind):
    panel = show()
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        press(qtbot, key)
    sheet = asked.args[0]
    assert isinstance(sheet, kind)
    assert "OKAFOR, Ada" in sheet.title
    assert "OKAFOR, Ada" in sheet.save_button.accessibleName()
    settled(qtbot, context)
    sheet.deleteLater()


def test_that_an_assistant_is_offered_looks_alone(
    qtbot, context, database, signed_in, show, device
):
    hal = signed_in("hal")
    work = DatabaseWork(database, Actor(hal.token))
    panel = show(around=replace(context, work=work, signed_in=hal))
    offered = {action.shortcut().toString() for action in panel.actions()}
    assert offered == {"Return", "H", "A", "Esc", "Ctrl+Shift+O"}
    work.close()


def test_that_several_wards_are_not_opened_at_once(qtbot, context):
    panel = DevicesPanel(context, Place(name="Both", wards=context.wards))
    qtbot.addWidget(panel)
    panel.show()
    assert panel.message.text() == ONE_WARD


def test_that_a_failed_load_leaves_the_list_greyed_with_its_time(qtbot, device, show):
    panel = show()
    panel._go_stale(DatabaseUnavailableError("The ward database cannot be reached."))
    assert "what was known at" in panel.notice.text
    assert len(panel.rows.rows) == 1
    panel.show_place(panel.place)
    panel._go_stale(DatabaseUnavailableError("The ward database cannot be reached."))
    assert "could not be read" in panel.message.text()
    settled(qtbot, panel.context)


def test_that_a_cannula_is_put_in_by_keys(qtbot, context, database, nurse, stay):
    sheet = opened(qtbot, DeviceSheet(context, row_of(database, nurse, "Okafor"), zone(context)))
    for text in ("P", "hand", "R", "22 G", "N"):
        type_text(qtbot, text)
        press(qtbot, KEY.Key_Return)
    told = saved_message(qtbot, sheet)
    assert told == "OKAFOR, Ada: Peripheral cannula, right hand, 22 G recorded."
    found = only(database, nurse, stay)
    assert (found.site, found.side, found.size) == ("hand", "right", "22 G")
    assert found.inserted_at > ago(1)


def test_that_not_knowing_since_when_has_to_be_said(qtbot, context, database, nurse, stay):
    sheet = opened(qtbot, DeviceSheet(context, row_of(database, nurse, "Okafor"), zone(context)))
    sheet.form.set_value("kind", "urinary_catheter")
    sheet.form.set_value("site", "urethra")
    press_save(qtbot)
    assert sheet.form.problem("when") == "Needed"
    sheet.form.set_value("when", "then")
    press_save(qtbot)
    assert "not known" in sheet.form.problem("inserted_at")
    sheet.form.set_value("when", "unknown")
    saved_message(qtbot, sheet)
    assert only(database, nurse, stay).inserted_at is None


def test_that_vip_is_scored_while_the_signs_are_typed(qtbot, context, database, nurse, line, stay):
    sheet = opened(qtbot, CheckSheet(context, line, zone(context)))
    signs = sheet.form.input("signs")
    assert signs.result.text() == "Nothing is answered yet."
    said = []
    for key in "PRPPN":
        type_text(qtbot, key)
        said.append(signs.result.text())
    assert said == [
        "■ VIP at least 1. Incomplete: look again.",
        "▲ VIP at least 2. Resite.",
        "■ VIP at least 1. Incomplete: look again.",
        "■ VIP at least 1. Incomplete: look again.",
        "■ VIP 1. Observe.",
    ]
    type_text(qtbot, "S")
    assert "\N{EN DASH}   S   Swelling: no" not in signs._buttons["swelling"].text()
    told = saved_message(qtbot, sheet)
    assert told.endswith("■ VIP at least 1. Incomplete: look again.")
    assert only(database, nurse, stay).score is None


def test_that_a_look_without_an_answer_is_not_saved(qtbot, context, line):
    sheet = opened(qtbot, CheckSheet(context, line, zone(context)))
    press_save(qtbot)
    assert sheet.form.problem("signs") == "Needed"


def test_that_swelling_alone_is_told_as_vip_1(qtbot, context, database, nurse, line, stay):
    sheet = opened(qtbot, CheckSheet(context, line, zone(context)))
    type_text(qtbot, "SN")
    assert "VIP 1" in saved_message(qtbot, sheet)
    assert only(database, nurse, stay).score == 1


def test_that_a_draft_brings_the_signs_back(qtbot, context, line):
    sheet = opened(qtbot, CheckSheet(context, line, zone(context)))
    type_text(qtbot, "PRR")
    sheet.set_aside()
    again = opened(qtbot, CheckSheet(context, line, zone(context)))
    assert again.value("signs") == {"pain": True, "redness": False}


def test_that_a_removal_is_recorded_by_keys(qtbot, context, database, nurse, line, stay):
    sheet = opened(qtbot, RemovalSheet(context, line, zone(context)))
    type_text(qtbot, "3")
    press(qtbot, KEY.Key_Return)
    type_text(qtbot, "I")
    assert saved_message(qtbot, sheet).endswith("out, phlebitis.")
    found = only(database, nurse, stay)
    assert (found.removal_reason, found.tip, found.removed_by) == (
        "phlebitis",
        "intact",
        "Nora Nurse",
    )


def test_that_a_device_is_corrected_and_struck_out(qtbot, context, database, nurse, line, stay):
    sheet = opened(qtbot, DeviceSheet(context, line.bed, zone(context), corrects=line))
    assert sheet.value("when") == "then"
    sheet.form.set_value("site", "wrist")
    sheet.form.set_value("change_reason", "mistyped")
    saved_message(qtbot, sheet)
    line = line_of(database, nurse, stay)
    assert line.device.site == "wrist"
    sheet = opened(
        qtbot, StrikeSheet(context, line, Entry.DEVICE, line.device.version_id, "wrist")
    )
    type_text(qtbot, "1")
    assert "leaves the register" in saved_message(qtbot, sheet)
    assert devices(database, nurse, stay) == ()


@pytest.fixture
def removed(database, nurse, stay, device):
    """A cannula that was looked at once and taken out."""
    look_at(database, nurse, stay, device, signs=seen("pain"), note="sore")
    take_out(database, nurse, stay, device)
    return line_of(database, nurse, stay)


@pytest.mark.parametrize("entry", ["device", "check", "removal"])
def test_that_the_history_leads_to_the_correction_of_each_entry(
    qtbot, context, database, nurse, removed, entry
):
    sheet = opened(qtbot, HistorySheet(context, removed, zone(context)))
    qtbot.waitUntil(lambda: len(sheet.model.rows) == 3)
    number = [row.entry for row in sheet.model.rows].index(entry)
    sheet.table.setCurrentIndex(sheet.model.index(number, 0))
    assert sheet.words.text()
    with qtbot.waitSignal(sheet.sheet_requested) as asked:
        press(qtbot, KEY.Key_C)
    correction = opened(qtbot, asked.args[0])
    correction.form.set_value("note", "again")
    correction.form.set_value("change_reason", "mistyped")
    saved_message(qtbot, correction)
    rows = [row for row in history(database, nurse, removed.device.id) if row.entry == entry]
    assert (rows[0].note, rows[0].corrects, rows[0].superseded) == ("again", True, False)
    assert rows[1].superseded


def test_that_the_history_strikes_out_what_is_in_force_alone(
    qtbot, context, database, nurse, stay, device
):
    look_at(database, nurse, stay, device)
    sheet = opened(qtbot, HistorySheet(context, line_of(database, nurse, stay), zone(context)))
    qtbot.waitUntil(lambda: len(sheet.model.rows) == 2)
    sheet.focus_first()
    with qtbot.waitSignal(sheet.sheet_requested) as asked:
        press(qtbot, KEY.Key_X)
    mark = opened(qtbot, asked.args[0])
    type_text(qtbot, "4")
    saved_message(qtbot, mark)
    sheet = opened(qtbot, HistorySheet(context, line_of(database, nurse, stay), zone(context)))
    qtbot.waitUntil(lambda: len(sheet.model.rows) == 3)
    assert sheet.model.index(0, 1).data().startswith("✕ struck out")
    press(qtbot, KEY.Key_X)
    assert "not in force" in sheet.notice.text


@pytest.mark.parametrize(
    "make",
    [
        CheckSheet,
        RemovalSheet,
        HistorySheet,
        lambda context, line, zone: DeviceSheet(context, line.bed, zone, corrects=line),
        lambda context, line, _zone: StrikeSheet(
            context, line, Entry.DEVICE, line.device.version_id, "x"
        ),
    ],
    ids=["check", "removal", "history", "device", "strike"],
)
def test_that_a_closed_sheet_is_freed(qtbot, context, line, make):
    sheet = make(context, line, zone(context))
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None


def test_that_an_assistant_is_told_to_call_the_nurse_for_vip_2(
    qtbot, context, database, signed_in, line
):
    hal = signed_in("hal")
    work = DatabaseWork(database, Actor(hal.token))
    theirs = replace(context, work=work, signed_in=hal)
    sheet = opened(qtbot, CheckSheet(theirs, line, zone(context)))
    type_text(qtbot, "PRN")
    assert saved_message(qtbot, sheet).endswith("Resite. Tell the registered nurse.")
    work.close()
