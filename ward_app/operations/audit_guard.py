"""The guard: whatever is done to the tables themselves is logged too, such as DISABLE TRIGGER.

Only a superuser may make an event trigger, so no migration makes it: `wardctl init` does, and
`wardctl migrate run` where it is run as one. Who is a superuser may also drop it; `wardctl audit
verify` says where it is not on.
"""

from __future__ import annotations

from ward_app.operations.audit_seals import Connection
from ward_app.operations.bootstrap import administrator

_GUARDED = "'auth', 'public', 'room', 'patient', 'admission', 'report', 'rounding', 'audit'"
_NAMES = ("ward_audit_changed", "ward_audit_dropped")
_INSTALL = f"""
GRANT CREATE ON SCHEMA audit TO ward_definer;
CREATE OR REPLACE FUNCTION audit.note_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF to_regclass('audit.change_logs') IS NULL THEN
        RETURN;  -- the whole schema goes
    END IF;
    IF TG_EVENT = 'sql_drop' THEN
        INSERT INTO audit.change_logs (xact, schema_name, table_name, action, after, database_role)
        SELECT DISTINCT pg_current_xact_id()::text::bigint,
            coalesce(d.schema_name, d.address_names[1]), d.object_type,
            'DELETE', jsonb_build_object('ddl', TG_TAG || ' ' || d.object_identity),
            session_user::text
        FROM pg_event_trigger_dropped_objects() d
        WHERE d.original AND coalesce(d.schema_name, d.address_names[1]) IN ({_GUARDED});
    ELSE
        INSERT INTO audit.change_logs (xact, schema_name, table_name, action, after, database_role)
        SELECT DISTINCT pg_current_xact_id()::text::bigint, c.schema_name, c.object_type,
            'UPDATE', jsonb_build_object('ddl', c.command_tag || ' ' || c.object_identity),
            session_user::text
        FROM pg_event_trigger_ddl_commands() c
        WHERE c.schema_name IN ({_GUARDED});
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION audit.note_ddl() FROM PUBLIC;
ALTER FUNCTION audit.note_ddl() OWNER TO ward_definer;
REVOKE CREATE ON SCHEMA audit FROM ward_definer;
DROP EVENT TRIGGER IF EXISTS {_NAMES[0]};
DROP EVENT TRIGGER IF EXISTS {_NAMES[1]};
CREATE EVENT TRIGGER {_NAMES[0]} ON ddl_command_end EXECUTE FUNCTION audit.note_ddl();
CREATE EVENT TRIGGER {_NAMES[1]} ON sql_drop EXECUTE FUNCTION audit.note_ddl();
ALTER EVENT TRIGGER {_NAMES[0]} ENABLE ALWAYS;
ALTER EVENT TRIGGER {_NAMES[1]} ENABLE ALWAYS;
"""  # noqa: S608 - constant text
_INSTALLED = "SELECT count(*) FROM pg_event_trigger WHERE evtname = ANY (%s) AND evtenabled = 'A'"


def install_guard(admin_dsn: str, *, database: str) -> None:
    """Log from now on what is done to tables, triggers and functions of the product.

    Raises:
        ConfigurationError: the role is no superuser, or the schema is older than the program.
    """
    with administrator(admin_dsn, database) as connection, connection.transaction():
        connection.execute(_INSTALL)


def ensure_guard(admin_dsn: str, *, database: str) -> bool:
    """Install the guard unless it is on; return whether that was done just now.

    Raises:
        ConfigurationError: the role is no superuser, or the schema is older than the program.
    """
    with administrator(admin_dsn, database) as connection:
        if is_guarded(connection):
            return False
    install_guard(admin_dsn, database=database)
    return True


def is_guarded(connection: Connection) -> bool:
    """Whether the guard is there and on."""
    row = connection.execute(_INSTALLED, (list(_NAMES),)).fetchone()
    return row is not None and row[0] == len(_NAMES)
