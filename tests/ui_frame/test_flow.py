import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

import ui.widgets.flow as flow_module
from ui.widgets.flow import Flow


@pytest.fixture
def flow(qtbot):
    """Three buttons and a label that may wrap, in a window of a given width."""
    window = QWidget()
    layout = Flow(window, spacing=4)
    for words in ("Observations", "Correct", "Strike out"):
        layout.addWidget(QPushButton(words, window))
    label = QLabel("Next set by 19:44, due in 10 h 15 min, as the score asks", window)
    label.setWordWrap(True)
    layout.addWidget(label)
    qtbot.addWidget(window)

    def shown(width):
        window.resize(width, max(1, layout.heightForWidth(width)))
        window.show()
        return [layout.itemAt(number).geometry() for number in range(layout.count())]

    return shown


def test_that_everything_stands_on_one_line_where_there_is_room(flow):
    places = flow(1_000)
    assert len({place.top() for place in places}) == 1
    assert places[-1].right() == 999


def test_that_the_words_take_a_line_of_their_own_where_the_rest_of_it_is_too_short(flow):
    first, _second, third, words = flow(500)
    assert first.top() == third.top()
    assert words.top() > third.bottom()
    assert (words.left(), words.width()) == (0, 500)


def test_that_buttons_go_on_below_and_none_is_narrower_than_its_words(flow):
    places = flow(230)
    assert len({place.top() for place in places[:3]}) == 2
    one_line = flow(1_000)
    assert [place.width() for place in places[:3]] == [place.width() for place in one_line[:3]]


def test_that_what_is_hidden_takes_no_room(qtbot):
    window = QWidget()
    layout = Flow(window)
    buttons = [QPushButton(words, window) for words in ("One", "Two")]
    for button in buttons:
        layout.addWidget(button)
    qtbot.addWidget(window)
    both = layout.sizeHint().width()
    buttons[0].hide()
    assert layout.sizeHint().width() < both
    assert layout.takeAt(5) is None
    assert layout.takeAt(0).widget() is buttons[0]
    assert layout.count() == 1


def test_that_words_are_measured_anew_only_when_something_changed(qtbot, monkeypatch):
    window = QWidget()
    layout = Flow(window)
    buttons = [QPushButton(words, window) for words in ("One", "Two")]
    for button in buttons:
        layout.addWidget(button)
    qtbot.addWidget(window)
    window.show()
    before = layout.sizeHint()
    measured = []
    monkeypatch.setattr(flow_module, "_size", lambda item: measured.append(item) or QSize(50, 20))
    for width in (40, 100, 1_000):
        layout.heightForWidth(width)
    assert (layout.sizeHint(), measured) == (before, [])
    buttons[0].setText("One and a half")
    assert layout.sizeHint() == QSize(104, 20)
    assert len(measured) == 2
    assert layout.heightForWidth(60) == 44


def test_that_words_stand_at_half_the_height_of_the_buttons_beside_them(qtbot):
    window = QWidget()
    layout = Flow(window)
    words, button = QLabel("From", window), QPushButton("15-Nov-2026", window)
    for widget in (words, button):
        layout.addWidget(widget)
    qtbot.addWidget(window)
    window.resize(400, 100)
    window.show()
    assert words.geometry().center().y() == button.geometry().center().y()
