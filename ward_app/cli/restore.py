"""`wardctl restore`: bring the ward database back, from a backup or to a moment."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typing_extensions import override

from ward_app.cli import recovery_jobs
from ward_app.cli.backup_base import BasesOption, by_pgbackrest
from ward_app.cli.backup_wal import ArchiveOption
from ward_app.cli.options import BackupsOption, JsonOption, KeyOption
from ward_app.cli.progress import progress
from ward_app.cli.recovery_jobs import Folders, Wanted
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.settings import Settings, load_settings
from ward_app.operations.backup.create import Job as BackupJob
from ward_app.operations.backup.jobs import backup_folder, job_for
from ward_app.operations.backup.manifest import Purpose
from ward_app.operations.backup.secret import backup_secret
from ward_app.operations.backup.shelf import PREFIX, on_shelf
from ward_app.operations.installation import environment
from ward_app.operations.recovery import (
    databases,
    pgbackrest_recovery,
    point_in_time,
)
from ward_app.operations.recovery.point_in_time import Recovered, Target
from ward_app.operations.recovery.recovery_server import discard as discard_recovery
from ward_app.operations.recovery.restore import Job, Restored
from ward_app.operations.recovery.restore import restore as run_restore
from ward_app.operations.recovery.rollback import discard as drop_kept
from ward_app.operations.recovery.rollback import rollback as take_back
from ward_app.operations.sizes import size_text

_UNATTENDED = "WARD_ALLOW_UNATTENDED_RESTORE"


class _WithBackup(TyperGroup):
    """Takes the id of a backup where the name of a part would stand."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        words: list[str] = []
        for word in args:
            named = word.startswith(PREFIX) and words[-1:] != ["--file"]
            words += ["--id", word] if named else [word]
        return super().parse_args(ctx, words)


app = typer.Typer(cls=_WithBackup, help="Bring the ward database back.")

BaseOption = Annotated[
    str | None, typer.Option("--base", help="Begin with this base backup; usually the newest.")
]


@app.callback(invoke_without_command=True)
def restore(  # noqa: PLR0913 - the options of the command
    ctx: typer.Context,
    dsn: DsnOption = None,
    chosen: Annotated[str | None, typer.Option("--id", help="Which; also without --id.")] = None,
    file: Annotated[Path | None, typer.Option(help="A dump that is elsewhere.")] = None,
    folder: BackupsOption = None,
    key_file: KeyOption = None,
    *,
    no_confirm: Annotated[bool, typer.Option("--no-confirm", help="Ask nobody.")] = False,
    no_test: Annotated[bool, typer.Option("--no-test", help="Without a test restore.")] = False,
    no_backup: Annotated[
        bool, typer.Option("--no-backup", help="Without a backup of the present database.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Restore a backup: verify, test, back up, confirm, restore, swap, check (docs/it/restore.md).

    Without a name it lists the backups and asks.
    """
    if ctx.invoked_subcommand is not None:
        return
    settings = load_settings()
    target = target_dsn(dsn)
    there = folder or backup_folder(settings)
    if no_confirm:
        _require_attended(settings, target)
    reference = str(key_file) if key_file else settings.backup.key
    job = Job(
        dsn=target,
        database=database_name(target),
        name=str(file) if file else chosen or _asked(there),
        folder=there,
        secret=backup_secret(reference),
        backup=None if no_backup else _before(target, settings, there),
        test=not no_test,
        confirm=None if no_confirm else typer.prompt,
        environment=settings.environment,
    )
    _restore(job, as_json=as_json)


def _restore(job: Job, *, as_json: bool) -> None:
    with progress("Restoring", hidden=as_json) as report:
        made = run_restore(job, lambda words: typer.echo(words, err=as_json), report)
    if as_json:
        typer.echo(json.dumps(asdict(made), default=str, indent=2))
    else:
        _tell_restored(made)


@app.command()
def rollback(
    dsn: DsnOption = None,
    *,
    no_confirm: Annotated[bool, typer.Option("--no-confirm", help="Ask nobody.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take the last restore back: the database of before becomes the ward database again."""
    target = target_dsn(dsn)
    if no_confirm:
        _require_attended(load_settings(), target)
    # what is asked is not part of the document
    ask = partial(typer.prompt, err=as_json)
    done = take_back(target, database_name(target), None if no_confirm else ask)
    if as_json:
        typer.echo(json.dumps(asdict(done), indent=2))
        return
    typer.echo(f"{done.name} is the ward database again; what was restored is {done.put_aside}.")
    for words in done.lost:
        typer.echo(f"! Not taken over: {words}.")
    typer.echo("Everybody signs in again.")


@app.command()
def kept(dsn: DsnOption = None, *, as_json: JsonOption = False) -> None:
    """List the databases that restores put aside, and what interrupted ones left."""
    target = target_dsn(dsn)
    found = databases.kept(target, database_name(target))
    left = databases.unfinished(target, database_name(target))
    if as_json:
        told = {"kept": list(map(asdict, found)), "unfinished": list(map(asdict, left))}
        typer.echo(json.dumps(told, indent=2))
        return
    for one in found:
        typer.echo(f"{one.name}  {size_text(one.size_bytes)}")
    for one in left:
        typer.echo(f"{one.name}  {size_text(one.size_bytes)}  left by an interrupted restore")
    if not found and not left:
        typer.echo("There are none.")


@app.command()
def discard(
    name: Annotated[
        str,
        typer.Argument(
            help="As wardctl restore kept has it; or the data folder of a recovery "
            "that was not finished, named in full."
        ),
    ],
    dsn: DsnOption = None,
) -> None:
    """Delete what a restore put aside, or an interrupted one left, when nobody needs it."""
    if name.startswith("/"):
        discard_recovery(Path(name), typer.prompt)
        typer.echo(f"{name} is deleted.")
        return
    target = target_dsn(dsn)
    drop_kept(target, database_name(target), name, typer.prompt)
    typer.echo(f"{name} is deleted.")


@app.command()
def pitr(  # noqa: PLR0913, PLR0917 - options of a command
    into: Annotated[Path, typer.Option(help="New data folder of a server, named in full.")],
    target_time: Annotated[
        str, typer.Option(help="Up to this moment: '2026-01-31 14:05:00', here or with a zone.")
    ] = "",
    target_lsn: Annotated[str, typer.Option(help="Up to this place in the log.")] = "",
    target_name: Annotated[str, typer.Option(help="Up to this named restore point.")] = "",
    base: BaseOption = None,
    bases: BasesOption = None,
    archive: ArchiveOption = None,
    key_file: KeyOption = None,
    *,
    latest: Annotated[bool, typer.Option("--latest", help="Everything that was kept.")] = False,
    leave_running: Annotated[
        bool, typer.Option("--leave-running", help="Leave its server up, for a look from here.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a new data folder with everything up to a moment; what runs is not touched."""
    target = _target(target_time, target_lsn, target_name, latest=latest)
    settings = load_settings()
    wanted = Wanted(copy=base, into=into, target=target, leave_running=leave_running)
    if by_pgbackrest(settings, bases, archive):
        copied = recovery_jobs.of_copy(settings, wanted)
        _tell(pgbackrest_recovery.recover(copied, announce=_announce), as_json=as_json)
        return
    folders = Folders(bases=bases, archive=archive, key_file=key_file)
    job = recovery_jobs.of_base(settings, wanted, folders)
    _tell(point_in_time.recover(job, announce=_announce), as_json=as_json)


def _announce(words: str) -> None:
    typer.echo(words, err=True)


def _require_attended(settings: Settings, dsn: str) -> None:
    """Refuse a restore that nobody confirms, where there are real patients.

    Raises:
        NotPermittedError: nobody allowed it in the environment either.
    """
    if os.environ.get(_UNATTENDED) == "1":
        return
    there = databases.exists(dsn, database_name(dsn))
    named = environment(dsn) if there else settings.environment
    if named is None or named.has_real_patients:
        raise NotPermittedError(
            f"This database is for {named or 'an unnamed purpose'}, and --no-confirm would "
            f"replace it without anybody's word. Confirm it, or set {_UNATTENDED}=1 for this one "
            "call."
        )


def _before(dsn: str, settings: Settings, folder: Path) -> BackupJob:
    return replace(job_for(dsn, settings, purpose=Purpose.BEFORE_RESTORE), folder=folder)


def _asked(folder: Path) -> str:
    """List the backups and return the id of the one that somebody chose."""
    found = on_shelf(folder)
    if not found.backups:
        raise RuleBrokenError(f"There are no backups in {folder}. Name a dump: --file.")
    now = datetime.now(UTC)
    for place, one in enumerate(found.backups, 1):
        verified = f"verified {one.verified_at:%Y-%m-%d}" if one.verified_at else "NOT verified"
        age_h = (now - one.started_at).total_seconds() / 3_600
        typer.echo(f"{place:3}  {one.id}  {size_text(one.bytes)}  {age_h:.0f} h old  {verified}")
    number: int = typer.prompt("Which one", type=int, default=1)
    if not 1 <= number <= len(found.backups):
        raise RuleBrokenError(f"There is no number {number}. Nothing was changed.")
    return found.backups[number - 1].id


def _tell_restored(made: Restored) -> None:
    typer.echo(f"{made.database} is {made.name}: {made.rows} rows, {made.seconds:.0f} s.")
    if made.backup is not None:
        typer.echo(f"The backup of before: {made.backup}.")
    if made.put_aside is not None:
        typer.echo(
            f"The database of before: {made.put_aside}. Take all back: wardctl restore rollback. "
            f"When it is not needed any more: wardctl restore discard {made.put_aside}."
        )
    if made.era is not None:
        typer.echo(f"Everybody signs in again. The audit trail goes on in era {made.era}.")
    for one in made.findings:
        typer.echo(f"! {one.about}: {one.says} {one.remedy}")
    typer.echo(f"The log: {made.log}")


def _target(time: str, lsn: str, name: str, *, latest: bool) -> Target:
    if sum((bool(time), bool(lsn), bool(name), latest)) != 1:
        raise RuleBrokenError(
            "Say up to where, in one way: --target-time, --target-lsn, --target-name or --latest."
        )
    try:
        moment = datetime.fromisoformat(time).astimezone() if time else None
    except ValueError:
        raise RuleBrokenError(f"{time} is no time. Write it so: 2026-01-31 14:05:00.") from None
    return Target(time=moment, lsn=lsn, name=name)


def _tell(made: Recovered, *, as_json: bool) -> None:
    if as_json:
        facts = asdict(made) | {"data_dir": str(made.data_dir)}
        typer.echo(json.dumps(facts, indent=2))
        return
    last = made.last_transaction or "none after the base backup"
    typer.echo(f"Recovered into {made.data_dir}. Its last change: {last}.")
    if made.missing:
        typer.echo(f"! {made.missing[0]} is missing from the archive; nothing after it is in.")
    if made.unread:
        typer.echo(
            f"! {made.unread} is damaged: it cannot be read to its end, and nothing after that is "
            "in. Look for its second copy."
        )
    typer.echo(f"{made.sessions_ended} sessions were ended: people sign in again.")
    if made.dsn:
        typer.echo(f"Its server runs, for this computer alone: --dsn '{made.dsn}'.")
        typer.echo(f"End it: pg_ctl stop -D {made.data_dir}")
    else:
        typer.echo("Its server is stopped. Put the folder in the old one's place, and start it.")
