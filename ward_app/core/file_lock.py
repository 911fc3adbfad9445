"""A lock between processes of one computer, held on a file."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Windows has no such question; there who is no administrator makes no links either
_NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Keep other processes, and other threads, out as long as it is entered; waits its turn.

    The system takes the lock back from a process that dies. Made by root, the file belongs to
    whom the folder belongs to, who takes it the next time.

    Raises:
        OSError: the file cannot be made or locked, or it is a link.
    """
    handle = _make_or_open(file)
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)  # which lets go of it


@contextmanager
def held_now(file: Path) -> Iterator[bool]:
    """Take the lock if nobody has it, and yield whether it was taken; waits for nobody.

    A file that is not there is nobody's lock, and is not made: who only looks changes nothing.

    Raises:
        OSError: the file cannot be opened, or it is a link.
    """
    if not file.exists():
        yield True
        return
    handle = _open(file)
    try:
        yield _try_to_lock(handle)
    finally:
        os.close(handle)


def _make_or_open(file: Path) -> int:
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _open(file)
    try:
        _give(handle, file.parent)
    except OSError:
        os.close(handle)
        raise
    return handle


def _open(file: Path) -> int:
    """Open a lock that is there; whose the folder is might have put a link to anything there."""
    try:
        return os.open(file, os.O_RDWR | _NO_LINK)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        why = "it is a link, which a lock never is; remove it"
        raise OSError(errno.ELOOP, why, str(file)) from None


if sys.platform == "win32":
    import msvcrt

    def _give(handle: int, folder: Path) -> None:
        """Leave it as it is: who may use the folder may use what is in it."""

    def _lock(handle: int) -> None:
        """Lock its first byte; tries for ten seconds, then raises OSError."""
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)

    def _try_to_lock(handle: int) -> bool:
        """Lock its first byte unless another process has it."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _give(handle: int, folder: Path) -> None:
        """Let a file that was just made belong to whom the folder belongs to, if root made it."""
        owner = folder.stat()
        if os.geteuid() == 0:
            os.fchown(handle, owner.st_uid, owner.st_gid)

    def _lock(handle: int) -> None:
        """Wait for the lock."""
        fcntl.flock(handle, fcntl.LOCK_EX)

    def _try_to_lock(handle: int) -> bool:
        """Take the lock unless somebody has it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
