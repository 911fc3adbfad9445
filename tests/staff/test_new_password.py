"""The card for a new password: at the sign-in, at the lock, and by key at any time."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from tests import world
from tests.conftest import STATION_PASSWORD
from ui import theme
from ui.main_window import SMALLEST_PX
from ui.panels import ARRANGEMENT
from ui.preferences import Preferences
from ui.program import CHANGED, Program
from ui.staff.front_door import Access
from ui.staff.last_visit import last_visit_words
from ui.staff.new_password_card import ADVICE, GOOD
from ui.staff.password_overlay import PasswordOverlay

NEW = "seven green kettles"


@pytest.fixture
def program(qtbot, qapp, tmp_path, station_settings):
    theme.apply(qapp, theme.Scheme.LIGHT)
    program = Program(
        lambda: Access(station_settings(), STATION_PASSWORD),
        ARRANGEMENT,
        Preferences(tmp_path / "preferences.ini"),
        environment="demo",
    )
    program.start()
    yield program
    program.close()
    program.window.deleteLater()
    program.deleteLater()
    qapp.processEvents()


@pytest.fixture
def given(admin):
    """A one-time password of Nora's."""
    return admin.execute(
        "SELECT auth.reset_password(%s, 'forgot it')", (world.id_of("nora"),)
    ).fetchone()[0]


@pytest.fixture
def card(qtbot, program, given):
    """The card after signing in with the one-time password."""
    sign_in = program.window.sign_in
    sign_in.sign_in("nora", given)
    qtbot.waitUntil(lambda: "new_password" in sign_in.__dict__)
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    return sign_in.new_password


@pytest.fixture
def overlay(qtbot, program):
    """The card over Nora's board, opened by key."""
    return opened(qtbot, program)


def opened(qtbot, program):
    if program.window.workplace is None:
        with qtbot.waitSignal(program.signed_in):
            program.sign_in("nora", world.PASSWORD)
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(program.window.focusWidget(), Qt.Key.Key_P, keys)
    return program.window.workplace.findChild(PasswordOverlay)


def type_new(qtbot, card, new=NEW, again=None):
    """Type where the cursor is, as somebody without a mouse does."""
    for words in (new, new if again is None else again):
        line = QApplication.focusWidget()
        qtbot.keyClicks(line, words)
        qtbot.keyClick(line, Qt.Key.Key_Return)


def test_that_a_one_time_password_leads_over_the_card_to_the_board(qtbot, program, card):
    """[A05] By keyboard alone; the old one is not asked for again."""
    assert "Nora Nurse, your one-time password was right" in card.words.text()
    assert card.new.hasFocus()
    assert not card.old.isVisible()
    assert program.window.sign_in.card.password.text() == ""
    with qtbot.waitSignal(program.signed_in):
        type_new(qtbot, card)
    assert program.window.workplace.place.name == "Ward 7 East"
    assert card.old.text() == card.new.text() == card.again.text() == ""


def test_that_policy_and_caps_lock_are_told_while_typing(qtbot, card):
    assert card.hint.text() == ADVICE
    qtbot.keyClicks(card.new, "nora nur")
    assert card.hint.text() == "4 more characters: it needs 12 or more."
    qtbot.keyClicks(card.new, "se 1")
    assert "your user name or your name" in card.hint.text()
    qtbot.keyClicks(card.new, " and kettles")
    assert card.hint.text() == GOOD
    assert not card.caps.isVisible()
    press(card.new, "Q", Qt.KeyboardModifier.NoModifier)
    assert card.caps.isVisible()
    press(card.new, "q", Qt.KeyboardModifier.ShiftModifier)
    assert card.caps.isVisible()
    press(card.new, "Q", Qt.KeyboardModifier.ShiftModifier)
    assert not card.caps.isVisible()
    qtbot.keyClick(card.new, Qt.Key.Key_CapsLock)
    assert card.caps.isVisible()
    press(card.new, "7", Qt.KeyboardModifier.NoModifier)
    assert card.caps.isVisible()


def press(line, letter, modifiers):
    key = ord(letter.upper())
    QApplication.sendEvent(line, QKeyEvent(QKeyEvent.Type.KeyPress, key, modifiers, letter))


@pytest.mark.parametrize(
    ("new", "again", "told"),
    [
        ("short", "short", "The new password cannot be used yet. 7 more characters"),
        (NEW, "seven green kettle", "The two new passwords are not the same."),
        ("1qaz2wsx3edc", None, "is one of the most used ones"),
    ],
)
def test_that_what_is_wrong_is_a_sentence_and_typing_goes_on(qtbot, card, new, again, told):
    type_new(qtbot, card, new, again)
    qtbot.waitUntil(lambda: told in card.notice.text)
    assert not card.is_attempting
    assert QApplication.focusWidget() in {card.new, card.again}
    assert QApplication.focusWidget().hasSelectedText()


def test_that_leaving_goes_back_to_the_sign_in(qtbot, program, card):
    qtbot.keyClicks(card.new, NEW)
    qtbot.keyClick(card.new, Qt.Key.Key_Escape)
    assert program.window.sign_in.card.isVisible()
    assert program.window.sign_in.card.user_name.hasFocus()
    assert card.new.text() == card.old.text() == ""


def test_that_who_comes_with_several_wards_still_chooses_one(qtbot, program, admin):
    admin.execute("SELECT auth.expire_password(%s, 'a year')", (world.id_of("both"),))
    sign_in = program.window.sign_in
    sign_in.sign_in("both", world.PASSWORD)
    qtbot.waitUntil(lambda: "new_password" in sign_in.__dict__)
    assert not sign_in.is_choosing_ward
    card = sign_in.new_password
    assert "your password has run out" in card.words.text()
    card.new.setText(NEW)
    card.again.setText(NEW)
    card.attempt()
    qtbot.waitUntil(lambda: sign_in.is_choosing_ward)


def test_that_the_password_is_changed_by_key_at_any_time(qtbot, program, overlay):
    card = overlay.new_password
    assert card.old.hasFocus()
    qtbot.keyClicks(card.old, world.PASSWORD)
    qtbot.keyClick(card.old, Qt.Key.Key_Return)
    type_new(qtbot, card)
    notice = program.window.workplace.outcome.notice
    qtbot.waitUntil(lambda: notice.text == CHANGED)
    assert program.window.workplace.isVisible()


def test_that_a_wrong_old_password_is_told_and_asked_for_again(qtbot, overlay):
    card = overlay.new_password
    qtbot.keyClicks(card.old, "no idea at all")
    qtbot.keyClick(card.old, Qt.Key.Key_Return)
    type_new(qtbot, card)
    qtbot.waitUntil(lambda: "old password is not right" in card.notice.text)
    assert card.old.hasFocus()
    assert card.new.text() == NEW


def test_that_nothing_is_asked_while_the_old_one_is_missing(qtbot, overlay):
    card = overlay.new_password
    card.new.setText(NEW)
    card.again.setText(NEW)
    card.attempt()
    assert card.notice.text == "Type the old password too."
    assert not card.is_attempting


def test_that_the_card_leaves_nothing_behind(qtbot, program, overlay):
    card = overlay.new_password
    qtbot.keyClick(card.old, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: program.window.workplace.findChild(PasswordOverlay) is None)
    assert not shiboken6.isValid(card)
    assert opened(qtbot, program).isVisible()


def test_that_the_lock_asks_for_a_new_password_that_was_reset_meanwhile(
    qtbot, program, overlay, admin
):
    overlay.shut()
    program.lock("Locked by hand.")
    password = admin.execute(
        "SELECT auth.reset_password(%s, 'forgot it')", (world.id_of("nora"),)
    ).fetchone()[0]
    lock = program.window.lock_screen
    lock.card.password.setText(password)
    lock.card.attempt()
    qtbot.waitUntil(lambda: "new_password" in lock.__dict__)
    lock.new_password.leave()
    assert lock.card.isVisible()
    lock.card.password.setText(password)
    lock.card.attempt()
    qtbot.waitUntil(lock.new_password.isVisible)
    assert program.window.is_locked
    lock.new_password.new.setText(NEW)
    lock.new_password.again.setText(NEW)
    lock.new_password.attempt()
    qtbot.waitUntil(lambda: not program.window.is_locked)


def test_that_the_visit_before_is_told_with_failures(qtbot, program, database, admin):
    """[U03]"""
    admin.execute("UPDATE public.workstations SET name = 'Ward 3 station 2'"
                  " WHERE role_name = 'ws_alpha'")  # fmt: skip
    for password in (world.PASSWORD, "wrong", "wrong too"):
        database.run(None, lambda tx, typed=password: tx.value(
            "SELECT auth.sign_in_v2('nora', %s)", (typed,)))  # fmt: skip
    with qtbot.waitSignal(program.signed_in):
        program.sign_in("nora", world.PASSWORD)
    told = program.window.workplace.outcome.notice.text
    assert told.startswith("Last sign-in ")
    assert told.endswith(" at Ward 3 station 2; 2 failed attempts since.")


def test_the_words_of_the_visit_before(nurse_person):
    now = datetime(2026, 11, 13, 7, tzinfo=UTC)
    before = datetime(2026, 11, 12, 7, 31, tzinfo=UTC)
    first = replace(nurse_person, last_signed_in_at=None)
    assert last_visit_words(first, UTC, now) == ""
    one = replace(first, failures_since=1)
    assert last_visit_words(one, UTC, now) == "1 failed attempt before this sign-in."
    again = replace(first, last_signed_in_at=before)
    assert last_visit_words(again, UTC, now) == "Last sign-in 12-Nov 07:31."
    there = replace(again, last_workstation="Desk", failures_since=3)
    assert last_visit_words(there, UTC, now) == (
        "Last sign-in 12-Nov 07:31 at Desk; 3 failed attempts since."
    )


@pytest.mark.parametrize("scheme", list(theme.Scheme), ids=lambda scheme: scheme.name.lower())
def test_that_nothing_of_the_card_is_clipped(qtbot, qapp, program, overlay, scheme, tmp_path):
    theme.apply(qapp, scheme)
    program.window.resize(*SMALLEST_PX)
    card = overlay.new_password
    card.caps.show()
    card.hint.setText("Do not make it of your user name or your name.")
    card.notice.show_problem(ValueError("This account is locked after too many wrong passwords, "
                                        "until 12:34. Wait, or ask IT to reset it."))  # fmt: skip
    qtbot.waitUntil(card.leave_button.isVisible)
    qapp.processEvents()
    for label in (card.words, card.hint, card.caps, card.notice):
        assert label.height() >= label.heightForWidth(label.width()), label
    assert overlay.rect().contains(overlay.card.geometry())
    picture = program.window.grab()
    assert picture.save(str(Path(tmp_path) / f"{scheme.name}.png"))
