"""The handover on screen and on paper, by keyboard, against a real database."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QAbstractItemModelTester

from tests import world
from tests.handover.builders import (
    AT,
    a_given,
    a_line,
    a_sheet,
    answered,
    facts,
    given,
    handover,
    line_of,
    printed,
)
from tests.sheets import freed, opened, press, press_save, saved_message, settled, type_text
from tests.shifts.builders import took
from tests.steps import a_set, admit
from ui.context import Place
from ui.handover.answer_sheet import AnswerSheet
from ui.handover.card_words import card_head, card_lines
from ui.handover.panel import NONE_OF_YOURS, ONE_WARD, HandoverPanel
from ui.handover.pocket_print import PAGES, PocketJob
from ui.handover.print_sheet import PrintPocketSheet
from ui.handover.responsible_sheet import ResponsibleSheet
from ui.handover.sbar import sbar
from ui.handover.sheets_out import LostSheet, SheetsOutSheet, overdue_text
from ui.handover.words import Reading, state_text
from ui.handover.words_sheet import OwnWordsSheet
from ui.widgets import print_sheet
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.handover.rules import state_of
from ward_app.handover.sheet_types import Paper
from ward_app.handover.types import AnswerKind, Holder, State
from ward_app.observations.service import record_observations

KEY = Qt.Key
ZONE = Place(name="", wards=()).zone
NOW = Reading(None, AT, ZONE)


@pytest.fixture
def mine(database, nurse):
    """Where Nora acts, and Nora."""
    return database, nurse


def said_in(panel):
    return "\n".join(line.text for part in panel.pane.parts for line in part.lines)


def lines_of(line, holder=None, **asked):
    parts = sbar(line, Reading(line.own_accepted_at, AT, ZONE), holder, **asked)
    return {part.title: [one.text for one in part.lines] for part in parts}


def test_that_four_parts_are_filled_from_the_record(mine, stay, show):
    mine[0].run(mine[1], record_observations, a_set(stay))
    panel = show()
    assert [part.title for part in panel.pane.parts] == [
        "Situation", "Background", "Assessment", "Recommendation",
    ]  # fmt: skip
    told = said_in(panel)
    for words in (
        "Bed 1, Bay A · OKAFOR, Ada", "Pneumonia · ward day ", "NEWS2 0",
        "RR 16 · SpO₂ 97 · P 75", "? Allergies not recorded", "Dr Mensah",
        "▲ Nobody is responsible for this bed", "Handover not given",
    ):  # fmt: skip
        assert words in told, words


def test_that_g_gives_each_patient_in_turn(qtbot, mine, context, stay, show):
    admit(*mine, "Young", "Yuri", label="2")
    panel = show()
    for _patient in range(2):
        press(qtbot, KEY.Key_G)
        settled(qtbot, context)
    qtbot.waitUntil(lambda: all(state_of(line) is State.GIVEN for line in panel.listed))
    assert "You stay responsible until somebody accepts" in panel.said[-1]


def test_that_a_accepts_each_patient_in_turn_read_back_as_ticked(
    qtbot, mine, context, stay, bo, show
):
    admit(*mine, "Young", "Yuri", label="2")
    for line in handover(*bo).lines:
        given(*bo, line.admission_id)
    panel = show()
    press(qtbot, KEY.Key_B)
    for _patient in range(2):
        press(qtbot, KEY.Key_A)
        settled(qtbot, context)
    qtbot.waitUntil(lambda: all(state_of(line) is State.ACCEPTED for line in panel.listed))
    read_back = {line.facts.bed: line.given.answers[0].read_back for line in panel.listed}
    assert read_back == {"1": True, "2": False}
    assert panel.handover.mine == {world.bed("east", "1"), world.bed("east", "2")}


def test_that_what_the_reader_gave_is_accepted_with_a_reason(qtbot, mine, stay, show):
    given(*mine, stay)
    panel = show()
    press(qtbot, KEY.Key_A)
    sheet = opened(qtbot, panel.opened_sheets[-1])
    press_save(qtbot)
    assert sheet.form.problem("words")
    type_text(qtbot, "1")
    told = saved_message(qtbot, sheet)
    assert "You are responsible" in told
    assert state_of(line_of(*mine, stay)) is State.ACCEPTED


def test_that_own_words_are_kept_and_given_by_g(qtbot, stay, show):
    panel = show()
    press(qtbot, KEY.Key_E)
    sheet = opened(qtbot, panel.opened_sheets[-1])
    type_text(qtbot, "Watch the leg")
    assert "own words kept" in saved_message(qtbot, sheet)
    panel.refresh()
    panel.activateWindow()
    qtbot.waitUntil(lambda: "“Watch the leg” (yours, not given yet)" in said_in(panel))
    panel.acts.give()
    qtbot.waitUntil(lambda: "“Watch the leg” (Nora Nurse)" in said_in(panel))


def test_that_own_words_typed_and_left_come_back(qtbot, mine, context, stay):
    line = line_of(*mine, stay)
    sheet = opened(qtbot, OwnWordsSheet(context, line))
    type_text(qtbot, "Half a sent")
    sheet.set_aside()
    again = opened(qtbot, OwnWordsSheet(context, line))
    assert again.value("words") == "Half a sent"


def test_that_what_came_since_the_reader_accepted_is_marked(qtbot, mine, stay, bo, show):
    given(*bo, stay)
    answered(*mine, stay)
    panel = show()
    assert not any(line.new for part in panel.pane.parts for line in part.lines)
    bo[0].run(bo[1], record_observations, a_set(stay))
    panel.take_note("observations")
    qtbot.waitUntil(lambda: any(line.new for part in panel.pane.parts for line in part.lines))
    assert panel.rows.index(0, 4).data() == "1"


def test_that_a_record_that_changed_unseen_is_read_anew_and_said(qtbot, stay, bo, show):
    panel = show()
    bo[0].run(bo[1], record_observations, a_set(stay))
    press(qtbot, KEY.Key_G)
    qtbot.waitUntil(lambda: "changed since it was shown" in panel.notice.text)
    assert "NEWS2 0" in said_in(panel)
    press(qtbot, KEY.Key_G)
    qtbot.waitUntil(lambda: state_of(panel.listed[0]) is State.GIVEN)


def test_that_of_two_who_accept_the_second_is_told_and_nothing_is_asked_of_the_first(
    qtbot, mine, stay, bo, signed_in, show
):
    given(*bo, stay)
    panel = show()
    again = Actor(signed_in("both").token)
    answered(mine[0], again, stay, words="I stay on")
    press(qtbot, KEY.Key_A)
    qtbot.waitUntil(lambda: "Bo Both accepted this patient meanwhile" in panel.notice.text)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (KEY.Key_A, "not given"),
        (KEY.Key_B, "not given"),
        (KEY.Key_Q, "not given"),
        (KEY.Key_R, "not given"),
        (KEY.Key_D, "not given"),
        (KEY.Key_T, "not given"),
    ],
    ids="ABQRDT",
)
def test_that_keys_of_a_handover_say_when_there_is_none(qtbot, stay, show, key, words):
    panel = show()
    press(qtbot, key)
    assert words in panel.said[-1]


def test_that_a_question_is_asked_and_answered(qtbot, context, stay, bo, show):
    given(*bo, stay)
    panel = show()
    press(qtbot, KEY.Key_R)
    assert "Nobody asked" in panel.said[-1]
    press(qtbot, KEY.Key_Q)
    sheet = opened(qtbot, panel.opened_sheets[-1])
    type_text(qtbot, "Which leg?")
    saved_message(qtbot, sheet)
    line = line_of(*bo, stay)
    assert line.given.answers[0].words == "Which leg?"
    assert "? given" in "".join(
        column.text(line) for column in panel.rows.columns if column.header == "Handover"
    )
    reply = opened(qtbot, AnswerSheet(context, line, AnswerKind.REPLY))
    type_text(qtbot, "The left one")
    saved_message(qtbot, reply)
    assert line_of(*bo, stay).given.answers[1].words == "The left one"


def test_that_a_handover_is_declined_and_one_s_own_taken_back(qtbot, mine, stay, bo, show):
    given(*bo, stay)
    panel = show()
    press(qtbot, KEY.Key_T)
    assert "Only who gave" in panel.said[-1]
    press(qtbot, KEY.Key_G)
    assert "Bo Both gave this patient already" in panel.said[-1]
    press(qtbot, KEY.Key_D)
    sheet = opened(qtbot, panel.opened_sheets[-1])
    type_text(qtbot, "1")
    saved_message(qtbot, sheet)
    assert state_of(line_of(*mine, stay)) is State.DECLINED
    given(*mine, stay)
    panel.refresh()
    qtbot.waitUntil(lambda: panel.listed[0].given.by == "Nora Nurse")
    panel.acts.give()
    panel.acts.decline()
    assert panel.said[-2].startswith("Given already")
    assert panel.said[-1].startswith("You gave this patient")
    panel.acts.take_back()
    qtbot.waitUntil(lambda: state_of(panel.listed[0]) is State.WITHDRAWN)


def test_that_v_shows_what_was_given(qtbot, stay, bo, show):
    given(*bo, stay)
    bo[0].run(bo[1], record_observations, a_set(stay))
    panel = show()
    assert "▲ No observations yet" not in said_in(panel)
    press(qtbot, KEY.Key_V)
    assert "▲ No observations yet" in said_in(panel)
    press(qtbot, KEY.Key_V)
    assert "▲ No observations yet" not in said_in(panel)


def test_that_own_beds_are_shown_and_m_shows_everybody(qtbot, mine, stay, show):
    admit(*mine, "Young", "Yuri", label="2")
    took(*mine, "1")
    panel = show()
    assert [line.facts.bed for line in panel.listed] == ["1"]
    press(qtbot, KEY.Key_M)
    assert [line.facts.bed for line in panel.listed] == ["1", "2"]


def test_that_who_holds_only_empty_beds_is_told_so(mine, stay, show):
    took(*mine, "4")
    assert show().message.text() == NONE_OF_YOURS


def test_that_the_chart_of_the_chosen_patient_is_asked_for(qtbot, stay, show):
    panel = show()
    with qtbot.waitSignal(panel.chart_asked) as asked:
        press(qtbot, KEY.Key_Return)
    assert asked.args[0].admission_id == stay


def test_that_a_failed_load_keeps_what_was_known_greyed(stay, show):
    panel = show()
    panel.load_failed.emit(DatabaseUnavailableError("The server cannot be reached."))
    assert "This is what was known at" in panel.notice.text
    assert "OKAFOR, Ada" in said_in(panel)
    index = panel.rows.index(0, 1)
    assert index.data(Qt.ItemDataRole.ForegroundRole) is not None


def test_that_a_failed_first_load_says_what_to_do(stay, show):
    panel = show()
    panel.handover = None
    panel.load_failed.emit(DatabaseUnavailableError("The server cannot be reached."))
    assert "F5 tries again" in panel.message.text()


def test_that_several_wards_are_too_many(qtbot, context, stay):
    panel = HandoverPanel(context, Place(name="All", wards=context.wards))
    qtbot.addWidget(panel)
    panel.show()
    settled(qtbot, context)
    assert panel.message.text() == ONE_WARD


def test_that_a_reader_s_role_has_no_keys_to_give_or_accept(qtbot, context, stay, signed_in):
    reader = replace(context, signed_in=signed_in("hal"))
    panel = HandoverPanel(reader, Place(name="Ward 7 East", wards=context.wards[:1]))
    qtbot.addWidget(panel)
    keys = {key.toString() for action in panel.actions() for key in action.shortcuts()}
    assert keys == {"M", "W", "V", "P", "U", "Return", "Ctrl+Shift+O"}


def test_that_a_pocket_sheet_is_on_record_before_it_is_saved(
    qtbot, mine, stay, show, tmp_path, monkeypatch
):
    panel = show()
    press(qtbot, KEY.Key_P)
    path = tmp_path / "sheet.pdf"
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda *_: path)
    sheet = opened(qtbot, panel.opened_sheets[-1])
    assert isinstance(sheet, PrintPocketSheet)
    told = saved_message(qtbot, sheet)
    assert told.startswith("Pocket sheet P-00000")
    assert path.read_bytes().startswith(b"%PDF")
    (out,) = handover(*mine).sheets
    assert out.patients == 1
    assert out.expires_at == panel.shift_until


def exports(admin):
    """Return what of pocket sheets is in the access log."""
    logged = "SELECT action, reason FROM audit.access_logs WHERE kind = 'print' ORDER BY at"
    return admin.execute(logged).fetchall()


def test_that_a_sheet_printed_after_its_file_failed_is_another_one(
    qtbot, stay, show, monkeypatch, admin, tmp_path
):
    """[U04] Saved as a file it is an export, on paper a print."""
    panel = show()
    press(qtbot, KEY.Key_P)
    sheet = opened(qtbot, panel.opened_sheets[-1])
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda *_: Path("/nowhere/x.pdf"))
    press_save(qtbot)
    qtbot.waitUntil(lambda: "could not be written" in sheet.notice.text)
    printer = QPrinter()
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    monkeypatch.setattr(print_sheet, "ask_for_printer", lambda *_: printer)
    sheet.form.set_value("target", "printer")
    saved_message(qtbot, sheet)
    assert exports(admin) == [
        ("EXPORT", "pocket sheet, PDF, A4"),
        ("PRINT", "pocket sheet, A4"),
    ]


def test_that_a_folder_that_cannot_be_written_is_said(qtbot, stay, show, monkeypatch):
    panel = show()
    press(qtbot, KEY.Key_P)
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda *_: Path("/nowhere/x.pdf"))
    sheet = opened(qtbot, panel.opened_sheets[-1])
    press_save(qtbot)
    qtbot.waitUntil(lambda: "could not be written" in sheet.notice.text)


def test_that_nothing_is_recorded_when_the_person_cancels(
    qtbot, mine, context, stay, show, monkeypatch
):
    panel = show()
    press(qtbot, KEY.Key_P)
    sheet = opened(qtbot, panel.opened_sheets[-1])
    monkeypatch.setattr(print_sheet, "ask_for_file", lambda *_: None)
    press_save(qtbot)
    settled(qtbot, context)
    assert handover(*mine).sheets == ()
    assert not sheet.is_dirty


def test_that_an_expired_sheet_is_loud_until_it_is_ticked_off(qtbot, mine, stay, admin, show):
    sheet_id, _serial = printed(*mine, line_of(*mine, stay).patient_id)
    admin.execute("ALTER TABLE report.pocket_sheets DISABLE TRIGGER USER")
    admin.execute("UPDATE report.pocket_sheets SET expires_at = now() - interval '1 hour'")
    admin.execute("ALTER TABLE report.pocket_sheets ENABLE TRIGGER USER")
    panel = show()
    assert panel.sheets_due.isVisible()
    assert "1 pocket sheet has expired" in panel.sheets_due.text()
    press(qtbot, KEY.Key_U)
    sheet = opened(qtbot, panel.opened_sheets[-1])
    assert sheet.chosen.id == sheet_id
    with qtbot.waitSignal(sheet.closed), qtbot.waitSignal(sheet.saved) as told:
        press(qtbot, KEY.Key_S)
    assert told.args[0].endswith("shredded.")
    panel.refresh()
    qtbot.waitUntil(lambda: not panel.sheets_due.isVisible())


def test_that_a_lost_sheet_is_explained(qtbot, mine, context, stay):
    printed(*mine, line_of(*mine, stay).patient_id)
    (out,) = handover(*mine).sheets
    sheet = opened(qtbot, SheetsOutSheet(context, (out,), ZONE))
    with qtbot.waitSignal(sheet.sheet_requested) as asked:
        press(qtbot, KEY.Key_L)
    lost = opened(qtbot, asked.args[0])
    assert isinstance(lost, LostSheet)
    press_save(qtbot)
    assert lost.form.problem("words")
    type_text(qtbot, "Canteen; Bo told")
    assert "recorded as lost" in saved_message(qtbot, lost)


def test_that_with_no_sheet_out_nothing_is_ticked(qtbot, context):
    sheet = opened(qtbot, SheetsOutSheet(context, (), ZONE))
    sheet.save()
    sheet.lose()
    assert sheet.words.text()
    assert not sheet.is_saving


def test_that_several_expired_sheets_are_named():
    assert overdue_text((a_sheet(), a_sheet(serial=8)), AT).startswith("▲ 2 pocket sheets have")
    assert overdue_text((), AT) == ""


def test_that_w_shows_who_was_responsible_and_gaps_are_loud(qtbot, mine, context, stay, show):
    took(*mine, "1")
    panel = show()
    press(qtbot, KEY.Key_W)
    sheet = opened(qtbot, panel.opened_sheets[-1])
    assert isinstance(sheet, ResponsibleSheet)
    qtbot.waitUntil(lambda: bool(sheet.model.rows))
    assert [sheet.model.index(row, 1).data() for row in range(2)] == ["Nora Nurse", "▲ nobody"]
    assert ": ▲ 1 gap. " in sheet.words.text()
    press(qtbot, KEY.Key_A)
    assert "All beds" in sheet.words.text()
    before = sheet.until
    press(qtbot, KEY.Key_Left)
    settled(qtbot, context)
    assert sheet.until == before - timedelta(hours=24)
    press(qtbot, KEY.Key_Right)
    settled(qtbot, context)
    assert sheet.until > before - timedelta(hours=1)


def test_that_the_model_of_the_list_keeps_qt_s_rules(stay, show):
    panel = show()
    tester = QAbstractItemModelTester(
        panel.rows, QAbstractItemModelTester.FailureReportingMode.Warning
    )
    panel.tell_time()
    assert tester.model() is panel.rows


@pytest.mark.parametrize("kind", ["words", "answer", "sheets", "lost", "responsible", "print"])
def test_that_a_sheet_leaves_nothing_behind(qtbot, context, kind):
    line = a_line(given=a_given())
    ward = context.wards[0]
    sheet = {
        "words": lambda: OwnWordsSheet(context, line),
        "answer": lambda: AnswerSheet(context, line, AnswerKind.QUESTION),
        "sheets": lambda: SheetsOutSheet(context, (a_sheet(),), ZONE),
        "lost": lambda: LostSheet(context, a_sheet()),
        "responsible": lambda: ResponsibleSheet(context, ward, "1"),
        "print": lambda: PrintPocketSheet(context, (("All", (line,)),), ward),
    }[kind]()
    qtbot.addWidget(sheet)
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("paper", Paper)
def test_that_a_pocket_sheet_is_one_page_whoever_is_on_it(paper):
    for patients in (1, 12, 40):
        job = PocketJob(
            serial=17, ward="Ward 7 East", lines=[a_line()] * patients, reading=NOW,
            printed_by="Nora Nurse", printed_at=AT, expires_at=AT + timedelta(hours=9),
        )  # fmt: skip
        content = PAGES.pdf(job, paper)
        assert content.startswith(b"%PDF")
        assert content.count(b"/Type /Page\n") + content.count(b"/Type/Page/") == 1


def test_that_a_card_tells_the_most_urgent_first():
    line = a_line(
        draft="Mind the step",
        given=a_given(own_words="Call the daughter"),
        facts=facts(
            allergies=[{"substance": "Latex", "reaction": None, "at": AT.isoformat()}],
            flags=[{"kind": "resuscitation", "detail": "DNACPR", "at": AT.isoformat()}],
        ),
    )
    assert [words for words, loud in card_lines(line, NOW) if loud] == [
        "▲ Allergy: Latex · Resuscitation DNACPR",
        "“Mind the step”",
        "“Call the daughter” (Bo Both)",
    ]
    assert card_head(line, NOW) == ("1  OKAFOR, Ada", "78 y  score —")


def test_that_unknown_things_are_said_to_be():
    told = lines_of(a_line(facts=facts(bed=None, room=None, reason=None, allergies=[],
                                       allergy_status="not_recorded")))  # fmt: skip
    assert told["Situation"][0].startswith("No bed · OKAFOR")
    assert told["Situation"][1] == "Reason not recorded · ward day 3"
    assert "? Allergies not recorded" in told["Background"]
    assert told["Recommendation"][0].startswith("▲ No bed")
    held = lines_of(a_line(), Holder("Nora Nurse", AT))
    assert held["Recommendation"][0] == "Responsible: Nora Nurse"


def test_that_the_state_reads_with_who_and_when():
    assert state_text(a_line(), NOW) == "not given"
    assert state_text(a_line(given=a_given()), NOW) == "given 07:40 by Bo Both"
    changed = a_line(facts_hash="b", given=a_given())
    assert state_text(changed, NOW).endswith("record changed since")
