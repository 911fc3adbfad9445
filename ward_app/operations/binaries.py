"""Where the installed PostgreSQL's own programs are."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from ward_app.core.errors import ConfigurationError

SUPPORTED_MAJORS = range(14, 19)
APT_LINE = "apt-get install -y --no-install-recommends postgresql"
_PROGRAMS = ("initdb", "pg_ctl", "postgres")
# Debian and Ubuntu; Red Hat's PGDG packages; Homebrew on both kinds of Mac; the Mac installer.
_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "Library/PostgreSQL/*/bin",
)


def server_binaries(major: int | None = None) -> Path:
    """Return the folder of the newest usable PostgreSQL, or of exactly `major`.

    Raises:
        ConfigurationError: none is installed.
    """
    found = _installed()
    if major is None and found:
        return found[max(found)]
    if major in found:
        return found[major]
    if major is None:
        raise ConfigurationError(
            "PostgreSQL 14 to 18 is not installed on this computer. "
            f"On Debian or Ubuntu: sudo {APT_LINE}"
        )
    raise ConfigurationError(
        f"The data folder was made by PostgreSQL {major}, which is not installed any more. "
        f"Install it (sudo {APT_LINE}-{major}), or destroy the cluster and start anew."
    )


def client_folders() -> list[Path]:
    """Return where PostgreSQL's programs may be on this computer, also without a server."""
    on_path = shutil.which("pg_dump")
    return [*_candidates(), Path(on_path).resolve().parent] if on_path else _candidates()


def major_version(bin_dir: Path) -> int | None:
    """Return the major version of the programs in `bin_dir`, None when they do not answer."""
    try:
        answer = subprocess.run(
            [bin_dir / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.search(r"PostgreSQL\)? (\d+)", answer.stdout)
    return int(match[1]) if match else None


def _installed() -> dict[int, Path]:
    """Return usable folders by major version; the packaged place wins over PATH."""
    found: dict[int, Path] = {}
    for folder in _candidates():
        if all((folder / program).exists() for program in _PROGRAMS):
            major = major_version(folder)
            if major is not None and major in SUPPORTED_MAJORS:
                found.setdefault(major, folder)
    return found


def _candidates() -> list[Path]:
    root = Path("/")
    folders = [folder for pattern in _FOLDERS for folder in sorted(root.glob(pattern))]
    on_path = shutil.which("postgres")
    return [*folders, Path(on_path).resolve().parent] if on_path else folders
