"""Run PostgreSQL's own programs as the account of a server, without the caller's settings."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ward_app.operations import accounts


def run_as(account: str, program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and return what it said; from a root shell as `account`."""
    other_account = accounts.is_root()
    entry = accounts.entry_of(account)
    return subprocess.run(
        [program, *arguments],
        cwd="/",
        env=_plain_environment(entry.pw_dir),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        user=entry.pw_uid if other_account else None,
        group=entry.pw_gid if other_account else None,
        extra_groups=[] if other_account else None,
    )


def _plain_environment(home: str) -> dict[str, str]:
    """Return the environment without libpq's and locale settings of the caller."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "HOME": home}
