"""Who is handed the keys of protected details, and what the database takes for one."""

import psycopg
import pytest

from tests.security.intruder import REFUSED
from ward_app.core.data_keys import (
    DataKey,
    KeyState,
    Purpose,
    new_private_key,
    public_half,
    unwrapped,
    wrapped,
)
from ward_app.core.ids import new_id

ASK = "SELECT number, wrapped FROM auth.station_keys()"
RECORD = "SELECT patient.record_details(%s, %s, %s, %s, %s, %s, %s)"
FIELD = DataKey(number=1, purpose=Purpose.FIELD, secret=b"f" * 32)
INDEX = DataKey(number=2, purpose=Purpose.INDEX, secret=b"i" * 32)
STATIONS = {name: new_private_key() for name in ("ws_alpha", "ws_beta")}
SEALED = "010001" + "ab" * 40


@pytest.fixture(autouse=True)
def keyed(hospital, admin):
    """Both workstations have their keys."""
    for key in (FIELD, INDEX):
        admin.execute(
            "INSERT INTO auth.data_keys (id, number, purpose, state, check_value)"
            " VALUES (%s, %s, %s, 'active', %s)",
            (new_id(), key.number, key.purpose.value, key.check_value),
        )
    for name, private in STATIONS.items():
        public = public_half(private)
        admin.execute(
            "UPDATE workstations SET public_key = %s WHERE role_name = %s", (public, name)
        )
        for key in (FIELD, INDEX):
            admin.execute(
                "INSERT INTO auth.key_wraps SELECT k.id, s.id, %s FROM auth.data_keys k,"
                " workstations s WHERE k.number = %s AND s.role_name = %s",
                (wrapped(key, public, name), key.number, name),
            )


def values(field="national_id", sealed=SEALED):
    told = "null" if sealed is None else f'"{sealed}"'
    return f'{{"{field}": {told}}}'


def recorded(hospital, *, patient=None, version=1, index=b"x" * 16, reason=None, **what):
    return (new_id(), patient or hospital.my_patient, version, values(**what), index, 2, reason)


def test_that_a_signed_in_person_gets_this_workstations_keys_alone(hospital, intruder):
    """[E04]"""
    handed = intruder.rows(ASK, token=hospital.nora)
    said = {"purpose": Purpose.FIELD, "state": KeyState.ACTIVE, "station": "ws_alpha"}
    assert [number for number, _ in handed] == [1, 2]
    opened = unwrapped(handed[0][1], STATIONS["ws_alpha"], number=1, **said)
    assert opened.secret == FIELD.secret


@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_that_the_workstation_alone_gets_nothing(intruder, token):
    assert intruder.rows(ASK, token=token) == []


def test_that_a_token_from_another_workstation_gets_nothing(hospital, at_beta):
    assert at_beta.rows(ASK, token=hospital.nora) == []


def test_that_a_sign_in_that_is_undone_gets_nothing(hospital, intruder):
    with intruder.connection() as connection:
        [(told,)] = connection.execute(
            "SELECT auth.sign_in('nora', 'correct horse battery')"
        ).fetchall()
        connection.execute("SELECT auth.prove(%s)", (told["token"],))
        assert connection.execute(ASK).fetchall() == []
        connection.rollback()


@pytest.mark.parametrize("login", ["ada", "ivan", "audrey", "wall"])
def test_that_who_sees_no_clinical_data_gets_no_key(intruder, login):
    assert intruder.rows(ASK, token=intruder.token(login)) == []


def test_that_signing_out_and_revoking_take_the_keys_back(hospital, intruder, admin):
    """Revoked: the wraps are gone, not only out of reach."""
    intruder.rows("SELECT auth.sign_out()", token=hospital.nora)
    assert intruder.rows(ASK, token=hospital.nora) == []
    fresh = intruder.token("nora")
    assert len(intruder.rows(ASK, token=fresh)) == 2
    admin.execute("UPDATE workstations SET revoked_at = now() WHERE role_name = 'ws_alpha'")
    assert intruder.rows(ASK, token=fresh) == []
    left = admin.execute(
        "SELECT DISTINCT s.role_name FROM auth.key_wraps w"
        " JOIN workstations s ON s.id = w.workstation_id"
    )
    assert left.fetchall() == [("ws_beta",)]


def test_that_a_retired_key_is_handed_to_nobody(hospital, intruder, admin):
    admin.execute("UPDATE auth.data_keys SET state = 'retired' WHERE number = 1")
    assert [row[0] for row in intruder.rows(ASK, token=hospital.nora)] == [2]


def test_that_no_data_key_can_be_forgotten(admin):
    """Not even by the administrator: all it encrypted would be lost."""
    for statement in ("DELETE FROM auth.data_keys", "TRUNCATE auth.data_keys CASCADE"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM auth.data_keys",
        "SELECT * FROM auth.key_wraps",
        "INSERT INTO auth.key_wraps SELECT gen_random_uuid(), gen_random_uuid(), ''",
        "UPDATE public.workstations SET public_key = ''",
        "SELECT auth.drop_wraps()",
        "UPDATE patient.patient_details SET address_encrypted = NULL",
        "INSERT INTO patient.detail_changes (id) VALUES (gen_random_uuid())",
        "UPDATE patient.detail_changes SET sealed = NULL",
        "DELETE FROM patient.detail_changes",
    ],
)
def test_that_keys_and_details_are_written_in_no_other_way(hospital, intruder, statement):
    intruder.assert_refused(statement, token=hospital.nora)


def test_that_details_are_recorded_read_once_opened_and_the_log_has_no_copy(
    hospital, intruder, admin
):
    """[E01]"""
    one = recorded(hospital)
    assert intruder.value(RECORD, one, token=hospital.nora) == 2
    assert intruder.value(RECORD, one, token=hospital.nora) == 2
    look = "SELECT encode(national_id_encrypted, 'hex') FROM patient.patient_details"
    history = "SELECT recorded_by IS NOT NULL, version FROM patient.detail_changes"
    assert intruder.rows(look, token=hospital.nora) == []
    assert intruder.rows(history, token=hospital.nora) == []
    opening = "SELECT auth.open_chart(%s, 'ward', NULL)"
    intruder.rows(opening, (hospital.my_patient,), token=hospital.nora)
    assert intruder.rows(look, token=hospital.nora) == [(SEALED,)]
    assert intruder.rows(history, token=hospital.nora) == [(True, 2)]
    [(logged,)] = admin.execute("SELECT string_agg(c::text, ' ') FROM audit.change_logs c")
    assert "detail_changes" in logged
    assert SEALED not in logged


@pytest.mark.parametrize(
    "sealed",
    [b"QQ 12 34 56 C, plain text and long enough".hex(), "", "01", "030001" + "ab" * 40],
    ids=["plain", "empty", "short", "unknown engine"],
)
def test_that_what_is_not_encrypted_is_not_stored(hospital, intruder, sealed):
    """[E01]"""
    given = recorded(hospital, sealed=sealed)
    assert intruder.state(RECORD, given, token=hospital.nora) == REFUSED


def test_that_only_the_active_key_is_taken(hospital, intruder):
    given = recorded(hospital, sealed="010009" + "ab" * 40)
    assert intruder.state(RECORD, given, token=hospital.nora) == "WA001"


def test_that_an_index_has_no_room_for_a_number(hospital, intruder):
    given = recorded(hospital, index=b"QQ123456C")
    assert intruder.state(RECORD, given, token=hospital.nora) == REFUSED


@pytest.mark.parametrize("whose", ["their_patient", "stranger", "gone"])
def test_that_details_of_others_patients_are_not_touched(hospital, intruder, whose):
    given = recorded(hospital, patient=getattr(hospital, whose))
    assert intruder.state(RECORD, given, token=hospital.nora) == REFUSED


def test_that_correcting_says_why_and_does_not_overwrite_another(hospital, intruder):
    token = hospital.nora
    intruder.rows(RECORD, recorded(hospital), token=token)
    assert intruder.state(RECORD, recorded(hospital, version=2), token=token) == "WA001"
    assert intruder.value(RECORD, recorded(hospital, reason="typo"), token=token) is None
    corrected = recorded(hospital, version=2, sealed=None, index=None, reason="not hers")
    assert intruder.value(RECORD, corrected, token=token) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE patient.detail_changes SET reason = 'x'",
        "DELETE FROM patient.detail_changes",
        "TRUNCATE patient.detail_changes",
    ],
)
def test_that_what_was_recorded_stays_on_record(hospital, intruder, admin, statement):
    """[A02]"""
    intruder.rows(RECORD, recorded(hospital), token=hospital.nora)
    with pytest.raises(psycopg.errors.RestrictViolation):
        admin.execute(statement)


def test_that_the_index_finds_people_of_the_own_hospital_once_the_directory_is_open(
    hospital, intruder, admin
):
    """[E08]"""
    admin.execute("UPDATE patient.patient_details SET national_id_index = %s", (b"x" * 16,))
    search = "SELECT family_name FROM patient.search_national_id(%s)"
    given = ([b"x" * 16],)
    assert intruder.state(search, given, token=hospital.nora) == "WA403"
    assert intruder.state(search, given) == "WA401"
    intruder.rows("SELECT auth.open_directory()", token=hospital.nora)
    found = intruder.rows(search, given, token=hospital.nora)
    assert found == [("Okafor",), ("Quagmire",)]
    assert intruder.rows(search, ([b"y" * 16],), token=hospital.nora) == []
