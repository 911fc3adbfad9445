"""Keys that data are encrypted with, and how one is wrapped for a workstation. No I/O.

A wrap is made to the workstation's X25519 public key and is a function of key and workstation
alone, so that who holds the key can prove that a wrap is of it without opening anything.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ward_app.core.errors import WardError

KEY_BYTES = 32
HIGHEST_NUMBER = 65_535
_NONCE_BYTES = 12
_CHECK_BYTES = 8


class Purpose(StrEnum):
    """What a data key is for."""

    FIELD = "field"
    INDEX = "index"


class KeyState(StrEnum):
    """Whether a key still encrypts, only reads what it once encrypted, or is out of use."""

    ACTIVE = "active"
    READABLE = "readable"
    RETIRED = "retired"


class KeyMissingError(WardError):
    """No key for this value is at hand on this computer."""


class WrongWrapError(WardError):
    """A wrapped key is not for this workstation, or was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataKey:
    """One key. `number` stands in front of every value it encrypted: 1 to 65535."""

    number: int
    purpose: Purpose
    secret: bytes = field(repr=False)
    state: KeyState = KeyState.ACTIVE

    @property
    def check_value(self) -> bytes:
        """Eight bytes that tell this key from another and say nothing of it."""
        return hmac.digest(self.secret, b"ward-app key check", "sha256")[:_CHECK_BYTES]


class KeyRing:
    """The keys at hand, by number."""

    def __init__(self, keys: Iterable[DataKey] = ()) -> None:
        self._keys = {key.number: key for key in keys}

    def __repr__(self) -> str:
        return f"KeyRing({sorted(self._keys)})"

    @property
    def keys(self) -> tuple[DataKey, ...]:
        """All of them, lowest number first."""
        return tuple(self._keys[number] for number in sorted(self._keys))

    def numbered(self, number: int, purpose: Purpose) -> DataKey:
        """Return the key of that number.

        Raises:
            KeyMissingError: it is not at hand.
        """
        key = self._keys.get(number)
        if key is None or key.purpose is not purpose:
            raise KeyMissingError(f"The key {number} is not on this workstation. IT can give it.")
        return key

    def active(self, purpose: Purpose) -> DataKey:
        """Return the key that encrypts now.

        Raises:
            KeyMissingError: there is none.
        """
        for key in self._keys.values():
            if key.purpose is purpose and key.state is KeyState.ACTIVE:
                return key
        raise KeyMissingError(
            "This workstation has no key for protected details. IT can give it: wardctl keys wrap."
        )

    def of(self, purpose: Purpose) -> tuple[DataKey, ...]:
        """Return all keys of a purpose, lowest number first."""
        return tuple(key for key in self.keys if key.purpose is purpose)


def new_key(number: int, purpose: Purpose) -> DataKey:
    """Return a key of 32 random bytes."""
    return DataKey(number=number, purpose=purpose, secret=os.urandom(KEY_BYTES))


def new_private_key() -> bytes:
    """Return the private half of a workstation's own key: 32 bytes."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_half(private_key: bytes) -> bytes:
    """Return the public half, 32 bytes, which anybody may know."""
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def fingerprint(public_key: bytes) -> str:
    """Return how people compare a public key: sixteen hexadecimal digits in fours."""
    digits = sha256(public_key).hexdigest()[:16]
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def wrapped(key: DataKey, public_key: bytes, station: str) -> bytes:
    """Return the key as only the holder of the private half can open it; the same every time."""
    seed = _derived(key.secret, public_key, _said(key.number, key.purpose, station))
    once = X25519PrivateKey.from_private_bytes(seed)
    shared = once.exchange(X25519PublicKey.from_public_bytes(public_key))
    sender = once.public_key().public_bytes_raw()
    sealed = _sealer(shared, sender + public_key).encrypt(
        # the key under it is used this once
        bytes(_NONCE_BYTES),
        key.secret,
        _said(key.number, key.purpose, station),
    )
    return sender + sealed


def unwrapped(
    wrap: bytes,
    private_key: bytes,
    *,
    number: int,
    purpose: Purpose,
    state: KeyState,
    station: str,
) -> DataKey:
    """Return the key that was wrapped for this workstation.

    Raises:
        WrongWrapError: it was wrapped for another, as another key, or was changed.
    """
    own = X25519PrivateKey.from_private_bytes(private_key)
    sender, sealed = wrap[:KEY_BYTES], wrap[KEY_BYTES:]
    try:
        shared = own.exchange(X25519PublicKey.from_public_bytes(sender))
        salt = sender + own.public_key().public_bytes_raw()
        said = _said(number, purpose, station)
        secret = _sealer(shared, salt).decrypt(bytes(_NONCE_BYTES), sealed, said)
    except (InvalidTag, ValueError):
        raise WrongWrapError(
            f"The key {number} was not made for this workstation. IT can give it anew: "
            "wardctl keys wrap."
        ) from None
    return DataKey(number=number, purpose=purpose, secret=secret, state=state)


def _said(number: int, purpose: Purpose, station: str) -> bytes:
    return f"ward-app wrap 1|{number}|{purpose}|{station}".encode()


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(secret)


def _sealer(shared: bytes, salt: bytes) -> AESGCM:
    return AESGCM(_derived(shared, salt, b"ward-app wrapping key"))
