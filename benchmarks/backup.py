"""What a backup that counts costs, against `pg_dump | gzip` of the same database in turn.

Ours is encrypted, with schema, roles, row counts and manifest, forced to the disk and read again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

from benchmarks.hospital import Hospital
from benchmarks.measure import Figure, in_turn
from ward_app.operations.backup.create import Job, create
from ward_app.operations.backup.programs import environment, programs_for

TARGET = 1.3
_ROUNDS = 3
_SECRET = "bench lantern gravel oboe"  # noqa: S105 - of files that are removed at once


def measure(made: Hospital, rows: int) -> list[Figure]:
    """Return the figure of a backup of the bench hospital with so many sets."""
    dsn = made.cluster.dsn(made.settings.name)
    with psycopg.connect(dsn) as connection:
        major = connection.info.server_version // 10_000
    pg_dump = programs_for(major).path("pg_dump")
    with tempfile.TemporaryDirectory(prefix="ward-backups-") as place:
        folder = Path(place)

        def ours() -> None:
            create(Job(dsn=dsn, folder=folder / "ours", secret=_SECRET))
            shutil.rmtree(folder / "ours")

        def plain() -> None:
            _dump_and_gzip(pg_dump, dsn, folder / "plain.sql.gz")

        ours_ms, plain_ms = in_turn(ours, plain, rounds=_ROUNDS, warm_up=1)
    return [
        Figure(
            name=f"backup of {rows:,} sets, read again",
            ours_ms=ours_ms,
            reference_ms=plain_ms,
            reference="pg_dump | gzip, forced to the disk",
            target=TARGET,
        )
    ]


def _dump_and_gzip(pg_dump: str, dsn: str, file: Path) -> None:
    command = [pg_dump, f"--dbname={dsn}"]
    with (
        file.open("wb") as out,
        subprocess.Popen(command, stdout=subprocess.PIPE, env=environment()) as dump,
    ):
        subprocess.run(["/bin/gzip"], stdin=dump.stdout, stdout=out, check=True)
        os.fsync(out.fileno())
    if dump.returncode:
        raise RuntimeError("pg_dump failed")
