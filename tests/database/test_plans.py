"""The questions the program asks all day, on tables of tens of thousands of rows."""

from __future__ import annotations

import re
from contextlib import contextmanager

import psycopg
import pytest

from tests import world
from tests.resilience.test_lost_answers import COMMANDS, Ward
from tests.steps import a_person
from ward_app.admissions.queries import recently_discharged, stay_history
from ward_app.audit.service import open_chart, open_directory, open_reachable_charts
from ward_app.board.queries import hospital_board, ward_board
from ward_app.observations.queries import observation_chart
from ward_app.observations.ward_charting import last_sets
from ward_app.patients.alert_queries import allergies, patient_flags
from ward_app.patients.queries import possible_duplicates, search_patients
from ward_app.rooms.bed_queries import bed_choices
from ward_app.rooms.queries import wards

ROWS = 20_000
BIG = {"patients", "admissions", "bed_stays", "vital_signs", "access_logs", "allergies",
       "patient_flags"}  # fmt: skip
EAST = world.id_of("east")

# Patients of years past with a stay each, charted twice; as replica, so that no trigger runs.
FILL = """
SET session_replication_role = replica;
INSERT INTO patient.patients (id, facility_id, mrn, family_name, given_name, sex, born_on)
SELECT md5('p' || n)::uuid, %(facility)s, lpad(n::text, 10, '0'), md5('f' || n), md5('g' || n),
    'female', date '1930-01-01' + n %% 25000 FROM generate_series(1, %(rows)s) n;
INSERT INTO patient.allergies (id, patient_id, substance, status, occurred_at)
SELECT md5('a' || n)::uuid, md5('p' || n)::uuid, 'Latex', 'active', '2020-01-01'
FROM generate_series(1, %(rows)s) n;
INSERT INTO patient.patient_flags (id, patient_id, kind, active, occurred_at)
SELECT md5('l' || n)::uuid, md5('p' || n)::uuid, 'falls', true, '2020-01-01'
FROM generate_series(1, %(rows)s) n;
INSERT INTO admission.admissions (id, facility_id, patient_id, source, admitted_at, discharged_at)
SELECT md5('s' || n)::uuid, %(facility)s, md5('p' || n)::uuid, 'home',
    timestamptz '2020-01-01' + n * interval '1 hour',
    timestamptz '2020-01-03' + n * interval '1 hour'
FROM generate_series(1, %(rows)s) n;
INSERT INTO admission.bed_stays (id, admission_id, patient_id, ward_id, during, ward_arrived_at,
    share_group)
SELECT md5('b' || n)::uuid, md5('s' || n)::uuid, md5('p' || n)::uuid, %(ward)s,
    tstzrange(timestamptz '2020-01-01' + n * interval '1 hour',
              timestamptz '2020-01-03' + n * interval '1 hour'),
    timestamptz '2020-01-01' + n * interval '1 hour', md5('b' || n)::uuid
FROM generate_series(1, %(rows)s) n;
INSERT INTO report.vital_signs (id, admission_id, patient_id, ward_id, occurred_at, score_total,
    risk, interval_minutes, next_due_at)
SELECT md5(k || 'v' || n)::uuid, md5('s' || n)::uuid, md5('p' || n)::uuid, %(ward)s,
    timestamptz '2020-01-01' + n * interval '1 hour' + k * interval '4 hours', 1, 'low', 240,
    timestamptz '2020-01-01' + n * interval '1 hour' + k * interval '8 hours'
FROM generate_series(1, %(rows)s) n, generate_series(1, 2) k;
INSERT INTO audit.access_logs (at, xact, user_id, session_id, workstation, patient_id, kind,
    valid_until)
SELECT timestamptz '2020-01-01' + n * interval '1 hour', 1, %(nurse)s, md5('x' || n)::uuid,
    'ws_alpha', md5('p' || n)::uuid, 'ward', '2020-01-01'
FROM generate_series(1, %(rows)s) n;
SET session_replication_role = origin;
ANALYZE;
"""

# What a screen asks, each as (function of the transaction, arguments).
QUESTIONS = {
    "board": lambda _ward: (ward_board, (EAST,)),
    "hospital": lambda _ward: (hospital_board,),
    "wards": lambda _ward: (wards,),
    "beds": lambda ward: (bed_choices, ward.one, None),
    "search by name": lambda _ward: (search_patients, "newcom"),
    "search by two names": lambda _ward: (search_patients, "newcomer ada"),
    "search by birth": lambda _ward: (search_patients, "3/4/1948"),
    "search by number": lambda _ward: (search_patients, "0000000018"),
    "duplicates": lambda _ward: (possible_duplicates, a_person("Newcomer")),
    "open chart": lambda ward: (open_chart, ward.patient),
    "chart": lambda ward: (observation_chart, ward.one),
    "open a round": lambda ward: (open_reachable_charts, [ward.patient]),
    "last sets": lambda ward: (last_sets, [ward.one]),
    "allergies": lambda ward: (allergies, ward.patient),
    "flags": lambda ward: (patient_flags, ward.patient),
    "history": lambda ward: (stay_history, ward.moved),
    "left lately": lambda _ward: (recently_discharged, (EAST,)),
}


@pytest.fixture
def ward(database, nurse):
    ward = Ward(database, nurse)
    database.run(nurse, open_directory)
    return ward


class Watched:
    """A transaction whose plans, also those inside functions, are written down."""

    def __init__(self, connection, actor):
        self._connection = connection
        self.now = connection.execute("SELECT auth.prove(%s)", (actor.token,)).fetchone()[0]

    def require_any(self, permissions):
        """The plans are looked at of who may."""

    def known(self, _asked, read):
        """Return what was not known before: each is asked."""
        return read()

    def tuples(self, sql, params=()):
        return self._connection.execute(sql, params).fetchall()

    def rows(self, make, sql, params=()):
        return [make(*row) for row in self.tuples(sql, params)]

    def row(self, make, sql, params=()):
        return next(iter(self.rows(make, sql, params)), None)

    def value(self, sql, params=()):
        return next((row[0] for row in self.tuples(sql, params)), None)

    def execute(self, sql, params=()):
        return self._connection.execute(sql, params).rowcount


@contextmanager
def explained(admin_dsn, actor):
    """Yield a watched transaction of the workstation and the list of plans it comes to."""
    plans = []
    with psycopg.connect(admin_dsn) as connection:
        connection.execute("LOAD 'auto_explain'")
        for name, value in (("log_min_duration", "0"), ("log_nested_statements", "on"),
                            ("log_level", "notice")):  # fmt: skip
            connection.execute(f"SET auto_explain.{name} = '{value}'")
        connection.add_notice_handler(lambda notice: plans.append(notice.message_primary))
        connection.execute("SET SESSION AUTHORIZATION ws_alpha")
        yield Watched(connection, actor), plans
        connection.rollback()


def assert_no_big_table_was_read_through(plans):
    assert plans
    for plan in plans:
        read_through = set(re.findall(r"Seq Scan on (\w+)", plan))
        assert not read_through & BIG, plan


def test_that_nothing_reads_a_big_table_through(ward, nurse, admin, admin_dsn):
    """[T27] Questions and commands, with the functions behind them and their policies."""
    values = {
        "rows": ROWS,
        "facility": world.id_of("main"),
        "ward": EAST,
        "nurse": world.id_of("nora"),
    }
    psycopg.ClientCursor(admin).execute(FILL, values)
    for ask in (QUESTIONS | COMMANDS).values():
        work, *arguments = ask(ward)
        with explained(admin_dsn, nurse) as (transaction, plans):
            work(transaction, *arguments)
        assert_no_big_table_was_read_through(plans)


def test_that_no_statement_depends_on_the_search_path(database, nurse, admin, ward, connect):
    """[T09]"""
    admin.execute(f"ALTER DATABASE {admin.info.dbname} SET search_path = ''")
    anew = connect("ws_alpha")
    assert anew.run(None, lambda tx: tx.value("SHOW search_path")) == '""'
    for ask in (QUESTIONS | COMMANDS).values():
        work, *arguments = ask(ward)

        def tried(tx, work=work, arguments=tuple(arguments)):
            work(tx, *arguments)
            tx.execute("SELECT 1/0")  # undo: each finds the ward as it was

        with pytest.raises(psycopg.errors.DivisionByZero):
            anew.run(nurse, tried)


def test_that_signing_in_does_not_depend_on_the_search_path(admin, connect, signed_in):
    admin.execute(f"ALTER DATABASE {admin.info.dbname} SET search_path = ''")
    assert signed_in("nora", connect("ws_alpha")).login == "nora"
