"""Encrypted files of the log: the container of the backups, and its record at the end.

    container | record, JSON | length of the record, 4 bytes | SHA-256 of those two | WARDLOG1

One file, so that it is there as a whole or not at all. All files of an archive share a salt, and
each has keys of its own from it: a recovery stretches the secret once, not two thousand times.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from ward_app.core.errors import CodedError
from ward_app.operations import backup_symptoms
from ward_app.operations.backup.container import (
    CHUNK_BYTES,
    ROUNDS,
    BackupWriter,
    FileKeys,
    Sums,
    content,
    keys_of_one,
    new_keys,
)
from ward_app.operations.backup.manifest import Encryption, mac_of, proved_keys
from ward_app.operations.recovery_symptoms import LOG_DAMAGED, NO_KEY

SUFFIX = ".enc"
FORMAT_VERSION = 1
_MAGIC = b"WARDLOG1"
_LENGTH_BYTES, _SUM_BYTES, _NONCE_BYTES = 4, 32, 16
_END_BYTES = _LENGTH_BYTES + _SUM_BYTES + len(_MAGIC)
_LONGEST_RECORD = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of one encrypted file of the log.

    Attributes:
        name: of the file of the log that is in it.
        nonce: makes its keys its own, in hexadecimal.
        mac: of everything else here.
    """

    name: str
    nonce: str
    bytes: int
    sha256: str
    hmac: str
    encryption: Encryption
    mac: str = ""
    format_version: int = FORMAT_VERSION

    @property
    def sums(self) -> Sums:
        """What the container must come to."""
        return Sums(self.bytes, self.sha256, self.hmac)


@dataclass(frozen=True, slots=True)
class LogKey:
    """The key of the backups, as the log takes it.

    Attributes:
        rounds: how often the secret is stretched for a new archive; tests take fewer.
    """

    secret: str = field(repr=False)
    rounds: int = ROUNDS
    _stretched: dict[tuple[str, int], FileKeys] = field(default_factory=dict, repr=False)

    def like(self, sealed: Path | None) -> FileKeys:
        """Return the keys for one more file beside `sealed`; None = it is the first."""
        if sealed is not None:
            # The key was changed, or that file was damaged: what comes now begins anew. Would it
            # not, one bad file would keep all that follow from being kept, until the server's
            # disk is full.
            with suppress(CodedError):
                return self.of(_record(sealed).encryption, sealed.name)
        return next(iter(self._stretched.values()), None) or self._kept(
            new_keys(self.secret, self.rounds)
        )

    def of(self, how: Encryption, name: str) -> FileKeys:
        """Return the keys that a file was made with.

        Raises:
            CodedError: it is another key.
        """
        known = self._stretched.get((how.salt, how.rounds))
        if known is not None and hmac.compare_digest(known.proof, how.proof):
            return known
        try:
            return self._kept(proved_keys(how, self.secret, name))
        except CodedError as error:
            if error.code == backup_symptoms.WRONG_KEY:
                raise CodedError(NO_KEY, f"This is not the key of {name}.") from error
            raise _damaged(name, "It does not say how it is encrypted") from error

    def _kept(self, keys: FileKeys) -> FileKeys:
        self._stretched[keys.salt.hex(), keys.rounds] = keys
        return keys


def write_sealed(source: Path, part: Path, keys: FileKeys) -> None:
    """Write an encrypted copy of a file of the log to `part`, and have all of it on the disk.

    Raises:
        OSError: the disk is full, or gone; what is at `part` is no whole file.
    """
    nonce = os.urandom(_NONCE_BYTES)
    own = keys_of_one(keys, nonce)
    with part.open("wb") as target:
        part.chmod(0o600)
        writer = BackupWriter(target, own)
        with source.open("rb") as file:
            while piece := file.read(CHUNK_BYTES):
                writer.write(piece)
        sums = writer.finish()
        how = Encryption(rounds=keys.rounds, salt=keys.salt.hex(), proof=keys.proof)
        made = Record(
            name=source.name,
            nonce=nonce.hex(),
            bytes=sums.bytes,
            sha256=sums.sha256,
            hmac=sums.hmac or "",
            encryption=how,
        )
        target.write(_end(_facts(made) | {"mac": mac_of(_facts(made), own)}))
        target.flush()
        os.fsync(target.fileno())


def opened(sealed: Path, key: LogKey | None) -> Iterator[bytes]:
    """Yield what is in an encrypted file of the log, once all of it was found to be whole.

    Raises:
        CodedError: it was changed, cut off or given another name, or the key is missing or
            another one; nothing was yielded.
    """
    told = _record(sealed)
    if key is None:
        raise CodedError(NO_KEY, f"{sealed} is encrypted, and there is no key (backup.key).")
    own = keys_of_one(key.of(told.encryption, sealed.name), bytes.fromhex(told.nonce))
    if not hmac.compare_digest(mac_of(_facts(told), own), told.mac):
        raise _damaged(sealed, "Its record was changed since it was written")
    if sealed.name != told.name + SUFFIX:
        raise _damaged(sealed, f"It is {told.name} under another name")
    try:
        yield from content(sealed, own, told.sums, told.bytes)
    except CodedError as error:
        raise CodedError(LOG_DAMAGED, str(error)) from error


def _record(sealed: Path) -> Record:
    """Return the record of a file, after what a disk may have done to it was looked for."""
    try:
        with sealed.open("rb") as file:
            return _read(file, sealed)
    except OSError as error:
        raise _damaged(sealed, f"It cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise _damaged(sealed, "Its record cannot be read") from error


def _read(file: BinaryIO, sealed: Path) -> Record:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_BYTES))
    end = file.read()
    length = int.from_bytes(end[:_LENGTH_BYTES], "big")
    if not end.endswith(_MAGIC) or length > min(_LONGEST_RECORD, size - _END_BYTES):
        raise _damaged(sealed, "It was cut off, or its end was changed")
    file.seek(size - _END_BYTES - length)
    text = file.read(length)
    if end[_LENGTH_BYTES:][:_SUM_BYTES] != sha256(text + end[:_LENGTH_BYTES]).digest():
        raise _damaged(sealed, "Its end was changed")
    values = json.loads(text)
    told = Record(**values | {"encryption": Encryption(**values["encryption"])})
    if told.format_version > FORMAT_VERSION:
        raise _damaged(sealed, "A newer program wrote it: update this one")
    if told.bytes != size - _END_BYTES - length:
        raise _damaged(sealed, "A part of it is missing")
    return told


def _end(facts: dict[str, Any]) -> bytes:
    text = json.dumps(facts).encode()
    length = len(text).to_bytes(_LENGTH_BYTES, "big")
    return text + length + sha256(text + length).digest() + _MAGIC


def _facts(made: Record) -> dict[str, Any]:
    facts = asdict(made)
    del facts["mac"]
    return facts


def _damaged(what: Path | str, how: str) -> CodedError:
    return CodedError(LOG_DAMAGED, f"{what} is damaged and is not used. {how}.")
