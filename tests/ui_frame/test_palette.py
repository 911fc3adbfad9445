import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from tests.ui_frame.builders import a_person, a_ward
from ui.command_palette import CommandPalette, FoundModel, FoundRole
from ui.finding import best_first, found_places, places_of
from ui.widgets.panel import Found


def hit(text, run=print):
    return Found(text=text, detail="somewhere", run=run)


@pytest.fixture
def window(qtbot, look):
    window = QWidget()
    window.resize(1024, 640)
    window.line = QLineEdit(window)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    window.line.setFocus()
    return window


@pytest.fixture
def palette(window):
    return CommandPalette(window)


def test_that_the_model_of_what_was_found_keeps_qts_rules(qtmodeltester):
    model = FoundModel()
    model.set_found([hit("One"), hit("Two")])
    qtmodeltester.check(model)
    index = model.index(1)
    assert index.data() == "Two"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Two, somewhere"
    assert index.data(FoundRole).text == "Two"


def test_that_letters_narrow_and_enter_runs_the_best(qtbot, palette):
    done = []
    offered = [hit("Cancel admission", lambda: done.append("cancel"))]
    offered.append(hit("Admit a patient", lambda: done.append("admit")))
    palette.ask(lambda typed: best_first(typed, offered), "What?")
    qtbot.keyClicks(palette.line, "adm")
    assert palette.model.index(0).data() == "Admit a patient"
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert done == ["admit"]
    assert palette.isHidden()


def test_that_the_arrows_choose_and_stop_at_the_ends(qtbot, palette):
    done = []
    offered = [hit(str(n), lambda n=n: done.append(n)) for n in range(3)]
    palette.ask(lambda _typed: offered, "What?")
    for _ in range(5):
        qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    qtbot.keyClick(palette.line, Qt.Key.Key_Up)
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert done == [1]


def test_that_nothing_found_is_said_and_enter_does_nothing(qtbot, palette):
    palette.ask(lambda _typed: (), "What?")
    assert palette.nothing.isVisible()
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_that_escape_closes_and_gives_the_focus_back(qtbot, palette, window):
    palette.ask(lambda _typed: [hit("One")], "What?")
    assert palette.line.hasFocus()
    qtbot.keyClick(palette.line, Qt.Key.Key_Escape)
    assert palette.isHidden()
    assert window.line.hasFocus()


def test_that_a_click_beside_the_card_closes_it(qtbot, palette):
    palette.ask(lambda _typed: [hit("One")], "What?")
    qtbot.mouseClick(palette, Qt.MouseButton.LeftButton, pos=palette.rect().bottomLeft())
    assert palette.isHidden()


def test_that_a_closed_palette_holds_no_names(palette):
    palette.ask(lambda _typed: [hit("OKORO, Ada")], "What?")
    palette.shut()
    assert palette.model.rowCount() == 0


def test_that_the_palette_grows_with_the_window(palette, window):
    palette.ask(lambda _typed: [hit("One")], "What?")
    window.resize(1366, 768)
    assert palette.size() == window.size()


def test_that_a_person_may_look_at_own_wards_all_of_them_and_the_hospital():
    own = (a_ward("Ward 7 East"), a_ward("Ward 8"))
    everywhere = (*own, a_ward("Ward 9"))
    places = places_of(a_person(own), everywhere)
    assert [place.name for place in places] == [
        "Ward 7 East",
        "Ward 8",
        "My wards",
        "Whole hospital",
    ]
    assert places[-1].wards == everywhere
    assert places[-1].whole_hospital
    assert [place.name for place in places_of(a_person(own[:1]), everywhere)] == [
        "Ward 7 East",
        "Whole hospital",
    ]


def test_that_a_ward_is_found_by_its_number(qapp):
    shown = []
    own = (a_ward("Ward 7 East"), a_ward("Ward 8"))
    [found] = found_places("8", a_person(own), own, shown.append)
    found.run()
    assert [place.name for place in shown] == ["Ward 8"]
