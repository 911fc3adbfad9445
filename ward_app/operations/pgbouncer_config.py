"""Configuration of PgBouncer beside a hospital's server, as text that IT reviews and installs."""

from __future__ import annotations

from dataclasses import dataclass

from ward_app.core.errors import RuleBrokenError
from ward_app.operations.pool_plan import RESERVED

USERLIST = (
    'COPY (SELECT format(\'"%s" "%s"\', rolname, rolpassword) FROM pg_authid'
    " WHERE rolpassword LIKE 'SCRAM%' AND pg_has_role(oid, 'ward_client', 'MEMBER')) TO STDOUT"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSizes:
    """How many connections PgBouncer takes and makes.

    Attributes:
        clients: connections of workstations, all together.
        usual, least: connections to the server for each role.
        spare: more for a role whose work waits longer than `spare_after_s`.
        total: connections to the server, all together; 0: no limit of its own.
    """

    clients: int = 100
    usual: int = 20
    least: int = 5
    spare: int = 5
    spare_after_s: int = 3
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolerPlace:
    """Where PgBouncer listens, where its server is, and its files.

    Attributes:
        server: host or folder of the socket of PostgreSQL, best on the same computer.
        listen: addresses it listens on; "" = its socket alone.
        folder: of its socket, its log and the list of its users.
        certificate, key: of the name that workstations connect to.
        server_ca: who signs the server's certificate, where it is reached over a network.
    """

    database: str
    server: str = "/run/postgresql"
    server_port: int = 5432
    listen: str = "*"
    port: int = 6432
    folder: str = "/etc/pgbouncer"
    certificate: str = "server.crt"
    key: str = "server.key"
    server_ca: str = ""


def sizes_for(workstations: int, pool_max: int, *, active: int, budget: int) -> PoolSizes:
    """Return the sizes for workstations that each have a role, and so a pool, of their own.

    Raises:
        RuleBrokenError: they need more than the hospital's budget of connections.
    """
    clients = workstations * pool_max
    if clients > budget:
        raise RuleBrokenError(
            f"{workstations} workstations with {pool_max} connections each come to {clients}, more"
            f" than database.pool.fleet_budget ({budget}). Make the pools smaller, or raise it."
        )
    return PoolSizes(clients=clients + RESERVED, usual=2, least=0, spare=2, total=active)


def ini(place: PoolerPlace, sizes: PoolSizes) -> str:
    """Return `pgbouncer.ini`, with how to make the list of its users.

    Raises:
        RuleBrokenError: a name has signs that would change other settings.
    """
    for word in (place.database, place.server, place.listen, place.folder, place.certificate,
                 place.key, place.server_ca):  # fmt: skip
        if any(sign in word for sign in "\n\r;'\" =") or word.startswith("#"):
            raise RuleBrokenError(f"{word!r} cannot stand in pgbouncer.ini.")
    return "\n".join(
        [*_head(place), *_sizes(sizes), *_proof(place), *_server_tls(place), *_ends()]
    )


def _head(place: PoolerPlace) -> list[str]:
    return [
        "; PgBouncer for Ward App: pgbouncer.ini. Workstations set database.via_pgbouncer and",
        "; database.direct_url (docs/workstations.md). The list of users, as the server's",
        "; administrator, again after each enrol, rotate and revoke; then RELOAD:",
        f';   psql -d {place.database} -qAtX -c "{_escaped(USERLIST)}" \\',
        f";     > {place.folder}/userlist.txt; chmod 600 {place.folder}/userlist.txt",
        "",
        "[databases]",
        f"{place.database} = host={place.server} port={place.server_port}",
        "",
        "[pgbouncer]",
        "; only so do many workstations share few connections; the program is made for it",
        "pool_mode = transaction",
        f"listen_addr = {place.listen}",
        f"listen_port = {place.port}",
        f"unix_socket_dir = {place.folder}",
        f"logfile = {place.folder}/pgbouncer.log",
        f"pidfile = {place.folder}/pgbouncer.pid",
        "",
    ]


def _sizes(sizes: PoolSizes) -> list[str]:
    total = [f"max_db_connections = {sizes.total}"] if sizes.total else []
    return [
        "; a pool is of one role: each workstation has its own",
        f"max_client_conn = {sizes.clients}",
        f"default_pool_size = {sizes.usual}",
        f"min_pool_size = {sizes.least}",
        f"reserve_pool_size = {sizes.spare}",
        f"reserve_pool_timeout = {sizes.spare_after_s}",
        *total,
        "server_idle_timeout = 60",
        "query_wait_timeout = 10",
        "; from 1.21 on, with database.pgbouncer_prepares in the workstations' settings:",
        ";max_prepared_statements = 100",
        "",
    ]


def _proof(place: PoolerPlace) -> list[str]:
    proof = ["auth_type = scram-sha-256", f"auth_file = {place.folder}/userlist.txt"]
    if not place.listen:
        return [*proof, ""]
    return [
        *proof,
        "client_tls_sslmode = require",
        f"client_tls_cert_file = {_path(place, place.certificate)}",
        f"client_tls_key_file = {_path(place, place.key)}",
        "",
    ]


def _server_tls(place: PoolerPlace) -> list[str]:
    if place.server.startswith(("/", "@")):
        return []
    if not place.server_ca:
        raise RuleBrokenError(
            "PgBouncer reaches this server over a network: say who signs its certificate "
            "(--server-ca), so that it is proved to be the right one."
        )
    return [
        "server_tls_sslmode = verify-full",
        f"server_tls_ca_file = {_path(place, place.server_ca)}",
        "",
    ]


def _ends() -> list[str]:
    return ["; names of roles, never values of patients", "log_connections = 1", ""]


def _path(place: PoolerPlace, file: str) -> str:
    return file if file.startswith("/") else f"{place.folder}/{file}"


def _escaped(statement: str) -> str:
    """Return a statement for a shell, between double quotes."""
    return statement.replace('"', '\\"')
