import gc

import pytest

from tests.sheets import freed, opened, press_save, row_of, saved_message, settled, type_text
from tests.steps import admit, ago
from ui.admissions.actions import alerts_sheet
from ward_app.core.database import Actor
from ward_app.core.ids import new_id
from ward_app.patients.service import change_flag, record_allergy
from ward_app.patients.types import Allergy, FlagChange, FlagKind


@pytest.fixture
def okafor(database, nurse):
    """Ada Okafor in bed 1, allergic to penicillin and in isolation."""
    admit(database, nurse, "Okafor", "Ada", label="1")
    row = row_of(database, nurse, "Okafor")
    allergy = Allergy(id=new_id(), substance="Penicillin", reaction="rash")
    database.run(nurse, record_allergy, row.patient_id, allergy)
    isolation = FlagChange(
        id=new_id(),
        patient_id=row.patient_id,
        kind=FlagKind.ISOLATION,
        active=True,
        occurred_at=ago(5),
        detail="contact",
    )
    database.run(nurse, change_flag, isolation)
    return row


@pytest.fixture
def sheet(qtbot, context, okafor):
    """Allergies and flags of Ada Okafor, read."""
    sheet = opened(qtbot, alerts_sheet(context, okafor))
    settled(qtbot, context)
    return sheet


def tick(sheet, name, *, value=True):
    sheet.form_of(name).set_value(name, value)


def test_that_opening_the_sheet_is_logged_before_anything_is_read(sheet, okafor, admin):
    logged = admin.execute(
        "SELECT count(*) FROM audit.access_logs WHERE patient_id = %s", (okafor.patient_id,)
    ).fetchone()
    assert logged == (1,)


def test_that_what_is_on_record_is_shown_ticked(sheet):
    [allergy] = sheet._before.allergies
    assert sheet.allergy_form.value(str(allergy.id)) is True
    assert sheet.flag_form.value("isolation") is True
    assert sheet.flag_form.value("isolation detail") == "contact"
    assert sheet.flag_form.value("falls") is False


def test_that_only_what_was_changed_is_saved(qtbot, sheet, database, nurse, admin):
    before = admin.execute("SELECT count(*) FROM patient.patient_flags").fetchone()[0]
    tick(sheet, "falls")
    sheet.allergy_form.set_value("substances", "latex")
    assert saved_message(qtbot, sheet) == "Allergies and flags of OKAFOR, Ada saved."
    row = row_of(database, nurse, "Okafor")
    assert row.allergies == ("Penicillin", "latex")
    assert {kind for kind, _ in row.flags} == {"isolation", "falls"}
    after = admin.execute("SELECT count(*) FROM patient.patient_flags").fetchone()[0]
    assert after == before + 1


def test_that_taking_something_away_needs_a_reason(qtbot, sheet, database, nurse):
    tick(sheet, "isolation", value=False)
    press_save(qtbot)
    assert sheet.reason_form.problem("reason") == "Needed, because something is taken away"
    assert len(row_of(database, nurse, "Okafor").flags) == 1
    type_text(qtbot, "1")
    saved_message(qtbot, sheet)
    assert row_of(database, nurse, "Okafor").flags is None


def test_that_an_allergy_can_be_refuted_with_a_reason(qtbot, sheet, database, nurse):
    [allergy] = sheet._before.allergies
    tick(sheet, str(allergy.id), value=False)
    sheet.reason_form.set_value("reason", "Checked with the patient")
    saved_message(qtbot, sheet)
    assert row_of(database, nurse, "Okafor").allergies is None


def test_that_another_detail_is_a_change(qtbot, sheet, database, nurse):
    sheet.flag_form.set_value("isolation detail", "droplet")
    saved_message(qtbot, sheet)
    assert row_of(database, nurse, "Okafor").flags == (("isolation", "droplet"),)


def test_that_nothing_changed_is_said_and_not_saved(qtbot, sheet):
    press_save(qtbot)
    assert "Nothing is changed yet" in sheet.notice.text


def test_that_none_known_is_recorded_for_a_patient_who_was_asked(qtbot, context, database, nurse):
    admit(database, nurse, "Byrne", label="2")
    sheet = opened(qtbot, alerts_sheet(context, row_of(database, nurse, "Byrne")))
    settled(qtbot, context)
    tick(sheet, "none_known")
    saved_message(qtbot, sheet)
    assert row_of(database, nurse, "Byrne").allergy_status == "none_known"


def test_that_a_draft_comes_back_once_the_record_is_read(qtbot, context, okafor, sheet):
    sheet.allergy_form.set_value("substances", "nuts")
    sheet.set_aside()
    again = opened(qtbot, alerts_sheet(context, okafor))
    settled(qtbot, context)
    assert again.allergy_form.value("substances") == "nuts"


def test_that_a_chart_that_stays_closed_is_said_and_nothing_can_be_saved(
    qtbot, context, database, connect, signed_in
):
    beta = connect("ws_beta")
    wes = Actor(signed_in("wes", beta).token)
    admit(beta, wes, "Secret", ward="west", label="1")
    sheet = opened(qtbot, alerts_sheet(context, row_of(beta, wes, "Secret", "west")))
    settled(qtbot, context)
    assert "not on one of your wards" in sheet.notice.text
    assert not sheet.save_button.isEnabled()


def test_that_the_sheet_is_freed(qtbot, context, okafor):
    sheet = alerts_sheet(context, okafor)
    settled(qtbot, context)
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
