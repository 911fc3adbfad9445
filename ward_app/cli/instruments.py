"""`wardctl instruments`: which there are, whether they hold, which wards use them, when due."""

from __future__ import annotations

from collections.abc import Iterator
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from ward_app.assessments.pack import (
    INSTRUMENT_NAMES,
    INSTRUMENTS_FOLDER,
    load_instrument,
    read_instrument,
    read_reassess,
    shipped,
)
from ward_app.assessments.types import Instrument, Item, Reassess
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.operations import instruments
from ward_app.operations.instruments import NewInstrumentUse, WardInstrument

app = typer.Typer(
    help="Instruments of assessments: which there are, and which wards use them.",
    no_args_is_help=True,
)
_MINUTES_PER_HOUR = 60


@app.command("list")
def list_(dsn: DsnOption = None) -> None:
    """List the instruments and what each ward does with them.

    Without --dsn and without a running private cluster: as delivered alone.
    """
    target = _site(dsn)
    if target is None:
        for one in shipped():
            typer.echo(f"{one.name}  {one.version}  {one.title}  {one.hash}")
        typer.echo("No database was asked: what wards do with them is not known here.")
        return
    for loaded in instruments.loaded_instruments(target, database=database_name(target)):
        terms = "free" if loaded.is_free else f"by permission: {loaded.permission}"
        typer.echo(f"{loaded.name}  {loaded.version}  {loaded.title}  {loaded.hash}")
        typer.echo(f"    {terms}; loaded {loaded.loaded_at:%d-%b-%Y} by {loaded.loaded_by}")
    for used in instruments.instruments_on_wards(target, database=database_name(target)):
        typer.echo(_ward_line(used))


@app.command()
def verify(dsn: DsnOption = None) -> None:
    """Run the tests that every instrument carries, delivered and loaded ones.

    The exit status is 1 if one fails or a delivered file is not the registered one.
    """
    target = _site(dsn)
    problems = list(_verify_files())
    if target is not None:
        problems += _verify_loaded(target)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="An instrument's .json file.")],
    by: Annotated[str | None, typer.Option(help="Who loads it; else the account.")] = None,
    permission: Annotated[
        str | None, typer.Option(help="By which agreement the site may use it, if not free.")
    ] = None,
    dsn: DsnOption = None,
) -> None:
    """Load an instrument the site may use; no ward uses it until `use` says so."""
    target = target_dsn(dsn)
    found = instruments.load(
        target,
        file,
        database=database_name(target),
        loaded_by=getuser() if by is None else by,
        permission=permission,
    )
    typer.echo(f"{found.name} {found.version} is loaded  {found.hash}")


@app.command("use")
def use_instrument(  # noqa: PLR0913, PLR0917 - the options of the command
    name: Annotated[str, typer.Argument(help="Name of a loaded instrument.")],
    use: Annotated[str, typer.Argument(help="on or off.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    by: Annotated[str | None, typer.Option(help="Who decided it; else the account.")] = None,
    ward: Annotated[list[str] | None, typer.Option(help="Code of a ward; else every one.")] = None,
    after: Annotated[
        list[str] | None, typer.Option(help="Due after: admission, transfer or fall.")
    ] = None,
    first: Annotated[int | None, typer.Option(help="Minutes until then.")] = None,
    again: Annotated[int | None, typer.Option(help="Minutes from one to the next.")] = None,
    band: Annotated[
        list[str] | None, typer.Option(help="Minutes to the next by band: severe=30.")
    ] = None,
    version: Annotated[str | None, typer.Option(help="Else the one loaded last.")] = None,
    dsn: DsnOption = None,
) -> None:
    """Set on which wards an instrument is used, and when it is due there, from now on.

    Without times it is due by none. What was in force before stays on record, and every result
    keeps the version it was made with.
    """
    if use not in {"on", "off"}:
        raise RuleBrokenError("Say on or off.")
    target = target_dsn(dsn)
    wanted = NewInstrumentUse(
        name=name,
        in_use=use == "on",
        reason=reason,
        set_by=getuser() if by is None else by,
        wards=tuple(ward or ()),
        reassess=_times(after or [], first, again, band or []),
        version=version,
    )
    set_version, wards = instruments.set_use(target, wanted, database=database_name(target))
    typer.echo(f"{name} {set_version} is {use} from now on: {', '.join(wards)}.")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A delivered or loaded instrument, or a file.")],
    dsn: DsnOption = None,
) -> None:
    """Show what an instrument asks, what it comes to, its licence and what a site must set."""
    for line in _about(_read(name, dsn)):
        typer.echo(line)


def _verify_files() -> Iterator[str]:
    for name in INSTRUMENT_NAMES:
        try:
            found = load_instrument(INSTRUMENTS_FOLDER / f"{name}.json")
        except ConfigurationError as error:
            yield str(error)
        else:
            typer.echo(f"{name}: {found.version} comes out as its own tests say  {found.hash}")


def _verify_loaded(target: str) -> Iterator[str]:
    loaded = instruments.loaded_instruments(target, database=database_name(target))
    hashes = {one.hash for one in loaded}
    for delivered in INSTRUMENT_NAMES:
        path = INSTRUMENTS_FOLDER / f"{delivered}.json"
        if load_instrument(path).hash not in hashes:
            yield f"{delivered}: the file is not the one that is registered in the database"
    for one in loaded:
        try:
            read_instrument(one.content, f"{one.name} {one.version}")
        except ConfigurationError as error:
            yield str(error)


def _times(
    after: list[str], first: int | None, again: int | None, bands: list[str]
) -> Reassess | None:
    """Return the times of the options; None = none was given.

    Raises:
        RuleBrokenError: one of them is not readable.
    """
    if bool(after) != (first is not None):
        raise RuleBrokenError("--after and --first go together: after what, and within when.")
    if not after and again is None and not bands:
        return None
    try:
        by_band = dict(one.split("=", 1) for one in bands)
        return read_reassess(
            {
                "after": after,
                "first_minutes": first,
                "again_minutes": again,
                "by_band": by_band,
            }
        )
    except ValueError as error:
        raise RuleBrokenError(
            "--after is admission, transfer or fall; --band is a band and minutes: severe=30."
        ) from error


def _read(name: str, dsn: str | None) -> Instrument:
    if Path(name).suffix == ".json":
        return load_instrument(Path(name))
    target = _site(dsn)
    loaded = []
    if target is not None:
        loaded = instruments.loaded_instruments(target, database=database_name(target))
    found = [read_instrument(one.content, name) for one in loaded if one.name == name]
    found += [one for one in shipped() if one.name == name and not found]
    if not found:
        raise RuleBrokenError(f"There is no instrument {name!r}: see `wardctl instruments list`.")
    return found[-1]


def _site(dsn: str | None) -> str | None:
    """Return the database to ask, None = none was named and the private cluster is not there."""
    try:
        return target_dsn(dsn)
    except ConfigurationError:
        if dsn is not None:
            raise
        return None


def _ward_line(used: WardInstrument) -> str:
    state = "on" if used.in_use else "off"
    line = f"{used.facility} {used.ward}: {used.name} {used.version} {state}"
    if used.reassess is not None:
        line = f"{line}, {_times_text(read_reassess(used.reassess))}"
    if used.delivered:
        return f"{line}, as delivered"
    return f"{line}. Since {used.since:%d-%b-%Y %H:%M %Z}, {used.set_by}: {used.reason}"


def _times_text(times: Reassess) -> str:
    parts = []
    if times.after and times.first_minutes is not None:
        events = " or ".join(times.after)
        parts.append(f"within {_duration(times.first_minutes)} of {events}")
    if times.again_minutes is not None:
        parts.append(f"again after {_duration(times.again_minutes)}")
    parts += [f"{name}: after {_duration(each)}" for name, each in times.by_band.items()]
    return "due " + ", ".join(parts) if parts else "due by no times"


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, _MINUTES_PER_HOUR)
    return f"{hours} h" if hours and not rest else f"{minutes} min"


def _about(one: Instrument) -> Iterator[str]:
    yield f"{one.title} ({one.name} {one.version})  {one.hash}"
    yield f"Source: {one.source}"
    yield f"Licence: {one.licence.text}"
    if one.needs_sign_off:
        yield f"For the site to set: {one.needs_sign_off}"
    yield f"Suggested, in force nowhere until set: {_times_text(one.suggested)}"
    if one.suggested.basis:
        yield f"    {one.suggested.basis}"
    for item in one.items:
        yield _item_line(item)
    for band in one.bands:
        tasks = "".join(f" [task: {task.task}, {task.minutes} min]" for task in band.proposals)
        yield f"= {band.words} ({band.name}, {band.tone}): {'; '.join(band.actions)}{tasks}"


def _item_line(item: Item) -> str:
    needed = "" if item.required else ", if wanted"
    if item.possible is not None:
        low, high = item.possible
        return f"- {item.label}: {low} to {high} {item.unit}".rstrip() + needed
    choices = ", ".join(
        choice.words if choice.points is None else f"{choice.words} ({choice.points})"
        for choice in item.choices
    )
    return f"- {item.label}: {choices or 'words'}{needed}"
