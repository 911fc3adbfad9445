import pytest
from PySide6.QtCore import Qt

from ui.widgets.rail import ICON_PX, LEAST_PX, Rail, RailEntry

WORDS = [f"Panel {number}" for number in range(15)]


@pytest.fixture
def rail(qtbot):
    rail = Rail([RailEntry(word, word, "rounds") for word in WORDS])
    qtbot.addWidget(rail)
    tools = [rail.add_tool(RailEntry(word, word, "rounds"), rail.update) for word in "XYZ"]
    rail.resize(80, 1050)
    rail.show()
    return rail, [*map(rail.button, WORDS), *tools]


@pytest.mark.parametrize("height", [1050, 740, 616])
def test_that_every_button_stays_in_sight_when_the_screen_is_low(qtbot, rail, height):
    rail, buttons = rail
    rail.resize(80, height)
    qtbot.waitUntil(lambda: buttons[-1].geometry().bottom() < height)
    assert rail.height() == height
    tops = [button.y() for button in buttons]
    bottoms = [button.geometry().bottom() for button in buttons]
    assert all(bottom < top for bottom, top in zip(bottoms, tops[1:], strict=False))
    assert min(button.height() for button in buttons) >= LEAST_PX


def test_that_icons_are_whole_again_on_a_high_screen(qtbot, rail):
    rail, buttons = rail
    rail.resize(80, 616)
    assert {button.iconSize().height() for button in buttons} < {*range(ICON_PX)}
    rail.resize(80, 1050)
    assert {button.iconSize().height() for button in buttons} == {ICON_PX}


def test_that_words_stand_alone_where_an_icon_would_cut_them(qtbot):
    rail = Rail([RailEntry(str(number), "Nurses", "nurses") for number in range(18)])
    qtbot.addWidget(rail)
    rail.resize(80, 692)
    rail.show()
    assert rail.button("0").toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextOnly
    rail.resize(80, 1_000)
    assert rail.button("0").toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextUnderIcon
