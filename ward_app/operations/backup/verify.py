"""Whether a backup is the one that was written, and can be read."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ward_app.core.errors import CodedError
from ward_app.operations.backup import manifest
from ward_app.operations.backup.container import FileKeys, Sums, content, require_same, sums_of
from ward_app.operations.backup.manifest import DumpFormat, Manifest
from ward_app.operations.backup.programs import Programs, environment, programs_for
from ward_app.operations.backup_symptoms import DAMAGED, NO_KEY


def verify(folder: Path, told: Manifest, secret: str | None) -> Manifest:
    """Read a backup through, note in its manifest that it is good, and return that.

    Raises:
        CodedError: it is damaged, or not the one that was written, or this is not its key.
    """
    keys = checked(folder, told, secret)
    require_readable(folder / told.file, told, keys, programs_of(told))
    return noted(folder, replace(told, verified_at=datetime.now(UTC)), keys)


def checked(folder: Path, told: Manifest, secret: str | None) -> FileKeys | None:
    """Return the keys of a backup whose manifest and files are those that were written.

    Raises:
        CodedError: as `verify`.
    """
    keys = keys_given(told, secret)
    require_same(folder / told.file, sums_of(folder / told.file, keys), told.sums)
    for side in told.sides:
        sums = sums_of(folder / side.name, None)
        require_same(folder / side.name, sums, Sums(side.bytes, side.sha256, None))
    return keys


def keys_given(told: Manifest, secret: str | None) -> FileKeys | None:
    """Return the keys of a backup, None when it is not encrypted.

    Raises:
        CodedError: there is no key, or another one, or the manifest was changed.
    """
    if told.encryption is None:
        return None
    if not secret:
        raise CodedError(NO_KEY, f"{told.id} is encrypted, and there is no key to open it with.")
    return manifest.keys_for(told, secret)


def noted(folder: Path, told: Manifest, keys: FileKeys | None) -> Manifest:
    """Write a manifest anew, with what was found out about its backup, and return it.

    Raises:
        CodedError: it cannot be written.
    """
    renewed = manifest.signed(told, keys)
    try:
        manifest.write(folder, renewed)
    except OSError as error:
        words = f"{told.id} is good, but that cannot be noted: {error.strerror}."
        raise CodedError("WDB-506", words) from error
    return renewed


def programs_of(told: Manifest) -> Programs:
    """Return programs that can read the dump: as new as those that wrote it."""
    return programs_for(int(told.dump_version.split(".")[0]))


def require_readable(
    path: Path, told: Manifest, keys: FileKeys | None, programs: Programs
) -> None:
    """Find that the file is as its manifest says, and that pg_restore can list what is in it.

    Raises:
        CodedError: it is not, or it cannot.
    """
    pieces = content(path, keys, told.sums)
    if told.format is DumpFormat.PLAIN:
        for _ in pieces:
            pass
        return
    command = [programs.path("pg_restore"), "--list"]
    lister = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    _feed(lister, pieces)
    complaints = lister.communicate()[1].decode(errors="replace").strip()
    if lister.returncode:
        raise CodedError(DAMAGED, f"pg_restore cannot read {path}: {complaints}")


def _feed(reader: subprocess.Popen[bytes], pieces: Iterator[bytes]) -> None:
    """Give a program what it reads; it stops when it knows enough, and the rest is read anyway."""
    assert reader.stdin is not None  # noqa: S101 - a pipe was asked for
    listens = True
    try:
        for piece in pieces:
            try:
                if listens:
                    reader.stdin.write(piece)
            except BrokenPipeError:
                listens = False
    except BaseException:
        reader.kill()
        reader.wait()
        raise
