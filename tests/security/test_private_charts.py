"""Charts of patients marked private: closed on their own ward too, but for care or a reason."""

from __future__ import annotations

import pytest

from tests import world
from tests.security.glass import NOTICES, OPEN, PRIVATE, QUEUE
from tests.security.intruder import REFUSED

pytestmark = pytest.mark.usefixtures("wes_leads_west")


def test_that_a_private_chart_opens_with_a_reason_or_to_who_looks_after_her(
    hospital, intruder, admin
):
    admin.execute(PRIVATE, (hospital.my_patient, True))
    ward = hospital.my_patient, "ward", None
    read = "SELECT count(*) FROM patient.patient_details WHERE patient_id = %s"
    mine = (hospital.my_patient,)
    assert not intruder.value(OPEN, ward, token=hospital.nora)
    assert intruder.value("SELECT auth.asks_for_reason(%s)", mine, token=hospital.nora)
    assert intruder.value(read, mine, token=hospital.nora) == 0
    asked = hospital.my_patient, "privacy", "short"
    assert intruder.state(OPEN, asked, token=hospital.nora) == "WA001"
    asked = hospital.my_patient, "privacy", "covering the break in bay A"
    assert intruder.value(OPEN, asked, token=hospital.nora)
    assert intruder.value(read, mine, token=hospital.nora) == 1
    assert intruder.value(OPEN, ward, token=hospital.nora)  # open already
    doctor = intruder.token("dora")
    assert not intruder.value(OPEN, ward, token=doctor)
    admin.execute(
        "INSERT INTO public.bed_responsibilities (id, ward_id, bed_id, user_id, how, occurred_at)"
        " VALUES (gen_random_uuid(), %s, %s, %s, 'taken', now())",
        (world.id_of("east"), world.bed("east", "1"), world.id_of("dora")),
    )
    assert intruder.value(OPEN, ward, token=doctor)
    assert intruder.value(read, mine, token=doctor) == 1
    kinds = [row[0] for row in admin.execute(QUEUE)]
    assert kinds == ["privacy", "cared_for"]
    told = admin.execute(f"{NOTICES} JOIN audit.openings o ON o.id = n.opening_id"
                         " WHERE o.kind = 'cared_for'").fetchall()  # fmt: skip
    assert told == []  # it is her care


def test_that_marking_somebody_private_closes_her_chart_to_the_others(hospital, intruder, admin):
    ward = hospital.my_patient, "ward", None
    read = "SELECT count(*) FROM patient.patient_details WHERE patient_id = %s"
    assert intruder.value(OPEN, ward, token=hospital.nora)
    assert intruder.value(read, (hospital.my_patient,), token=hospital.nora) == 1
    admin.execute(PRIVATE, (hospital.my_patient, True))
    assert intruder.value(read, (hospital.my_patient,), token=hospital.nora) == 0
    admin.execute(PRIVATE, (hospital.my_patient, False))
    assert intruder.value(OPEN, ward, token=hospital.nora)
    assert intruder.value(read, (hospital.my_patient,), token=hospital.nora) == 1


def test_that_marking_leaves_open_what_was_opened_for_care_or_with_a_reason(
    hospital, intruder, admin
):
    """Dora looks after her, Nora gave a reason: neither loses sight of the patient."""
    read = "SELECT count(*) FROM patient.patient_details WHERE patient_id = %s"
    mine = (hospital.my_patient,)
    admin.execute(
        "INSERT INTO public.bed_responsibilities (id, ward_id, bed_id, user_id, how, occurred_at)"
        " VALUES (gen_random_uuid(), %s, %s, %s, 'taken', now())",
        (world.id_of("east"), world.bed("east", "1"), world.id_of("dora")),
    )
    doctor = intruder.token("dora")
    assert intruder.value(OPEN, (hospital.my_patient, "ward", None), token=doctor)
    asked = hospital.my_patient, "privacy", "covering the break in bay A"
    assert intruder.value(OPEN, asked, token=hospital.nora)
    admin.execute(PRIVATE, (hospital.my_patient, True))
    assert intruder.value(read, mine, token=doctor) == 1
    assert intruder.value(read, mine, token=hospital.nora) == 1


def test_that_marking_needs_its_permission_and_a_reason(hospital, intruder):
    mark = (
        "INSERT INTO patient.patient_flags (id, patient_id, kind, active, reason, occurred_at)"
        " VALUES (gen_random_uuid(), %s, 'privacy', true, %s, now())"
    )
    charge = intruder.token("both")
    for token, reason, outcome in (
        (hospital.nora, "works here", REFUSED),
        (charge, " ", "WA001"),
        (charge, None, "WA001"),
        (charge, "works here", None),
    ):
        assert intruder.state(mark, (hospital.my_patient, reason), token=token) == outcome


def test_that_searches_tell_others_a_name_at_most(hospital, intruder, admin):
    elsewhere = "SELECT * FROM patient.search_elsewhere(%s, NULL, %s)"
    assert intruder.state(elsewhere, ("Quagm", None), token=hospital.nora) == "WA403"
    intruder.rows("SELECT auth.open_directory()", token=hospital.nora)
    found = intruder.rows(elsewhere, ("Quagm", None), token=hospital.nora)
    assert [row[:5] for row in found] == [
        (hospital.their_patient, "Quagmire", "Xylophone", None, False)
    ]
    assert intruder.rows(elsewhere, ("Okafor", None), token=hospital.nora) == []
    assert intruder.rows(elsewhere, ("Palimpsest", None), token=hospital.nora) == []
    admin.execute(PRIVATE, (hospital.their_patient, True))
    assert intruder.rows(elsewhere, ("Quagm", None), token=hospital.nora) == []
    [(mrn,)] = admin.execute(
        "SELECT mrn FROM patient.patients WHERE id = %s", (hospital.their_patient,)
    )
    [row] = intruder.rows(elsewhere, (None, mrn), token=hospital.nora)
    assert row[1:5] == ("Q", "X", None, True)
    place = "SELECT place FROM patient.search(NULL, NULL, %s)"
    assert intruder.rows(place, (mrn,), token=hospital.nora) == [("another ward",)]
