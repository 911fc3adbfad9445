"""`op.sql_file(...)`: run one versioned, immutable file of alembic/sql in a migration."""

from __future__ import annotations

from pathlib import Path

from alembic.operations import MigrateOperation, Operations

SQL_DIR = Path(__file__).parent / "sql"


@Operations.register_operation("sql_file")
class SqlFileOperation(MigrateOperation):
    """Runs `alembic/sql/<name>` verbatim: no bind parameters, `%` and `:` untouched."""

    def __init__(self, name: str) -> None:
        self.name = name

    @classmethod
    def sql_file(cls, operations: Operations, name: str) -> None:
        """Run one file of `alembic/sql`."""
        operations.invoke(cls(name))


@Operations.implementation_for(SqlFileOperation)
def run_sql_file(operations: Operations, operation: SqlFileOperation) -> None:
    """Send the file's text in one go; the driver runs each statement in it."""
    script = (SQL_DIR / operation.name).read_text(encoding="utf-8")
    operations.get_bind().connection.cursor().execute(script)


@Operations.register_operation("drop_functions")
class DropFunctionsOperation(MigrateOperation):
    """Drops every function of the named schemas, with the triggers that call them."""

    def __init__(self, schemas: tuple[str, ...]) -> None:
        self.schemas = schemas

    @classmethod
    def drop_functions(cls, operations: Operations, *schemas: str) -> None:
        """Drop the functions of these schemas."""
        operations.invoke(cls(schemas))


@Operations.implementation_for(DropFunctionsOperation)
def run_drop_functions(operations: Operations, operation: DropFunctionsOperation) -> None:
    """Drop them one by one: their argument lists are the catalogue's to know."""
    names = operations.get_bind().exec_driver_sql(
        "SELECT p.oid::regprocedure::text FROM pg_proc p"
        " JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY (%s)",
        (list(operation.schemas),),
    )
    for name in names.scalars().all():
        operations.get_bind().exec_driver_sql(f"DROP FUNCTION IF EXISTS {name} CASCADE")


@Operations.register_operation("revoke_all")
class RevokeAllOperation(MigrateOperation):
    """Takes back what ward_definer was granted on the tables of the named schemas."""

    def __init__(self, schemas: tuple[str, ...]) -> None:
        self.schemas = schemas

    @classmethod
    def revoke_all(cls, operations: Operations, *schemas: str) -> None:
        """Revoke ward_definer's table grants in these schemas."""
        operations.invoke(cls(schemas))


@Operations.implementation_for(RevokeAllOperation)
def run_revoke_all(operations: Operations, operation: RevokeAllOperation) -> None:
    """Revoke schema by schema."""
    for schema in operation.schemas:
        operations.get_bind().exec_driver_sql(
            f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM ward_definer"
        )
