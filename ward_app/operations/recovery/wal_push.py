"""Put files of the server's log into an archive: once, never written over, encrypted if wanted.

A file is written beside its place, forced to disk and then given its name; a name that is taken
stays with whoever has it. A file of that name with the same content is already kept.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from ward_app.core.errors import ConfigurationError, ConflictError, RuleBrokenError
from ward_app.operations.backup.container import CHUNK_BYTES
from ward_app.operations.recovery.sealed_log import SUFFIX, LogKey, opened, write_sealed
from ward_app.operations.recovery.wal_archive import (
    Segment,
    archive,
    force_to_disk,
    is_of_the_log,
)


def push(source: Path, folder: Path, key: LogKey | None = None) -> bool:
    """Keep a file of the log in the archive; return False when it was kept before.

    Args:
        source: the file, under its name in the log.
        folder: the archive.
        key: encrypts it; None: it is kept as it is.

    Raises:
        ConflictError: another file has its name, which stays as it is.
        RuleBrokenError: it is no file of the log.
        CodedError: what has its name is damaged, or was encrypted with another key.
        ConfigurationError: it cannot be written; the server keeps its own and asks again.
    """
    if source.name.endswith(SUFFIX) or not is_of_the_log(source.name):
        raise RuleBrokenError(f"{source.name} is no file of PostgreSQL's log of changes.")
    sealed = folder / f"{source.name}{SUFFIX}"
    try:
        if sealed.exists():
            _require_same(source, sealed, opened(sealed, key))
            return False
        kept = folder / source.name
        if kept.exists():
            _require_same(source, kept, _pieces(kept))
            return False
        _keep(source, folder, key)
    except OSError as error:
        raise _not_kept(source, folder, error) from error
    return True


def seal_finished(folder: Path, key: LogKey) -> list[str]:
    """Encrypt the complete files of an archive; return those that are not there in the clear now.

    The newest stays beside its encrypted copy until the next is begun: whoever receives the log
    finds in it where to go on. Each is removed only once its encrypted copy is on the disk and
    was read again.

    Raises:
        CodedError, ConflictError: an encrypted file of that name is damaged or another one.
        ConfigurationError: there is no room; nothing was removed.
    """
    clear = [each for each in archive(folder).segments if not each.is_sealed]
    newest = max(clear, key=_order, default=None)
    gone = []
    for each in clear:
        source = folder / each.name
        if each is newest and each.is_partial:
            continue
        try:
            _seal(source, folder, key)
            if each is not newest:
                source.unlink(missing_ok=True)
                gone.append(each.name)
        except OSError as error:
            raise _not_kept(source, folder, error) from error
    return gone


def _order(segment: Segment) -> tuple[int, int, bool]:
    return segment.number, segment.timeline, not segment.is_partial


def _seal(source: Path, folder: Path, key: LogKey) -> None:
    sealed = folder / f"{source.name}{SUFFIX}"
    if not sealed.exists():
        _keep(source, folder, key)
    _require_same(source, sealed, opened(sealed, key))


def _keep(source: Path, folder: Path, key: LogKey | None) -> None:
    """Have the file on the disk under its final name, or nothing under that name."""
    kept = folder / (f"{source.name}{SUFFIX}" if key else source.name)
    # never that of another process: who loses its file to this one fails, and tries again
    part = folder / f"{kept.name}.{os.getpid()}.part"
    for unfinished in folder.glob(f"{kept.name}.*part"):
        unfinished.unlink(missing_ok=True)
    if key is None:
        shutil.copyfile(source, part)
        part.chmod(0o600)
        force_to_disk(part)
    else:
        write_sealed(source, part, key.like(_newest_sealed(folder)))
    # a link, other than a new name, never takes the place of a file that is there
    kept.hardlink_to(part)
    part.unlink()
    force_to_disk(folder)


def _newest_sealed(folder: Path) -> Path | None:
    sealed = [each for each in archive(folder).segments if each.is_sealed]
    return folder / max(sealed, key=_order).name if sealed else None


def _require_same(source: Path, kept: Path, content: Iterable[bytes]) -> None:
    if _sum(_pieces(source)) != _sum(content):
        raise ConflictError(
            f"{kept} is there already with another content, and stays as it is. Two servers must "
            "not share an archive: give this one a folder of its own."
        )


def _sum(pieces: Iterable[bytes]) -> bytes:
    digest = sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            yield piece


def _not_kept(source: Path, folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{source.name} cannot be kept in {folder}: {error.strerror}. The server keeps its own "
        "and asks again."
    )
