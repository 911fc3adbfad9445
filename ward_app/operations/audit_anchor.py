"""Anchors: the newest seal, signed with a key that is not on the server, kept somewhere else.

Who may change everything in the database may also make all seals anew; an anchor that was mailed,
or written where nothing is overwritten, shows that.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from ward_app.audit.types import Seal
from ward_app.core.errors import ConfigurationError, RuleBrokenError

_FORMAT = "ward-app-audit-anchor-1"
_SHORTEST_PASSPHRASE = 12
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Anchor:
    """The newest seal as it was when the anchor was made; its signature is right."""

    database: str
    k: int
    era: int
    hash: bytes
    sealed_at: datetime
    made_at: datetime


def make_key(private: Path, public: Path, passphrase: str | None) -> None:
    """Make a signing key; the file is sealed by the passphrase, None: by its 0600 mode alone.

    Raises:
        RuleBrokenError: the passphrase is short, or a file is there already.
        ConfigurationError: a file cannot be written.
    """
    if passphrase is not None and len(passphrase) < _SHORTEST_PASSPHRASE:
        raise RuleBrokenError(f"A passphrase has at least {_SHORTEST_PASSPHRASE} characters.")
    key = Ed25519PrivateKey.generate()
    sealed: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        sealed = serialization.BestAvailableEncryption(passphrase.encode())
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    _write_new(private, key.private_bytes(pem, pkcs8, sealed), 0o600)
    _write_new(public, key.public_key().public_bytes(pem, info), 0o644)


def read_key(path: Path, ask_passphrase: Callable[[], str]) -> Ed25519PrivateKey:
    """Return the signing key of a file; the passphrase is asked for only if it is sealed.

    Raises:
        ConfigurationError: it cannot be read, others may read it, or it is no such key.
    """
    content = _read(path)
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        raise ConfigurationError(
            f"Others on this computer may read {path}. Make it yours alone: chmod 600 {path}"
        )
    try:
        passphrase = ask_passphrase().encode() if b"ENCRYPTED" in content else None
        key = serialization.load_pem_private_key(content, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"{path} is no signing key, or not this passphrase's.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path} is a key of another kind; an Ed25519 key is needed.")
    return key


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Return the key that checks signatures.

    Raises:
        ConfigurationError: it cannot be read, or is no such key.
    """
    try:
        key = serialization.load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"{path} is no public key.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigurationError(f"{path} is a key of another kind; an Ed25519 key is needed.")
    return key


def anchor_text(seal: Seal, database: str, key: Ed25519PrivateKey, made_at: datetime) -> str:
    """Return the anchor of a seal: a few lines of JSON, to mail or to keep."""
    facts = {
        "format": _FORMAT,
        "database": database,
        "seal": seal.k,
        "era": seal.era,
        "hash": seal.hash.hex(),
        "sealed_at": seal.sealed_at.astimezone(UTC).isoformat(),
        "made_at": made_at.astimezone(UTC).isoformat(),
    }
    signature = base64.b64encode(key.sign(_signed(facts))).decode()
    return json.dumps(facts | {"signature": signature}, indent=2) + "\n"


def read_anchor(text: str, key: Ed25519PublicKey) -> Anchor:
    """Return an anchor whose signature is right.

    Raises:
        RuleBrokenError: it is no anchor, or was not signed with this key, or was changed.
    """
    try:
        facts: dict[str, Any] = json.loads(text)
        signature = base64.b64decode(facts.pop("signature"), validate=True)
        key.verify(signature, _signed(facts))
        anchor = Anchor(
            database=facts["database"],
            k=int(facts["seal"]),
            era=int(facts["era"]),
            hash=bytes.fromhex(facts["hash"]),
            sealed_at=datetime.fromisoformat(facts["sealed_at"]),
            made_at=datetime.fromisoformat(facts["made_at"]),
        )
    except InvalidSignature as error:
        raise RuleBrokenError(
            "The signature of the anchor is not right: it was changed, or signed with another key."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise RuleBrokenError("This is no anchor of an audit trail.") from error
    return anchor


def read_anchor_file(path: Path, key: Ed25519PublicKey) -> Anchor:
    """Return the anchor in a file; raises as `read_anchor`, and when it cannot be read."""
    return read_anchor(_read(path).decode(errors="replace"), key)


def write_anchor(path: Path, text: str) -> None:
    """Write an anchor to a file that is not there yet: one that is kept is never overwritten.

    Raises:
        RuleBrokenError: the file is there already.
    """
    _write_new(path, text.encode(), 0o644)


def _signed(facts: dict[str, Any]) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def _write_new(path: Path, content: bytes, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise RuleBrokenError(f"{path} is there already, and was left as it is.") from error
    except OSError as error:
        raise ConfigurationError(f"{path} could not be written: {error.strerror}.") from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} could not be read: {error.strerror}.") from error
