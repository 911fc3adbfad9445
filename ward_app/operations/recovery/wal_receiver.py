"""Receive the server's log as it is written: a second computer is behind by moments."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ward_app.core.errors import CodedError
from ward_app.operations.backup.preflight import require_folder
from ward_app.operations.backup.programs import environment, programs_for
from ward_app.operations.bootstrap import administrator
from ward_app.operations.recovery.sealed_log import LogKey
from ward_app.operations.recovery.wal_push import seal_finished
from ward_app.operations.recovery_symptoms import ARCHIVE_BEHIND

SLOT = "ward_wal"


def receive(dsn: str, folder: Path, *, slot: str = SLOT, key: LogKey | None = None) -> None:
    """Receive the log into `folder` until this process is asked to end, or the server is away.

    The slot lets the server keep what was not received; each piece is forced to disk at once and
    the server told, so it could even wait for it. Cut off, it ends, for its service to start it
    again and to be seen.

    Args:
        dsn: how a role that may replicate connects; it has no password.
        folder: the archive.
        slot: by this name the server keeps what was not received yet.
        key: each file is encrypted with it as soon as it is complete; None: none is.

    Raises:
        CodedError: the server does not let it, or a file cannot be encrypted; what was received
            stays.
        ConfigurationError: there is no room; the same.
        DatabaseUnavailableError: the server cannot be reached.
    """
    require_folder(folder)
    with administrator(dsn) as connection:
        major = connection.info.server_version // 10_000
    command = [programs_for(major).path("pg_receivewal"), "--dbname", dsn, "--no-password"]
    made = [*command, "--create-slot", "--if-not-exists", f"--slot={slot}"]
    done = subprocess.run(made, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise _refused(done.stderr.strip())
    receiving = [
        *command, f"--slot={slot}", "--synchronous", "--no-loop", f"--directory={folder}",
    ]  # fmt: skip
    if key is None:
        os.execve(receiving[0], receiving, dict(environment()))  # noqa: S606 - it takes our place
    _receive_sealed(receiving, folder, key)


def _receive_sealed(receiving: list[str], folder: Path, key: LogKey) -> None:
    """Receive, and encrypt each file once it is complete.

    It says when one is; and writing that to nobody ends it, so it never goes on without us.
    """
    seal_finished(folder, key)
    last = ""
    with _child([*receiving, "--verbose"]) as child:
        assert child.stderr is not None  # noqa: S101 - it is a pipe
        for last in child.stderr:
            sys.stderr.write(last)
            seal_finished(folder, key)
    if child.returncode > 0:
        raise _refused(last.strip())


@contextmanager
def _child(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Yield a program that ends when we are asked to, and when we fail."""
    child = subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True)
    before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        with child:
            try:
                yield child
            except BaseException:
                child.terminate()
                raise
    finally:
        signal.signal(signal.SIGTERM, before)


def _refused(why: str) -> CodedError:
    return CodedError(ARCHIVE_BEHIND, f"The log cannot be received: {why}")
