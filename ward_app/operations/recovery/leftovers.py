"""What runs that were killed left in the folder of the backups, and how it is removed.

No backup is made of it: what is half written, what was unpacked to be verified (the data of
patients, not encrypted), and files whose manifest or record was never written, once a newer
backup has its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ward_app.core import file_lock
from ward_app.core.errors import CodedError
from ward_app.operations.backup.create import PART
from ward_app.operations.backup.manifest import SUFFIX
from ward_app.operations.backup.preflight import LOCK, folder_held
from ward_app.operations.backup.shelf import inside
from ward_app.operations.findings import Finding, Level
from ward_app.operations.sizes import size_text

CHECKING = "checking-"
_UNFINISHED = (f"*{PART}", f"{CHECKING}*", "offsite-*")
_BACKUPS = ("backup_*", "base_*")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file or a folder that is no use to anybody."""

    path: Path
    size_bytes: int


def leftovers(folder: Path) -> list[Leftover]:
    """Return what lies in a folder of backups; nothing while a backup is made there.

    Raises:
        CodedError: the folder cannot be read.
        OSError: its lock, or what lies there, cannot be.
    """
    if not inside(folder, "*"):
        return []
    with file_lock.held_now(folder / LOCK) as is_ours:
        found = [*unfinished(folder), *_without_manifest(folder)] if is_ours else []
    return [Leftover(path, _size(path)) for path in found]


def remove(folder: Path) -> list[Leftover]:
    """Remove it, and return what was there; waits for a backup that is made.

    Raises:
        CodedError: the folder cannot be read.
        OSError: something cannot be removed.
    """
    if not inside(folder, "*"):
        return []
    with folder_held(folder):
        found = [*unfinished(folder), *_without_manifest(folder)]
        gone = [Leftover(path, _size(path)) for path in found]
        forget(found)
    return gone


def unfinished(folder: Path) -> list[Path]:
    """Return what the next run may remove by itself; the caller holds the folder's lock."""
    return sorted(path for pattern in _UNFINISHED for path in folder.glob(pattern))


def forget(paths: list[Path]) -> None:
    """Remove files and folders, those that are gone already too."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def forget_what_goes(paths: list[Path]) -> None:
    """Remove what the system lets go of; of the rest, another account's, the doctor tells."""
    for path in paths:
        with suppress(OSError):
            forget([path])


def look(folders: tuple[Path, ...]) -> Iterator[Finding]:
    """Yield for `doctor` what killed runs left."""
    try:
        found = [one for folder in folders for one in leftovers(folder)]
    except (OSError, CodedError) as error:
        words = f"Nobody knows what interrupted backups left: {error}"
        yield Finding("Backup", Level.WARNING, words, "Run it as whom the backups belong to.")
        return
    if found:
        size = size_text(sum(one.size_bytes for one in found))
        yield Finding(
            "Backup",
            Level.WARNING,
            f"Backups that were interrupted left {_count(len(found))} in "
            f"{found[0].path.parent} ({size}), of no use to anybody.",
            "Remove them: wardctl backup tidy.",
        )


def _without_manifest(folder: Path) -> Iterator[Path]:
    """Yield those older than a backup with one: of the newest, the manifest alone may be lost."""
    for pattern in _BACKUPS:
        files = sorted(path for path in folder.glob(pattern) if path.is_file())
        whole = [_id(path) for path in files if path.name.endswith(SUFFIX)]
        for path in files:
            is_older = _id(path) < max(whole, default="")
            if is_older and not path.name.endswith(PART) and _id(path) not in whole:
                yield path


def _id(path: Path) -> str:
    # it begins with its time, so that the newest is the last by name
    return path.name.partition(".")[0]


def _count(number: int) -> str:
    return "a file or folder" if number == 1 else f"{number} files or folders"


def _size(path: Path) -> int:
    inside = path.rglob("*") if path.is_dir() else (path,)
    return sum(one.lstat().st_size for one in inside if one.is_file())
