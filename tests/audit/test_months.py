"""The logs by month: as guarded as ever, nothing lost, made ahead, dropped when over and empty."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import psycopg
import pytest

from tests.commands import said_by
from tests.steps import admit, open_first
from ward_app.audit.service import open_directory
from ward_app.cli.maintenance import app as maintenance
from ward_app.cli.migrate import app as migrations
from ward_app.core.errors import ConfigurationError, ConflictError
from ward_app.operations import log_months
from ward_app.operations.audit_guard import install_guard
from ward_app.operations.audit_seals import LOGS, seal
from ward_app.operations.audit_verify import verify
from ward_app.operations.findings import Level
from ward_app.operations.migrate import downgrade, upgrade

BEFORE = "0055"
BY_MONTH = ("change_logs", "access_logs")
PARTS = """
SELECT i.inhparent::regclass::text, c.oid::regclass::text,
    c.relrowsecurity AND c.relforcerowsecurity, c.relowner::regrole::text, c.relacl::text,
    ARRAY(SELECT t.tgname::text FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgenabled = 'O'
          ORDER BY 1)
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relkind = 'r' ORDER BY 2
"""
TRIGGERS = {"audit.change_logs": ["append_only"], "audit.access_logs": ["append_only", "place"]}
# far from any month there is, whenever this runs
LATER = "date_trunc('month', now(), 'UTC') + interval '6 months'"
ADD = f"""
INSERT INTO audit.change_logs (at, xact, schema_name, table_name, action, database_role)
VALUES ({LATER}, pg_current_xact_id()::text::bigint, 'public', 'users', 'UPDATE', 'x') RETURNING id
"""
WHERE = "SELECT tableoid::regclass::text FROM audit.change_logs WHERE id = %s"


@pytest.fixture
def sealed(here, passed, database, nurse):
    """Something in each log, and a seal over it."""
    database.run(nurse, open_directory)
    admit(database, nurse, "Okafor")
    open_first(database, nurse)
    passed()
    return here(seal)


def rows_of(admin):
    return [admin.execute(f"SELECT count(*), max(id) FROM audit.{log}").fetchone() for log in LOGS]


def guarded_parts(admin):
    """Return the parts, after it was looked at that each is as guarded as its log."""
    parts = admin.execute(PARTS).fetchall()
    for log, part, is_forced, owner, granted, triggers in parts:
        assert (is_forced, owner, triggers) == (True, "ward_owner", TRIGGERS[log]), part
        assert "ward_definer=r/ward_owner" in granted, part
        assert granted.count("=") == 2, part
    return {part for _, part, *_ in parts}


def drop_the_months_of_changes(admin):
    """Take away what was made ahead; that of openings is in use by whoever asks for a chart."""
    for part in guarded_parts(admin):
        if part.startswith("audit.change_logs_20"):
            admin.execute(f"DROP TABLE {part}")


def test_that_seals_hold_down_and_up_again_and_no_row_is_lost(
    sealed, here, admin, admin_dsn, database, database_name
):
    """[X10] [M13] Also while the guard writes what is done to the logs themselves."""
    database.close()
    install_guard(admin_dsn, database=database_name)
    kept = rows_of(admin)
    for move, to in ((downgrade, BEFORE), (upgrade, "head"), (downgrade, BEFORE)):
        move(admin_dsn, to)
        found = here(verify)
        assert found.problems == ()
        assert found.rows == sealed.rows
        now = rows_of(admin)
        assert all(new >= old for new, old in zip(now, kept, strict=True))
        kept = now
        for log in BY_MONTH:
            with pytest.raises(psycopg.errors.RestrictViolation):
                admin.execute(f"DELETE FROM audit.{log}")
    upgrade(admin_dsn)
    guarded_parts(admin)


def test_that_parts_made_now_and_later_are_as_guarded_as_their_log(here, admin):
    """[X10] Three months ahead, and the rest."""
    parts = guarded_parts(admin)
    assert {f"audit.{log}_rest" for log in BY_MONTH} <= parts
    assert here(log_months.add_months, ahead=3) == ()
    made = here(log_months.add_months, ahead=5)
    assert len(made) == 4
    assert guarded_parts(admin) == parts | {f"audit.{name}" for name in made}
    for part in guarded_parts(admin):
        for change in ("UPDATE {} SET xact = 1", "DELETE FROM {}", "TRUNCATE {}"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                admin.execute(change.format(part))


@pytest.mark.parametrize("role", ["ws_alpha", "ward_definer", "ward_loader", "ward_readonly"])
def test_that_nobody_but_the_owner_writes_a_part_or_takes_one_away(admin_dsn, role):
    """[X10] Who may not read a log may not read its parts."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(f"SET SESSION AUTHORIZATION {role}")
        for attempt in (
            *(
                ["SELECT * FROM audit.change_logs_before", "SELECT * FROM audit.recent_openings"]
                if role != "ward_definer"
                else []
            ),
            "INSERT INTO audit.access_logs_rest SELECT * FROM audit.access_logs_rest",
            "ALTER TABLE audit.change_logs DETACH PARTITION audit.change_logs_before",
            "ALTER TABLE audit.change_logs_before DISABLE TRIGGER append_only",
            "DROP TABLE audit.change_logs_rest",
            "SELECT audit.add_months(4)",
            "SELECT audit.add_part('change_logs', 'mine', now(), now() + interval '1 day')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attempt)


def test_that_what_comes_for_no_month_is_kept_told_and_moved(here, admin, passed):
    """[X10] [D11] The rest is the alarm; the seals hold across the move."""
    for log in ("access_logs", "change_logs"):
        admin.execute(f"ALTER TABLE audit.{log}_rest ENABLE TRIGGER append_only")
    [finding] = log_months.look(admin)
    assert (finding.level, finding.says) == (Level.GOOD, "3 are made ahead.")
    number = admin.execute(ADD).fetchone()[0]
    assert admin.execute(WHERE, (number,)).fetchone() == ("audit.change_logs_rest",)
    passed()
    here(seal)
    [finding] = log_months.look(admin)
    assert (finding.level, finding.code) == (Level.WARNING, "WDB-306")
    assert finding.says == "1 row of change_logs came for a month that was not made."
    with pytest.raises(psycopg.errors.RestrictViolation):
        admin.execute("DELETE FROM audit.change_logs_rest")
    assert len(here(log_months.add_months, ahead=6)) == 6
    month = admin.execute(f"SELECT to_char(({LATER}) AT TIME ZONE 'UTC', 'YYYY_MM')").fetchone()[0]
    assert admin.execute(WHERE, (number,)).fetchone() == (f"audit.change_logs_{month}",)
    assert here(verify).problems == ()
    guarded_parts(admin)
    assert [one.level for one in log_months.look(admin)] == [Level.GOOD]


def test_that_a_month_that_was_not_made_is_told(admin):
    """[X10]"""
    drop_the_months_of_changes(admin)
    levels = {(one.level, one.code) for one in log_months.look(admin)}
    assert levels == {(Level.WARNING, "WDB-306")}


def test_that_migrating_makes_the_months(admin, admin_dsn):
    """[X10]"""
    parts = guarded_parts(admin)
    drop_the_months_of_changes(admin)
    assert "Nothing to do." in said_by(migrations, admin_dsn, "run")
    assert guarded_parts(admin) == parts


def test_that_only_a_month_that_is_over_and_empty_is_dropped(sealed, here, admin, monkeypatch):
    """[X10] [U09] What holds a row stays, whatever its age."""
    parts = guarded_parts(admin)
    assert here(log_months.drop_emptied) == ()
    ahead = datetime.now(UTC).replace(year=datetime.now(UTC).year + 1)
    monkeypatch.setattr(log_months, "_LOGS", ("change_logs",))
    monkeypatch.setattr(log_months, "retention", lambda *_, **__: SimpleNamespace(before=ahead))
    dropped = here(log_months.drop_emptied)
    gone = {part for part in parts if part.startswith("audit.change_logs_20")}
    assert {f"audit.{name}" for name in dropped} == gone
    assert guarded_parts(admin) == parts - gone
    assert here(verify).problems == ()


def test_that_a_log_in_use_is_left_alone(here, admin_dsn, monkeypatch):
    monkeypatch.setattr(log_months, "PATIENCE", "1ms")
    with psycopg.connect(admin_dsn) as busy:
        busy.execute("LOCK TABLE audit.change_logs IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(ConflictError, match="no month was made or dropped"):
            here(log_months.add_months, ahead=7)


def test_that_a_clock_that_is_years_ahead_makes_no_months(here, admin):
    parts = guarded_parts(admin)
    with pytest.raises(ConfigurationError, match="clock of the server"):
        here(log_months.add_months, ahead=40)
    assert guarded_parts(admin) == parts


def test_that_many_sets_are_told(admin, monkeypatch):
    """Where keeping the charts by year would begin to pay: docs/adr/partitions.md."""
    monkeypatch.setattr(log_months, "MANY_SETS", -1)
    assert "Size of the charts" in {one.about for one in log_months.look(admin)}


def test_that_a_chart_is_unlocked_in_the_months_of_now(here, admin):
    """[X10] [T27] A month that is over is not looked into, and one that was just made is."""
    shown = "SELECT pg_get_viewdef('audit.recent_openings'::regclass)"
    before = admin.execute(shown).fetchone()[0]
    names = {part for part in guarded_parts(admin) if "access_logs" in part}
    assert {name for name in names if f"FROM {name}" in before} == names
    admin.execute("SET ROLE ward_owner")
    admin.execute("ALTER TABLE audit.access_logs DETACH PARTITION audit.access_logs_before")
    admin.execute(
        "ALTER TABLE audit.access_logs ATTACH PARTITION audit.access_logs_before"
        " FOR VALUES FROM (MINVALUE) TO ('2020-01-01')"
    )
    admin.execute("SELECT audit.add_months(4)")
    after = admin.execute(shown).fetchone()[0]
    assert "access_logs_before" not in after
    assert after.count("UNION ALL") == before.count("UNION ALL")


def test_that_the_command_says_what_it_made(admin, admin_dsn):
    assert said_by(maintenance, admin_dsn, "partitions") == "Nothing to do.\n"
    made = said_by(maintenance, admin_dsn, "partitions", "--ahead", "4").splitlines()
    assert [line.split("_20")[0] for line in made] == ["made  change_logs", "made  access_logs"]
    told = json.loads(said_by(maintenance, admin_dsn, "partitions", "--json"))
    assert told == {"made": [], "dropped": []}
