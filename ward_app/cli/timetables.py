"""What the schedules of wardctl have in common: files written, removed and looked at."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.target import target_dsn
from ward_app.core.places import places
from ward_app.operations import accounts
from ward_app.operations.backup import timetable
from ward_app.operations.backup.timetable import NIGHTLY, Kind, Plan, Rhythm

KindOption = Annotated[Kind | None, typer.Option("--kind", help="Usually that of this system.")]
FolderOption = Annotated[
    Path | None, typer.Option("--dir", help="Folder of the files; usually systemd's own.")
]
_SLEEPS = 1


def install(plan: Plan, dsn: str | None, kind: Kind | None, folder: Path | None) -> None:
    """Write the files that wake a plan, and say how they are put to use.

    Raises:
        RuleBrokenError: `dsn` is no connection string, or contains a password.
    """
    if dsn is not None:
        target_dsn(dsn)  # complains of a password, or of a connection that is not safe
    chosen = kind or usual_kind()
    there = folder or usual_folder(chosen)
    for path in timetable.install(chosen, there, plan):
        typer.echo(f"Written: {path}")
    typer.echo(f"Then: {put_to_use(chosen, there, plan.rhythm.name)}")


def remove(rhythm: Rhythm, kind: Kind | None, folder: Path | None) -> None:
    """Remove the files of a rhythm and say which; what its work left behind stays."""
    chosen = kind or usual_kind()
    there = folder or usual_folder(chosen)
    gone = timetable.remove(chosen, there, rhythm)
    for path in gone:
        typer.echo(f"Removed: {path}")
    if not gone:
        typer.echo(f"There is nothing of it in {there}.")


def status(rhythm: Rhythm, kind: Kind | None, folder: Path | None, *, as_json: bool) -> None:
    """Say whether a rhythm's files are there and in use; the exit status is 1 if not."""
    chosen = kind or usual_kind()
    there = folder or usual_folder(chosen)
    found = timetable.looked_at(chosen, there, rhythm)
    if as_json:
        files = {str(path): is_there for path, is_there in found.files.items()}
        told = {"kind": chosen.value, "when": rhythm.when, "files": files, "in_use": found.in_use}
        typer.echo(json.dumps(told, indent=2))
    else:
        for path, is_there in found.files.items():
            typer.echo(f"{'Written' if is_there else 'Missing'}: {path}")
        typer.echo(_use_words(found, chosen, there, rhythm))
    raise typer.Exit(0 if found.is_awake else _SLEEPS)


def _use_words(found: timetable.Looked, kind: Kind, folder: Path, rhythm: Rhythm) -> str:
    if found.in_use is None:
        return f"{kind} does not answer here, so nobody knows whether it wakes anything."
    if found.in_use:
        return f"{kind} wakes it {rhythm.when}."
    return f"{kind} does not wake it. Then: {put_to_use(kind, folder, rhythm.name)}"


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
    if accounts.is_root():
        return Path("/etc/systemd/system")
    return Path.home() / ".config" / "systemd" / "user"


def put_to_use(kind: Kind, folder: Path, name: str) -> str:
    """Return the command that puts the files to use."""
    if kind is Kind.WINDOWS:
        return f'schtasks /Create /TN {name} /XML "{folder / name}.xml"'
    if kind is Kind.CRON:
        return f"crontab -l | cat - {shlex.quote(f'{folder / name}.cron')} | crontab -"
    scope = "" if accounts.is_root() else " --user"
    return f"systemctl{scope} daemon-reload && systemctl{scope} enable --now {name}.timer"
