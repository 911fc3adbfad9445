"""`wardctl lane`: a ward's own numbers of the shift lane: visits, nights, minutes of work."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any

import typer

from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import RuleBrokenError
from ward_app.lane.types import Policy
from ward_app.operations.lane_settings import in_force, policy_history, set_policy

app = typer.Typer(help="The shift lane: the wards' own numbers.", no_args_is_help=True)

NO_NIGHT = "none"
_NIGHT = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")
_WORK = re.compile(r"([a-z_]+)=(\d{1,4})")


@app.command()
def show(
    dsn: DsnOption = None,
    *,
    history: Annotated[bool, typer.Option("--history", help="Versions before, too.")] = False,
) -> None:
    """Show the numbers in force, of every ward and of wards with their own, with their source."""
    target = target_dsn(dsn)
    versions = policy_history(target, database=database_name(target))
    for each in versions if history else in_force(versions):
        typer.echo(f"{each.ward}: {_words(each.policy)}")
        typer.echo(f"  Since {each.since:%d-%b-%Y %H:%M %Z}. {each.source}")


@app.command("set")
def set_(  # noqa: PLR0913, PLR0917 - the options of the command
    by: Annotated[str, typer.Option(help="Who decided it: name and role.")],
    source: Annotated[str, typer.Option(help="Where the numbers come from.")],
    ward: Annotated[
        str | None, typer.Option(help="Code of the ward; without it: every ward without its own.")
    ] = None,
    visit: Annotated[
        int | None, typer.Option(help="Minutes within which things join into one visit.")
    ] = None,
    night: Annotated[
        str | None, typer.Option(help="Local hours in which who may sleeps: 23:00-06:00, or none.")
    ] = None,
    wait: Annotated[
        list[str] | None, typer.Option(help="What may wait for the morning: set, round, task.")
    ] = None,
    risk: Annotated[
        list[str] | None, typer.Option(help="For patients of which risk: low, low-medium.")
    ] = None,
    longest_wait: Annotated[
        int | None, typer.Option(help="Minutes past its time that nothing waits longer than.")
    ] = None,
    work: Annotated[
        list[str] | None, typer.Option(help="Minutes of work of one thing: set=5.")
    ] = None,
    dsn: DsnOption = None,
) -> None:
    """Set numbers from now on; what was in force before stays on record."""
    said = {
        "visit_minutes": visit,
        "sleep_kinds": frozenset(wait or ()) or None,
        "sleep_risks": frozenset(risk or ()) or None,
        "sleep_minutes": longest_wait,
        "work_minutes": dict(map(_minutes, work or ())) or None,
    }
    changes = _hours(night) | {name: told for name, told in said.items() if told is not None}
    target = target_dsn(dsn)
    wanted = set_policy(
        target, ward, changes, database=database_name(target), set_by=by, source=source
    )
    typer.echo(f"In force from now on: {_words(wanted)}.")


def _hours(night: str | None) -> dict[str, Any]:
    """Return what is said of the night; nothing when nothing is said."""
    if night is None:
        return {}
    if night == NO_NIGHT:
        return {"night_from": None, "night_until": None}
    found = _NIGHT.fullmatch(night)
    if found is None:
        raise RuleBrokenError("--night is two local times such as 23:00-06:00, or none.")
    first, second = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if first == second:
        raise RuleBrokenError("--night begins and ends at different times.")
    return {"night_from": first, "night_until": second}


def _minutes(work: str) -> tuple[str, int]:
    found = _WORK.fullmatch(work)
    if found is None:
        raise RuleBrokenError("--work is what is done and its minutes, such as set=5.")
    return found[1], int(found[2])


def _words(policy: Policy) -> str:
    work = ", ".join(f"{kind} {minutes} min" for kind, minutes in policy.work_minutes.items())
    sleep = "nobody is let sleep"
    if policy.night_from and policy.night_until and policy.sleep_kinds and policy.sleep_risks:
        sleep = (
            f"from {policy.night_from:%H:%M} to {policy.night_until:%H:%M}"
            f" {', '.join(sorted(policy.sleep_kinds))} may wait for patients of risk"
            f" {', '.join(sorted(policy.sleep_risks))}, {policy.sleep_minutes} min at most"
        )
    return f"visits of {policy.visit_minutes} min; {sleep}; work: {work}"
