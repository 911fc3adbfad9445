"""The list, the sheets and the rail's count, against the real database."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt

from tests import world
from tests.messages.builders import EAST, acknowledge, box, grow_old, one, send
from tests.messages.test_rules import NOW, message
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
    until_collected,
)
from ui.context import Place
from ui.messages.addressee_input import fitting
from ui.messages.joint import KEY, PANEL
from ui.messages.message_sheet import MessageSheet
from ui.messages.panel import MessagesPanel
from ui.messages.retract_sheet import RetractSheet
from ui.messages.words import arrival_text, count_text, outcome_text, state_text, thread_text
from ui.panels import ARRANGEMENT, PANELS
from ui.workplace import Workplace
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.messages.queries import pass_on_messages
from ward_app.messages.types import Addressee, Urgency

LONDON = ZoneInfo(world.TIME_ZONE)
URGENT = {"urgency": Urgency.URGENT}


@pytest.fixture
def place(context):
    return Place(name="Ward 7 East", wards=tuple(w for w in context.wards if w.id == EAST))


@pytest.fixture
def waiting(database, people, stay):
    """An urgent message for Nora's role about Ada, and an older one for her."""
    send(database, people["dora"], to_role=None, to_user_id=world.id_of("nora"), body="Old one")
    return send(
        database, people["dora"], to_role="nurse", admission_id=stay, body="Blood\nback", **URGENT
    )


@pytest.fixture
def panel(qtbot, context, place, waiting):
    panel = MessagesPanel(context, place)
    in_window(qtbot, panel, 1280, 640)
    qtbot.waitUntil(lambda: panel.rows.rowCount() == 2)
    panel.setFocus()
    yield panel
    settled(qtbot, context)


def cell(panel, header, row=0):
    columns = [column.header for column in panel.rows.columns]
    return panel.rows.index(row, columns.index(header)).data()


# -- words


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "● new"),
        ({"seen_at": NOW}, "waits for you"),
        ({"is_for_me": False, "is_mine": True}, "waits"),
        (URGENT, "▲ urgent"),
        (URGENT | {"step": 1}, "▲ urgent, late"),
        ({"acknowledged_at": NOW}, "✓ answered"),
        ({"retracted_at": NOW}, "✕ taken back"),
    ],
    ids=["new", "seen", "sent", "urgent", "late", "answered", "taken back"],
)
def test_that_a_state_has_a_mark_or_words(changes, text):
    assert state_text(message(**changes), NOW) == text


def test_that_what_becomes_of_a_message_says_who_and_when():
    assert outcome_text(message(), LONDON, NOW) == "Told: Nora Nurse"
    soon = message(**URGENT, pass_on_at=NOW + timedelta(minutes=4))
    assert outcome_text(soon, LONDON, NOW) == "Told: Nora Nurse. Others are told in 4 min"
    assert outcome_text(message(pass_on_at=NOW), LONDON, NOW).endswith("Others are told now")
    done = message(acknowledged_at=NOW, acknowledged_by="Nora Nurse")
    assert outcome_text(done, LONDON, NOW) == "Nora Nurse answered 09:00"
    back = message(retracted_at=NOW, retract_reason="wrong bed")
    assert outcome_text(back, LONDON, NOW) == "Taken back 09:00: wrong bed"


def test_that_the_rail_counts_what_waits_and_marks_urgent_ones():
    assert count_text([message(acknowledged_at=NOW), message(is_for_me=False)]) == ""
    assert count_text([message(), message()]) == "2"
    assert count_text([message(), message(**URGENT)]) == "▲2"


def test_that_what_arrives_names_the_sender_and_never_what_it_says():
    words = arrival_text([message(body="secret"), message(**URGENT, sender="Dora")], "Ctrl+8")
    assert words == "Urgent message from Dora and 1 more. Ctrl+8 reads it."
    assert arrival_text([message()], "Ctrl+8") == "Message from Bo Both. Ctrl+8 reads it."


def test_that_a_conversation_reads_from_the_first_to_the_last():
    first = message(30, patient_words="OKAFOR, Ada, bed 1", **URGENT)
    text = thread_text((first, message(10, body="Done", sender="Dora")), LONDON, NOW)
    assert text.index("About OKAFOR, Ada, bed 1") < text.index("Done")
    assert text.startswith("08:30  Bo Both to Nurse, Ward 7 East  ▲ urgent")


def test_that_letters_of_role_ward_or_holder_find_whom_to_write_to():
    doctor = Addressee(None, "doctor", EAST, "Doctor, Ward 7 East", "Dora Mensah")
    person = Addressee(world.id_of("wes"), None, EAST, "Wes Westward", "Nurse")
    known = (person, doctor)
    assert [option.value for option in fitting(known, "")] == [person, doctor]
    assert [option.value for option in fitting(known, "doc 7")] == [doctor]
    assert [option.value for option in fitting(known, "mens")] == [doctor]
    assert fitting(known, "zz") == []


# -- the list


def test_that_the_urgent_one_leads_and_is_read_and_seen(qtbot, panel, database, nurse, waiting):
    assert (cell(panel, "State"), cell(panel, "Message")) == ("▲ urgent", "Blood back")
    assert cell(panel, "About") == "OKAFOR, Ada, bed 1"
    assert "Blood\nback" in panel.reading.toPlainText()
    qtbot.waitUntil(lambda: [m.seen_at for m in box(database, nurse) if m.id == waiting] != [None])
    assert [m.seen_at for m in box(database, nurse) if m.id != waiting] == [None]


def test_that_a_answers_for_it(qtbot, panel, database, people, waiting):
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, Qt.Key.Key_A)
    assert told.args[0] == "You answered for it. Dora Doctor sees that."
    done = next(m for m in box(database, people["dora"]) if m.id == waiting)
    assert done.acknowledged_by == "Nora Nurse"


def test_that_who_comes_second_is_told_who_was_first(
    qtbot, panel, database, people, admin, waiting
):
    grow_old(admin, 11)
    database.run(people["hal"], pass_on_messages)
    acknowledge(database, people["both"], waiting)
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, Qt.Key.Key_A)
    assert told.args[0] == "Bo Both has answered for this message already."
    qtbot.waitUntil(lambda: cell(panel, "State", 1) == "✓ answered")


def test_that_r_writes_back_to_the_sender(qtbot, panel, database, people, stay):
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        press(qtbot, Qt.Key.Key_R)
    sheet = opened(qtbot, asked.args[0])
    settled(qtbot, panel.context)
    type_text(qtbot, "Seen, thank you")
    assert saved_message(qtbot, sheet).startswith("Sent to Dora Doctor.")
    answer = box(database, people["dora"])[0]
    assert (answer.body, answer.reply_to_id, answer.admission_id) == (
        "Seen, thank you",
        panel.chosen.id,
        stay,
    )


def test_that_enter_opens_the_chart_of_whom_it_is_about(qtbot, panel, stay):
    with qtbot.waitSignal(panel.chart_asked) as asked:
        press(qtbot, Qt.Key.Key_Return)
    assert asked.args[0] == stay
    panel.table.selectRow(1)
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, Qt.Key.Key_Return)
    assert "no patient" in told.args[0]


@pytest.mark.parametrize("key", [Qt.Key.Key_A, Qt.Key.Key_R], ids=["A", "R"])
def test_that_ones_own_message_is_neither_answered_nor_written_back_to(
    qtbot, panel, database, nurse, key
):
    sent = send(database, nurse)
    panel.refresh()
    qtbot.waitUntil(lambda: panel.rows.rowCount() == 3)
    panel.choose(sent)
    with qtbot.waitSignal(panel.told):
        press(qtbot, key)


def test_that_x_takes_ones_own_message_back_with_a_reason(qtbot, panel, database, nurse, context):
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, Qt.Key.Key_X)
    assert "your own" in told.args[0]
    sent = send(database, nurse)
    panel.refresh()
    qtbot.waitUntil(lambda: panel.rows.rowCount() == 3)
    panel.choose(sent)
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        press(qtbot, Qt.Key.Key_X)
    sheet = opened(qtbot, asked.args[0])
    sheet.form.set_value("reason", "Wrong person")
    assert "is taken back" in saved_message(qtbot, sheet)
    panel.take_note("messages")
    qtbot.waitUntil(lambda: "✕ taken back" in [cell(panel, "State", row) for row in range(3)])


def test_that_a_lost_server_greys_the_list_and_keeps_it(qtbot, panel):
    panel.load_failed.emit(DatabaseUnavailableError("The ward database cannot be reached."))
    assert panel.rows.rowCount() == 2
    assert "Stale since" in panel.notice.text
    panel.refresh()
    qtbot.waitUntil(lambda: not panel.notice.text)


def test_that_the_list_keeps_qts_contract(panel, qtmodeltester):
    qtmodeltester.check(panel.rows)


# -- the sheets


def test_that_nothing_is_sent_without_words_or_receiver(qtbot, context, database, nurse):
    sheet = opened(qtbot, MessageSheet(context, ward_id=EAST))
    settled(qtbot, context)
    press_save(qtbot)
    assert sheet.form.problem("to")
    assert sheet.form.problem("body")
    assert box(database, nurse) == ()


def test_that_an_urgent_message_to_a_role_is_written_by_keys(qtbot, context, database, people):
    sheet = opened(qtbot, MessageSheet(context, ward_id=EAST))
    settled(qtbot, context)
    type_text(qtbot, "doctor 7")
    press(qtbot, Qt.Key.Key_Return)
    type_text(qtbot, "Please come")
    sheet.form.set_value("urgent", value=True)
    assert saved_message(qtbot, sheet).startswith("Sent to Doctor, Ward 7 East.")
    told = one(database, people["dora"])
    assert (told.body, told.urgency) == ("Please come", Urgency.URGENT)


def test_that_what_is_refused_stays_typed(qtbot, context, admin):
    sheet = opened(qtbot, MessageSheet(context, ward_id=EAST))
    settled(qtbot, context)
    type_text(qtbot, "doctor 7")
    press(qtbot, Qt.Key.Key_Return)
    type_text(qtbot, "Please come")
    admin.execute("DELETE FROM public.user_wards WHERE user_id = %s", (world.id_of("dora"),))
    press_save(qtbot)
    qtbot.waitUntil(lambda: "Nobody else holds this role" in sheet.notice.text)
    assert sheet.form.value("body") == "Please come"


def test_that_closed_sheets_are_freed(qtbot, context):
    for make in (
        lambda: MessageSheet(context, ward_id=EAST),
        lambda: RetractSheet(context, message(is_mine=True)),
    ):
        sheet = opened(qtbot, make())
        settled(qtbot, context)
        gone = freed(qtbot, sheet)
        del sheet
        until_collected(qtbot, gone)


# -- joined


@pytest.fixture
def workplace(qtbot, context, place, stay, database, nurse):
    workplace = Workplace(context, place, PANELS)
    qtbot.addWidget(workplace)
    workplace.joints = ARRANGEMENT.connect(workplace)
    workplace.resize(1366, 768)
    workplace.show()
    workplace.activateWindow()
    qtbot.waitUntil(workplace.isActiveWindow)
    qtbot.waitUntil(lambda: len(workplace.panel.beds.model.rows) > 1)
    workplace.panel.beds.go_to(row_of(database, nurse, "Okafor").admission_id, None)
    workplace.panel.setFocus()
    yield workplace
    settled(qtbot, context)


def test_that_what_arrives_is_counted_at_the_rail_and_said(qtbot, workplace, waiting):
    button = workplace.rail.button(PANEL)
    qtbot.waitUntil(lambda: button.count == "▲2")
    assert "Urgent message from Dora Doctor and 1 more." in workplace.outcome.notice.text
    assert workplace.keys_of(PANEL) in workplace.outcome.notice.text
    workplace.show_panel(PANEL)
    qtbot.waitUntil(lambda: isinstance(workplace.panel, MessagesPanel))
    qtbot.waitUntil(lambda: workplace.panel.rows.rowCount() == 2)
    press(qtbot, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: button.count == "1")


def test_that_a_key_on_the_board_writes_about_the_patient(qtbot, workplace, stay):
    press(qtbot, Qt.Key(ord(KEY)))
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, MessageSheet))
    assert "OKAFOR, Ada" in workplace.sheets.sheet.title
