"""Telling a badge reader from a person at the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from tests.badges import hold_badge, strike
from tests.sheets import in_window
from ui.staff.badge_reader import BadgeReader

BADGE = "04A1B2C3D4"


class Page(QWidget):
    def __init__(self):
        super().__init__()
        self.line, self.button = QLineEdit(self), QPushButton("Go", self)
        column = QVBoxLayout(self)
        column.addWidget(self.line)
        column.addWidget(self.button)
        self.entered = []
        self.line.returnPressed.connect(lambda: self.entered.append(self.line.text()))
        self.reader = BadgeReader(self)
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
