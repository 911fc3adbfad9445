"""Where IT keeps the recovery copy of the data keys: one file, replaced as a whole."""

from __future__ import annotations

from pathlib import Path

from ward_app.core.errors import ConfigurationError
from ward_app.core.places import places
from ward_app.core.whole_file import write_whole

_NAME = "recovery-keys.txt"


def usual_file() -> Path:
    """Return where the recovery copy is unless somebody says otherwise."""
    return places().data_dir / "keys" / _NAME


def read_copy(file: Path) -> str:
    """Return the text of the recovery copy.

    Raises:
        ConfigurationError: there is none, or it cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no recovery copy at {file}. Say where it is (--recovery-file), or make "
            "the first keys: wardctl keys generate."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The recovery copy {file} cannot be read: {error}") from None


def write_copy(file: Path, text: str) -> None:
    """Replace the recovery copy, for this account alone to read; after a crash one is whole.

    Raises:
        ConfigurationError: it cannot be written.
    """
    try:
        write_whole(file, text.encode())
    except OSError as error:
        raise ConfigurationError(
            f"The recovery copy {file} cannot be written: {error.strerror}"
        ) from None
