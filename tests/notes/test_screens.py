"""The notes and their sheets, by keyboard, against a real database."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from tests import world
from tests.notes.builders import (
    a_symptom,
    drafts,
    keep,
    notes,
    only,
    said,
    sign,
    strike,
)
from tests.sheets import freed, in_window, opened, press, row_of, saved_message, settled, type_text
from tests.steps import a_set, admit, ago, open_first
from ui.background import DatabaseWork
from ui.context import Place
from ui.notes import deeds
from ui.notes.line import note_lines
from ui.notes.note_print import PAGES
from ui.notes.panel import NONE_FOUND, NONE_OF_PATIENT, NONE_ON_WARD, ONE_WARD, NotesPanel
from ui.notes.print_sheet import PrintNotesSheet
from ui.notes.reading_pane import A_DRAFT
from ui.notes.strike_sheet import StrikeSheet
from ui.notes.write_sheets import AdditionSheet, CorrectionSheet, NewNoteSheet
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.notes.rules import threads
from ward_app.notes.types import NoteKind, Section, Severity
from ward_app.observations.service import record_observations

KEY = Qt.Key
EAST = world.id_of("east")


@pytest.fixture
def stay(database, nurse):
    stay = admit(database, nurse, label="1")
    open_first(database, nurse)
    return stay


@pytest.fixture
def desk(database, nurse, stay):
    """Where the nurse writes, who she is, and about whose stay."""
    return database, nurse, stay


@pytest.fixture
def row(database, nurse, stay):
    """Ada as the board knows her."""
    return row_of(database, nurse, "Okafor")


@pytest.fixture
def show(qtbot, context):
    """Return what shows the notes of ward East in an active window, with its lines read."""

    def make(patient=None, around=context):
        east = tuple(ward for ward in around.wards if ward.id == EAST)
        panel = NotesPanel(around, Place(name="Ward 7 East", wards=east))
        panel.show_patient(patient)
        in_window(qtbot, panel)
        panel.setFocus()
        settled(qtbot, around)
        qtbot.waitUntil(lambda: panel._lines is not None)
        panel.setFocus()
        return panel

    return make


@pytest.fixture
def colleague(database, signed_in, context, stay):
    """Surroundings of Dora, who is signed in at the same station and has opened the charts."""
    dora = signed_in("dora")
    actor = Actor(dora.token)
    open_first(database, actor)
    work = DatabaseWork(database, actor)
    yield replace(context, work=work, signed_in=dora)
    work.close()


def zone(context):
    return Place(name="", wards=context.wards).zone


def cells(panel, line=0):
    return [panel.rows.index(line, column).data() for column in range(panel.rows.columnCount())]


def asked(qtbot, panel, key):
    """Press a key and return the sheet that is asked for."""
    with qtbot.waitSignal(panel.sheet_requested) as told:
        press(qtbot, key)
    return told.args[0]


def said_of(qtbot, panel, key):
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, key)
    return told.args[0]


def new_sheet(qtbot, context, row):
    sheet = opened(qtbot, NewNoteSheet(context, row, zone(context)))
    settled(qtbot, context)
    return sheet


def lines_of(database, actor, row, stay):
    return note_lines((row,), notes(database, actor, stay), ())


def test_that_the_ward_lists_the_last_day_with_what_was_added_below(
    qtbot, database, nurse, stay, show
):
    note = sign(database, nurse, stay, title="Fall", kind=NoteKind.EVENT)
    sign(database, nurse, stay, addendum_to_id=note, title="Addition", sections=said("Well."))
    sign(database, nurse, stay, title="Old", occurred_at=ago(25 * 60))
    panel = show()
    assert [cells(panel, line)[4:] for line in (0, 1)] == [
        ["Nora Nurse", "(1 addition) Fall: Slept well. Ate half of breakfast."],
        ["Nora Nurse", "Well."],
    ]
    assert cells(panel)[:2] == ["1", "OKAFOR, Ada"]
    assert cells(panel)[3] == "Event"
    assert cells(panel, 1)[3] == "↳ Addition"
    assert len(panel.rows.rows) == 2
    assert panel.frame.summary.text() == "2 notes of the last 24 h"
    text = panel.pane.toPlainText()
    assert "Slept well" in text
    assert "↳ Addition" in text
    assert "by Nora Nurse, Nurse" in text
    QAbstractItemModelTester(panel.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)


def test_that_a_patient_lists_the_whole_stay(database, nurse, stay, row, show):
    sign(database, nurse, stay, title="Old", occurred_at=ago(25 * 60))
    panel = show(row)
    assert cells(panel)[-1].startswith("Old: ")
    assert panel.frame.banner.isVisible()
    assert "written later" in panel.pane.toPlainText()


def test_that_nothing_to_read_says_what_to_do(qtbot, stay, row, show):
    assert show().frame.message.text() == NONE_ON_WARD
    assert show(row).frame.message.text() == NONE_OF_PATIENT


def test_that_several_wards_are_not_opened_at_once(context, qtbot):
    panel = NotesPanel(context, Place(name="All", wards=context.wards, whole_hospital=True))
    qtbot.addWidget(panel)
    panel.show()
    assert panel.frame.message.text() == ONE_WARD


def test_that_reading_a_ward_puts_every_chart_on_record(database, nurse, admin, stay, show):
    before = admin.execute("SELECT count(*) FROM audit.access_logs").fetchone()[0]
    show()
    assert admin.execute("SELECT count(*) FROM audit.access_logs").fetchone()[0] > before


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (KEY.Key_N, NewNoteSheet),
        (KEY.Key_A, AdditionSheet),
        (KEY.Key_C, CorrectionSheet),
        (KEY.Key_X, StrikeSheet),
        (KEY.Key_P, PrintNotesSheet),
    ],
    ids=["n", "a", "c", "x", "p"],
)
def test_that_one_key_opens_what_is_to_be_done(qtbot, context, desk, show, key, kind):
    database, nurse, stay = desk
    sign(database, nurse, stay)
    sheet = asked(qtbot, show(), key)
    assert isinstance(sheet, kind)
    assert "OKAFOR, Ada" in sheet.title
    assert "OKAFOR, Ada" in sheet.save_button.accessibleName()
    settled(qtbot, context)
    sheet.deleteLater()


def test_that_an_assistant_is_offered_no_correction(qtbot, context, desk, signed_in, show):
    database, nurse, stay = desk
    sign(database, nurse, stay)
    hal = signed_in("hal")
    work = DatabaseWork(database, Actor(hal.token))
    panel = show(around=replace(context, work=work, signed_in=hal))
    words = {action.text() for action in panel.actions()}
    assert {"New note…", "Add to it…"} <= words
    assert not {"Correct…", "Strike out…"} & words
    work.close()


def test_that_nobody_corrects_what_another_signed(qtbot, database, nurse, stay, colleague, show):
    sign(database, nurse, stay)
    panel = show(around=colleague)
    assert said_of(qtbot, panel, KEY.Key_C) == deeds.NOT_YOURS


def test_that_what_is_struck_out_is_marked_and_done_with(qtbot, database, nurse, stay, show):
    note = sign(database, nurse, stay)
    strike(database, nurse, stay, note)
    panel = show()
    assert cells(panel)[-1] == "(✕ struck out) Slept well. Ate half of breakfast."
    assert "wrong patient" in panel.pane.toPlainText()
    for key in (KEY.Key_A, KEY.Key_C, KEY.Key_X):
        assert said_of(qtbot, panel, key) == deeds.NOT_IN_FORCE


def test_that_keys_ask_for_a_note_where_there_is_none(qtbot, stay, show):
    panel = show()
    for key in (KEY.Key_A, KEY.Key_C, KEY.Key_X, KEY.Key_P, KEY.Key_H, KEY.Key_Return):
        assert said_of(qtbot, panel, key) == deeds.CHOOSE
    assert "Choose a patient" in said_of(qtbot, panel, KEY.Key_N)


def test_that_earlier_wordings_come_and_go_by_one_key(qtbot, context, database, nurse, stay, show):
    note = sign(database, nurse, stay, sections=said("Ate all."))
    sign(
        database, nurse, stay, supersedes_id=note, change_reason="Wrong meal",
        sections=said("Ate half."),
    )  # fmt: skip
    panel = show()
    assert "Ate all" not in panel.pane.toPlainText()
    press(qtbot, KEY.Key_H)
    settled(qtbot, context)
    assert "Ate all" in panel.pane.toPlainText()
    assert "Corrected: Wrong meal" in panel.pane.toPlainText()
    press(qtbot, KEY.Key_H)
    assert "Ate all" not in panel.pane.toPlainText()


def test_that_a_note_never_changed_says_so(qtbot, database, nurse, stay, show):
    sign(database, nurse, stay)
    panel = show()
    assert said_of(qtbot, panel, KEY.Key_H) == "This note was never changed."


def test_that_types_are_gone_through_by_one_key_and_counted(qtbot, database, nurse, stay, show):
    sign(database, nurse, stay, title="Talk", kind=NoteKind.FAMILY)
    sign(database, nurse, stay, title="Sleep")
    panel = show()
    assert [(count.text, count.chosen) for count in panel.counts] == [
        ("1 Progress", False),
        ("1 Family", False),
    ]
    press(qtbot, KEY.Key_T)
    assert (panel.chosen.note.title, len(panel.rows.rows)) == ("Sleep", 1)
    assert panel.frame.summary.text().startswith("Only Progress (T): 1 note")
    press(qtbot, KEY.Key_T)
    assert panel.chosen.note.title == "Talk"
    press(qtbot, KEY.Key_T)
    assert len(panel.rows.rows) == 2
    panel.filter_by("family")
    assert panel.counts[1].chosen
    panel.filter_by("family")
    assert len(panel.rows.rows) == 2


def test_that_words_are_looked_for_and_stand_out(qtbot, context, database, nurse, stay, show):
    sign(database, nurse, stay, title="Night", sections=said("Was confused at 03:00."))
    sign(database, nurse, stay, title="Meal")
    panel = show()
    press(qtbot, KEY.Key_Slash)
    type_text(qtbot, "confus")
    press(qtbot, KEY.Key_Return)
    settled(qtbot, context)
    assert (panel.chosen.note.title, len(panel.rows.rows)) == ("Night", 1)
    assert panel.frame.summary.text() == "1 note has “confus”"
    assert panel.table.hasFocus()
    marked = [
        fragment.text()
        for block in blocks(panel.pane.document())
        for fragment in fragments(block)
        if fragment.charFormat().fontUnderline()
    ]
    assert marked == ["confused"]
    press(qtbot, KEY.Key_Escape)
    assert len(panel.rows.rows) == 2
    assert panel.search.text() == ""


def blocks(document):
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def fragments(block):
    at = block.begin()
    while not at.atEnd():
        yield at.fragment()
        at += 1


def test_that_what_nobody_wrote_is_said(qtbot, context, database, nurse, stay, show):
    sign(database, nurse, stay)
    panel = show()
    press(qtbot, KEY.Key_Slash)
    type_text(qtbot, "zebra")
    qtbot.waitUntil(lambda: panel._found is not None)
    assert panel.frame.message.text() == NONE_FOUND
    panel.search.clear()
    type_text(qtbot, "the")
    qtbot.waitUntil(lambda: "Type a word" in panel.notice.text)
    settled(qtbot, context)


def test_that_enter_reads_and_escape_leads_back(qtbot, database, nurse, stay, row, show):
    sign(database, nurse, stay)
    panel = show(row)
    press(qtbot, KEY.Key_Return)
    assert panel.pane.hasFocus()
    press(qtbot, KEY.Key_Escape)
    assert panel.table.hasFocus()
    with qtbot.waitSignal(panel.left):
        press(qtbot, KEY.Key_Escape)
    assert panel.patient is None
    settled(qtbot, panel.context)


def test_that_one_key_goes_from_the_ward_to_the_patient_and_back(
    qtbot, context, database, nurse, stay, show
):
    sign(database, nurse, stay)
    panel = show()
    press(qtbot, KEY.Key_W)
    settled(qtbot, context)
    assert panel.patient.admission_id == stay
    qtbot.waitUntil(lambda: bool(panel.rows.rows))
    press(qtbot, KEY.Key_W)
    settled(qtbot, context)
    assert panel.patient is None


def test_that_a_lost_server_greys_what_was_known(qtbot, context, database, nurse, stay, show):
    sign(database, nurse, stay)
    panel = show()
    known = cells(panel)
    panel._go_stale(DatabaseUnavailableError("The server does not answer."))
    assert cells(panel) == known
    assert panel.rows.index(0, 0).data(Qt.ItemDataRole.ForegroundRole) is not None
    assert "what was known at" in panel.notice.text
    panel.refresh()
    settled(qtbot, context)
    assert panel.rows.index(0, 0).data(Qt.ItemDataRole.ForegroundRole) is None


def test_that_notes_that_could_not_be_read_are_asked_for_again(context, qtbot):
    panel = NotesPanel(context, Place(name="Ward", wards=()))
    qtbot.addWidget(panel)
    panel._go_stale(DatabaseUnavailableError("The server does not answer."))
    assert "F5" in panel.frame.message.text()


def test_that_a_colleagues_note_appears_by_itself(qtbot, context, database, nurse, stay, show):
    panel = show()
    sign(database, nurse, stay)
    panel.take_note("notes")
    qtbot.waitUntil(lambda: len(panel.rows.rows) == 1)
    settled(qtbot, context)


def test_that_list_and_note_stand_below_one_another_where_it_is_narrow(
    qtbot, database, nurse, stay, show
):
    sign(database, nurse, stay)
    panel = show()
    assert panel.pane.x() > panel.table.x()
    panel.resize(700, 620)
    qtbot.waitUntil(lambda: panel.pane.y() > panel.table.y())


def test_that_a_type_by_one_key_fills_in_what_the_chart_knows_with_its_time(
    qtbot, context, database, nurse, stay, row
):
    at = ago(30)
    database.run(nurse, record_observations, a_set(stay, occurred_at=at))
    sheet = new_sheet(qtbot, context, row)
    press(qtbot, KEY.Key_1)
    typed = sheet.form.typed()
    assert typed["section0"].startswith("Bed 1, Bay A, Ward 7 East. Score: NEWS2 0, ")
    assert "Allergies: not recorded" in typed["section1"]
    assert "In hospital for: Pneumonia." in typed["section1"]
    assert "Pulse 75 /min" in typed["section2"]
    assert "Pain: not recorded. In place: not recorded." in typed["section2"]
    assert f"{at.astimezone(zone(context)):%H:%M})" in typed["section0"]
    assert not sheet.is_dirty


def test_that_a_note_is_written_and_signed_by_keyboard(qtbot, context, database, nurse, stay, row):
    sheet = new_sheet(qtbot, context, row)
    press(qtbot, KEY.Key_4)
    type_text(qtbot, "Daughter Efe, by phone.")
    press(qtbot, KEY.Key_Tab)
    type_text(qtbot, "Going home.")
    told = saved_message(qtbot, sheet)
    assert told.startswith("OKAFOR, Ada: signed ")
    note = only(database, nurse, stay)
    assert (note.kind, note.title, note.template) == ("family", "Talk with family", "family 1")
    assert note.sections[:2] == (
        Section("Who", "Daughter Efe, by phone."),
        Section("Talked about", "Going home."),
    )
    settled(qtbot, context)


def test_that_the_type_comes_first(qtbot, context, row):
    sheet = new_sheet(qtbot, context, row)
    sheet.save()
    assert "type of note first" in sheet.notice.text
    settled(qtbot, context)


def test_that_a_note_that_says_nothing_is_not_signed(qtbot, context, database, nurse, stay, row):
    sheet = new_sheet(qtbot, context, row)
    press(qtbot, KEY.Key_2)
    sheet.form.set_value("section0", "")
    sheet.save()
    settled(qtbot, context)
    assert sheet.form.problem("section0") == "The note says nothing yet."
    assert notes(database, nurse, stay) == ()


def test_that_a_symptom_is_written_in_its_parts(qtbot, context, database, nurse, stay, row):
    sheet = new_sheet(qtbot, context, row)
    press(qtbot, KEY.Key_6)
    type_text(qtbot, "Nausea")
    press(qtbot, KEY.Key_Tab)
    press(qtbot, KEY.Key_3)
    type_text(qtbot, "19/11/2026")
    press(qtbot, KEY.Key_Tab)
    type_text(qtbot, "like on a ship")
    saved_message(qtbot, sheet)
    note = only(database, nurse, stay)
    assert note.title == "Nausea, severe"
    assert note.symptom == a_symptom(
        severity=Severity.SEVERE, since_on=date(2026, 11, 19), own_words="like on a ship"
    )
    settled(qtbot, context)


def test_that_looking_at_another_type_keeps_what_was_typed(qtbot, context, row):
    sheet = new_sheet(qtbot, context, row)
    press(qtbot, KEY.Key_3)
    type_text(qtbot, "Fell.")
    sheet.types.set_value("template", "progress")
    assert "Fell." not in str(sheet.form.typed())
    sheet.types.set_value("template", "event")
    assert sheet.form.typed()["section0"] == "Fell."
    settled(qtbot, context)


def test_that_what_is_typed_is_kept_for_its_author_and_goes_when_signed(
    qtbot, context, desk, row, colleague
):
    database, nurse, _stay = desk
    sheet = new_sheet(qtbot, context, row)
    press(qtbot, KEY.Key_3)
    type_text(qtbot, "Fell.")
    qtbot.waitUntil(lambda: "Draft kept" in sheet.kept_words.text())
    (content,) = drafts(database, nurse).values()
    assert content["typed"]["section0"] == "Fell."
    assert drafts(database, colleague.work.actor) == {}
    saved_message(qtbot, sheet)
    settled(qtbot, context)
    assert drafts(database, nurse) == {}


def test_that_a_hidden_sheet_keeps_its_words_at_once(qtbot, context, database, nurse, stay, row):
    sheet = new_sheet(qtbot, context, row)
    press(qtbot, KEY.Key_3)
    type_text(qtbot, "Fell.")
    sheet.host.hide()
    settled(qtbot, context)
    assert len(drafts(database, nurse)) == 1


def test_that_words_come_back_after_the_program_died(qtbot, context, database, nurse, stay, row):
    sheet = new_sheet(qtbot, context, row)
    press(qtbot, KEY.Key_3)
    type_text(qtbot, "Fell.")
    sheet.keep()
    settled(qtbot, context)
    # another run of the program knows nothing of what was typed in this one
    anew = new_sheet(qtbot, replace(context, drafts=type(context.drafts)()), row)
    assert anew.form.typed()["section0"] == "Fell."
    assert "are back" in anew.notice.text
    saved_message(qtbot, anew)
    assert only(database, nurse, stay).sections[0] == Section("What happened", "Fell.")
    settled(qtbot, context)
    assert drafts(database, nurse) == {}


def test_that_a_colleague_at_the_same_station_finds_no_draft(
    qtbot, context, desk, row, colleague, show
):
    database, nurse, stay = desk
    keep(database, nurse, stay, about="new", name="event", typed={"section0": "Fell."})
    theirs = new_sheet(qtbot, replace(colleague, drafts=type(context.drafts)()), row)
    assert theirs.form is None
    panel = show(around=colleague)
    assert panel.rows.rows == ()


def test_that_a_draft_is_listed_first_and_gone_on_with(
    qtbot, context, database, nurse, stay, show
):
    sign(database, nurse, stay)
    keep(database, nurse, stay, about="new", name="event", title="Event", template="event 1",
         typed={"section0": "Fell."})  # fmt: skip
    panel = show()
    assert cells(panel)[3:] == ["✎ Draft", "you, not signed", "Event (only you see this)"]
    assert A_DRAFT in panel.pane.toPlainText()
    assert panel.frame.summary.text().endswith(
        "1 note of the last 24 h, 1 draft of yours not signed"
    )
    for key in (KEY.Key_A, KEY.Key_C, KEY.Key_X, KEY.Key_P):
        assert said_of(qtbot, panel, key) == deeds.NOT_SIGNED
    sheet = asked(qtbot, panel, KEY.Key_Return)
    assert isinstance(sheet, NewNoteSheet)
    settled(qtbot, context)
    sheet.deleteLater()


@pytest.mark.parametrize("what", ["add", "correct"])
def test_that_a_draft_leads_to_the_note_it_is_about(qtbot, context, desk, show, what):
    database, nurse, stay = desk
    note = sign(database, nurse, stay)
    keep(database, nurse, stay, about=f"{what} {note}", typed={"section0": "Also calm."})
    panel = show()
    sheet = asked(qtbot, panel, KEY.Key_Return)
    assert isinstance(sheet, AdditionSheet if what == "add" else CorrectionSheet)
    opened(qtbot, sheet)
    settled(qtbot, context)
    assert sheet.form.typed()["section0"] == "Also calm."


def test_that_a_draft_about_what_is_gone_stays_readable(qtbot, database, nurse, stay, show):
    keep(database, nurse, stay, about=f"correct {stay}", typed={"section0": "Was calm."})
    panel = show()
    press(qtbot, KEY.Key_Return)
    assert "You had typed: Was calm." in panel.pane.toPlainText()


def test_that_a_draft_is_thrown_away_after_a_question(qtbot, context, database, nurse, stay, row):
    sheet = new_sheet(qtbot, context, row)
    press(qtbot, KEY.Key_3)
    type_text(qtbot, "Fell.")
    sheet.keep()
    settled(qtbot, context)
    press(qtbot, KEY.Key_X, Qt.KeyboardModifier.AltModifier)
    with qtbot.waitSignal(sheet.closed), qtbot.waitSignal(sheet.saved) as told:
        press(qtbot, KEY.Key_Return)
    assert "thrown away" in told.args[0]
    settled(qtbot, context)
    assert drafts(database, nurse) == {}


def test_that_words_not_kept_are_said_to_be_on_this_screen_alone(qtbot, context, row):
    sheet = new_sheet(qtbot, context, row)
    sheet._say_not_kept(DatabaseUnavailableError("The server does not answer."))
    assert sheet.kept_words.text().startswith("▲ Your words are on this screen alone")
    assert sheet._later.isActive()


def test_that_a_chart_that_cannot_be_read_fills_nothing_in(qtbot, context, row):
    sheet = new_sheet(qtbot, context, row)
    sheet._values = None
    sheet._go_without(DatabaseUnavailableError("The server does not answer."))
    press(qtbot, KEY.Key_2)
    assert sheet.form.typed()["section0"] == ""
    assert "could not be read" in sheet.notice.text


def test_that_the_cursor_goes_to_what_was_signed(qtbot, context, database, nurse, stay, show):
    sign(database, nurse, stay)
    panel = show()
    sheet = asked(qtbot, panel, KEY.Key_N)
    opened(qtbot, sheet)
    settled(qtbot, context)
    press(qtbot, KEY.Key_3)
    type_text(qtbot, "Fell.")
    saved_message(qtbot, sheet)
    settled(qtbot, context)
    assert panel.chosen.note.kind == "event"
    panel.tell_time()
    assert panel.chosen.note.kind == "event"


def test_that_an_addition_and_a_correction_are_signed(qtbot, context, database, nurse, stay, row):
    sign(database, nurse, stay)
    note = only(database, nurse, stay)
    added = opened(qtbot, AdditionSheet(context, row, zone(context), note))
    settled(qtbot, context)
    type_text(qtbot, "Also calm.")
    saved_message(qtbot, added)
    corrected = opened(qtbot, CorrectionSheet(context, row, zone(context), note))
    settled(qtbot, context)
    corrected.form.set_value("section0", "Slept badly.")
    corrected.form.set_value("change_reason", "Wrong fact")
    saved_message(qtbot, corrected)
    settled(qtbot, context)
    (thread,) = threads(notes(database, nurse, stay))
    assert (thread.note.sections, thread.note.change_reason) == (
        said("Slept badly."),
        "Wrong fact",
    )
    assert [one.sections for one in thread.additions] == [said("Also calm.")]


def test_that_a_note_is_struck_out_for_a_usual_reason(qtbot, context, database, nurse, stay, row):
    sign(database, nurse, stay)
    (line,) = lines_of(database, nurse, row, stay)
    sheet = opened(qtbot, StrikeSheet(context, line, line.note, zone(context)))
    press(qtbot, KEY.Key_1)
    assert "stays readable" in saved_message(qtbot, sheet)
    assert only(database, nurse, stay).change_reason == "Wrong patient"


def test_that_a_print_is_on_record_before_it_is_written(
    qtbot, context, desk, admin, monkeypatch, tmp_path
):
    database, nurse, stay = desk
    row = row_of(database, nurse, "Okafor")
    for number in range(40):
        sign(database, nurse, stay, title=f"Note {number}", sections=said("Slept. " * 60))
    lines = lines_of(database, nurse, row, stay)
    sheet = opened(qtbot, PrintNotesSheet(context, lines[0], lines, zone(context)))
    monkeypatch.setattr("ui.widgets.print_sheet.ask_for_file", lambda *_: tmp_path / "n.pdf")
    sheet.form.set_value("threads", tuple(line.thread for line in lines))
    assert saved_message(qtbot, sheet) == "The notes are saved as n.pdf."
    assert (tmp_path / "n.pdf").read_bytes().startswith(b"%PDF")
    (logged,) = admin.execute(
        "SELECT reason FROM audit.access_logs WHERE kind = 'print'"
    ).fetchone()
    assert logged.startswith("40 nursing notes, PDF")
    assert PAGES.pdf(sheet.job(sheet.value("threads")), "A4").count(b"/Type /Page\n") > 3


@pytest.mark.parametrize("kind", ["new", "add", "correct", "strike", "print"])
def test_that_a_sheet_leaves_nothing_behind(qtbot, context, desk, row, kind):
    database, nurse, stay = desk
    sign(database, nurse, stay)
    (line,) = lines_of(database, nurse, row, stay)
    at = zone(context)
    sheet = {
        "new": lambda: NewNoteSheet(context, row, at),
        "add": lambda: AdditionSheet(context, row, at, line.note),
        "correct": lambda: CorrectionSheet(context, row, at, line.note),
        "strike": lambda: StrikeSheet(context, line, line.note, at),
        "print": lambda: PrintNotesSheet(context, line, (line,), at),
    }[kind]()
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
