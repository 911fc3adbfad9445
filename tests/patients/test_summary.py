"""[T20] The view of hospitals' own reports shows what row security shows its reader."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.steps import a_person, a_set, admit, ago, leave, open_first
from ward_app.core.database import Actor
from ward_app.core.ids import new_id
from ward_app.observations.service import record_observations
from ward_app.patients.service import change_alerts
from ward_app.patients.types import AlertChanges, Allergy

_READ = """
SELECT family_name, ward, bed, age_years, allergy_status, allergies, pulse_per_min, score_total
FROM report.patient_summary ORDER BY family_name
"""


def summary(database, actor):
    return database.run(actor, lambda tx: tx.tuples(_READ))


def age_years():
    born, today = a_person().born_on, datetime.now(UTC).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def patient_of(database, actor, stay):
    asked = "SELECT patient_id FROM admission.admissions WHERE id = %s"
    return database.run(actor, lambda tx: tx.value(asked, (stay,)))


def test_that_the_summary_has_bed_age_allergies_and_the_set_in_force(database, nurse):
    stay = admit(database, nurse, "Okafor", label="1")
    open_first(database, nurse)
    assert summary(database, nurse) == [
        ("Okafor", "Ward 7 East", "1", age_years(), "not_recorded", None, None, None)
    ]
    latest = a_set(stay, occurred_at=ago(5))
    for one in (latest, a_set(stay, occurred_at=ago(30))):
        database.run(nurse, record_observations, one)
    allergy = Allergy(id=new_id(), substance="Latex")
    patient_id = patient_of(database, nurse, stay)
    database.run(nurse, change_alerts, AlertChanges(patient_id=patient_id, allergies=(allergy,)))
    assert summary(database, nurse) == [
        ("Okafor", "Ward 7 East", "1", age_years(), "present", ["Latex"],
         latest.vital_signs.pulse_per_min, 0)
    ]  # fmt: skip


def test_that_another_ward_and_who_is_not_signed_in_see_nobody(
    database, nurse, connect, signed_in
):
    admit(database, nurse, "Okafor", label="1")
    open_first(database, nurse)
    beta = connect("ws_beta")
    assert summary(beta, Actor(signed_in("wes", beta).token)) == []
    assert summary(beta, None) == []
    assert [row[0] for row in summary(database, nurse)] == ["Okafor"]


def test_that_who_has_left_is_in_no_summary(database, nurse):
    stay = admit(database, nurse, "Okafor", label="1")
    open_first(database, nurse)
    leave(database, nurse, stay)
    assert summary(database, nurse) == []
