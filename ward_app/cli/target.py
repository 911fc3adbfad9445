"""Which database a command is about: the private cluster's, or one that `--dsn` names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import typer
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.core.places import places
from ward_app.core.settings import VERIFY_FULL, load_settings, refuse_insecure
from ward_app.operations.bootstrap import DATABASE
from ward_app.operations.cluster import Cluster, ClusterState, private_cluster

DsnOption = Annotated[
    str | None,
    typer.Option(
        "--dsn",
        help="Server of a hospital, such as 'host=db.example user=it dbname=ward'; the password "
        "comes from ~/.pgpass or PGPASSWORD. Without it: the private cluster.",
    ),
]


def own_cluster() -> Cluster:
    """Return the private cluster of this installation (WARD_HOME), made or not."""
    return private_cluster(places().cluster_dir)


def target_dsn(given: str | None) -> str:
    """Return how to connect as `--dsn` says, else as administrator of the private cluster.

    Raises:
        RuleBrokenError: `given` is no connection string, or contains a password.
        TlsError: the connection would not be safe enough for the care of patients.
        ConfigurationError: neither a `--dsn` nor a running private cluster.
    """
    if given is not None:
        return _checked(given)
    # migrations and locks of sessions go past a pooler
    configured = load_settings().database.direct
    if configured.host:
        raise ConfigurationError(
            f"This computer is set up for the server {configured.host}. Say as whom to connect: "
            f"--dsn 'host={configured.host} dbname={configured.name} user=…'."
        )
    cluster = own_cluster()
    if cluster.status() is not ClusterState.RUNNING:
        raise ConfigurationError(
            f"The private cluster is {cluster.status()}. Start it: wardctl cluster start."
        )
    return cluster.dsn(DATABASE)


def server_dsn(given: str) -> str:
    """Return how to connect to another server, as an option names it.

    Raises: as `target_dsn`.
    """
    return _checked(given)


def database_name(dsn: str) -> str:
    """Return the database a connection string names."""
    return str(conninfo_to_dict(dsn).get("dbname") or DATABASE)


def _checked(dsn: str) -> str:
    try:
        parts = conninfo_to_dict(dsn)
    except ProgrammingError as error:
        raise RuleBrokenError(f"That is no PostgreSQL connection string: {error}") from None
    if "password" in parts:
        raise RuleBrokenError(
            "A password on the command line is seen by everybody on this computer. "
            "Put it into ~/.pgpass or PGPASSWORD instead."
        )
    return make_conninfo(dsn, dbname=parts.get("dbname") or DATABASE, **_encrypted(parts))


def _encrypted(parts: Mapping[str, object]) -> dict[str, str]:
    """Return what makes an administrator's connection over the network as safe as all others.

    Raises:
        TlsError: for the care of patients, and the server would not be proved to be the right one.
    """
    host = str(parts.get("host") or parts.get("hostaddr") or os.environ.get("PGHOST") or "")
    if not host or host.startswith(("/", "@")):
        return {}
    asked = parts.get("sslmode") or os.environ.get("PGSSLMODE")
    sslmode = str(asked or VERIFY_FULL)
    settings = load_settings()
    refuse_insecure(settings.environment, replace(settings.database, host=host, sslmode=sslmode))
    return {"sslmode": sslmode}
