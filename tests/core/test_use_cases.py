"""What a query, a change and a whole use case come to: rows, rights, repeats and the record."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import world
from tests.steps import a_person, admit, an_admission, leave, move, register
from ward_app.admissions.service import admit as admit_service
from ward_app.board.queries import ward_board
from ward_app.core.database import Actor
from ward_app.core.reading import reading
from ward_app.observations.queries import observation_chart
from ward_app.patients.service import register_patient
from ward_app.staff.service import sign_in

LOGGED = """
SELECT c.user_id, c.session_id = s.id, c.database_role, c.action, c.table_name, c.row_id
FROM audit.change_logs c, public.sessions s
WHERE c.table_name = 'patients' AND s.user_id = c.user_id ORDER BY c.id DESC LIMIT 1
"""
XACTS = "SELECT count(DISTINCT xact) FROM audit.change_logs WHERE id > %s"
LATEST = "SELECT max(id) FROM audit.change_logs"
STAYS = "SELECT id FROM admission.admissions"
EVERYTHING_OF_A_TABLE = re.compile(r"SELECT\s+(?:\w+\.)?\*\s+FROM\s+[a-z_]+\.[a-z_]+(?![a-z_]*\[)")


@dataclass(frozen=True)
class Kept:
    number: int
    doubled: int


def test_that_a_value_is_never_read_as_a_statement(database, nurse):
    """[Q01]"""
    value = "'); DELETE FROM patient.patients; --"
    rows = database.run(nurse, lambda tx: tx.tuples("SELECT %s::text, %s::int", (value, 1)))
    assert rows == [(value, 1)]


def test_that_what_was_inserted_is_answered(database, nurse, admin):
    """[Q03]"""
    admin.execute(
        "CREATE TABLE public.kept (n int, doubled int GENERATED ALWAYS AS (n * 2) STORED)"
    )
    admin.execute("GRANT INSERT, SELECT ON public.kept TO ward_client")
    insert = "INSERT INTO public.kept VALUES (%s) RETURNING n, doubled"
    assert database.run(nurse, lambda tx: tx.row(Kept, insert, (3,))) == Kept(3, 6)


def test_that_a_read_sees_the_own_ward_is_repeated_and_counted(database, nurse, connect, admin):
    """[Q06] On the replica: tests/resilience/server/test_replica_reads.py."""
    beta = connect("ws_beta")
    wes = Actor(beta.run(None, sign_in, "wes", world.PASSWORD).token)
    admit(beta, wes, "Quagmire", label="1", ward="west")
    own = admit(database, nurse, label="1")
    tries, before = [], database.metrics.total_queries

    def stays(tx):
        tries.append(tx.value("SELECT pg_backend_pid()"))
        if len(tries) == 1:
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", tries)
        return tx.tuples(STAYS)

    assert database.read(nurse, stays) == [(own,)]
    assert len(set(tries)) == 2
    assert database.metrics.total_queries - before >= 5


def test_that_a_change_is_on_record_as_the_session_has_it(database, nurse, admin):
    """[Q07] Whoever else the client says that it is, and whatever it says that it does.

    Action and resource of the record are those of the row that was written: no argument names
    them. On the primary alone: tests/resilience/server/test_replica_reads.py.
    """

    def pretend(tx):
        for claim in ("ward.user_id", "app.current_user_id", "ward.uid", "ward.action"):
            tx.execute("SELECT set_config(%s, %s, true)", (claim, str(world.id_of("both"))))
        return register_patient(tx, a_person())

    made = database.run(nurse, pretend)
    by_whom = (world.id_of("nora"), True, "ws_alpha")
    assert admin.execute(LOGGED).fetchone() == (*by_whom, "CREATE", "patients", made.id)


def test_that_admitting_moving_and_discharging_are_one_transaction_each(database, nurse, admin):
    """[Q17] Each: the step, the beds, the patient and the log of them all."""

    def transactions(work):
        [(before,)] = admin.execute(LATEST)
        work()
        [(number,)] = admin.execute(XACTS, (before,))
        return number

    wish = an_admission(register(database, nurse).id)
    assert transactions(lambda: database.run(nurse, admit_service, wish)) == 1
    assert transactions(lambda: move(database, nurse, wish.id, "2")) == 1
    assert transactions(lambda: leave(database, nurse, wish.id)) == 1


@pytest.mark.parametrize("query", [ward_board, observation_chart])
def test_that_what_a_nurse_acts_on_is_read_from_the_primary(query):
    """[R04]"""
    assert not reading(query, lambda: True, 30).may_lag


def test_that_no_list_reads_every_column_of_a_table():
    """[Q15] A function's columns are those that it was declared with."""
    found = [
        f"{file}: {text}"
        for file in sorted(Path("ward_app").rglob("*.py"))
        for text in _texts(file)
        if EVERYTHING_OF_A_TABLE.search(_outermost(text))
    ]
    assert found == []
    assert EVERYTHING_OF_A_TABLE.search(_outermost("SELECT p.* FROM patient.patients p"))


def _texts(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [node.value for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)]  # fmt: skip


def _outermost(statement):
    """Return the statement, whatever was in its brackets as []."""
    while (shorter := re.sub(r"\([^()]*\)", "[]", statement)) != statement:
        statement = shorter
    return statement
