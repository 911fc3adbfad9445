"""`wardctl notify`: whether those who are to be told are reached."""

from __future__ import annotations

from dataclasses import replace

import typer

from ward_app.core.errors import WardError
from ward_app.core.settings import load_settings
from ward_app.operations.notify import Notice, send

app = typer.Typer(help="Notices by e-mail and webhook.", no_args_is_help=True)


@app.callback()
def _about() -> None:
    """Notices of backups, restores and alerts, by e-mail and webhook."""


@app.command()
def test() -> None:
    """Send a notice that says it is a test, also while notify.enabled is false."""
    notice = Notice(
        subject="Test",
        text="This is a test: notices of backups and alerts come this way.",
        is_good=True,
    )
    problems = send(notice, replace(load_settings().notify, enabled=True))
    if problems:
        raise WardError("\n".join(problems))
    typer.echo("Sent. See whether it arrives.")
