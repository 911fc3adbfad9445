"""MIMIC-IV's codes in the words of a stay."""

import pytest

from ward_app.admissions.types import AdmissionSource, Destination
from ward_app.exchange.mimic_words import (
    admission_reason,
    admission_source,
    destination,
    invented_name,
    ward_code,
    ward_name,
)


@pytest.mark.parametrize(
    ("location", "admission_class", "came_through_ed", "expected"),
    [
        ("PHYSICIAN REFERRAL", "ELECTIVE", True, AdmissionSource.ELECTIVE),
        ("PHYSICIAN REFERRAL", "SURGICAL SAME DAY ADMISSION", False, AdmissionSource.ELECTIVE),
        ("TRANSFER FROM HOSPITAL", "URGENT", True, AdmissionSource.OTHER_HOSPITAL),
        ("CLINIC REFERRAL", "DIRECT EMER.", True, AdmissionSource.CLINIC),
        ("EMERGENCY ROOM", "EW EMER.", False, AdmissionSource.EMERGENCY_DEPARTMENT),
        ("PHYSICIAN REFERRAL", "EW EMER.", True, AdmissionSource.EMERGENCY_DEPARTMENT),
        ("PHYSICIAN REFERRAL", "DIRECT EMER.", False, AdmissionSource.HOME),
        ("PACU", "EW EMER.", False, AdmissionSource.CLINIC),
        ("INFORMATION NOT AVAILABLE", "EW EMER.", True, AdmissionSource.EMERGENCY_DEPARTMENT),
        ("INFORMATION NOT AVAILABLE", "EW EMER.", False, None),
        ("", "", False, None),
    ],
)
def test_that_a_planned_class_counts_first_then_the_place_then_the_ed(
    location, admission_class, came_through_ed, expected
):
    assert admission_source(location, admission_class, came_through_ed=came_through_ed) is expected


def test_that_class_and_place_are_kept_in_words():
    assert admission_reason("WALK-IN/SELF REFERRAL", "EU OBSERVATION") == (
        "Emergency observation: walk-in/self referral"
    )
    assert admission_reason("", "NEW CLASS") == "New class"
    assert admission_reason("", "") is None


def test_that_a_destination_is_known_or_not():
    assert destination("AGAINST ADVICE") is Destination.SELF_DISCHARGE
    assert destination("") is None


def test_that_a_ward_is_called_as_its_unit():
    assert ward_name("Medicine/Cardiology") == "Medicine/Cardiology"
    assert ward_name("Unknown") == "Unknown unit"
    assert ward_code("Medical/Surgical Intensive Care Unit (MICU/SICU)") == (
        "mimic-medical-surgical-intensive-care-unit-micu-sicu"
    )


def test_that_an_invented_name_depends_on_the_number_alone():
    names = [invented_name(str(number)) for number in range(10_000_000, 10_000_100)]
    assert names == [invented_name(str(number)) for number in range(10_000_000, 10_000_100)]
    assert len(set(names)) > 95
    assert all(family.isalpha() and given.isalpha() for family, given in names)
