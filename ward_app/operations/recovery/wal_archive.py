"""The archive of the server's log of changes (WAL): kept once, never written over, found again.

A file is written beside its place, forced to disk and then given its name; a name that is taken
stays with whoever has it. A file of that name with the same content is already kept.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from ward_app.core.errors import ConfigurationError, ConflictError, RuleBrokenError

SEGMENT_BYTES = 16 * 1024**2
# what pg_receivewal has not finished yet
_PARTIAL = ".partial"
_SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})(\.partial)?")
_ARCHIVED = re.compile(r"[0-9A-F]{24}(\.partial|\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history")
_LSN = re.compile(r"([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})")
_OF_A_NUMBER = 1 << 32


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the log.

    Attributes:
        number: its place in the log, counted through all its histories (timelines).
        is_partial: it was still being received.
    """

    name: str
    timeline: int
    number: int
    is_partial: bool


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive holds.

    Attributes:
        newest_at: when its newest file was written, UTC; None when it is empty.
        missing: names of files that are not there though later ones are, the first of each gap.
    """

    folder: Path
    segments: tuple[Segment, ...]
    size_bytes: int
    newest_at: datetime | None
    missing: tuple[str, ...]


def push(source: Path, folder: Path) -> bool:
    """Keep a file of the log in the archive; return False when it was kept before.

    Raises:
        ConflictError: another file has its name, which stays as it is.
        RuleBrokenError: it is no file of the log.
        ConfigurationError: it cannot be written; the server keeps its own and asks again.
    """
    if not _ARCHIVED.fullmatch(source.name):
        raise RuleBrokenError(f"{source.name} is no file of PostgreSQL's log of changes.")
    kept = folder / source.name
    part = folder / f"{source.name}.part"
    try:
        if kept.exists():
            _require_same(source, kept)
            return False
        shutil.copyfile(source, part)
        part.chmod(0o600)
        force_to_disk(part)
        # a link, other than a new name, never takes the place of a file that is there
        kept.hardlink_to(part)
        part.unlink()
        force_to_disk(folder)
    except OSError as error:
        raise ConfigurationError(
            f"{source.name} cannot be kept in {folder}: {error.strerror}. The server keeps its "
            "own and asks again."
        ) from error
    return True


def archive(folder: Path, *, segment_bytes: int = SEGMENT_BYTES) -> Archive:
    """Return what the folder holds of the log.

    Raises:
        ConfigurationError: the folder is not there, or may not be read.
    """
    try:
        files = [file for file in folder.iterdir() if _ARCHIVED.fullmatch(file.name)]
        stats = [file.stat() for file in files]
    except OSError as error:
        raise ConfigurationError(
            f"The archive {folder} cannot be read: {error.strerror}."
        ) from error
    found = [segment_of(file.name, segment_bytes) for file in files]
    segments = tuple(sorted(filter(None, found), key=lambda each: (each.number, each.name)))
    newest = max((each.st_mtime for each in stats), default=None)
    return Archive(
        folder=folder,
        segments=segments,
        size_bytes=sum(each.st_size for each in stats),
        newest_at=None if newest is None else datetime.fromtimestamp(newest, UTC),
        missing=tuple(_missing(segments, segment_bytes)),
    )


def segment_of(name: str, segment_bytes: int = SEGMENT_BYTES) -> Segment | None:
    """Return which segment a file name means, None when it is another file of the log."""
    match = _SEGMENT.fullmatch(name)
    if match is None:
        return None
    timeline, high, low = (int(part, 16) for part in match.groups()[:3])
    return Segment(
        name, timeline, high * (_OF_A_NUMBER // segment_bytes) + low, match[4] is not None
    )


def number_of_lsn(lsn: str, segment_bytes: int = SEGMENT_BYTES) -> int:
    """Return the number of the segment that a place in the log ("0/3000060") lies in."""
    return bytes_of_lsn(lsn) // segment_bytes


def bytes_of_lsn(lsn: str) -> int:
    """Return a place in the log ("0/3000060") in bytes from its beginning.

    Raises:
        RuleBrokenError: it is no such place.
    """
    match = _LSN.fullmatch(lsn)
    if match is None:
        raise RuleBrokenError(f"{lsn} is no place in the log, such as 0/3000060.")
    return (int(match[1], 16) << 32) + int(match[2], 16)


def stage(folder: Path, into: Path, *, from_number: int, segment_bytes: int) -> Archive:
    """Copy what a recovery from that segment on needs into a folder, and return what is there.

    A file that was still being received gets its final name there, unless that is taken.
    """
    for file in sorted(folder.iterdir()):
        segment = segment_of(file.name, segment_bytes)
        is_history = file.name.endswith(".history") and _ARCHIVED.fullmatch(file.name)
        if is_history or (segment is not None and segment.number >= from_number):
            # sorted, so the finished one of a name comes before what is still received of it
            target = into / file.name.removesuffix(_PARTIAL)
            if not target.exists():
                shutil.copyfile(file, target)
    return archive(into, segment_bytes=segment_bytes)


def force_to_disk(path: Path) -> None:
    """Have a file's content, or a folder's entries, on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _require_same(source: Path, kept: Path) -> None:
    if not filecmp.cmp(source, kept, shallow=False):
        raise ConflictError(
            f"{kept} is there already with another content, and stays as it is. Two servers must "
            "not share an archive: give this one a folder of its own."
        )


def _missing(segments: tuple[Segment, ...], segment_bytes: int) -> Iterator[str]:
    """Yield the first file of each gap."""
    per_number = _OF_A_NUMBER // segment_bytes
    for before, after in pairwise(segments):
        if after.number > before.number + 1:
            high, low = divmod(before.number + 1, per_number)
            yield f"{before.timeline:08X}{high:08X}{low:08X}"
