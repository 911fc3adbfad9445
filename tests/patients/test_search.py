import pytest
from PySide6.QtCore import Qt

from tests.admissions.builders import NOW, a_found_patient
from tests.sheets import settled, type_text
from tests.steps import admit, register
from ui.patients.patient_options import Unlisted, patient_options
from ui.patients.search import PatientInput
from ui.widgets.option_model import OptionModel

TODAY = NOW.date()


@pytest.fixture
def search(qtbot, context):
    """The patient search with the cursor in it."""
    search = PatientInput(context)
    qtbot.addWidget(search)
    search.resize(400, 60)
    search.show()
    search.activateWindow()
    qtbot.waitUntil(search.isActiveWindow)
    search.field.setFocus()
    return search


def found(qtbot, search, context, typed):
    """Type and return the people offered once the database has answered."""
    search.field.clear()
    type_text(qtbot, typed)
    qtbot.waitUntil(lambda: search.field.options.rowCount() > 1)
    settled(qtbot, context)
    options = search.field.options.options()
    return [option.text for option in options if not isinstance(option.value, Unlisted)]


@pytest.mark.parametrize("typed", ["okafor", "ada oka", "Okafor, Ada", "3/4/1948", "03-Apr-1948"])
def test_that_name_and_date_of_birth_find_the_patient(
    qtbot, search, context, database, nurse, typed
):
    register(database, nurse, "Okafor", "Ada")
    register(database, nurse, "Byrne", "Sam", born_on=None)
    assert found(qtbot, search, context, typed) == ["OKAFOR, Ada"]


def test_that_the_patient_number_finds_the_patient_however_it_is_grouped(
    qtbot, search, context, database, nurse
):
    mrn = register(database, nurse, "Okafor", "Ada").mrn
    assert found(qtbot, search, context, mrn) == ["OKAFOR, Ada"]
    grouped = f"{mrn[:3]} {mrn[3:6]} {mrn[6:]}"
    assert found(qtbot, search, context, grouped) == ["OKAFOR, Ada"]


def test_that_where_a_patient_is_now_is_said(qtbot, search, context, database, nurse):
    admit(database, nurse, "Okafor", "Ada", label="2")
    found(qtbot, search, context, "okafor")
    assert search.field.options.options()[0].refusal.startswith(
        "Already in hospital: Ward 7 East, bed 2"
    )


def test_that_the_first_hit_is_ready_for_enter(qtbot, search, context, database, nurse):
    register(database, nurse, "Okafor", "Ada")
    found(qtbot, search, context, "okafor")
    with qtbot.waitSignal(search.field.picked):
        qtbot.keyClick(search.field, Qt.Key.Key_Return)
    assert search.value().identity.family_name == "Okafor"


def test_that_enter_before_the_answer_registers_nobody(qtbot, search):
    type_text(qtbot, "okafor")
    qtbot.keyClick(search.field, Qt.Key.Key_Return)
    assert search.value() is None


def test_that_an_answer_to_what_is_no_longer_typed_is_not_shown(
    qtbot, search, context, database, nurse
):
    register(database, nurse, "Okafor", "Ada")
    search._show("byrne", [a_found_patient()])
    assert search.field.options.rowCount() == 0


def test_that_a_failed_search_never_looks_like_nobody(qtbot, search, context, database):
    type_text(qtbot, "okafor")
    database.close()
    qtbot.waitUntil(
        lambda: any(
            option.text == "The search failed" for option in search.field.options.options()
        )
    )
    [option] = search.field.options.options()
    assert option.refusal


def test_that_registering_is_ready_for_enter_only_when_nobody_is_found():
    nobody = patient_options((), "okafor", TODAY)
    assert [option.marks_itself for option in nobody] == [True, False]
    somebody = patient_options((a_found_patient(),), "okafor", TODAY)
    assert [option.marks_itself for option in somebody] == [True, False, False]


def test_that_the_rows_keep_qts_contract(qtmodeltester):
    model = OptionModel()
    model.set_options(patient_options((a_found_patient(),), "okafor", TODAY))
    qtmodeltester.check(model)


def test_that_a_scanned_number_with_its_enter_picks_the_single_hit(qtbot, search, database, nurse):
    mrn = register(database, nurse, "Okafor", "Ada").mrn
    type_text(qtbot, mrn)
    qtbot.keyClick(search.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: search.value() is not None)
    assert search.value().identity.mrn == mrn


def test_that_an_early_enter_never_picks_one_of_several(qtbot, search, context, database, nurse):
    register(database, nurse, "Okafor", "Ada")
    register(database, nurse, "Okafor", "Adaeze")
    type_text(qtbot, "okafor")
    qtbot.keyClick(search.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: search.field.options.rowCount() > 1)
    assert search.value() is None
