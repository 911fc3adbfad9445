"""Second places for backups: a folder, or what a provider's own program reaches.

Each program signs in as it was set up to (rclone config, az login, aws configure, gcloud auth
login); no credential passes through here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ward_app.core.errors import CodedError, ConfigurationError
from ward_app.core.settings_operations import OffsiteProvider, OffsiteSettings
from ward_app.operations.backup_symptoms import OFFSITE_NOT_LET_IN


class Remote(Protocol):
    """A second place; each call raises CodedError when it is not let in."""

    def names(self) -> dict[str, int]:
        """Return what is there: the size of each file by its name."""

    def put(self, file: Path) -> None:
        """Copy a file there, under its own name."""

    def get(self, name: str, to: Path) -> None:
        """Copy a file from there to a new file here."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, such as a disk of another building that is mounted."""

    path: Path

    def names(self) -> dict[str, int]:
        """Return the size of each file by its name."""
        try:
            return {one.name: one.stat().st_size for one in self.path.iterdir() if one.is_file()}
        except OSError as error:
            raise _refused(f"{self.path}: {error.strerror}") from error

    def put(self, file: Path) -> None:
        """Copy a file; its name is there only once all of it is on the disk."""
        unfinished = self.path / f"{file.name}.part"
        try:
            shutil.copyfile(file, unfinished)
            unfinished.chmod(0o600)
            with unfinished.open("rb") as copied:
                os.fsync(copied.fileno())
            unfinished.replace(self.path / file.name)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise _refused(f"{self.path}: {error.strerror}") from error

    def get(self, name: str, to: Path) -> None:
        """Copy a file back."""
        try:
            shutil.copyfile(self.path / name, to)
        except OSError as error:
            raise _refused(f"{self.path / name}: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class Commands:
    """What a provider's program is called with.

    Attributes:
        listing: prints JSON; `sizes` returns from it the size of each file by its name.
        putting, getting: with the file here and its name there.
    """

    program: str
    listing: list[str]
    sizes: Callable[[Any], dict[str, int]]
    putting: Callable[[str, str], list[str]]
    getting: Callable[[str, str], list[str]]


@dataclass(frozen=True, slots=True)
class Program:
    """A second place that a program reaches."""

    commands: Commands

    def names(self) -> dict[str, int]:
        """Return the size of each file by its name."""
        said = self._run(self.commands.listing)
        try:
            return self.commands.sizes(json.loads(said or "[]"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _refused(f"{self.commands.program} answered what is no list") from error

    def put(self, file: Path) -> None:
        """Copy a file."""
        self._run(self.commands.putting(str(file), file.name))

    def get(self, name: str, to: Path) -> None:
        """Copy a file back."""
        self._run(self.commands.getting(str(to), name))

    def _run(self, words: list[str]) -> str:
        name = self.commands.program
        found = shutil.which(name)
        if found is None:
            raise _refused(f"{name} is not installed on this computer")
        done = subprocess.run(
            [found, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            complaints = done.stderr.strip().splitlines() or ["it said nothing"]
            raise _refused(f"{name} failed: {complaints[-1].rstrip('.')}")
        return done.stdout


def remote_of(settings: OffsiteSettings) -> Remote:
    """Return the second place that is set.

    Raises:
        ConfigurationError: none is.
    """
    if not settings.container:
        raise ConfigurationError("There is no second place: backup.offsite.container is empty.")
    if settings.provider is OffsiteProvider.DIRECTORY:
        return Folder(Path(settings.container).expanduser())
    return Program(_COMMANDS[settings.provider](settings))


def _rclone(settings: OffsiteSettings) -> Commands:
    there = settings.container
    return Commands(
        program="rclone",
        listing=["lsjson", "--files-only", there],
        sizes=lambda said: {one["Name"]: int(one["Size"]) for one in said},
        putting=lambda here, name: ["copyto", here, f"{there}/{name}"],
        getting=lambda here, name: ["copyto", f"{there}/{name}", here],
    )


def _aws(settings: OffsiteSettings) -> Commands:
    bucket, _, folder = settings.container.partition("/")
    there = f"s3://{settings.container.rstrip('/')}"
    prefix = f"{folder.rstrip('/')}/" if folder else ""
    account = ["--profile", settings.account] if settings.account else []
    return Commands(
        program="aws",
        listing=["s3api", "list-objects-v2", "--bucket", bucket, "--prefix", prefix,
                 "--output", "json", *account],
        sizes=lambda said: {one["Key"].removeprefix(prefix): int(one["Size"])
                            for one in (said or {}).get("Contents", [])},
        putting=lambda here, name: ["s3", "cp", here, f"{there}/{name}", "--only-show-errors",
                                    *account],
        getting=lambda here, name: ["s3", "cp", f"{there}/{name}", here, "--only-show-errors",
                                    *account],
    )  # fmt: skip


def _gcloud(settings: OffsiteSettings) -> Commands:
    there = f"gs://{settings.container.rstrip('/')}"
    account = ["--account", settings.account] if settings.account else []
    return Commands(
        program="gcloud",
        listing=["storage", "ls", "--json", f"{there}/**", *account],
        sizes=lambda said: {one["url"].split("#")[0].rpartition("/")[2]:
                            int(one["metadata"]["size"]) for one in said},
        putting=lambda here, name: ["storage", "cp", here, f"{there}/{name}", *account],
        getting=lambda here, name: ["storage", "cp", f"{there}/{name}", here, *account],
    )  # fmt: skip


def _azure(settings: OffsiteSettings) -> Commands:
    container, _, folder = settings.container.partition("/")
    prefix = f"{folder.rstrip('/')}/" if folder else ""
    there = ["--account-name", settings.account, "--container-name", container,
             "--auth-mode", "login", "--only-show-errors"]  # fmt: skip
    return Commands(
        program="az",
        listing=["storage", "blob", "list", *there, "--prefix", prefix, "--output", "json"],
        sizes=lambda said: {one["name"].removeprefix(prefix):
                            int(one["properties"]["contentLength"]) for one in said},
        putting=lambda here, name: ["storage", "blob", "upload", *there, "--name",
                                    f"{prefix}{name}", "--file", here, "--overwrite"],
        getting=lambda here, name: ["storage", "blob", "download", *there, "--name",
                                    f"{prefix}{name}", "--file", here],
    )  # fmt: skip


_COMMANDS = {
    OffsiteProvider.RCLONE: _rclone,
    OffsiteProvider.AWS: _aws,
    OffsiteProvider.GCLOUD: _gcloud,
    OffsiteProvider.AZURE: _azure,
}


def _refused(why: str) -> CodedError:
    return CodedError(OFFSITE_NOT_LET_IN, f"The second place cannot be used: {why}.")
