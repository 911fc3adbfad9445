"""A file that is only ever added to: each record sealed, numbered and chained to the one before.

A record is `mark (4) | number (8) | length (4) | nonce (12) | ciphertext and tag`, AES-256-GCM
with the first three as associated data, and begins with the SHA-256 of the record before it. The
head (how many records there are, and the digest of the last) is sealed in a file of its own, in
two slots that are written in turn: records that were cut off at the end are missed.

What is damaged costs itself alone: the next record is found by its mark and proved by its tag. A
database file has no such property: one changed byte in SQLite's log drops all that follows.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from io import FileIO
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ward_app.core.file_lock import held
from ward_app.core.whole_file import write_whole

_MARK = b"WLg\x01"
_PREFIX = struct.Struct(">4sQI")
_NONCE_BYTES = 12
_TAG_BYTES = 16
_DIGEST_BYTES = 32
_NOTHING_BEFORE = bytes(_DIGEST_BYTES)
_LEAST_BYTES = _NONCE_BYTES + _DIGEST_BYTES + _TAG_BYTES
# serial, records so far, bytes so far, number at or before which the log begins
_HEAD = struct.Struct(">QQQQ32s")
_SLOT_BYTES = _NONCE_BYTES + _HEAD.size + _TAG_BYTES
# bytes and length, not the times of the file; not every system has it
_force = getattr(os, "fdatasync", os.fsync)
# a sector each, so that a power cut in one spares the other
_SLOT_AT = (0, 4096)
_HEAD_FILE_BYTES = _SLOT_AT[1] + _SLOT_BYTES


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its number, from 1 on, and what was kept in it."""

    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read.

    Attributes:
        missing: numbers of records that were there once and cannot be read any more.
        head_is_whole: whether it is known how many records there ought to be.
        in_order: whether every record follows the one it was written after.
    """

    records: tuple[Record, ...]
    missing: tuple[int, ...]
    head_is_whole: bool
    in_order: bool

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing, moved or changed."""
        return not self.missing and self.head_is_whole and self.in_order


@dataclass(frozen=True, slots=True)
class _Frame:
    number: int
    before: bytes
    content: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Head:
    serial: int = 0
    count: int = 0
    end: int = 0
    begins_by: int = 1
    digest: bytes = _NOTHING_BEFORE


class SealedLog:
    """The log in a folder, under one name; several processes may use it at once.

    Every method may wait for the disk, and for another process: not for the GUI thread.
    """

    def __init__(self, folder: Path, name: str, key: bytes) -> None:
        """Take the folder (made when first needed) and the key of 32 bytes."""
        self._folder, self._cipher = folder, AESGCM(key)
        self.file, self.head_file = folder / f"{name}.log", folder / f"{name}.head"
        self._lock = folder / f"{name}.lock"

    @property
    def is_begun(self) -> bool:
        """Whether something was ever kept here."""
        return self.file.exists() or self.head_file.exists()

    def append(self, contents: Sequence[bytes]) -> tuple[int, ...]:
        """Return the numbers of the new records, which are on the disk: all of them, or none.

        Raises:
            OSError: they are not; nothing was added.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with held(self._lock):
            head = self._begun()
            frames, digest = [], head.digest
            for number, content in enumerate(contents, head.count + 1):
                frames.append(self._sealed(number, digest, content))
                digest = sha256(frames[-1]).digest()
            self._add(b"".join(frames), replace(head, count=head.count + len(frames),
                                                digest=digest))  # fmt: skip
        return tuple(range(head.count + 1, head.count + len(frames) + 1))

    def read(self) -> Reading:
        """Return every record that can be read, and what is missing.

        Raises:
            OSError: the disk does not give it.
        """
        if not self.is_begun:
            return Reading((), (), head_is_whole=True, in_order=True)
        with held(self._lock):
            head, is_whole = self._head()
            return self._checked(self._bytes(), head, is_whole=is_whole)

    def forget_before(self, number: int) -> None:
        """Remove the records before this one for good; the others keep their numbers.

        Raises:
            OSError: the disk refused; they may still be there.
        """
        with held(self._lock):
            head = self._begun()
            kept = [frame.raw for frame in self._frames(self._bytes()) if frame.number >= number]
            # after a crash the log begins earlier than it might, which is no loss
            head = replace(head, begins_by=max(head.begins_by, number))
            self._keep_head(head)
            left = b"".join(kept)
            write_whole(self.file, left)
            self._keep_head(replace(head, serial=head.serial + 1, end=len(left)))

    def _begun(self) -> _Head:
        """Return where the next record goes, with both files there."""
        if not self.is_begun:
            write_whole(self.head_file, self._new_head())
        if not self.file.exists():
            write_whole(self.file, b"")
        head, is_whole = self._head()
        size = self.file.stat().st_size
        if is_whole and size == head.end:
            return head
        return self._found_again(head, size)

    def _found_again(self, head: _Head, size: int) -> _Head:
        """Return where the next record goes after a crash or damage: after the last there was."""
        if not self.head_file.exists():
            write_whole(self.head_file, bytes(_HEAD_FILE_BYTES))
        last = max(self._frames(self._bytes()), key=lambda frame: frame.number, default=None)
        if last is None or last.number <= head.count:
            return replace(head, end=size)
        digest = sha256(last.raw).digest()
        return replace(head, end=size, count=last.number, digest=digest)

    def _add(self, frames: bytes, head: _Head) -> None:
        """Add bytes to the log and count them, both on the disk, or neither."""
        with self.file.open("r+b", buffering=0) as log:
            size = log.seek(0, os.SEEK_END)
            try:
                _write(log, frames)
                self._keep_head(replace(head, end=size + len(frames)))
            except OSError:
                log.truncate(size)
                raise

    def _new_head(self) -> bytes:
        slots = [self._sealed_slot(_Head(serial=slot)) for slot in range(len(_SLOT_AT))]
        return slots[0].ljust(_SLOT_AT[1], b"\0") + slots[1]

    def _keep_head(self, head: _Head) -> None:
        with self.head_file.open("r+b", buffering=0) as file:
            file.seek(_SLOT_AT[head.serial % len(_SLOT_AT)])
            _write(file, self._sealed_slot(head))

    def _sealed_slot(self, head: _Head) -> bytes:
        clear = _HEAD.pack(head.serial, head.count, head.end, head.begins_by, head.digest)
        nonce = os.urandom(_NONCE_BYTES)
        name = _slot_name(head.serial % len(_SLOT_AT))
        return nonce + self._cipher.encrypt(nonce, clear, name)

    def _head(self) -> tuple[_Head, bool]:
        """Return the newest head, to be written next, and whether both slots can be read."""
        if not self.head_file.exists():
            return _Head(), False
        stored = self.head_file.read_bytes()
        found = [self._slot(stored, slot) for slot in range(len(_SLOT_AT))]
        heads = [head for head in found if head is not None]
        newest = max(heads, key=lambda head: head.serial, default=_Head())
        # what is damaged is written over first
        serial = found.index(None) if None in found and not heads else newest.serial + 1
        padding = stored[_SLOT_BYTES : _SLOT_AT[1]] + stored[_HEAD_FILE_BYTES:]
        is_whole = len(heads) == len(found) and not padding.strip(b"\0")
        return replace(newest, serial=serial), is_whole

    def _slot(self, stored: bytes, slot: int) -> _Head | None:
        sealed = stored[_SLOT_AT[slot] : _SLOT_AT[slot] + _SLOT_BYTES]
        try:
            nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            return _Head(*_HEAD.unpack(self._cipher.decrypt(nonce, rest, _slot_name(slot))))
        except (InvalidTag, ValueError):
            return None

    def _sealed(self, number: int, before: bytes, content: bytes) -> bytes:
        prefix = _PREFIX.pack(_MARK, number, len(content) + _LEAST_BYTES)
        nonce = os.urandom(_NONCE_BYTES)
        return prefix + nonce + self._cipher.encrypt(nonce, before + content, prefix)

    def _bytes(self) -> bytes:
        return self.file.read_bytes() if self.file.exists() else b""

    def _frames(self, stored: bytes) -> list[_Frame]:
        """Return every record that can be read, in the order in which they stand."""
        found, at = [], stored.find(_MARK)
        while at >= 0:
            frame = self._frame(stored, at)
            if frame is not None:
                found.append(frame)
            at = stored.find(_MARK, at + (len(frame.raw) if frame else 1))
        return found

    def _frame(self, stored: bytes, at: int) -> _Frame | None:
        prefix = stored[at : at + _PREFIX.size]
        if len(prefix) < _PREFIX.size:
            return None
        _mark, number, length = _PREFIX.unpack(prefix)
        raw = stored[at : at + _PREFIX.size + length]
        sealed = raw[_PREFIX.size :]
        if len(sealed) < length or length < _LEAST_BYTES:
            return None
        try:
            clear = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], prefix)
        except InvalidTag:
            return None
        return _Frame(number, clear[:_DIGEST_BYTES], clear[_DIGEST_BYTES:], raw)

    def _checked(self, stored: bytes, head: _Head, *, is_whole: bool) -> Reading:
        frames = self._frames(stored)
        by_number = {frame.number: frame for frame in frames}
        last = max([head.count, *by_number])
        first = min([head.begins_by, *by_number])
        digests = {number: sha256(frame.raw).digest() for number, frame in by_number.items()}
        numbers = [frame.number for frame in frames]
        return Reading(
            records=tuple(Record(n, by_number[n].content) for n in sorted(by_number)),
            missing=tuple(n for n in range(first, last + 1) if n not in by_number),
            head_is_whole=is_whole and digests.get(head.count, head.digest) == head.digest,
            in_order=numbers == sorted(by_number)
            and all(digests.get(f.number - 1, f.before) == f.before for f in frames),
        )


def _slot_name(slot: int) -> bytes:
    return b"ward-app log head %d" % slot


def _write(file: FileIO, content: bytes) -> None:
    """Write all of it onto the disk, or raise OSError."""
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]
    _force(file.fileno())
