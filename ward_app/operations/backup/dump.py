"""Running pg_dump and pg_dumpall: their commands, their files' names, what they write."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from ward_app.core.errors import CodedError
from ward_app.core.settings_operations import Compression
from ward_app.operations.backup.container import CHUNK_BYTES
from ward_app.operations.backup.manifest import DumpFormat
from ward_app.operations.backup.moment import ROLE
from ward_app.operations.backup.programs import Programs, environment
from ward_app.operations.backup.run_log import RunLog
from ward_app.operations.backup_symptoms import DUMP_FAILED

_LEVELS = {Compression.NONE: "0", Compression.GZIP: "6", Compression.ZSTD: "zstd"}
_ENDINGS = {Compression.NONE: ".sql", Compression.GZIP: ".sql.gz", Compression.ZSTD: ".sql.zst"}
# for a migration that holds a table
_PATIENCE_MS = 600_000


def file_name(name: str, how: DumpFormat, compression: Compression, *, encrypted: bool) -> str:
    """Return what the dump is called: its ending says how to open it."""
    ending = ".dump" if how is DumpFormat.CUSTOM else _ENDINGS[compression]
    return f"{name}{ending}{'.enc' if encrypted else ''}"


def dump_command(
    programs: Programs, dsn: str, snapshot: str, *, how: DumpFormat, compression: Compression
) -> list[str]:
    """Return how the whole database of that moment is dumped; no password is in it."""
    return [
        *_pg_dump(programs, dsn, snapshot),
        f"--format={how}",
        f"--compress={_LEVELS[compression]}",
    ]


def schema_command(programs: Programs, dsn: str, snapshot: str, _database: str) -> list[str]:
    """Return how its schema alone is written, as SQL."""
    return [*_pg_dump(programs, dsn, snapshot), "--schema-only"]


def roles_command(programs: Programs, dsn: str, _snapshot: str, database: str) -> list[str]:
    """Return how the server's roles are written, as SQL and without their passwords."""
    return [
        programs.path("pg_dumpall"),
        f"--dbname={dsn}",
        f"--database={database}",
        f"--role={ROLE}",
        "--globals-only",
        "--no-role-passwords",
        "--no-password",
    ]


def said(command: list[str], log: RunLog) -> Iterator[bytes]:
    """Yield what a program writes; its complaints go to the log. Whoever stops early ends it.

    Raises:
        CodedError: it failed.
    """
    program = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log.file,
        env=environment(),
        pipesize=CHUNK_BYTES,
    )
    with program:
        assert program.stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            while piece := program.stdout.read(CHUNK_BYTES):
                yield piece
        except BaseException:
            program.kill()
            raise
    if program.returncode:
        raise CodedError(
            DUMP_FAILED,
            f"{Path(command[0]).name} failed: {log.last_words()} The log is {log.path}.",
        )


def _pg_dump(programs: Programs, dsn: str, snapshot: str) -> list[str]:
    return [
        programs.path("pg_dump"),
        f"--dbname={dsn}",
        f"--snapshot={snapshot}",
        f"--role={ROLE}",
        f"--lock-wait-timeout={_PATIENCE_MS}",
        "--no-password",
    ]
