"""The second copy of each backup: brought to another place, and read back to be sure of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from ward_app.core.errors import CodedError
from ward_app.operations.backup.container import Sums, sums_of
from ward_app.operations.backup.manifest import SUFFIX, Manifest
from ward_app.operations.backup.remotes import Remote
from ward_app.operations.backup_symptoms import OFFSITE_DIFFERS


def push(folder: Path, told: Manifest, remote: Remote) -> None:
    """Copy a backup to the second place, its manifest last, and read the copy back.

    Raises:
        CodedError: the place does not let it in, or what arrived differs.
    """
    for name in _names(told):
        remote.put(folder / name)
    check(folder, told, remote)


def check(folder: Path, told: Manifest, remote: Remote) -> None:
    """Read the second copy of a backup, and find that it is the same byte by byte.

    Raises:
        CodedError: it is missing, or differs; it says in what.
    """
    there = remote.names()
    with tempfile.TemporaryDirectory(dir=folder, prefix="offsite-") as place:
        for name, expected in _expected(told):
            if name not in there:
                raise _differs(told, f"{name} is not there")
            if there[name] != expected.bytes:
                words = f"{name} has {there[name]} bytes instead of {expected.bytes}"
                raise _differs(told, words)
            copy = Path(place) / name
            remote.get(name, copy)
            if sums_of(copy, None).sha256 != expected.sha256:
                raise _differs(told, f"the SHA-256 of {name} is another one")
            copy.unlink()


def missing(backups: tuple[Manifest, ...], remote: Remote) -> tuple[Manifest, ...]:
    """Return the good backups, newest first, whose second copy lacks a file."""
    there = remote.names()
    return tuple(
        one for one in backups if one.is_good and any(name not in there for name in _names(one))
    )


def _names(told: Manifest) -> tuple[str, ...]:
    return (told.file, *(side.name for side in told.sides), f"{told.id}{SUFFIX}")


def _expected(told: Manifest) -> Iterator[tuple[str, Sums]]:
    """Yield what each file of the copy must come to.

    Not of the manifest: the one here changes when its backup is verified again.
    """
    yield told.file, Sums(told.bytes, told.sha256, None)
    for side in told.sides:
        yield side.name, Sums(side.bytes, side.sha256, None)


def _differs(told: Manifest, how: str) -> CodedError:
    return CodedError(OFFSITE_DIFFERS, f"The second copy of {told.id} is not good: {how}.")
