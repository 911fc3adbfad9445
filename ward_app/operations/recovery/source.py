"""What is restored: a backup of this program, or any dump of pg_dump, known by how it begins."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ward_app.core.errors import CodedError, RuleBrokenError
from ward_app.operations import backup_symptoms, recovery_symptoms
from ward_app.operations.backup.container import CHUNK_BYTES, MAGIC, FileKeys, content
from ward_app.operations.backup.manifest import SUFFIX, Manifest
from ward_app.operations.backup.programs import programs_for
from ward_app.operations.backup.shelf import found
from ward_app.operations.backup.verify import checked, require_readable

_CUSTOM = b"PGDMP"
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_HEAD_BYTES = 4096
_SQL = (b"-- PostgreSQL database dump", b"PostgreSQL database cluster dump")
_AS_RESTORE = {
    backup_symptoms.DAMAGED: recovery_symptoms.DAMAGED,
    backup_symptoms.BAD_MANIFEST: recovery_symptoms.DAMAGED,
    backup_symptoms.NO_KEY: recovery_symptoms.NO_KEY,
    backup_symptoms.WRONG_KEY: recovery_symptoms.NO_KEY,
    backup_symptoms.OLD_PROGRAM: recovery_symptoms.OTHER_VERSION,
}


class Kind(StrEnum):
    """What a file is, inside of its encryption."""

    CUSTOM = "custom"
    PLAIN = "plain"
    PLAIN_GZIP = "plain, gzip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that was found to be whole, as far as anybody can know.

    Attributes:
        told: its manifest; None where it has none, so nobody knows what it should hold.
        keys: None when it is not encrypted.
    """

    path: Path
    kind: Kind
    told: Manifest | None
    keys: FileKeys | None

    @property
    def name(self) -> str:
        """The backup's id, or the name of the file."""
        return self.told.id if self.told else self.path.name

    def pieces(self) -> Iterator[bytes]:
        """Yield the dump piece by piece, decrypted and unzipped.

        Raises:
            CodedError: it is not what was written.
        """
        raw = _raw(self.path, self.told, self.keys)
        return _unzipped(raw) if self.kind is Kind.PLAIN_GZIP else raw


def source(name: str, folder: Path, secret: str | None) -> Source:
    """Return what is to be restored, after its checksum, HMAC, key and contents were checked.

    Args:
        name: id of a backup in `folder`, or the path of a dump.
        folder: of the backups.
        secret: opens what is encrypted.

    Raises:
        CodedError: it is damaged, or its key is missing or another one, or too new to be read.
        RuleBrokenError: there is no such backup, or the file is no dump.
    """
    path = Path(name)
    try:
        if path.is_file() and not path.with_name(path.name.partition(".")[0] + SUFFIX).exists():
            return _without_manifest(path)
        place, told = found(folder, name)
        keys = checked(place, told, secret)
        path = place / told.file
        kind = _kind(path, _head(path, told, keys))
        require_readable(path, told, keys, programs_for(_major(told.dump_version)))
    except CodedError as error:
        raise as_restore(error) from error
    return Source(path=path, kind=kind, told=told, keys=keys)


def as_restore(error: CodedError) -> CodedError:
    """Return what is wrong with a backup with the code, and so the remedies, of a restore."""
    return CodedError(_AS_RESTORE.get(error.code, error.code), str(error))


def _without_manifest(path: Path) -> Source:
    head = _head(path, None, None)
    if head.startswith(MAGIC):
        beside = f"{path.name.partition('.')[0]}{SUFFIX}"
        raise CodedError(
            recovery_symptoms.NO_KEY,
            f"{path} is encrypted, and its manifest ({beside}) is not beside it. "
            "Put it there; in an emergency docs/it/backup.md says how openssl opens it.",
        )
    return Source(path=path, kind=_kind(path, head), told=None, keys=None)


def _kind(path: Path, head: bytes) -> Kind:
    if head.startswith(_CUSTOM):
        return Kind.CUSTOM
    if head.startswith(_GZIP) and _is_sql(_unzipped_head(head)):
        return Kind.PLAIN_GZIP
    if _is_sql(head):
        return Kind.PLAIN
    if head.startswith(_ZSTD):
        raise RuleBrokenError(f"Unpack it first: zstd -d {path.name}, then --file.")
    raise RuleBrokenError(
        f"{path} is no dump of PostgreSQL: neither pg_dump's custom format, nor SQL, nor SQL with "
        "gzip, nor one of them encrypted."
    )


def _unzipped_head(head: bytes) -> bytes:
    return zlib.decompressobj(wbits=31).decompress(head, _HEAD_BYTES)


def _is_sql(head: bytes) -> bool:
    return any(words in head for words in _SQL)


def _head(path: Path, told: Manifest | None, keys: FileKeys | None) -> bytes:
    return next(_raw(path, told, keys), b"")[:_HEAD_BYTES]


def _raw(path: Path, told: Manifest | None, keys: FileKeys | None) -> Iterator[bytes]:
    if told is not None:
        yield from content(path, keys, told.sums)
        return
    with path.open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            yield piece


def _unzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unzipper = zlib.decompressobj(wbits=31)
    for piece in pieces:
        yield unzipper.decompress(piece)
    if not unzipper.eof:
        raise CodedError(recovery_symptoms.DAMAGED, "The dump ends too early.")


def _major(version: str) -> int:
    return int(version.partition(".")[0])
