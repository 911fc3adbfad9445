"""A bar for what takes long, where a person looks on; silent for programs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from ward_app.core.progress import Report, silent


@contextmanager
def progress(title: str, *, hidden: bool = False, counts: bool = False) -> Iterator[Report]:
    """Yield what reports how far it is; a bar moves where the complaints go to a terminal.

    Args:
        title: what is done, in two or three words.
        hidden: whether nothing is shown at all, as with --json.
        counts: whether rows or steps are reported, and not bytes.
    """
    console = Console(stderr=True)
    if hidden or not console.is_terminal:
        yield silent
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn() if counts else DownloadColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def report(done: int, of: int | None) -> None:
            # a guess that was too low would stand at 100 percent
            bar.update(task, completed=done, total=None if of is None else max(done, of))

        yield report
