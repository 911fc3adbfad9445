"""The secret that backups are encrypted with: in the keyring, or in a file for its owner alone."""

from __future__ import annotations

import os
import secrets
import stat
from base64 import b64encode
from pathlib import Path

from ward_app.core.errors import CodedError, ConfigurationError, RuleBrokenError
from ward_app.core.given_keys import check_passphrase, is_guessable
from ward_app.core.secret_store import own_secrets
from ward_app.core.whole_file import write_whole
from ward_app.operations.backup_symptoms import NO_KEY

KEYRING = "keyring"
NAME = "backup"
ENVIRONMENT_NAME = "BACKUP_ENCRYPTION_KEY"
_KEY_BYTES = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def backup_secret(reference: str) -> str | None:
    """Return the secret that `backup.key` refers to, None where it is empty.

    Raises:
        CodedError: it is not there, or others may read it.
    """
    return kept(reference, NAME) if reference else None


def kept(reference: str, name: str) -> str:
    """Return a secret of the keyring by its name, or the first line of the file referred to.

    Raises:
        CodedError: it is not there, or others may read it.
    """
    if reference == KEYRING:
        store = own_secrets()
        found = store.get(name)
        if not found:
            why = store.note or "It was never put there."
            raise CodedError(NO_KEY, f"The keyring has no {name} key. {why}")
        return found
    path = Path(reference).expanduser()
    try:
        is_open = os.name == "posix" and path.stat().st_mode & _OTHERS
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CodedError(NO_KEY, f"The key in {path} cannot be read.") from error
    if is_open:
        words = f"Others on this computer may read {path}. Make it yours alone: chmod 600 {path}"
        raise CodedError(NO_KEY, words)
    if not lines or not lines[0]:
        raise CodedError(NO_KEY, f"There is no key in {path}.")
    return lines[0]


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
            raise ConfigurationError(store.note or "The keyring does not keep it.")
        return
    path = Path(reference).expanduser()
    if path.exists():
        raise RuleBrokenError(f"{path} is there already, and was left as it is.")
    try:
        write_whole(path, f"{secret}\n".encode())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from error
