"""`wardctl import`: data sets from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from ward_app.cli.target import DsnOption, target_dsn
from ward_app.core.places import places
from ward_app.exchange.mimic_iv import Announce, ImportOptions, ImportOutcome, import_mimic_iv
from ward_app.exchange.report import Effect, ImportReport

app = typer.Typer(help="Data sets from elsewhere.", no_args_is_help=True)

_REPORT = "mimic-iv-import.csv"
_COUNTED = {
    "room.wards": "wards",
    "room.beds": "beds",
    "patient.patients": "patients",
    "admission.admissions": "stays in hospital",
    "admission.bed_stays": "bed stays",
    "admission.transfers": "moves",
    "admission.discharges": "discharges",
    "report.vital_signs": "observation sets",
}


FolderArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help="Folder that holds hosp/ and derived/.")
]
AnchorOption = Annotated[
    str,
    typer.Option(
        help="Stays are moved to the weeks before this time: now, or an ISO time, without an "
        "offset that of the hospital's clock. A repeated import keeps the first anchor."
    ),
]
BedsOption = Annotated[
    int, typer.Option(help="Beds of every ward; more are opened when it is full.", min=0, max=200)
]
FacilityOption = Annotated[str | None, typer.Option(help="Code of the hospital.")]
GrantOption = Annotated[
    list[str] | None,
    typer.Option(help="Login of somebody who shall work on the imported wards; repeatable."),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(help=f"CSV file for what was not loaded; usually {_REPORT} in the data folder."),
]
ProductionOption = Annotated[
    bool, typer.Option("--into-production", help="Also where real patients are.")
]
CompletedOption = Annotated[
    bool,
    typer.Option(
        "--completed",
        help="Every stay is over at the anchor, so that every set of observations is loaded.",
    ),
]


@app.callback()
def _group() -> None:
    """Data sets from elsewhere."""


@app.command("mimic-iv")
def mimic_iv(  # noqa: PLR0913 - the options of the command
    folder: FolderArgument,
    dsn: DsnOption = None,
    *,
    anchor: AnchorOption = "now",
    beds_per_ward: BedsOption = 6,
    facility: FacilityOption = None,
    grant: GrantOption = None,
    report: ReportOption = None,
    into_production: ProductionOption = False,
    completed: CompletedOption = False,
) -> None:
    """Import the open MIMIC-IV demo (PhysioNet) as wards, patients, stays and observations.

    The patients are real and de-identified; their names here are invented and marked (MIMIC),
    their number in MIMIC-IV is kept. It is loaded as a whole or not at all, and running it
    again adds only what is missing.
    """
    options = ImportOptions(
        folder=folder,
        report_file=report or places().data_dir / _REPORT,
        anchor=anchor,
        beds_per_ward=beds_per_ward,
        facility_code=facility,
        grant_to=tuple(grant or ()),
        into_production=into_production,
        completed=completed,
    )
    target = target_dsn(dsn)
    with _progress() as announce:
        outcome = import_mimic_iv(target, options, announce=announce)
    _say(outcome)
    typer.echo(f"Report, line by line: {options.report_file}")


@contextmanager
def _progress() -> Iterator[Announce]:
    """Yield what draws a bar for each step; nothing is drawn where nobody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bars: dict[str, TaskID] = {}

        def announce(step: str, done: int, total: int) -> None:
            if step not in bars:
                bars[step] = progress.add_task(step, total=total)
            progress.update(bars[step], completed=done)

        yield announce


def _say(outcome: ImportOutcome) -> None:
    at = f"{outcome.anchor:%d-%b-%Y %H:%M} ({outcome.anchor.tzinfo})"
    typer.echo(f"MIMIC-IV demo in {outcome.facility_name}, anchored at {at}.")
    if outcome.changed_nothing:
        typer.echo("Nothing changed: every row was there already.")
    for table, words in _COUNTED.items():
        planned, added = outcome.planned[table], outcome.added[table]
        there = f", {planned - added:,} were there already" if planned - added else ""
        typer.echo(f"  {words:<18}{added:>8,} added{there}")
    typer.echo(f"Patients in hospital at the anchor: {outcome.running}.")
    if outcome.granted:
        typer.echo(f"Ward assignments added: {outcome.granted}. They count from the next sign-in.")
    _say_what_was_left_out(outcome.report)


def _say_what_was_left_out(report: ImportReport) -> None:
    refused = report.rows_refused()
    for file, rows in sorted(report.rows_read().items()):
        loaded = rows - refused.get(file, 0)
        typer.echo(f"{file}: {rows:,} rows, {loaded:,} loaded, {rows - loaded:,} not loaded")
        for remark in report.remarks():
            if remark.source_file != file:
                continue
            about = remark.reason if remark.effect is Effect.ROW_REFUSED else remark.field
            typer.echo(f"  {remark.times:>8,} {remark.effect.value}: {about}")
