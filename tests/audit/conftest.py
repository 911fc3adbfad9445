"""What several tests of the audit trail set up."""

from __future__ import annotations

from time import monotonic

import pytest

_LONGEST_S = 60
_PASSED = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > coalesce(max(xact), 0) FROM (
    SELECT xact FROM audit.change_logs UNION ALL SELECT xact FROM audit.access_logs
    UNION ALL SELECT xact FROM audit.login_history) every
WHERE xact < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""


@pytest.fixture
def passed(admin):
    """Wait until every transaction on the server is over that began before the newest row.

    Transaction numbers belong to the whole server, and so to all tests that run on it.
    """

    def wait():
        deadline = monotonic() + _LONGEST_S
        while not admin.execute(_PASSED).fetchone()[0]:
            assert monotonic() < deadline, "a transaction of another test does not end"

    return wait


@pytest.fixture
def here(admin_dsn, database_name):
    """Return what runs an operation of IT on this test's database."""

    def run(operation, *args, **more):
        return operation(admin_dsn, *args, database=database_name, **more)

    return run
