from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.board.builders import (
    a_board,
    a_patient,
    a_patient_without_bed,
    an_empty_bed,
)
from tests.board.surroundings import (
    a_quiet_panel,
    count,
    press,
    shown,
)
from ui.context import Place
from ward_app.board.types import BoardFilter

Key = Qt.Key


def test_that_the_search_shows_only_what_fits_and_escape_shows_all(show):
    panel = show(a_patient(1), a_patient(2, family_name="Haddad"), an_empty_bed(3))
    press(panel, Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(panel.search_bar.field, "hadd")
    assert shown(panel) == ["2"]
    assert panel.search_bar.summary.text() == "1 of 3 shown. Esc shows all."
    QTest.keyClick(panel.search_bar.field, Key.Key_Return)
    assert panel.beds.tiles.hasFocus()
    press(panel, Key.Key_Escape)
    assert shown(panel) == ["1", "2", "3"]


def test_that_nothing_found_is_said_and_names_what_was_asked(show):
    panel = show(a_patient(1))
    panel.filter_by("overdue")
    assert panel.beds.message.text() == (
        "Ward 7 East has none of these: patients whose observations are overdue."
        " Esc shows all beds."
    )
    panel.search_bar.field.setText("zz")
    assert "No bed of Ward 7 East fits “zz”" in panel.beds.message.text()
    QTest.keyClick(panel.search_bar.field, Key.Key_Escape)
    assert shown(panel) == ["1"]


def test_that_a_count_filters_and_the_same_count_ends_it(show):
    panel = show(a_patient(1), an_empty_bed(2))
    panel.filter_by("free")
    assert shown(panel) == ["2"]
    assert count(panel, "free").chosen
    panel.filter_by("free")
    assert shown(panel) == ["1", "2"]
    assert count(panel, "all").chosen


def test_that_counts_are_announced_when_they_change(qtbot, show):
    panel = show(a_patient(1))
    with qtbot.assertNotEmitted(panel.counts_changed):
        panel.tell_time()
    with qtbot.waitSignal(panel.counts_changed):
        panel._show_board(a_board(a_patient(1), a_patient_without_bed(2)))
    assert count(panel, "without_bed").text == "◆ 1 no bed"


def test_that_every_filter_has_a_key(show):
    panel = show(a_patient(1), an_empty_bed(2))
    listed = {each.shortcut().toString() for each in panel.actions()}
    assert {f"Alt+{number}" for number in range(1, len(BoardFilter) + 1)} <= listed
    press(panel, Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert shown(panel) == ["2"]


def test_that_the_palette_finds_patients_and_goes_to_them(show):
    panel = show(a_patient(1), a_patient(2, family_name="Haddad"))
    panel.filter_by("free")
    [found] = panel.found("haddad")
    assert (found.text, found.detail) == ("HADDAD, Grace", "Bed 2, Bay A, Ward 7 East")
    found.run()
    assert panel.beds.chosen.label == "2"


def test_that_a_board_that_is_not_read_yet_finds_nothing(qtbot):
    panel = a_quiet_panel(place=Place(name="Nowhere", wards=()))
    qtbot.addWidget(panel)
    assert panel.found("a") == ()


def test_that_a_ward_without_beds_says_so_with_the_time(show):
    assert show().beds.message.text() == (
        "Ward 7 East has no beds and no patients. Read at 14:07."
    )
