"""`wardctl cluster`: the private PostgreSQL of this installation."""

from __future__ import annotations

from typing import Annotated

import typer

from ward_app.cli.options import DestroyOption
from ward_app.cli.target import own_cluster
from ward_app.operations.bootstrap import initialise
from ward_app.operations.cluster import Cluster, ClusterState, whereabouts
from ward_app.operations.installation import require_all_disposable

app = typer.Typer(
    help="The private PostgreSQL cluster of this installation.", no_args_is_help=True
)


@app.command()
def start() -> None:
    """Create the cluster and its ward database if they are missing, and start the server."""
    cluster = own_cluster()
    cluster.start()
    initialise(cluster.dsn("postgres"))
    _say(cluster)


@app.command()
def stop() -> None:
    """Stop the server; the data stay."""
    cluster = own_cluster()
    cluster.stop()
    _say(cluster)


@app.command()
def status() -> None:
    """Say whether the cluster exists and runs; the exit status is 3 when it does not run."""
    cluster = own_cluster()
    _say(cluster)
    if cluster.status() is not ClusterState.RUNNING:
        raise typer.Exit(3)


@app.command()
def destroy(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    destroy_data: DestroyOption = False,
) -> None:
    """Stop the server and delete the cluster with all its data.

    It is started where it is stopped, to be asked what its data are for; one that does not start
    any more needs --destroy-data.
    """
    cluster = own_cluster()
    if cluster.status() is ClusterState.MISSING:
        typer.echo("There is no private cluster.")
        return
    if not destroy_data:
        cluster.start()
    require_all_disposable(cluster.dsn("postgres"), anyway=destroy_data)
    if not yes:
        typer.confirm(f"Delete everything in {cluster.data_dir}?", abort=True)
    cluster.destroy()
    typer.echo(f"Deleted {cluster.data_dir}.")


def _say(cluster: Cluster) -> None:
    state = cluster.status()
    typer.echo(f"The private cluster is {state}.")
    if state is not ClusterState.MISSING:
        typer.echo(f"Socket: {cluster.socket_dir}. {whereabouts(cluster)}")
