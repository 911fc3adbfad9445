"""Secrets that settings refer to: in the keyring, or in a file for its owner alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ward_app.core.errors import CodedError
from ward_app.core.secret_store import own_secrets
from ward_app.operations.backup_symptoms import NO_KEY

KEYRING = "keyring"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


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
    return in_file(Path(reference).expanduser())


def in_file(path: Path) -> str:
    """Return the first line of a file that only its owner reads.

    Raises:
        CodedError: it is not there, or others may read it.
    """
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
