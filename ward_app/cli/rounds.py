"""`wardctl rounds`: checklists as files, and what became of rounds."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import RuleBrokenError
from ward_app.operations.checklists import (
    RoundsLine,
    StoredChecklist,
    Stretch,
    checklists,
    load_checklist,
    rounds_report,
    times_answered,
)
from ward_app.rounding.editing import intervals_text

app = typer.Typer(help="Rounds: checklists and how punctual they are.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the checklist, as `list` shows it.")]


@app.command("list")
def list_(
    dsn: DsnOption = None,
    *,
    history: Annotated[bool, typer.Option("--history", help="Versions before, too.")] = False,
) -> None:
    """List the checklists with their version and how often each is due."""
    target = target_dsn(dsn)
    told: set[str] = set()
    for each in checklists(target, database=database_name(target)):
        if history or each.name not in told:
            typer.echo(_line(each))
        told.add(each.name)


@app.command()
def show(name: Name, dsn: DsnOption = None) -> None:
    """Show the items of a checklist, the version in force."""
    found = _newest(name, target_dsn(dsn))
    typer.echo(_line(found))
    for item in found.content["items"]:
        must = "" if item.get("required") else ", may be left out"
        typer.echo(f"  {item['name']}: {item['label']} ({item['kind']}{must})")
    typer.echo(f"To be signed off: {found.content.get('needs_sign_off', 'nothing')}")


@app.command()
def export(
    name: Name,
    output: Annotated[Path | None, typer.Option(help="File; without it to the terminal.")] = None,
    dsn: DsnOption = None,
) -> None:
    """Write a checklist as JSON, to be changed and imported again."""
    found = _newest(name, target_dsn(dsn))
    text = json.dumps(dict(found.content), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        typer.echo(f"Written to {output}.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="JSON as `export` writes it; - reads the input.")],
    by: Annotated[str, typer.Option(help="Who decided it: name and role.")],
    reason: Annotated[str, typer.Option(help="Why the checklist is changed.")],
    facility: Annotated[
        str | None, typer.Option(help="Code of the hospital, where there are several.")
    ] = None,
    dsn: DsnOption = None,
) -> None:
    """Put a checklist into force as the next version; answers keep the version before."""
    content = _read(file)
    target = target_dsn(dsn)
    version = load_checklist(
        target,
        content,
        database=database_name(target),
        facility=facility,
        by=by,
        reason=reason,
    )
    typer.echo(f"{content['name']}: version {version} is in force from now on.")


@app.command()
def report(
    ward: Annotated[list[str] | None, typer.Option(help="Code of a ward; without it all.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="So many days until now.")] = 7,
    answer: Annotated[
        list[str] | None, typer.Option(help="Count records with this answer too: pain=no.")
    ] = None,
    dsn: DsnOption = None,
) -> None:
    """Tell how many rounds were on time, late, missed and put off, and why."""
    target, now = target_dsn(dsn), datetime.now(UTC)
    database = database_name(target)
    stretch = Stretch(ward, now - timedelta(days=days), now)
    lines = rounds_report(target, stretch, database=database)
    for line in lines:
        typer.echo(_told(line))
    if not lines:
        typer.echo(f"No round was due in the last {days} days.")
    if answer:
        asked = _answers(answer)
        count = times_answered(target, stretch, asked, database=database)
        typer.echo(f"Answered {', '.join(answer)}: {count} records.")


def _line(each: StoredChecklist) -> str:
    whose = each.facility or "shipped"
    once = each.content.get("once")
    due = intervals_text(each.content["intervals"]) or "on demand"
    due = f"once, within {once['minutes']}" if once else due
    out = ", not used any more" if each.content.get("retired") else ""
    return f"{each.name} {each.version} ({whose}): {each.content['title']}; min: {due}{out}"


def _told(line: RoundsLine) -> str:
    expected = line.on_time + line.late + line.missed
    share = f"{line.on_time * 100 // expected} %" if expected else "-"
    put_off = sum(line.deferred.values())
    why = ", ".join(f"{count} {reason}" for reason, count in sorted(line.deferred.items()))
    reasons = f" ({why})" if why else ""
    return (
        f"{line.ward} {line.title}: {line.on_time} of {expected} on time ({share}), "
        f"{line.late} late, {line.missed} missed; {put_off} put off{reasons}, "
        f"{line.paused} paused, {line.open} open"
    )


def _newest(name: str, target: str) -> StoredChecklist:
    for each in checklists(target, database=database_name(target)):
        if each.name == name:
            return each
    raise RuleBrokenError(f"There is no checklist {name}. `wardctl rounds list` names them.")


def _read(file: Path) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        content = json.loads(text)
    except (OSError, ValueError) as error:
        raise RuleBrokenError(f"{file} cannot be read as a checklist: {error}") from error
    if not isinstance(content, dict) or not content.get("name"):
        raise RuleBrokenError(f"{file} is no checklist: it has no name.")
    return content


def _answers(typed: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in typed]
    if any(not sign or not value for _name, sign, value in pairs):
        raise RuleBrokenError("An answer is typed like pain=no.")
    return {name: value for name, _sign, value in pairs}
