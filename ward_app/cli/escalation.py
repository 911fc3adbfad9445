"""`wardctl escalation`: whom to call at which risk, and how long to wait."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.escalations.types import Level, ResponderRole, RuleStep
from ward_app.operations import escalation_rules

app = typer.Typer(help="Escalation: whom to call, and how long to wait.", no_args_is_help=True)
rules = typer.Typer(help="The steps of each level.", no_args_is_help=True)
app.add_typer(rules, name="rules")

WardOption = Annotated[str | None, typer.Option(help="Code of a ward; without it: every ward.")]
HospitalOption = Annotated[str | None, typer.Option(help="Code of the hospital, if several.")]
ByOption = Annotated[str, typer.Option(help="Who decided it: name and role.")]
SourceOption = Annotated[str, typer.Option(help="Where roles and times come from.")]


@rules.command()
def show(dsn: DsnOption = None) -> None:
    """List the steps in force; a ward's own take the place of the hospital's, those of ours."""
    target = target_dsn(dsn)
    for found in escalation_rules.steps_in_force(target, database=database_name(target)):
        step = found.step
        place = step.ward_code or found.facility_code or "as shipped"
        then = f", next after {step.cascade_minutes}" if step.cascade_minutes else ""
        typer.echo(
            f"{step.level:<11} {step.step}  {step.role:<23} {place}: acknowledge within"
            f" {step.acknowledge_minutes}, arrive within {step.arrive_minutes}, again every"
            f" {step.renotify_minutes}{then} min. {found.set_by}: {step.source}"
        )


@rules.command("set")
def set_(  # noqa: PLR0913, PLR0917 - the options of the command
    level: Level,
    step: int,
    role: ResponderRole,
    by: ByOption,
    acknowledge: Annotated[int, typer.Option(help="Minutes to the acknowledgement.")],
    arrive: Annotated[int, typer.Option(help="Minutes to somebody at the bedside.")],
    again: Annotated[int, typer.Option(help="Repeat the call after so many minutes.")],
    cascade: Annotated[
        int | None, typer.Option(help="Call the next step after so many minutes; none: last.")
    ] = None,
    ward: WardOption = None,
    facility: HospitalOption = None,
    source: SourceOption = "Site configuration.",
    dsn: DsnOption = None,
) -> None:
    """Set one step from now on; what was in force before stays on record."""
    target = target_dsn(dsn)
    wanted = RuleStep(
        ward_code=ward,
        level=level,
        step=step,
        role=role,
        acknowledge_minutes=acknowledge,
        arrive_minutes=arrive,
        renotify_minutes=again,
        cascade_minutes=cascade,
        source=source,
    )
    escalation_rules.set_step(
        target, wanted, database=database_name(target), set_by=by, facility=facility
    )
    typer.echo(f"Step {step} of {level} is set for {ward or 'every ward'}.")


@rules.command()
def remove(
    level: Level,
    step: int,
    by: ByOption,
    ward: WardOption = None,
    facility: HospitalOption = None,
    dsn: DsnOption = None,
) -> None:
    """Take one step away from now on; the first one stays."""
    target = target_dsn(dsn)
    unwanted = RuleStep(
        ward_code=ward,
        level=level,
        step=step,
        role=ResponderRole.CONSULTANT,
        acknowledge_minutes=1,
        arrive_minutes=1,
        renotify_minutes=1,
        cascade_minutes=None,
        source="Taken away.",
    )
    escalation_rules.remove_step(
        target, unwanted, database=database_name(target), set_by=by, facility=facility
    )
    typer.echo(f"Step {step} of {level} is taken away for {ward or 'every ward'}.")
