"""`wardctl init` and `migrate run` install the audit guard, and say so where they may not."""

from psycopg.conninfo import make_conninfo

from ward_app.operations.audit_guard import is_guarded

NOW = "is on record from now on"
CHARTED = "SELECT count(*) FROM audit.change_logs WHERE after ->> 'ddl' LIKE '%append_only%'"


def test_that_init_installs_the_guard_and_leaves_one_that_is_on(wardctl, admin_dsn, admin):
    """[U08] What is done to a table after that is on record."""
    assert not is_guarded(admin)
    status, said, _ = wardctl("init", "--dsn", admin_dsn)
    assert (status, NOW in said) == (0, True)
    assert is_guarded(admin)
    status, said, _ = wardctl("init", "--dsn", admin_dsn)
    assert (status, NOW in said) == (0, False)
    before = admin.execute(CHARTED).fetchone()[0]
    admin.execute("ALTER TABLE audit.seals DISABLE TRIGGER append_only")
    admin.execute("DROP TRIGGER append_only ON audit.seals")
    assert admin.execute(CHARTED).fetchone()[0] > before


def test_that_a_guard_that_was_switched_off_is_switched_on(wardctl, admin_dsn, admin):
    wardctl("init", "--dsn", admin_dsn)
    admin.execute("ALTER EVENT TRIGGER ward_audit_changed DISABLE")
    assert NOW in wardctl("migrate", "run", "--dsn", admin_dsn)[1]
    assert is_guarded(admin)
    assert wardctl("migrate", "run", "--dsn", admin_dsn)[1] == "Nothing to do.\n"


def test_that_who_may_not_install_it_is_told_who_may(wardctl, admin_dsn, admin):
    modest = make_conninfo(admin_dsn, options="-c role=ward_migrator")
    status, said, complaint = wardctl("migrate", "run", "--dsn", modest)
    assert (status, said) == (0, "Nothing to do.\n")
    assert "superuser" in complaint
    assert "wardctl init" in complaint
    assert not is_guarded(admin)
