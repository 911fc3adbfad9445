"""Protected details, from the workstation into the database and back."""

from base64 import b64encode

import pytest

from tests.keyed import add_key, give, keyed_station
from tests.steps import a_person, admit, an_admission, board_of, register
from ward_app.admissions.service import arrive
from ward_app.admissions.types import Arrival
from ward_app.audit.service import open_chart, open_directory
from ward_app.core.data_keys import KeyMissingError, Purpose, new_private_key
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.core.settings_groups import EncryptionEngine
from ward_app.core.station_keys import StationKeys
from ward_app.patients.detail_queries import (
    CANNOT_BE_READ,
    duplicates_of,
    find_people,
    may_protect,
    read_details,
)
from ward_app.patients.detail_rules import LONGEST, checked, may_be_national_id
from ward_app.patients.detail_service import record_details
from ward_app.patients.types import AlertChanges, DetailEntry, ProtectedField, Unreadable

ID, ADDRESS = ProtectedField.NATIONAL_ID, ProtectedField.ADDRESS
HISTORY, INSURANCE = ProtectedField.MEDICAL_HISTORY, ProtectedField.INSURANCE_NUMBER
EVERYTHING = {
    ID: "QQ 12 34 56 C",
    INSURANCE: "MUT-0042",
    ADDRESS: "3 Österweg\nNorthfield",
    HISTORY: "Zwölf Jahre Hypertonie",
}
WORDS = ("QQ123456C", "QQ 12 34 56 C", "MUT-0042", "Österweg", "Hypertonie")


@pytest.fixture(params=EncryptionEngine)
def keyed(admin, request):
    """The keys of workstation alpha, with either engine; its public key."""
    return keyed_station(admin, engine=request.param)


@pytest.fixture
def keys(keyed):
    return keyed[0]


@pytest.fixture
def ada(database, nurse):
    """Ada Okafor in bed 1, her chart opened."""
    admission_id = admit(database, nurse, "Okafor")
    [patient_id] = [
        row.patient_id for row in board_of(database, nurse) if row.admission_id == admission_id
    ]
    database.run(nurse, open_chart, patient_id)
    return patient_id


def entry(patient_id, values=EVERYTHING, version=1, reason=None):
    return DetailEntry(
        id=new_id(), patient_id=patient_id, version=version, values=values, reason=reason
    )


def test_that_what_was_entered_is_read_back(database, nurse, keys, ada):
    """[E01] [E02]"""
    one = entry(ada)
    assert database.run(nurse, record_details, keys, one) == 2
    assert database.run(nurse, record_details, keys, one) == 2
    details = database.run(nurse, read_details, keys, ada)
    assert details.values == EVERYTHING
    assert details.last_change[0] == "Nora Nurse"


def test_that_no_column_of_the_database_shows_a_value(database, nurse, keys, ada, admin):
    """[E01] Every table there is, as text and as bytes: patient.*, audit.change_logs, all."""
    database.run(nurse, record_details, keys, entry(ada))
    changed = {HISTORY: "Hypertonie since 2011"}
    database.run(nurse, record_details, keys, entry(ada, changed, 2, "more is known"))
    tables = admin.execute(
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n"
        " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')"
        " AND n.nspname IN ('public', 'patient', 'audit', 'auth', 'admission')"
    ).fetchall()
    assert ("patient.patient_details",) in tables
    for (table,) in tables:
        [(everything,)] = admin.execute(f"SELECT string_agg(t::text, '') FROM {table} t")
        for word in WORDS:
            assert word not in (everything or ""), table
            assert word.encode().hex() not in (everything or ""), table


def test_that_a_correction_keeps_what_was_before_with_its_reason(
    database, nurse, keys, ada, admin
):
    """[A02]"""
    database.run(nurse, record_details, keys, entry(ada))
    with pytest.raises(RuleBrokenError, match="Say why"):
        database.run(nurse, record_details, keys, entry(ada, {ADDRESS: "5 Quay"}, 2))
    moved = entry(ada, {ADDRESS: "5 Quay", INSURANCE: None}, 2, "moved house")
    assert database.run(nurse, record_details, keys, moved) == 3
    details = database.run(nurse, read_details, keys, ada)
    assert details.values == {ID: EVERYTHING[ID], ADDRESS: "5 Quay", HISTORY: EVERYTHING[HISTORY]}
    assert details.last_change[2] == "moved house"
    history = admin.execute("SELECT count(*) FROM patient.detail_changes WHERE field = 'address'")
    assert history.fetchone() == (2,)


def test_that_nobody_overwrites_what_somebody_else_changed(database, nurse, keys, ada):
    database.run(nurse, record_details, keys, entry(ada))
    with pytest.raises(ConflictError, match="What you typed is kept"):
        database.run(nurse, record_details, keys, entry(ada, {ADDRESS: "5 Quay"}, 1, "typo"))


def test_that_a_closed_chart_is_refused_and_not_empty(database, nurse, keys):
    patient = register(database, nurse)
    with pytest.raises(NotPermittedError, match="opened"):
        database.run(nurse, read_details, keys, patient.id)


def test_that_nothing_entered_is_nothing_and_nobodys(database, nurse, keys, ada):
    details = database.run(nurse, read_details, keys, ada)
    assert (details.values, details.last_change, details.version) == ({}, None, 1)


@pytest.mark.parametrize("private", [None, "not base64!", "c2hvcnQ="])
def test_that_without_a_key_it_says_so_and_shows_that_something_is_there(
    database, nurse, keys, ada, private
):
    database.run(nurse, record_details, keys, entry(ada))
    keyless = StationKeys("ws_alpha", private)
    assert not keyless.is_set_up
    assert not database.run(nurse, may_protect, keyless)
    details = database.run(nurse, read_details, keyless, ada)
    assert set(details.values.values()) == {Unreadable(CANNOT_BE_READ)}
    with pytest.raises(KeyMissingError, match="wardctl keys wrap"):
        database.run(nurse, record_details, keyless, entry(ada, version=2))
    database.run(nurse, open_directory)
    assert database.run(nurse, find_people, keyless, "QQ123456C") == []


def test_that_a_key_of_another_workstation_is_told(database, nurse, keys, ada):
    database.run(nurse, record_details, keys, entry(ada))
    stranger = StationKeys("ws_alpha", b64encode(new_private_key()).decode())
    assert not database.run(nurse, may_protect, stranger)
    details = database.run(nurse, read_details, stranger, ada)
    assert "not made for this workstation" in details.values[ID].why
    database.run(nurse, open_directory)
    assert database.run(nurse, find_people, stranger, "QQ123456C") == []


def test_that_an_altered_value_is_told_beside_those_that_are_right(
    database, nurse, keys, ada, admin
):
    """[E01]"""
    database.run(nurse, record_details, keys, entry(ada))
    admin.execute(
        "UPDATE patient.patient_details SET address_encrypted = insurance_member_id_encrypted"
    )
    values = database.run(nurse, read_details, keys, ada).values
    assert "changed outside the program" in values[ADDRESS].why
    assert values[ID] == EVERYTHING[ID]


def test_that_a_value_not_yet_encrypted_is_told(database, nurse, keys, ada, admin):
    admin.execute("UPDATE patient.patient_details SET address_encrypted = 'High Street'")
    values = database.run(nurse, read_details, keys, ada).values
    assert "encryption migrate" in values[ADDRESS].why


def test_that_a_key_made_since_is_fetched_for_reading_and_for_writing(
    database, nurse, keyed, ada, admin
):
    """[E07] The station signed in before the keys were rotated."""
    keys, public = keyed
    before = StationKeys("ws_alpha", b64encode(keys._private).decode())
    database.run(nurse, record_details, keys, entry(ada))
    assert database.run(nurse, read_details, before, ada).values == EVERYTHING
    give(admin, add_key(admin, 3, Purpose.FIELD), "ws_alpha", public)
    database.run(nurse, record_details, keys, entry(ada, {ADDRESS: "5 Quay"}, 2, "moved"))
    [(sealed,)] = admin.execute("SELECT address_encrypted FROM patient.patient_details")
    assert sealed[1:3] == b"\x00\x03"
    assert database.run(nurse, read_details, before, ada).values[ADDRESS] == "5 Quay"


def test_that_forgotten_keys_are_asked_for_again(database, nurse, keys, ada):
    assert database.run(nurse, may_protect, keys)
    keys.forget()
    assert keys._ring is None
    assert database.run(nurse, may_protect, keys)


def test_that_neither_keys_nor_values_show_in_what_is_printed(keys, ada):
    """[C24]"""
    shown = repr(keys) + repr(entry(ada))
    assert b64encode(keys._private).decode() not in shown
    assert not any(word in shown for word in WORDS)


def test_that_a_person_is_found_by_national_id_however_typed(database, nurse, keys, ada):
    """[E08]"""
    database.run(nurse, record_details, keys, entry(ada))
    database.run(nurse, open_directory)
    for typed in ("QQ123456C", "qq 12-34-56 c"):
        [found] = database.run(nurse, find_people, keys, typed)
        assert found.identity.family_name == "Okafor"
        assert found.location == "Ward 7 East, bed 1"
    assert database.run(nurse, find_people, keys, "QQ123457C") == []
    [by_name] = database.run(nurse, find_people, keys, "okafor")
    assert by_name.identity.id == ada


def test_that_the_same_national_id_warns_whatever_the_name(database, nurse, keys, ada):
    """[E08]"""
    database.run(nurse, record_details, keys, entry(ada))
    database.run(nurse, open_directory)
    other = a_person("Zimmermann", "Xaver", born_on=None)
    assert database.run(nurse, duplicates_of, keys, other, None) == []
    [found] = database.run(nurse, duplicates_of, keys, other, "QQ 123456 C")
    assert found.identity.family_name == "Okafor"
    nameless = a_person("", "")
    assert len(database.run(nurse, duplicates_of, keys, nameless, "QQ123456C")) == 1
    same = a_person("Okafor", "Ada")
    assert len(database.run(nurse, duplicates_of, keys, same, "QQ123456C")) == 1


def test_that_details_are_recorded_with_the_arrival_or_nothing_is(database, nurse, keys, admin):
    person = a_person()
    admission = an_admission(person.id)
    values = {ID: "QQ123456C"}
    arrival = Arrival(
        admission=admission,
        new_patient=person,
        alerts=AlertChanges(patient_id=person.id),
        details=entry(person.id, values),
    )
    with pytest.raises(KeyMissingError):
        database.run(nurse, arrive, arrival)
    assert admin.execute("SELECT count(*) FROM patient.patients").fetchone() == (0,)
    for _again in range(2):
        database.run(nurse, arrive, arrival, keys)
    database.run(nurse, open_chart, person.id)
    assert database.run(nurse, read_details, keys, person.id).values == values


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({ID: "12"}, ID),
        ({ID: "ABCDEF"}, ID),
        *(({field: "9" * (most + 1)}, field) for field, most in LONGEST.items()),
    ],
    ids=lambda given: str(given) if isinstance(given, ProtectedField) else "",
)
def test_what_cannot_be_entered(values, field):
    with pytest.raises(RuleBrokenError) as refused:
        checked(values)
    assert refused.value.field == field


def test_that_blanks_alone_are_nothing():
    assert checked({ID: "  ", ADDRESS: None, HISTORY: " x "}) == {
        ID: None,
        ADDRESS: None,
        HISTORY: "x",
    }


@pytest.mark.parametrize(
    ("text", "may_be"), [("QQ123456C", True), ("okafor", False), ("1 2", False), ("12345", True)]
)
def test_what_may_be_a_national_id(text, may_be):
    assert may_be_national_id(text) is may_be
