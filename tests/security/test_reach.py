"""Whom a session may record for: the quick look-up says what the list of its stays says."""

from __future__ import annotations

import pytest

from ward_app.core.ids import new_id

LEFT = """
WITH stay AS (
    UPDATE admission.bed_stays b
    SET during = tstzrange(least(lower(b.during), now() - interval '3 days'),
                           now() - %(ago)s::interval)
    WHERE b.admission_id = %(id)s)
UPDATE admission.admissions
SET admitted_at = least(admitted_at, now() - interval '3 days'),
    discharged_at = now() - %(ago)s::interval - %(apart)s::interval
WHERE id = %(id)s
"""
VOIDED = "UPDATE admission.bed_stays SET voided_at = now() WHERE admission_id = %(id)s"
CASES = {
    "in a bed": ("SELECT", {}, True),
    "left an hour ago": (LEFT, {"ago": "1 hour", "apart": "0"}, True),
    "left 25 hours ago": (LEFT, {"ago": "25 hours", "apart": "0"}, False),
    "moved on an hour ago": (LEFT, {"ago": "1 hour", "apart": "1 minute"}, False),
    "voided": (VOIDED, {}, False),
}


@pytest.mark.parametrize("case", CASES)
def test_that_both_ways_to_ask_for_a_patient_agree(hospital, intruder, admin, case):
    statement, values, here = CASES[case]
    # the record's own guards are in the way of making up a past
    admin.execute("SET session_replication_role = replica")
    admin.execute(statement, {"id": hospital.mine} | values)
    assert asked(intruder, hospital.mine, hospital.my_patient, hospital.nora) == (here, here)


def test_that_nobody_elses_patient_is_reached_either_way(hospital, intruder, at_beta):
    for token, stay, patient in (
        (hospital.nora, hospital.theirs, hospital.their_patient),
        (hospital.nora, hospital.strangers_stay, hospital.stranger),
        (hospital.nora, new_id(), new_id()),
        (hospital.wes, hospital.theirs, hospital.their_patient),  # the token of another station
        ("", hospital.mine, hospital.my_patient),
    ):
        assert asked(intruder, stay, patient, token) == (False, False)
    theirs = (hospital.theirs, hospital.their_patient, hospital.wes)
    assert asked(at_beta, *theirs) == (True, True)


def test_that_whoever_reaches_a_stay_is_told_as_the_person_of_the_session(hospital, intruder):
    is_she = "SELECT auth.reaching(%s, 'observation.record') = auth.uid()"
    assert intruder.value(is_she, (hospital.mine,), token=hospital.nora) is True
    assert intruder.value(is_she, (hospital.theirs,), token=hospital.nora) is None
    assert intruder.value(is_she, (hospital.mine,), token="") is None


def test_that_reach_ends_with_the_permission(hospital, intruder, admin):
    admin.execute("DELETE FROM public.role_permissions")
    mine = (hospital.mine, hospital.my_patient, hospital.nora)
    assert asked(intruder, *mine) == (False, False)


def test_that_what_decides_a_score_is_told_of_the_wards_own_patients_alone(
    hospital, intruder, at_beta
):
    born = "SELECT born_on FROM report.scoring_bases(%s::uuid[])"
    both = ([hospital.mine, hospital.theirs],)
    assert len(intruder.rows(born, both, token=hospital.nora)) == 1
    assert intruder.value(born, ([hospital.mine],), token=hospital.nora) is not None
    assert at_beta.value(born, ([hospital.theirs],), token=hospital.wes) is not None
    assert intruder.rows(born, both) == []


def asked(intruder, admission_id, patient_id, token):
    """Return whether the admission, and whether its patient, is in reach to record for."""
    return tuple(
        intruder.value(f"SELECT auth.{call}(%s, 'observation.record')", (id_,), token=token)
        for call, id_ in (("reaches_admission", admission_id), ("reaches_patient", patient_id))
    )
