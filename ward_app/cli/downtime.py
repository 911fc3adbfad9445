"""`wardctl downtime`: what this workstation charted without the database. Names no patient."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Annotated

import typer

from ward_app.cli.options import JsonOption
from ward_app.cli.passphrase import StationOption
from ward_app.cli.station_database import station_database
from ward_app.cli.station_secrets import opened
from ward_app.core.errors import ConfigurationError, RuleBrokenError, WardError
from ward_app.core.places import places
from ward_app.core.secret_store import own_secrets
from ward_app.core.settings import load_settings
from ward_app.downtime import service
from ward_app.downtime.outbox import FOLDER, Outbox
from ward_app.downtime.seals import OUTBOX, seal_key
from ward_app.downtime.types import EntryState, HeldEntry, OfflineKind

app = typer.Typer(help="What was charted here while the database was away.", no_args_is_help=True)

_KINDS = {
    OfflineKind.OBSERVATIONS: "observations",
    OfflineKind.MEASUREMENT: "measurement",
    OfflineKind.ROUND_ANSWERS: "checklist",
    OfflineKind.NOTE: "note",
}
_STATES = {
    EntryState.WAITING: "waits",
    EntryState.NEEDS_A_PERSON: "needs a person",
    EntryState.ACCEPTED: "accepted",
    EntryState.ALREADY_THERE: "was there already",
    EntryState.SETTLED: "settled",
}
ReasonOption = Annotated[str, typer.Option(help="Why, in your own words; it stays on record.")]


@app.command()
def status(station_passphrase_fd: StationOption = None, *, as_json: JsonOption = False) -> None:
    """Say how many entries wait, need a person or ended, and whether all can be read."""
    outbox = _outbox(station_passphrase_fd)
    counts = Counter(held.state for held in outbox.held())
    damage = outbox.damage()
    if as_json:
        told = {state.value: counts[state] for state in EntryState}
        typer.echo(json.dumps({**told, "damage": damage and damage.text}))
        return
    for state, words in _STATES.items():
        typer.echo(f"{words:<18} {counts[state]}")
    typer.echo(damage.text if damage else "Everything that was kept can be read.")


@app.command("list")
def list_(
    station_passphrase_fd: StationOption = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what is in the database or settled.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List entries by number, without what they say and of whom."""
    outbox = _outbox(station_passphrase_fd)
    shown = outbox.held() if everything else service.waiting(outbox)
    if as_json:
        typer.echo(json.dumps([_as_json(held) for held in shown], indent=2))
        return
    for held in shown:
        charted = f"{held.entry.entered_at.astimezone():%d-%b-%Y %H:%M}"
        typer.echo(
            f"{held.number}  {_KINDS[held.entry.kind]}  charted {charted}  "
            f"{_STATES[held.state]}  {held.problem or ''}".rstrip()
        )
    if not shown:
        typer.echo("Nothing waits.")


@app.command()
def replay(station_passphrase_fd: StationOption = None) -> None:
    """Send what waits to the database, as the program does when it is back."""
    outbox = _outbox(station_passphrase_fd)
    with station_database(None, station_passphrase_fd) as database:
        report = service.replay(database, outbox)
    typer.echo(
        f"{report.accepted} accepted, {report.already_there} were there already, "
        f"{report.needs_a_person} need a person, {report.refused} refused."
    )


@app.command()
def verify(station_passphrase_fd: StationOption = None) -> None:
    """Prove that nothing that was kept here is missing, changed or in another order."""
    damage = _outbox(station_passphrase_fd).damage()
    if damage:
        raise WardError(damage.text)
    typer.echo("Everything that was kept can be read, in the order in which it was charted.")


@app.command()
def settle(
    number: Annotated[
        int | None, typer.Argument(help="Of an entry that the database refused.")
    ] = None,
    station_passphrase_fd: StationOption = None,
    *,
    reason: ReasonOption,
    damage: Annotated[
        bool, typer.Option("--damage", help="What cannot be read: the ward entered it anew.")
    ] = False,
) -> None:
    """Settle what the database refused, or what cannot be read, once the ward has it charted.

    What needs a person for another reason is settled by the ward, in the program.
    """
    outbox = _outbox(station_passphrase_fd)
    if damage == (number is not None):
        raise RuleBrokenError("Say the number of an entry, or --damage.")
    if not reason.strip():
        raise RuleBrokenError("Say why it is settled: --reason.")
    if damage:
        count = outbox.accept_damage(reason.strip(), datetime.now(UTC))
        typer.echo(f"On record: {count} that cannot be read were entered anew.")
        return
    held = next((held for held in outbox.held() if held.number == number), None)
    if held is None:
        raise RuleBrokenError(f"There is no entry {number} here: wardctl downtime list.")
    service.settle_here(outbox, held, reason, None)
    typer.echo(f"Entry {number} is settled.")


def _outbox(descriptor: int | None) -> Outbox:
    """Return this workstation's outbox, opened with the key among its secrets."""
    station = load_settings().database.user
    if not station:
        raise ConfigurationError(
            "This computer is no enrolled workstation, so nothing was charted here: wardctl "
            "workstation enrol."
        )
    secrets = opened(own_secrets(), descriptor)
    return Outbox(places().data_dir / FOLDER, seal_key(secrets, station, OUTBOX))


def _as_json(held: HeldEntry) -> dict[str, object]:
    return {
        "number": held.number,
        "kind": held.entry.kind.value,
        "entered_at": held.entry.entered_at.isoformat(),
        "state": held.state.value,
        "problem": held.problem,
    }
