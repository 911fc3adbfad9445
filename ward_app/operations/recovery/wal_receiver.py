"""Receive the server's log as it is written: a second computer is behind by moments."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ward_app.core.errors import CodedError
from ward_app.operations.backup.preflight import require_folder
from ward_app.operations.backup.programs import environment, programs_for
from ward_app.operations.bootstrap import administrator
from ward_app.operations.recovery_symptoms import ARCHIVE_BEHIND

SLOT = "ward_wal"


def receive(dsn: str, folder: Path, *, slot: str = SLOT) -> None:
    """Receive the log into `folder` until this process is asked to end, or the server is away.

    The slot lets the server keep what was not received; each piece is forced to disk at once and
    the server told, so it could even wait for it. Cut off, it ends, for its service to start it
    again and to be seen.

    Raises:
        CodedError: the server does not let it; what was received stays.
        DatabaseUnavailableError: the server cannot be reached.
    """
    require_folder(folder)
    with administrator(dsn) as connection:
        major = connection.info.server_version // 10_000
    command = [programs_for(major).path("pg_receivewal"), "--dbname", dsn, "--no-password"]
    made = [*command, "--create-slot", "--if-not-exists", f"--slot={slot}"]
    done = subprocess.run(made, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CodedError(ARCHIVE_BEHIND, f"The log cannot be received: {done.stderr.strip()}")
    receiving = [
        *command, f"--slot={slot}", "--synchronous", "--no-loop", f"--directory={folder}",
    ]  # fmt: skip
    os.execve(receiving[0], receiving, dict(environment()))  # noqa: S606 - it takes our place
