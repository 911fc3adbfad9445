"""What a full disk says, with the code and so the remedies of it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ward_app.core.errors import CodedError
from ward_app.operations.recovery_symptoms import NO_ROOM

SAID_BY_SERVERS = "No space left on device"
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def told_when_full(folder: Path) -> Iterator[None]:
    """Say in a sentence that the disk of a folder ran full.

    Raises:
        CodedError: it did.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise CodedError(
            NO_ROOM, f"The disk of {folder} ran full. What runs was not touched."
        ) from error
