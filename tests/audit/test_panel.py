"""The auditor's screen: questions by key, filters that go on record, pages without end."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter

from tests.sheets import freed, in_window, opened, press, settled, type_text
from tests.steps import admit
from ui.audit import print_sheet
from ui.audit.filters import Filters
from ui.audit.print_sheet import PrintTrailSheet
from ui.audit.trail_panel import TrailPanel
from ui.audit.words import (
    QUESTION_WORDS,
    asked_text,
    colour_of,
    day_begins,
    done_text,
    found_text,
    patient_text,
    record_text,
    who_text,
)
from ui.background import DatabaseWork
from ui.context import Context, Place
from ui.panels import PANELS
from ui.widgets.table_print import PAGES
from ui.workplace import Workplace
from ward_app.audit.queries import PAGE_ROWS
from ward_app.audit.service import open_chart
from ward_app.audit.types import Action, Question, TrailRow, Wanted
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.rooms.queries import wards

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ASKED = "SELECT reason FROM audit.access_logs WHERE kind = 'audit' ORDER BY id"
MANY = """
INSERT INTO audit.login_history (action, login, user_id, workstation, succeeded, at)
SELECT 'LOGIN', 'nora', u.id, 'ws_beta', true, now() - number * interval '1 second'
FROM public.users u, generate_series(1, %s) number WHERE u.login = 'nora'
"""


@pytest.fixture
def context(qapp, database, signed_in):
    """What panels are handed, for Audrey the auditor."""
    person = signed_in("audrey")
    actor = Actor(person.token)
    work = DatabaseWork(database, actor)
    all_wards = tuple(database.run(actor, wards))
    yield Context(work=work, signed_in=person, wards=all_wards)
    work.close()


@pytest.fixture
def opened_chart(database, nurse, admin):
    """Nora admitted Ada Okafor and opened her chart."""
    admit(database, nurse, "Okafor", "Ada")
    patient_id = admin.execute("SELECT id FROM patient.patients").fetchone()[0]
    database.run(nurse, open_chart, patient_id)
    return patient_id


@pytest.fixture
def panel(qtbot, context, opened_chart, qtmodeltester):
    panel = TrailPanel(context, Place(name="Whole hospital", wards=(), whole_hospital=True))
    in_window(qtbot, panel)
    qtbot.waitUntil(lambda: panel.loaded_at is not None)
    settled(qtbot, context)
    qtmodeltester.check(panel.rows)
    panel.setFocus()
    return panel


def cells(panel, column):
    """Return what a column shows."""
    number = [c.header for c in panel.rows.columns].index(column)
    return [panel.rows.index(row, number).data() for row in range(panel.rows.rowCount())]


def asked(qtbot, panel, key):
    """Press a key of the panel and wait for its answer."""
    press(qtbot, key)
    settled(qtbot, panel.context)


def a_row(**changes):
    facts = {
        "source": "access", "id": 1, "at": NOON, "action": Action.VIEW, "kind": "ward",
        "succeeded": True, "login": "nora", "user_name": "Nora Nurse", "session_id": None,
        "workstation": "ws_alpha", "ward_name": None, "patient_id": None, "mrn": None,
        "family_name": None, "given_name": None, "resource_type": "report.vital_signs",
        "resource_id": None, "detail": None,
    } | changes  # fmt: skip
    return TrailRow(**facts)


def test_that_the_trail_is_in_the_rail_of_who_audits_alone(qtbot, context, nurse_person, work):
    place = Place(name="Whole hospital", wards=context.wards, whole_hospital=True)
    auditor = Workplace(context, place, PANELS)
    qtbot.addWidget(auditor)
    assert auditor.shown_key == "audit"
    assert [panel.objectName() for panel in auditor.panels] == ["audit"]
    settled(qtbot, context)
    nora = Context(work=work, signed_in=nurse_person, wards=context.wards)
    other = Workplace(nora, Place(name="Ward 7 East", wards=context.wards[1:]), PANELS)
    qtbot.addWidget(other)
    assert not other.offers("audit")
    settled(qtbot, nora)


def test_that_it_begins_with_who_opened_which_chart(panel):
    """[U07] Who saw this patient."""
    assert "Opened" in cells(panel, "What")
    row = cells(panel, "Record").index("Chart")
    assert cells(panel, "Person")[row] == "Nora Nurse"
    assert cells(panel, "Patient")[row].startswith("OKAFOR, Ada, ")
    assert cells(panel, "Ward")[row] == "Ward 7 East"
    assert cells(panel, "Workstation")[row] == "ws_alpha"
    assert "all there are" in panel.summary.text()


def test_that_every_question_has_a_digit_and_is_on_record(qtbot, panel, admin):
    for number, question in enumerate(QUESTION_WORDS, 1):
        asked(qtbot, panel, getattr(Qt.Key, f"Key_{number % 10}"))
        assert panel.wanted.question is question
        chosen = [each for each, button in panel._buttons.items() if button.isChecked()]
        assert chosen == [question]
    told = [row[0].split(",")[0] for row in admin.execute(ASKED)]
    assert told == [
        "Opened", "Everything", "Opened", "Changed", "Printed", "Sign-ins",
        "Failed sign-ins", "Off hours", "Glass broken", "Many charts", "Accounts",
    ]  # fmt: skip


def test_that_the_same_question_goes_on_record_once_while_it_is_open(qtbot, panel, admin):
    for _ in range(3):
        panel.refresh()
        settled(qtbot, panel.context)
    assert len(admin.execute(ASKED).fetchall()) == 1
    panel._open_until = panel.context.clock()
    panel.refresh()
    settled(qtbot, panel.context)
    assert len(admin.execute(ASKED).fetchall()) == 2


def test_that_a_person_is_asked_for_by_key_and_enter(qtbot, panel, admin):
    """[U07] What did this person do."""
    asked(qtbot, panel, Qt.Key.Key_1)
    press(qtbot, Qt.Key.Key_U)
    type_text(qtbot, "nora")
    before = len(admin.execute(ASKED).fetchall())
    settled(qtbot, panel.context)
    assert len(admin.execute(ASKED).fetchall()) == before  # no letter goes on record
    asked(qtbot, panel, Qt.Key.Key_Return)
    assert set(cells(panel, "Person")) == {"Nora Nurse"}
    assert panel.table.hasFocus()
    assert admin.execute(ASKED).fetchall()[-1][0].endswith(", person nora")
    asked(qtbot, panel, Qt.Key.Key_X)
    assert "Audrey Auditor" in cells(panel, "Person")


def test_that_one_key_leads_from_an_entry_to_patient_and_person(qtbot, panel, opened_chart):
    row = cells(panel, "Record").index("Chart")
    panel.table.setCurrentIndex(panel.rows.index(row, 0))
    asked(qtbot, panel, Qt.Key.Key_I)
    assert cells(panel, "Record") == ["Chart"]
    assert panel.filters.patient.text() == panel.chosen.mrn
    asked(qtbot, panel, Qt.Key.Key_O)
    assert panel.question is Question.EVERYTHING
    assert set(cells(panel, "Person")) == {"Nora Nurse"}
    assert panel.filters.patient.text() == ""


def test_that_an_entry_of_nobody_leads_nowhere_and_says_so(qtbot, panel, admin):
    told = []
    panel.told.connect(lambda text, _undo: told.append(text))
    admin.execute("UPDATE room.wards SET specialty = 'x' WHERE code = 'east'")
    asked(qtbot, panel, Qt.Key.Key_3)
    assert cells(panel, "Person")[0] == "Nobody signed in"
    asked(qtbot, panel, Qt.Key.Key_O)
    asked(qtbot, panel, Qt.Key.Key_I)
    assert told == [
        "Nobody was signed in; there is no person to ask for.",
        "This entry is of nobody's record.",
    ]
    assert panel.detail.text() == "specialty"


def test_that_a_name_nobody_has_finds_nothing_and_says_so(qtbot, panel):
    press(qtbot, Qt.Key.Key_A)
    type_text(qtbot, "Nobody")
    asked(qtbot, panel, Qt.Key.Key_Return)
    assert panel.rows.rowCount() == 0
    assert panel.message.text().startswith("Nothing is on record that fits.")
    assert panel.detail.text() == ""


def test_that_days_are_typed_or_chosen_by_key(qtbot, panel):
    today = panel.context.clock().astimezone(LONDON).date()
    asked(qtbot, panel, Qt.Key.Key_T)
    assert panel.wanted.since.astimezone(LONDON).date() == today
    asked(qtbot, panel, Qt.Key.Key_M)
    assert panel.wanted.since.astimezone(LONDON).date() == today - timedelta(days=29)
    asked(qtbot, panel, Qt.Key.Key_W)
    assert panel.wanted.until.astimezone(LONDON).date() == today + timedelta(days=1)
    press(qtbot, Qt.Key.Key_F)
    panel.filters.first.line.setText("no day")
    asked(qtbot, panel, Qt.Key.Key_Return)
    assert panel.message.text().startswith("Type the first and the last day")
    assert panel.rows.rowCount() == 0
    panel.filters.show_days(1)
    panel.ask()
    settled(qtbot, panel.context)
    assert panel.rows.rowCount() > 0


def test_that_escape_goes_back_to_the_list(qtbot, panel):
    press(qtbot, Qt.Key.Key_K)
    assert panel.filters.workstation.hasFocus()
    press(qtbot, Qt.Key.Key_Escape)
    assert panel.table.hasFocus()


def test_that_a_long_trail_is_read_page_by_page(qtbot, panel, admin):
    admin.execute(MANY, (PAGE_ROWS + 50,))
    asked(qtbot, panel, Qt.Key.Key_5)
    assert panel.rows.rowCount() == PAGE_ROWS
    more = "more are read at the end of the list."
    assert panel.summary.text() == f"The newest {PAGE_ROWS} entries; {more}"
    first = panel.rows.rows[0]
    press(qtbot, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot, panel.context)
    assert panel.rows.rowCount() == PAGE_ROWS + 52
    assert panel.rows.rows[0] == first
    assert panel.table.currentIndex().row() == PAGE_ROWS - 1
    assert len(set(panel.rows.rows)) == PAGE_ROWS + 52
    assert "all there are" in panel.summary.text()
    panel.refresh()
    settled(qtbot, panel.context)
    assert panel.rows.rowCount() == PAGE_ROWS + 52
    assert panel.table.currentIndex().row() == PAGE_ROWS - 1


def test_that_a_failed_reading_keeps_what_is_known_greyed_with_its_time(qtbot, panel, monkeypatch):
    def fail(_owner, reply, *_query, **_more):
        reply.failed(DatabaseUnavailableError("The ward database cannot be reached."))

    with monkeypatch.context() as broken:
        broken.setattr(panel.context.work, "query", fail)
        panel.refresh()
        assert panel.rows.rowCount() > 0
        assert panel.rows._stale
        assert "The list shows what was known at" in panel.notice.text
        panel.question = Question.CHANGES
        panel.refresh()
        assert panel.rows.rowCount() == 0
        assert "could not be read" in panel.message.text()
    panel.refresh()
    settled(qtbot, panel.context)
    assert panel.rows.rowCount() > 0
    assert not panel.rows._stale


def test_that_the_panel_leaves_nothing_behind(qtbot, context, opened_chart):
    panel = TrailPanel(context, Place(name="x", wards=()))
    panel.load_at_once()
    settled(qtbot, context)
    gone = freed(qtbot, panel)
    del panel
    gc.collect()
    assert gone() is None


@pytest.fixture
def sheet(qtbot, panel):
    return opened(qtbot, PrintTrailSheet(panel.context, panel.wanted, panel.zone))


def taken_out(qtbot, sheet, monkeypatch, path, **chosen):
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda _parent, _target: path)
    for name, value in chosen.items():
        sheet.form.set_value(name, value)
    with qtbot.waitSignal(sheet.saved) as told:
        sheet.save()
    return told.args[0]


TAKEN = f"SELECT action, reason FROM ({ASKED.replace('reason', '*')} DESC LIMIT 1) newest"


def test_that_the_trail_is_saved_for_a_spreadsheet_and_that_is_on_record(
    qtbot, sheet, monkeypatch, tmp_path, admin
):
    """[U04] [U07]"""
    path = tmp_path / "trail.csv"
    told = taken_out(qtbot, sheet, monkeypatch, path)
    assert told == "The trail is saved as trail.csv; only you can read it."
    assert path.stat().st_mode & 0o777 == 0o600
    head, *lines = path.read_bytes().decode("utf-8-sig").splitlines()
    assert head == (
        "Time,What,Person,Patient,Record,Ward,Workstation,User name,Code,Session,Detail"
    )
    assert any("OKAFOR" in line and ",VIEW," in line for line in lines)
    action, reason = admin.execute(TAKEN).fetchone()
    assert action == "EXPORT"
    assert reason == f"{asked_text(sheet.wanted, sheet.zone)}, CSV, {len(lines)} entries"


def test_that_the_trail_is_saved_as_pdf_or_printed(qtbot, sheet, monkeypatch, tmp_path, admin):
    path = tmp_path / "trail.pdf"
    taken_out(qtbot, sheet, monkeypatch, path, target="pdf")
    assert path.read_bytes().startswith(b"%PDF-")
    assert admin.execute(TAKEN).fetchone()[0] == "EXPORT"


def test_that_a_printer_gets_the_trail(qtbot, sheet, monkeypatch, tmp_path, admin):
    """[U04]"""
    printer = QPrinter()
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    printer.setPageLayout(PAGES.layout("A4"))
    monkeypatch.setattr(print_sheet, "ask_for_printer", lambda *_: printer)
    sheet.form.set_value("target", "printer")
    with qtbot.waitSignal(sheet.saved):
        sheet.save()
    assert (tmp_path / "printed.pdf").read_bytes().startswith(b"%PDF-")
    assert admin.execute(TAKEN).fetchone()[0] == "PRINT"


def test_that_a_cancelled_question_takes_nothing_out(qtbot, sheet, monkeypatch, admin):
    before = admin.execute(TAKEN).fetchone()
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda *_: None)
    monkeypatch.setattr(print_sheet, "ask_for_printer", lambda *_: None)
    for target in ("csv", "printer"):
        sheet.form.set_value("target", target)
        sheet.save()
    assert admin.execute(TAKEN).fetchone() == before
    assert not sheet.is_dirty


def test_that_a_file_that_cannot_be_written_keeps_the_sheet(qtbot, sheet, monkeypatch, tmp_path):
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda *_: tmp_path / "no" / "x.csv")
    with qtbot.assertNotEmitted(sheet.closed):
        sheet.save()
        settled(qtbot, sheet.context)
    assert "could not be written" in sheet.notice.text


def test_that_a_closed_trail_is_not_taken_out(qtbot, sheet, monkeypatch, tmp_path, admin):
    admin.execute("ALTER TABLE audit.access_logs DISABLE TRIGGER append_only")
    admin.execute("UPDATE audit.access_logs SET valid_until = now()")
    path = tmp_path / "trail.csv"
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda *_: path)
    sheet.save()
    settled(qtbot, sheet.context)
    assert "Ask again" in sheet.notice.text
    assert not path.exists()


def test_that_the_sheet_opens_by_p_and_leaves_nothing_behind(qtbot, panel):
    asked_for = []
    panel.sheet_requested.connect(asked_for.append)
    press(qtbot, Qt.Key.Key_P)
    sheet = asked_for.pop()
    assert isinstance(sheet, PrintTrailSheet)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None


def test_that_nothing_shown_is_nothing_to_print(qtbot, panel):
    told = []
    panel.told.connect(lambda text, _undo: told.append(text))
    panel._forget("")
    panel.take_out()
    assert told == ["There is nothing to print yet."]


def test_that_what_stands_out_has_glyph_word_and_colour():
    glass = a_row(kind="break_glass")
    failed = a_row(source="login", action=Action.LOGIN, succeeded=False, user_name=None)
    assert (done_text(glass), colour_of(glass)) == ("◆ Broke the glass", "problem")
    assert (done_text(failed), colour_of(failed)) == ("▲ Sign-in failed", "caution")
    assert (done_text(a_row()), colour_of(a_row())) == ("Opened", None)
    assert who_text(failed) == "Not known"


def test_that_records_and_patients_are_named_in_words():
    assert record_text(a_row()) == "Vital signs"
    assert record_text(a_row(resource_type="patient directory")) == "Patient directory"
    assert patient_text(a_row()) == ""
    assert found_text(1, more=False) == "1 entry, all there are."


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_that_a_day_is_one_of_the_hospitals_clock_also_when_it_changes(qapp, day):
    noon = datetime.fromisoformat(f"{day}T12:00+00:00")
    filters = Filters(lambda: noon, LONDON, None)
    filters.show_days(1)
    wanted = filters.wanted(Question.EVERYTHING)
    hours = (wanted.until - wanted.since).total_seconds() / 3600
    assert hours == {"2026-03-29": 23, "2026-10-25": 25}[day]
    filters.deleteLater()


def test_that_a_day_without_midnight_begins_all_the_same():
    """In Beirut clocks go forward at midnight: that day begins at one."""
    beirut = ZoneInfo("Asia/Beirut")
    began = day_begins(datetime(2026, 3, 29, tzinfo=beirut).date(), beirut, NOON)
    assert began.astimezone(UTC) == datetime(2026, 3, 28, 22, tzinfo=UTC)


def test_that_what_is_asked_reads_as_it_goes_on_record():
    wanted = Wanted(
        question=Question.OPENINGS,
        since=datetime(2026, 11, 14, tzinfo=LONDON),
        until=datetime(2026, 11, 21, tzinfo=LONDON),
        person="nora",
        patient="4001234567",
        workstation="desk",
    )
    assert asked_text(wanted, LONDON) == (
        "Opened, 14-Nov-2026 to 20-Nov-2026, person nora, patient 4001234567, workstation desk"
    )
