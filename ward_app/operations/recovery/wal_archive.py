"""What an archive of the server's log of changes (WAL) holds: its files, and the gaps."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.operations.recovery.sealed_log import SUFFIX

SEGMENT_BYTES = 16 * 1024**2
# what pg_receivewal has not finished yet
PARTIAL = ".partial"
_SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})(\.partial)?(\.enc)?")
_OF_THE_LOG = re.compile(r"[0-9A-F]{24}(\.partial|\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history")
_LSN = re.compile(r"([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})")
_OF_A_NUMBER = 1 << 32


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the log.

    Attributes:
        number: its place in the log, counted through all its histories (timelines).
        is_partial: it was still being received.
        is_sealed: it is encrypted.
    """

    name: str
    timeline: int
    number: int
    is_partial: bool
    is_sealed: bool

    @property
    def in_clear(self) -> str:
        """The name of the file of the log that it is, whether encrypted or not."""
        return self.name.removesuffix(SUFFIX)


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive holds.

    Attributes:
        segments: by number; one that was just encrypted is there twice for a while.
        newest_at: when its newest file was written, UTC; None when it is empty.
        missing: names of files that are not there though later ones are, the first of each gap.
    """

    folder: Path
    segments: tuple[Segment, ...]
    size_bytes: int
    newest_at: datetime | None
    missing: tuple[str, ...]

    @property
    def clear(self) -> tuple[Segment, ...]:
        """Files that are complete and not encrypted."""
        sealed = {each.in_clear for each in self.segments if each.is_sealed}
        return tuple(
            each
            for each in self.segments
            if not each.is_sealed and not each.is_partial and each.name not in sealed
        )


def folder_beside(backups: Path) -> Path:
    """Return where the log is kept that belongs to a folder of backups, made or not."""
    return backups / "wal"


def archive(folder: Path, *, segment_bytes: int = SEGMENT_BYTES) -> Archive:
    """Return what the folder holds of the log.

    Raises:
        ConfigurationError: the folder is not there, or may not be read.
    """
    try:
        found = dict(_looked_at(folder))
    except OSError as error:
        raise ConfigurationError(
            f"The archive {folder} cannot be read: {error.strerror}."
        ) from error
    parts = filter(None, (segment_of(name, segment_bytes) for name in found))
    segments = tuple(sorted(parts, key=lambda each: (each.number, each.name)))
    newest = max((each.st_mtime for each in found.values()), default=None)
    return Archive(
        folder=folder,
        segments=segments,
        size_bytes=sum(each.st_size for each in found.values()),
        newest_at=None if newest is None else datetime.fromtimestamp(newest, UTC),
        missing=tuple(_missing(segments, segment_bytes)),
    )


def segment_of(name: str, segment_bytes: int = SEGMENT_BYTES) -> Segment | None:
    """Return which segment a file name means, None when it is another file of the log."""
    match = _SEGMENT.fullmatch(name)
    if match is None:
        return None
    timeline, high, low = (int(part, 16) for part in match.groups()[:3])
    number = high * (_OF_A_NUMBER // segment_bytes) + low
    return Segment(name, timeline, number, match[4] is not None, match[5] is not None)


def name_of(number: int, timeline: int, segment_bytes: int = SEGMENT_BYTES) -> str:
    """Return the name of a segment's file."""
    high, low = divmod(number, _OF_A_NUMBER // segment_bytes)
    return f"{timeline:08X}{high:08X}{low:08X}"


def is_of_the_log(name: str) -> bool:
    """Whether a file of this name belongs to the log, encrypted or not."""
    return _OF_THE_LOG.fullmatch(name.removesuffix(SUFFIX)) is not None


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


def force_to_disk(path: Path) -> None:
    """Have a file's content, or a folder's entries, on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _looked_at(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files of the log; one that gets another name meanwhile is there under that."""
    for file in folder.iterdir():
        if is_of_the_log(file.name):
            with suppress(FileNotFoundError):
                yield file.name, file.stat()


def _missing(segments: tuple[Segment, ...], segment_bytes: int) -> Iterator[str]:
    """Yield the first file of each gap."""
    for before, after in pairwise(segments):
        if after.number > before.number + 1:
            yield name_of(before.number + 1, before.timeline, segment_bytes)
