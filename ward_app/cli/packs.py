"""`wardctl packs`: the score packs of this program, whether they hold, how two differ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.observations.packs import PACK_NAMES, PACKS_FOLDER, load_pack
from ward_app.observations.rules import Band, FurtherKind, Parameter, ScorePack

app = typer.Typer(help="Score packs: list, verify, diff.", no_args_is_help=True)


@app.command("list")
def show() -> None:
    """List the packs: name, version, as delivered, whom for, hash; and their further signs."""
    for name in PACK_NAMES:
        pack = _read(name)
        typer.echo(f"{pack.name}  {pack.version}  {pack.status}  {_whom(pack)}  {pack.hash}")
        for line in _about(pack):
            typer.echo(f"    {line}")


@app.command()
def verify() -> None:
    """Read every pack and score the test cases it carries; the exit status is 1 if one fails."""
    failed = 0
    for name in PACK_NAMES:
        try:
            pack = _read(name)
        except ConfigurationError as error:
            failed += 1
            typer.echo(f"{name}: {error}", err=True)
        else:
            typer.echo(f"{name}: {pack.version} scores as its own tests say  {pack.hash}")
    if failed:
        raise typer.Exit(1)


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
