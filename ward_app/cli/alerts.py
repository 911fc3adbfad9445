"""`wardctl alerts`: whether somebody must act now, in the way of Nagios."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from socket import gethostname

import typer

from ward_app.cli.monitor import machine_of, server
from ward_app.cli.options import JsonOption
from ward_app.cli.target import DsnOption
from ward_app.core.errors import ConfigurationError
from ward_app.core.places import places
from ward_app.core.settings import Settings, load_settings
from ward_app.operations.monitor.alerts import Checked, check
from ward_app.operations.monitor.episodes import Episode
from ward_app.operations.monitor.reading import Found, read_figures, with_machine_in
from ward_app.operations.monitor.signals import WATCHED, Severity
from ward_app.operations.notify import Notice, send

app = typer.Typer(help="Whether somebody must act now.", no_args_is_help=True)


@app.callback()
def alerts() -> None:
    """Whether somebody must act now."""


@app.command("check")
def check_(
    dsn: DsnOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Look once; the exit status is 0 well, 1 a warning, 2 critical, 3 not known.

    Each alert is told once, by e-mail and webhook as [notify] is set. To be run every minute.
    """
    settings = load_settings()
    try:
        found = check(
            lambda: _looked(dsn),
            settings.alerts,
            folder=places().data_dir,
            now=datetime.now(UTC),
            tell=lambda episode: _tell(episode, settings),
        )
    except OSError as error:
        raise ConfigurationError(
            f"What was found cannot be remembered in {places().data_dir}: {error.strerror}."
        ) from error
    if as_json:
        document = {"severity": found.severity.name.lower(), **asdict(found)}
        typer.echo(json.dumps(document, indent=2, default=str))
    else:
        for line in lines_of(found):
            typer.echo(line)
    for problem in found.problems:
        typer.echo(problem, err=True)
    raise typer.Exit(int(found.severity))


def lines_of(found: Checked) -> list[str]:
    """Return a look as people and Nagios read it: the first line says it all."""
    says = [*(alert.says for alert in found.alerts), *found.unknown]
    first = f"{found.severity.name}: {' '.join(says[:3]) or 'nothing is beyond its limit.'}"
    return [first, *(_line(alert) for alert in found.alerts)]


def _line(alert: Episode) -> str:
    does = alert.does if alert.well_since is None else f"Well since {_at(alert.well_since)}."
    return f"{alert.severity.name.lower()}: {alert.says} {does}"


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%H:%M} UTC"


def _looked(dsn: str | None) -> Found:
    with server(dsn) as (database, is_local):
        machine = machine_of(database) if is_local else None
        return with_machine_in(database.read(None, read_figures, WATCHED), machine)


def _tell(episode: Episode, settings: Settings) -> list[str]:
    notice = Notice(
        subject=f"{episode.severity.name.lower()} on {gethostname()}: {episode.key}",
        text=f"{episode.says} {episode.does}",
        is_good=episode.severity is Severity.OK,
        facts={"alert": episode.key, "since": episode.since.isoformat(timespec="seconds")},
    )
    return send(notice, settings.notify)
