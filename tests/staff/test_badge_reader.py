"""Telling a badge reader from a person at the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from tests.badges import hold_badge, strike
from tests.sheets import in_window
from ui.staff.badge_field import BadgeField
from ui.staff.badge_reader import TAKES_BADGE, BadgeReader

BADGE = "04A1B2C3D4"


class Page(QWidget):
    def __init__(self):
        super().__init__()
        self.line, self.button = QLineEdit(self), QPushButton("Go", self)
        self.secret = QLineEdit(self, echoMode=QLineEdit.EchoMode.Password)
        column = QVBoxLayout(self)
        column.addWidget(self.line)
        column.addWidget(self.secret)
        column.addWidget(self.button)
        self.entered = []
        self.reader = BadgeReader(self)
        self.field = BadgeField("Hold it here", self.secret, self.reader, self)
        column.addWidget(self.field)
        for line in (self.line, self.secret):
            line.returnPressed.connect(lambda line=line: self.entered.append(line.text()))
        self.badges = []
        self.reader.read.connect(self.badges.append)


@pytest.fixture
def page(qtbot):
    page = in_window(qtbot, Page(), 400, 200)
    page.line.setFocus()
    return page


def test_that_a_badge_is_read_wherever_the_cursor_is(page):
    hold_badge(page, BADGE)
    page.button.setFocus()
    hold_badge(page, BADGE)
    page.button.clearFocus()
    hold_badge(page, BADGE, end=Qt.Key.Key_Enter)
    assert page.badges == [BADGE] * 3


def test_that_what_was_typed_before_stays_and_the_badge_does_not(page):
    page.line.setText("nor")
    hold_badge(page, BADGE)
    assert page.line.text() == "nor"
    assert page.entered == []


@pytest.mark.parametrize(
    "typed",
    ["12345", "abcdefgh", "correct horse battery", "correct 1", "0" * 101],
    ids=["short", "without figures", "a phrase", "with a blank", "endless"],
)
def test_that_other_fast_keys_are_no_badge(page, typed):
    hold_badge(page, typed)
    assert page.badges == []
    assert page.entered == [typed]


def test_that_a_person_is_no_reader(page):
    """Neither all the way nor before Enter."""
    hold_badge(page, BADGE, gap_ms=60)
    hold_badge(page, BADGE, end=None)
    strike(page, 9_999_999_999, Qt.Key.Key_Return, "\r")
    assert page.badges == []
    assert page.entered == [BADGE, BADGE * 2]


def test_that_keys_between_make_it_no_badge(page):
    hold_badge(page, BADGE[:5], end=None)
    strike(page, 1, Qt.Key.Key_Tab)
    hold_badge(page, BADGE[5:])
    assert page.badges == []


def test_that_capitals_may_be_held(page):
    """A reader presses Shift for a capital, as a person does."""
    at_ms = 5_000_000_000
    for letter in BADGE:
        at_ms += 2
        if letter.isalpha():
            strike(page, at_ms, Qt.Key.Key_Shift)
        strike(page, at_ms + 1, ord(letter), letter)
    strike(page, at_ms + 3, Qt.Key.Key_Return, "\r")
    assert page.badges == [BADGE]


@pytest.mark.parametrize("gap_ms", [1, 20, 90], ids=["program", "tool", "hand"])
def test_that_what_is_typed_into_a_line_for_passwords_is_a_password(page, gap_ms):
    page.secret.setFocus()
    hold_badge(page, "Tr0ub4dor&3", gap_ms=gap_ms)
    assert page.badges == []
    assert page.entered == ["Tr0ub4dor&3"]


def test_that_a_line_for_the_pin_of_a_badge_takes_another_badge(page):
    page.secret.setProperty(TAKES_BADGE, "yes")
    page.secret.setFocus()
    page.secret.setText("58")
    hold_badge(page, BADGE)
    assert page.badges == [BADGE]
    assert page.secret.text() == "58"


def test_that_a_badge_is_read_in_its_own_line(qtbot, page):
    page.field.setFocus()
    hold_badge(page, BADGE)
    assert page.badges == [BADGE]
    assert page.field.text() == page.secret.text() == ""
    assert page.field.hasFocus()
    assert not page.field._by_hand.isActive()


def test_that_a_hand_in_the_line_of_the_badge_types_into_the_next(qtbot, page):
    """Slow letters, a single one, and a phrase of a program that is no badge."""
    page.field.setFocus()
    hold_badge(page, "12", gap_ms=60, end=None)
    assert page.secret.text() == "12"
    assert page.secret.hasFocus()
    hold_badge(page, "345678", gap_ms=60)
    assert page.entered == ["12345678"]
    page.secret.clear()
    page.field.setFocus()
    hold_badge(page, "x", end=None)
    assert page.secret.text() == ""
    qtbot.waitUntil(lambda: page.secret.text() == "x")
    assert page.secret.hasFocus()
    page.secret.clear()
    page.field.setFocus()
    hold_badge(page, "correct horse")
    assert page.entered == ["12345678", "correct horse"]
    assert page.badges == []


def test_that_what_was_typed_is_not_lost_when_the_line_is_left(page):
    page.field.setFocus()
    hold_badge(page, "ab", end=None)
    strike(page, 9_999_999_999, Qt.Key.Key_Home)
    assert page.secret.text() == "ab"
    page.field.setFocus()
    hold_badge(page, "cd", end=None)
    page.button.setFocus()
    assert page.secret.text() == "abcd"
    assert page.button.hasFocus()


@pytest.fixture
def prefixed(monkeypatch):
    """The readers of this hospital type two signs first."""
    monkeypatch.setattr(BadgeReader, "prefix", ";%")


@pytest.mark.parametrize("where", ["line", "secret", "field", "button"])
def test_that_a_badge_with_its_prefix_is_read_wherever_the_cursor_is(page, prefixed, where):
    page.secret.setText("begun")
    getattr(page, where).setFocus()
    hold_badge(page, ";%4711")
    assert page.badges == ["4711"]
    assert page.secret.text() == "begun"
    assert page.entered == []


@pytest.mark.parametrize("typed", [BADGE, "Tr0ub4dor", ";%", ";%123"])
def test_that_nothing_else_is_a_badge_then(page, prefixed, typed):
    """[B02] A program that types a password where a badge is waited for types a password."""
    page.field.setFocus()
    hold_badge(page, typed)
    assert page.badges == []
    assert page.entered == [typed]


def test_that_enter_alone_passes_the_line_of_the_badge(qtbot, page):
    page.field.setFocus()
    with qtbot.waitSignal(page.field.passed):
        strike(page, 1_000, Qt.Key.Key_Return, "\r")


def test_that_a_page_out_of_view_reads_nothing(qtbot):
    window, page = QWidget(), Page()
    page.show()
    page.setParent(window)
    in_window(qtbot, window, 400, 200)
    page.hide()
    hold_badge(window, BADGE)
    assert page.badges == []
    page.show()
    hold_badge(window, BADGE)
    assert page.badges == [BADGE]


def test_that_a_reader_that_is_thrown_away_hears_its_page_hide_without_harm(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    reader = BadgeReader(page)
    page.show()
    vars(reader).clear()  # as the collection of garbage leaves it
    with qtbot.captureExceptions() as told:
        page.hide()
    assert told == []
