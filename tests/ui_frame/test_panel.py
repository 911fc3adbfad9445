import weakref
from dataclasses import replace

import pytest

from tests.patience import PATIENCE_S
from tests.sheets import until_collected
from tests.ui_frame.builders import NOON, OnePanel, a_place
from ward_app.core.errors import DatabaseUnavailableError


@pytest.fixture
def panel(qtbot, surroundings):
    panel = OnePanel(surroundings, a_place())
    qtbot.addWidget(panel)
    return panel


def test_that_a_panel_loads_when_it_is_first_shown(qtbot, panel):
    assert panel.is_stale
    assert panel.loads == 0
    with qtbot.waitSignal(panel.loaded) as loaded:
        panel.show()
    assert loaded.args == [NOON]
    assert panel.shown.text() == "read"
    assert not panel.is_stale


def test_that_a_burst_of_news_becomes_one_running_and_one_more_load(qtbot, panel, held):
    held.hold()
    panel.show()
    for _ in range(50):
        panel.take_note("beds")
    held.let_go()
    with qtbot.waitSignals([panel.loaded, panel.loaded]):
        pass
    with qtbot.assertNotEmitted(panel.loaded, wait=50):
        pass
    assert panel.loads == 2


def test_that_news_of_another_topic_is_none_of_its_business(qtbot, panel):
    with qtbot.waitSignal(panel.loaded):
        panel.show()
    panel.take_note("patients")
    assert panel.loads == 1


def test_that_a_hidden_panel_only_notes_that_it_is_stale_until_it_is_shown(qtbot, panel):
    with qtbot.waitSignal(panel.loaded):
        panel.show()
    panel.hide()
    panel.take_note("beds")
    assert panel.is_stale
    assert panel.loads == 1
    with qtbot.waitSignal(panel.loaded):
        panel.show()
    assert panel.loads == 2


def test_that_a_failed_load_keeps_what_was_read_and_says_why(qtbot, panel):
    with qtbot.waitSignal(panel.loaded):
        panel.show()

    def fail(_tx):
        raise DatabaseUnavailableError("The ward database cannot be reached.")

    panel.answer = fail
    with qtbot.waitSignal(panel.load_failed):
        panel.refresh()
    assert panel.shown.text() == "read"
    assert panel.notice.text == "The ward database cannot be reached."
    assert panel.is_stale
    panel.answer = lambda _tx: "read again"
    with qtbot.waitSignal(panel.loaded):
        panel.refresh()
    assert panel.notice.text == ""


def test_that_one_failed_part_makes_the_whole_load_stale(qtbot, panel):
    def fail(_tx):
        raise DatabaseUnavailableError("Not reached.")

    def load():
        panel.read(panel.shown.setText, lambda _tx: "first part")
        panel.read(panel.shown.setText, fail)
        panel.read(panel.shown.setText, lambda _tx: "last part")

    panel.load = load
    with qtbot.assertNotEmitted(panel.loaded):
        panel.show()
        qtbot.waitUntil(lambda: panel.shown.text() == "last part")
    assert panel.is_stale
    assert panel.notice.text == "Not reached."


def test_that_an_answer_about_the_ward_before_never_shows_under_the_new_name(qtbot, panel, held):
    shown = []
    panel.shown.setText = shown.append
    held.hold()
    panel.answer = lambda _tx: "ward 7"
    panel.show()
    assert held.started.acquire(timeout=PATIENCE_S)
    panel.answer = lambda _tx: "ward 8"
    panel.show_place(a_place("Ward 8"))
    held.let_go()
    qtbot.waitUntil(lambda: bool(shown))
    assert shown == ["ward 8"]


def test_that_a_panel_can_be_freed(qtbot, surroundings):
    panel = OnePanel(replace(surroundings), a_place())
    with qtbot.waitSignal(panel.loaded):
        panel.show()
    gone = weakref.ref(panel)
    panel.close()
    panel.deleteLater()
    del panel
    until_collected(qtbot, gone)
