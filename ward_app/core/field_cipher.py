"""Encrypts single values so that each is bound to its column and row. No I/O.

A sealed value is `engine (1 byte) | key number (2) | what the engine made of it`. Engine 1 is
AES-256-GCM here in the client: `nonce (12) | ciphertext and tag`, with `schema.table.column|row`
as associated data. Engine 2 is pgcrypto in the server (`core/pgcrypto.py`).
"""

from __future__ import annotations

import hmac
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ward_app.core.data_keys import DataKey, KeyRing, KeyState, Purpose
from ward_app.core.errors import WardError

AES_GCM, PGCRYPTO = 1, 2
INDEX_BYTES = 16
_HEAD_BYTES = 3
_NONCE_BYTES = 12
_INDEXED = b"ward-app blind index|"
_BETWEEN = re.compile(r"[\W_]+")


class AlteredValueError(WardError):
    """A sealed value is not what was sealed for this place."""

    def __init__(self) -> None:
        super().__init__(
            "This value was changed outside the program and cannot be trusted. Tell IT."
        )


class NotSealedError(WardError):
    """A value is not encrypted in the program's way."""

    def __init__(self) -> None:
        super().__init__(
            "This value is not encrypted yet. IT must run: wardctl encryption migrate."
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value belongs: `schema.table.column` and the id of its row."""

    column: str
    row: UUID

    @property
    def bound(self) -> bytes:
        """What the value is bound to."""
        return f"{self.column}|{self.row}".encode()


class Engine(Protocol):
    """One way to encrypt."""

    def seal(self, key: DataKey, bound: bytes, clear: bytes) -> bytes:
        """Return the sealed value."""

    def open(self, key: DataKey, bound: bytes, sealed: bytes) -> bytes:
        """Return what was sealed, or raise AlteredValueError."""


class AesGcm:
    """AES-256-GCM in this process."""

    def seal(self, key: DataKey, bound: bytes, clear: bytes) -> bytes:
        """Return nonce, ciphertext and tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(key.secret).encrypt(nonce, clear, bound)

    def open(self, key: DataKey, bound: bytes, sealed: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            AlteredValueError: another key, another place, or a changed byte.
        """
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return AESGCM(key.secret).decrypt(nonce, rest, bound)
        except (InvalidTag, ValueError):
            raise AlteredValueError from None


class FieldCipher:
    """Seals with the active key and one engine; opens what any of its engines sealed."""

    def __init__(
        self, keys: KeyRing, engines: Mapping[int, Engine] | None = None, *, writes: int = AES_GCM
    ) -> None:
        self._keys, self._writes = keys, writes
        self._engines = {AES_GCM: AesGcm(), **(engines or {})}

    @property
    def can_seal(self) -> bool:
        """Whether there are keys to encrypt a value and to index one."""
        return all(
            any(key.state is KeyState.ACTIVE for key in self._keys.of(purpose))
            for purpose in Purpose
        )

    def seal(self, text: str, cell: Cell) -> bytes:
        """Return the text encrypted for its place.

        Raises:
            KeyMissingError: no key is at hand.
        """
        key = self._keys.active(Purpose.FIELD)
        made = self._engines[self._writes].seal(key, cell.bound, text.encode())
        return bytes([self._writes]) + key.number.to_bytes(2) + made

    def open(self, sealed: bytes, cell: Cell) -> str:
        """Return the text of a sealed value.

        Raises:
            NotSealedError: it does not look like one.
            KeyMissingError: its key is not at hand.
            AlteredValueError: it was sealed for another place, or changed.
        """
        number = key_number(sealed)
        if number is None:
            raise NotSealedError
        engine = self._engines.get(sealed[0])
        if engine is None:
            raise NotSealedError
        key = self._keys.numbered(number, Purpose.FIELD)
        clear = engine.open(key, cell.bound, sealed[_HEAD_BYTES:])
        try:
            return clear.decode()
        except UnicodeDecodeError:
            raise AlteredValueError from None

    def knows(self, number: int) -> bool:
        """Whether the field key of that number is at hand."""
        return any(key.number == number for key in self._keys.of(Purpose.FIELD))

    def is_current(self, sealed: bytes) -> bool:
        """Whether a value is sealed as it would be now: active key, chosen engine."""
        active = self._keys.active(Purpose.FIELD).number
        return sealed[:1] == bytes([self._writes]) and key_number(sealed) == active

    def index(self, text: str) -> tuple[int, bytes]:
        """Return the number of the index key, and the blind index to store beside a value.

        Raises:
            KeyMissingError: no key is at hand.
        """
        key = self._keys.active(Purpose.INDEX)
        return key.number, blind_index(key, text)

    def indexes(self, text: str) -> list[bytes]:
        """Return the blind indexes a value may have been stored with; none without a key."""
        return [blind_index(key, text) for key in self._keys.of(Purpose.INDEX)]


def key_number(sealed: bytes) -> int | None:
    """Return the number of the key of a sealed value, None when it is not one."""
    if len(sealed) <= _HEAD_BYTES or sealed[0] not in (AES_GCM, PGCRYPTO):
        return None
    return int.from_bytes(sealed[1:_HEAD_BYTES])


def blind_index(key: DataKey, text: str) -> bytes:
    """Return sixteen bytes that are the same for the same value and tell nothing of it."""
    return hmac.digest(key.secret, _INDEXED + normalised(text).encode(), "sha256")[:INDEX_BYTES]


def normalised(text: str) -> str:
    """Return letters and digits alone, in capitals: "qq 12-34.56 c" is "QQ123456C"."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
