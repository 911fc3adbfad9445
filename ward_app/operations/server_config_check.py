"""Whether PostgreSQL reads a file of settings, asked of its own program; no server is touched."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.operations.binaries import server_binaries

_LIBRARIES = "shared_preload_libraries"
# of the many lines it says, those of the file
_COMPLAINT = re.compile(r"(?:LOG|FATAL):  ((?!skipping).+)")


def check(file: Path) -> None:
    """Do nothing when the PostgreSQL of this computer reads the file as settings.

    Raises:
        ConfigurationError: the file cannot be read, or PostgreSQL is not installed here.
        RuleBrokenError: a setting is unknown, its value is wrong, or a library is not there.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from error
    bin_dir = server_binaries()
    libraries = _read_by_server(bin_dir, text)
    missing = [name for name in _names(libraries) if not _is_there(bin_dir, name)]
    if missing:
        raise RuleBrokenError(
            f"{_LIBRARIES} names {', '.join(missing)}, which PostgreSQL has not: it would not "
            "start. Several names stand in one text, with commas: 'first, second'."
        )


def _read_by_server(bin_dir: Path, text: str) -> str:
    """Return the libraries that the server would load, having read everything."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "postgresql.conf").write_text(text, encoding="utf-8")
        # -C comes first: then it may be asked as root too
        done = subprocess.run(
            [str(bin_dir / "postgres"), "-C", _LIBRARIES, "-D", folder],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        complaints = "; ".join(_COMPLAINT.findall(done.stderr)).replace(f"{folder}/", "")
        raise RuleBrokenError(f"PostgreSQL does not read it: {complaints}.")
    return done.stdout.strip()


def _names(libraries: str) -> Iterator[str]:
    """Yield the names of a list as the server takes it: what stands in "…" is one name."""
    rest = libraries
    while rest:
        name, _, rest = rest[1:].partition('"') if rest[0] == '"' else rest.partition(",")
        rest = rest.lstrip(", ")
        if name.strip():
            yield name.strip()


def _is_there(bin_dir: Path, library: str) -> bool:
    done = subprocess.run(
        [bin_dir / "pg_config", "--pkglibdir"], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:  # the package without it: nobody knows
        return True
    folder = Path(done.stdout.strip())
    return any(
        (folder / f"{library}{ending}").exists() for ending in (".so", ".dylib", ".dll", "")
    )
