"""A hospital to back up, and the jobs that do it."""

from __future__ import annotations

import pytest

from tests.operations.backup.test_container import FEW, SECRET
from ward_app.operations.backup.create import Job


@pytest.fixture
def shelf_dir(tmp_path):
    """Where the backups go."""
    return tmp_path / "backups"


@pytest.fixture
def job(admin_dsn, shelf_dir):
    """Return a job for the test's hospital; encrypted unless told otherwise."""

    def make(**more):
        return Job(
            **{"dsn": admin_dsn, "folder": shelf_dir, "secret": SECRET, "rounds": FEW} | more
        )

    return make
