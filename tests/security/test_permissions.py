"""The permission matrix: every role against every command and every kind of reading."""

from __future__ import annotations

import psycopg
import pytest

from tests import world
from tests.security.permissions import (
    ACCOUNTS,
    ALL,
    COMMANDS,
    EAST,
    IDENTITY,
    MATRIX,
    OPERATING,
    PEOPLE,
    READINGS,
    REVIEWING,
    wanted,
)
from ward_app.staff.types import Permission

roles = pytest.mark.parametrize("role", MATRIX)


@roles
def test_that_a_role_may_do_what_the_matrix_says_and_nothing_else(
    hospital, intruder, charted, role
):
    token = intruder.token(PEOPLE[role])
    permitted = set()
    with intruder.connection(token) as connection:
        for permission, command in COMMANDS.items():
            connection.execute("SAVEPOINT before")
            try:
                connection.execute(command, wanted(hospital, charted))
            except psycopg.errors.InsufficientPrivilege:
                pass
            else:
                permitted.add(permission)
            connection.execute("ROLLBACK TO before")
    assert permitted == MATRIX[role] - {"patient.view"}


@roles
def test_that_a_role_reads_what_the_matrix_says_and_nothing_else(
    hospital, intruder, charted, role
):
    token = intruder.token(PEOPLE[role])
    expected = IDENTITY if "patient.view" in MATRIX[role] else set()
    if "chart.open" in MATRIX[role]:
        intruder.rows("SELECT auth.open_chart(%s, 'ward', NULL)", (hospital.my_patient,),
                      token=token)  # fmt: skip
        expected = set(READINGS)
    with intruder.connection(token) as connection:
        readable = {
            name
            for name, question in READINGS.items()
            if connection.execute(question).fetchone()[0] > 0
        }
    assert readable == expected


@roles
def test_that_what_the_interface_is_told_is_what_the_database_holds(hospital, intruder, role):
    told = set(intruder.sign_in(PEOPLE[role])["permissions"])
    assert told == MATRIX[role]


def test_that_the_program_and_the_database_know_the_same_permissions(admin):
    stored = {name for (name,) in admin.execute("SELECT name FROM public.permissions")}
    assert stored == {permission.value for permission in Permission}
    assert ALL | ACCOUNTS | REVIEWING | OPERATING | {"audit.read"} == stored


def test_that_every_role_of_the_database_is_in_the_matrix(admin):
    stored = {name for (name,) in admin.execute("SELECT name FROM public.roles")}
    assert stored == set(MATRIX)


def test_that_a_wall_screen_shows_initials_score_and_nothing_else(hospital, intruder, charted):
    token = intruder.token("wall")
    [bed] = intruder.rows(
        "SELECT to_jsonb(b) FROM report.ward_board(%s) b WHERE patient_id IS NOT NULL",
        ([EAST, world.id_of("west")],),
        token=token,
    )
    shown = bed[0]
    assert (shown["family_name"], shown["given_name"]) == ("O", "A")
    assert (shown["mrn"], shown["sex"], shown["allergy_status"]) == ("", "unknown", "not_recorded")
    for hidden in ("title", "born_on", "specialty", "consultant", "admission_reason",
                   "allergies", "flags"):  # fmt: skip
        assert shown[hidden] is None, hidden
    for needed in ("admission_id", "arrived_at", "observed_at"):
        assert shown[needed] is not None, needed


@pytest.mark.parametrize(
    "privacy",
    [
        "UPDATE room.wards SET wall_privacy = 'hidden'",
        (
            "INSERT INTO patient.patient_flags (id, patient_id, kind, active, occurred_at)"
            " SELECT public.gen_random_uuid(), id, 'privacy', true, now() FROM patient.patients"
        ),
    ],
)
def test_that_a_wall_screen_shows_no_initials_where_they_are_private(
    hospital, intruder, admin, privacy
):
    admin.execute(privacy)
    token = intruder.token("wall")
    names = (
        "SELECT family_name, given_name FROM report.ward_board(%s) WHERE patient_id IS NOT NULL"
    )
    assert intruder.rows(names, ([EAST],), token=token) == [("", "")]


def test_that_a_permission_reaches_only_the_own_wards(hospital, intruder, at_beta):
    """Bo works on both wards; Col the coordinator too: each sees both, nobody the other house."""
    for login in ("both", "col"):
        token = intruder.token(login)
        names = intruder.rows("SELECT family_name FROM patient.patients", token=token)
        assert {row[0] for row in names} == {"Okafor", "Quagmire"}


def test_that_a_person_cannot_be_given_a_ward_of_another_hospital(hospital, admin):
    with pytest.raises(psycopg.errors.CheckViolation, match="another hospital"):
        admin.execute(
            "INSERT INTO public.user_wards VALUES (%s, %s)",
            (world.id_of("nora"), world.id_of("north")),
        )
