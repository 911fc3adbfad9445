"""The secret that backups are encrypted with: in the keyring, or in a file for its owner alone."""

from __future__ import annotations

import secrets
from base64 import b64encode
from pathlib import Path

from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.core.given_keys import check_passphrase, is_guessable
from ward_app.core.secret_store import own_secrets
from ward_app.core.whole_file import write_whole
from ward_app.operations.kept_secrets import KEYRING, kept

NAME = "backup"
ENVIRONMENT_NAME = "BACKUP_ENCRYPTION_KEY"
_KEY_BYTES = 32


def backup_secret(reference: str) -> str | None:
    """Return the secret that `backup.key` refers to, None where it is empty.

    Raises:
        CodedError: it is not there, or others may read it.
    """
    return kept(reference, NAME) if reference else None


def new_secret() -> str:
    """Return a random secret, as one line that can be printed and typed in."""
    return b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def brought(text: str) -> str:
    """Return a secret that somebody brings along.

    Raises:
        RuleBrokenError: it is short, or easily guessed; it is never repeated.
    """
    check_passphrase(text)
    if text != text.strip() or "\n" in text or is_guessable(text):
        raise RuleBrokenError("That key is no random one. Make one: openssl rand -base64 32.")
    return text


def keep(reference: str, name: str, secret: str) -> None:
    """Keep a secret where the reference says.

    Raises:
        RuleBrokenError: another one is there, which older backups may need.
        ConfigurationError: it cannot be kept there.
    """
    if reference == KEYRING:
        store = own_secrets()
        if store.get(name):
            raise RuleBrokenError(f"The keyring has a {name} key already, which is kept.")
        if not store.put(name, secret):
            raise ConfigurationError(
                "This computer has no keyring that keeps it. Keep it in a file, on another disk "
                "than the backups: --file PATH."
            )
        return
    path = Path(reference).expanduser()
    if path.exists():
        raise RuleBrokenError(f"{path} is there already, and was left as it is.")
    try:
        write_whole(path, f"{secret}\n".encode())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from error
