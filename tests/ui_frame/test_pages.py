import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from ui.widgets.pages import Pages


class CountedPage(QWidget):
    """A page that counts how often it is asked for its size."""

    def __init__(self, size, parent):
        super().__init__(parent)
        self._size, self.asked = QSize(*size), 0

    @override
    def sizeHint(self):
        self.asked += 1
        return self._size

    @override
    def minimumSizeHint(self):
        return self.sizeHint()

    @override
    def hasHeightForWidth(self):
        self.asked += 1
        return True

    @override
    def heightForWidth(self, _width):
        self.asked += 1
        return self._size.height()


@pytest.fixture
def window(qtbot):
    """A window with a label above a small page, in view, and a large one."""
    window = QWidget()
    window.label = QLabel("Words", window)
    stack = Pages(window)
    column = QVBoxLayout(window)
    for widget in (window.label, stack):
        column.addWidget(widget)
    for size in ((200, 100), (900, 700)):
        stack.addWidget(CountedPage(size, stack))
    qtbot.addWidget(window)
    window.show()
    return window


def test_that_a_stack_needs_what_the_page_in_view_needs(window):
    pages = window.findChild(Pages)
    assert pages.sizeHint() == pages.minimumSizeHint() == QSize(200, 100)
    pages.setCurrentIndex(1)
    assert pages.sizeHint() == pages.minimumSizeHint() == QSize(900, 700)


def test_that_a_page_out_of_view_is_not_measured_when_words_change_elsewhere(window):
    pages = window.findChild(Pages)
    hidden = pages.widget(1)
    hidden.asked = 0
    window.label.setText("Other words, and more of them")
    pages.widget(0).updateGeometry()
    for layout in (pages.layout(), window.layout()):
        layout.activate()
    assert window.layout().sizeHint().width() > 0
    assert hidden.asked == 0


def test_that_a_page_shown_gets_all_the_room(window):
    pages = window.findChild(Pages)
    window.resize(1_000, 900)
    pages.setCurrentIndex(1)
    assert pages.widget(1).size() == pages.size()


def test_that_a_stack_without_pages_needs_no_room(qtbot):
    stack = Pages()
    qtbot.addWidget(stack)
    assert stack.sizeHint().height() <= 0
    assert stack.minimumSizeHint().height() <= 0
