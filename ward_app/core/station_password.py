"""The workstation's password among its secrets, and the one that is to take its place.

A password is changed in two places, the keyring and the server, one after the other. So the new
one is kept beside the old until the server takes it: whoever is interrupted in between has both.
"""

from __future__ import annotations

from ward_app.core.secret_store import Secrets


def next_name(role_name: str) -> str:
    """Return the name in the keyring of the password that is to take a workstation's place."""
    return f"{role_name} next"


def keep_next(store: Secrets, role_name: str, password: str) -> bool:
    """Keep a password beside the one in use; return whether it lasts beyond this program."""
    return store.put(next_name(role_name), password)


def next_password(store: Secrets, role_name: str) -> str | None:
    """Return the password that is to take the place of the one in use, None for none."""
    return store.get(next_name(role_name))


def promote(store: Secrets, role_name: str) -> None:
    """Let the new password take the old one's place: the server has taken it."""
    password = next_password(store, role_name)
    if password is not None and store.put(role_name, password):
        store.remove(next_name(role_name))
