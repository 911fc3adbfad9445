"""What a backup and its test restore cost, against PostgreSQL's own programs in turn.

Our backup is encrypted, with schema, roles, row counts and manifest, forced to the disk and read
again. Our test restore (`wardctl backup drill`) checks the file, loads it, counts every row of every
table, reads the audit trail against its seals and drops what it made.
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
from ward_app.core.progress import silent
from ward_app.operations.backup import create
from ward_app.operations.backup.container import content, keys_of
from ward_app.operations.backup.programs import Programs, environment, programs_for
from ward_app.operations.bootstrap import create_database, drop_database
from ward_app.operations.recovery import restore
from ward_app.operations.recovery.drill import drill

TARGET = 1.3
_ROUNDS = 3
_SECRET = "bench lantern gravel oboe"  # noqa: S105 - of files that are removed at once
_PLAIN = "ward_bench_plain"


def measure(made: Hospital, rows: int) -> list[Figure]:
    """Return the figures of a backup of the bench hospital with so many sets, and of its drill."""
    dsn = made.cluster.dsn(made.settings.name)
    with psycopg.connect(dsn) as connection:
        programs = programs_for(connection.info.server_version // 10_000)
    with tempfile.TemporaryDirectory(prefix="ward-backups-") as place:
        return [
            _backup(dsn, programs, Path(place), rows),
            _drill(made, programs, Path(place), rows),
        ]


def _backup(dsn: str, programs: Programs, folder: Path, rows: int) -> Figure:
    def ours() -> None:
        create.create(create.Job(dsn=dsn, folder=folder / "ours", secret=_SECRET))
        shutil.rmtree(folder / "ours")

    def plain() -> None:
        _dump_and_gzip(programs.path("pg_dump"), dsn, folder / "plain.sql.gz")

    ours_ms, plain_ms = in_turn(ours, plain, rounds=_ROUNDS, warm_up=1)
    return Figure(
        name=f"backup of {rows:,} sets, read again",
        ours_ms=ours_ms,
        reference_ms=plain_ms,
        reference="pg_dump | gzip, forced to the disk",
        target=TARGET,
    )


def _drill(made: Hospital, programs: Programs, folder: Path, rows: int) -> Figure:
    dsn, kept, plain_dump = made.cluster.dsn(made.settings.name), folder / "kept", folder / "plain"
    backup = create.create(create.Job(dsn=dsn, folder=kept, secret=_SECRET))
    assert backup.encryption is not None  # noqa: S101 - it was made with a secret
    keys = keys_of(_SECRET, bytes.fromhex(backup.encryption.salt), backup.encryption.rounds)
    with plain_dump.open("wb") as opened:
        opened.writelines(content(kept / backup.file, keys, backup.sums))
    job = restore.Job(
        dsn=made.cluster.dsn("postgres"),
        database=made.settings.name,
        name=backup.id,
        folder=kept,
        secret=_SECRET,
        backup=None,
    )
    ours_ms, plain_ms = in_turn(
        lambda: drill(job, silent),
        lambda: _restore(programs.path("pg_restore"), made, plain_dump),
        rounds=_ROUNDS,
        warm_up=1,
    )
    return Figure(
        name=f"test restore of {rows:,} sets",
        ours_ms=ours_ms,
        reference_ms=plain_ms,
        reference="pg_restore -j2 of the same dump",
        target=TARGET,
    )


def _restore(pg_restore: str, made: Hospital, dump: Path) -> None:
    admin_dsn = made.cluster.dsn("postgres")
    create_database(admin_dsn, _PLAIN)
    command = [pg_restore, f"--dbname={made.cluster.dsn(_PLAIN)}", "--jobs=2", "--exit-on-error"]
    subprocess.run([*command, str(dump)], env=environment(), check=True)
    drop_database(admin_dsn, _PLAIN)


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
