"""What runs that were killed left in the folder of the backups, and how it is removed.

What is half written, what was unpacked to be verified (the data of patients, not encrypted), and,
told apart, files that have no manifest or record, once a newer backup has its own: it was never
written, or was lost, and then the file can still be opened by hand.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ward_app.core import file_lock
from ward_app.core.errors import CodedError
from ward_app.operations.backup.create import PART
from ward_app.operations.backup.good import AHEAD
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
    """A file or a folder that may go.

    Attributes:
        lacks_manifest: it may be a whole backup whose manifest or record was lost; else it is of
            no use to anybody.
    """

    path: Path
    size_bytes: int
    lacks_manifest: bool = False


def leftovers(folder: Path) -> list[Leftover]:
    """Return what lies in a folder of backups; nothing while a backup is made there.

    Raises:
        CodedError: the folder cannot be read.
        OSError: its lock, or what lies there, cannot be.
    """
    if not inside(folder, "*"):
        return []
    with file_lock.held_now(folder / LOCK) as is_ours:
        return _found(folder) if is_ours else []


def remove(folder: Path) -> list[Leftover]:
    """Remove it, and return what was there; waits for a backup that is made.

    Raises:
        CodedError: the folder cannot be read.
        OSError: something cannot be removed.
    """
    if not inside(folder, "*"):
        return []
    with folder_held(folder):
        gone = _found(folder)
        forget([one.path for one in gone])
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
    if left := [one for one in found if not one.lacks_manifest]:
        words = f"Backups that were interrupted left {_where(left)}, of no use to anybody."
        yield Finding("Backup", Level.WARNING, words, "Remove them: wardctl backup tidy.")
    if bare := [one for one in found if one.lacks_manifest]:
        yield Finding(
            "Backup",
            Level.WARNING,
            f"Older backups have no manifest: {_where(bare)}. They were interrupted, or it was "
            "lost.",
            "Look first whether the second place has it: wardctl backup offsite list. "
            "wardctl backup tidy removes them.",
        )


def _found(folder: Path) -> list[Leftover]:
    left = [Leftover(path, _size(path)) for path in unfinished(folder)]
    bare = _without_manifest(folder)
    return left + [Leftover(path, _size(path), lacks_manifest=True) for path in bare]


def _without_manifest(folder: Path) -> Iterator[Path]:
    """Yield those older than a backup with one: of the newest, the manifest alone may be lost.

    One of a day to come, made under a wrong clock, is no newer one.
    """
    latest = f"{datetime.now(UTC) + AHEAD:%Y%m%d_%H%M%S}"
    for pattern in _BACKUPS:
        files = sorted(path for path in folder.glob(pattern) if path.is_file())
        whole = [_id(path) for path in files if path.name.endswith(SUFFIX)]
        newest = max((one for one in whole if one.partition("_")[2] <= latest), default="")
        for path in files:
            is_older = _id(path) < newest
            if is_older and not path.name.endswith(PART) and _id(path) not in whole:
                yield path


def _id(path: Path) -> str:
    # it begins with its time, so that the newest is the last by name
    return path.name.partition(".")[0]


def _where(found: list[Leftover]) -> str:
    count = "a file or folder" if len(found) == 1 else f"{len(found)} files or folders"
    size = size_text(sum(one.size_bytes for one in found))
    return f"{count} in {found[0].path.parent} ({size})"


def _size(path: Path) -> int:
    inside = path.rglob("*") if path.is_dir() else (path,)
    return sum(one.lstat().st_size for one in inside if one.is_file())
