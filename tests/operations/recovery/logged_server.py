"""A server that keeps its log, and work that is saved on it."""

from __future__ import annotations

import psycopg

from tests.patience import until
from ward_app.operations.bootstrap import initialise
from ward_app.operations.cluster import private_cluster

_WORK = """
CREATE TABLE public.sessions (id int, ended_at timestamptz, end_reason text);
INSERT INTO public.sessions VALUES (1, NULL, NULL), (2, now(), 'signed out');
CREATE TABLE public.work (word text);
"""


class LoggedServer:
    """A server with a ward database; who makes one sets up where its log goes.

    Attributes:
        at: the server's clock when a word was saved.
    """

    def __init__(self, folder):
        self.folder = folder
        self.at = {}
        self.cluster = private_cluster(folder / "cluster", fast_unsafe=True)
        # a data folder and its account are there once it was started
        self.cluster.start()
        self.cluster.stop()

    def begin(self):
        """Start it with its settings, and make a ward database with sessions and work."""
        self.cluster.start()
        initialise(self.cluster.dsn("postgres"), "ward")
        self.ask(_WORK)

    def ask(self, statement, *values):
        with psycopg.connect(self.cluster.dsn("ward"), autocommit=True) as admin:
            answer = admin.execute(statement, values)
            return answer.fetchall() if answer.description else []

    def save(self, word):
        self.ask("INSERT INTO public.work VALUES (%s)", word)
        [(self.at[word],)] = self.ask("SELECT clock_timestamp()")

    def has(self, name):
        """Whether this file of the log was taken over."""
        raise NotImplementedError

    def hand_over(self):
        """Close the file of the log, and wait until it was taken over."""
        [(name,)] = self.ask("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
        self.ask("SELECT pg_switch_wal()")
        until(lambda: self.has(name))
