from datetime import timedelta

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from ui.idle import IdleWatch


@pytest.fixture
def watch(qapp, clock):
    watch = IdleWatch(clock)
    yield watch
    watch.stop()


@pytest.fixture
def line(qtbot):
    line = QLineEdit()
    qtbot.addWidget(line)
    line.show()
    qtbot.waitUntil(lambda: line.windowHandle() is not None)
    return line


def press(line):
    """Press a key as the system delivers it: to the window."""
    QTest.keyClick(line.windowHandle(), Qt.Key.Key_A)


def test_that_five_minutes_without_input_are_noticed_once(qtbot, watch, clock):
    watch.start(timedelta(minutes=5))
    clock.move(minutes=4, seconds=59)
    with qtbot.assertNotEmitted(watch.left_alone):
        watch.check()
    clock.move(seconds=1)
    with qtbot.waitSignal(watch.left_alone):
        watch.check()
    with qtbot.assertNotEmitted(watch.left_alone):
        watch.check()


@pytest.mark.parametrize("input_", ["key", "click", "move"])
def test_that_any_input_starts_the_count_anew(qtbot, watch, clock, line, input_):
    watch.start(timedelta(minutes=5))
    clock.move(minutes=4)
    window, inside = line.windowHandle(), QPoint(5, 5)
    if input_ == "key":
        press(line)
    elif input_ == "click":
        left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(window, left, plain, inside)
    else:
        # to two places: the pointer may stand at one of them since another test
        for place in (inside, QPoint(9, 9)):
            QTest.mouseMove(window, place)
    clock.move(minutes=4)
    with qtbot.assertNotEmitted(watch.left_alone):
        watch.check()


def test_that_a_window_opened_later_is_watched_too(qtbot, watch, clock):
    watch.start(timedelta(minutes=5))
    later = QLineEdit()
    qtbot.addWidget(later)
    later.show()
    watch.check()
    clock.move(minutes=4)
    press(later)
    clock.move(minutes=4)
    with qtbot.assertNotEmitted(watch.left_alone):
        watch.check()


def test_that_the_programs_own_work_is_no_input(qtbot, watch, clock, line):
    watch.start(timedelta(minutes=5))
    clock.move(minutes=5)
    line.setText("changed by the program")
    QCoreApplication.sendEvent(line, QEvent(QEvent.Type.UpdateRequest))
    with qtbot.waitSignal(watch.left_alone):
        watch.check()


def test_that_the_first_key_after_a_suspend_locks_and_is_swallowed(qtbot, watch, clock, line):
    watch.start(timedelta(minutes=5))
    clock.move(hours=8)
    with qtbot.waitSignal(watch.left_alone):
        press(line)
    assert line.text() == ""


def test_that_use_is_told_at_most_once_a_minute(qtbot, watch, clock, line):
    told = []
    watch.used.connect(lambda: told.append(clock()))
    watch.start(timedelta(minutes=5))
    for _ in range(13):
        clock.move(seconds=10)
        press(line)
    assert len(told) == 2


def test_that_a_stopped_watch_counts_nothing(qtbot, watch, clock):
    watch.start(timedelta(minutes=5))
    watch.stop()
    clock.move(hours=1)
    with qtbot.assertNotEmitted(watch.left_alone):
        watch.check()
