"""A copy of the whole server by pgBackRest: only of the server that is meant, and read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ward_app.core.errors import CodedError
from ward_app.operations.backup import pgbackrest
from ward_app.operations.backup.pgbackrest import Copy, Kind, Repository, Stanza
from ward_app.operations.backup.preflight import refuse_plain
from ward_app.operations.backup_symptoms import ENGINE_FAILED
from ward_app.operations.bootstrap import administrator

_SERVER = """
SELECT (SELECT system_identifier::text FROM pg_control_system()),
    (SELECT rolname::text FROM pg_roles WHERE oid = 10)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A copy to be made.

    Attributes:
        dsn: how an administrator connects; it has no password.
        database: the ward database, which a recovery looks into.
        kind: how much of it; None: everything once a week, else what changed since then.
    """

    dsn: str
    database: str
    stanza: Stanza
    kind: Kind | None = None


def take(job: Job, announce: Callable[[str], None] = lambda _: None) -> Copy:
    """Have the server copied, the whole repository read again, and return the copy.

    Raises:
        CodedError: the stanza is of another server, the repository is not encrypted though it
            must be, or pgBackRest failed or found damage.
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(job.dsn) as connection:
        [(identifier, admin)] = connection.execute(_SERVER).fetchall()
    there = pgbackrest.repository(job.stanza)
    _require_of_server(there, job.stanza, identifier)
    if not there.is_encrypted:
        refuse_plain(job.dsn, job.database)
    announce("Seeing that the log arrives in the repository.")
    pgbackrest.check(job.stanza)
    kind = job.kind or pgbackrest.kind_due(there.copies, datetime.now(UTC))
    announce(f"Making a backup: {kind}.")
    made = pgbackrest.make(job.stanza, kind, administrator=admin, database=job.database)
    announce("Reading the repository again, and comparing every checksum.")
    pgbackrest.verify(job.stanza)
    return made


def _require_of_server(there: Repository, stanza: Stanza, identifier: str) -> None:
    if there.problem:
        raise CodedError(ENGINE_FAILED, f"pgBackRest says of {stanza.name}: {there.problem}.")
    if there.system_identifier != identifier:
        raise CodedError(
            ENGINE_FAILED,
            f"The stanza {stanza.name} is set up for another server than this one. Nothing was "
            "copied. Compare backup.stanza with pg1-path in pgBackRest's file.",
        )
