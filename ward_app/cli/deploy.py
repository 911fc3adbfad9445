"""`wardctl migrate deploy`: the schema of a database that care is given with."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from ward_app.cli.guard import guard_when_complete
from ward_app.cli.progress import progress
from ward_app.cli.target import DsnOption, server_dsn, target_dsn
from ward_app.core.environment import Environment
from ward_app.core.errors import RuleBrokenError
from ward_app.core.settings import load_settings
from ward_app.operations import installation
from ward_app.operations.backup.jobs import job_for
from ward_app.operations.backup.manifest import Purpose
from ward_app.operations.deploy import Deployed, Plan
from ward_app.operations.deploy import deploy as run_plan


def deploy(
    dsn: DsnOption = None,
    check_on: Annotated[
        str | None,
        typer.Option(
            help="Another server, as its administrator: the backup is restored there and migrated "
            "up, down and up, before anything is done here."
        ),
    ] = None,
    *,
    no_backup: Annotated[bool, typer.Option("--no-backup", help="Without a backup.")] = False,
    yes_i_know: Annotated[
        bool, typer.Option("--yes-i-know", help="There is another backup of today.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Back up, rehearse on a copy, then apply every pending revision; asks nothing."""
    if no_backup and not yes_i_know:
        raise RuleBrokenError(
            "Without a backup a failure may cost records. If there is another one of today, "
            "add --yes-i-know."
        )
    target, settings = target_dsn(dsn), load_settings()
    plan = Plan(
        dsn=target,
        job=None if no_backup else job_for(target, settings, purpose=Purpose.BEFORE_MIGRATION),
        check_on=None if check_on is None else server_dsn(check_on),
    )
    with progress("Backing up", hidden=as_json) as report:
        done = run_plan(plan, _say_nothing if as_json else typer.echo, report)
    usual = settings.environment if dsn else Environment.DEVELOPMENT
    installation.name_environment(target, usual)
    guard_when_complete(target, for_programs=as_json)
    typer.echo(json.dumps(_as_json(done), indent=2) if as_json else _summary(done))


def _say_nothing(_: str) -> None:
    return


def _summary(done: Deployed) -> str:
    if done.after == done.before:
        return f"Nothing to do: the schema is at {done.after.current}."
    seconds = sum(timing.duration_s for timing in done.revisions)
    return (
        f"The schema went from {done.before.current} to {done.after.current} in {seconds:.1f} s."
    )


def _as_json(done: Deployed) -> dict[str, Any]:
    return {
        "before": done.before.current,
        "after": done.after.current,
        "backup": done.backup and {"id": done.backup.id, "file": done.backup.file},
        "rehearsal": [asdict(timing) for timing in done.rehearsal],
        "revisions": [asdict(timing) for timing in done.revisions],
    }
