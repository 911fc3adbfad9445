"""What asks to be painted is painted a turn later, all of it at once."""

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from ui.paint_turn import PaintTurn


class CountedLabel(QLabel):
    """A label that counts how often it was painted."""

    painted = 0

    @override
    def paintEvent(self, event):
        self.painted += 1
        super().paintEvent(event)


class Pictures(QWidget):
    """A widget that has nothing to draw ahead."""

    tries = 0

    def draw_some(self):
        self.tries += 1
        return False


class BrokenPictures(Pictures):
    """A widget whose pictures cannot be drawn: of one patient something is not as it should be."""

    @override
    def draw_some(self):
        super().draw_some()
        raise KeyError("a patient's data")


@pytest.fixture
def labels(qtbot):
    """Two labels of a window in view, painted."""
    window = QWidget()
    qtbot.addWidget(window)
    PaintTurn(window)
    column, labels = QVBoxLayout(window), [CountedLabel("One", window) for _ in range(2)]
    for label in labels:
        column.addWidget(label)
    window.show()
    qtbot.waitUntil(lambda: all(label.painted for label in labels))
    for label in labels:
        label.painted = 0
    return labels


def test_that_what_was_made_is_painted_in_a_turn_of_its_own(qtbot, labels):
    for label in labels:
        label.setText("Two")
    QCoreApplication.sendPostedEvents()
    assert [label.painted for label in labels] == [0, 0]
    qtbot.waitUntil(lambda: all(label.painted for label in labels))
    assert [label.painted for label in labels] == [1, 1]


def test_that_every_later_change_is_painted_as_well(qtbot, labels):
    for times in range(1, 4):
        labels[0].setText(f"Change {times}")
        qtbot.waitUntil(lambda times=times: labels[0].painted == times)


def test_that_a_picture_that_cannot_be_drawn_is_told_and_does_not_stop_the_window(qtbot, labels):
    """What stands still looks like what is so now."""
    window = labels[0].window()
    broken = BrokenPictures(window)
    window.findChild(PaintTurn).wait_for(broken)
    with qtbot.captureExceptions() as told:
        for times in range(1, 4):
            labels[0].setText(f"Change {times}")
            qtbot.waitUntil(lambda times=times: labels[0].painted == times)
    # once: the words about it are painted too, and would be followed by the next
    assert [kind for kind, _error, _trace in told] == [KeyError]
    assert broken.tries == 1


def test_that_who_draws_well_goes_on_beside_one_that_cannot(qtbot, labels):
    window = labels[0].window()
    well = [Pictures(window) for _ in range(2)]
    for drawn in (well[0], BrokenPictures(window), well[1]):
        window.findChild(PaintTurn).wait_for(drawn)
    with qtbot.captureExceptions() as told:
        labels[0].setText("Change 1")
        qtbot.waitUntil(lambda: labels[0].painted == 1)
    tries = [drawn.tries for drawn in well]
    labels[0].setText("Change 2")
    qtbot.waitUntil(lambda: labels[0].painted == 2)
    assert len(told) == 1
    assert [drawn.tries for drawn in well] == [times + 1 for times in tries]


def test_that_what_cannot_be_painted_leaves_a_turn_of_its_own_to_what_comes_later(qtbot, labels):
    paint = labels[0].paintEvent

    def fail(_event):
        labels[0].paintEvent = paint
        raise KeyError("a patient's data")

    labels[0].paintEvent = fail
    with qtbot.captureExceptions() as told:
        labels[0].setText("Two")
        qtbot.waitUntil(lambda: bool(told))
    # the rest of the window may have been painted with what failed
    before = labels[1].painted
    labels[1].setText("Two")
    QCoreApplication.sendPostedEvents()
    assert labels[1].painted == before
    qtbot.waitUntil(lambda: labels[1].painted == before + 1)
