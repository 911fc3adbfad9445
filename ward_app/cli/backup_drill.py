"""`wardctl backup drill`: try a restore, so that it is no first time when it counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli import recovery_jobs
from ward_app.cli.backup_wal import ArchiveOption, archive_beside
from ward_app.cli.options import BackupsOption, JsonOption
from ward_app.cli.progress import progress
from ward_app.cli.recovery_jobs import Folders, Wanted
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import RuleBrokenError
from ward_app.core.settings import Settings, load_settings
from ward_app.core.settings_operations import BackupEngine
from ward_app.operations.backup.good import Kind
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.backup.pgbackrest import is_label
from ward_app.operations.backup.secret import backup_secret
from ward_app.operations.recovery import (
    base_backup,
    pgbackrest_recovery,
    point_in_time,
    server_drill,
)
from ward_app.operations.recovery.drill import Drill, document, newest_name
from ward_app.operations.recovery.drill import drill as drill_of_dump
from ward_app.operations.recovery.point_in_time import Target
from ward_app.operations.recovery.restore import Job

_LATE = 1
_BASE = "base_"

KindOption = Annotated[
    Kind | None,
    typer.Option(help="What to try; usually a dump, or of pgBackRest where that is the engine."),
]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the report goes, and where the server is recovered."""

    reports: Path
    inside: Path


def drill(  # noqa: PLR0913 - the options of the command
    name: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Which backup; usually the newest.")
    ] = None,
    dsn: DsnOption = None,
    folder: BackupsOption = None,
    kind: KindOption = None,
    inside: Annotated[
        Path | None,
        typer.Option(help="Where a copy of the whole server is recovered, and removed again."),
    ] = None,
    archive: ArchiveOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Verify a backup and restore it for a test; what runs is not touched.

    A copy of the whole server is recovered into a new folder, with the kept log, and removed.
    The exit status is 1 when it fails, or when a restore would take more than four hours.
    """
    settings = load_settings()
    there = folder or backup_folder(settings)
    which = kind or _kind_of(name, settings)
    if which is Kind.DUMP:
        made = _of_dump(settings, dsn, name, there, as_json=as_json)
    else:
        place = _Place(there, inside or server_drill.usual_place(there))
        log = archive or archive_beside(settings, folder)
        folders = Folders(bases=base_backup.folder_beside(there), archive=log)
        job = _server_job(settings, which, name, folders, place)
        made = _of_server(job, as_json=as_json)
    if as_json:
        typer.echo(json.dumps(document(made), indent=2))
    else:
        _tell(made, there)
    if made.is_late:
        raise typer.Exit(_LATE)


def _kind_of(name: str | None, settings: Settings) -> Kind:
    if name is not None:
        is_base = name.startswith(_BASE)
        return Kind.PGBACKREST if is_label(name) else Kind.BASE if is_base else Kind.DUMP
    return Kind.PGBACKREST if settings.backup.engine is BackupEngine.PGBACKREST else Kind.DUMP


def _of_dump(
    settings: Settings, dsn: str | None, name: str | None, folder: Path, *, as_json: bool
) -> Drill:
    target = target_dsn(dsn)
    job = Job(
        dsn=target,
        database=database_name(target),
        name=name or newest_name(folder),
        folder=folder,
        secret=backup_secret(settings.backup.key),
        backup=None,
    )
    with progress("Restoring for a test", hidden=as_json) as report:
        return drill_of_dump(job, report)


def _of_server(job: server_drill.Job, *, as_json: bool) -> Drill:
    with progress("Recovering for a test", hidden=as_json):
        return server_drill.drill(job, announce=lambda words: typer.echo(words, err=True))


def _server_job(
    settings: Settings, kind: Kind, name: str | None, folders: Folders, place: _Place
) -> server_drill.Job:
    """Return the drill of the newest copy of the server, or of that one.

    Raises:
        RuleBrokenError: Barman's are tried where it runs.
        WardError: there is no such copy.
    """
    wanted = Wanted(
        copy=name,
        into=server_drill.folder_in(place.inside),
        target=Target(),
        leave_running=True,
    )
    if kind is Kind.BARMAN:
        raise RuleBrokenError("Barman's backups are tried where it runs: barman recover.")
    if kind is Kind.BASE:
        base = recovery_jobs.of_base(settings, wanted, folders)
        return server_drill.Job(
            kind=kind,
            backup=base.base.id,
            database=base.base.database,
            folder=place.reports,
            inside=place.inside,
            recover=partial(point_in_time.recover, base),
        )
    copied = recovery_jobs.of_copy(settings, wanted)
    return server_drill.Job(
        kind=kind,
        backup=copied.copy.id,
        database=copied.copy.database or copied.database,
        folder=place.reports,
        inside=place.inside,
        recover=partial(pgbackrest_recovery.recover, copied),
    )


def _tell(made: Drill, folder: Path) -> None:
    typer.echo(f"{made.backup} is good: {made.rows} rows were restored and counted.")
    for step, seconds in made.steps_s.items():
        typer.echo(f"{step}  {seconds:.1f} s")
    typer.echo(f"A whole restore would take some {(made.projected_s or 0) / 60:.1f} minutes.")
    if made.is_late:
        typer.echo("! That is more than four hours: wardctl doctor --explain WDB-611.")
    typer.echo(f"The report: {folder / 'drills' / made.id}.json")
