from PySide6.QtGui import QTextLayout

from ui import theme
from ui.widgets import wrapping_button
from ui.widgets.wrapping_button import WrappingButton

LONG = "Save for Wolfeschlegelsteinhausenbergerdorff, Maximiliane Theodora"


def test_that_a_button_is_measured_once_for_each_width_and_text(qtbot, monkeypatch):
    button = WrappingButton(LONG)
    qtbot.addWidget(button)
    measured = []

    def note(text, font):
        measured.append(text)
        return QTextLayout(text, font)

    monkeypatch.setattr(wrapping_button, "QTextLayout", note)
    heights = [button.heightForWidth(width) for width in (160, 600, 160, 600)]
    assert heights[0] == heights[2] > heights[1] == heights[3]
    assert len(measured) == 2
    button.setText("Save")
    assert button.heightForWidth(160) == heights[1]
    assert measured == [LONG, LONG, "Save"]


def test_that_a_larger_font_makes_a_button_higher_that_was_measured_before(qtbot):
    button = WrappingButton(LONG)
    qtbot.addWidget(button)
    before = button.heightForWidth(160)
    button.setFont(theme.font(2 * theme.BODY_PX))
    assert button.heightForWidth(160) > before
