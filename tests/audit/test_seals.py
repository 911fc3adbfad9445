"""Sealing and verifying: whoever may change everything in the database still leaves a trace."""

from __future__ import annotations

import psycopg
import pytest

from tests.steps import admit
from ward_app.audit.rules import BEGINNING
from ward_app.audit.service import open_directory
from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.operations.audit_seals import (
    LOGS,
    as_definer,
    begin_era,
    head,
    seal,
    sealing,
    seals,
)
from ward_app.operations.audit_verify import verify

OPEN = "SET session_replication_role = replica"
COPY = "INSERT INTO audit.change_logs ({0}) OVERRIDING SYSTEM VALUE SELECT {0} FROM kept"


@pytest.fixture
def make_seal(here, passed):
    """Seal, once no transaction of another test holds the horizon back."""

    def make():
        passed()
        return here(seal)

    return make


@pytest.fixture
def problems(here):
    return lambda: here(verify).problems


@pytest.fixture
def patients(database, nurse):
    """Return what admits somebody to a bed: a few rows in the log of changes."""
    return lambda label: admit(database, nurse, f"Okafor {label}", label=label)


@pytest.fixture
def sealed(make_seal, database, nurse, patients):
    """Three seals with something in each log."""
    database.run(nurse, open_directory)
    for label in "123":
        patients(label)
        make_seal()


@pytest.fixture
def superuser(admin):
    """Who may do anything, with every trigger out of the way."""
    admin.execute(OPEN)
    return admin


def test_that_a_seal_covers_every_row_and_all_is_well(
    sealed, make_seal, problems, here, admin_dsn, database_name
):
    """[U08]"""
    assert make_seal() is None
    assert problems() == ()
    how_far = []
    found = here(verify, report=lambda read, of: how_far.append((read, of)))
    assert found.head.k == 3
    assert found.rows > 10
    assert (len(how_far), how_far[-1]) == (3, (found.rows, found.rows))
    assert found.unsealed == 0
    with sealing(admin_dsn, database_name) as connection:
        as_definer(connection)
        chain = seals(connection)
    assert [each.k for each in chain] == [1, 2, 3]
    assert chain[0].previous == BEGINNING
    assert chain[2].previous == chain[1].hash
    assert chain[0].logins == 1
    assert all(each.changes for each in chain)


def test_that_nothing_sealed_is_no_problem(here):
    found = here(verify)
    assert found.head is None
    assert found.problems == ()
    assert found.unsealed > 0


@pytest.mark.parametrize("log", LOGS)
def test_that_a_deleted_row_is_reported(sealed, superuser, problems, log):
    """[U08]"""
    gone = f"DELETE FROM audit.{log} WHERE id = (SELECT min(id) FROM audit.{log})"
    assert superuser.execute(gone).rowcount == 1
    [problem] = problems()
    assert problem.startswith("Seal 1 (")
    assert "1 of" in problem
    assert problem.endswith("were deleted.")


EDITS = {
    "change_logs": "after = '{}'",
    "access_logs": "reason = 'because'",
    "login_history": "succeeded = false",
}


@pytest.mark.parametrize("log", LOGS)
def test_that_an_edited_row_is_reported(sealed, superuser, problems, log):
    """[U08]"""
    edit = f"UPDATE audit.{log} SET {EDITS[log]} WHERE id = (SELECT max(id) FROM audit.{log})"
    superuser.execute(edit)
    [problem] = problems()
    assert problem.endswith(": rows were edited or put in another order.")


def test_that_every_column_of_a_log_is_sealed(admin):
    """A new column needs another format, or it could be edited unseen."""
    found = {}
    for table, column in admin.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'audit' AND table_name = ANY (%s)",
        (list(LOGS),),
    ):
        found.setdefault(table, set()).add(column)
    assert found == {log: set(columns) for log, columns in LOGS.items()}


@pytest.mark.parametrize("log", LOGS)
def test_that_a_truncated_log_is_reported(sealed, superuser, problems, log):
    """[U08]"""
    superuser.execute(f"TRUNCATE audit.{log}")
    assert any("were deleted" in problem for problem in problems())


def test_that_rows_put_in_another_order_are_reported(sealed, superuser, problems):
    """[U08]"""
    first, second = (
        row[0]
        for row in superuser.execute("SELECT id FROM audit.change_logs ORDER BY id DESC LIMIT 2")
    )
    superuser.execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM audit.change_logs"
                      " WHERE id IN (%s, %s)", (first, second))  # fmt: skip
    superuser.execute("DELETE FROM audit.change_logs WHERE id IN (%s, %s)", (first, second))
    superuser.execute("UPDATE kept SET id = %s + %s - id", (first, second))
    superuser.execute(COPY.format(", ".join(LOGS["change_logs"])))
    [problem] = problems()
    assert problem.endswith(": rows were edited or put in another order.")


@pytest.mark.parametrize("at", ["at", "at - interval '3 years'", "at + interval '3 years'"])
def test_that_a_row_added_to_what_is_sealed_is_reported(sealed, superuser, problems, at):
    """[U08] [X10] Whatever its time says: rows are counted by transaction, in every month."""
    superuser.execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM audit.change_logs"
                      " ORDER BY id LIMIT 1")  # fmt: skip
    superuser.execute(f"UPDATE kept SET id = 900000, at = {at}")
    superuser.execute(COPY.format(", ".join(LOGS["change_logs"])))
    [problem] = problems()
    assert "1 changes were added" in problem


@pytest.mark.parametrize(("gone", "told"), [
    ("k = 2", "Seal 2 is missing."),
    ("k = 1", "Seal 1 is missing."),
    ("k < 3", "Seals 1 to 2 are missing."),
])  # fmt: skip
def test_that_a_dropped_seal_is_reported(sealed, superuser, problems, gone, told):
    """[U08]"""
    superuser.execute(f"DELETE FROM audit.seals WHERE {gone}")
    assert told in problems()


def test_that_an_edited_seal_is_reported(sealed, superuser, problems):
    """[U08]"""
    superuser.execute("UPDATE audit.seals SET changes = changes - 1 WHERE k = 2")
    assert "Seal 2 was changed." in problems()


def test_that_a_seal_of_other_bounds_is_reported(sealed, superuser, problems):
    """[U08]"""
    superuser.execute("UPDATE audit.seals SET from_xact = from_xact - 1 WHERE k = 3")
    assert "Seal 3 does not begin where the seal before it ended." in problems()


def test_that_a_late_commit_waits_for_its_seal(admin, here, make_seal, problems, patients):
    """[U08] A lower id that commits later is held back until its horizon passes."""
    with psycopg.connect(admin.info.dsn) as late:
        late.execute("UPDATE room.wards SET specialty = 'Late' WHERE code = 'east'")
        number = late.execute("SELECT max(id) FROM audit.change_logs").fetchone()[0]
        patients("1")
        higher = admin.execute("SELECT max(id) FROM audit.change_logs").fetchone()[0]
        assert higher > number
        first = here(seal)
        held_back = admin.execute(
            "SELECT count(*) FROM audit.change_logs WHERE xact >= %s", (first.until_xact,)
        )
        assert held_back.fetchone()[0] > 0
    second = make_seal()
    assert second.from_xact == first.until_xact
    within = "SELECT xact >= %s AND xact < %s FROM audit.change_logs WHERE id = ANY (%s)"
    bounds = (second.from_xact, second.until_xact, [number, higher])
    assert admin.execute(within, bounds).fetchall() == [(True,), (True,)]
    assert problems() == ()


def test_that_nobody_but_a_superuser_changes_a_seal(sealed, admin_dsn):
    for role in ("ward_client", "ward_loader", "ward_definer", "ward_backup", "ward_owner"):
        for attack in ("DELETE FROM audit.seals", "UPDATE audit.seals SET k = 9",
                       "TRUNCATE audit.seals"):  # fmt: skip
            with (
                psycopg.connect(admin_dsn, options=f"-c role={role}", autocommit=True) as guest,
                pytest.raises((psycopg.errors.InsufficientPrivilege,
                               psycopg.errors.RestrictViolation)),
            ):  # fmt: skip
                guest.execute(attack)


def test_that_a_restored_database_is_not_sealed_until_its_era_begins(
    sealed, superuser, make_seal, problems, here, patients
):
    """[U08] Transaction numbers begin anew elsewhere: fail closed."""
    superuser.execute("UPDATE audit.eras SET system_identifier = '1'")
    patients("4")
    with pytest.raises(ConfigurationError, match="was restored"):
        make_seal()
    with pytest.raises(RuleBrokenError, match="Say why"):
        here(begin_era, " ")
    assert here(begin_era, "restored for a test") == 2
    patients("9")
    made = make_seal()
    assert (made.k, made.era, made.from_xact) == (5, 2, 0)
    assert problems() == ()
    with pytest.raises(RuleBrokenError, match="was not restored"):
        here(begin_era, "again")


def test_that_numbers_that_run_behind_the_rows_are_a_restore_too(sealed, superuser, make_seal):
    superuser.execute("UPDATE audit.login_history SET xact = xact + 1000000000")
    with pytest.raises(ConfigurationError, match="was restored"):
        make_seal()


def test_that_a_row_of_no_era_is_reported(sealed, superuser, problems):
    superuser.execute("UPDATE audit.change_logs SET era = 7 WHERE id = (SELECT max(id) FROM"
                      " audit.change_logs)")  # fmt: skip
    assert "1 rows carry transaction numbers that no seal can cover." in problems()


def test_that_the_head_is_the_newest_seal(sealed, admin_dsn, database_name):
    with sealing(admin_dsn, database_name) as connection:
        as_definer(connection)
        assert head(connection).k == 3
