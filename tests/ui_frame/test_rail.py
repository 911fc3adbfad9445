import pytest

from ui.widgets.rail import ICON_PX, LEAST_PX, Rail, RailEntry

WORDS = [f"Panel {number}" for number in range(15)]


@pytest.fixture
def rail(qtbot):
    rail = Rail([RailEntry(word, word, "rounds") for word in WORDS])
    qtbot.addWidget(rail)
    tools = [rail.add_tool(RailEntry(word, word, "rounds"), rail.update) for word in "XYZ"]
    rail.resize(80, 1050)
    rail.show()
    qtbot.waitUntil(lambda: not tools[-1].icon().isNull())
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


def test_that_words_are_whole_on_the_lowest_screen(qtbot, rail):
    rail, buttons = rail
    rail.resize(80, 616)
    qtbot.waitUntil(lambda: buttons[-1].geometry().bottom() < 616)
    button = buttons[3]
    with_word = button.grab().toImage()
    button.setText("")
    without = button.grab().toImage()
    rows = [
        y
        for y in range(with_word.height())
        if any(with_word.pixel(x, y) != without.pixel(x, y) for x in range(with_word.width()))
    ]
    # a capital and a letter below the line, neither cut by the edge nor by the icon
    assert rows[-1] - rows[0] >= 8
    assert rows[-1] < with_word.height() - 1


def test_that_icons_are_whole_again_on_a_high_screen(qtbot, rail):
    rail, buttons = rail
    rail.resize(80, 616)
    assert {button.iconSize().height() for button in buttons} < {*range(ICON_PX)}
    rail.resize(80, 1050)
    assert {button.iconSize().height() for button in buttons} == {ICON_PX}


def test_that_a_count_stands_beside_the_icon_and_leaves_the_word_its_width(rail):
    rail, buttons = rail
    button, wanted = buttons[3], buttons[3].sizeHint().width()
    plain = button.grab().toImage()
    rail.show_count("Panel 3", "▲12")
    counted = button.grab().toImage()
    assert button.accessibleName() == "Panel 3 ▲12"
    assert button.sizeHint().width() == wanted
    differing = [
        (x, y)
        for x in range(plain.width())
        for y in range(plain.height())
        if plain.pixel(x, y) != counted.pixel(x, y)
    ]
    # right of the icon, above the word, inside the button
    assert min(x for x, _y in differing) > button.width() // 2
    assert max(x for x, _y in differing) < button.width() - 1
    assert max(y for _x, y in differing) < button.height() - 15
    rail.show_count("Panel 3", "")
    assert button.grab().toImage() == plain


def test_that_a_word_wider_than_its_button_is_written_smaller(rail):
    rail, buttons = rail
    button = buttons[3]
    button.setText("Handoveeeeer")
    image = button.grab().toImage()
    ground = image.pixel(0, 0)
    edge = {image.pixel(x, y) for x in (0, image.width() - 1) for y in range(image.height())}
    assert edge == {ground}


def test_that_icons_are_drawn_a_turn_after_the_rail_was_made(qtbot, qapp):
    rail = Rail([RailEntry("beds", "Beds", "beds")])
    qtbot.addWidget(rail)
    assert rail.button("beds").icon().isNull()
    qapp.processEvents()
    assert not rail.button("beds").icon().isNull()
