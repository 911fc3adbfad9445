"""`wardctl dev`: a PostgreSQL in a container, for development."""

from __future__ import annotations

import typer

from ward_app.operations import dev_server

app = typer.Typer(
    help="A PostgreSQL in a container, for development; never for patients.",
    no_args_is_help=True,
)


@app.command()
def up() -> None:
    """Start it with Docker, on this computer's port 5432; its password is in POSTGRES_PASSWORD."""
    dev_server.up()
    typer.echo(
        "It runs. Next: wardctl init --dsn 'host=localhost user=ward_admin sslmode=disable'."
    )


@app.command()
def down() -> None:
    """Stop and remove it; its data stay."""
    dev_server.down()
    typer.echo("It is stopped; its data stay in the volume ward-dev_data.")
