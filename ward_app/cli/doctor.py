"""`wardctl doctor`: what is wrong with the ward database or its server, and what to do."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.operations.doctor import Finding, Level, examine

_WARNED, _ILL = 1, 2
_MARKS = {Level.GOOD: "ok", Level.INFO: "info", Level.WARNING: "warning", Level.ERROR: "ERROR"}


def doctor(
    dsn: DsnOption = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for other programs.")] = False,
) -> None:
    """Look for what is wrong, change nothing; the exit status is 1 for warnings, 2 for errors."""
    target = target_dsn(dsn)
    found = examine(target, database=database_name(target))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in found], indent=2))
    else:
        for finding in found:
            typer.echo(_line(finding))
    levels = {finding.level for finding in found}
    if Level.ERROR in levels:
        raise typer.Exit(_ILL)
    if Level.WARNING in levels:
        raise typer.Exit(_WARNED)


def _line(finding: Finding) -> str:
    remedy = f" {finding.remedy}" if finding.remedy else ""
    return f"{_MARKS[finding.level]:7} {finding.about}: {finding.says}{remedy}"
