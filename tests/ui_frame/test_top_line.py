"""The top line gives way to its counts: first the day goes, then the name; both in tooltips."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from ui.freshness import Freshness, FreshnessState
from ui.widgets.panel import Count
from ui.widgets.top_line import TopLine

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WORDS = ("30 beds", "24 in", "3 free", "2 in today", "4 out", "1 overdue")


@pytest.fixture
def line(qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    line = TopLine("Nadia Holm", "Nurse", host)
    line.host = host
    line.show_ward("Ward 7 East")
    line.show_time(NOON, UTC)
    show(line, 1)
    line.resize(1_286, 48)
    host.resize(2_000, 100)
    host.show()
    return line


def show(line, times):
    """Show counts with words so many times as long."""
    line.show_counts([Count(key=word, text=word * times, tooltip=word) for word in WORDS])


def fits(line):
    buttons = [line.count_button(word) for word in WORDS]
    return all(button.width() >= button.sizeHint().width() for button in buttons)


def test_that_all_is_said_where_there_is_room(qtbot, line):
    qtbot.waitUntil(lambda: fits(line))
    assert line.clock.text() == "Fri 20-Nov  12:00"
    assert line._name.isVisible()
    assert not line._initials.isVisible()


def test_that_the_day_goes_before_a_count_is_cut_and_comes_back(qtbot, line):
    need = line.layout().sizeHint().width()
    assert line.minimumSizeHint().width() < need - 100
    line.resize(need - 10, 48)
    qtbot.waitUntil(lambda: line.clock.text() == "12:00" and fits(line))
    assert line._name.isVisible()
    assert "20-Nov-2026" in line.clock.toolTip()
    line.show_time(NOON.replace(hour=13), UTC)
    assert line.clock.text() == "13:00"
    line.resize(1_286, 48)
    qtbot.waitUntil(lambda: line.clock.text() == "Fri 20-Nov  13:00")


def test_that_longer_counts_leave_initials_with_the_name_in_a_tooltip(qtbot, line):
    line.resize(2_000, 48)
    show(line, 2)
    qtbot.waitUntil(lambda: fits(line))
    line.resize(line.layout().sizeHint().width() - 100, 48)
    qtbot.waitUntil(lambda: line._initials.isVisible() and fits(line))
    assert line._initials.text() == "NH"
    assert line._initials.parentWidget().toolTip() == "Nadia Holm, Nurse"
    assert not line._role.isVisible()
    line.resize(300, 48)
    QApplication.processEvents()
    assert line._initials.isVisible()
    line.resize(2_000, 48)
    qtbot.waitUntil(line._name.isVisible)
    assert line.clock.text() == "Fri 20-Nov  12:00"


def test_that_what_gave_way_stays_away_until_there_is_room_to_spare(qtbot, line):
    need = line.layout().sizeHint().width()
    line.resize(need - 1, 48)
    qtbot.waitUntil(lambda: line.clock.text() == "12:00")
    line.resize(need + 2, 48)
    QApplication.processEvents()
    assert line.clock.text() == "12:00"
    line.resize(need + 12, 48)
    qtbot.waitUntil(lambda: line.clock.text() == "Fri 20-Nov  12:00")


def test_that_the_lamp_says_it_in_fewer_words_before_a_count_is_cut(qtbot, line):
    away = Freshness(FreshnessState.OFFLINE, "offline: reading from 12:00", "offline 12:00")
    line.lamp.show_freshness(away)
    line.resize(2_000, 48)
    qtbot.waitUntil(lambda: line.lamp.text() == "◆ offline: reading from 12:00")
    need = line.layout().sizeHint().width()
    line.resize(need - 90, 48)
    qtbot.waitUntil(lambda: line.lamp.text() == "◆ offline 12:00" and fits(line))
    assert line._name.isVisible()
    assert "offline: reading from 12:00" in line.lamp.toolTip()
    assert line.lamp.width() >= line.lamp.sizeHint().width()
    line.resize(2_000, 48)
    qtbot.waitUntil(lambda: line.lamp.text() == "◆ offline: reading from 12:00")
