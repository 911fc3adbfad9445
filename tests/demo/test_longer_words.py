"""Longer words for the pictures, and the finding of what does not fit."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QPushButton, QScrollArea, QWidget

from ui.demo.clipped import clipped
from ui.demo.longer_words import longer, longer_words
from ui.plain_text import PlainLabel


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Transfer", "Transfeeeeer"),
        ("OKAFOR, Xanthippe 14:07", "OKAFOR, Xanthippe 14:07"),
        ("Bed 12", "Beeed 12"),
        ("<b>Discharge</b> 3", "<b>Dischargeeeee</b> 3"),
    ],
)
def test_that_the_programs_words_grow_and_names_and_numbers_do_not(text, shown):
    assert longer(text) == shown


@pytest.fixture
def window(qtbot):
    """Return a window with a label and a button of these widths."""

    def make(width, text="Discharge", tooltip=""):
        window = QWidget()
        qtbot.addWidget(window)
        label, button = PlainLabel(text, window), QPushButton(text, window)
        for place, widget in enumerate((label, button)):
            widget.setGeometry(0, 40 * place, width, 30)
            widget.setToolTip(tooltip)
        window.show()
        return window

    return make


def test_that_what_does_not_fit_is_found(window):
    assert clipped(window(300)) == []
    found = clipped(window(30))
    assert [line.split(" ")[0] for line in found] == ["PlainLabel", "QPushButton"]


def test_that_a_tooltip_with_the_whole_text_is_enough(window):
    assert clipped(window(30, tooltip="Discharge the patient")) == []


@pytest.mark.parametrize("hidden", [True, False])
def test_that_what_stands_beyond_the_side_is_found_unless_one_can_scroll_there(qtbot, hidden):
    policy = Qt.ScrollBarPolicy
    area, page = QScrollArea(), QWidget()
    page.setMinimumSize(400, 50)
    QPushButton("Save", page, geometry=QRect(300, 10, 80, 30), toolTip="Save")
    area.setWidget(page)
    area.setHorizontalScrollBarPolicy(
        policy.ScrollBarAlwaysOff if hidden else policy.ScrollBarAsNeeded
    )
    qtbot.addWidget(area)
    area.resize(200, 100)
    area.show()
    qtbot.waitUntil(lambda: area.horizontalScrollBar().isVisible() is not hidden)
    assert bool(clipped(area)) is hidden


def test_that_words_are_what_they_were_afterwards(window):
    shown = window(300)
    label = shown.findChild(PlainLabel)
    with longer_words(shown):
        assert label.text() == "Dischargeeeee"
    assert label.text() == "Discharge"


def test_that_a_wrapped_label_is_found_by_its_height(window):
    shown = window(60, text="Discharge the patient from the ward")
    label = shown.findChild(PlainLabel)
    label.setWordWrap(True)
    assert any(line.startswith("PlainLabel") for line in clipped(shown))
    label.setFixedHeight(200)
    assert not any(line.startswith("PlainLabel") for line in clipped(shown))
