"""A signed-in nurse with any SQL: no patient of another ward, by no trick."""

from __future__ import annotations

import psycopg
import pytest

from tests import world
from tests.security.elsewhere import (
    ABOUT_A_PATIENT,
    INSERTS,
    WARDS,
    about_them,
    assert_nothing,
    commands_on,
)
from tests.security.intruder import REFUSED
from ward_app.core.ids import new_id

ADMIT = """
SELECT outcome FROM admission.admit(public.gen_random_uuid(), %s, %s, %s, clock_timestamp(),
    'home', NULL, NULL, NULL, NULL, true, NULL)
"""


def test_that_their_own_nurse_reads_it_all(hospital, at_beta):
    """The counter-test: the statement does find what the others must not find."""
    text = at_beta.value(ABOUT_A_PATIENT, about_them(hospital), token=hospital.wes)
    for word in (
        "Quagmire",
        "Zinfandel",
        "Velociraptor",
        "Contagium",
        "Telescope",
        "Umlaut",
        "Bagpipe",
    ):
        assert word in text


def test_that_a_patient_of_another_ward_is_not_there(hospital, intruder):
    text = intruder.value(ABOUT_A_PATIENT, about_them(hospital), token=hospital.nora)
    assert_nothing(text)
    assert "Okafor" in text  # the board of the own ward is in it


def test_that_the_token_of_another_workstation_is_worthless(hospital, intruder, at_beta):
    assert intruder.value("SELECT auth.prove(%s)", (hospital.wes,)) is None
    assert intruder.rows("SELECT FROM room.wards", token=hospital.wes) == []
    assert at_beta.value("SELECT auth.prove(%s)", (hospital.nora,)) is None


def test_that_a_token_given_by_set_config_counts_no_more_than_proved(hospital, intruder):
    for identity in ("ward.user_id", "ward.uid", "app.current_user_id", "ward.session_id"):
        with intruder.connection() as connection:
            connection.execute(
                "SELECT set_config(%s, %s, false)", (identity, str(world.id_of("wes")))
            )
            assert connection.execute("SELECT auth.uid()").fetchone() == (None,)
    with intruder.connection() as connection:
        connection.execute("SELECT set_config('ward.token', %s, false)", (hospital.nora,))
        assert connection.execute("SELECT auth.uid()").fetchone() == (world.id_of("nora"),)


LEAKS = (
    "SELECT family_name::int FROM patient.patients WHERE family_name::int > 0",
    "SELECT FROM patient.patients WHERE 1 / (length(family_name) - 8) > 0",
    "SELECT FROM patient.allergies WHERE substance::uuid IS NULL",
    "SELECT FROM admission.admissions WHERE reason::xml IS NULL",
    "SELECT query_to_xml('SELECT * FROM patient.patients', true, false, '')",
    "SELECT table_to_xml('patient.patients', true, false, '')",
    "SELECT schema_to_xml('patient', true, false, '')",
    "SELECT ts_stat('SELECT to_tsvector(family_name) FROM patient.patients')",
    "TABLE patient.patients",
    "SELECT * FROM ONLY patient.patients",
    "SELECT * FROM patient.patients TABLESAMPLE SYSTEM (100)",
    "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM patient.patients WHERE family_name = 'Quagmire'",
)


@pytest.mark.parametrize("attack", LEAKS)
def test_that_no_expression_sees_the_rows_that_policies_hide(hospital, intruder, attack):
    """Casts, divisions and XML run only on what the reader may see: no value leaks in an error."""
    try:
        answer = str(intruder.rows(attack, token=hospital.nora))
    except psycopg.Error as error:
        answer = f"{error} {error.diag.message_detail} {error.diag.context}"
    assert_nothing(answer.replace("'Quagmire'::text", ""))


def test_that_copy_reads_no_more_than_select(hospital, intruder):
    copying = "COPY patient.patients TO STDOUT"
    with (
        intruder.connection(hospital.nora) as connection,
        connection.cursor().copy(copying) as copy,
    ):
        copied = b"".join(bytes(block) for block in copy).decode()
    assert "Okafor" in copied
    assert_nothing(copied)


def test_that_row_security_cannot_be_switched_off(hospital, intruder):
    with intruder.connection(hospital.nora) as connection:
        connection.execute("SET row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            connection.execute("SELECT * FROM patient.patients")


def test_that_a_prepared_statement_asks_anew_who_is_there(hospital, intruder):
    with intruder.connection(hospital.nora) as connection:
        connection.execute("PREPARE spy AS SELECT count(*) FROM patient.patients")
        for _ in range(8):  # past the switch to a kept plan
            assert connection.execute("EXECUTE spy").fetchone() == (1,)
        connection.commit()
        assert connection.execute("EXECUTE spy").fetchone() == (0,)
        connection.commit()
        connection.execute("SELECT auth.prove(%s)", (hospital.wes,))
        assert connection.execute("EXECUTE spy").fetchone() == (0,)


def test_that_a_kept_plan_of_the_board_asks_anew_who_is_there(hospital, intruder):
    board = "SELECT count(admission_id) FROM report.ward_board(%s)"
    with intruder.connection() as connection:
        for _ in range(8):
            connection.execute("SELECT auth.prove(%s)", (hospital.nora,))
            assert connection.execute(board, (WARDS,)).fetchone() == (1,)
        connection.commit()
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(board, (WARDS,))
    assert refused.value.sqlstate == "WA401"


@pytest.mark.parametrize("person", ["nora", "both"])
def test_that_no_command_moves_a_patient_of_another_hospital(hospital, intruder, person):
    token = intruder.token(person)
    for sql, values in commands_on(hospital.strangers_stay, hospital.mine):
        [(outcome,)] = intruder.rows(sql, values, token=token)
        assert outcome == "not_in_reach", sql


def test_that_no_command_moves_or_confirms_a_patient_of_another_ward(hospital, intruder):
    """A stay out of reach is answered as one that does not exist."""
    for stay in (hospital.theirs, hospital.gone_stay, new_id()):
        for sql, values in commands_on(stay, hospital.mine):
            [(outcome,)] = intruder.rows(sql, values, token=hospital.nora)
            assert outcome == "not_in_reach", sql


def test_that_a_refused_command_holds_no_lock_on_another_wards_patient(
    hospital, intruder, at_beta
):
    with intruder.connection(hospital.nora) as connection:
        for sql, values in commands_on(hospital.theirs, hospital.mine):
            connection.execute(sql, values)
        leave = "SELECT outcome FROM admission.discharge(%s, %s, now(), 'home', NULL)"
        values = (new_id(), hospital.theirs)
        with at_beta.connection(hospital.wes) as other:
            other.execute("SET lock_timeout = '1s'")
            assert other.execute(leave, values).fetchone() == ("done",)


def test_that_a_bed_of_another_ward_says_only_whether_it_is_occupied(hospital, intruder):
    rows = intruder.rows(
        "SELECT to_json(b) FROM report.ward_board(%s) b WHERE ward_id = %s",
        (WARDS, world.id_of("west")),
        token=hospital.nora,
    )
    assert [row[0]["occupied"] for row in rows] == [True, False, False]
    about_patients = [name for name in list(rows[0][0])[13:] if name != "alike_name"]
    assert about_patients[:4] == ["patient_id", "admission_id", "mrn", "family_name"]
    assert {row[0][column] for row in rows for column in about_patients} == {None}


@pytest.mark.parametrize("insert", INSERTS)
def test_that_nothing_is_added_to_a_record_out_of_reach(hospital, intruder, insert):
    """Refused alike for a patient of another ward, one long gone, a stranger, and nobody."""
    victims = (
        (hospital.their_patient, hospital.theirs),
        (hospital.gone, hospital.gone_stay),
        (hospital.stranger, hospital.strangers_stay),
        (new_id(), new_id()),
    )
    states = [
        intruder.state(
            insert,
            {"id": new_id(), "patient": patient, "stay": stay, "set": hospital.their_set},
            token=hospital.nora,
        )
        for patient, stay in victims
    ]
    assert states == [REFUSED] * 4


def test_that_the_bed_of_another_ward_keeps_its_state(hospital, intruder):
    for bed in (world.bed("west", "1"), world.bed("north", "1")):
        intruder.assert_refused(
            "INSERT INTO room.bed_readiness (id, bed_id, readiness, occurred_at)"
            " VALUES (%s, %s, 'dirty', now())",
            (new_id(), bed),
            token=hospital.nora,
        )
        intruder.assert_refused(
            "INSERT INTO room.bed_availability (id, bed_id, availability, block_reason,"
            " occurred_at) VALUES (%s, %s, 'closed', 'staffing', now())",
            (new_id(), bed),
            token=hospital.nora,
        )


def test_that_another_patients_allergy_cannot_be_put_out_of_force(hospital, intruder, admin):
    """A row on the own patient that claims to supersede somebody else's statement."""
    state = intruder.state(
        "INSERT INTO patient.allergies (id, patient_id, substance, status, supersedes_id, reason,"
        " occurred_at) VALUES (%s, %s, 'x', 'refuted', %s, 'x', now())",
        (new_id(), hospital.my_patient, hospital.their_allergy),
        token=hospital.nora,
    )
    assert state == "23503"


def test_that_a_correction_names_a_set_of_the_same_stay(hospital, intruder):
    state = intruder.state(
        "INSERT INTO report.vital_signs (id, admission_id, occurred_at, supersedes_id, status,"
        " change_reason) VALUES (%s, %s, now(), %s, 'entered_in_error', 'x')",
        (new_id(), hospital.mine, hospital.their_set),
        token=hospital.nora,
    )
    assert state == "WA001"
