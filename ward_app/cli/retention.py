"""`wardctl retention`: what is kept how long, and the job that does something about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli import retention_schedule
from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.settings import load_settings
from ward_app.operations import audit_retention, log_months, retention_job
from ward_app.operations.bootstrap import administrator
from ward_app.operations.monitor import old_snapshots

app = typer.Typer(help="How long the audit trail is kept, and its months.", no_args_is_help=True)
app.add_typer(retention_schedule.app, name="schedule")


@app.command()
def status(dsn: DsnOption = None, *, as_json: JsonOption = False) -> None:
    """Say what is old enough to go, and how far the months are made."""
    target = target_dsn(dsn)
    database = database_name(target)
    kept = audit_retention.retention(target, database=database)
    with administrator(target, database) as connection:
        found = log_months.months(connection)
    days = load_settings().retention.monitor_d
    reports = old_snapshots.count_old(target, days, database=database)
    if as_json:
        logs = {
            log.log: {"months_ahead": log.ahead, "parts": log.parts, "rows_in_rest": log.in_rest}
            for log in found.logs
        }
        facts = {"years": kept.years, "rows_old_enough": kept.rows, "logs": logs,
                 "monitor_d": days, "reports_old_enough": reports}  # fmt: skip
        typer.echo(json.dumps(facts, indent=2))
        return
    typer.echo(f"The audit trail is kept for {kept.years} years; {kept.rows} rows are older.")
    for log in found.logs:
        typer.echo(
            f"{log.log}: {log.parts} parts, {log.ahead} months made ahead, {log.in_rest} rows"
            " without a month."
        )
    typer.echo(f"Reports on the server are kept for {days} days; {reports} are older.")


@app.command()
def run(
    dsn: DsnOption = None,
    archive_to: Annotated[
        Path | None,
        typer.Option(help="Folder for archives of what is older than the trail is kept; without "
                     "it nothing is archived or removed."),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Make months ahead, archive and remove what is old enough, drop months that are empty."""
    target = target_dsn(dsn)
    days = load_settings().retention.monitor_d
    done = retention_job.run(
        target, database=database_name(target), monitor_d=days, archives=archive_to
    )
    if as_json:
        facts = {
            "made": done.made, "dropped": done.dropped, "rows": done.rows,
            "archive": str(done.archive) if done.archive else None, "waiting": done.waiting,
            "reports": done.reports,
        }  # fmt: skip
        typer.echo(json.dumps(facts, indent=2))
        return
    typer.echo("\n".join(_told(done)))


def _told(done: retention_job.Done) -> list[str]:
    lines = [f"made  {name}" for name in done.made] + [f"dropped  {name}" for name in done.dropped]
    if done.archive:
        lines.append(f"{done.rows} rows went into {done.archive}. Keep it: they are nowhere else.")
    if done.waiting:
        lines.append(
            f"{done.waiting} rows are old enough to go and stay, for no folder was named: "
            "--archive-to."
        )
    if done.reports:
        lines.append(f"{done.reports} old reports on the server were removed.")
    return lines or ["Nothing to do."]
