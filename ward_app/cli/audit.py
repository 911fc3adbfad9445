"""`wardctl audit`: seal the audit logs, verify them, and keep anchors of the seals elsewhere."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ward_app.cli.options import JsonOption
from ward_app.cli.progress import progress
from ward_app.cli.target import DsnOption, database_name, target_dsn
from ward_app.core.errors import RuleBrokenError
from ward_app.operations import (
    audit_anchor,
    audit_guard,
    audit_report,
    audit_retention,
    audit_seals,
    audit_verify,
)
from ward_app.operations.audit_anchor import Anchor
from ward_app.operations.audit_report import AuditReport
from ward_app.operations.audit_verify import Verification

app = typer.Typer(help="The audit trail: seals, anchors, reports.", no_args_is_help=True)
anchors = typer.Typer(help="Signed heads of the seals, kept off the server.", no_args_is_help=True)
retention = typer.Typer(
    help="How long the trail is kept, and what becomes of it then.", no_args_is_help=True
)
app.add_typer(anchors, name="anchor")
app.add_typer(retention, name="retention")

_BROKEN = 1

PublicKey = Annotated[
    Path | None, typer.Option("--public-key", help="Checks who signed the anchors.")
]
Json = JsonOption


@app.command()
def seal(dsn: DsnOption = None) -> None:
    """Seal what was written since the last time; made to run every hour."""
    target = target_dsn(dsn)
    made = audit_seals.seal(target, database=database_name(target))
    if made is None:
        typer.echo("Nothing new to seal.")
    else:
        typer.echo(f"Seal {made.k} covers {made.rows} rows. {made.hash.hex()}")


@app.command()
def verify(
    dsn: DsnOption = None,
    anchor: Annotated[
        list[Path] | None, typer.Option(help="An anchor to check too; repeated.")
    ] = None,
    public_key: PublicKey = None,
    *,
    as_json: Json = False,
) -> None:
    """Read every sealed row again and tell what was changed; the exit status is 1 then."""
    read = _anchors(anchor or [], public_key)
    target = target_dsn(dsn)
    with progress("Reading rows", hidden=as_json, counts=True) as report:
        found = audit_verify.verify(
            target, database=database_name(target), anchors=read, report=report
        )
    if as_json:
        typer.echo(json.dumps(_facts(found), indent=2))
    else:
        for problem in found.problems:
            typer.echo(problem, err=True)
        typer.echo(_summary(found))
        if not found.guarded:
            typer.echo("Changes of the tables themselves are not on record: wardctl audit guard.")
    if found.problems:
        raise typer.Exit(_BROKEN)


@app.command()
def begin_era(
    reason: Annotated[str, typer.Option(help="Which backup was restored, and why.")],
    dsn: DsnOption = None,
) -> None:
    """Go on sealing after a restore to another server, before anybody signs in."""
    target = target_dsn(dsn)
    era = audit_seals.begin_era(target, reason, database=database_name(target))
    typer.echo(f"Era {era} began; what was restored is sealed.")


@anchors.command()
def key(
    private: Annotated[Path, typer.Option(help="New file for the key that signs.")],
    public: Annotated[Path, typer.Option(help="New file for the key that checks.")],
    *,
    without_passphrase: Annotated[
        bool, typer.Option(help="For a timer: the file is guarded by its mode alone.")
    ] = False,
) -> None:
    """Make the key that signs anchors; keep it on a computer that is not the server."""
    passphrase = None
    if not without_passphrase:
        passphrase = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    audit_anchor.make_key(private, public, passphrase)
    typer.echo(f"{private} signs, {public} checks. Neither belongs on the database's server.")


@anchors.command()
def export(
    signing_key: Annotated[Path, typer.Option("--key", help="The key that signs.")],
    out: Annotated[Path | None, typer.Option(help="New file; without it, shown.")] = None,
    dsn: DsnOption = None,
) -> None:
    """Sign the newest seal; mail the text, or keep it where nothing is overwritten."""
    loaded = audit_anchor.read_key(signing_key, _ask_passphrase)
    target = target_dsn(dsn)
    name = database_name(target)
    with audit_seals.sealing(target, name) as connection:
        audit_seals.as_definer(connection)
        newest = audit_seals.head(connection)
    if newest is None:
        raise RuleBrokenError("Nothing was sealed yet: wardctl audit seal.")
    text = audit_anchor.anchor_text(newest, name, loaded, datetime.now(UTC))
    if out is None:
        typer.echo(text, nl=False)
    else:
        audit_anchor.write_anchor(out, text)
        typer.echo(f"The anchor of seal {newest.k} is in {out}.")


@anchors.command()
def check(
    anchor: Annotated[list[Path], typer.Argument(help="Anchors, of any age.")],
    public_key: Annotated[Path, typer.Option("--public-key", help="Checks who signed them.")],
    dsn: DsnOption = None,
) -> None:
    """Check signatures, and that the chain of seals still goes through these anchors."""
    read = _anchors(anchor, public_key)
    target = target_dsn(dsn)
    with audit_seals.sealing(target, database_name(target)) as connection:
        audit_seals.as_definer(connection)
        chain = audit_seals.seals(connection)
    problems = list(audit_verify.anchor_problems(chain, read))
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(_BROKEN)
    typer.echo(f"The chain goes through {_number(len(read), 'anchor')}.")


@app.command()
def guard(dsn: DsnOption = None) -> None:
    """Log what is done to tables and triggers themselves too; needs a superuser, once."""
    target = target_dsn(dsn)
    audit_guard.install_guard(target, database=database_name(target))
    typer.echo("What is done to tables, triggers and functions is on record from now on.")


@app.command()
def report(
    days: Annotated[int, typer.Option(help="So many days back from now.")] = 7,
    dsn: DsnOption = None,
    *,
    as_json: Json = False,
) -> None:
    """Tell what stands out: failed sign-ins, off hours, broken glass, many charts at a time."""
    target = target_dsn(dsn)
    found = audit_report.report(target, database=database_name(target), days=days)
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2, default=_json_text))
        return
    for heading, lines in report_parts(found):
        typer.echo(heading)
        for line in lines or ("none",):
            typer.echo(f"  {line}")


@retention.command("show")
def show_retention(dsn: DsnOption = None) -> None:
    """Show how long the trail is kept, its oldest entry, and what may be archived."""
    target = target_dsn(dsn)
    found = audit_retention.retention(target, database=database_name(target))
    typer.echo(f"Kept for {found.years} years. {found.source}")
    typer.echo(f"Oldest sealed entry: {_moment(found.oldest_at)}")
    typer.echo(
        f"Older than {_moment(found.before)}: {_number(len(found.old), 'seal')} with "
        f"{_number(found.rows, 'row')}."
    )


@retention.command("set")
def set_retention(
    years: Annotated[int, typer.Argument(help="At least six.")],
    by: Annotated[str, typer.Option(help="Who decided it: name and role.")],
    source: Annotated[str, typer.Option(help="Where the number is from.")],
    dsn: DsnOption = None,
) -> None:
    """Keep the trail for so many years."""
    target = target_dsn(dsn)
    name = database_name(target)
    audit_retention.set_years(target, years, database=name, set_by=by, source=source)
    typer.echo(f"The audit trail is kept for {_number(years, 'year')}.")


@retention.command("archive")
def archive_trail(
    out: Annotated[Path, typer.Option(help="New file, for you alone.")],
    dsn: DsnOption = None,
) -> None:
    """Write what is older than the period to a file and check it; nothing is removed."""
    target = target_dsn(dsn)
    held = audit_retention.archive(target, out, database=database_name(target))
    typer.echo(
        f"{out} holds {_number(len(held.seals), 'seal')} with {_number(held.rows, 'row')}, and "
        f"was read back. {held.digest.hex()}"
    )


@retention.command("remove")
def remove_archived(
    archive: Annotated[Path, typer.Argument(help="What `archive` wrote; keep it safe.")],
    dsn: DsnOption = None,
) -> None:
    """Remove what an archive holds; a seal with the hash of the archive says so for ever."""
    target = target_dsn(dsn)
    cut = audit_retention.remove(target, archive, database=database_name(target))
    typer.echo(f"Removed through seal {cut.cut_k}; seal {cut.k} says so. {cut.hash.hex()}")


def report_parts(found: AuditReport) -> list[tuple[str, list[str]]]:
    """Return the report in lines: each part with its heading."""
    return [
        (
            "Failed sign-ins",
            [
                f"{each.times} x {each.login} at {each.workstation}: {each.reason},"
                f" last {_moment(each.last_at)}"
                for each in found.failed_sign_ins
            ],
        ),
        (
            "Off hours",
            [
                f"{each.login}: {_number(each.openings, 'opening')},"
                f" {_number(each.sign_ins, 'sign-in')}, last {_moment(each.last_at)}"
                for each in found.off_hours
            ],
        ),
        (
            "Glass broken",
            [
                f"{_moment(each.at)}  {each.login} at {each.workstation}, patient {each.mrn}:"
                f" {each.reason}"
                for each in found.broken_glass
            ],
        ),
        (
            "Many charts",
            [
                f"{each.login} at {each.workstation}: {_number(each.charts, 'chart')},"
                f" {_moment(each.first_at)} to {_moment(each.last_at)}"
                for each in found.mass_openings
            ],
        ),
    ]


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone():%d-%b-%Y %H:%M %Z}" if at else "none"


def _json_text(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _anchors(paths: list[Path], public_key: Path | None) -> list[Anchor]:
    """Return the anchors of the files; the key never comes from the files themselves."""
    if not paths:
        return []
    if public_key is None:
        raise RuleBrokenError("Say which key signed the anchors: --public-key.")
    checker = audit_anchor.read_public_key(public_key)
    return [audit_anchor.read_anchor_file(path, checker) for path in paths]


def _ask_passphrase() -> str:
    return str(typer.prompt("Passphrase", hide_input=True))


def _summary(found: Verification) -> str:
    if found.head is None:
        return f"Nothing was sealed yet; {_number(found.unsealed, 'row')} wait."
    if found.problems:
        told = f"{_number(len(found.problems), 'problem')} found"
    else:
        told = "All is as it was sealed"
    archived = f", {found.archived} archived" if found.archived else ""
    return (
        f"{told}: {_number(found.head.k, 'seal')}, {_number(found.rows, 'row')}{archived}; "
        f"{_number(found.unsealed, 'row')} not sealed yet."
    )


def _facts(found: Verification) -> dict[str, object]:
    return {
        "seals": found.head.k if found.head else 0,
        "head": found.head.hash.hex() if found.head else None,
        "rows": found.rows,
        "archived": found.archived,
        "unsealed": found.unsealed,
        "problems": list(found.problems),
        "guarded": found.guarded,
    }


def _number(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
