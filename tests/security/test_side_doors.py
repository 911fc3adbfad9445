"""Ways round a policy that PostgreSQL itself offers: clocks, cursors, copies, plans, errors."""

from __future__ import annotations

import psycopg
import pytest

from tests import world
from tests.scored import scored
from tests.security.conftest import SECRETS
from tests.security.intruder import REFUSED
from ward_app.core.ids import new_id

PATIENTS = "SELECT family_name FROM patient.patients"
OPEN = "SELECT auth.open_chart(%s, 'ward', NULL)"
CHART = "SELECT v.id FROM report.vital_signs v WHERE v.admission_id = '{}'"
ALLERGIES = "SELECT substance FROM patient.allergies"
SCORED = scored(pulse_per_min=70)


def hidden(text):
    assert not [word for word in SECRETS if word in text]


# --- tokens elsewhere ---


def test_that_a_stolen_token_is_worth_nothing_at_another_workstation(
    hospital, intruder, at_beta, at_other
):
    """[B02] Nora's, at a colleague's desk and in another hospital: nothing read, nothing done."""
    assert intruder.rows(PATIENTS, token=hospital.nora) == [("Okafor",)]
    for elsewhere in (at_beta, at_other):
        assert elsewhere.rows(PATIENTS, token=hospital.nora) == []
        assert elsewhere.value("SELECT auth.uid()", token=hospital.nora) is None
        for command in (
            "SELECT auth.open_chart(public.gen_random_uuid(), 'ward', NULL)",
            "SELECT auth.open_directory()",
            "SELECT auth.drop_badge()",
            "SELECT auth.witness(public.gen_random_uuid(), 'wes', 'x', false)",
            "SELECT auth.change_password('a', 'b')",
        ):
            assert elsewhere.state(command, token=hospital.nora) == "WA401"
        elsewhere.rows("SELECT auth.sign_out()", token=hospital.nora)
        elsewhere.rows("SELECT auth.touch()", token=hospital.nora)
    assert intruder.rows(PATIENTS, token=hospital.nora) == [("Okafor",)]


# --- clocks ---

CLOCKS = (
    "SET TIME ZONE 'Pacific/Kiritimati'",
    "SET TIME ZONE 'Etc/GMT+12'",
    "SET TIME ZONE INTERVAL '-23:59' HOUR TO MINUTE",
    "SET DateStyle = 'SQL, DMY'",
    "SET IntervalStyle = 'sql_standard'",
    "SET timezone_abbreviations = 'Australia'",
)


@pytest.mark.parametrize("clock", CLOCKS)
def test_that_no_setting_of_the_clock_wakes_a_session(hospital, intruder, admin, clock):
    for end in (
        "expires_at = now() - interval '1 s'",
        "last_seen_at = now() - interval '721 min'",
    ):
        with admin.transaction(force_rollback=False):
            admin.execute(f"UPDATE public.sessions SET {end} WHERE workstation = 'ws_alpha'")
        with intruder.connection() as connection:
            connection.execute(clock)
            proved = connection.execute("SELECT auth.prove(%s)", (hospital.nora,)).fetchone()
            assert proved == (None,)
            assert connection.execute(PATIENTS).fetchall() == []


@pytest.mark.parametrize("clock", CLOCKS)
def test_that_no_setting_of_the_clock_dates_a_record_back(hospital, intruder, admin, clock):
    set_id = new_id()
    with intruder.connection() as connection:
        connection.execute(clock)
        connection.execute("SELECT auth.prove(%s)", (hospital.nora,))
        connection.execute(
            f"INSERT INTO report.vital_signs (id, admission_id, occurred_at, {SCORED[0]})"
            f" VALUES (%s, %s, clock_timestamp(), {SCORED[1]})",
            (set_id, hospital.mine),
        )
    stamped = admin.execute(
        "SELECT recorded_at BETWEEN now() - interval '1 min' AND now() + interval '1 min',"
        " recorded_by = %s FROM report.vital_signs WHERE id = %s",
        (world.id_of("nora"), set_id),
    )
    assert stamped.fetchone() == (True, True)


def test_that_a_transaction_kept_open_keeps_no_session_open(hospital, intruder, admin):
    """now() stands still inside a transaction; the clock that counts does not."""
    with intruder.connection(hospital.nora) as connection:
        began = connection.execute("SELECT now()").fetchone()
        assert connection.execute(PATIENTS).fetchall() == [("Okafor",)]
        admin.execute("UPDATE public.sessions SET expires_at = clock_timestamp()")
        assert connection.execute(PATIENTS).fetchall() == []
        assert connection.execute("SELECT now()").fetchone() == began


# --- prepared transactions, prepared statements, cursors ---


def test_that_no_transaction_is_left_behind_prepared(hospital, intruder, admin):
    """One would keep its locks for ever, and its session with it."""
    with intruder.connection(hospital.nora) as connection:
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
            connection.execute("PREPARE TRANSACTION 'later'")
        connection.rollback()
    assert admin.execute("SELECT count(*) FROM pg_prepared_xacts").fetchone() == (0,)


def test_that_a_prepared_statement_asks_anew_who_is_there(hospital, intruder):
    """Its plan is kept, what a policy answered is not; with a plan for all and for each."""
    hal = intruder.token("hal")
    with intruder.connection(hospital.nora) as connection:
        for mode in ("force_generic_plan", "force_custom_plan"):
            connection.execute(f"SET plan_cache_mode = {mode}")
            connection.execute(f"PREPARE mine_{mode} AS {PATIENTS}")
            connection.execute(f"PREPARE who_{mode} AS SELECT auth.uid()")
            assert connection.execute(f"EXECUTE mine_{mode}").fetchall() == [("Okafor",)]
        connection.commit()
        for token, rows, who in (
            (None, [], None),
            (hal, [("Okafor",)], world.id_of("hal")),
            ("0" * 64, [], None),
        ):
            for mode in ("force_generic_plan", "force_custom_plan"):
                if token is not None:
                    connection.execute("SELECT auth.prove(%s)", (token,))
                assert connection.execute(f"EXECUTE mine_{mode}").fetchall() == rows
                assert connection.execute(f"EXECUTE who_{mode}").fetchall() == [(who,)]
                connection.rollback()


def test_that_a_cursor_held_over_the_commit_holds_nothing_that_commit_opened(hospital, intruder):
    """It is filled while the chart is being opened, and that is too early."""
    with intruder.connection(hospital.nora) as connection:
        connection.execute(OPEN, (hospital.my_patient,))
        connection.execute(f"DECLARE held CURSOR WITH HOLD FOR {ALLERGIES}")
        connection.execute("DECLARE who CURSOR WITH HOLD FOR SELECT auth.open_patients()")
        connection.commit()
        assert connection.execute("FETCH ALL FROM held").fetchall() == []
        assert connection.execute("FETCH ALL FROM who").fetchall() == [([],)]


def test_that_a_cursor_held_over_the_commit_opens_nothing_for_a_sign_in(hospital, intruder):
    with intruder.connection() as connection:
        token = connection.execute(
            "SELECT auth.sign_in('nora', %s) ->> 'token'", (world.PASSWORD,)
        ).fetchone()[0]
        connection.execute("SELECT auth.prove(%s)", (token,))
        connection.execute(f"DECLARE held CURSOR WITH HOLD FOR {PATIENTS}")
        connection.commit()
        assert connection.execute("FETCH ALL FROM held").fetchall() == []


def test_that_a_cursor_shows_what_its_reader_may_see_and_is_gone_with_a_rollback(
    hospital, intruder, admin
):
    """Opened before the proof, and after it with the session ended in between."""
    with intruder.connection() as connection:
        connection.execute(f"DECLARE early CURSOR FOR {PATIENTS}")
        connection.execute("SELECT auth.prove(%s)", (hospital.nora,))
        hidden(str(connection.execute("FETCH ALL FROM early").fetchall()))
        connection.execute(f"DECLARE late CURSOR FOR {PATIENTS}")
        admin.execute("UPDATE public.sessions SET ended_at = now()")
        # one statement that began in time, as any that still runs; the next shows nothing
        hidden(str(connection.execute("FETCH ALL FROM late").fetchall()))
        assert connection.execute(PATIENTS).fetchall() == []
        connection.execute(f"DECLARE held CURSOR WITH HOLD FOR {PATIENTS}")
        connection.rollback()
        with pytest.raises(psycopg.errors.InvalidCursorName):
            connection.execute("FETCH ALL FROM held")


# --- COPY ---


def test_that_a_copy_out_is_read_by_the_same_policies(hospital, intruder):
    with intruder.connection(hospital.nora) as connection, connection.cursor() as cursor:
        for source, own in (
            ("patient.patients", "Okafor"),
            ("(SELECT p::text FROM patient.patients p)", "Okafor"),
            ("report.vital_signs", ""),
            ("patient.allergies", ""),
        ):
            with cursor.copy(f"COPY {source} TO STDOUT") as copy:
                text = b"".join(bytes(part) for part in copy).decode()
            assert own in text
            hidden(text)
    for closed in ("public.users", "public.sessions", "public.badges", "audit.access_logs"):
        intruder.assert_refused(f"COPY {closed} TO STDOUT", token=hospital.nora)


def test_that_nothing_is_copied_in(hospital, intruder, admin):
    """COPY FROM would write rows that no policy checks; PostgreSQL itself refuses it there."""
    tables = admin.execute(
        "SELECT DISTINCT table_schema || '.' || table_name"
        " FROM information_schema.column_privileges"
        " WHERE grantee = 'ward_client' AND privilege_type = 'INSERT'"
    ).fetchall()
    assert len(tables) > 20
    for (table,) in tables:
        with intruder.connection(hospital.nora) as connection, connection.cursor() as cursor:
            columns = ", ".join(
                name
                for (name,) in admin.execute(
                    "SELECT column_name FROM information_schema.column_privileges"
                    " WHERE grantee = 'ward_client' AND privilege_type = 'INSERT'"
                    " AND table_schema || '.' || table_name = %s",
                    (table,),
                )
            )
            with pytest.raises(psycopg.Error) as refused:  # noqa: SIM117 - the copy is what fails
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN"):
                    pass
            assert refused.value.sqlstate in {"0A000", REFUSED}, table


# --- EXPLAIN and errors ---


@pytest.mark.parametrize(
    "options", ["ANALYZE, VERBOSE, BUFFERS", "VERBOSE, SETTINGS", "ANALYZE, FORMAT JSON"]
)
def test_that_a_plan_tells_no_value_of_another_ward(hospital, intruder, admin, options):
    admin.execute("ANALYZE")
    for statement in (
        "SELECT * FROM patient.patients WHERE family_name > 'A'",
        "SELECT * FROM patient.allergies ORDER BY substance",
        f"SELECT * FROM report.vital_signs WHERE admission_id = '{hospital.theirs}'",
        "SELECT * FROM report.ward_board(auth.ward_ids())",
    ):
        rows = intruder.rows(f"EXPLAIN ({options}) {statement}", token=hospital.nora)
        hidden(str(rows))


def test_that_no_error_speaks_of_what_is_out_of_reach(hospital, intruder):
    """A cast, a division and a function that shouts, on every row there is."""
    for statement in (
        "SELECT family_name::int FROM patient.patients",
        "SELECT (family_name || given_name)::date FROM patient.patients ORDER BY 1",
        "SELECT 1 / (CASE WHEN family_name = 'Quagmire' THEN 0 ELSE 1 END) FROM patient.patients",
        "SELECT * FROM patient.patients WHERE family_name::uuid IS NOT NULL",
        "SELECT note::int FROM report.vital_signs",
        "SELECT substance::int FROM patient.allergies",
        "SELECT xmlparse(document family_name) FROM patient.patients",
        "SELECT to_tsquery(family_name || ' &') FROM patient.patients",
        "SELECT set_config('ward.' || family_name, 'x', true) FROM patient.patients",
    ):
        with intruder.connection(hospital.nora) as connection:
            told = []
            connection.add_notice_handler(lambda notice, told=told: told.append(str(notice)))
            try:
                told.append(str(connection.execute(statement).fetchall()))
            except psycopg.Error as error:
                told.append(f"{error} {error.diag.message_detail} {error.diag.context}")
            hidden(" ".join(told))
    blind = (
        "SELECT 1 / (CASE WHEN family_name = 'Quagmire' THEN 0 ELSE 1 END) FROM patient.patients"
    )
    assert intruder.rows(blind, token=hospital.nora) == [(1,)]


def test_that_a_key_that_is_taken_is_told_without_what_it_belongs_to(hospital, intruder):
    """That an id of 122 random bits exists is all that can be found out."""
    for statement, values in (
        (
            (
                "INSERT INTO patient.allergies (id, patient_id, substance, status, occurred_at)"
                " VALUES (%s, %s, 'Latex', 'active', now())"
            ),
            (hospital.their_allergy, hospital.my_patient),
        ),
        (
            (
                f"INSERT INTO report.vital_signs (id, admission_id, occurred_at, {SCORED[0]})"
                f" VALUES (%s, %s, now(), {SCORED[1]})"
            ),
            (hospital.their_set, hospital.mine),
        ),
        (
            (
                "INSERT INTO patient.allergies (id, patient_id, substance, status, occurred_at,"
                " supersedes_id) VALUES (%s, %s, 'Latex', 'active', now(), %s)"
            ),
            (new_id(), hospital.my_patient, hospital.their_allergy),
        ),
    ):
        with intruder.connection(hospital.nora) as connection:
            with pytest.raises(psycopg.Error) as refused:
                connection.execute(statement, values)
            diag = refused.value.diag
            hidden(f"{refused.value} {diag.message_detail} {diag.message_hint} {diag.context}")


def test_that_no_statistics_tell_of_values(hospital, intruder, admin):
    admin.execute(
        "CREATE STATISTICS patient.pairs ON family_name, given_name FROM patient.patients"
    )
    admin.execute("ANALYZE patient.patients")
    for view in ("pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"):
        text = str(intruder.rows(f"SELECT s::text FROM {view} s", token=hospital.nora))
        hidden(text)
    for table in ("pg_statistic", "pg_statistic_ext_data"):
        intruder.assert_refused(f"SELECT * FROM {table}", token=hospital.nora)


def test_that_activity_of_others_shows_no_statement_and_no_address(hospital, intruder, at_beta):
    with at_beta.connection(hospital.wes) as other:
        other.execute("SELECT 'Quagmire'")
        rows = intruder.rows(
            "SELECT query, client_addr, application_name FROM pg_stat_activity"
            " WHERE usename = 'ws_beta'"
        )
    assert rows
    hidden(str(rows))


# --- the same work for a name that does not exist ---

CRYPT_CALLS = """
SELECT coalesce(sum(calls), 0)::int FROM pg_stat_xact_user_functions WHERE funcname = 'crypt'
"""


@pytest.mark.parametrize(
    "attempts",
    [
        [("sign_in_v2", "nora", "wrong"), ("sign_in_v2", "nobody", "wrong")],
        [("sign_in_with_badge", "04A1B2C3D4", "111111"), ("sign_in_with_badge", "none", "1")],
    ],
    ids=["password", "badge"],
)
def test_that_a_known_name_costs_the_same_work_as_an_unknown_one(
    hospital, intruder, admin, attempts
):
    """Counted, not timed: one comparison each, at the same cost of 12."""
    admin.execute(
        "UPDATE public.users SET password_hash = auth.password_hash('right') WHERE login = 'nora'"
    )
    admin.execute(
        "INSERT INTO public.badges (id, user_id, badge_hash)"
        " VALUES (gen_random_uuid(), %s, auth.badge_hash('04A1B2C3D4'))",
        (world.id_of("nora"),),
    )
    admin.execute(
        "INSERT INTO public.pins (id, user_id, pin_hash)"
        " VALUES (gen_random_uuid(), %s, auth.password_hash('582047'))",
        (world.id_of("nora"),),
    )
    admin.execute(f"ALTER DATABASE {admin.info.dbname} SET track_functions = 'all'")
    answers, calls = [], []
    for function, who, secret in attempts:
        with intruder.connection() as connection:
            answers.append(
                connection.execute(f"SELECT auth.{function}(%s, %s)", (who, secret)).fetchone()
            )
            calls.append(connection.execute(CRYPT_CALLS).fetchone()[0])
    assert answers[0] == answers[1]
    assert calls == [1, 1]
    code = admin.execute(
        "SELECT prosrc FROM pg_proc WHERE proname = %s", (attempts[0][0],)
    ).fetchone()[0]
    assert "gen_salt('bf', 12)" in code
