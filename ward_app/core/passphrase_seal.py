"""Bytes sealed by a passphrase: scrypt, then AES-256-GCM under a versioned header. No I/O.

The header carries a check of itself and a proof of the passphrase, so that a wrong passphrase is
told from damage without opening anything.

    WARDSEAL | version 1 | log2 cost 1 | salt 16 | proof 32 | check 8 | nonce 12 | sealed
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

# 128 MiB and about half a second for each guess
LOG2_COST = 17
# a header made up must not have us take all memory there is
_CHEAPEST, _DEAREST = 10, 20
_BLOCK, _LANES = 8, 1
_KIND, _VERSION = b"WARDSEAL", 1
_SALT_BYTES, _CHECK_BYTES, _NONCE_BYTES, _KEY_BYTES = 16, 8, 12, 32
_BEGUN_BYTES = len(_KIND) + 2 + _SALT_BYTES
_HEAD_BYTES = _BEGUN_BYTES + sha256().digest_size + _CHECK_BYTES


class SealError(Exception):
    """Sealed bytes cannot be opened."""


class WrongPassphraseError(SealError):
    """They are whole, but this is not their passphrase."""


class DamagedSealError(SealError):
    """They were changed, cut off or never sealed."""


class NewerSealError(SealError):
    """A newer program sealed them."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What a passphrase comes to with one salt: seals and opens without it.

    Attributes:
        head: stands in front of everything this seals.
    """

    head: bytes
    key: bytes = field(repr=False)

    def close(self, content: bytes) -> bytes:
        """Return the content sealed; other bytes every time."""
        nonce = os.urandom(_NONCE_BYTES)
        return self.head + nonce + AESGCM(self.key).encrypt(nonce, content, self.head)

    def open(self, sealed: bytes) -> bytes:
        """Return the content.

        Raises:
            WrongPassphraseError: another passphrase, or another salt, sealed it.
            DamagedSealError: it was changed.
        """
        if _head(sealed) != self.head:
            raise WrongPassphraseError
        nonce, rest = sealed[_HEAD_BYTES:][:_NONCE_BYTES], sealed[_HEAD_BYTES + _NONCE_BYTES :]
        try:
            return AESGCM(self.key).decrypt(nonce, rest, self.head)
        except (InvalidTag, ValueError):
            raise DamagedSealError from None


def new_seal(passphrase: str, *, log2_cost: int | None = None) -> Seal:
    """Return a seal with a salt of its own.

    Args:
        passphrase: strong enough (`given_keys.check_passphrase`).
        log2_cost: of scrypt; None = `LOG2_COST`.
    """
    cost = LOG2_COST if log2_cost is None else log2_cost
    begun = _KIND + bytes([_VERSION, cost]) + os.urandom(_SALT_BYTES)
    key, proof = _stretched(passphrase, begun)
    return Seal(begun + proof + _check(begun + proof), key)


def seal_of(sealed: bytes, passphrase: str) -> Seal:
    """Return the seal that was used, for who knows the passphrase.

    Raises:
        WrongPassphraseError: it is another one.
        DamagedSealError: these are no sealed bytes, or their header was changed.
        NewerSealError: this program does not know their form.
    """
    head = _head(sealed)
    begun, said = head[:_BEGUN_BYTES], head[_BEGUN_BYTES:-_CHECK_BYTES]
    key, proof = _stretched(passphrase, begun)
    if not hmac.compare_digest(proof, said):
        raise WrongPassphraseError
    return Seal(head, key)


def _head(sealed: bytes) -> bytes:
    """Return the header of sealed bytes."""
    head = sealed[:_HEAD_BYTES]
    if len(head) < _HEAD_BYTES or not head.startswith(_KIND):
        raise DamagedSealError
    version, cost = head[len(_KIND)], head[len(_KIND) + 1]
    if version > _VERSION:
        raise NewerSealError
    if head[-_CHECK_BYTES:] != _check(head[:-_CHECK_BYTES]):
        raise DamagedSealError
    if not _CHEAPEST <= cost <= _DEAREST:
        raise DamagedSealError
    return head


def _check(head: bytes) -> bytes:
    return sha256(head).digest()[:_CHECK_BYTES]


def _stretched(passphrase: str, begun: bytes) -> tuple[bytes, bytes]:
    """Return the key, and the proof that the passphrase is right."""
    cost, salt = begun[len(_KIND) + 1], begun[-_SALT_BYTES:]
    stretch = Scrypt(salt=salt, length=2 * _KEY_BYTES, n=2**cost, r=_BLOCK, p=_LANES)
    made = stretch.derive(passphrase.encode())
    return made[:_KEY_BYTES], hmac.digest(made[_KEY_BYTES:], begun, "sha256")
