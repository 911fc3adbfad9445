import os
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from PySide6.QtPrintSupport import QPrinter

from tests import world
from tests.observations.builders import LONDON, NOW, chart, patient_row, recorded
from tests.sheets import opened, row_of, settled
from tests.steps import admit
from ui import theme
from ui.observations.chart_axis import Window
from ui.observations.chart_content import ChartContent
from ui.observations.chart_print import PAGES, PrintJob, pages_of
from ui.observations.print_sheet import PrintChartSheet
from ui.paper import save_private
from ui.widgets import print_sheet
from ward_app.audit.service import open_chart
from ward_app.core.errors import ConfigurationError, DatabaseUnavailableError
from ward_app.observations.types import IncompleteReason

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler-utils is not installed"
)
POINTS = {"A4": (842, 595), "Letter": (792, 612)}


@pytest.fixture
def job():
    """Six sets in two days, on one page."""
    sets = [recorded(8 * number, pulse_per_min=70 + 9 * number) for number in range(6)]
    content = ChartContent(chart(*sets), LONDON)
    return PrintJob(
        patient_id=uuid4(),
        content=content,
        windows=(content.whole,),
        row=patient_row(),
        printed_by="Nora Nurse",
        printed_at=NOW,
    )


def poppler(program, pdf, tmp_path, *args):
    """Return what a poppler program says of a PDF."""
    path = tmp_path / "chart.pdf"
    path.write_bytes(pdf)
    command = [program, *args, str(path), *(["-"] if program == "pdftotext" else [])]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@needs_poppler
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_that_the_pdf_is_vector_with_embedded_fonts_on_the_paper_asked_for(
    qapp, job, tmp_path, paper
):
    pdf = PAGES.pdf(job, paper)
    assert poppler("pdfimages", pdf, tmp_path, "-list").strip().count("\n") == 1
    fonts = poppler("pdffonts", pdf, tmp_path)
    assert "Inter" in fonts
    assert " no  yes" not in fonts.split("\n", 2)[2].replace("yes no  yes", "")
    size = next(
        line for line in poppler("pdfinfo", pdf, tmp_path).splitlines() if "Page size" in line
    )
    width, height = POINTS[paper]
    assert f"{width} x {height} pts" in size


@needs_poppler
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_that_every_word_and_number_on_the_page_can_be_read_out(qapp, job, tmp_path, paper):
    text = poppler("pdftotext", PAGES.pdf(job, paper), tmp_path, "-layout")
    for words in (
        "OKAFOR, Ada",
        "Bed 4, Bay A",
        "Ward 7 East",
        "born 03-Apr-1948, 78 y",
        "Patient number 400 123 4567",
        "No known allergies",
        "Blood pressure",
        "36.8",
        "115",
        "+3",
        "Royal College of Physicians",
        "Printed 20-Nov-2026 14:07 by Nora Nurse",
        "Page 1 of 1",
    ):
        assert words in text


def test_that_the_files_title_names_no_patient(qapp, job, tmp_path):
    pdf = PAGES.pdf(job, "A4")
    assert b"Okafor" not in pdf
    assert "OKAFOR".encode("utf-16-be") not in pdf


def test_that_the_page_is_light_whatever_the_screen(qapp, job):
    light = PAGES.pdf(job, "A4")
    theme.apply(qapp, theme.Scheme.DARK)
    dark = PAGES.pdf(job, "A4")
    assert len(dark) == pytest.approx(len(light), abs=64)


@needs_poppler
def test_that_a_long_stay_takes_a_page_for_every_three_days(qapp, job, tmp_path):
    whole = Window(NOW - timedelta(days=8), NOW)
    pages = pages_of(whole)
    assert len(pages) == 3
    assert pages[-1].end == whole.end
    assert pages[0].start <= whole.start
    assert all(a.end == b.start for a, b in pairwise(pages))
    text = poppler("pdftotext", PAGES.pdf(replace(job, windows=pages), "A4"), tmp_path)
    assert "Page 3 of 3" in text


def test_that_a_folder_that_cannot_be_written_to_is_told(qapp, job, tmp_path):
    with pytest.raises(ConfigurationError, match="Choose another folder"):
        save_private(tmp_path / "none" / "chart.pdf", PAGES.pdf(job, "A4"), "chart")


@pytest.mark.skipif(os.name != "posix", reason="files have owners there")
def test_that_only_the_owner_reads_what_was_saved(tmp_path):
    path = tmp_path / "chart.pdf"
    path.touch(0o644)
    save_private(path, b"%PDF-", "chart")
    assert path.stat().st_mode & 0o777 == 0o600


def test_that_paper_lies_landscape():
    layout = PAGES.layout("A4")
    assert layout.fullRectPoints().width() > layout.fullRectPoints().height()


PRINTS = "SELECT user_id, patient_id, reason FROM audit.access_logs WHERE kind = 'print'"
ACTIONS = "SELECT action FROM audit.access_logs WHERE kind = 'print'"


@pytest.fixture
def patient_id(database, nurse):
    """Ada Okafor, whose chart Nora opened."""
    admit(database, nurse, "Okafor", "Ada")
    patient_id = row_of(database, nurse, "Okafor").patient_id
    database.run(nurse, open_chart, patient_id)
    return patient_id


@pytest.fixture
def sheet(qtbot, context, job, patient_id):
    job = replace(job, patient_id=patient_id)
    return opened(qtbot, PrintChartSheet(context, job, patient_name="OKAFOR, Ada"))


def test_that_the_chart_is_saved_where_the_person_says(
    qtbot, sheet, tmp_path, monkeypatch, admin, patient_id
):
    """[U04]"""
    path = tmp_path / "okafor.pdf"
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda *_: path)
    with qtbot.waitSignal(sheet.saved) as told:
        sheet.save()
    assert told.args == ["The chart is saved as okafor.pdf."]
    assert path.read_bytes().startswith(b"%PDF-")
    paper = sheet.form.value("paper")
    recorded_as = f"observation chart, PDF, {paper}, 1 page"
    assert admin.execute(PRINTS).fetchall() == [(world.id_of("nora"), patient_id, recorded_as)]
    assert admin.execute(ACTIONS).fetchall() == [("EXPORT",)]


def test_that_a_cancelled_question_saves_nothing_and_stays(qtbot, sheet, monkeypatch, admin):
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda *_: None)
    with qtbot.assertNotEmitted(sheet.closed):
        sheet.save()
    assert admin.execute(PRINTS).fetchall() == []


def test_that_nothing_is_written_that_could_not_be_put_on_record(
    qtbot, sheet, tmp_path, monkeypatch
):
    path = tmp_path / "okafor.pdf"
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda *_: path)

    def refuse(_owner, _topic, reply, *_change):
        reply.failed(DatabaseUnavailableError("The ward database cannot be reached."))

    monkeypatch.setattr(sheet.context.work, "command", refuse)
    sheet.save()
    assert sheet.notice.text == "The ward database cannot be reached."
    assert not path.exists()


def test_that_a_file_that_cannot_be_written_keeps_the_sheet(qtbot, sheet, tmp_path, monkeypatch):
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda *_: tmp_path / "no" / "x.pdf")
    with qtbot.assertNotEmitted(sheet.closed):
        sheet.save()
        settled(qtbot, sheet.context)
    assert "could not be written" in sheet.notice.text


def test_that_a_printer_gets_the_same_pages(qtbot, sheet, tmp_path, monkeypatch, admin):
    """[U04]"""
    printer = QPrinter()
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    printer.setPageLayout(PAGES.layout("A4"))
    monkeypatch.setattr(print_sheet, "ask_for_printer", lambda *_: printer)
    sheet.form.set_value("target", "printer")
    with qtbot.waitSignal(sheet.saved):
        sheet.save()
    assert (tmp_path / "printed.pdf").read_bytes().startswith(b"%PDF-")
    assert "printer" in admin.execute(PRINTS).fetchone()[2]
    assert admin.execute(ACTIONS).fetchall() == [("PRINT",)]


@needs_poppler
def test_that_every_page_says_whose_it_is(qapp, job, tmp_path):
    pages = pages_of(Window(NOW - timedelta(days=8), NOW))
    pdf = PAGES.pdf(replace(job, windows=pages), "A4")
    for number in (1, 2, 3):
        page = ["-f", str(number), "-l", str(number), "-layout"]
        text = poppler("pdftotext", pdf, tmp_path, *page)
        for words in ("OKAFOR, Ada", "400 123 4567", "Royal College", f"Page {number} of 3"):
            assert words in text


@needs_poppler
def test_that_letters_for_missing_values_are_explained_on_paper(qapp, job, tmp_path):
    refused = IncompleteReason.REFUSED
    one = recorded(5, temperature_celsius=None, incomplete_reason=refused)
    content = ChartContent(chart(one), LONDON)
    pdf = PAGES.pdf(replace(job, content=content, windows=(content.whole,)), "Letter")
    assert "R refused" in poppler("pdftotext", pdf, tmp_path, "-layout")
