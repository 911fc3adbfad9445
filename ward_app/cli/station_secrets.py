"""The secrets of this computer, opened for a command that keeps or changes them."""

from __future__ import annotations

import typer

from ward_app.cli.passphrase import passphrase
from ward_app.core.errors import ConfigurationError, KeyringLockedError, RuleBrokenError
from ward_app.core.sealed_store import SealedStore
from ward_app.core.secret_store import Secrets

_OF = "this workstation"


def opened(store: Secrets, descriptor: int | None) -> Secrets:
    """Return the secrets once they can be used; a sealed file's passphrase is asked for.

    Args:
        store: of this computer.
        descriptor: where to read the passphrase; None asks the person at the keyboard.

    Raises:
        ConfigurationError: the keyring cannot be used, or the file not be read.
        RuleBrokenError: the passphrase is wrong, or a new one is weak.
    """
    if isinstance(store, SealedStore):
        _unseal(store, descriptor)
    elif not store.check():
        _wait_for_owner(store)
    return store


def _unseal(store: SealedStore, descriptor: int | None) -> None:
    chosen = passphrase(None, descriptor, new=not store.is_begun, of=_OF)
    if not store.is_begun:
        store.begin(chosen)
        return
    try:
        store.unlock(chosen)
    except RuleBrokenError as error:
        raise RuleBrokenError(f"{error} To begin anew, delete {store.file} first.") from None


def _wait_for_owner(store: Secrets) -> None:
    try:
        store.refuse_locked()
    except KeyringLockedError as locked:
        typer.echo("Waiting for the keyring: type its password where it asks for it.", err=True)
        locked.unlock()
    if store.note:
        raise ConfigurationError(store.note)
