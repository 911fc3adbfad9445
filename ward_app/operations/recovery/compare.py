"""Whether a restored database is what its backup says: rows, schema, seals of the audit trail."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg.conninfo import make_conninfo

from ward_app.core.errors import CodedError
from ward_app.operations import audit_verify, migrate
from ward_app.operations.backup.manifest import Manifest
from ward_app.operations.backup.moment import Moment, exported
from ward_app.operations.recovery_symptoms import DIFFERS, OTHER_VERSION


def require_known(backup: str, revision: str | None) -> None:
    """Let pass only a backup whose schema this program knows, or that has none.

    Raises:
        CodedError: a newer program made it.
    """
    known = {revision.number for revision in migrate.history()}
    if revision is not None and revision not in known:
        raise CodedError(
            OTHER_VERSION,
            f"{backup} has the schema {revision}, which this program does not know: a newer one "
            "made it. Install that.",
        )


def require_equal(told: Manifest | None, admin_dsn: str, database: str) -> Moment:
    """Compare the restored database with the manifest, verify its audit trail, and return it.

    Args:
        told: None where nobody knows what it should hold: then only the trail is verified.
        admin_dsn: how the administrator connects.
        database: the restored one.

    Raises:
        CodedError: it says what differs.
    """
    with exported(make_conninfo(admin_dsn, dbname=database)) as found:
        problems = [] if told is None else list(_differences(told, found))
    if found.seal is not None:
        problems += audit_verify.verify(admin_dsn, database=database).problems
    if problems:
        raise CodedError(DIFFERS, f"What was restored differs: {' '.join(problems[:5])}")
    return found


def _differences(told: Manifest, found: Moment) -> Iterator[str]:
    if told.alembic_revision != found.revision:
        yield f"Its schema is {found.revision}, not {told.alembic_revision}."
    for table in sorted(told.tables.keys() | found.tables.keys()):
        there, wanted = found.tables.get(table), told.tables.get(table)
        if there != wanted:
            yield f"{table} has {_rows(there)} instead of {_rows(wanted)}."
    if told.seal != found.seal:
        yield "The newest seal of its audit trail is another one."


def _rows(count: int | None) -> str:
    return "no table" if count is None else f"{count} rows"
