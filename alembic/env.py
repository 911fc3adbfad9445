"""Alembic environment: one metadata, several schemas, one linear numbered history.

Programs pass an open connection in `config.attributes["connection"]`; the command line
(making a new revision) reads WARD_MIGRATION_URL.
"""

import os
import re

import large_tables  # noqa: F401 - registers op.create_index_concurrently and others
import sql_files  # noqa: F401 - registers op.sql_file
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool

from alembic import context
from ward_app.operations.metadata import SCHEMAS, metadata

BOOKKEEPING = {"alembic_version", "migration_log"}
# months of a log, made as time goes on: what the log has they have
PARTS = re.compile(r"(change|access)_logs_(before|rest|\d{4}_\d{2})")


def include_name(name, type_, parent_names):
    """Compare only the product's own schemas, not the bookkeeping tables nor parts of tables."""
    if type_ == "schema":
        return name in SCHEMAS
    return name not in BOOKKEEPING and not (type_ == "table" and PARTS.fullmatch(name))


def number_revision(migration_context, revision, directives):
    """Name revisions 0001, 0002, ... so that the history reads in order."""
    head = ScriptDirectory.from_config(context.config).get_current_head()
    directives[0].rev_id = f"{int(head or 0) + 1:04d}"


def migrate(connection):
    """Run what was asked for on an open connection, one transaction per revision."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_schemas=True,
        include_name=include_name,
        compare_server_default=True,
        transaction_per_migration=True,
        version_table_schema="public",
        process_revision_directives=number_revision,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    engine = create_engine(
        os.environ["WARD_MIGRATION_URL"],
        poolclass=pool.NullPool,
        connect_args={
            "options": "-c role=ward_owner -c lock_timeout=10s -c statement_timeout=30s"
            " -c search_path=pg_catalog"
        },
    )
    with engine.connect() as connection:
        migrate(connection)
