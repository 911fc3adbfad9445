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
