"""`wardctl doctor`: what is wrong with the ward database or its server, and what to do."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from psycopg.conninfo import conninfo_to_dict

from ward_app.cli.backup_base import bases_folder
from ward_app.cli.backup_wal import archive_folder
from ward_app.cli.options import JsonOption
from ward_app.cli.passphrase import StationOption
from ward_app.cli.sign_in import station_of
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.environment import Environment
from ward_app.core.settings import load_settings
from ward_app.operations import isolation
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.backup.looks import of_backups, of_host
from ward_app.operations.bootstrap import administrator
from ward_app.operations.doctor import examine
from ward_app.operations.findings import Finding, Level
from ward_app.operations.installation import environment
from ward_app.operations.recovery import databases, leftovers, server_drill
from ward_app.operations.recovery.last_good import last_good
from ward_app.operations.recovery.readiness import findings as of_readiness
from ward_app.operations.recovery.readiness import readiness
from ward_app.operations.symptom import Symptom
from ward_app.operations.symptoms import explained

_WARNED, _ILL = 1, 2
_MARKS = {Level.GOOD: "ok", Level.INFO: "info", Level.WARNING: "warning", Level.ERROR: "ERROR"}

NurseOption = Annotated[
    str | None,
    typer.Option(
        "--test-nurse",
        help="Login of a nurse of one ward: sign her in at this workstation, and prove that she "
        "reads nothing of other wards. Her password is asked for.",
    ),
]
PasswordOption = Annotated[
    int | None,
    typer.Option("--password-fd", help="Read her password from this open file descriptor."),
]


def doctor(  # noqa: PLR0913 - the options of the command
    dsn: DsnOption = None,
    test_nurse: NurseOption = None,
    password_fd: PasswordOption = None,
    station_passphrase_fd: StationOption = None,
    explain: Annotated[
        str | None, typer.Option(help="Tell about a symptom by its code, such as WDB-104.")
    ] = None,
    *,
    server: Annotated[
        bool,
        typer.Option(
            "--server", help="The server alone, without the backups that this computer keeps."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Look for what is wrong, change nothing; the exit status is 1 for warnings, 2 for errors.

    With --test-nurse it looks from this workstation alone, as its people do.
    """
    if explain is not None:
        typer.echo("\n".join(_told(explained(explain))))
        return
    if test_nurse is None:
        found = _looked_at(target_dsn(dsn), server_alone=server)
    else:
        found = _looked_as(test_nurse, password_fd, station_passphrase_fd)
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in found], indent=2))
    else:
        for finding in found:
            typer.echo(_line(finding))
    raise typer.Exit(_status({finding.level for finding in found}))


def _looked_at(target: str, *, server_alone: bool) -> list[Finding]:
    settings, database = load_settings(), database_name(target)
    found = examine(target, database=database, pool=settings.database.pool)
    found += of_host(str(conninfo_to_dict(target).get("host") or ""))
    if server_alone or any(one.about == "Connection" for one in found):
        return found  # whose backups they are cannot be asked of a server that is away
    is_production = environment(target) is Environment.PRODUCTION
    found += databases.look(target, database)
    folder = backup_folder(settings)
    found += leftovers.look((folder, bases_folder(settings)))
    found += server_drill.look(folder)
    now = datetime.now(UTC)
    good = last_good(folder, database, settings.backup, now)
    found += of_backups(folder, database, good=good, now=now, is_production=is_production)
    with administrator(target) as connection:
        log = archive_folder(settings)
        ready = readiness(connection, folder, database, settings.backup, log)
    return [*found, *of_readiness(ready, is_production=is_production)]


def _looked_as(login: str, password_fd: int | None, station_fd: int | None) -> list[Finding]:
    with station_of(login, password_fd, station_fd) as (database, password):
        return isolation.prove(database, login, password)


def _status(levels: set[Level]) -> int:
    if Level.ERROR in levels:
        return _ILL
    return _WARNED if Level.WARNING in levels else 0


def _line(finding: Finding) -> str:
    remedy = f" {finding.remedy}" if finding.remedy else ""
    code = f" [{finding.code}]" if finding.code else ""
    return f"{_MARKS[finding.level]:7} {finding.about}: {finding.says}{remedy}{code}"


def _told(symptom: Symptom) -> list[str]:
    """Return what is known of a symptom, line by line."""
    steps = [f"{number}. {remedy}" for number, remedy in enumerate(symptom.remedies, 1)]
    return [f"{symptom.code}  {symptom.title}", symptom.means, *steps]
