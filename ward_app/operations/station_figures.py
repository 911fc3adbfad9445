"""The figures of the program that runs on this computer, handed to `wardctl` in a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from ward_app.core.metrics import FRESH_FOR_S, Metrics
from ward_app.core.whole_file import write_whole

FILE_NAME = "metrics.json"
_AT = "at"


def keep_figures(folder: Path, metrics: Metrics) -> None:
    """Replace the file with these figures.

    Raises:
        OSError: it cannot be written.
    """
    document = {_AT: datetime.now(UTC).isoformat(timespec="seconds"), **metrics.document()}
    write_whole(folder / FILE_NAME, json.dumps(document).encode())


def kept_figures(folder: Path, now: datetime) -> Metrics | None:
    """Return the figures of the last two minutes; None where no program runs."""
    try:
        document = json.loads((folder / FILE_NAME).read_bytes())
        at = datetime.fromisoformat(document[_AT])
        fresh = abs((now - at).total_seconds()) <= FRESH_FOR_S
        return Metrics.of_document(document) if fresh else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
