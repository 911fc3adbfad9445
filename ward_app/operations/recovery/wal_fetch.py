"""Take files of the server's log out of an archive again, encrypted ones and others."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ward_app.core.errors import CodedError, RuleBrokenError
from ward_app.operations.recovery.sealed_log import SUFFIX, LogKey, opened
from ward_app.operations.recovery.wal_archive import (
    PARTIAL,
    Archive,
    archive,
    is_of_the_log,
    segment_of,
)
from ward_app.operations.recovery_symptoms import NOT_REACHED


def fetch(name: str, folder: Path, into: Path, key: LogKey | None) -> bool:
    """Copy a file of the log out of the archive; return False when it ends before that file.

    Args:
        name: as the server asks for it.
        folder: the archive.
        into: the file to be written.
        key: opens it, where it is encrypted.

    Raises:
        CodedError: it is damaged or its key is not here, or it is missing though later ones are
            there; nothing is at `into`.
        RuleBrokenError: it is no file of the log.
        ConfigurationError: the archive cannot be read.
    """
    if not is_of_the_log(name):
        raise RuleBrokenError(f"{name} is no file of PostgreSQL's log of changes.")
    if _taken(name, folder, into, key):
        return True
    _require_the_end(name, archive(folder))
    return False


def stage(
    folder: Path, into: Path, *, from_number: int, segment_bytes: int, key: LogKey | None
) -> Archive:
    """Copy what a recovery from that segment on needs into a folder, and return what is there.

    A file that was still being received gets its final name there, unless that is taken; it is
    marked as what it was.

    Raises:
        CodedError: one is damaged, or its key is not here, or it was removed meanwhile.
    """
    needed = sorted({_final(name) for name in _of_recovery(folder, from_number, segment_bytes)})
    taken = {name: _taken(name, folder, into / name, key, or_partial=True) for name in needed}
    gone = next((name for name, source in taken.items() if not source), None)
    if gone is not None:
        raise CodedError(
            NOT_REACHED,
            f"{gone} was removed from {folder} while the log was copied. What runs was not "
            "touched. Try again, when nothing is deleted there.",
        )
    there = archive(into, segment_bytes=segment_bytes)
    as_it_was = (
        replace(each, is_partial=_is_partial(taken[each.name])) for each in there.segments
    )
    return replace(there, segments=tuple(as_it_was))


def _of_recovery(folder: Path, from_number: int, segment_bytes: int) -> Iterable[str]:
    for file in folder.iterdir():
        segment = segment_of(file.name, segment_bytes)
        is_history = _final(file.name).endswith(".history") and is_of_the_log(file.name)
        if is_history or (segment is not None and segment.number >= from_number):
            yield file.name


def _final(name: str) -> str:
    return name.removesuffix(SUFFIX).removesuffix(PARTIAL)


def _is_partial(name: str) -> bool:
    return name.removesuffix(SUFFIX).endswith(PARTIAL)


def _taken(
    name: str, folder: Path, into: Path, key: LogKey | None, *, or_partial: bool = False
) -> str:
    """Copy the best there is of a file, and return the name of that; "" if there is none.

    An encrypted one is better than one in the clear, a complete one than what was received of it.
    Meanwhile what is received becomes complete, and what is complete encrypted, so that one that
    was not there yet, and is not there any more, is there under the names it has later.
    """
    sealed, received = f"{name}{SUFFIX}", f"{name}{PARTIAL}"
    partial = [f"{received}{SUFFIX}", received] if or_partial else []
    for each in [sealed, name, *partial, name, sealed]:
        file = folder / each
        with suppress(FileNotFoundError):
            if file.exists():
                _take(file, into, key)
                return each
    return ""


def _take(file: Path, into: Path, key: LogKey | None) -> None:
    if not file.name.endswith(SUFFIX):
        shutil.copyfile(file, into)
        return
    pieces = opened(file, key)
    begun = next(pieces)
    try:
        with into.open("wb") as target:
            target.write(begun)
            target.writelines(pieces)
    except BaseException:
        into.unlink(missing_ok=True)
        raise


def _require_the_end(name: str, found: Archive) -> None:
    asked = segment_of(name)
    if asked is None:
        return
    # the same place in another history is asked for next
    here = {each.number for each in found.segments}
    if asked.number not in here and any(number > asked.number for number in here):
        raise CodedError(
            NOT_REACHED,
            f"{name} is missing from {found.folder}, and later files of the log are there. "
            "Nothing after it can be recovered.",
        )
