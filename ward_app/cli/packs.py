"""`wardctl packs`: the score packs, whether they hold, how two differ, which a hospital uses."""

from __future__ import annotations

from collections.abc import Iterator
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.pack_checks import compare, recompute
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.observations.packs import PACK_NAMES, PACKS_FOLDER, load_pack
from ward_app.observations.rules import Band, FurtherKind, PackStatus, Parameter, ScorePack
from ward_app.operations import score_packs
from ward_app.operations.score_packs import NewUse, SitePack

app = typer.Typer(help="Score packs: which there are, and which are used.", no_args_is_help=True)
app.command()(compare)
app.command()(recompute)

HospitalOption = Annotated[str | None, typer.Option(help="Code of the hospital, if several.")]


@app.command("list")
def show(dsn: DsnOption = None) -> None:
    """List the packs: name, version, as delivered, whom for, hash; and a hospital's use of them.

    Without --dsn and without a running private cluster: as delivered alone.
    """
    for name in PACK_NAMES:
        pack = _read(name)
        typer.echo(f"{pack.name}  {pack.version}  {pack.status}  {_whom(pack)}  {pack.hash}")
        for line in _about(pack):
            typer.echo(f"    {line}")
    target = _site(dsn)
    if target is None:
        typer.echo("No database was asked: which packs a hospital uses is not known here.")
        return
    for used in score_packs.site_packs(target, database=database_name(target)):
        typer.echo(_use(used))


@app.command()
def verify(dsn: DsnOption = None) -> None:
    """Score the test cases of every pack, and compare the files with what is registered.

    The exit status is 1 if a case fails or a file is not the registered one.
    """
    target = _site(dsn)
    registered = None
    if target is not None:
        registered = score_packs.registered_hashes(target, database=database_name(target))
    problems = [problem for name in PACK_NAMES for problem in _verify(name, registered)]
    if problems:
        raise typer.Exit(1)


def _verify(name: str, registered: dict[str, set[str]] | None) -> Iterator[str]:
    """Say how a pack fares and yield its problem, if there is one."""
    try:
        pack = _read(name)
    except ConfigurationError as error:
        problem = str(error)
    else:
        typer.echo(f"{name}: {pack.version} scores as its own tests say  {pack.hash}")
        if registered is None or pack.hash in registered.get(name, set()):
            return
        problem = "the file is not the one that is registered in the database"
    typer.echo(f"{name}: {problem}", err=True)
    yield problem


@app.command("use")
def use_pack(  # noqa: PLR0913, PLR0917 - the options of the command
    name: Annotated[str, typer.Argument(help="Name of a registered pack.")],
    use: Annotated[PackStatus, typer.Argument(help="live, trial (compared only) or disabled.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    signed_off_by: Annotated[
        str | None, typer.Option(help="The clinician who signed it off: name and role.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who sets it; else the account.")] = None,
    version: Annotated[str | None, typer.Option(help="Else the one registered last.")] = None,
    facility: HospitalOption = None,
    dsn: DsnOption = None,
) -> None:
    """Set the use of a pack from now on; what was in force before stays on record."""
    target = target_dsn(dsn)
    wanted = NewUse(
        name=name,
        use=use,
        reason=reason,
        set_by=getuser() if by is None else by,
        signed_off_by=signed_off_by,
        version=version,
        facility=facility,
    )
    set_version = score_packs.set_use(target, wanted, database=database_name(target))
    typer.echo(f"{name} {set_version} is {use} from now on.")


@app.command()
def register(
    file: Annotated[Path, typer.Argument(help="A pack's .json file.")], dsn: DsnOption = None
) -> None:
    """Register a pack of the hospital's own; it is disabled until `use` says otherwise."""
    target = target_dsn(dsn)
    pack = score_packs.register(target, file, database=database_name(target))
    typer.echo(f"{pack.name} {pack.version} is registered  {pack.hash}")


@app.command()
def diff(
    first: Annotated[str, typer.Argument(help="Name of a pack, or a pack's file.")],
    second: Annotated[str, typer.Argument(help="The other one.")],
) -> None:
    """Say in which parameters, bands and responses two packs differ; - first, + second."""
    ours, theirs = list(_facts(_read(first))), list(_facts(_read(second)))
    for fact in ours:
        if fact not in theirs:
            typer.echo(f"- {fact}")
    for fact in theirs:
        if fact not in ours:
            typer.echo(f"+ {fact}")


def _read(name: str) -> ScorePack:
    if name in PACK_NAMES:
        return load_pack(PACKS_FOLDER / f"{name}.json")
    path = Path(name)
    if path.suffix != ".json":
        raise RuleBrokenError(
            f"There is no score pack {name!r}; there is: {', '.join(PACK_NAMES)}, or a .json file."
        )
    return load_pack(path)


def _site(dsn: str | None) -> str | None:
    """Return the database to ask, None = none was named and the private cluster is not there."""
    try:
        return target_dsn(dsn)
    except ConfigurationError:
        if dsn is not None:
            raise
        return None


def _use(used: SitePack) -> str:
    line = f"{used.facility}: {used.name} {used.version} {used.use}"
    if used.since is None:
        return line
    signed = f", signed off by {used.signed_off_by}" if used.signed_off_by else ""
    return f"{line} since {used.since:%d-%b-%Y %H:%M %Z}, {used.set_by}{signed}: {used.reason}"


def _whom(pack: ScorePack) -> str:
    start, end = pack.ages.from_months, pack.ages.below_months
    ages = "any age"
    if start is not None or end is not None:
        ages = f"from {start or 0} months" + ("" if end is None else f" to below {end}")
    return f"{ages}, {pack.pregnancy.replace('_', ' ')}"


def _about(pack: ScorePack) -> Iterator[str]:
    yield pack.title
    yield f"Source: {pack.source}"
    for one in pack.parameters:
        if one.further is not None:
            yield f"Further sign {one.name}: {_values(one)}"
    if pack.needs_sign_off:
        yield f"Needs a clinician's sign-off: {', '.join(pack.needs_sign_off)}"


def _values(parameter: Parameter) -> str:
    if parameter.further is FurtherKind.NUMBER:
        return f"number, {parameter.unit}"
    if parameter.further is FurtherKind.YES_NO:
        return "true or false"
    return ", ".join(str(value) for value in parameter.choices)


def _facts(pack: ScorePack) -> Iterator[str]:
    yield f"{pack.scoring}, {_whom(pack)}"
    for one in pack.parameters:
        for band in one.bands:
            yield f"{one.name} {_band(band)}"
        for value, points in one.choices.items():
            yield f"{one.name} {value}: {points}"
    for response in pack.responses:
        start, single = response.lowest_total, response.single_points
        reached = f"one parameter at {single}" if start is None else f"total from {start}"
        yield f"{reached}: {response.risk}, {response.interval_minutes} min, {response.action}"


def _band(band: Band) -> str:
    low, high = ("open" if end is None else str(end) for end in (band.lowest, band.highest))
    words = [f"{low} to {high}"]
    if band.ages is not None:
        words.append(f"at {band.ages.from_months} to below {band.ages.below_months} months")
    if band.spo2_scale is not None:
        words.append(f"on scale {band.spo2_scale}")
    if band.on_oxygen is not None:
        words.append("on oxygen" if band.on_oxygen else "on air")
    return f"{' '.join(words)}: {band.points}"
