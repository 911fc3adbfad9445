"""Asking for a passphrase; never an argument, which all could read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.core.given_keys import check_passphrase
from ward_app.core.no_dumps import forbid_core_dumps

_MOST_BYTES = 4096

RecoveryOption = Annotated[
    Path | None,
    typer.Option("--recovery-file", help="The recovery copy; usually in this program's folder."),
]
FileOption = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="Read the passphrase from this file's first line."),
]
DescriptorOption = Annotated[
    int | None,
    typer.Option("--passphrase-fd", help="Read the passphrase from this open file descriptor."),
]
StationOption = Annotated[
    int | None,
    typer.Option(
        "--station-passphrase-fd",
        help="Read the passphrase of the sealed file from this open file descriptor.",
    ),
]


def passphrase(
    file: Path | None,
    descriptor: int | None,
    *,
    new: bool = False,
    of: str = "the recovery copy",
) -> str:
    """Return the passphrase from the file, the descriptor, or the person at the keyboard.

    Args:
        file: its first line.
        descriptor: open in this process, such as 3 with `3< FILE` in a shell.
        new: it is chosen now: asked twice, and refused when it is weak.
        of: what it opens, in words.

    Raises:
        ConfigurationError: it cannot be read.
        RuleBrokenError: a new one is weak.
    """
    forbid_core_dumps()
    given = _given(file, descriptor)
    if given is None:
        given = typer.prompt(
            f"Passphrase of {of}", hide_input=True, confirmation_prompt=new, err=True
        )
    if new:
        check_passphrase(given)
    if not given:
        raise RuleBrokenError("The passphrase is empty.")
    return str(given)


def _given(file: Path | None, descriptor: int | None) -> str | None:
    try:
        if file is not None:
            return _first_line(file.read_text(encoding="utf-8"))
        if descriptor is not None:
            return _first_line(os.read(descriptor, _MOST_BYTES).decode())
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError("The passphrase cannot be read from there.") from None
    return None


def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else ""
