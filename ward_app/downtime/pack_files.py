"""The ward packs on this computer's disk: PDFs named by ward and time, gone after a day.

They are plain PDFs, to be printed without the program: whoever may read the folder may read them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ward_app.core.errors import WardError
from ward_app.core.whole_file import write_whole
from ward_app.rooms.types import Ward

KEPT = 6
_NAME = re.compile(r"(?P<ward>.+)-(\d{4}-\d{2}-\d{2}-\d{4}|latest)\.pdf(\.\w+)?")
_LATEST = "latest"
_GROUP_AND_OTHERS = 0o077


class PackNotKeptError(WardError):
    """The pack could not be written; the text says why and what to do."""


def pack_name(ward: Ward, at: datetime) -> str:
    """Return "ward-7a-2026-11-22-0310.pdf", in the ward's zone."""
    return f"{_slug(ward)}-{at.astimezone(ZoneInfo(ward.time_zone)):%Y-%m-%d-%H%M}.pdf"


def latest_name(ward: Ward) -> str:
    """Return "ward-7a-latest.pdf"."""
    return f"{_slug(ward)}-{_LATEST}.pdf"


def keep_pack(folder: Path, ward: Ward, at: datetime, content: bytes) -> Path:
    """Write a pack, also as the ward's latest one, remove its oldest, and return its file.

    Raises:
        PackNotKeptError: the disk is full, the folder cannot be written to or is open to others;
            packs written before are untouched.
    """
    file = folder / pack_name(ward, at)
    try:
        _make_private(folder)
        write_whole(file, content)
        write_whole(folder / latest_name(ward), content)
    except OSError as error:
        raise PackNotKeptError(
            f"The ward pack could not be written to {folder} ({error.strerror or 'no reason'})."
            " The last one stays. Tell IT: on a full disk, make room; else check the folder."
        ) from error
    _remove(folder, _beyond(folder, _slug(ward)))
    return file


def purge_packs(folder: Path, now: datetime, keep_for: timedelta) -> int:
    """Remove every pack older than that, half-written ones included; return how many.

    Other files of the folder are left alone. A folder that is not there has none.
    """
    oldest = (now - keep_for).timestamp()
    return _remove(folder, [file for file in _packs(folder) if _written(file) < oldest])


def _make_private(folder: Path) -> None:
    """Make the folder for this account alone; one that others may read is not used.

    Raises:
        OSError: it cannot be made.
        PackNotKeptError: others may read it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.name == "posix" and folder.stat().st_mode & _GROUP_AND_OTHERS:
        raise PackNotKeptError(
            f"The ward pack is not written: others may read the folder {folder}. Tell IT: make it"
            " private (chmod 700), or name another one in downtime.pack_dir."
        )


def _slug(ward: Ward) -> str:
    """Return the ward's name for a file: letters, digits and hyphens."""
    return re.sub(r"[\W_]+", "-", ward.name.casefold()).strip("-") or "ward"


def _packs(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [file for file in folder.iterdir() if file.is_file() and _NAME.fullmatch(file.name)]


def _beyond(folder: Path, slug: str) -> list[Path]:
    """Return the ward's packs that are older than the newest few."""
    dated: list[Path] = []
    for file in _packs(folder):
        found = _NAME.fullmatch(file.name)
        if found and found["ward"] == slug and file.name != f"{slug}-{_LATEST}.pdf":
            dated.append(file)
    by_time: Callable[[Path], float] = _written
    return sorted(dated, key=by_time, reverse=True)[KEPT:]


def _written(file: Path) -> float:
    """Return when a file was written, in seconds; never, when it is gone by now."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _remove(folder: Path, files: list[Path]) -> int:
    removed = 0
    for file in files:
        try:
            (folder / file.name).unlink(missing_ok=True)
            removed += 1
        except OSError:
            # another program has it open (Windows): the next purge takes it
            continue
    return removed
