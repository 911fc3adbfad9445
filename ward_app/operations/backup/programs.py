"""PostgreSQL's own programs for backups: those as new as the server, and what they answer."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ward_app.core.errors import CodedError
from ward_app.operations import binaries
from ward_app.operations.backup_symptoms import OLD_PROGRAM


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with `pg_dump`, `pg_restore` and `pg_dumpall` of one version, such as "15.18"."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """Its major version."""
        return int(self.version.split(".")[0])

    def path(self, name: str) -> str:
        """Return the program of that name."""
        return str(self.folder / name)


def programs_for(server_major: int) -> Programs:
    """Return the oldest programs that are as new as the server: what they write, it reads.

    Raises:
        CodedError: none are installed, or only older ones.
    """
    found = sorted(_installed(), key=lambda programs: programs.major)
    usable = [programs for programs in found if programs.major >= server_major]
    if usable:
        return usable[0]
    there = f"only {found[-1].version}" if found else "none"
    raise CodedError(
        OLD_PROGRAM,
        f"The server is PostgreSQL {server_major}, and of pg_dump there is {there} on this "
        f"computer. Install postgresql-client-{server_major} or newer.",
    )


def environment() -> Mapping[str, str]:
    """Return the environment for PostgreSQL's programs: they speak English in their logs."""
    return {**os.environ, "LC_ALL": "C", "PGAPPNAME": "ward-app-backup"}


def _installed() -> Iterator[Programs]:
    for folder in binaries.client_folders():
        version = _version(folder / "pg_dump")
        if version is not None:
            yield Programs(folder, version)


def _version(program: Path) -> str | None:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"PostgreSQL\) (\d+[.\w]*)", done.stdout)
    return found[1] if found else None
