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


@Operations.register_operation("guard_tables")
class GuardTablesOperation(MigrateOperation):
    """Makes new tables ones that are read by policy only, logged, and only ever added to."""

    def __init__(self, tables: tuple[str, ...], unlogged: str | None) -> None:
        self.tables = tables
        self.unlogged = unlogged

    @classmethod
    def guard_tables(
        cls, operations: Operations, *tables: str, unlogged: str | None = None
    ) -> None:
        """Guard `schema.table` names; `unlogged`: a column whose values the log leaves out.

        Nobody is granted anything, and no policy lets anybody read or write: both are told,
        table by table, by the file that follows.
        """
        operations.invoke(cls(tables, unlogged))


@Operations.implementation_for(GuardTablesOperation)
def run_guard_tables(operations: Operations, operation: GuardTablesOperation) -> None:
    """Row security also for the owner, every change logged, none but an INSERT allowed."""
    left_out = "" if operation.unlogged is None else f"'{operation.unlogged}'"
    bind = operations.get_bind()
    for table in operation.tables:
        bind.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        bind.exec_driver_sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        bind.exec_driver_sql(
            f"CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION audit.log_change({left_out})"
        )
        bind.exec_driver_sql(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()"
        )


@Operations.register_operation("take_back_permissions")
class TakeBackPermissionsOperation(MigrateOperation):
    """Removes permissions, and takes them from every role that has them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    @classmethod
    def take_back_permissions(cls, operations: Operations, *names: str) -> None:
        """Take these permissions back."""
        operations.invoke(cls(names))


@Operations.implementation_for(TakeBackPermissionsOperation)
def run_take_back_permissions(
    operations: Operations, operation: TakeBackPermissionsOperation
) -> None:
    """As ward_definer: row security binds the owner of the tables too."""
    bind = operations.get_bind()
    tables = "public.permissions, public.role_permissions"
    names = (list(operation.names),)
    bind.exec_driver_sql(f"GRANT DELETE ON {tables} TO ward_definer")
    bind.exec_driver_sql("SET LOCAL ROLE ward_definer")
    bind.exec_driver_sql(
        "DELETE FROM public.role_permissions rp USING public.permissions p"
        " WHERE p.id = rp.permission_id AND p.name = ANY (%s)",
        names,
    )
    bind.exec_driver_sql("DELETE FROM public.permissions WHERE name = ANY (%s)", names)
    bind.exec_driver_sql("SET LOCAL ROLE ward_owner")
    bind.exec_driver_sql(f"REVOKE DELETE ON {tables} FROM ward_definer")
