"""`wardctl backup`: make backups, see that they are good, keep them as long as is wanted."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from ward_app.cli import (
    backup_base,
    backup_drill,
    backup_offsite,
    backup_prune,
    backup_schedule,
    backup_tidy,
    backup_wal,
)
from ward_app.cli.options import BackupsOption, JsonOption, KeyOption
from ward_app.cli.progress import progress
from ward_app.cli.target import DsnOption, target_dsn
from ward_app.core.settings import Settings, load_settings
from ward_app.operations.backup import engines, pgbackrest
from ward_app.operations.backup import secret as secrets
from ward_app.operations.backup.create import create as make_backup
from ward_app.operations.backup.jobs import backup_folder, job_for
from ward_app.operations.backup.manifest import DumpFormat, Manifest, document
from ward_app.operations.backup.nightly import run as run_night
from ward_app.operations.backup.nightly import run_foreign
from ward_app.operations.backup.rehearsal import rehearse
from ward_app.operations.backup.secret import backup_secret
from ward_app.operations.backup.shelf import Shelf, found, on_shelf
from ward_app.operations.backup.verify import verify as check_backup
from ward_app.operations.findings import Level
from ward_app.operations.kept_secrets import KEYRING
from ward_app.operations.sizes import size_text

app = typer.Typer(help="Backups of the ward database.", no_args_is_help=True)
app.add_typer(backup_offsite.app, name="offsite")
app.add_typer(backup_schedule.app, name="schedule")
app.command()(backup_base.base)
app.command()(backup_drill.drill)
app.command()(backup_prune.prune)
app.command()(backup_tidy.tidy)
app.add_typer(backup_wal.app, name="wal")

_HOUR_S = 3_600


@app.command()
def create(
    dsn: DsnOption = None,
    how: Annotated[
        DumpFormat, typer.Option("--format", help="custom for restoring, plain for psql.")
    ] = DumpFormat.CUSTOM,
    *,
    no_encrypt: Annotated[
        bool, typer.Option("--no-encrypt", help="In the clear, which production refuses.")
    ] = False,
    schema_only: Annotated[bool, typer.Option("--schema-only", help="Without rows.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a backup and read it again; it counts only when it is whole and good."""
    settings = load_settings()
    if engines.is_foreign(settings.backup):
        engines.make(settings.backup)
        typer.echo(f"{settings.backup.engine} made a backup: wardctl backup list.")
        return
    job = job_for(
        target_dsn(dsn), settings, how=how, schema_only=schema_only, encrypted=not no_encrypt
    )
    with progress("Backing up", hidden=as_json) as report:
        made = make_backup(job, report)
    if as_json:
        typer.echo(json.dumps(document(made), indent=2))
        return
    seconds = (made.finished_at - made.started_at).total_seconds()
    typer.echo(f"{job.folder / made.file}")
    typer.echo(
        f"{size_text(made.bytes)}, {sum(made.tables.values())} rows in {len(made.tables)} tables, "
        f"{_protection(made)}, {seconds:.0f} s. It was read again and is good."
    )


@app.command()
def nightly(
    dsn: DsnOption = None,
    archive: backup_wal.ArchiveOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Make the backup of the night, let old ones go, copy it elsewhere, tell how it went.

    Base backups and the kept log go too, as far as no recovery to the days kept needs them.

    The exit status is 1 when something beside the backup itself went wrong.
    """
    settings = load_settings()
    if engines.is_foreign(settings.backup):
        _say_problems(run_foreign(settings))
    job = job_for(target_dsn(dsn), settings)
    log = archive or backup_wal.archive_folder(settings)
    with progress("Backing up", hidden=as_json) as report:
        night = run_night(
            job, settings, report, let_go=lambda: backup_prune.old_bases(settings, job.folder, log)
        )
    if as_json:
        told = {
            "deleted": night.deleted,
            "log_deleted": night.log_deleted,
            "problems": night.problems,
        }
        typer.echo(json.dumps({"backup": document(night.made)} | told, indent=2))
    else:
        log_text = [backup_prune.log_text(night.log_deleted)] if night.log_deleted else []
        gone = "; ".join([*night.deleted, *log_text]) or "nothing"
        typer.echo(f"{night.made.id} is good. Old enough to go, and deleted: {gone}.")
    _say_problems(night.problems)


@app.command()
def check(dsn: DsnOption = None, *, as_json: JsonOption = False) -> None:
    """Look whether a backup would succeed, the second place too; makes none.

    The exit status is 1 when it would not.
    """
    settings = load_settings()
    looked = rehearse(job_for(target_dsn(dsn), settings), settings)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in looked], indent=2))
    else:
        for one in looked:
            typer.echo(f"{one.level:7} {one.about}: {one.says}{one.code and f' [{one.code}]'}")
    raise typer.Exit(1 if any(one.level is Level.ERROR for one in looked) else 0)


@app.command("list")
def list_(folder: BackupsOption = None, *, as_json: JsonOption = False) -> None:
    """List the backups, newest first."""
    settings = load_settings()
    there = folder or backup_folder(settings)
    shelf, now = on_shelf(there), datetime.now(UTC)
    asks = engines.is_foreign(settings.backup) or pgbackrest.copies_server(settings.backup)
    others = engines.backups(settings.backup) if asks else []
    if as_json:
        told = _listed(shelf, now) | {"others": list(map(asdict, others))}
        typer.echo(json.dumps(told, indent=2, default=str))
        return
    for other in others:
        made = f"{other.finished_at.astimezone():%d-%b-%Y %H:%M}"
        typer.echo(f"{other.id}  {made}  {'good' if other.is_good else 'FAULTY'}")
    for one in shelf.backups:
        typer.echo(_line(one, now))
    for bad in shelf.unreadable:
        typer.echo(f"{bad.id}  UNREADABLE  {bad.problem}")
    if not shelf.backups and not shelf.unreadable and not others:
        typer.echo(f"There are no backups in {there}. Make one: wardctl backup create.")


@app.command()
def verify(
    name: Annotated[str, typer.Argument(metavar="ID|FILE", help="As wardctl backup list has it.")],
    folder: BackupsOption = None,
    key_file: KeyOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Read a backup through: checksum, HMAC, decryption, contents; note that it is good.

    Of pgBackRest: its whole repository is read, and every checksum compared.
    """
    settings = load_settings()
    if pgbackrest.is_label(name):
        pgbackrest.verify(pgbackrest.stanza_of(settings.backup), name)
        answer = json.dumps({"id": name, "is_good": True}, indent=2)
        words = f"{name} is good, and so is the whole repository."
        typer.echo(answer if as_json else words)
        return
    there, told = found(folder or backup_folder(settings), name)
    checked = check_backup(there, told, _secret(settings, key_file, told))
    if as_json:
        typer.echo(json.dumps(document(checked), indent=2))
    else:
        typer.echo(f"{checked.id} is good: {size_text(checked.bytes)}, {_protection(checked)}.")


@app.command()
def key(
    file: Annotated[
        Path | None, typer.Option("--file", help="Into this file; without it: the keyring.")
    ] = None,
    *,
    from_environment: Annotated[
        bool, typer.Option("--from-environment", help="Take over BACKUP_ENCRYPTION_KEY.")
    ] = False,
) -> None:
    """Make the key of the backups, once; print it yourself and lock it away."""
    reference = str(file) if file else KEYRING
    made = secrets.new_secret()
    if from_environment:
        made = secrets.brought(os.environ.get(secrets.ENVIRONMENT_NAME, ""))
    secrets.keep(reference, secrets.NAME, made)
    typer.echo(f'The key is kept. Set it: backup.key = "{file.resolve() if file else reference}".')
    typer.echo("Print it and lock it away, apart from the backups: without it nobody opens them.")


def _say_problems(problems: tuple[str, ...]) -> NoReturn:
    """Say what went wrong beside a backup that is good, and end."""
    for words in problems:
        typer.echo(words, err=True)
    raise typer.Exit(1 if problems else 0)


def _secret(settings: Settings, key_file: Path | None, told: Manifest) -> str | None:
    """Return the key to open a backup with; what is not encrypted asks for none."""
    if told.encryption is None:
        return None
    return backup_secret(str(key_file) if key_file else settings.backup.key)


def _listed(shelf: Shelf, now: datetime) -> dict[str, Any]:
    return {
        "backups": [document(one) | {"age_hours": _age_hours(one, now)} for one in shelf.backups],
        "unreadable": [{"id": bad.id, "problem": bad.problem} for bad in shelf.unreadable],
    }


def _line(one: Manifest, now: datetime) -> str:
    verified = f"verified {one.verified_at.astimezone():%d-%b-%Y %H:%M}" if one.verified_at else ""
    what = "schema only" if one.schema_only else verified or "not verified"
    age = f"{_age_hours(one, now):.0f} h old"
    return f"{one.id}  {one.database}  {size_text(one.bytes)}  {age}  {what}, {_protection(one)}"


def _age_hours(one: Manifest, now: datetime) -> float:
    return round((now - one.started_at).total_seconds() / _HOUR_S, 1)


def _protection(one: Manifest) -> str:
    return "encrypted" if one.encryption else "not encrypted"
