"""What the tables of a database are other than those of the program; and making them alike.

Tables, columns, indexes and keys: rights, policies and functions are the revisions' alone.
"""

from __future__ import annotations

import re
import unicodedata
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from alembic.autogenerate import produce_migrations
from alembic.config import Config
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import OpContainer
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection

from alembic import command
from ward_app.core.errors import ConfigurationError, ConflictError, RuleBrokenError
from ward_app.operations import migrate, revisions
from ward_app.operations.audit_seals import LOGS
from ward_app.operations.metadata import metadata

Tell = Callable[[str], None]
# The era of the logs is a default of theirs, which a restore raises: no drift, and never undone.
_RAISED_BY_RESTORES = {f"modify default audit.{log}.era" for log in LOGS}


def differences(dsn: str) -> tuple[str, ...]:
    """Return what would have to be done to make the database's tables those of the program.

    Raises: as `migrate.status`.
    """
    with migrate.migrating(dsn) as work:
        return tuple(_words(operation) for operation in _wanted(work.config))


def push(dsn: str, tell: Tell) -> int:
    """Make the tables those of the program, without a revision; return how many steps it took.

    Args:
        dsn: of a database for development; what it has more is dropped.
        tell: gets each step in words, before it is done.

    Raises:
        ConflictError: revisions are pending, or another migration runs.
    """
    if migrate.status(dsn).pending:
        raise ConflictError("Revisions are pending. Apply them first: wardctl migrate run.")
    with migrate.migrating(dsn) as work:
        wanted = tuple(_wanted(work.config))
        connection: Connection = work.config.attributes["connection"]
        connection.rollback()  # what was only read
        with connection.begin():
            operations = Operations(MigrationContext.configure(connection))
            for operation in wanted:
                tell(_words(operation))
                operations.invoke(operation)
    return len(wanted)


def new_revision(title: str, dsn: str | None) -> Path:
    """Write the next revision into the source tree, empty or with what differs; return its file.

    Args:
        title: what it does, as a sentence.
        dsn: of a database with every revision, whose differences it takes; None: it is empty.

    Raises:
        RuleBrokenError: the title has no letters.
        ConfigurationError: there is no source tree here.
        ConflictError: the database has revisions pending.
    """
    slug = "_".join(re.findall(r"[a-z0-9]+", _plain(title)))
    if not slug:
        raise RuleBrokenError("Say in words what the revision does.")
    if not (revisions.SCRIPTS / "script.py.mako").exists():
        raise ConfigurationError("Revisions are written in the source tree, which is not here.")
    if dsn is None:
        return _written(revisions.config(), title, slug, is_drafted=False)
    if migrate.status(dsn).pending:
        raise ConflictError("Revisions are pending. Apply them first: wardctl migrate run.")
    with migrate.migrating(dsn) as work:
        return _written(work.config, title, slug, is_drafted=True)


def _written(config: Config, title: str, slug: str, *, is_drafted: bool) -> Path:
    number = f"{int(revisions.history()[-1].number) + 1:04d}"
    config.set_main_option("file_template", f"%%(rev)s_{slug}")
    config.cmd_opts = Namespace(quiet=True)
    try:
        command.revision(config, title, autogenerate=is_drafted, rev_id=number)
    except CommandError as error:
        raise ConfigurationError(f"The revision could not be written: {error}") from error
    return revisions.SCRIPTS / "versions" / f"{number}_{slug}.py"


def _wanted(config: Config) -> Iterator[MigrateOperation]:
    """Return the operations that Alembic would write into a revision."""
    found: list[MigrateOperation] = []

    def compare(_revision: object, context: MigrationContext) -> list[object]:
        operations = produce_migrations(context, metadata).upgrade_ops
        flat = [] if operations is None else _flat(operations)
        found.extend(each for each in flat if _words(each) not in _RAISED_BY_RESTORES)
        return []

    scripts = revisions.scripts()
    with EnvironmentContext(config, scripts, fn=compare):
        scripts.run_env()
    return iter(found)


def _flat(operations: OpContainer) -> Iterator[MigrateOperation]:
    for operation in operations.ops:
        if isinstance(operation, OpContainer):
            yield from _flat(operation)
        else:
            yield operation


def _words(operation: MigrateOperation) -> str:
    """Return an operation in words, such as `add column report.notes.shade`."""
    found: Any = operation.to_diff_tuple()  # a column that differs has several
    kind, *what = found[0] if isinstance(found, list) else found
    table = getattr(operation, "table_name", None) or getattr(what[0], "name", "")
    schema = getattr(operation, "schema", None) or "public"
    column = getattr(operation, "column_name", None) or getattr(
        getattr(operation, "column", None), "name", None
    )
    index = getattr(operation, "index_name", None) or getattr(operation, "constraint_name", None)
    last = column or index
    return f"{kind.replace('_', ' ')} {schema}.{table}" + (f".{last}" if last else "")


def _plain(title: str) -> str:
    return unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
