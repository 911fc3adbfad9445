"""Makes the demo's database. A module of its own: what migrates takes half a second to import."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ward_app.demo.keys import demo_cipher
from ward_app.demo.seed import seed_demo
from ward_app.operations import migrate
from ward_app.operations.bootstrap import drop_database, initialise
from ward_app.operations.cluster import Cluster

Say = Callable[[str], None]


def fill(cluster: Cluster, database: str, say: Say) -> None:
    """Make, migrate and seed the database, whatever of it is missing.

    Raises:
        NotPermittedError: the database is for training or care.
    """
    initialise(cluster.dsn("postgres"), database)
    dsn = cluster.dsn(database)
    before = migrate.status(dsn)
    if before.pending:
        say(f"Bringing the schema from {before.current} to its newest revision.")
        migrate.upgrade(dsn)
    done = seed_demo(dsn, cipher=partial(demo_cipher, cluster, database))
    if done.added:
        say(done.sentence)


def make_anew(cluster: Cluster, database: str, say: Say) -> None:
    """Drop the database with everything in it, and fill it again."""
    drop_database(cluster.dsn("postgres"), database)
    fill(cluster, database, say)


def remove(cluster: Cluster, database: str) -> None:
    """Drop the database with everything in it."""
    drop_database(cluster.dsn("postgres"), database)
