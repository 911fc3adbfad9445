"""A workstation in the wrong hands: its own credential, and any SQL at all."""

from __future__ import annotations

from contextlib import contextmanager

import psycopg
import pytest

from tests import world
from tests.conftest import STATION_PASSWORD

REFUSED = "42501"


class Intruder:
    """Whoever holds the credential of one workstation and sends what he likes."""

    def __init__(self, settings):
        self._conninfo = settings.conninfo() | {"password": STATION_PASSWORD}

    @contextmanager
    def connection(self, token=None):
        """Yield a connection inside a transaction that proved `token` (None: no token)."""
        with psycopg.connect(**self._conninfo) as connection:
            if token is not None:
                connection.execute("SELECT auth.prove(%s)", (token,))
            yield connection

    def rows(self, sql, params=(), *, token=None):
        """Return what one statement returns, in a transaction that is committed."""
        with self.connection(token) as connection:
            cursor = connection.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

    def value(self, sql, params=(), *, token=None):
        """Return the first column of the first row."""
        return self.rows(sql, params, token=token)[0][0]

    def state(self, sql, params=(), *, token=None):
        """Return the SQLSTATE with which a statement or its commit fails, None if it succeeds."""
        try:
            self.rows(sql, params, token=token)
        except psycopg.Error as error:
            return error.sqlstate
        return None

    def state_outside_transaction(self, sql):
        """Return the SQLSTATE with which a statement fails that no transaction may contain."""
        with psycopg.connect(**self._conninfo, autocommit=True) as connection:
            try:
                connection.execute(sql)
            except psycopg.Error as error:
                return error.sqlstate
        return None

    def assert_refused(self, sql, params=(), *, token=None):
        """Assert that a statement fails for want of a right."""
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            self.rows(sql, params, token=token)

    def sign_in(self, login, password=world.PASSWORD):
        """Return the answer to a sign-in that is committed."""
        return self.value("SELECT auth.sign_in(%s, %s)", (login, password))

    def token(self, login):
        """Return the token of a person who has signed in here."""
        return self.sign_in(login)["token"]
