"""What the doctor says of backups: whether there is a good one, young enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from ward_app.operations.backup.good import (
    MOVE_AWAY,
    SET_CLOCK,
    GoodBackups,
    ahead_text,
    only_ahead_text,
)
from ward_app.operations.backup.shelf import on_shelf
from ward_app.operations.backup_symptoms import BAD_MANIFEST, NO_RECENT
from ward_app.operations.findings import Finding, Level

# a night, and two hours for a long one
OLDEST = timedelta(hours=26)
_ABOUT = "Backup"
_MAKE = "Make one: wardctl backup create."
_MANAGED = {
    ".rds.amazonaws.com": "Amazon RDS, which keeps its snapshots for 7 days unless told otherwise",
    ".postgres.database.azure.com": "Azure, which keeps its snapshots for 7 days, and beside "
    "another region only where that was chosen",
    "/cloudsql/": "Google Cloud SQL, which keeps its last 7 snapshots unless told otherwise",
}


def of_backups(
    folder: Path, database: str, *, good: GoodBackups, now: datetime, is_production: bool
) -> Iterator[Finding]:
    """Yield whether the last good backup of a database is young enough.

    Args:
        folder: of the backups.
        database: whose backups.
        good: what is known of them.
        now: aware.
        is_production: whether to be without one is an error.
    """
    for problem in good.problems:
        yield Finding(_ABOUT, Level.ERROR, str(problem), code=problem.code)
    for bad in () if good.problems else on_shelf(folder).unreadable:
        yield Finding(_ABOUT, Level.WARNING, bad.problem, "", BAD_MANIFEST)
    level = Level.ERROR if is_production else Level.INFO
    if good.last_at is not None:
        if good.ahead:
            words = ahead_text(good.ahead_ids)
            yield Finding(_ABOUT, Level.WARNING, words, MOVE_AWAY, NO_RECENT)
        yield _of_age(good.last_at, now, level)
    elif good.ahead:
        yield Finding(_ABOUT, level, only_ahead_text(good.ahead_ids), SET_CLOCK, NO_RECENT)
    elif not good.problems:  # unknown is not none
        words = f"There is no good backup of {database} in {folder}."
        yield Finding(_ABOUT, level, words, _MAKE, NO_RECENT)


def _of_age(newest: datetime, now: datetime, level: Level) -> Finding:
    hours = (now - newest).total_seconds() / 3_600
    words = f"The last good one is {hours:.0f} hours old."
    if now < newest:
        words = (
            f"The last good one is of {newest:%Y-%m-%d %H:%M} UTC, a little ahead of this clock."
        )
    if now - newest > OLDEST:
        return Finding(_ABOUT, level, words, _MAKE, NO_RECENT)
    return Finding(_ABOUT, Level.GOOD, words)


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
