"""Small backups on a shelf, made without a server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.operations.backup.test_manifest import example
from ward_app.core.settings_operations import Compression
from ward_app.operations.backup import manifest
from ward_app.operations.backup.container import sums_of
from ward_app.operations.backup.manifest import DumpFormat

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def shelve(folder, *, days=0, hours=0, **more):
    """Write a plain backup of that age into the folder and return its manifest; it is good."""
    at = NOW - timedelta(days=days, hours=hours)
    name = f"backup_{at:%Y%m%d_%H%M%S}"
    folder.mkdir(exist_ok=True, mode=0o700)
    file = folder / f"{name}.sql"
    file.write_text(f"-- {name}\n")
    sums = sums_of(file, None)
    facts = {
        "id": name, "file": file.name, "started_at": at, "finished_at": at, "verified_at": at,
        "format": DumpFormat.PLAIN, "compression": Compression.NONE, "bytes": sums.bytes,
        "sha256": sums.sha256, "sides": (),
    }  # fmt: skip
    made = example(**facts | more)
    manifest.write(folder, made)
    return made
