"""The encrypted file of a backup: `openssl` opens it, and every changed byte is noticed.

    Salted__ | salt 8 | AES-256-CBC

Key and vector come from the secret by PBKDF2, as `openssl enc -aes-256-cbc -pbkdf2 -md sha256
-iter 600000` takes them; the bytes after those are the key of an HMAC over the whole file, because
AES-CBC alone does not notice what was changed. It is kept in the manifest, and compared before
anything is decrypted.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import pbkdf2_hmac, sha256
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.padding import PKCS7

from ward_app.core.errors import CodedError
from ward_app.operations.backup_symptoms import DAMAGED

CIPHER = "AES-256-CBC"
KDF = "PBKDF2-HMAC-SHA256"
# 1 s for each guess
ROUNDS = 600_000
# what a manifest says is not believed beyond these
_FEWEST_ROUNDS, _MOST_ROUNDS = 10_000, 10_000_000
CHUNK_BYTES = 1 << 20
MAGIC = b"Salted__"
_SALT_BYTES, _KEY_BYTES, _BLOCK_BYTES = 8, 32, 16
_HEAD_BYTES = len(MAGIC) + _SALT_BYTES
_PROOF_BYTES = 8


@dataclass(frozen=True, slots=True)
class FileKeys:
    """What a secret comes to with the salt of one file.

    Attributes:
        proof: tells a wrong secret from a damaged file; it opens nothing.
        manifest: signs the manifest.
    """

    salt: bytes
    rounds: int
    proof: str
    cipher: bytes = field(repr=False)
    vector: bytes = field(repr=False)
    mac: bytes = field(repr=False)
    manifest: bytes = field(repr=False)

    @property
    def head(self) -> bytes:
        """What the file begins with."""
        return MAGIC + self.salt


@dataclass(frozen=True, slots=True)
class Sums:
    """What is known of a whole file; `hmac` None: it is not encrypted."""

    bytes: int
    sha256: str
    hmac: str | None


def keys_of(secret: str, salt: bytes, rounds: int = ROUNDS) -> FileKeys:
    """Return the keys of the file with this salt.

    Raises:
        CodedError: nobody ever stretched a secret so little, or so much.
    """
    if not _FEWEST_ROUNDS <= rounds <= _MOST_ROUNDS or len(salt) != _SALT_BYTES:
        raise CodedError(DAMAGED, "This is not how a backup of this program is encrypted.")
    length = _KEY_BYTES + _BLOCK_BYTES + _KEY_BYTES
    made = pbkdf2_hmac("sha256", secret.encode(), salt, rounds, length)
    return _cut(salt, rounds, made)


def new_keys(secret: str, rounds: int = ROUNDS) -> FileKeys:
    """Return keys for a new file, with a salt of its own."""
    return keys_of(secret, os.urandom(_SALT_BYTES), rounds)


def keys_of_one(keys: FileKeys, label: bytes) -> FileKeys:
    """Return the keys of one file of many, so that the secret is stretched once for all of them.

    Args:
        keys: what the secret comes to with the salt that they share.
        label: of this file alone; it is no secret.
    """
    length = _KEY_BYTES + _BLOCK_BYTES + _KEY_BYTES
    made = HKDFExpand(SHA256(), length, b"ward-app one of many " + label).derive(keys.mac)
    return _cut(keys.salt, keys.rounds, made)


class BackupWriter:
    """Writes a backup chunk by chunk, encrypted where there are keys, and sums it up."""

    def __init__(self, file: BinaryIO, keys: FileKeys | None) -> None:
        self._file = file
        self._count = 0
        self._sha256 = sha256()
        self._mac = hmac.new(keys.mac, digestmod="sha256") if keys else None
        self._padder = PKCS7(AES256.block_size).padder() if keys else None
        self._encryptor = _cipher(keys).encryptor() if keys else None
        if keys:
            self._put(keys.head)

    def write(self, chunk: bytes) -> None:
        """Write the next part.

        Raises:
            OSError: the disk is full, or gone.
        """
        if self._encryptor and self._padder:
            self._put(self._encryptor.update(self._padder.update(chunk)))
        else:
            self._put(chunk)

    def finish(self) -> Sums:
        """Write what is left, have it all on the disk, and return what was written."""
        if self._encryptor and self._padder:
            last = self._encryptor.update(self._padder.finalize())
            self._put(last + self._encryptor.finalize())
        self._file.flush()
        os.fsync(self._file.fileno())
        mac = self._mac.hexdigest() if self._mac else None
        return Sums(self._count, self._sha256.hexdigest(), mac)

    def _put(self, piece: bytes) -> None:
        self._file.write(piece)
        self._sha256.update(piece)
        if self._mac:
            self._mac.update(piece)
        self._count += len(piece)


def sums_of(path: Path, keys: FileKeys | None, size: int | None = None) -> Sums:
    """Return what a file comes to now; reads it once, a piece at a time.

    Args:
        path: the file.
        keys: None: it is not encrypted.
        size: bytes that count from its beginning; None = all of it.

    Raises:
        CodedError: it cannot be read.
    """
    total, digest = 0, sha256()
    mac = hmac.new(keys.mac, digestmod="sha256") if keys else None
    for piece in _pieces(path, size):
        total += len(piece)
        digest.update(piece)
        if mac:
            mac.update(piece)
    return Sums(total, digest.hexdigest(), mac.hexdigest() if mac else None)


def content(
    path: Path, keys: FileKeys | None, expected: Sums, size: int | None = None
) -> Iterator[bytes]:
    """Yield what is in the file, once all of it was found to be as expected.

    Args:
        path: the file.
        keys: None: it is not encrypted.
        expected: what it must come to.
        size: bytes that count from its beginning; None = all of it.

    Raises:
        CodedError: it is not what was written, or changes while it is read.
    """
    require_same(path, sums_of(path, keys, size), expected)
    if keys is None:
        yield from _pieces(path, size)
        return
    decryptor, unpadder = _cipher(keys).decryptor(), PKCS7(AES256.block_size).unpadder()
    mac = hmac.new(keys.mac, digestmod="sha256")
    begun = b""
    for piece in _pieces(path, size):
        mac.update(piece)
        body = piece
        if len(begun) < _HEAD_BYTES:  # the first piece is longer than the head
            begun, body = piece[:_HEAD_BYTES], piece[_HEAD_BYTES:]
        yield unpadder.update(decryptor.update(body))
    if not hmac.compare_digest(mac.hexdigest(), expected.hmac or ""):
        raise _damaged(path, "It changed while it was read")
    yield unpadder.update(decryptor.finalize()) + unpadder.finalize()


def require_same(path: Path, found: Sums, expected: Sums) -> None:
    """Let pass only the file that was written.

    Raises:
        CodedError: it says in what the file differs.
    """
    if found.bytes != expected.bytes:
        raise _damaged(path, f"It has {found.bytes} bytes instead of {expected.bytes}")
    if found.sha256 != expected.sha256:
        raise _damaged(path, "Its SHA-256 is another one")
    if not hmac.compare_digest(found.hmac or "", expected.hmac or ""):
        raise _damaged(path, "Its HMAC is another one")


def _cipher(keys: FileKeys) -> Cipher[CBC]:
    return Cipher(AES256(keys.cipher), CBC(keys.vector))


def _cut(salt: bytes, rounds: int, made: bytes) -> FileKeys:
    mac = made[_KEY_BYTES + _BLOCK_BYTES :]
    return FileKeys(
        salt=salt,
        rounds=rounds,
        proof=hmac.digest(mac, b"ward-app backup proof", "sha256")[:_PROOF_BYTES].hex(),
        cipher=made[:_KEY_BYTES],
        vector=made[_KEY_BYTES:][:_BLOCK_BYTES],
        mac=mac,
        manifest=hmac.digest(mac, b"ward-app backup manifest", "sha256"),
    )


def _pieces(path: Path, size: int | None) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            left = path.stat().st_size if size is None else size
            while piece := file.read(min(CHUNK_BYTES, left)):
                yield piece
                left -= len(piece)
    except OSError as error:
        raise CodedError(DAMAGED, f"{path} cannot be read: {error.strerror}.") from error


def _damaged(path: Path, how: str) -> CodedError:
    return CodedError(DAMAGED, f"{path} is damaged and is not used. {how}.")
