"""Options that several commands have: each is said in one way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, for other programs.")]
BackupsOption = Annotated[
    Path | None, typer.Option("--dir", help="Folder of the backups; usually backup.dir.")
]
KeyOption = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        help="Key of the backups in this file's first line; usually that of backup.key.",
    ),
]
DestroyOption = Annotated[
    bool,
    typer.Option("--destroy-data", help="Also where data are not for development, demo or test."),
]
