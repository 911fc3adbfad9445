from datetime import timedelta

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
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
    return line


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
    if input_ == "key":
        qtbot.keyClick(line, Qt.Key.Key_A)
    elif input_ == "click":
        qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    else:
        qtbot.mouseMove(line)
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
        qtbot.keyClick(line, Qt.Key.Key_A)
    assert line.text() == ""


def test_that_use_is_told_at_most_once_a_minute(qtbot, watch, clock, line):
    told = []
    watch.used.connect(lambda: told.append(clock()))
    watch.start(timedelta(minutes=5))
    for _ in range(13):
        clock.move(seconds=10)
        qtbot.keyClick(line, Qt.Key.Key_A)
    assert len(told) == 2


def test_that_a_stopped_watch_counts_nothing(qtbot, watch, clock):
    watch.start(timedelta(minutes=5))
    watch.stop()
    clock.move(hours=1)
    with qtbot.assertNotEmitted(watch.left_alone):
        watch.check()
