"""The symptoms of an ill ward database: how each is known by its error, and its remedies."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from psycopg_pool import PoolTimeout

from ward_app.core.database_errors import connection_error
from ward_app.core.errors import CodedError, RuleBrokenError, SchemaMismatchError, TlsError
from ward_app.operations.backup_symptoms import BACKUP_SYMPTOMS
from ward_app.operations.recovery_symptoms import RECOVERY_SYMPTOMS
from ward_app.operations.symptom import Symptom

_ALL = (
    Symptom(
        "WDB-101",
        "The server cannot be reached",
        "Nothing answers at this address and port: it does not run, or the address is wrong.",
        (
            (
                "See whether it runs, and start it. Linux: systemctl status postgresql, then "
                "systemctl start postgresql. macOS: brew services info --all, then brew services "
                "start postgresql@16. Windows: Get-Service postgresql*, then Start-Service. In a "
                "container: docker ps. The private one: wardctl cluster status."
            ),
            "Compare host and port: wardctl config check shows what this computer is set to.",
            "On the server see what it listens on: SHOW listen_addresses, SHOW port.",
            "Ask it from here: wardctl ping.",
        ),
    ),
    Symptom(
        "WDB-102",
        "The server does not let this role in",
        "It answers, and refuses: a wrong password, an unknown role, no right to this database, "
        "or no line in pg_hba.conf for this computer.",
        (
            "See whether the role is there and may sign in: wardctl roles list.",
            (
                "A workstation: enrol it again, which puts a new password into its keyring "
                "(wardctl workstation enrol)."
            ),
            "An administrator: look at ~/.pgpass and PGPASSWORD.",
            "Compare pg_hba.conf with wardctl server-config pg-hba, then reload the server.",
        ),
    ),
    Symptom(
        "WDB-103",
        "The connection cannot be encrypted, or the server not be trusted",
        "Nothing was sent. The server offers no encryption, or its certificate is not the right "
        "one, has expired, or cannot be checked on this computer.",
        (
            "On the server: SHOW ssl must say on (wardctl server-config postgresql).",
            "On this computer: database.sslrootcert must name the authority that signed it.",
            "The certificate's name must be the one in database.host.",
            (
                "See until when it holds: openssl x509 -enddate -noout -in server.crt; check the "
                "clocks."
            ),
        ),
    ),
    Symptom(
        "WDB-104",
        "The server has no place for another connection",
        "As many are open as max_connections, or the role's own limit, allows. Who is connected "
        "goes on working.",
        (
            "See who holds them: wardctl activity list.",
            (
                "End those that were forgotten: idle in transaction for minutes "
                "(wardctl activity cancel PID --terminate)."
            ),
            "See whether the workstations fit at all: wardctl pool plan.",
            (
                "Raise max_connections (wardctl server-config postgresql --workstations N) and "
                "restart; each costs some 4 MB."
            ),
            (
                "Make the pools of the workstations smaller (database.pool.max), or put PgBouncer "
                "between (wardctl pgbouncer config)."
            ),
        ),
    ),
    Symptom(
        "WDB-105",
        "All connections of this program are in use",
        "Work waited for one until database.pool.timeout_s was over. The server may be well.",
        (
            "See what takes so long: wardctl activity list.",
            "Slow statements hold connections: see WDB-301.",
            "Locks hold them too: see WDB-302.",
            "Give the pool one more (database.pool.max), if wardctl pool plan allows it.",
        ),
    ),
    Symptom(
        "WDB-106",
        "The server does not answer in time",
        "The way to it is there or swallowed: packets are dropped, or the server is too busy to "
        "take anybody in.",
        (
            "Ask it from here and on the server itself: wardctl ping, pg_isready.",
            "See whether a firewall drops it: ufw status, nft list ruleset; ping and traceroute.",
            "See whether the server is overloaded: uptime, top, and WDB-304.",
            "Compare pg_hba.conf and read the server's log of that moment.",
            "On a slow line raise database.connect_timeout_s.",
        ),
    ),
    Symptom(
        "WDB-201",
        "The database has no schema",
        "The tables that the program needs are not there, or this role may not see them.",
        (
            "Make them: wardctl init as the server's administrator, then wardctl migrate run.",
            "See whether this is the right database: wardctl config check, \\l in psql.",
            "If the tables are there, the role lacks its rights: wardctl init gives them again.",
        ),
    ),
    Symptom(
        "WDB-202",
        "The schema is not the program's",
        "A migration failed or was never run. Each revision is a transaction of its own: what "
        "failed changed nothing, and everything before it stays.",
        (
            "See where it stands: wardctl migrate status.",
            (
                "Take a backup, then run the rest: wardctl migrate run; its message names the "
                "revision and the reason."
            ),
            "If a newer program made the schema, update this one.",
        ),
    ),
    Symptom(
        "WDB-203",
        "A migration waits for a table that is in use",
        "It gave up after ten seconds and changed nothing.",
        (
            "Run it again when fewer people are signed in: wardctl migrate run.",
            "See who holds it: wardctl activity list.",
            "End a forgotten transaction: wardctl activity cancel PID --terminate.",
        ),
    ),
    Symptom(
        "WDB-204",
        "Rows do not fit what a migration demands",
        "Rows that are there break a constraint that the revision adds. It changed nothing.",
        (
            (
                "The message names the constraint: look for the rows that break it, and decide "
                "with the ward what is right."
            ),
            "Correct them through the program, so that it is on record; then wardctl migrate run.",
        ),
    ),
    Symptom(
        "WDB-205",
        "The tables differ from what the program knows",
        "Somebody changed the schema by hand, or the program and its migrations are of different "
        "versions.",
        (
            "See what differs: wardctl schema check.",
            "See who changed it: wardctl audit report.",
            "Install program and schema of one version: wardctl migrate status.",
        ),
    ),
    Symptom(
        "WDB-301",
        "Statements are slow",
        "One took longer than database.query_timeout_ms and was ended, or takes long now.",
        (
            "Find it: wardctl logs slow reads the server's log, or pg_stat_statements.",
            "See what the server does for a screen: wardctl explain board --as LOGIN.",
            (
                "Bring statistics and indexes up to date: wardctl maintenance vacuum; REINDEX "
                "CONCURRENTLY."
            ),
            "Compare memory with what is advised: wardctl tune (work_mem, shared_buffers).",
            "Let reports read from a replica: database.replica_url.",
        ),
    ),
    Symptom(
        "WDB-302",
        "Work waits for locks",
        "Somebody else changes the same rows, or holds them in a transaction that was forgotten.",
        (
            "See who holds whom: wardctl activity list.",
            (
                "End what is idle in transaction: wardctl activity cancel PID --terminate; "
                "idle_in_transaction_session_timeout does it by itself."
            ),
            "Keep loading, reports and migrations out of the busy hours; they take wide locks.",
        ),
    ),
    Symptom(
        "WDB-303",
        "Tables are bloated",
        "Much of them is dead rows that vacuum has not taken away, so everything reads more.",
        (
            "Take them away: wardctl maintenance vacuum --table report.vital_signs.",
            (
                "See what holds vacuum back: the oldest transaction "
                "(pg_stat_activity.backend_xmin), a slot (pg_replication_slots.xmin), a prepared "
                "one (pg_prepared_xacts)."
            ),
            "See that autovacuum is on and not disabled for the table.",
            (
                "Give room back in a quiet hour: wardctl maintenance vacuum --full locks the "
                "table, pg_repack does not."
            ),
        ),
    ),
    Symptom(
        "WDB-304",
        "The server is overloaded",
        "More statements run at once than its cores can work on, or some run for minutes.",
        (
            "See the costliest: wardctl monitor --only slow, wardctl logs slow.",
            "See what runs for long, the longest first: wardctl activity list.",
            "End one: wardctl activity cancel PID.",
            "Look for missing indexes: wardctl monitor --only indexes.",
            "Let PgBouncer queue what comes at once: wardctl pgbouncer config.",
        ),
    ),
    Symptom(
        "WDB-305",
        "The server's disk is full",
        "What is saved is refused, and the server may stop. Never delete files of pg_wal by hand: "
        "the database would be lost.",
        (
            (
                "See what grew: du in the data folder, and the largest tables with wardctl "
                "monitor --only size."
            ),
            "Give the disk room: enlarge it, or move logs and archives elsewhere.",
            (
                "The log of changes stays for a slot that nobody reads (wardctl report "
                "replication names it: drop it) or an archive that fails (pg_stat_archiver: mend "
                "it)."
            ),
            (
                "Let what is old enough of an archive go: wardctl backup prune --archive. Remove "
                "no file of it, and none of pg_wal, by hand."
            ),
        ),
    ),
    Symptom(
        "WDB-306",
        "An audit log has no month for what is written now",
        "Nothing is lost: it is kept in the rest of the log, where it slows reading down and is "
        "not dropped with its month.",
        (
            "Make the months: wardctl maintenance partitions. What waits moves into them.",
            "See that it runs by itself every week: docs/it/retention.md.",
        ),
    ),
    Symptom(
        "WDB-401",
        "A replica is behind",
        "What it shows is older than the primary. Programs read from the primary meanwhile.",
        (
            "See how far and why: wardctl report replication, there and on the primary.",
            "Look at the network between them and at the disks of the replica.",
            "A long report there holds it up: max_standby_streaming_delay, hot_standby_feedback.",
            "If it lost files of the log, make it anew: docs/replicas.md.",
        ),
    ),
    Symptom(
        "WDB-701",
        "Wards are not kept apart",
        "Somebody may read patients of wards they do not work on. Keep people off until it is "
        "known why.",
        (
            (
                "See which tables are open, and who changed them: wardctl doctor, wardctl audit "
                "report."
            ),
            (
                "Switch it on again: ALTER TABLE … ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL "
                "SECURITY."
            ),
            "Prove it from a workstation: wardctl doctor --test-nurse LOGIN.",
            "Tell who is responsible for data protection what the audit trail says was read.",
        ),
    ),
)
SYMPTOMS = {
    symptom.code: symptom
    for symptom in sorted(
        (*_ALL, *BACKUP_SYMPTOMS, *RECOVERY_SYMPTOMS), key=lambda symptom: symptom.code
    )
}

_BY_STATE = {
    "53300": "WDB-104",
    "53100": "WDB-305",
    "57014": "WDB-301",
    "55P03": "WDB-302",
    "40P01": "WDB-302",
    "42P01": "WDB-201",
    "3F000": "WDB-201",
    "3D000": "WDB-102",
    "28P01": "WDB-102",
    "28000": "WDB-102",
}
# what a failure to connect says, which carries no SQLSTATE; the first that is found counts
_BY_WORDS = (
    (("too many clients", "too many connections", "remaining connection slots"), "WDB-104"),
    (
        ("password", "no pg_hba.conf entry", "not permitted to log in", "permission denied for",
         '" does not exist', "pg_hba.conf rejects"),
        "WDB-102",
    ),
    (("timeout expired", "timed out"), "WDB-106"),
)  # fmt: skip
_CLASS_OF_CONSTRAINTS = "23"


def explained(code: str) -> Symptom:
    """Return the symptom of a code, however it is written.

    Raises:
        RuleBrokenError: there is none; it names those there are.
    """
    found = SYMPTOMS.get(code.strip().upper())
    if found is None:
        raise RuleBrokenError(f"There is no {code}. There are {', '.join(SYMPTOMS)}.")
    return found


def of_error(error: BaseException, *, migrating: bool = False) -> Symptom | None:
    """Return which illness an error is a symptom of, None when it is none that is known.

    Args:
        error: of the driver, its pool, or one of ours that came from those.
        migrating: whether the schema was being changed.
    """
    if isinstance(error, CodedError):
        return SYMPTOMS[error.code]
    for cause in _causes(error):
        code = _code(cause)
        if code is not None:
            return SYMPTOMS[_while_migrating(cause, code) if migrating else code]
        if migrating and isinstance(cause, psycopg.Error):
            return SYMPTOMS[_while_migrating(cause, "WDB-202")]
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the errors that led to this one, the first cause first, and last the error itself."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__
    return reversed(chain)


def _code(cause: BaseException) -> str | None:
    if isinstance(cause, psycopg.Error) and cause.sqlstate in _BY_STATE:
        return _BY_STATE[cause.sqlstate or ""]
    if isinstance(cause, TlsError):
        return "WDB-103"
    if isinstance(cause, SchemaMismatchError):
        return "WDB-202"
    if isinstance(cause, PoolTimeout):
        return "WDB-105"
    if isinstance(cause, psycopg.OperationalError):
        return _of_refusal(cause)
    return None


def _of_refusal(refusal: psycopg.OperationalError) -> str:
    """Return the code of a failure to connect."""
    # first: "root certificate file … does not exist" is about no role and no database
    if isinstance(connection_error(refusal), TlsError):
        return "WDB-103"
    text = str(refusal)
    found = (code for words, code in _BY_WORDS if any(word in text for word in words))
    return next(found, "WDB-101")


def _while_migrating(cause: BaseException, code: str) -> str:
    state = getattr(cause, "sqlstate", None) or ""
    if state == "55P03":
        return "WDB-203"
    if state.startswith(_CLASS_OF_CONSTRAINTS):
        return "WDB-204"
    return code if code[:5] == "WDB-1" or code == "WDB-305" else "WDB-202"
