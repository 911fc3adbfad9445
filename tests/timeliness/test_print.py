"""The report on paper, as PDF and as CSV; each is on record before it leaves the screen."""

from __future__ import annotations

import gc
import stat
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPdfWriter
from PySide6.QtPrintSupport import QPrinter

from tests import world
from tests.rounding.answering import east
from tests.rounding.builders import EAST
from tests.sheets import freed, opened, press, settled
from tests.steps import admit, ago
from tests.timeliness.builders import NOON, a_due
from ui.timeliness import print_sheet
from ui.timeliness.panel import TimelinessPanel
from ui.timeliness.print_sheet import PrintReportSheet, Report
from ui.timeliness.words import line_columns
from ui.widgets.table_print import PAGES, paint_pages
from ward_app.audit.service import open_charts, record_report
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError, NotPermittedError
from ward_app.timeliness.rules import lines
from ward_app.timeliness.types import Grouping, Work

RECORDED = "SELECT user_id, patient_id, reason FROM audit.access_logs WHERE kind = 'report'"


@pytest.fixture
def stay(database, nurse):
    """A patient on the nurse's ward."""
    return admit(database, nurse, label="1", admitted_at=ago(100))


@pytest.fixture
def report(stay):
    """A report with a patient, one who is out of reach, and a round of the ward."""
    dues = (
        a_due(ward_id=EAST, admission_id=stay, family_name="=Okafor"),
        a_due(ward_id=EAST, family_name=None, given_name=None, bed_label=None),
        a_due(ward_id=EAST, admission_id=None, work=Work.ROUNDS, reason="Ward checks"),
    )
    return Report(
        title="Timeliness of rounds, by ward",
        about="3 of 3 on time.",
        columns=line_columns(),
        lines=lines(dues, Grouping.WARD, NOON.tzinfo),
        dues=dues,
        whose="all lines",
        zone=NOON.tzinfo,
    )


@pytest.fixture
def sheet(qtbot, context, report):
    return opened(qtbot, PrintReportSheet(context, report, rows_first=False))


def patient_of(admin, stay):
    sql = "SELECT patient_id FROM admission.admissions WHERE id = %s"
    return admin.execute(sql, (stay,)).fetchone()[0]


def taken_out(qtbot, sheet, monkeypatch, path, **chosen):
    """Save the report and return what was told."""
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda _parent, _target: path)
    for name, value in chosen.items():
        sheet.form.set_value(name, value)
    with qtbot.waitSignal(sheet.saved) as told:
        sheet.save()
    return told.args[0]


def test_that_lines_are_saved_as_pdf_without_names(qtbot, sheet, monkeypatch, tmp_path, admin):
    path = tmp_path / "report.pdf"
    told = taken_out(qtbot, sheet, monkeypatch, path)
    assert told == "The report is saved as report.pdf; only you can read it."
    assert path.read_bytes().startswith(b"%PDF-")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    what = "Timeliness of rounds, by ward, PDF, 1 line"
    assert admin.execute(RECORDED).fetchall() == [(world.id_of("nora"), None, what)]


def test_that_rows_are_saved_as_csv_without_formulas_and_each_patient_is_on_record(
    qtbot, sheet, monkeypatch, tmp_path, admin, stay
):
    path = tmp_path / "report.csv"
    path.write_text("from before")
    path.chmod(0o644)
    taken_out(qtbot, sheet, monkeypatch, path, what="rows", target="csv")
    assert not sheet.form.input("paper").isVisible()
    text = path.read_bytes().decode("utf-8-sig")
    head, first, second, third = text.splitlines()
    assert head.startswith("Due,Bed now,Patient,Ward")
    assert '"\'=OKAFOR, Ada"' in first
    assert "No longer on your wards" in second
    assert "The ward" in third
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    what = "Timeliness of rounds, by ward, CSV, 3 rows"
    nora = world.id_of("nora")
    found = admin.execute(RECORDED).fetchall()
    assert sorted(found, key=str) == sorted(
        [(nora, None, what), (nora, patient_of(admin, stay), what)], key=str
    )
    actions = admin.execute("SELECT DISTINCT action FROM audit.access_logs WHERE kind = 'report'")
    assert actions.fetchall() == [("EXPORT",)]


def test_that_nothing_is_written_that_could_not_be_put_on_record(
    qtbot, sheet, tmp_path, monkeypatch
):
    path = tmp_path / "report.csv"
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda _parent, _target: path)

    def refuse(_owner, _topic, reply, *_change):
        reply.failed(DatabaseUnavailableError("The ward database cannot be reached."))

    monkeypatch.setattr(sheet.context.work, "command", refuse)
    sheet.save()
    assert sheet.notice.text == "The ward database cannot be reached."
    assert not path.exists()


def test_that_a_cancelled_question_saves_nothing_and_stays(qtbot, sheet, monkeypatch, admin):
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda _parent, _target: None)
    monkeypatch.setattr(print_sheet, "ask_for_printer", lambda _parent, _paper: None)
    with qtbot.assertNotEmitted(sheet.closed):
        sheet.save()
        sheet.form.set_value("target", "printer")
        sheet.save()
    assert admin.execute(RECORDED).fetchall() == []


def test_that_a_file_that_cannot_be_written_keeps_the_sheet(qtbot, sheet, tmp_path, monkeypatch):
    path = tmp_path / "no" / "x.pdf"
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda _parent, _target: path)
    with qtbot.assertNotEmitted(sheet.closed):
        sheet.save()
        settled(qtbot, sheet.context)
    assert "could not be written" in sheet.notice.text


def test_that_a_printer_gets_the_same_pages(qtbot, sheet, tmp_path, monkeypatch):
    printer = QPrinter()
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    printer.setPageLayout(PAGES.layout("A4"))
    monkeypatch.setattr(print_sheet, "ask_for_printer", lambda _parent, _paper: printer)
    sheet.form.set_value("target", "printer")
    with qtbot.waitSignal(sheet.saved) as told:
        sheet.save()
    assert "is sent to" in told.args[0]
    assert (tmp_path / "printed.pdf").read_bytes().startswith(b"%PDF-")


def test_that_a_long_report_takes_several_pages(qtbot, sheet, tmp_path):
    short = sheet.table()
    writer = QPdfWriter(str(tmp_path / "long.pdf"))
    writer.setPageLayout(PAGES.layout("A4"))
    assert paint_pages(writer, short) == 1
    assert paint_pages(writer, replace(short, rows=())) == 1
    many = replace(short, rows=short.rows * 100)
    assert 2 < paint_pages(writer, many) < 10


def test_that_only_what_is_within_reach_is_put_on_record(database, nurse, stay, admin, west_stay):
    with pytest.raises(NotPermittedError, match="within your reach"):
        database.run(nurse, record_report, (world.id_of("west"),), "report")
    with pytest.raises(NotPermittedError, match="within your reach"):
        database.run(nurse, record_report, (), "report")
    for other in (west_stay, world.id_of("nobody")):
        with pytest.raises(NotPermittedError, match="within your reach"):
            database.run(nurse, record_report, (EAST,), "report", (stay, other))
    assert admin.execute(RECORDED).fetchall() == []


def test_that_a_report_on_record_opens_no_chart(database, nurse, stay, admin):
    database.run(nurse, record_report, (EAST,), "report", (stay,))
    opened_now = database.run(nurse, lambda tx: tx.value("SELECT auth.open_patients()"))
    assert opened_now == []
    database.run(nurse, open_charts, (patient_of(admin, stay),))
    assert database.run(nurse, lambda tx: tx.value("SELECT auth.open_patients()"))


@pytest.fixture
def west_stay(database, signed_in):
    """A patient on a ward where the nurse does not work."""
    both = Actor(signed_in("both").token)
    return admit(database, both, "Ward", "Wilma", label="1", ward="west")


def test_that_the_panel_opens_the_sheet_by_its_key(qtbot, context, stay):
    panel = TimelinessPanel(context, east(context))
    qtbot.addWidget(panel)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    settled(qtbot, context)
    panel.setFocus()
    panel._dues = ()
    with qtbot.waitSignal(panel.told) as told:
        panel.take_out()
    assert told.args[0] == "There is nothing to print yet."
    panel._work, panel._bounds, panel._dues = Work.ROUNDS, (ago(60), ago(0)), (
        a_due(ward_id=EAST, admission_id=stay, reason="Skin check"),
    )  # fmt: skip
    panel.choose(Grouping.CAUSE)
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        press(qtbot, Qt.Key.Key_P)
    sheet = asked.args[0]
    assert sheet.report.title == "Timeliness of rounds, by checklist"
    assert sheet.value("what") == "lines"
    panel._open_line(panel.lines.index(0, 0))
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        panel.take_out()
    assert asked.args[0].value("what") == "rows"
    assert asked.args[0].report.whose == "Skin check"
    for one in (sheet, asked.args[0]):
        qtbot.addWidget(one)
    settled(qtbot, context)


def test_that_the_sheet_is_freed(qtbot, context, report):
    sheet = PrintReportSheet(context, report, rows_first=True)
    qtbot.addWidget(sheet)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
