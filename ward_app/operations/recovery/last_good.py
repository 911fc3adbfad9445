"""The last good backups of a database: dumps, base backups, and those of another program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ward_app.core.errors import CodedError
from ward_app.core.settings_operations import BackupEngine, BackupSettings
from ward_app.operations.backup import engines, pgbackrest
from ward_app.operations.backup.good import GoodBackup, GoodBackups, Kind, is_ahead
from ward_app.operations.backup.shelf import on_shelf
from ward_app.operations.recovery import base_backup


def last_good(folder: Path, database: str, settings: BackupSettings, now: datetime) -> GoodBackups:
    """Return the newest good backup of each kind; what cannot be asked is a problem, not none.

    Args:
        folder: of the dumps; the base backups are beside them.
        database: whose backups count; another program's are of the whole server.
        settings: say whether another program makes backups.
        now: aware.
    """
    looks: tuple[Callable[[], list[GoodBackup]], ...] = (
        lambda: _dumps(folder, database),
        lambda: _bases(folder, database),
        lambda: _others(database, settings),
    )
    newest, problems, ahead = list[GoodBackup](), list[CodedError](), list[GoodBackup]()
    for look in looks:
        try:
            found = look()
        except CodedError as error:
            problems.append(error)
        else:
            known = [one for one in found if not is_ahead(one.at, now)]
            newest += sorted(known, key=lambda one: one.at)[-1:]
            ahead += [one for one in found if is_ahead(one.at, now)]
    return GoodBackups(tuple(newest), tuple(problems), tuple(ahead))


def _dumps(folder: Path, database: str) -> list[GoodBackup]:
    return [
        GoodBackup(
            kind=Kind.DUMP,
            id=one.id,
            database=database,
            at=one.started_at,
            bytes=one.bytes,
            seconds=(one.finished_at - one.started_at).total_seconds(),
        )
        for one in on_shelf(folder).backups
        if one.database == database and one.is_good and _is_there(folder / one.file, one.bytes)
    ]


def _bases(folder: Path, database: str) -> list[GoodBackup]:
    bases = base_backup.folder_beside(folder)
    return [
        GoodBackup(
            kind=Kind.BASE,
            id=one.id,
            database=database,
            at=one.finished_at,
            bytes=one.bytes,
            seconds=(one.finished_at - one.started_at).total_seconds(),
        )
        for one in base_backup.backups(bases)
        if one.database == database and _is_there(bases / one.file, one.bytes)
    ]


def _is_there(file: Path, size_bytes: int) -> bool:
    """Whether a record still has its file, which somebody may have deleted to make room."""
    return file.is_file() and file.stat().st_size == size_bytes


def _others(database: str, settings: BackupSettings) -> list[GoodBackup]:
    if not (engines.is_foreign(settings) or pgbackrest.copies_server(settings)):
        return []
    is_barman = settings.engine is BackupEngine.BARMAN
    return [
        GoodBackup(
            kind=Kind.BARMAN if is_barman else Kind.PGBACKREST,
            id=one.id,
            database=database,
            at=one.finished_at,
            bytes=one.bytes,
            seconds=one.seconds,
        )
        for one in engines.backups(settings)
        if one.is_good
    ]
