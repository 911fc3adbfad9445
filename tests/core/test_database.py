"""Transactions: what is committed, what is undone, what is tried again, what the user reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from time import perf_counter

import psycopg
import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.patience import PATIENCE_S
from tests.steps import a_person, admit, register
from ward_app.admissions.service import set_expected_discharge
from ward_app.core.bounded_connection import NoAnswerError
from ward_app.core.database import Actor, Database
from ward_app.core.database_errors import connection_error, has_answered, ward_error
from ward_app.core.errors import (
    ConfigurationError,
    ConflictError,
    DatabaseUnavailableError,
    DuplicateRecordError,
    MissingReferenceError,
    NotPermittedError,
    PoolExhaustedError,
    RuleBrokenError,
    SignInRequiredError,
    TlsError,
    WardError,
)
from ward_app.core.ids import new_id
from ward_app.core.settings import DatabaseSettings, PoolSettings
from ward_app.patients.service import register_patient
from ward_app.staff.service import sign_out

LOCK_WAITS_S = 5.9


class RecordedRefusalError(WardError):
    is_recorded = True


def pid(tx):
    return tx.value("SELECT pg_backend_pid()")


def people(admin):
    return admin.execute("SELECT count(*) FROM patient.patients").fetchone()[0]


def test_that_work_is_committed_as_a_whole(database, nurse, admin):
    """[Q04]"""
    database.run(nurse, register_patient, a_person())
    assert people(admin) == 1


def test_that_any_exception_undoes_the_whole_work(database, nurse, admin):
    """[Q04]"""

    def half_done(tx):
        register_patient(tx, a_person())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(nurse, half_done)
    assert people(admin) == 0
    database.run(nurse, register_patient, a_person())  # the connection is as good as new


def test_that_a_refusal_that_belongs_on_record_is_committed(database, nurse, admin):
    def refuse(tx, kind):
        register_patient(tx, a_person())
        raise kind("no")

    for kind, kept in ((RuleBrokenError, 0), (RecordedRefusalError, 1)):
        with pytest.raises(kind):
            database.run(nurse, refuse, kind)
        assert people(admin) == kept


def test_that_results_come_as_tuples_made_values_or_the_only_of_them(database, nurse):
    """[Q01] [Q02]"""

    def read(tx):
        pairs = "SELECT n, n * n FROM generate_series(1, 3) n"
        pair = "SELECT 2, 4"
        nothing = "SELECT 1 WHERE false"
        return (
            tx.tuples(pairs),
            tx.rows(complex, pairs),
            tx.row(complex, pair),
            tx.row(complex, nothing),
            tx.value(pair),
            tx.value(nothing),
            tx.execute("SELECT FROM generate_series(1, %s)", (5,)),
        )

    assert database.run(nurse, read) == (
        [(1, 1), (2, 4), (3, 9)],
        [1 + 1j, 2 + 4j, 3 + 9j],
        2 + 4j,
        None,
        2,
        None,
        5,
    )


@pytest.mark.parametrize(
    "ask", [lambda tx, sql: tx.row(int, sql), lambda tx, sql: tx.value(sql)], ids=["row", "value"]
)
def test_that_one_of_several_rows_is_never_taken_for_the_only_one(database, nurse, ask):
    """[Q02]"""
    with pytest.raises(LookupError, match="3 rows, where one at most was expected"):
        database.run(nurse, ask, "SELECT generate_series(1, 3)")


@pytest.mark.parametrize("signed_in_as", ["nora", None])
def test_that_now_is_the_servers_clock_and_stands_still(database, nurse, signed_in_as):
    actor = nurse if signed_in_as else None
    first, later = database.run(actor, lambda tx: (tx.now, tx.now))
    assert first == later
    assert first.tzinfo is not None
    assert abs(datetime.now(UTC) - first) < timedelta(minutes=1)


def test_that_nothing_of_a_person_stays_on_the_connection(database, nurse):
    """A pooler may hand the next transaction to anybody."""
    shown = "SELECT current_setting('ward.token', true)"
    assert database.run(nurse, lambda tx: tx.value(shown)) == nurse.token
    assert database.run(None, lambda tx: tx.value(shown)) in {None, ""}
    assert database.run(None, lambda tx: tx.value("SELECT auth.uid()")) is None


def test_that_an_ended_session_asks_to_sign_in_and_is_not_tried_again(database, nurse):
    database.run(nurse, sign_out)
    runs = []
    with pytest.raises(SignInRequiredError, match=r"signed out\. Sign in again"):
        database.run(nurse, runs.append)
    assert runs == []


def test_that_the_token_of_an_actor_is_not_shown():
    assert "secret" not in repr(Actor("secret"))


def test_that_a_deadlock_is_tried_again_until_it_succeeds(database, nurse, connect, signed_in):
    """Two nurses lock two stays in opposite order; PostgreSQL stops one, who simply goes on."""
    other = connect("ws_beta")
    both = Actor(signed_in("both", other).token)
    first, second = admit(database, nurse, "A", label="1"), admit(database, nurse, "B", label="2")
    meeting = Barrier(2)
    tries = []

    def lock_both(tx, one, two, reason):
        tries.append(reason)
        lock = "SELECT pg_advisory_xact_lock(%s)"
        tx.execute(lock, (one.int % 2**31,))
        if tries.count(reason) == 1:
            meeting.wait(10)
        tx.execute(lock, (two.int % 2**31,))
        set_expected_discharge(
            tx,
            statement_id=new_id(),
            admission_id=one,
            expected_on=datetime.now(UTC).date(),
            reason=reason,
        )

    def run(at, who, *order):
        at.run(who, lock_both, *order)

    crossing = Thread(target=run, args=(other, both, second, first, "other"))
    crossing.start()
    run(database, nurse, first, second, "mine")
    crossing.join(10)
    assert sorted(set(tries)) == ["mine", "other"]
    assert len(tries) == 3


def test_that_somebody_elses_lock_is_waited_for_twice_three_seconds(database, nurse, admin_dsn):
    """[Q12]"""
    stay = admit(database, nurse, label="1")
    with psycopg.connect(admin_dsn) as holder:
        holder.execute("SELECT FROM admission.admissions WHERE id = %s FOR UPDATE", (stay,))
        began = perf_counter()
        with pytest.raises(ConflictError, match="Somebody else is changing this just now"):
            database.run(
                nurse,
                lambda tx: tx.execute(
                    "SELECT admission.discharge(%s, %s, now(), 'home', NULL)", (new_id(), stay)
                ),
            )
        assert perf_counter() - began > LOCK_WAITS_S


def test_that_a_statement_that_takes_too_long_is_ended(station_settings, signed_in):
    """[Q13]"""
    settings = replace(station_settings(), query_timeout_ms=1_000)
    database = Database.connect(settings, STATION_PASSWORD)
    runs = []

    def dawdle(tx):
        runs.append(tx)
        tx.execute("SELECT pg_sleep(20)")

    with pytest.raises(DatabaseUnavailableError, match="took too long to answer"):
        database.run(None, dawdle)
    assert len(runs) == 1
    assert database.run(None, lambda tx: tx.value("SELECT 1")) == 1
    database.close()


def test_that_a_constraint_speaks_as_a_conflict(database, nurse):
    """[Q11]"""
    person = a_person()
    database.run(nurse, register_patient, person)
    with pytest.raises(DuplicateRecordError, match="by its rule pk_patients"):
        database.run(nurse, register_patient, replace(person, family_name="Somebody"))


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("23505", DuplicateRecordError),
        ("23503", MissingReferenceError),
        ("23P01", ConflictError),
        ("23514", ConflictError),
    ],
)
def test_that_each_kind_of_broken_constraint_is_told_from_the_others(state, kind):
    """[Q11]"""
    assert type(ward_error(psycopg.errors.lookup(state)())) is kind


def test_that_a_missing_right_speaks_as_not_permitted(database, nurse):
    with pytest.raises(NotPermittedError, match="Your role does not allow this"):
        database.run(nurse, lambda tx: tx.execute("DELETE FROM patient.patients"))


def test_that_a_rule_of_the_database_speaks_in_its_own_words(database, nurse):
    stay = admit(database, nurse, label="1")
    undo = "SELECT admission.cancel_latest_step(%s, %s, '')"
    with pytest.raises(RuleBrokenError, match=r"^Undoing a step needs a reason\.$"):
        database.run(nurse, lambda tx: tx.execute(undo, (new_id(), stay)))


def test_that_a_mistake_in_a_statement_is_not_dressed_up(database, nurse):
    with pytest.raises(psycopg.errors.UndefinedTable):
        database.run(nurse, lambda tx: tx.execute("SELECT FROM nowhere"))


def test_that_a_workstation_uses_no_more_connections_than_its_pool(station_settings, nurse):
    """[L01]"""
    settings = replace(station_settings(), pool=PoolSettings(min=1, max=2, timeout_s=1))
    database = Database.connect(settings, STATION_PASSWORD)
    with database.transaction(None) as one, database.transaction(None) as two:
        assert pid(one) != pid(two)
        with (
            pytest.raises(PoolExhaustedError, match="busy with other work"),
            database.transaction(None),
        ):
            pass
    with database.transaction(None) as free:
        assert pid(free)
    database.close()


def test_that_every_transaction_sees_the_present(database, admin, admin_dsn):
    """Whatever the server's default: the proof of identity needs READ COMMITTED."""
    admin.execute(f"ALTER DATABASE {admin.info.dbname} SET default_transaction_isolation ="
                  " 'serializable'")  # fmt: skip
    level = "SELECT current_setting('transaction_isolation')"
    assert database.run(None, lambda tx: tx.value(level)) == "read committed"


NOT_ACCEPTED = "does not accept this workstation. IT can enrol it again"
UNREACHABLE = "cannot be reached. Nothing was saved; what you typed is kept"


@pytest.mark.parametrize(
    ("changes", "password", "kind", "sentence"),
    [
        ({}, "another", ConfigurationError, NOT_ACCEPTED),
        ({}, None, ConfigurationError, NOT_ACCEPTED),
        ({"user": "ws_never_enrolled"}, "any", ConfigurationError, NOT_ACCEPTED),
        (
            {"name": "ward_nowhere"},
            STATION_PASSWORD,
            ConfigurationError,
            "has no ward database of that name",
        ),
        ({"host": "/nowhere"}, "any", DatabaseUnavailableError, UNREACHABLE),
        (
            {"host": "127.0.0.1", "port": 9, "sslmode": "disable"},
            "any",
            DatabaseUnavailableError,
            UNREACHABLE,
        ),
    ],
    ids=["wrong password", "no password", "no such role", "no such database", "no socket",
         "nobody listens"],
)  # fmt: skip
def test_that_each_way_not_to_connect_has_its_own_sentence(
    station_settings, changes, password, kind, sentence
):
    """[D01]"""
    # only where nobody answers is it waited for so long
    settings = replace(station_settings(), connect_timeout_s=3, **changes)
    database = Database.connect(settings, password)
    began = perf_counter()
    with pytest.raises(kind, match=sentence):
        database.run(None, pid)
    assert perf_counter() - began < 8
    database.close()


def test_that_a_refused_credential_is_told_at_once(station_settings):
    """Waiting would not mend it; a server that starts again is waited for instead."""
    patient = replace(station_settings(), connect_timeout_s=4 * PATIENCE_S)
    database = Database.connect(patient, "another")
    began = perf_counter()
    with pytest.raises(ConfigurationError):
        database.run(None, pid)
    assert perf_counter() - began < PATIENCE_S
    database.close()


def test_that_a_full_server_is_no_fault_of_the_workstation(station_settings, admin, server):
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as postgres:
        postgres.execute(
            f"CREATE ROLE ws_full LOGIN PASSWORD '{STATION_PASSWORD}' CONNECTION LIMIT 0"
            " IN ROLE ward_client"
        )
        try:
            settings = station_settings("ws_full")
            database = Database.connect(settings, STATION_PASSWORD)
            with pytest.raises(DatabaseUnavailableError, match="no place for another connection"):
                database.run(None, pid)
            database.close()
        finally:
            postgres.execute("DROP ROLE ws_full")


def test_that_a_database_without_settings_is_said_to_be_missing():
    with pytest.raises(ConfigurationError, match=r"database.host is empty"):
        Database.connect(DatabaseSettings(), None)


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ('server certificate for "a" does not match host name', TlsError, "another name"),
        ("SSL error: certificate verify failed", TlsError, "cannot be trusted"),
        ("server does not support SSL, but SSL was required", TlsError, "no encryption"),
        ('no pg_hba.conf entry for host "x", no encryption', TlsError, "encrypted connections"),
        ('private key file "/x" has group or world access', TlsError, "owner alone"),
        ('root certificate file "/x" does not exist', TlsError, "sslrootcert"),
        ("channel binding required but not supported", TlsError, "end to end"),
        ("no pg_hba.conf entry for host", ConfigurationError, "enrol"),
        ('role "ws_a" is not permitted to log in', ConfigurationError, "enrol"),
        ('permission denied for database "ward"', ConfigurationError, "enrol"),
        ('database "ward" does not exist', ConfigurationError, "of that name"),
        ("sorry, too many clients already", DatabaseUnavailableError, "no place"),
        ('too many connections for role "ws_a"', DatabaseUnavailableError, "no place"),
        ("remaining connection slots are reserved", DatabaseUnavailableError, "no place"),
        ("SSL connection has been closed unexpectedly", DatabaseUnavailableError, "reached"),
        ("SSL SYSCALL error: EOF detected", DatabaseUnavailableError, "reached"),
        ("SSL error: unexpected eof while reading", DatabaseUnavailableError, "reached"),
        ("the database system is starting up", DatabaseUnavailableError, "reached"),
        ("server closed the connection unexpectedly", DatabaseUnavailableError, "reached"),
    ],
)
def test_that_a_failed_connection_is_read_for_what_it_means(text, kind, sentence):
    found = connection_error(psycopg.OperationalError(text))
    assert type(found) is kind
    assert sentence in str(found)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (psycopg.errors.SerializationFailure(), ConflictError),
        (psycopg.errors.DeadlockDetected(), ConflictError),
        (psycopg.errors.TooManyConnections(), DatabaseUnavailableError),
        (psycopg.errors.AdminShutdown(), DatabaseUnavailableError),
        (psycopg.errors.ForeignKeyViolation(), MissingReferenceError),
        (psycopg.errors.SyntaxError(), psycopg.errors.SyntaxError),
    ],
)
def test_that_a_drivers_error_becomes_one_a_nurse_may_read(error, kind):
    assert type(ward_error(error)) is kind


@pytest.mark.parametrize(
    ("cause", "is_there"),
    [
        (psycopg.errors.QueryCanceled(), True),
        (psycopg.errors.DiskFull(), True),
        (psycopg.errors.AdminShutdown(), False),
        (psycopg.OperationalError("server closed the connection unexpectedly"), False),
        (NoAnswerError("no answer within 60 s"), False),
        (None, False),
    ],
)
def test_that_a_server_that_only_refused_is_told_from_one_out_of_reach(cause, is_there):
    error = DatabaseUnavailableError("No.")
    error.__cause__ = cause
    assert has_answered(error) is is_there


def test_that_a_server_is_there_when_only_this_workstation_is_busy():
    assert has_answered(PoolExhaustedError("4 in use"))


def test_that_a_named_rule_has_a_sentence_of_its_own(database, nurse, admin):
    """Two workstations correct one allergy: the second is told so, not the name of an index."""
    patient = register(database, nurse)
    allergy = "INSERT INTO patient.allergies (id, patient_id, substance, status, occurred_at,"
    first = new_id()
    admin.execute(
        f"{allergy} supersedes_id) VALUES (%s, %s, 'Latex', 'active', now(), NULL)",
        (first, patient.id),
    )
    again = f"{allergy} supersedes_id, reason) VALUES (%s, %s, 'L', 'refuted', now(), %s, 'x')"
    admin.execute(again, (new_id(), patient.id, first))
    with pytest.raises(psycopg.errors.UniqueViolation) as refused:
        admin.execute(again, (new_id(), patient.id, first))
    assert str(ward_error(refused.value)).startswith("Somebody else changed this allergy first")


def test_that_a_row_out_of_reach_is_not_permitted(database, nurse):
    with pytest.raises(NotPermittedError, match="the patient is not yours"):
        database.run(
            nurse,
            lambda tx: tx.execute(
                "INSERT INTO patient.patient_flags (id, patient_id, kind, active, occurred_at)"
                " VALUES (%s, %s, 'falls', true, now())",
                (new_id(), world.id_of("nobody")),
            ),
        )
