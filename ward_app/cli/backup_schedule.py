"""`wardctl backup schedule`: the night's backup by itself, at two o'clock."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.target import DsnOption, target_dsn
from ward_app.core.places import places
from ward_app.operations.backup.timetable import NAME, Kind, Plan
from ward_app.operations.backup.timetable import install as write_files
from ward_app.operations.backup.timetable import remove as remove_files

app = typer.Typer(help="Have the backup made every night.", no_args_is_help=True)

KindOption = Annotated[Kind | None, typer.Option("--kind", help="Usually that of this system.")]
FolderOption = Annotated[
    Path | None, typer.Option("--dir", help="Folder of the files; usually systemd's own.")
]


@app.command()
def install(dsn: DsnOption = None, kind: KindOption = None, folder: FolderOption = None) -> None:
    """Write the files that wake wardctl backup nightly at 02:00, and say how they are put to use.

    A password is not among them: it comes from ~/.pgpass of the account.
    """
    if dsn is not None:
        target_dsn(dsn)  # complains of a password, or of a connection that is not safe
    chosen = kind or _usual()
    there = folder or _usual_folder(chosen)
    for path in write_files(chosen, there, _plan(dsn)):
        typer.echo(f"Written: {path}")
    typer.echo(f"Then: {_next(chosen, there)}")


@app.command()
def remove(kind: KindOption = None, folder: FolderOption = None) -> None:
    """Remove those files; backups stay."""
    chosen = kind or _usual()
    there = folder or _usual_folder(chosen)
    gone = remove_files(chosen, there)
    for path in gone:
        typer.echo(f"Removed: {path}")
    if not gone:
        typer.echo(f"There is nothing of it in {there}.")


def _plan(dsn: str | None) -> Plan:
    found = shutil.which("wardctl")
    program = (found,) if found else (sys.executable, "-m", "ward_app.cli.main")
    home = (("WARD_HOME", str(places().data_dir)),) if places().named else ()
    target = ("--dsn", dsn) if dsn is not None else ()
    return Plan((*program, "backup", "nightly", *target), home)


def _usual() -> Kind:
    if os.name == "nt":
        return Kind.WINDOWS
    return Kind.SYSTEMD if shutil.which("systemctl") else Kind.CRON


def _usual_folder(kind: Kind) -> Path:
    """Return where systemd looks; the files of the others go into the installation's folder."""
    if kind is not Kind.SYSTEMD:
        return places().data_dir
    if os.geteuid() == 0:
        return Path("/etc/systemd/system")
    return Path.home() / ".config" / "systemd" / "user"


def _next(kind: Kind, folder: Path) -> str:
    """Return the command that puts the files to use."""
    if kind is Kind.WINDOWS:
        return f'schtasks /Create /TN {NAME} /XML "{folder / NAME}.xml"'
    if kind is Kind.CRON:
        return f"crontab -l | cat - {folder / NAME}.cron | crontab -"
    scope = "" if os.geteuid() == 0 else " --user"
    return f"systemctl{scope} daemon-reload && systemctl{scope} enable --now {NAME}.timer"
