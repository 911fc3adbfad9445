"""The ward pack printed now: on record, from the newest copy, with the server or without."""

import os
import stat
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtPrintSupport import QPrinter

from tests.downtime.taken import EAST, HEAD
from tests.sheets import opened
from tests.steps import admit, ago
from ui.background import DatabaseWork, Lane
from ui.context import Context, Place
from ui.downtime import pack_sheet
from ui.downtime.pack_process import PackNotPaintedError
from ui.downtime.pack_sheet import PrintPackSheet
from ui.downtime.pack_writer import Keeping, PackWriter
from ui.packs import WORDS, Packs
from ui.widgets import print_sheet
from ui.workplace import NOTHING, Workplace
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.core.settings_groups import DowntimeSettings
from ward_app.downtime.copy_store import CopyStore
from ward_app.downtime.ladder import Ladder
from ward_app.downtime.outbox import Outbox
from ward_app.downtime.passes import PassStore
from ward_app.downtime.station import Station

A_DAY = timedelta(hours=24)


@pytest.fixture
def copies(tmp_path):
    store = CopyStore(tmp_path / "copies", bytes(32), A_DAY)
    store.save(HEAD, "the newest", ago(1))
    return store


@pytest.fixture
def orders():
    """What was to be painted."""
    return []


@pytest.fixture
def writer(qapp, tmp_path, copies, orders):
    def paint(order):
        orders.append(order)
        return order.copy.text.encode()

    keeping = Keeping(
        on=False, folder=tmp_path / "packs", interval=A_DAY, keep_for=A_DAY, paper="A4"
    )
    writer = PackWriter(keeping, copies, lambda: ago(0), paint=paint)
    yield writer
    writer.stop()
    writer.findChild(Lane).close()


@pytest.fixture
def sheet(qtbot, context, writer):
    east = replace(HEAD.ward, id=EAST)
    return opened(qtbot, PrintPackSheet(context, writer, (east,)))


@pytest.fixture
def chosen(monkeypatch, tmp_path):
    """The file that the person chooses."""
    path = tmp_path / "pack.pdf"
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda *_args: path)
    return path


def record_of(admin):
    return admin.execute(
        "SELECT action, reason, patient_id IS NULL FROM audit.access_logs"
        " WHERE kind = 'report' ORDER BY patient_id NULLS FIRST"
    ).fetchall()


def test_that_a_saved_pack_is_private_and_on_record_for_the_ward_and_each_patient(
    qtbot, database, nurse, sheet, chosen, admin
):
    admit(database, nurse, "Okafor", "Ada")
    with qtbot.waitSignal(sheet.saved) as told:
        sheet.save()
    assert told.args[0] == "The ward pack is saved as pack.pdf."
    assert chosen.read_text() == "the newest"
    if os.name == "posix":
        assert stat.S_IMODE(chosen.stat().st_mode) == 0o600
    what = f"ward pack, PDF, {sheet.value('paper')}"
    assert record_of(admin) == [("EXPORT", what, True), ("EXPORT", what, False)]


def test_that_a_printed_pack_goes_to_the_printer_chosen_by_the_process(
    qtbot, sheet, orders, monkeypatch, admin
):
    printer = QPrinter()
    printer.setPrinterName("")
    printer.setCopyCount(2)
    monkeypatch.setattr(printer, "outputFileName", lambda: "")
    monkeypatch.setattr(printer, "printerName", lambda: "Ward printer")
    monkeypatch.setattr(print_sheet, "ask_for_printer", lambda *_args: printer)
    sheet.form.set_value("target", "printer")
    with qtbot.waitSignal(sheet.saved) as told:
        sheet.save()
    assert told.args[0] == "The ward pack is sent to Ward printer."
    (order,) = orders
    assert (order.printer, order.copies, order.paper) == (
        "Ward printer", printer.copyCount(), sheet.value("paper")
    )  # fmt: skip
    assert record_of(admin) == [("PRINT", f"ward pack, printer, {order.paper}", True)]


def test_that_it_is_printed_without_the_server_and_the_log_says_by_whom(
    qtbot, context, sheet, chosen, monkeypatch, caplog
):
    def away(*_args, **_kwargs):
        raise DatabaseUnavailableError("The server cannot be reached.")

    monkeypatch.setattr(context.work.database, "run", away)
    with qtbot.waitSignal(sheet.saved):
        sheet.save()
    assert chosen.read_text() == "the newest"
    assert str(context.signed_in.user_id) in caplog.text
    assert "while the server was away" in caplog.text


def test_that_without_a_copy_it_says_how_there_comes_to_be_one(
    qtbot, sheet, copies, chosen, tmp_path
):
    (tmp_path / "copies" / f"{EAST}.copy").unlink()
    sheet.save()
    qtbot.waitUntil(lambda: "no copy of this ward" in sheet.notice.text)
    assert not chosen.exists()
    assert not sheet.is_saving


def test_that_pages_that_cannot_be_made_are_told_in_the_sheet(qtbot, sheet, writer, chosen):
    def broken(_order):
        raise PackNotPaintedError("The ward pack could not be made.")

    writer.paint = broken
    sheet.save()
    qtbot.waitUntil(lambda: sheet.notice.text == "The ward pack could not be made.")
    assert not chosen.exists()


def test_that_names_are_warned_of_before_anything_is_made(sheet):
    assert "Destroy it after use" in pack_sheet._BEWARE
    assert sheet.save_button.text() == "Print"


class Doors(QObject):
    """What `Packs` follows of the program."""

    signed_in = Signal(object)
    signed_out = Signal()
    ending = Signal()


@pytest.fixture
def packs(qapp, tmp_path, monkeypatch):
    """The packs of a program, which keeps nothing but what a test puts into the store."""
    monkeypatch.setenv("WARD_HOME", str(tmp_path))
    doors = Doors()
    yield Packs(doors, DowntimeSettings())
    doors.ending.emit()
    for lane in doors.findChildren(Lane):
        lane.close()


@pytest.fixture
def workplace(qtbot, database, nurse, nurse_person, copies, tmp_path):
    """A workplace of Nora's whose station keeps copies."""
    station = Station(
        copies, Outbox(tmp_path / "outbox", bytes(32)), PassStore(tmp_path / "passes", bytes(32)),
        "ws_alpha",
    )  # fmt: skip
    work = DatabaseWork(database, nurse, ladder=Ladder(station, lambda: ago(0)))
    context = Context(work=work, signed_in=nurse_person)
    workplace = Workplace(context, Place(name="East", wards=nurse_person.wards), [NOTHING])
    qtbot.addWidget(workplace)
    yield workplace
    work.close()


def test_that_the_pack_is_printed_at_a_key_also_after_coming_back(packs, workplace):
    for _time in range(2):
        packs.serve(workplace)
    (action,) = [action for action in workplace.actions() if action.text() == WORDS]
    assert action.shortcut().toString() == "Ctrl+Shift+K"
    action.trigger()
    assert isinstance(workplace.sheets.sheet, PrintPackSheet)


def test_that_what_is_wrong_with_a_pack_is_told_at_the_bottom_while_somebody_is_there(
    packs, workplace
):
    packs.serve(workplace)
    packs.writer.told.emit("No new ward pack.")
    assert workplace.outcome.notice.text == "No new ward pack."
    workplace.outcome.clear()
    packs.rest()
    packs.writer.told.emit("Nobody is here to read this.")
    assert workplace.outcome.notice.text == ""


def test_that_a_station_that_keeps_nothing_offers_no_pack(packs, workplace, context):
    bare = Workplace(context, workplace.place, [NOTHING])
    packs.serve(bare)
    assert packs.writer is None
    assert WORDS not in [action.text() for action in bare.actions()]
    bare.deleteLater()
