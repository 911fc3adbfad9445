"""Files with secrets: for one account alone to read, and replaced as a whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(file: Path, content: bytes) -> None:
    """Replace a file, for this account alone to read; after a crash one of the two is whole.

    Raises:
        OSError: it cannot be written; the old one is untouched.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # made with 0600
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _keep_the_name(file.parent)


def _keep_the_name(folder: Path) -> None:
    """Have the folder's entry on the disk too, where folders can be opened."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
