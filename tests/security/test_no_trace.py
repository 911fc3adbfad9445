"""Whatever opens a record stays on record: nothing is read in a transaction that is undone."""

from __future__ import annotations

from contextlib import contextmanager

import psycopg
import pytest

from tests import world
from tests.security.elsewhere import (
    ABOUT_A_PATIENT,
    WARDS,
    assert_nothing,
    everything_about,
)
from ward_app.core.ids import new_id

ADMIT = """
SELECT outcome FROM admission.admit(public.gen_random_uuid(), %s, %s, %s, clock_timestamp(),
    'home', NULL, NULL, NULL, NULL, true, NULL)
"""
CHART = "SELECT count(*) FROM report.vital_signs WHERE admission_id = %s"
DETAILS = "SELECT count(*) FROM patient.patient_details WHERE patient_id = %s"


@contextmanager
def undone(connection, how):
    """Run the block and undo it: the whole transaction, or back to a savepoint."""
    if how == "savepoint":
        connection.execute("SAVEPOINT before")
    yield
    connection.execute("ROLLBACK TO before" if how == "savepoint" else "ROLLBACK")


both_ways = pytest.mark.parametrize("how", ["rollback", "savepoint"])


@both_ways
def test_that_a_sign_in_that_is_undone_opens_nothing(hospital, intruder, admin, how):
    with intruder.connection() as connection, undone(connection, how):
        [answer] = connection.execute(
            "SELECT auth.sign_in('nora', %s)", (world.PASSWORD,)
        ).fetchone()
        proved = connection.execute("SELECT auth.prove(%s)", (answer["token"],)).fetchone()
        assert proved == (None,)
        assert connection.execute("SELECT FROM patient.patients").fetchall() == []
        assert connection.execute("SELECT auth.uid()").fetchone() == (None,)
    assert intruder.value("SELECT auth.prove(%s)", (answer["token"],)) is None


@both_ways
def test_that_a_chart_is_not_readable_in_the_transaction_that_opens_it(
    hospital, intruder, admin, how
):
    about = everything_about(hospital.my_patient, hospital.mine)
    logged = "SELECT count(*) FROM audit.access_logs WHERE patient_id = %s"
    before = admin.execute(logged, (hospital.my_patient,)).fetchone()
    with intruder.connection(hospital.nora) as connection, undone(connection, how):
        opened = connection.execute(
            "SELECT auth.open_chart(%s, 'ward', NULL)", (hospital.my_patient,)
        )
        assert opened.fetchone() == (True,)
        assert connection.execute(CHART, (hospital.mine,)).fetchone() == (0,)
        assert connection.execute(DETAILS, (hospital.my_patient,)).fetchone() == (0,)
        assert connection.execute("SELECT auth.open_patients()").fetchone() == ([],)
        connection.execute(ABOUT_A_PATIENT, about)
    assert admin.execute(logged, (hospital.my_patient,)).fetchone() == before
    assert intruder.value(DETAILS, (hospital.my_patient,), token=hospital.nora) == 0


@both_ways
def test_that_broken_glass_that_is_mended_shows_nothing(hospital, intruder, how):
    about = everything_about(hospital.their_patient, hospital.theirs)
    with intruder.connection(hospital.nora) as connection, undone(connection, how):
        connection.execute(
            "SELECT auth.open_chart(%s, 'break_glass', 'only looking around')",
            (hospital.their_patient,),
        )
        assert_nothing(connection.execute(ABOUT_A_PATIENT, about).fetchone()[0])


def test_that_an_opened_chart_is_readable_from_the_next_transaction_on(hospital, intruder):
    opened = "SELECT auth.open_chart(%s, 'ward', NULL)"
    assert intruder.value(opened, (hospital.my_patient,), token=hospital.nora)
    assert intruder.value(DETAILS, (hospital.my_patient,), token=hospital.nora) == 1


@both_ways
def test_that_a_directory_that_is_closed_again_was_never_open(hospital, intruder, how):
    with intruder.connection(hospital.nora) as connection, undone(connection, how):
        connection.execute("SELECT auth.open_directory()")
        connection.execute("SAVEPOINT searching")
        with pytest.raises(psycopg.Error) as refused:
            connection.execute("SELECT * FROM patient.search('Quagmire', NULL, NULL)")
        assert refused.value.sqlstate == "WA403"
        connection.execute("ROLLBACK TO searching")
    state = intruder.state(
        "SELECT * FROM patient.possible_duplicates('Quagmire', 'X', NULL, 'male')",
        token=hospital.nora,
    )
    assert state == "WA403"


@both_ways
def test_that_an_admission_that_is_undone_shows_nothing_of_the_patient(hospital, intruder, how):
    """Anybody in the directory may be admitted, so admitting must leave a trace to show."""
    about = everything_about(hospital.gone, hospital.gone_stay)
    east, bed = world.id_of("east"), world.bed("east", "2")
    with intruder.connection(hospital.nora) as connection, undone(connection, how):
        admitted = connection.execute(ADMIT, (hospital.gone, east, bed))
        assert admitted.fetchone() == ("done",)
        assert_nothing(connection.execute(ABOUT_A_PATIENT, about).fetchone()[0])
        opened = "SELECT auth.open_chart(%s, 'ward', NULL)"
        connection.execute(opened, (hospital.gone,))
        assert_nothing(connection.execute(ABOUT_A_PATIENT, about).fetchone()[0])
    # committed, it is on the board for all to see, and so is the patient
    intruder.rows(ADMIT, (hospital.gone, east, bed), token=hospital.nora)
    text = intruder.value(ABOUT_A_PATIENT, about, token=hospital.nora)
    assert "Quagmire" in text


@both_ways
def test_that_fetching_a_patient_back_for_a_moment_shows_nothing(hospital, intruder, how):
    """Undoing the own move and undoing that: the other ward's patient is not read meanwhile."""
    moved = "SELECT outcome FROM admission.transfer(%s, %s, %s, NULL, clock_timestamp(), '', true)"
    values = (new_id(), hospital.mine, world.id_of("west"))
    assert intruder.value(moved, values, token=hospital.nora) == "done"
    about = everything_about(hospital.my_patient, hospital.mine)
    with intruder.connection(hospital.nora) as connection, undone(connection, how):
        back = connection.execute(
            "SELECT outcome FROM admission.cancel_latest_step(%s, %s, 'only looking')",
            (new_id(), hospital.mine),
        )
        assert back.fetchone() == ("done",)
        assert "Okafor" not in connection.execute(ABOUT_A_PATIENT, about).fetchone()[0]


def test_that_an_arrival_is_recorded_whole_before_it_is_readable(hospital, intruder, admin):
    """What the reader may not see yet she may add to: allergies of the patient just admitted."""
    east = world.id_of("east")
    with intruder.connection(hospital.nora) as connection:
        connection.execute(ADMIT, (hospital.gone, east, None))
        connection.execute(
            "INSERT INTO patient.allergies (id, patient_id, substance, status, occurred_at)"
            " VALUES (%s, %s, 'Latex', 'active', now())",
            (new_id(), hospital.gone),
        )
        seen = connection.execute(
            "SELECT count(*) FROM patient.allergies WHERE patient_id = %s", (hospital.gone,)
        )
        assert seen.fetchone() == (0,)
    board = "SELECT allergies FROM report.ward_board(%s) WHERE patient_id = %s"
    values = (WARDS, hospital.gone)
    assert intruder.value(board, values, token=hospital.nora) == ["Zinfandel", "Latex"]


def test_that_an_old_snapshot_outlives_no_session(hospital, intruder, admin):
    """In REPEATABLE READ a disabled person would stay signed in for hours."""
    for level in ("REPEATABLE READ", "SERIALIZABLE"):
        with intruder.connection() as connection:
            connection.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            proved = connection.execute("SELECT auth.prove(%s)", (hospital.nora,))
            assert proved.fetchone() == (None,)
            assert connection.execute("SELECT FROM patient.patients").fetchall() == []
            with pytest.raises(psycopg.errors.FeatureNotSupported):
                connection.execute("SELECT auth.sign_in('nora', %s)", (world.PASSWORD,))


def test_that_a_read_only_transaction_guesses_no_password(hospital, intruder):
    with intruder.connection() as connection:
        connection.execute("SET TRANSACTION READ ONLY")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("SELECT auth.sign_in('nora', %s)", (world.PASSWORD,))


def test_that_deferred_constraints_put_nobody_into_a_taken_bed(hospital, intruder, admin):
    with intruder.connection(hospital.nora) as connection:
        connection.execute("SET CONSTRAINTS ALL DEFERRED")
        values = (hospital.gone, world.id_of("east"), world.bed("east", "1"))
        assert connection.execute(ADMIT, values).fetchone() == ("done",)
        with pytest.raises(psycopg.errors.ExclusionViolation) as refused:
            connection.commit()
    # and not who lies there since when
    assert refused.value.diag.message_detail == "Key conflicts with existing key."
    occupants = admin.execute(
        "SELECT count(*) FROM admission.bed_stays WHERE bed_id = %s", (world.bed("east", "1"),)
    )
    assert occupants.fetchone() == (1,)
