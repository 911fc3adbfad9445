"""The accounts at the keyboard: find, make, reset, unlock, disable, end, roles, wards."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from tests import world
from tests.badges import BADGES, PIN, hold_badge
from tests.sheets import (
    freed,
    in_window,
    opened,
    press,
    press_save,
    saved_message,
    settled,
    type_text,
)
from ui.background import DatabaseWork
from ui.context import Context, Place
from ui.panels import ARRANGEMENT, PANELS
from ui.plain_text import PlainLabel
from ui.staff.account_badge_sheets import ONE_BEFORE
from ui.staff.account_history_sheets import (
    AccountHistorySheet,
    MySignInsSheet,
    RolesOverviewSheet,
)
from ui.staff.account_sheets import NewAccountSheet, RolesSheet, WardsSheet
from ui.staff.account_words import NOBODY_FITS, ONLY_OTHERS, WIDER
from ui.staff.accounts_panel import CHOOSE, AccountsPanel
from ui.staff.badge_reader import BadgeReader
from ui.staff.one_time_sheet import ASK, OneTimePasswordSheet
from ui.workplace import Workplace
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError

KEY = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LONDON = ZoneInfo("Europe/London")
SELECTABLE = (
    Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
)


@pytest.fixture
def sitting(database, signed_in, context):
    """Return the surroundings of a person at Nora's station, by login."""
    works = []

    def begin(login):
        person = signed_in(login)
        works.append(DatabaseWork(database, Actor(person.token)))
        return Context(work=works[-1], signed_in=person, wards=context.wards)

    yield begin
    for work in works:
        work.close()


@pytest.fixture
def manager(admin, sitting):
    """Mona, manager of ward east."""
    admin.execute("SELECT auth.take_role(%s, 'doctor', 'x')", (world.id_of("dora"),))
    admin.execute("SELECT auth.give_role(%s, 'ward_manager', 'x')", (world.id_of("dora"),))
    return sitting("dora")


def shown(qtbot, context, *, ward=None):
    wards = tuple(each for each in context.wards if ward is None or each.code == ward)
    place = Place(name=ward or "Whole hospital", wards=wards, whole_hospital=ward is None)
    panel = AccountsPanel(context, place)
    context.work.committed.connect(panel.take_note)
    in_window(qtbot, panel, 1_286, 660)
    qtbot.waitUntil(lambda: bool(panel.model.rows) and bool(panel._roles))
    panel.table.setFocus()
    return panel


@pytest.fixture
def panel(qtbot, sitting):
    """All accounts, before the administrator."""
    return shown(qtbot, sitting("ada"))


def keep_badge(admin, login):
    """Let a person have a badge and a PIN."""
    admin.execute("SELECT auth.store_badge(%s, %s, 'x')", (world.id_of(login), BADGES[login]))
    admin.execute(
        "INSERT INTO public.pins (id, user_id, pin_hash)"
        " VALUES (gen_random_uuid(), %s, auth.password_hash(%s))",
        (world.id_of(login), PIN),
    )


def logins(panel):
    return [account.login for account in panel.model.rows]


def go(panel, login):
    panel.table.setCurrentIndex(panel.model.index(logins(panel).index(login), 0))


def cells(panel, login):
    """Return the words of one account's line, by column."""
    row = logins(panel).index(login)
    return {
        column.header: panel.model.index(row, number).data()
        for number, column in enumerate(panel.model.columns)
    }


def sheet_by_key(qtbot, panel, login, key, modifier=Qt.KeyboardModifier.NoModifier):
    """Press a key on an account and return the sheet that opens."""
    go(panel, login)
    # a sheet that was saved stands in a window of its own here
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.table.setFocus()
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        qtbot.keyClick(panel.table, key, modifier)
    return opened(qtbot, asked.args[0])


def changed(qtbot, panel, login, state):
    qtbot.waitUntil(lambda: cells(panel, login)["State"] == state)


def password_of(qtbot, sheet):
    """Save a sheet that answers with a one-time password; return the sheet that shows it."""
    with qtbot.waitSignal(sheet.sheet_requested) as asked:
        press_save(qtbot)
    return opened(qtbot, asked.args[0])


def outcome(database, login, password):
    answer = "SELECT auth.sign_in_v2(%s, %s) ->> 'outcome'"
    return database.run(None, lambda tx: tx.value(answer, (login, password)))


def test_that_everybody_is_listed_with_role_ward_and_state(panel):
    assert len(logins(panel)) == len(world.PEOPLE)
    line = cells(panel, "both")
    assert (line["Name"], line["Roles"]) == ("Bo Both", "Charge nurse")
    assert line["Wards"] == "Ward 7 East, Ward 3 West"
    assert (line["State"], line["Last signed in"]) == ("● Active", "never")
    assert cells(panel, "ivan")["Wards"] == "none"


def test_that_the_model_is_sound(panel):
    QAbstractItemModelTester(
        panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal, panel
    )
    panel.search.setText("nurse")
    assert logins(panel) == ["both", "nora", "wes"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("nora", ["nora"]), ("west", ["both", "col", "wes"]), ("doct", ["dora"]), ("ivan", ["ivan"])],
)
def test_that_a_few_letters_find_by_name_login_role_or_ward(qtbot, panel, typed, found):
    qtbot.keyClick(panel.table, KEY.Key_Slash)
    type_text(qtbot, typed)
    assert logins(panel) == found
    press(qtbot, KEY.Key_Escape)
    assert len(logins(panel)) == len(world.PEOPLE)


def test_that_nothing_found_is_said(qtbot, panel):
    panel.search.setText("zebra")
    assert panel.message.text() == NOBODY_FITS
    with qtbot.waitSignal(panel.told) as told:
        panel.open_history()
    assert told.args[0] == CHOOSE


def test_that_a_count_of_the_top_line_narrows_the_list(qtbot, panel, admin):
    admin.execute("SELECT auth.set_account_active(%s, false, 'x')", (world.id_of("hal"),))
    panel.refresh()
    changed(qtbot, panel, "hal", "■ Disabled")
    assert [count.text for count in panel.counts] == [
        "9 active", "0 locked", "0 new password due", "1 disabled or ended",
    ]  # fmt: skip
    qtbot.keyClick(panel.table, KEY.Key_4, ALT)
    assert logins(panel) == ["hal"]
    assert panel.counts[3].chosen
    qtbot.keyClick(panel.table, KEY.Key_4, ALT)
    assert len(logins(panel)) == len(world.PEOPLE)


def test_that_a_ward_shows_its_staff_alone(qtbot, sitting):
    panel = shown(qtbot, sitting("ada"), ward="west")
    assert logins(panel) == ["both", "col", "wes"]
    assert panel.summary.text() == "3 of 3 accounts"


def test_that_an_account_is_made_and_its_password_shown_once(qtbot, panel, database):
    """[A04] [A05]"""
    with qtbot.waitSignal(panel.sheet_requested) as asked:
        qtbot.keyClick(panel.table, KEY.Key_N)
    sheet = opened(qtbot, asked.args[0])
    assert isinstance(sheet, NewAccountSheet)
    sheet.save()
    assert not sheet.is_saving
    for typed in ("Eve Evening", "Eve", "Registered nurse"):
        type_text(qtbot, typed)
        press(qtbot, KEY.Key_Return)
    sheet.form.set_value("role", "nurse")
    sheet.form.set_value("ward", "east")
    sheet.form_of("reason").set_value("reason", "New member of staff")
    once = password_of(qtbot, sheet)
    assert isinstance(once, OneTimePasswordSheet)
    assert once.title == "One-time password: Eve Evening"
    password = once.password.text()
    assert outcome(database, "eve", password) == "must_change_password"
    assert not once.password.textInteractionFlags() & SELECTABLE
    assert not sheet.is_dirty
    message = saved_message(qtbot, once)
    assert message == "Eve Evening chooses a password at the next sign-in."
    assert once.password.text() == ""
    qtbot.waitUntil(lambda: "eve" in logins(panel))
    assert cells(panel, "eve")["Wards"] == "Ward 7 East"
    assert cells(panel, "eve")["State"].startswith("▲ One-time password until ")


def test_that_the_password_leaves_the_screen_after_a_question(qtbot, panel):
    once = password_of(qtbot, filled(qtbot, panel, "nora", KEY.Key_P))
    press(qtbot, KEY.Key_Escape)
    assert once.notice.text == ASK
    once.notice.button.click()
    assert once.password.text()
    press(qtbot, KEY.Key_Escape)
    with qtbot.waitSignal(once.closed):
        press(qtbot, KEY.Key_Escape)
    assert once.password.text() == ""


def filled(qtbot, panel, login, key, modifier=Qt.KeyboardModifier.NoModifier):
    """Return the sheet of a key with the first usual reason chosen."""
    sheet = sheet_by_key(qtbot, panel, login, key, modifier)
    line = sheet.form_of("reason").input("reason")
    line.setFocus()
    type_text(qtbot, "1")
    assert line.value()
    return sheet


def test_that_a_reset_names_whose_it_is_and_ends_their_session(qtbot, panel, database, nurse):
    sheet = filled(qtbot, panel, "nora", KEY.Key_P)
    assert sheet.title == "New password: Nora Nurse"
    assert sheet.save_text == "Give a one-time password for Nora Nurse"
    once = password_of(qtbot, sheet)
    assert outcome(database, "nora", world.PASSWORD) == "refused"
    assert outcome(database, "nora", once.password.text()) == "must_change_password"


def test_that_without_a_reason_nothing_is_changed(qtbot, panel):
    sheet = sheet_by_key(qtbot, panel, "nora", KEY.Key_D)
    sheet.save()
    assert not sheet.is_saving
    assert sheet.form_of("reason").problem("reason")


def test_that_an_account_is_disabled_and_enabled(qtbot, panel, database):
    message = saved_message(qtbot, filled(qtbot, panel, "nora", KEY.Key_D))
    assert message == "Nora Nurse is disabled and signed out everywhere."
    changed(qtbot, panel, "nora", "■ Disabled")
    assert outcome(database, "nora", world.PASSWORD) == "refused"
    message = saved_message(qtbot, filled(qtbot, panel, "nora", KEY.Key_D))
    assert message == "Nora Nurse may sign in again."
    changed(qtbot, panel, "nora", "● Active")


def test_that_a_lock_is_seen_and_ended(qtbot, panel, database):
    for _ in range(6):
        outcome(database, "nora", "a guess of mine")
    panel.refresh()
    qtbot.waitUntil(lambda: cells(panel, "nora")["State"].startswith("◆ Locked until "))
    message = saved_message(qtbot, filled(qtbot, panel, "nora", KEY.Key_U))
    assert message == "Nora Nurse may sign in again with the old password."
    changed(qtbot, panel, "nora", "● Active")
    assert outcome(database, "nora", world.PASSWORD) == "signed_in"


def test_that_a_new_password_can_be_asked_for(qtbot, panel, database):
    message = saved_message(qtbot, filled(qtbot, panel, "nora", KEY.Key_F))
    assert message.startswith("Nora Nurse is signed out and chooses a new password")
    changed(qtbot, panel, "nora", "▲ New password due")
    assert outcome(database, "nora", world.PASSWORD) == "must_change_password"


def test_that_an_account_ends_with_a_day_and_goes_on_without_one(qtbot, panel, admin):
    day = (datetime.now(LONDON) + timedelta(days=200)).date()
    sheet = filled(qtbot, panel, "nora", KEY.Key_E)
    sheet.form.set_value("day", day)
    assert f"{day:%d-%b-%Y}" in saved_message(qtbot, sheet)
    changed(qtbot, panel, "nora", f"● Active until {day:%d-%b-%Y}")
    [(until,)] = admin.execute("SELECT valid_until FROM public.users WHERE login = 'nora'")
    assert f"{until.astimezone(LONDON):%Y-%m-%d %H:%M:%S}" == f"{day} 23:59:59"
    sheet = filled(qtbot, panel, "nora", KEY.Key_E)
    assert sheet.form.value("day") == day
    sheet.form.set_value("day", None)
    assert saved_message(qtbot, sheet) == "The account of Nora Nurse has no end."
    changed(qtbot, panel, "nora", "● Active")


def chosen_by_words(sheet, words):
    box = sheet.form.input("what").box
    box.setCurrentIndex(box.findText(words))
    assert sheet.form.value("what") is not None


def test_that_roles_are_given_and_taken(qtbot, panel):
    sheet = filled(qtbot, panel, "nora", KEY.Key_R)
    assert isinstance(sheet, RolesSheet)
    chosen_by_words(sheet, "Give: Charge nurse")
    assert saved_message(qtbot, sheet) == "Nora Nurse now has: Charge nurse."
    qtbot.waitUntil(lambda: cells(panel, "nora")["Roles"] == "Charge nurse, Nurse")
    sheet = filled(qtbot, panel, "nora", KEY.Key_R)
    chosen_by_words(sheet, "Take: Nurse")
    assert saved_message(qtbot, sheet) == "Nora Nurse has no longer: Nurse."
    qtbot.waitUntil(lambda: cells(panel, "nora")["Roles"] == "Charge nurse")


def test_that_what_the_database_refuses_is_told_and_the_entry_stays(qtbot, panel):
    sheet = filled(qtbot, panel, "nora", KEY.Key_R)
    chosen_by_words(sheet, "Give: Administrator")
    press_save(qtbot)
    qtbot.waitUntil(lambda: "second account" in sheet.notice.text)
    assert sheet.form_of("reason").value("reason") == "New on the ward"


def test_that_a_badge_is_given_by_the_reader_and_taken(qtbot, panel, admin):
    """[U03] The reader types into the line and presses Enter: the cursor goes on to the reason."""
    assert cells(panel, "nora")["Badge"] == "○ none"
    sheet = sheet_by_key(qtbot, panel, "nora", KEY.Key_B)
    assert sheet.save_text == "Give the badge for Nora Nurse"
    sheet.focus_first()
    hold_badge(sheet.window(), BADGES["nora"])
    assert sheet.form.input("badge").line.displayText() != BADGES["nora"]
    assert BADGES["nora"] not in str(sheet.draft())
    type_text(qtbot, "1")
    assert saved_message(qtbot, sheet) == "The badge is registered for Nora Nurse."
    qtbot.waitUntil(lambda: cells(panel, "nora")["Badge"].endswith(", no PIN yet"))
    good = "SELECT user_id, badge_hash = auth.badge_hash(%s) FROM public.badges"
    assert admin.execute(good, (BADGES["nora"],)).fetchall() == [(world.id_of("nora"), True)]
    message = saved_message(qtbot, filled(qtbot, panel, "nora", KEY.Key_B, SHIFT))
    assert message == "The badge of Nora Nurse is good no more."
    qtbot.waitUntil(lambda: cells(panel, "nora")["Badge"] == "○ none")


def test_that_a_badge_and_a_pin_are_seen_and_in_the_history(qtbot, panel, admin):
    keep_badge(admin, "nora")
    panel.refresh()
    today = datetime.now(LONDON).strftime("%d-%b-%Y")
    qtbot.waitUntil(lambda: cells(panel, "nora")["Badge"] == f"● {today}")
    sheet = sheet_by_key(qtbot, panel, "nora", KEY.Key_B)
    assert ONE_BEFORE in [label.text() for label in sheet.findChildren(PlainLabel)]
    history = sheet_by_key(qtbot, panel, "nora", KEY.Key_H)
    qtbot.waitUntil(lambda: bool(history.events.rows))
    assert history.events.index(0, 1).data() == "Badge given"


def test_that_a_badge_of_somebody_else_is_refused_and_the_entry_stays(
    qtbot, panel, admin, monkeypatch
):
    """What the readers type before each badge is no part of it."""
    keep_badge(admin, "wes")
    sheet = sheet_by_key(qtbot, panel, "nora", KEY.Key_B)
    monkeypatch.setattr(BadgeReader, "prefix", ";%")
    sheet.focus_first()
    type_text(qtbot, f";%{BADGES['wes']}")
    press(qtbot, KEY.Key_Return)
    type_text(qtbot, "2")
    press_save(qtbot)
    qtbot.waitUntil(lambda: "registered for somebody else" in sheet.notice.text)
    assert sheet.value("badge") == BADGES["wes"]
    assert sheet.value("reason") == "Card was replaced"


def test_that_a_badge_is_asked_for_and_a_badge_that_is_not_there_cannot_be_taken(qtbot, panel):
    sheet = filled(qtbot, panel, "nora", KEY.Key_B)
    sheet.save()
    assert not sheet.is_saving
    assert sheet.form.problem("badge") == "Needed"
    sheet = filled(qtbot, panel, "nora", KEY.Key_B, SHIFT)
    press_save(qtbot)
    qtbot.waitUntil(lambda: sheet.notice.text == "No badge is registered for this person.")


def test_that_a_sheet_of_badges_keeps_no_number_when_left(qtbot, panel):
    sheet = sheet_by_key(qtbot, panel, "nora", KEY.Key_B)
    line = sheet.form.input("badge")
    line.set_value(BADGES["nora"])
    assert sheet.is_dirty
    kept = line.typed()
    line.set_value(None)
    line.retype(kept)
    assert line.value() is None


def test_that_wards_are_assigned_and_taken(qtbot, panel):
    sheet = filled(qtbot, panel, "nora", KEY.Key_W)
    assert isinstance(sheet, WardsSheet)
    chosen_by_words(sheet, "Assign to: Ward 3 West")
    assert saved_message(qtbot, sheet) == "Nora Nurse now has: Ward 3 West."
    qtbot.waitUntil(lambda: cells(panel, "nora")["Wards"] == "Ward 7 East, Ward 3 West")


def test_that_nobody_changes_their_own_account(qtbot, panel):
    go(panel, "ada")
    for key in (KEY.Key_P, KEY.Key_D, KEY.Key_R):
        with qtbot.waitSignal(panel.told) as told:
            qtbot.keyClick(panel.table, key)
        assert told.args[0] == ONLY_OTHERS


def test_that_a_ward_manager_helps_her_own_staff(qtbot, manager, database):
    """[A04]"""
    panel = shown(qtbot, manager)
    assert logins(panel) == ["audrey", "both", "col", "dora", "hal", "nora", "wall"]
    words = {action.text() for action in panel.actions()}
    assert "New password…" in words
    managed = {"New account…", "Roles…", "Disable or enable…", "Give a badge…", "Take the badge…"}
    assert not managed & words
    for login in ("audrey", "both"):
        go(panel, login)
        with qtbot.waitSignal(panel.told) as told:
            qtbot.keyClick(panel.table, KEY.Key_P)
        assert told.args[0] == WIDER
    sheet = sheet_by_key(qtbot, panel, "both", KEY.Key_W)
    box = sheet.form.input("what").box
    assert [box.itemText(n) for n in range(1, box.count())] == ["Take from: Ward 7 East"]
    once = password_of(qtbot, filled(qtbot, panel, "nora", KEY.Key_P))
    assert outcome(database, "nora", once.password.text()) == "must_change_password"


def test_that_the_history_says_who_did_what_and_why(qtbot, panel, database):
    """[U02] [U03]"""
    saved_message(qtbot, filled(qtbot, panel, "nora", KEY.Key_D))
    changed(qtbot, panel, "nora", "■ Disabled")
    outcome(database, "nora", world.PASSWORD)
    sheet = sheet_by_key(qtbot, panel, "nora", KEY.Key_H)
    assert isinstance(sheet, AccountHistorySheet)
    qtbot.waitUntil(lambda: bool(sheet.events.rows))
    line = [sheet.events.index(0, column).data() for column in range(1, 4)]
    assert line == ["Disabled", "Ada Admin", "Left the hospital"]
    assert sheet.tries.index(0, 1).data() == "▲ Refused: the account was disabled"
    assert "■ Disabled" in sheet.words.text()


def test_that_a_manager_opens_no_history_beyond_her_reach(qtbot, manager):
    panel = shown(qtbot, manager)
    go(panel, "audrey")
    with qtbot.waitSignal(panel.told) as told:
        qtbot.keyClick(panel.table, KEY.Key_Return)
    assert told.args[0] == WIDER
    sheet = sheet_by_key(qtbot, panel, "dora", KEY.Key_Return)
    qtbot.waitUntil(lambda: bool(sheet.events.rows))


def test_that_roles_are_told_in_words(qtbot, panel):
    """[T02]"""
    sheet = sheet_by_key(qtbot, panel, "nora", KEY.Key_R, ALT)
    assert isinstance(sheet, RolesOverviewSheet)
    texts = [label.text() for label in sheet.findChildren(type(sheet.words))]
    assert "Auditor (1 person)" in texts
    assert any("• Read the audit trail" in text for text in texts)
    assert any(text.endswith("Ward manager") and "Gives and takes" in text for text in texts)


def test_that_a_failed_load_keeps_what_is_known(qtbot, panel):
    panel.load_failed.emit(DatabaseUnavailableError("The server is away."))
    assert "The server is away. The list shows what was known at" in panel.notice.text
    assert logins(panel)


def test_that_the_palette_finds_accounts(panel):
    [found] = panel.found("nora")
    panel.search.setText("wes")
    found.run()
    assert panel.chosen.login == "nora"


@pytest.mark.parametrize("login", ["ada", "ivan", "nora", "dora"])
def test_that_the_rail_has_accounts_for_who_may(qtbot, sitting, login):
    context = sitting(login)
    wards = context.signed_in.wards or context.wards
    workplace = Workplace(context, Place(name="Here", wards=wards), PANELS)
    qtbot.addWidget(workplace)
    assert workplace.offers("accounts") == (login in {"ada", "ivan"})
    settled(qtbot, context)


def test_that_everybody_sees_their_own_sign_ins_by_key(qtbot, context, database):
    """[U03]"""
    outcome(database, "nora", "a guess of mine")
    place = Place(name="Ward 7 East", wards=context.signed_in.wards)
    workplace = Workplace(context, place, PANELS)
    qtbot.addWidget(workplace)
    ARRANGEMENT.connect(workplace)
    in_window(qtbot, workplace)
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(QApplication.focusWidget() or workplace, KEY.Key_I, keys)
    sheet = workplace.sheets.sheet
    assert isinstance(sheet, MySignInsSheet)
    qtbot.waitUntil(lambda: len(sheet.model.rows) == 2)
    assert sheet.model.index(0, 1).data() == "▲ Refused: wrong password"
    assert sheet.words.text() == "The last 2, 1 refused. Tell IT if they were not yours."
    settled(qtbot, context)


@pytest.mark.parametrize("key", ["P", "U", "W", "R", "F", "E", "D", "H"])
def test_that_a_closed_sheet_is_freed(qtbot, panel, key):
    sheet = sheet_by_key(qtbot, panel, "nora", getattr(KEY, f"Key_{key}"))
    settled(qtbot, panel.context)
    host = sheet.host
    del sheet.host
    sheet.setParent(None)
    gone = freed(qtbot, sheet)
    host.close()
    del sheet
    qtbot.waitUntil(lambda: gone() is None)


def test_that_a_one_time_password_is_freed(qtbot, context):
    sheet = OneTimePasswordSheet(context, "Nora Nurse", "nora", "abcd-efgh")
    gone = freed(qtbot, sheet)
    del sheet
    qtbot.waitUntil(lambda: gone() is None)
