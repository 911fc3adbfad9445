"""Everything there is to read about patients of other wards, and commands on them."""

from __future__ import annotations

from tests import world
from tests.security.conftest import SECRETS
from ward_app.core.ids import new_id

ABOUT_A_PATIENT = """
SELECT coalesce(string_agg(t, ''), '') FROM (
    SELECT p::text AS t FROM patient.patients p WHERE p.id = %(patient)s
    UNION ALL SELECT d::text FROM patient.patient_details d WHERE d.patient_id = %(patient)s
    UNION ALL SELECT a::text FROM patient.allergies a WHERE a.patient_id = %(patient)s
    UNION ALL SELECT f::text FROM patient.patient_flags f WHERE f.patient_id = %(patient)s
    UNION ALL SELECT a::text FROM admission.admissions a WHERE a.patient_id = %(patient)s
    UNION ALL SELECT b::text FROM admission.bed_stays b WHERE b.patient_id = %(patient)s
    UNION ALL SELECT v::text FROM report.vital_signs v WHERE v.patient_id = %(patient)s
    UNION ALL SELECT x::text FROM admission.transfers x WHERE x.admission_id = %(stay)s
    UNION ALL SELECT x::text FROM admission.discharges x WHERE x.admission_id = %(stay)s
    UNION ALL SELECT x::text FROM admission.expected_discharges x WHERE x.admission_id = %(stay)s
    UNION ALL SELECT x::text FROM report.spo2_scale_decisions x WHERE x.admission_id = %(stay)s
    UNION ALL SELECT x::text FROM report.oxygen_targets x WHERE x.admission_id = %(stay)s
    UNION ALL SELECT x::text FROM report.score_pack_decisions x WHERE x.admission_id = %(stay)s
    UNION ALL SELECT x::text FROM patient.pregnancies x WHERE x.patient_id = %(patient)s
    UNION ALL SELECT x::text FROM report.scoring_bases(ARRAY[%(stay)s]::uuid[]) x
    UNION ALL SELECT b::text FROM report.bed_board(%(wards)s) b
    UNION ALL SELECT b::text FROM report.ward_board(%(wards)s) b
    UNION ALL SELECT b::text FROM report.ward_board_v2(%(wards)s) b
    UNION ALL SELECT b::text FROM report.ward_board_v3(%(wards)s) b
    UNION ALL SELECT a::text FROM report.accepted_scores a WHERE a.patient_id = %(patient)s
    UNION ALL SELECT a::text FROM report.accepted_now(%(stay)s) a
) everything
"""
WARDS = [world.id_of("east"), world.id_of("west"), world.id_of("north")]


def everything_about(patient, stay):
    return {"patient": patient, "stay": stay, "wards": WARDS}


def about_them(hospital):
    return everything_about(hospital.their_patient, hospital.theirs)


def assert_nothing(text):
    assert not [word for word in SECRETS if word in text]


def commands_on(stay, own_stay):
    """Every step on a stay, each as (SQL, parameters), answering with an outcome."""
    east, bed = world.id_of("east"), world.bed("east", "2")
    return (
        (
            "SELECT outcome FROM admission.transfer(%s, %s, %s, %s, now(), NULL, true)",
            (new_id(), stay, east, bed),
        ),
        (
            "SELECT outcome FROM admission.discharge(%s, %s, now(), 'home', NULL)",
            (new_id(), stay),
        ),
        (
            "SELECT outcome FROM admission.swap(%s, %s, %s, %s, now(), NULL)",
            (new_id(), new_id(), stay, own_stay),
        ),
        (
            "SELECT outcome FROM admission.swap(%s, %s, %s, %s, now(), NULL)",
            (new_id(), new_id(), own_stay, stay),
        ),
        (
            "SELECT outcome FROM admission.cancel_latest_step(%s, %s, 'wrong patient')",
            (new_id(), stay),
        ),
    )


INSERTS = (
    (
        "INSERT INTO patient.allergies (id, patient_id, substance, status, occurred_at)"
        " VALUES (%(id)s, %(patient)s, 'x', 'active', now())"
    ),
    (
        "INSERT INTO patient.patient_flags (id, patient_id, kind, active, occurred_at)"
        " VALUES (%(id)s, %(patient)s, 'falls', true, now())"
    ),
    (
        "INSERT INTO admission.expected_discharges (id, admission_id, expected_on)"
        " VALUES (%(id)s, %(stay)s, '2030-01-01')"
    ),
    (
        "INSERT INTO report.vital_signs (id, admission_id, occurred_at)"
        " VALUES (%(id)s, %(stay)s, now())"
    ),
    (
        "INSERT INTO report.vital_signs (id, admission_id, occurred_at, spo2_scale)"
        " VALUES (%(id)s, %(stay)s, now(), 2)"
    ),
    (
        "INSERT INTO report.vital_signs (id, admission_id, occurred_at, supersedes_id, status,"
        " change_reason) VALUES (%(id)s, %(stay)s, now(), %(set)s, 'entered_in_error', 'x')"
    ),
    (
        "INSERT INTO report.spo2_scale_decisions (id, admission_id, scale, decided_by, reason,"
        " occurred_at) VALUES (%(id)s, %(stay)s, 1, 'x', 'x', now())"
    ),
    (
        "INSERT INTO report.oxygen_targets (id, admission_id, low_percent, high_percent,"
        " decided_by, occurred_at) VALUES (%(id)s, %(stay)s, 88, 92, 'x', now())"
    ),
    (
        "INSERT INTO report.score_pack_decisions (id, admission_id, pack, decided_by, reason,"
        " occurred_at) VALUES (%(id)s, %(stay)s, 'none', 'x', 'x', now())"
    ),
    (
        "INSERT INTO patient.pregnancies (id, admission_id, status, occurred_at)"
        " VALUES (%(id)s, %(stay)s, 'pregnant', now())"
    ),
    (
        "INSERT INTO report.nursing_notes (id, admission_id, kind, title, sections, occurred_at)"
        " VALUES (%(id)s, %(stay)s, 'progress', 'x', '[]', now())"
    ),
    "SELECT report.keep_note_draft(%(id)s, %(stay)s, '{}')",
    (
        "INSERT INTO public.messages (id, about_ward_id, to_role, urgency, body, admission_id)"
        " SELECT %(id)s, w.id, 'doctor', 'routine', 'x', %(stay)s FROM room.wards w"
        " WHERE w.name = 'Ward 7 East'"
    ),
)
