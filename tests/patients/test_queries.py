"""What is on record of a patient's allergies and flags."""

from __future__ import annotations

from datetime import date

import pytest

from tests.steps import admit, ago
from ward_app.core.database import Actor
from ward_app.core.ids import new_id
from ward_app.patients.alert_queries import allergies, patient_flags
from ward_app.patients.rules import is_valid_mrn, search_terms
from ward_app.patients.service import change_alerts
from ward_app.patients.types import (
    AlertChanges,
    Allergy,
    AllergyStatus,
    Flag,
    FlagChange,
    FlagKind,
    Refutation,
)


@pytest.fixture
def patient(database, nurse):
    stay = admit(database, nurse, "Okafor", label="1")
    return database.run(
        nurse,
        lambda tx: tx.value("SELECT patient_id FROM admission.admissions WHERE id = %s", (stay,)),
    )


def a_flag(patient, kind, *, active=True, detail=None):
    return FlagChange(
        id=new_id(),
        patient_id=patient,
        kind=kind,
        active=active,
        occurred_at=ago(1),
        detail=detail,
    )


def test_that_flags_in_force_are_told_with_their_detail(database, nurse, patient):
    changes = AlertChanges(
        patient_id=patient,
        flags=(
            a_flag(patient, FlagKind.ISOLATION, detail="droplet"),
            a_flag(patient, FlagKind.FALLS),
            a_flag(patient, FlagKind.ISOLATION, detail="contact"),
            a_flag(patient, FlagKind.FALLS, active=False),
            a_flag(patient, FlagKind.RESUSCITATION),
        ),
    )
    database.run(nurse, change_alerts, changes)
    assert database.run(nurse, patient_flags, patient) == [
        Flag(kind=FlagKind.ISOLATION, detail="contact"),
        Flag(kind=FlagKind.RESUSCITATION),
    ]


def test_that_unknown_allergies_none_known_and_named_ones_differ(database, nurse, patient):
    """Not asked is not "none"; what was named outweighs "none known" until it is refuted."""
    latex, nuts = (Allergy(id=new_id(), substance=name) for name in ("Latex", "Nuts"))

    def known(**changes):
        database.run(nurse, change_alerts, AlertChanges(patient_id=patient, **changes))
        return database.run(nurse, allergies, patient)

    def refuted(allergy):
        return (Refutation(id=new_id(), allergy_id=allergy.id, reason="tolerated"),)

    assert known() == (AllergyStatus.NOT_RECORDED, [])
    assert known(allergies=(latex, nuts)) == (AllergyStatus.PRESENT, [latex, nuts])
    assert known(refutations=refuted(latex)) == (AllergyStatus.PRESENT, [nuts])
    assert known(refutations=refuted(nuts)) == (AllergyStatus.NOT_RECORDED, [])
    assert known(no_known_allergies_id=new_id()) == (AllergyStatus.NONE_KNOWN, [])


def test_that_a_patient_out_of_reach_has_nothing_to_tell(database, nurse, patient, connect,
                                                         signed_in):  # fmt: skip
    beta = connect("ws_beta")
    wes = Actor(signed_in("wes", beta).token)
    database.run(
        nurse,
        change_alerts,
        AlertChanges(patient_id=patient, flags=(a_flag(patient, FlagKind.FALLS),)),
    )
    assert beta.run(wes, patient_flags, patient) == []
    assert beta.run(wes, allergies, patient) == (AllergyStatus.NOT_RECORDED, [])


@pytest.mark.parametrize(
    ("mrn", "valid"),
    [
        ("2600000018", True),
        ("2600000015", False),
        ("2600000081", False),
        ("260000001", False),
        ("26000000l8", False),
        ("", False),
    ],
)
def test_that_a_mistyped_number_is_noticed(mrn, valid):
    assert is_valid_mrn(mrn) is valid


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("26 0000 0018", {"mrn": "2600000018"}),
        ("3/4/1948", {"born_on": date(1948, 4, 3)}),
        ("1948-04-03", {"born_on": date(1948, 4, 3)}),
        ("31/2/1948", {"name": "31/2/1948"}),
        (" okafor ", {"name": "okafor"}),
        ("o", {}),
        ("", {}),
    ],
)
def test_that_what_is_typed_is_read_as_number_date_or_name(text, asked):
    terms = search_terms(text)
    assert {name: getattr(terms, name) for name in ("name", "born_on", "mrn")} == {
        "name": None,
        "born_on": None,
        "mrn": None,
    } | asked
    assert terms.is_empty is (asked == {})
