"""`wardctl migrate`: the schema of the ward database."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from ward_app.cli.deploy import deploy
from ward_app.cli.guard import guard_when_complete
from ward_app.cli.migrate_draft import create, push
from ward_app.cli.options import DestroyOption, JsonOption
from ward_app.cli.seed import seed as add_hospital
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.environment import Environment
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.settings import load_settings
from ward_app.operations import installation, migrate
from ward_app.operations.migrate import Revision, SchemaStatus, Standing
from ward_app.operations.migration_log import Attempt

app = typer.Typer(help="The schema of the ward database.", no_args_is_help=True)

app.command()(deploy)
app.command()(create)
app.command()(push)

EnvironmentOption = Annotated[
    Environment | None,
    typer.Option(help="What a new database is for; a private cluster is for development."),
]
ConfirmOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Name of the database, where nobody can be asked for it."),
]


@app.command()
def run(
    dsn: DsnOption = None, environment: EnvironmentOption = None, *, as_json: JsonOption = False
) -> None:
    """Apply every pending revision."""
    _upgrade(dsn, migrate.HEAD, environment, as_json=as_json)


@app.command()
def status(
    dsn: DsnOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List applied and pending revisions: when, by whom, and why one failed."""
    found = migrate.standings(target_dsn(dsn))
    if as_json:
        typer.echo(json.dumps(_as_json(found), indent=2))
        return
    for standing in found:
        typer.echo(_line(standing))


@app.command()
def specific(
    revision: str,
    dsn: DsnOption = None,
    environment: EnvironmentOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Apply the pending revisions up to and with REVISION."""
    _upgrade(dsn, revision, environment, as_json=as_json)


@app.command()
def rollback(
    dsn: DsnOption = None,
    *,
    steps: Annotated[int | None, typer.Option(help="So many revisions.", min=1)] = None,
    to: Annotated[str | None, typer.Option(help="Everything after this revision.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All revisions.")] = False,
    destroy_data: DestroyOption = False,
    confirm: ConfirmOption = None,
) -> None:
    """Undo revisions, one if nothing else is said; the data in them are lost."""
    if sum([steps is not None, to is not None, everything]) > 1:
        raise RuleBrokenError("Choose one of --steps, --to and --all.")
    target = target_dsn(dsn)
    installation.require_disposable(target, anyway=destroy_data)
    if everything:
        _require_name(target, confirm)
    aim = migrate.BASE if everything else to or _below(migrate.status(target), steps or 1)
    reached = migrate.downgrade(target, aim, announce=_undoing)
    typer.echo(f"The schema is at {reached.current}.")


@app.command()
def reset(
    dsn: DsnOption = None,
    *,
    seed: Annotated[bool, typer.Option("--seed", help="Then add the simulated hospital.")] = False,
    destroy_data: DestroyOption = False,
    confirm: ConfirmOption = None,
) -> None:
    """Drop everything and apply all revisions again: an empty database."""
    target = target_dsn(dsn)
    installation.require_disposable(target, anyway=destroy_data)
    _require_name(target, confirm)
    reached = installation.reset(target, announce=_applying)
    guard_when_complete(target)
    typer.echo(f"The schema is at {reached.current}, and empty.")
    if seed:
        add_hospital(dsn, demo=True)


def _require_name(target: str, given: str | None) -> None:
    """Let pass only who types the database's name, where its data are not for trying out.

    Raises:
        NotPermittedError: another name was typed, or nobody can be asked.
    """
    if installation.is_disposable(target):
        return
    name = database_name(target)
    if given is None and sys.stdin.isatty():
        given = typer.prompt(
            f"Everything in it will be lost. Type the name of the database, {name}"
        )
    if given != name:
        raise NotPermittedError(
            f"Nothing was changed. Everything in {name} would be lost: to confirm that, type its "
            "name when asked, or after --confirm."
        )


def _upgrade(dsn: str | None, to: str, environment: Environment | None, *, as_json: bool) -> None:
    target = target_dsn(dsn)
    before = migrate.status(target)
    reached = migrate.upgrade(target, to, announce=None if as_json else _applying)
    usual = load_settings().environment if dsn else Environment.DEVELOPMENT
    installation.name_environment(target, environment or usual)
    guard_when_complete(target, for_programs=as_json)
    if as_json:
        typer.echo(json.dumps(_reached(before, reached), indent=2))
        return
    typer.echo("Nothing to do." if reached == before else f"The schema is at {reached.current}.")


def _reached(before: SchemaStatus, after: SchemaStatus) -> dict[str, Any]:
    new = after.applied[len(before.applied) :]
    return {
        "before": before.current,
        "after": after.current,
        "applied": [{"number": one.number, "title": one.title} for one in new],
    }


def _below(found: SchemaStatus, steps: int) -> str:
    """Return the revision so many steps under the present one."""
    numbers = [migrate.BASE, *(revision.number for revision in found.applied)]
    return numbers[max(0, len(numbers) - 1 - steps)]


def _applying(revision: Revision) -> None:
    typer.echo(f"applying {revision.number}  {revision.title}")


def _undoing(revision: Revision) -> None:
    typer.echo(f"undoing  {revision.number}  {revision.title}")


def _line(standing: Standing) -> str:
    """Return a revision and what became of it, in one line."""
    word = "applied" if standing.is_applied else "pending"
    line = f"{word}  {standing.revision.number}  {standing.revision.title}"
    failure = standing.failure
    if failure is not None:
        what = f"{'applying' if failure.is_upgrade else 'undoing'} it {failure.outcome}"
        return f"{line}\n         {what}, {_who_and_when(failure)}: {failure.reason}"
    if standing.last is not None:
        took = "" if standing.last.duration_s is None else f", {standing.last.duration_s:.1f} s"
        line += f"  ({_who_and_when(standing.last)}{took})"
    if standing.is_altered:
        line += "\n         its files are others now than when it was applied"
    return line


def _who_and_when(attempt: Attempt) -> str:
    at = attempt.started_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{at} by {attempt.database_role}, {attempt.account} on {attempt.computer}"


def _as_json(found: tuple[Standing, ...]) -> dict[str, Any]:
    applied = [standing for standing in found if standing.is_applied]
    return {
        "current": applied[-1].revision.number if applied else migrate.BASE,
        "applied": [_record(standing) for standing in applied],
        "pending": [_record(standing) for standing in found if not standing.is_applied],
    }


def _record(standing: Standing) -> dict[str, Any]:
    last = standing.last
    return {
        "number": standing.revision.number,
        "title": standing.revision.title,
        "altered": standing.is_altered,
        "last": last
        and {
            "is_upgrade": last.is_upgrade,
            "outcome": last.outcome,
            "at": last.started_at.isoformat(),
            "duration_s": last.duration_s,
            "by": last.database_role,
            "account": last.account,
            "computer": last.computer,
            "reason": last.reason,
        },
    }
