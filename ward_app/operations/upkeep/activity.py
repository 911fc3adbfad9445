"""Who is connected and what they do; ending a statement, or a connection, on record."""

from __future__ import annotations

import getpass
from dataclasses import dataclass, replace
from typing import Any

from psycopg import Connection, sql

from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.operations.bootstrap import administrator
from ward_app.operations.upkeep.statement_text import without_values

_SESSIONS = """
SELECT pid, coalesce(usename, ''), coalesce(datname, ''), coalesce(application_name, ''),
    coalesce(host(client_addr), ''), coalesce(state, 'unknown'),
    extract(epoch FROM clock_timestamp() - coalesce(
        CASE WHEN state = 'active' THEN query_start ELSE state_change END, backend_start))::float8,
    CASE WHEN state = 'active' THEN wait_event_type || ' ' || wait_event END,
    pg_blocking_pids(pid), coalesce(query, '')
FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
ORDER BY state IS DISTINCT FROM 'active', 7 DESC
"""
_OF_PROCESS = """
SELECT coalesce(usename, ''), state ~ '^idle' FROM pg_stat_activity
WHERE pid = %s AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_CANCEL, _TERMINATE = "SELECT pg_cancel_backend(%s)", "SELECT pg_terminate_backend(%s)"


@dataclass(frozen=True, slots=True)
class Session:
    """One connection.

    Attributes:
        address: of its computer; "" = this one, through a socket.
        for_s: how long its statement runs, or it has been in this state.
        waits_for: kind and name of what it waits for; None while it works or is idle.
        held_by: processes that hold what it waits for.
        statement: the latest, without values.
    """

    pid: int
    role: str
    database: str
    program: str
    address: str
    state: str
    for_s: float
    waits_for: str | None
    held_by: list[int]
    statement: str


def sessions(admin_dsn: str, *, database: str) -> list[Session]:
    """Return who is connected to the server: who works first, the longest first."""
    with administrator(admin_dsn, database) as connection:
        found = [Session(*row) for row in connection.execute(_SESSIONS)]
    return [replace(one, statement=without_values(one.statement)) for one in found]


def end(admin_dsn: str, pid: int, *, database: str, whole: bool = False) -> str:
    """Cancel the statement of a process, or end its connection, and return whose it was.

    The server's log says who did it. What the process had not committed is rolled back.

    Args:
        admin_dsn: how the server's administrator connects.
        pid: of the process, as `sessions` tells it.
        database: any database of the server.
        whole: the connection too, not only its statement.

    Raises:
        RuleBrokenError: no connection has this process, or it has no statement to cancel.
        NotPermittedError: the server does not let this role do it.
    """
    with administrator(admin_dsn, database) as connection:
        found = connection.execute(_OF_PROCESS, (pid,)).fetchone()
        if found is None:
            raise RuleBrokenError(
                f"No connection has the process {pid}. It may have ended: wardctl activity list."
            )
        role, rests = found
        if rests and not whole:
            raise RuleBrokenError(
                f"Process {pid} ({role}) runs no statement that could be cancelled. --terminate "
                "ends its connection, with the transaction it holds open."
            )
        _put_on_record(connection, pid, role, whole=whole)
        done = connection.execute(_TERMINATE if whole else _CANCEL, (pid,)).fetchone()
    if done is None or not done[0]:
        raise NotPermittedError(f"The server did not end process {pid}, which may be over.")
    return str(role)


def _put_on_record(connection: Connection[Any], pid: int, role: str, *, whole: bool) -> None:
    what = "ends the connection" if whole else "cancels the statement"
    words = f"wardctl: {getpass.getuser()} {what} of process {pid}, role {role}"
    said = sql.SQL("BEGIN RAISE LOG '%', {}; END").format(sql.Literal(words))
    # DO takes its block as a text
    block = sql.Literal(said.as_string(connection))
    connection.execute(sql.SQL("DO {}").format(block))
