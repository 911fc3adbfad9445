"""Signing a person in at this workstation, for commands that look with their rights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from ward_app.cli.passphrase import passphrase
from ward_app.cli.station_secrets import opened
from ward_app.core.database import Actor, Database
from ward_app.core.secret_store import own_secrets
from ward_app.core.settings import load_settings
from ward_app.staff.service import sign_in, sign_out

LoginOption = Annotated[
    str, typer.Option("--as", help="Who looks: user name. The password is asked for.")
]
PasswordOption = Annotated[
    int | None, typer.Option("--password-fd", help="Read it from this open file descriptor.")
]


@contextmanager
def station_of(
    login: str, password_fd: int | None, station_fd: int | None
) -> Iterator[tuple[Database, str]]:
    """Yield this workstation's database, and the password of a person, which is asked for.

    Raises:
        ConfigurationError: this computer is no enrolled workstation.
    """
    settings = load_settings().database
    settings.conninfo()  # complains where no server is configured, before anything is asked
    store = opened(own_secrets(), station_fd)
    password = passphrase(None, password_fd, of=login)
    database = Database.connect(settings, store.get(settings.user))
    try:
        yield database, password
    finally:
        database.close()


@contextmanager
def signed_in(
    login: str, password_fd: int | None, station_fd: int | None
) -> Iterator[tuple[Database, Actor]]:
    """Yield this workstation's database and the person, who is signed out afterwards.

    Raises:
        WardError: as `station_of`, or the person cannot sign in; the sentence says why.
    """
    with station_of(login, password_fd, station_fd) as (database, password):
        actor = Actor(database.run(None, sign_in, login, password).token)
        try:
            yield database, actor
        finally:
            database.run(actor, sign_out)
