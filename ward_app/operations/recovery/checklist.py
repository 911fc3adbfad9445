"""The seven things that must be so for a disaster to be survived, each looked at now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ward_app.core.errors import CodedError, WardError
from ward_app.core.settings import Settings
from ward_app.core.settings_operations import BackupEngine
from ward_app.operations.backup.good import ahead_text, only_ahead_text
from ward_app.operations.backup.manifest import proved_keys
from ward_app.operations.backup.pgbackrest import (
    Repository,
    copies_server,
    repository,
    stanza_of,
)
from ward_app.operations.backup.secret import backup_secret
from ward_app.operations.backup.shelf import on_shelf
from ward_app.operations.bootstrap import administrator
from ward_app.operations.recovery.drill import RTO_S
from ward_app.operations.recovery.readiness import Readiness, readiness

_SECOND = "A second copy is kept in another place"
_ENCRYPTED = "The repository of pgBackRest is encrypted"
_LOG = "The kept log of changes is encrypted"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing; `says` is what was found, a sentence."""

    name: str
    passed: bool
    says: str


def checklist(
    dsn: str, database: str, settings: Settings, folder: Path, log_folder: Path | None = None
) -> tuple[Item, ...]:
    """Return the seven items as they stand now.

    Args:
        dsn: how an administrator connects; its database does not matter.
        database: whose backups and drills count.
        settings: say what makes the backups, and where the second copy is.
        folder: of the backups.
        log_folder: of the kept log; None = beside the backups.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    with administrator(dsn) as connection:
        found = readiness(connection, folder, database, settings.backup, log_folder)
    return tuple(_items(found, settings, folder))


def _items(found: Readiness, settings: Settings, folder: Path) -> Iterator[Item]:
    backup, drill = found.last_backup_at, found.last_drill_at
    newest = f"The newest good one is of {backup:%Y-%m-%d %H:%M} UTC." if backup else ""
    wrong = (ahead_text if backup else only_ahead_text)(found.ahead) if found.ahead else ""
    newest = " ".join(filter(None, (newest, wrong, found.problem))) or "None."
    yield Item("Backups are made each day", not found.backup_is_old, newest)
    yield Item(
        "Less than 15 minutes would be lost",
        not found.loses_too_much,
        "Unknown, or nobody keeps the log of changes: wardctl backup wal status."
        if found.log.behind_s is None
        else f"At most {found.log.behind_s:.0f} s.",
    )
    yield Item(
        "A restore was tried in the last 31 days",
        not found.drill_is_old,
        f"On {drill:%Y-%m-%d}." if drill else "Never: wardctl backup drill.",
    )
    yield Item(
        f"A restore takes less than {RTO_S // 3600} hours",
        found.projected_s is not None and not found.takes_too_long,
        "Unknown until one is tried."
        if found.projected_s is None
        else f"Some {found.projected_s / 60:.0f} minutes, as the last drill tells.",
    )
    is_engine = settings.backup.engine is BackupEngine.PGBACKREST
    yield _of_repository(_SECOND, settings, _places) if is_engine else _offsite(settings)
    yield _of_repository(_ENCRYPTED, settings, _seals) if is_engine else _keys(settings, folder)
    keeps_log = found.log_in_clear is None and copies_server(settings.backup)
    yield _of_repository(_LOG, settings, _seals) if keeps_log else _log(found.log_in_clear)


def _offsite(settings: Settings) -> Item:
    offsite = settings.backup.offsite
    return Item(
        _SECOND,
        offsite.enabled,
        f"{offsite.provider} {offsite.container}: wardctl backup offsite check reads it back."
        if offsite.enabled
        else "backup.offsite.enabled is off.",
    )


def _log(in_clear: int | None) -> Item:
    says = {
        None: "Unknown: no log is kept in this folder. Set backup.archive, or name it: --archive.",
        0: "Every complete file of it is.",
    }
    words = f"{in_clear} complete files are not: wardctl backup wal seal."
    return Item(_LOG, passed=in_clear == 0, says=says.get(in_clear, words))


def _of_repository(
    name: str, settings: Settings, judge: Callable[[Repository], tuple[bool, str]]
) -> Item:
    """Return an item that pgBackRest's repository tells; one that cannot be asked fails it."""
    try:
        passed, says = judge(repository(stanza_of(settings.backup)))
    except CodedError as error:
        return Item(name, passed=False, says=str(error))
    return Item(name, passed, says)


def _places(found: Repository) -> tuple[bool, str]:
    if found.places > 1:
        return True, f"pgBackRest keeps {found.places} repositories."
    return False, "pgBackRest keeps one repository: add repo2 to its file."


def _seals(found: Repository) -> tuple[bool, str]:
    if found.is_encrypted:
        return True, "It is; that its key is printed too, nobody can see from here."
    return False, "It is not: set repo1-cipher-type and repo1-cipher-pass of a new repository."


def _keys(settings: Settings, folder: Path) -> Item:
    name = "The key of the backups is here, and apart from them"
    try:
        secret = backup_secret(settings.backup.key)
    except WardError as error:
        return Item(name, passed=False, says=str(error))
    if secret is None:
        return Item(name, passed=False, says="Backups are not encrypted: wardctl backup key.")
    key = Path(settings.backup.key).expanduser()
    if key.exists() and folder.resolve() in key.resolve().parents:
        words = f"{key} lies among the backups: whoever takes them can open them. Move it."
        return Item(name, passed=False, says=words)
    try:
        opened = _opened(secret, folder)
    except WardError as error:
        return Item(name, passed=False, says=str(error))
    words = f"{opened} That it is printed too, nobody can see from here."
    return Item(name, passed=True, says=words)


def _opened(secret: str, folder: Path) -> str:
    """Return what the key opens, tried on the newest backup that is encrypted.

    Raises:
        CodedError: it is not the key of that one.
    """
    for one in on_shelf(folder).backups:
        if one.encryption is not None:
            proved_keys(one.encryption, secret, one.id)
            return f"It opens the newest backup, {one.id}."
    return "No backup is encrypted with it yet."
