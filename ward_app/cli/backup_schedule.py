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
from ward_app.operations.backup.timetable import NAME, NIGHTLY, Kind, Plan, Rhythm
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
    chosen = kind or usual_kind()
    there = folder or usual_folder(chosen)
    for path in write_files(chosen, there, plan_of(dsn, "backup", "nightly")):
        typer.echo(f"Written: {path}")
    typer.echo(f"Then: {put_to_use(chosen, there, NAME)}")


@app.command()
def remove(kind: KindOption = None, folder: FolderOption = None) -> None:
    """Remove those files; backups stay."""
    chosen = kind or usual_kind()
    there = folder or usual_folder(chosen)
    gone = remove_files(chosen, there)
    for path in gone:
        typer.echo(f"Removed: {path}")
    if not gone:
        typer.echo(f"There is nothing of it in {there}.")


def plan_of(dsn: str | None, *words: str, rhythm: Rhythm = NIGHTLY) -> Plan:
    """Return the plan of a command of wardctl, for the database that `dsn` names."""
    found = shutil.which("wardctl")
    program = (found,) if found else (sys.executable, "-m", "ward_app.cli.main")
    home = (("WARD_HOME", str(places().data_dir)),) if places().named else ()
    target = ("--dsn", dsn) if dsn is not None else ()
    return Plan((*program, *words, *target), home, rhythm)


def usual_kind() -> Kind:
    """Return what wakes work on this system."""
    if os.name == "nt":
        return Kind.WINDOWS
    return Kind.SYSTEMD if shutil.which("systemctl") else Kind.CRON


def usual_folder(kind: Kind) -> Path:
    """Return where systemd looks; the files of the others go into the installation's folder."""
    if kind is not Kind.SYSTEMD:
        return places().data_dir
    if os.geteuid() == 0:
        return Path("/etc/systemd/system")
    return Path.home() / ".config" / "systemd" / "user"


def put_to_use(kind: Kind, folder: Path, name: str) -> str:
    """Return the command that puts the files to use."""
    if kind is Kind.WINDOWS:
        return f'schtasks /Create /TN {name} /XML "{folder / name}.xml"'
    if kind is Kind.CRON:
        return f"crontab -l | cat - {folder / name}.cron | crontab -"
    scope = "" if os.geteuid() == 0 else " --user"
    return f"systemctl{scope} daemon-reload && systemctl{scope} enable --now {name}.timer"
