"""`wardctl`: finds the command group that was asked for and lets errors speak for themselves."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from ward_app.core.errors import RuleBrokenError, WardError, words_of_system

# name -> where it is; only what was asked for is imported, because the migrations' machinery
# alone takes half a second
_COMMANDS = {
    "activity": "ward_app.cli.activity:app",
    "alerts": "ward_app.cli.alerts:app",
    "audit": "ward_app.cli.audit:app",
    "backup": "ward_app.cli.backup:app",
    "bed": "ward_app.cli.beds:app",
    "browse": "ward_app.cli.browse:browse",
    "cluster": "ward_app.cli.cluster:app",
    "config": "ward_app.cli.config:app",
    "data-model": "ward_app.cli.data_model:data_model",
    "dev": "ward_app.cli.dev:app",
    "doctor": "ward_app.cli.doctor:doctor",
    "downtime": "ward_app.cli.downtime:app",
    "escalation": "ward_app.cli.escalation:app",
    "explain": "ward_app.cli.explain:explain",
    "health": "ward_app.cli.health:health",
    "hospital": "ward_app.cli.hospital:app",
    "import": "ward_app.cli.imports:app",
    "init": "ward_app.cli.init:init",
    "instruments": "ward_app.cli.instruments:app",
    "keys": "ward_app.cli.keys:app",
    "lane": "ward_app.cli.lane:app",
    "logs": "ward_app.cli.logs:app",
    "measurements": "ward_app.cli.measurements:app",
    "metrics": "ward_app.cli.metrics:app",
    "maintenance": "ward_app.cli.maintenance:app",
    "migrate": "ward_app.cli.migrate:app",
    "monitor": "ward_app.cli.monitor:app",
    "notify": "ward_app.cli.notify:app",
    "packs": "ward_app.cli.packs:app",
    "schedule": "ward_app.cli.schedule:app",
    "devices": "ward_app.cli.devices:app",
    "encryption": "ward_app.cli.encryption:app",
    "messages": "ward_app.cli.messages:app",
    "report": "ward_app.cli.report:app",
    "ping": "ward_app.cli.support:ping",
    "pgbouncer": "ward_app.cli.pool:pgbouncer_app",
    "pool": "ward_app.cli.pool:pool_app",
    "dr": "ward_app.cli.dr:app",
    "restore": "ward_app.cli.restore:app",
    "retention": "ward_app.cli.retention:app",
    "role": "ward_app.cli.staff_roles:app",
    "roles": "ward_app.cli.roles:app",
    "room": "ward_app.cli.rooms:app",
    "rounds": "ward_app.cli.rounds:app",
    "schema": "ward_app.cli.schema:app",
    "score": "ward_app.cli.score:score_command",
    "seed": "ward_app.cli.seed:seed",
    "server-config": "ward_app.cli.server_config:app",
    "shifts": "ward_app.cli.shifts:app",
    "support": "ward_app.cli.support:app",
    "tune": "ward_app.cli.tune:tune",
    "user": "ward_app.cli.users:app",
    "ward": "ward_app.cli.wards:app",
    "workstation": "ward_app.cli.workstation:app",
}
_REFUSED, _MISUSED = 1, 2


def main() -> None:
    """Run the command line; the exit status is 1 for a refusal, 2 for a wrong argument."""
    try:
        _application(sys.argv[1:2])()
    except WardError as error:
        typer.echo(str(error), err=True)
        _tell_remedies(error)
        sys.exit(_MISUSED if isinstance(error, RuleBrokenError) else _REFUSED)
    except OSError as error:
        typer.echo(words_of_system(error), err=True)
        sys.exit(_REFUSED)


def _tell_remedies(error: WardError) -> None:
    """Say where remedies are told, if the error is a symptom of a known illness."""
    from ward_app.operations.symptoms import of_error  # noqa: PLC0415 - imports the driver

    symptom = of_error(error, migrating=sys.argv[1:2] == ["migrate"])
    if symptom is not None:
        typer.echo(f"What helps: wardctl doctor --explain {symptom.code}", err=True)


def _application(wanted: list[str]) -> typer.Typer:
    """Return the application with the wanted command, or with all when none is recognised."""
    application = typer.Typer(
        name="wardctl",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    # without it, an application of one command would be that command
    application.callback()(_about)
    for name in [name for name in wanted if name in _COMMANDS] or _COMMANDS:
        module, _, attribute = _COMMANDS[name].partition(":")
        command = getattr(import_module(module), attribute)
        if isinstance(command, typer.Typer):
            application.add_typer(command, name=name)
        else:
            application.command(name)(command)
    return application


def _about() -> None:
    """Ward App for IT: private cluster, schema, workstations, loading, scoring."""


if __name__ == "__main__":
    main()
