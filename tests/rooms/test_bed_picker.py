import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from tests.admissions.builders import OTHER_WARD_ID, WARD_ID, a_bed_choice
from ui.rooms.bed_options import BedPlace, fitting_places, no_bed_option
from ui.widgets.option_model import Option, OptionModel
from ui.widgets.type_ahead import TypeAhead

CHOICES = (
    a_bed_choice("2"),
    a_bed_choice("4"),
    a_bed_choice("10"),
    a_bed_choice("2", ward_id=OTHER_WARD_ID, ward_name="Ward 9 West", room_name="Room 3"),
    a_bed_choice("12", refusal="Occupied by OKAFOR, Ada."),
    a_bed_choice("5", refusal="Blocked: maintenance."),
)


NO_BEDS = (
    no_bed_option(WARD_ID, "Ward 7 East"),
    no_bed_option(OTHER_WARD_ID, "Ward 9 West"),
)
LABELS = {choice.bed_id: choice.label for choice in CHOICES}


def place(choice):
    return BedPlace(choice.ward_id, choice.bed_id)


def labels(options):
    return [LABELS.get(option.value.bed_id, "-") for option in options]


def fitting_beds(choices, typed):
    return fitting_places(choices, NO_BEDS, typed)


def test_that_valid_beds_come_first_then_no_bed_then_the_refused_with_their_reason():
    options = fitting_beds(CHOICES, "")
    assert labels(options) == ["2", "4", "10", "2", "-", "12", "5"]
    assert options[-1].refusal == "Blocked: maintenance."


def test_that_the_exact_label_comes_before_labels_that_only_begin_so():
    beds = [a_bed_choice("10"), a_bed_choice("12"), a_bed_choice("1")]
    texts = [option.text.split(" · ")[0] for option in fitting_beds(beds, "1")]
    assert texts == ["Bed 1", "Bed 10", "Bed 12"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("west 2", ["2"]),
        ("9", ["2", "-"]),
        ("bed 4", ["4"]),
        ("room", ["2"]),
        ("zz", []),
        ("no", ["-", "-"]),
        ("no west", ["-"]),
        ("12", ["12"]),
    ],
)
def test_that_ward_room_and_number_all_find_a_bed(typed, found):
    assert labels(fitting_beds(CHOICES, typed)) == found


def test_that_without_a_word_only_the_own_ward_is_offered_without_a_bed():
    texts = [option.text for option in fitting_beds(CHOICES, "") if option.value.bed_id is None]
    assert texts == ["No bed yet · Ward 7 East"]


def test_that_the_option_model_keeps_qts_contract(qtmodeltester):
    model = OptionModel()
    model.set_options(fitting_beds(CHOICES, ""))
    qtmodeltester.check(model)


@pytest.fixture
def form(qtbot):
    """A picker between two plain fields, as in a sheet."""
    host = QWidget()
    column = QVBoxLayout(host)
    host.before, host.picker, host.after = QLineEdit(), TypeAhead(), QLineEdit()
    for field in (host.before, host.picker, host.after):
        column.addWidget(field)
    column.addStretch()
    host.picker.asked.connect(lambda text: host.picker.set_options(fitting_beds(CHOICES, text)))
    host.resize(400, 500)
    qtbot.addWidget(host)
    host.show()
    host.before.setFocus()
    qtbot.waitUntil(host.before.hasFocus)
    return host


def test_that_typing_a_number_and_enter_picks_that_bed_and_goes_on(qtbot, form):
    qtbot.keyClick(form.before, Qt.Key.Key_Tab)
    assert form.picker.list.isVisible()
    qtbot.keyClicks(form.picker, "4")
    with qtbot.waitSignal(form.picker.picked):
        qtbot.keyClick(form.picker, Qt.Key.Key_Return)
    assert form.picker.choice.value == place(CHOICES[1])
    assert form.after.hasFocus()
    assert not form.picker.list.isVisible()


def test_that_tab_takes_the_marked_bed_too(qtbot, form):
    form.picker.setFocus()
    qtbot.keyClicks(form.picker, "10")
    qtbot.keyClick(form.picker, Qt.Key.Key_Tab)
    assert form.picker.choice.value == place(CHOICES[2])
    assert form.after.hasFocus()


def test_that_tabbing_through_an_untouched_field_picks_nothing(qtbot, form):
    form.picker.setFocus()
    qtbot.keyClick(form.picker, Qt.Key.Key_Tab)
    assert form.picker.choice is None


def test_that_a_refused_bed_is_never_marked_or_picked(qtbot, form):
    form.picker.setFocus()
    for _ in range(10):
        qtbot.keyClick(form.picker, Qt.Key.Key_Down)
    assert form.picker.list.currentIndex().data() == "No bed yet · Ward 7 East"
    qtbot.keyClicks(form.picker, "12")
    qtbot.keyClick(form.picker, Qt.Key.Key_Return)
    assert form.picker.choice is None
    assert form.picker.text() == "12"


def test_that_typing_over_a_choice_gives_it_up(qtbot, form):
    form.picker.choose(Option("Bed 4", "", place(CHOICES[1])))
    form.picker.setFocus()
    assert labels(form.picker.options.options()) == ["2", "4", "10", "2", "-", "12", "5"]
    assert form.picker.list.currentIndex().row() == 1
    with qtbot.waitSignal(form.picker.unpicked):
        qtbot.keyClicks(form.picker, "9")
    assert form.picker.choice is None


def test_that_escape_closes_the_list_and_keeps_the_text(qtbot, form):
    form.picker.setFocus()
    qtbot.keyClicks(form.picker, "4")
    qtbot.keyClick(form.picker, Qt.Key.Key_Escape)
    assert not form.picker.list.isVisible()
    assert form.picker.text() == "4"


def test_that_a_click_picks(qtbot, form):
    form.picker.setFocus()
    view = form.picker.list
    spot = view.visualRect(form.picker.options.index(1, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert form.picker.choice.value == place(CHOICES[1])


def test_that_the_list_goes_when_the_picker_goes(qtbot, form):
    form.picker.setFocus()
    view = form.picker.list
    form.picker.deleteLater()
    qtbot.waitUntil(lambda: not shiboken6.isValid(view))


def test_that_the_list_hides_with_the_page_that_holds_the_field(qtbot, form):
    form.picker.setFocus()
    page = QWidget(form)
    form.layout().addWidget(page)
    form.picker.setParent(page)
    page.show()
    form.picker.show()
    form.picker.open_list()
    assert form.picker.list.isVisible()
    page.hide()
    assert not form.picker.list.isVisible()


def test_that_enter_on_refused_beds_alone_stays_in_the_field(qtbot, form):
    form.picker.setFocus()
    qtbot.keyClicks(form.picker, "12")
    with qtbot.waitSignal(form.picker.hurried):
        qtbot.keyClick(form.picker, Qt.Key.Key_Return)
    assert form.picker.hasFocus()
