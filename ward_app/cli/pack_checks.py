"""`wardctl packs compare | recompute`: scores held against each other."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import groupby
from typing import Annotated

import typer

from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.observations.types import Risk
from ward_app.operations.score_checks import (
    ComparedSet,
    DifferentScore,
    compared_sets,
    different_scores,
)

_UNSCORED = "none"
_BANDS = (_UNSCORED, *(risk.value for risk in Risk))
_WIDTH = 11
_LISTED = 20


def compare(
    since: Annotated[
        datetime | None, typer.Option("--from", help="Measured then or later; this zone.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", help="Measured before then; this zone.")
    ] = None,
    ward: Annotated[str | None, typer.Option(help="Code of a ward; else every ward.")] = None,
    dsn: DsnOption = None,
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="Every set, as CSV.")] = False,
) -> None:
    """Hold the packs on trial against those that are live, set by set.

    Sets are named by their id and place alone: who the patients are is the charts'.
    """
    target = target_dsn(dsn)
    found = compared_sets(
        target,
        database=database_name(target),
        since=None if since is None else since.astimezone(),
        until=None if until is None else until.astimezone(),
        ward=ward,
    )
    if as_csv:
        _write_csv(found)
    elif not found:
        typer.echo("No set was scored by a pack on trial.")
    else:
        for trial, sets in groupby(found, key=lambda one: one.trial):
            for line in _report(trial, list(sets)):
                typer.echo(line)


def recompute(dsn: DsnOption = None) -> None:
    """Let the database score every stored set again and list what differs.

    The exit status is 1 if something does. Nothing is changed.
    """
    target = target_dsn(dsn)
    stored, different = different_scores(target, database=database_name(target))
    for one in different:
        typer.echo(_difference(one))
    typer.echo(f"{stored} scores are stored; {len(different)} differ from the database's own.")
    if different:
        raise typer.Exit(1)


def _difference(one: DifferentScore) -> str:
    when = f"{one.occurred_at.astimezone():%d-%b-%Y %H:%M}"
    what = f"{one.set_id}  {when}  {one.pack} {one.version}"
    if not one.is_registered:
        return f"{what}: this pack is not registered"
    ours = _points(one.own_total, one.own_at_least, one.own_risk)
    return f"{what}: stored {_points(one.total, one.at_least, one.risk)}, recomputed {ours}"


def _points(total: int | None, at_least: int | None, risk: str | None) -> str:
    if risk is None:
        return "not scored"
    return f"{total}, {risk}" if total is not None else f"at least {at_least}, {risk}"


def _write_csv(found: Iterable[ComparedSet]) -> None:
    names = [one.name for one in fields(ComparedSet)]
    writer = csv.writer(sys.stdout)
    writer.writerow(names)
    writer.writerows([getattr(one, name) for name in names] for one in found)


def _report(trial: str, sets: Sequence[ComparedSet]) -> Iterator[str]:
    live = ", ".join(sorted({one.pack or _UNSCORED for one in sets}))
    yield f"{trial} on trial, {live} live: {len(sets)} sets"
    yield ""
    yield from _counts(sets)
    yield ""
    yield from _cross_table(sets)
    yield ""
    yield from _only("trial", [one for one in sets if one.trial_calls and not one.calls])
    yield from _only("live", [one for one in sets if one.calls and not one.trial_calls])


def _counts(sets: Sequence[ComparedSet]) -> Iterator[str]:
    live = Counter(one.risk or _UNSCORED for one in sets)
    trial = Counter(one.trial_risk for one in sets)
    yield _row("", _BANDS)
    yield _row("live", [live[band] for band in _BANDS])
    yield _row("trial", [trial[band] for band in _BANDS])


def _cross_table(sets: Sequence[ComparedSet]) -> Iterator[str]:
    """Yield the sets by live band (downwards) and trial band (across)."""
    pairs = Counter((one.risk or _UNSCORED, one.trial_risk) for one in sets)
    yield _row("live, trial", _BANDS[1:])
    for band in _BANDS:
        yield _row(band, [pairs[band, other] for other in _BANDS[1:]])


def _row(name: str, cells: Sequence[object]) -> str:
    return "  ".join([f"{name:<{_WIDTH}}", *(f"{cell!s:>{_WIDTH}}" for cell in cells)]).rstrip()


def _only(which: str, sets: Sequence[ComparedSet]) -> Iterator[str]:
    yield f"Only the {which} score calls somebody: {len(sets)} sets"
    for one in sets[:_LISTED]:
        when = f"{one.occurred_at.astimezone():%d-%b-%Y %H:%M}"
        live = _points(one.total, one.at_least, one.risk)
        tried = _points(one.trial_total, one.trial_at_least, one.trial_risk)
        yield f"  {when}  {one.ward or '-'}  {one.set_id}  live {live}; trial {tried}"
    if len(sets) > _LISTED:
        yield f"  and {len(sets) - _LISTED} more: --csv lists them all"
