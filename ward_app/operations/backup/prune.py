"""Which backups are old enough to go; the last good one never is."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from ward_app.core.errors import CodedError
from ward_app.operations.backup import verify
from ward_app.operations.backup.good import is_ahead
from ward_app.operations.backup.manifest import SUFFIX, Manifest
from ward_app.operations.backup.preflight import folder_held
from ward_app.operations.backup.shelf import Shelf, on_shelf
from ward_app.operations.backup_symptoms import NO_FOLDER


def outdated(shelf: Shelf, now: datetime, retention_days: int) -> tuple[Manifest, ...]:
    """Return what may be deleted, newest first: too old, and a newer good one is there.

    Of each database by itself: a good backup of one replaces none of another. One of a day to
    come, whose age nobody knows, replaces none either.
    """
    oldest = now - timedelta(days=retention_days)
    newest_good: dict[str, Manifest] = {}
    for one in shelf.backups:
        if one.is_good and not is_ahead(one.started_at, now):
            newest_good.setdefault(one.database, one)
    return tuple(
        one
        for one in shelf.backups
        if one.started_at < oldest
        and one.database in newest_good
        and one.started_at < newest_good[one.database].started_at
    )


def prune(
    folder: Path, secret: str | None, *, now: datetime, retention_days: int
) -> tuple[Manifest, ...]:
    """Delete what is outdated, once the newer backups were read through, and return it.

    Raises:
        CodedError: a newer one is not good after all, so nothing was deleted; or the folder
            cannot be written.
    """
    shelf = on_shelf(folder)
    going = outdated(shelf, now, retention_days)
    if not going:
        return ()
    with folder_held(folder):
        for database in {one.database for one in going}:
            kept = next(
                one
                for one in shelf.backups
                if one.is_good and one.database == database and not is_ahead(one.started_at, now)
            )
            verify.verify(folder, kept, secret)
        for one in going:
            _delete(folder, one)
    return going


def _delete(folder: Path, one: Manifest) -> None:
    """Remove the files of a backup, its manifest last: what is left of it can be seen."""
    names = (one.file, *(side.name for side in one.sides), f"{one.id}{SUFFIX}")
    try:
        for name in names:
            (folder / name).unlink(missing_ok=True)
        (folder / "logs" / f"{one.id}.log").unlink(missing_ok=True)
    except OSError as error:
        words = f"{one.id} is outdated and cannot be deleted: {error.strerror}."
        raise CodedError(NO_FOLDER, words) from error
