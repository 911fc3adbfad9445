"""Operations for tables with many rows and people at work: none of them holds anybody up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.operations import MigrateOperation, Operations
from sqlalchemy import Connection

from ward_app.core.errors import CodedError

_OFFENDING = "WDB-204"
# an index is named as its table's schema says; one that was not finished is no good to anybody
_INVALID = """
SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND NOT i.indisvalid
"""


@Operations.register_operation("allow_minutes")
class AllowMinutesOperation(MigrateOperation):
    """Lets the statements of this revision run for longer than thirty seconds."""

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes

    @classmethod
    def allow_minutes(cls, operations: Operations, minutes: int) -> None:
        """Let each statement that follows in this revision take so many minutes."""
        operations.invoke(cls(minutes))


@Operations.implementation_for(AllowMinutesOperation)
def run_allow_minutes(operations: Operations, operation: AllowMinutesOperation) -> None:
    """Until the end of the transaction, which is the revision's."""
    limit = f"SET LOCAL statement_timeout = '{int(operation.minutes)}min'"
    operations.get_bind().exec_driver_sql(limit)


@Operations.register_operation("require_none")
class RequireNoneOperation(MigrateOperation):
    """Stops a revision that rows would break, before it has locked anything."""

    def __init__(self, rows: str, what: str) -> None:
        self.rows = rows
        self.what = what

    @classmethod
    def require_none(cls, operations: Operations, rows: str, *, what: str) -> None:
        """Stop unless `SELECT count(*) FROM <rows>` is zero; before NOT NULL, UNIQUE, CHECK.

        Args:
            operations: Alembic's.
            rows: what follows FROM.
            what: what such rows are, such as "patients without a family name".
        """
        operations.invoke(cls(rows, what))


@Operations.implementation_for(RequireNoneOperation)
def run_require_none(operations: Operations, operation: RequireNoneOperation) -> None:
    """Counts only: what is in the rows is nobody's business here.

    As ward_definer, because row security hides rows from the owner of the tables too.
    """
    bind = operations.get_bind()
    bind.exec_driver_sql("SET LOCAL ROLE ward_definer")
    question = f"SELECT count(*) FROM {operation.rows}"  # noqa: S608 - the revision's own words
    count = bind.exec_driver_sql(question).scalar_one()
    bind.exec_driver_sql("SET LOCAL ROLE ward_owner")
    if count:
        raise CodedError(
            _OFFENDING,
            f"there are {count} {operation.what}. Put them right, then run it again. "
            f"They are in: {operation.rows}",
        )


@Operations.register_operation("create_index_concurrently")
class CreateIndexConcurrentlyOperation(MigrateOperation):
    """Makes an index while people go on writing."""

    def __init__(self, name: str, table: str, keys: str, *, unique: bool, minutes: int) -> None:
        self.name = name
        self.table = table
        self.keys = keys
        self.unique = unique
        self.minutes = minutes

    @classmethod
    def create_index_concurrently(
        cls,
        operations: Operations,
        name: str,
        table: str,
        keys: str,
        *,
        unique: bool = False,
        minutes: int = 60,
    ) -> None:
        """Make an index outside of a transaction, unless it is there.

        What stands before it in the revision is committed: let a revision do this alone. It may
        be run again after it was interrupted: what was left unfinished is dropped.

        Args:
            operations: Alembic's.
            name: of the index, without its schema.
            table: `schema.table`.
            keys: what follows the table, such as `(at, id) WHERE NOT succeeded`.
            unique: whether it is a unique one.
            minutes: how long it may take.
        """
        operations.invoke(cls(name, table, keys, unique=unique, minutes=minutes))


@Operations.implementation_for(CreateIndexConcurrentlyOperation)
def run_create_index_concurrently(
    operations: Operations, operation: CreateIndexConcurrentlyOperation
) -> None:
    """It waits for whoever writes, and nobody waits for it: it needs no short lock time-out."""
    schema = operation.table.partition(".")[0]
    unique = "UNIQUE " if operation.unique else ""
    with _outside_of_a_transaction(operations, operation.minutes) as bind:
        if bind.exec_driver_sql(_INVALID, (schema, operation.name)).first() is not None:
            bind.exec_driver_sql(f"DROP INDEX CONCURRENTLY {schema}.{operation.name}")
        bind.exec_driver_sql(
            f"CREATE {unique}INDEX CONCURRENTLY IF NOT EXISTS {operation.name}"
            f" ON {operation.table} {operation.keys}"
        )


@Operations.register_operation("drop_index_concurrently")
class DropIndexConcurrentlyOperation(MigrateOperation):
    """Drops an index while people go on writing."""

    def __init__(self, schema: str, name: str) -> None:
        self.schema = schema
        self.name = name

    @classmethod
    def drop_index_concurrently(cls, operations: Operations, schema: str, name: str) -> None:
        """Drop an index outside of a transaction, if it is there; what stands before is kept."""
        operations.invoke(cls(schema, name))


@Operations.implementation_for(DropIndexConcurrentlyOperation)
def run_drop_index_concurrently(
    operations: Operations, operation: DropIndexConcurrentlyOperation
) -> None:
    """It waits for whoever uses it, as long as making one may."""
    with _outside_of_a_transaction(operations, 60) as bind:
        bind.exec_driver_sql(
            f"DROP INDEX CONCURRENTLY IF EXISTS {operation.schema}.{operation.name}"
        )


@contextmanager
def _outside_of_a_transaction(operations: Operations, minutes: int) -> Iterator[Connection]:
    """Yield the connection in autocommit mode, with other time-outs meanwhile."""
    context = operations.get_context()
    context.config.attributes["has_committed"] = True
    with context.autocommit_block():
        bind = operations.get_bind()
        bind.exec_driver_sql(f"SET statement_timeout = '{int(minutes)}min'")
        bind.exec_driver_sql("SET lock_timeout = 0")
        try:
            yield bind
        finally:
            bind.exec_driver_sql("RESET statement_timeout")
            bind.exec_driver_sql("RESET lock_timeout")
