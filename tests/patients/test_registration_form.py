from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt

from tests.admissions.builders import a_found_patient
from tests.sheets import press, settled, type_text
from tests.steps import admit, register
from ui.patients.registration_form import RegistrationForm, free_letter
from ward_app.core.ids import new_id
from ward_app.patients.types import Sex


@pytest.fixture
def form(qtbot, context):
    """An empty registration."""
    form = RegistrationForm(context, ZoneInfo("Europe/London"), new_id())
    qtbot.addWidget(form)
    form.resize(400, 500)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    return form


def fill(form, family="Okafor", given="Ada", born="3/4/1948"):
    form.form.set_value("family_name", family)
    form.form.set_value("given_name", given)
    form.form.set_value("sex", Sex.FEMALE)
    form.form.input("born_on").line.setText(born)


def asked(qtbot, form, context):
    """Ask whether the registration may go on; return how often it did."""
    went_on = []
    form.settle(lambda: went_on.append(True))
    settled(qtbot, context)
    return went_on


def test_that_the_name_searched_for_is_taken_over_surname_first(form):
    form.start("o'brien, mary ann")
    assert form.patient().family_name == "O'brien"
    assert form.patient().given_name == "Mary Ann"


def test_that_a_number_searched_for_is_no_name(form):
    form.start("2600000018")
    assert form.patient().family_name == ""


def test_that_what_was_typed_as_date_of_birth_is_read_back(form):
    fill(form, born="03041948")
    words = form.form._rows["born_on"]._words.text()
    assert words.startswith("03-Apr-1948 · ")


def test_that_a_date_that_cannot_be_is_refused_in_the_field(form):
    fill(form, born="31/02/1950")
    assert not form.form.check()
    assert "no such day" in form.form.problem("born_on")


def test_that_an_unknown_date_of_birth_is_allowed(form):
    fill(form, born="")
    assert form.form.check()
    assert form.patient().born_on is None


def test_that_nobody_alike_lets_the_registration_go_on(qtbot, form, context):
    fill(form)
    assert asked(qtbot, form, context) == [True]


def test_that_a_likely_same_person_stops_it_and_takes_the_cursor(
    qtbot, form, context, database, nurse
):
    register(database, nurse, "Okafor", "Ada")
    fill(form, given="Adah")
    assert asked(qtbot, form, context) == []
    assert form.duplicates.isVisible()
    assert form.duplicates.list.hasFocus()


def test_that_likely_same_persons_show_while_it_is_typed(qtbot, form, context, database, nurse):
    register(database, nurse, "Okafor", "Ada")
    fill(form)
    qtbot.waitUntil(form.duplicates.isVisible)
    assert not form.duplicates.list.hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_1])
def test_that_one_key_takes_the_known_person(qtbot, form, context, database, nurse, key):
    register(database, nurse, "Okafor", "Ada")
    fill(form)
    asked(qtbot, form, context)
    with qtbot.waitSignal(form.same_person) as taken:
        press(qtbot, key)
    assert taken.args[0].identity.family_name == "Okafor"


def test_that_one_key_says_it_is_somebody_new(qtbot, form, context, database, nurse):
    register(database, nurse, "Okafor", "Ada")
    fill(form)
    asked(qtbot, form, context)
    press(qtbot, Qt.Key.Key_N)
    assert form.duplicates.isHidden()
    assert asked(qtbot, form, context) == [True]


def test_that_a_person_in_hospital_cannot_be_taken(qtbot, form, context, database, nurse):
    admit(database, nurse, "Okafor", "Ada")
    fill(form)
    asked(qtbot, form, context)
    with qtbot.assertNotEmitted(form.same_person):
        press(qtbot, Qt.Key.Key_1)


def test_that_another_name_is_compared_again(qtbot, form, context, database, nurse):
    register(database, nurse, "Okafor", "Ada")
    fill(form, family="Byrne", given="Sam", born="1/1/1990")
    assert asked(qtbot, form, context) == [True]
    fill(form)
    assert asked(qtbot, form, context) == []


def test_that_somebody_unknown_gets_the_next_letter(qtbot, form, context, database, nurse):
    register(database, nurse, "Unknown", "Female A", born_on=None)
    form.start_unidentified()
    assert form.form.input("sex").target.hasFocus()
    type_text(qtbot, "F")
    qtbot.waitUntil(lambda: form.patient().given_name == "Female B")
    assert form.patient().family_name == "Unknown"
    assert asked(qtbot, form, context) == [True]


def test_that_letters_taken_by_others_are_left_out():
    taken = [a_found_patient("Unknown", given) for given in ("Female A", "female b", "Male C")]
    assert free_letter("Female", taken) == "Female C"
    assert free_letter("Male", taken) == "Male A"
