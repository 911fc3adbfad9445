"""The backups in a folder: what their manifests say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ward_app.core.errors import CodedError, RuleBrokenError
from ward_app.operations.backup import manifest
from ward_app.operations.backup.good import is_ahead
from ward_app.operations.backup.manifest import SUFFIX, Manifest
from ward_app.operations.backup_symptoms import NO_FOLDER

PREFIX = "backup_"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A backup whose manifest cannot be read, and why."""

    id: str
    problem: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The backups of a folder, each list newest first."""

    backups: tuple[Manifest, ...]
    unreadable: tuple[Unreadable, ...]

    def last_good(self, now: datetime) -> Manifest | None:
        """Return the newest that was verified and has the data, None when there is none.

        One of a day to come only where there is no other: nobody knows how old it is.
        """
        good = [one for one in self.backups if one.is_good]
        return min(good, key=lambda one: is_ahead(one.started_at, now), default=None)


def on_shelf(folder: Path) -> Shelf:
    """Return the backups of a folder; one that is not there has none.

    Raises:
        CodedError: the folder cannot be read.
    """
    good: list[Manifest] = []
    bad: list[Unreadable] = []
    for path in inside(folder, f"{PREFIX}*{SUFFIX}"):
        try:
            good.append(manifest.read(path))
        except CodedError as error:
            bad.append(Unreadable(path.stem, str(error)))
    good.sort(key=lambda one: one.started_at, reverse=True)
    return Shelf(tuple(good), tuple(bad))


def inside(folder: Path, pattern: str) -> list[Path]:
    """Return what of a folder of backups has such a name, sorted; nothing where it is not there.

    Raises:
        CodedError: it cannot be read, and so nobody knows what it has.
    """
    try:
        # glob() takes a folder that it may not read for an empty one
        return sorted(path for path in folder.iterdir() if path.match(pattern))
    except FileNotFoundError:
        return []
    except OSError as error:
        words = f"The folder of the backups, {folder}, cannot be read: {error.strerror}."
        raise CodedError(NO_FOLDER, words) from error


def newest_bytes(folder: Path, database: str) -> int | None:
    """Return how large the newest good backup of a database is, None before the first."""
    sizes = (
        one.bytes for one in on_shelf(folder).backups if one.is_good and one.database == database
    )
    return next(sizes, None)


def found(folder: Path, name: str) -> tuple[Path, Manifest]:
    """Return a backup and the folder it is in, by its id, or by the path of one of its files.

    Raises:
        RuleBrokenError: there is no such backup.
        CodedError: its manifest cannot be read.
    """
    given = Path(name)
    place = given.parent if given.parent != Path() or given.exists() else folder
    stem = given.name.split(".")[0]
    path = place / f"{stem}{SUFFIX}"
    is_there = path.exists() or any(place.glob(f"{stem}.*"))
    if not stem.startswith(PREFIX) or not is_there:
        raise RuleBrokenError(f"There is no backup {name} in {place}: wardctl backup list.")
    return place, manifest.read(path)
