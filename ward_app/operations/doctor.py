"""What is wrong with a ward database or its server, each with what to do about it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from psycopg import Connection

from ward_app.core.errors import SchemaMismatchError, WardError
from ward_app.core.settings import PoolSettings
from ward_app.operations import live_looks, log_months, migrate, model_drift
from ward_app.operations.audit_guard import is_guarded
from ward_app.operations.bootstrap import EXTENSIONS, OPTIONAL_EXTENSIONS, administrator
from ward_app.operations.findings import Finding, Level
from ward_app.operations.server_config import PROTECTING
from ward_app.operations.symptoms import SYMPTOMS, of_error
from ward_app.operations.upkeep import tuning

OLDEST_MAJOR, OLDEST_WITHOUT_WARNING, RECOMMENDED_MAJOR = 14, 15, 16
# Minor releases of 13 November 2025 (postgresql.org, security information): older ones have
# known faults in their security. Later ones are not told apart.
SAFE_MINOR = {14: 20, 15: 15, 16: 11, 17: 7, 18: 1}
_SCHEMAS = ["auth", "public", "room", "patient", "admission", "report", "rounding", "audit"]
_SECRETS = (
    "PGPASSWORD",
    "ENCRYPTION_KEY",
    "DATABASE_ENCRYPTION_KEY",
    "BACKUP_ENCRYPTION_KEY",
)
_LOOPBACK = ("127.", "::1")


def examine(admin_dsn: str, *, database: str, pool: PoolSettings | None = None) -> list[Finding]:
    """Look at the server and the ward database, and return what was found; changes nothing.

    Args:
        admin_dsn: how the server's administrator connects.
        database: the ward database.
        pool: of a workstation; None = the usual one.
    """
    found = list(of_environment(os.environ))
    try:
        with administrator(admin_dsn, database) as connection:
            for look in (*_LOOKS, *live_looks.LOOKS):
                found += look(connection)
            found += live_looks.connections(connection, pool or PoolSettings())
            is_standby = bool(_value(connection, "SELECT pg_is_in_recovery()"))
        return [*found, *_schema(admin_dsn, is_standby=is_standby)]
    except WardError as error:
        return [*found, _not_examined(error)]


def _not_examined(error: WardError) -> Finding:
    """Return why the server could not be looked at, or not to the end."""
    symptom = of_error(error)
    if symptom is None:
        return Finding("Connection", Level.ERROR, str(error))
    words = f"{symptom.title}. {_first_line(error)}"
    return Finding("Connection", Level.ERROR, words, symptom.remedies[0], symptom.code)


def _first_line(error: WardError) -> str:
    """Return what the server said, without the rest of a long complaint, as a sentence."""
    line = str(error).strip().splitlines()[0]
    return line if line.endswith(".") else f"{line}."


def of_version(number: int, text: str) -> Iterator[Finding]:
    """Yield what is to be said of a server's version, such as (150006, "15.6")."""
    major, minor = divmod(number, 10_000)
    if major < OLDEST_MAJOR:
        yield Finding(
            "Server version",
            Level.ERROR,
            f"PostgreSQL {text} is too old for this program.",
            f"Upgrade to {RECOMMENDED_MAJOR}.",
        )
        return
    if major < OLDEST_WITHOUT_WARNING:
        words = f"PostgreSQL {text} gets no mended faults any more."
        yield Finding("Server version", Level.WARNING, words, f"Upgrade to {RECOMMENDED_MAJOR}.")
    else:
        hint = "" if major >= RECOMMENDED_MAJOR else f" {RECOMMENDED_MAJOR} is recommended."
        yield Finding("Server version", Level.GOOD, f"PostgreSQL {text}.{hint}")
    if minor < SAFE_MINOR.get(major, 0):
        yield Finding(
            "Server version",
            Level.WARNING,
            f"PostgreSQL {text} has faults that {major}.{SAFE_MINOR[major]} mends.",
            f"Install the newest {major}: a minor release needs a restart only.",
        )


def of_environment(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield which secrets stand in the environment, where every program of the user reads them."""
    names = [name for name in _SECRETS if environment.get(name)]
    if _has_password(environment.get("DATABASE_URL", "")):
        names.append("DATABASE_URL")
    for name in names:
        yield Finding(
            "Environment",
            Level.WARNING,
            f"A secret stands in the environment, in {name}.",
            "Keep it in ~/.pgpass or the keyring instead.",
        )


def _has_password(url: str) -> bool:
    try:
        return bool(urlsplit(url).password)
    except ValueError:  # no URL; whoever uses it says so
        return False


def _version(connection: Connection[Any]) -> Iterator[Finding]:
    text = _value(connection, "SHOW server_version").split()[0]
    yield from of_version(int(_value(connection, "SHOW server_version_num")), text)


def _extensions(connection: Connection[Any]) -> Iterator[Finding]:
    there = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
    missing = [name for name in EXTENSIONS if name not in there]
    if missing:
        words = f"The database lacks {', '.join(missing)}."
        yield Finding("Extensions", Level.ERROR, words, "Run: wardctl init.")
    else:
        yield Finding("Extensions", Level.GOOD, f"{', '.join(EXTENSIONS)} are there.")
    absent = [name for name in OPTIONAL_EXTENSIONS if name not in there]
    if absent:
        words = f"Not there, and not needed: {', '.join(absent)}."
        yield Finding("Extensions", Level.INFO, words)


def _this_connection(connection: Connection[Any]) -> Iterator[Finding]:
    row = connection.execute(
        "SELECT ssl, version, cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    ).fetchone()
    if row is not None and row[0]:
        yield Finding("This connection", Level.GOOD, f"Encrypted by {row[1]}, {row[2]}.")
    elif _value(connection, "SELECT inet_client_addr() IS NULL"):
        yield Finding("This connection", Level.GOOD, "Through a socket of this computer.")
    else:
        yield Finding(
            "This connection",
            Level.ERROR,
            "Not encrypted: whoever is on the way reads it.",
            "Switch encryption on: wardctl server-config postgresql shows the settings.",
        )


def _settings(connection: Connection[Any]) -> Iterator[Finding]:
    alone = _value(connection, "SHOW listen_addresses") == ""
    wrong = False
    for name, wanted in PROTECTING.items():
        is_so = _value(connection, f"SHOW {name}")
        if is_so in _AS_GOOD.get(name, {_shown(wanted)}):
            continue
        if name == "ssl" and alone:
            yield Finding("Settings", Level.INFO, "No encryption; nothing listens on a network.")
            continue
        wrong = True
        level = Level.ERROR if name in _MUST else Level.WARNING
        yield Finding(
            "Settings",
            level,
            f"{name} is {is_so}, not {wanted}.",
            "wardctl server-config postgresql shows all of them.",
        )
    if not wrong:
        yield Finding("Settings", Level.GOOD, "Those that protect patients' data are as advised.")


def _access(connection: Connection[Any]) -> Iterator[Finding]:
    rules = connection.execute(
        "SELECT line_number, type, address, netmask, auth_method, error FROM pg_hba_file_rules"
        " ORDER BY line_number"
    ).fetchall()
    problems = [words for rule in rules if (words := of_access_rule(*rule[1:]))]
    for rule, words in ((rule, of_access_rule(*rule[1:])) for rule in rules):
        if words:
            yield Finding(
                "Who may connect",
                Level.ERROR,
                f"Line {rule[0]} of pg_hba.conf {words}",
                "wardctl server-config pg-hba shows better ones.",
            )
    if not problems:
        words = f"{len(rules)} lines of pg_hba.conf, none of them too open."
        yield Finding("Who may connect", Level.GOOD, words)


def of_access_rule(
    kind: str | None, address: str | None, netmask: str | None, method: str | None,
    error: str | None,
) -> str:  # fmt: skip
    """Return what is wrong with a line of `pg_hba.conf`, as the end of a sentence, or ""."""
    if error is not None:
        return f"cannot be read: {error}."
    if kind == "local" or method == "reject" or (address or "").startswith(_LOOPBACK):
        return ""
    if method in {"trust", "password", "md5", "ident"}:
        return f"lets computers in by {method}, which is no proof."
    if kind != "hostssl":
        return "lets computers in without encryption."
    if address == "all" or (netmask in {"0.0.0.0", "::"}):  # noqa: S104 - a mask that was found
        return "lets every computer there is try."
    return ""


def _row_security(connection: Connection[Any]) -> Iterator[Finding]:
    open_tables = [
        name
        for (name,) in connection.execute(
            "SELECT c.oid::regclass::text FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p')"
            " AND c.relname <> 'alembic_version'"
            " AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1",
            (_SCHEMAS,),
        )
    ]
    if open_tables:
        yield Finding(
            "Row security",
            Level.ERROR,
            f"It is off on {', '.join(open_tables)}: everybody reads everything there.",
            "Find out who did it (wardctl audit report), then switch it on again.",
            "WDB-701",
        )
    else:
        yield Finding("Row security", Level.GOOD, "On for every table, for its owner too.")


def _roles(connection: Connection[Any]) -> Iterator[Finding]:
    mighty = [
        name
        for (name,) in connection.execute(
            "SELECT r.rolname FROM pg_roles r JOIN pg_roles g ON g.rolname = 'ward_client'"
            " WHERE pg_has_role(r.oid, g.oid, 'MEMBER') AND r.rolcanlogin AND r.rolname ~ '^ws_'"
            " AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb"
            "      OR r.rolreplication) ORDER BY 1"
        )
    ]
    for name in mighty:
        yield Finding(
            "Workstations",
            Level.ERROR,
            f"The role {name} may do more than a workstation's.",
            f"Shut it out: wardctl workstation revoke {name}.",
        )
    if not mighty:
        yield Finding("Workstations", Level.GOOD, "No role of theirs has rights of its own.")


def _guard(connection: Connection[Any]) -> Iterator[Finding]:
    if is_guarded(connection):
        yield Finding("Audit guard", Level.GOOD, "Changes of the tables themselves are on record.")
    else:
        yield Finding(
            "Audit guard",
            Level.WARNING,
            "Changes of the tables themselves are not on record.",
            "Run: wardctl audit guard.",
        )


def _schema(dsn: str, *, is_standby: bool) -> Iterator[Finding]:
    try:
        status = migrate.status(dsn)
    except SchemaMismatchError as error:
        yield Finding("Schema", Level.ERROR, str(error), code="WDB-202")
        return
    if status.pending:
        words = f"{len(status.pending)} migrations are not applied (it is at {status.current})."
        code = "WDB-202" if status.applied else "WDB-201"
        yield Finding("Schema", Level.ERROR, words, "Run: wardctl migrate run.", code)
        return
    yield Finding("Schema", Level.GOOD, f"At {status.current}, as this program.")
    if is_standby:
        return  # its tables are those of the primary, where they are compared
    drift = model_drift.differences(dsn)
    if drift:
        words = f"The tables differ from what the program knows: {'; '.join(drift)}."
        yield Finding("Schema", Level.ERROR, words, SYMPTOMS["WDB-205"].remedies[0], "WDB-205")


def _value(connection: Connection[Any], statement: str) -> Any:
    row = connection.execute(statement).fetchone()
    return None if row is None else row[0]


def _shown(value: str) -> str:
    """Return a setting's value as SHOW has it."""
    return "1min" if value == "60s" else value


Look = Callable[[Connection[Any]], Iterator[Finding]]
_LOOKS: tuple[Look, ...] = (
    _version, _extensions, _this_connection, _settings, _access, _row_security, _roles, _guard,
    tuning.look,
    log_months.look,
)  # fmt: skip
# these would show what patients have or let anybody read it; the others leave less on record
_MUST = frozenset({
    "ssl", "password_encryption", "log_parameter_max_length", "log_parameter_max_length_on_error",
})  # fmt: skip
_AS_GOOD = {"log_statement": {"mod", "all"}}
