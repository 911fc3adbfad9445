"""`wardctl data-model`: every table and column in words."""

from __future__ import annotations

import typer

from ward_app.operations.data_model import data_model as as_markdown


def data_model() -> None:
    """Print the data model as Markdown: schemas, tables, columns and what they mean."""
    typer.echo(as_markdown())
