"""A restore brings back the moment of the dump, row by row, and harms nothing on the way."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from tests import steps
from ward_app.core.environment import Environment
from ward_app.core.errors import ConflictError, RuleBrokenError, SignInRequiredError
from ward_app.operations import audit_verify
from ward_app.operations.backup.create import Job as BackupJob
from ward_app.operations.backup.manifest import Purpose
from ward_app.operations.recovery import databases
from ward_app.operations.recovery.rollback import discard, rollback

# what a restore itself adds to or ends
_CHANGED = ("audit.eras", "audit.seals", "audit.change_logs", "public.sessions")


def contents(hospital):
    """Return a digest of every row of every table."""
    found = {}
    with psycopg.connect(hospital.dsn) as admin:
        tables = admin.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema'"
        ).fetchall()
        for schema, name in tables:
            digest = sql.SQL("SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
                             " FROM ONLY {} t").format(sql.Identifier(schema, name))  # fmt: skip
            found[f"{schema}.{name}"] = admin.execute(digest).fetchone()[0]
    return found


def test_that_the_seven_steps_bring_back_the_moment_of_the_dump(hospital):
    """[O02] [O03] [O04] [O05] [O06] [O07] [O13] Everybody is cut off, and signs in again."""
    made = hospital.backup()
    before = contents(hospital)
    station = hospital.station()
    nurse = hospital.enter(station)
    hospital.admit(station, nurse, "Later", label="2")
    asked = []

    def confirm(question):
        asked.append(question)
        return hospital.name

    saving = BackupJob(
        dsn=hospital.dsn, folder=hospital.folder, secret=None, purpose=Purpose.BEFORE_RESTORE
    )
    done, said = hospital.restore(made.id, test=True, backup=saving, confirm=confirm)
    assert hospital.patients() == ["Okafor"]
    after = contents(hospital)
    changed = [name for name in before if before[name] != after[name]]
    # parts of a log, by month, begin as it does
    assert [name for name in changed if not name.startswith(_CHANGED)] == []
    assert before.keys() == after.keys()
    assert made.id in asked[0]
    assert [line[:2] for line in said if line[2] == " "] == [
        "R1", "R2", "R2", "R3", "R3", "R4", "R5", "R6", "R7", "R7",
    ]  # fmt: skip
    assert hospital.patients(at=done.put_aside) == ["Later", "Okafor"]
    assert done.backup.exists()
    assert hospital.databases() == [hospital.name, done.put_aside]
    assert done.era == hospital.ask("SELECT max(era) FROM audit.eras")[0][0]
    assert audit_verify.verify(hospital.dsn, database=hospital.name).problems == ()
    assert hospital.ask("SELECT count(*) FROM public.sessions WHERE ended_at IS NULL") == [(0,)]
    assert "R6" in done.log.read_text()
    # the station heals its connections by itself, and its nurse is asked to sign in
    with pytest.raises(SignInRequiredError):
        steps.board_of(station, nurse)
    assert steps.board_of(station, hospital.enter(station))


def test_that_a_restore_can_be_taken_back(hospital):
    """[O12] Both databases are kept; the one of before is as it was."""
    made = hospital.backup()
    station = hospital.station()
    hospital.admit(station, hospital.enter(station), "Later", label="2")
    hospital.restore(made.id)
    with pytest.raises(RuleBrokenError, match="Nothing was changed"):
        rollback(hospital.dsn, hospital.name, lambda _question: "yes")
    assert hospital.patients() == ["Okafor"]
    done = rollback(hospital.dsn, hospital.name, lambda _question: hospital.name)
    assert hospital.patients() == ["Later", "Okafor"]
    assert hospital.patients(at=done.put_aside) == ["Okafor"]
    assert audit_verify.verify(hospital.dsn, database=hospital.name).problems == ()
    with pytest.raises(RuleBrokenError, match="no database of before"):
        rollback(hospital.dsn, hospital.name, None)
    with pytest.raises(RuleBrokenError, match="none that a restore kept"):
        discard(hospital.dsn, hospital.name, hospital.name, None)
    discard(hospital.dsn, hospital.name, done.put_aside, lambda _question: done.put_aside)
    assert hospital.databases() == [hospital.name]


def test_that_another_name_typed_changes_nothing(hospital):
    """[O05]"""
    made = hospital.backup()
    with pytest.raises(RuleBrokenError, match="Nothing was changed"):
        hospital.restore(made.id, confirm=lambda _question: "ward")
    assert hospital.databases() == [hospital.name]
    assert hospital.ask("SELECT max(era) FROM audit.eras") == [(1,)]


def test_that_a_server_without_the_database_gets_it(hospital):
    """[O13] A new server: nothing to save, nothing to put aside."""
    made = hospital.backup()
    hospital.ask(f"DROP DATABASE {hospital.name}", at="postgres")
    done, said = hospital.restore(made.id)
    assert (done.put_aside, done.backup) == (None, None)
    assert "There is no database yet, so none is saved." in " ".join(said)
    assert hospital.patients() == ["Okafor"]


def test_that_only_one_person_restores_at_a_time(hospital):
    made = hospital.backup()
    with (
        databases.restoring(hospital.dsn, hospital.name),
        pytest.raises(ConflictError, match="else restores"),
    ):
        hospital.restore(made.id)


def test_that_a_swap_is_both_renames_or_neither(hospital):
    with pytest.raises(psycopg.errors.InvalidCatalogName):
        databases.swap(
            hospital.dsn, live=hospital.name, new="ward_is_not_there", put_aside="ward_aside"
        )
    assert hospital.patients() == ["Okafor"]


def test_that_a_copy_of_production_says_that_it_is_for_staging(hospital):
    """[C21]"""
    named = "SELECT environment FROM public.installation"
    hospital.ask("UPDATE public.installation SET environment = 'production'")
    made = hospital.backup()
    said = hospital.restore(made.id, environment=Environment.STAGING)[1]
    assert hospital.ask(named) == [("staging",)]
    assert any("says now that it is for staging" in words for words in said)
    hospital.restore(made.id)
    assert hospital.ask(named) == [("production",)]
