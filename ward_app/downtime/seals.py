"""The keys that seal this station's downtime files: made once, kept among its secrets."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64Error

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ward_app.core.errors import ConfigurationError
from ward_app.core.secret_store import Secrets

KEY_BYTES = 32
OUTBOX = "outbox"


def secret_name(station: str) -> str:
    """Return the name of the downtime key among the secrets of a workstation's role."""
    return f"{station} downtime"


def seal_key(secrets: Secrets, station: str, purpose: str) -> bytes:
    """Return the key of 32 bytes that seals files of one purpose; the first call makes it.

    Asks the keyring, which may take seconds: not for the GUI thread.

    Raises:
        ConfigurationError: the secrets of this workstation cannot be used; it says why.
        KeyringLockedError: the keyring waits for its owner.
    """
    kept = secrets.get(secret_name(station)) or _made(secrets, station)
    try:
        secret = b64decode(kept, validate=True)
    except NotBase64Error:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise ConfigurationError(
            "The downtime key among the secrets of this workstation is damaged, so what is "
            "charted without the server cannot be read. Keep the folder, and tell IT."
        )
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"ward-app {purpose}".encode()).derive(secret)


def _made(secrets: Secrets, station: str) -> str:
    secrets.refuse_locked()
    if secrets.note is None:
        made = b64encode(os.urandom(KEY_BYTES)).decode()
        if secrets.put(secret_name(station), made):
            return made
    raise ConfigurationError(
        "This workstation cannot keep anything for a downtime: nothing could be charted without "
        f"the server. {secrets.note or ''}".strip()
    )
