"""What the doctor says of backups: whether there is a good one, young enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ward_app.core.errors import CodedError, WardError
from ward_app.core.settings import Settings
from ward_app.operations.backup import engines
from ward_app.operations.backup.jobs import backup_folder
from ward_app.operations.backup.shelf import Shelf, on_shelf
from ward_app.operations.backup_symptoms import BAD_MANIFEST, NO_RECENT
from ward_app.operations.findings import Finding, Level

# a night, and two hours for a long one
OLDEST = timedelta(hours=26)
_ABOUT = "Backup"
_MANAGED = {
    ".rds.amazonaws.com": "Amazon RDS, which keeps its snapshots for 7 days unless told otherwise",
    ".postgres.database.azure.com": "Azure, which keeps its snapshots for 7 days, and beside "
    "another region only where that was chosen",
    "/cloudsql/": "Google Cloud SQL, which keeps its last 7 snapshots unless told otherwise",
}


def of_backups(
    settings: Settings, database: str, now: datetime, *, is_production: bool
) -> Iterator[Finding]:
    """Yield whether the last good backup of a database is young enough.

    Args:
        settings: say where the backups are, and what makes them.
        database: whose backups.
        now: aware.
        is_production: whether to be without one is an error.
    """
    folder = backup_folder(settings)
    try:
        shelf = on_shelf(folder)
        newest = _newest(settings, shelf, database)
    except WardError as error:
        code = error.code if isinstance(error, CodedError) else ""
        yield Finding(_ABOUT, Level.ERROR, str(error), code=code)
        return
    for bad in shelf.unreadable:
        yield Finding(_ABOUT, Level.WARNING, bad.problem, "", BAD_MANIFEST)
    level = Level.ERROR if is_production else Level.INFO
    make = "Make one: wardctl backup create."
    if newest is None:
        words = f"There is no good backup of {database} in {folder}."
        yield Finding(_ABOUT, level, words, make, NO_RECENT)
        return
    hours = (now - newest).total_seconds() / 3_600
    words = f"The last good one is {hours:.0f} hours old."
    if now - newest > OLDEST:
        yield Finding(_ABOUT, level, words, make, NO_RECENT)
    else:
        yield Finding(_ABOUT, Level.GOOD, words)


def of_host(host: str) -> Iterator[Finding]:
    """Yield what is to be known of a server that a provider runs; nothing of any other."""
    for sign, provider in _MANAGED.items():
        if any(host.endswith(sign) or host.startswith(sign) for host in host.split(",")):
            yield Finding(
                _ABOUT,
                Level.INFO,
                f"The server is run by {provider}. They are separate from the backups made here, "
                "and are lost with the account.",
            )


def _newest(settings: Settings, shelf: Shelf, database: str) -> datetime | None:
    if engines.is_foreign(settings.backup):
        good = (one.finished_at for one in engines.backups(settings.backup) if one.is_good)
    else:
        backups = shelf.backups
        good = (one.started_at for one in backups if one.is_good and one.database == database)
    return next(good, None)
