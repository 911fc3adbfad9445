"""Whether a backup would succeed: everything it needs is looked at, nothing is written."""

from __future__ import annotations

from collections.abc import Callable

from ward_app.core.errors import CodedError, WardError
from ward_app.core.settings import Settings
from ward_app.operations.backup import moment, preflight
from ward_app.operations.backup.create import Job, ready
from ward_app.operations.backup.remotes import remote_of
from ward_app.operations.findings import Finding, Level

Look = Callable[[], str]


def rehearse(job: Job, settings: Settings) -> list[Finding]:
    """Return what was found of folder, server, programs, room, key and the second place."""
    looks: list[tuple[str, Look]] = [
        ("Folder", lambda: _folder(job)),
        ("Server", lambda: _server(job)),
    ]
    if settings.backup.offsite.enabled:
        looks.append(("Second place", lambda: _second_place(settings)))
    return [_looked(about, look) for about, look in looks]


def _looked(about: str, look: Look) -> Finding:
    try:
        return Finding(about, Level.GOOD, look())
    except WardError as error:
        code = error.code if isinstance(error, CodedError) else ""
        return Finding(about, Level.ERROR, str(error), code=code)


def _folder(job: Job) -> str:
    preflight.require_folder(job.folder)
    return f"{job.folder} can be written."


def _server(job: Job) -> str:
    with moment.exported(job.dsn) as now:
        programs = ready(job, now)
    rows = sum(now.tables.values())
    secrecy = "encrypted" if job.secret else "not encrypted"
    return (
        f"{now.database} on PostgreSQL {now.server_version}, pg_dump {programs.version}: all "
        f"{rows} rows can be read, there is room, and the backup would be {secrecy}."
    )


def _second_place(settings: Settings) -> str:
    found = len(remote_of(settings.backup.offsite).names())
    return f"It answers, and has {found} files."
