"""A server that somebody names for the tests, in the place of the private one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ward_app.operations.bootstrap import drop_database

VARIABLE = "WARD_TEST_DATABASE_URL"
_MARK = "test"
_MAINTENANCE = "postgres"


@dataclass(frozen=True, slots=True)
class GivenServer:
    """A running server, with as much of a private cluster as tests of the database ask for.

    Attributes:
        url: how its superuser connects to a database for tests.
        socket_dir: folder of its socket, or the name of its host.
    """

    url: str
    socket_dir: Path
    port: int

    def dsn(self, dbname: str) -> str:
        """Return how the superuser connects to a database of the tests, or to make one.

        Raises:
            pytest.UsageError: its name lacks “test”: it may be somebody's.
        """
        if dbname != _MAINTENANCE:
            _require_mark(dbname)
        return make_conninfo(self.url, dbname=dbname)

    def forget(self, template: str, roles: tuple[str, ...]) -> None:
        """Remove what an earlier run left, or this one: the server is there before and after."""
        admin = self.dsn(_MAINTENANCE)
        drop_database(admin, template)
        with psycopg.connect(admin, autocommit=True) as connection:
            for role in roles:
                connection.execute(f"DROP ROLE IF EXISTS {role}")


def given_server(environment: Mapping[str, str]) -> GivenServer | None:
    """Return the server that the tests are to use, None = one of their own; touches nothing.

    Raises:
        pytest.UsageError: its address is wrong, or names a database that is not for tests.
    """
    url = environment.get(VARIABLE)
    if not url:
        return None
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise pytest.UsageError(f"{VARIABLE} is no address of a database.") from None
    _require_mark(str(parts.get("dbname", "")))
    host = Path(str(parts.get("host", "/var/run/postgresql")))
    return GivenServer(url, host, int(parts.get("port", 5432)))


def _require_mark(dbname: str) -> None:
    if _MARK not in dbname:
        raise pytest.UsageError(
            f"The database “{dbname}” has no “{_MARK}” in its name, so it may be somebody's. The "
            "tests make and drop databases: nothing was touched. Name one for tests in "
            f"{VARIABLE}, or none."
        )
