"""Restore the ward database: seven steps, of which only the last two touch what runs.

    R1 verify       checksum, HMAC, key, contents
    R2 test         into a database of its own, compared with the manifest, dropped
    R3 backup       of what is there now
    R4 confirm      somebody types the database's name
    R5 restore      into a new database; its audit era is raised, everybody signed out
    R6 swap         connections are ended; both databases are renamed, or neither
    R7 check        schema, and what doctor finds

Killed at any moment, the ward database is the old one or the new one, whole. What an interrupted
restore left is dropped by the next.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from psycopg.conninfo import make_conninfo

from ward_app.core.environment import Environment
from ward_app.core.errors import CodedError, RuleBrokenError
from ward_app.core.progress import Report
from ward_app.operations import audit_seals, doctor
from ward_app.operations.backup.create import Job as BackupJob
from ward_app.operations.backup.create import create
from ward_app.operations.backup.manifest import Manifest
from ward_app.operations.backup.moment import Moment
from ward_app.operations.backup.preflight import require_folder
from ward_app.operations.backup.run_log import RunLog
from ward_app.operations.bootstrap import administrator, drop_database
from ward_app.operations.findings import Finding, Level
from ward_app.operations.installation import name_staging
from ward_app.operations.recovery import databases
from ward_app.operations.recovery.compare import require_equal, require_known
from ward_app.operations.recovery.full_disk import told_when_full
from ward_app.operations.recovery.load import load
from ward_app.operations.recovery.sessions import end_sessions
from ward_app.operations.recovery.source import Source, source
from ward_app.operations.recovery_symptoms import NO_ROOM, OTHER_VERSION
from ward_app.operations.sizes import size_text

_SERVER = "SELECT current_setting('server_version_num')::int, current_setting('data_directory')"

Announce = Callable[[str], None]


class Step(StrEnum):
    """The steps, by the numbers they have in docs/it/restore.md."""

    VERIFY = "R1"
    TEST = "R2"
    BACKUP = "R3"
    CONFIRM = "R4"
    RESTORE = "R5"
    SWAP = "R6"
    CHECK = "R7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A restore to be done.

    Attributes:
        dsn: how the server's administrator connects; it has no password.
        database: the ward database.
        name: id of the backup, or path of a dump.
        folder: of the backups, and of the log of the run.
        secret: opens what is encrypted; None where there is no key.
        backup: how the database that is there is saved before; None: not at all.
        test: whether it is restored for a test first.
        confirm: returns what somebody typed; None: nobody is asked.
        environment: what this installation is for.
    """

    dsn: str
    database: str
    name: str
    folder: Path
    secret: str | None
    backup: BackupJob | None
    test: bool = True
    confirm: Callable[[str], str] | None = None
    environment: Environment = Environment.PRODUCTION

    def __repr__(self) -> str:
        return f"Job({self.name} to {self.database})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did.

    Attributes:
        put_aside: the database of before, which is kept; None when there was none.
        backup: of before; None when there was none, or it was not wanted.
        rows: in the restored database.
        sessions_ended: open ones that the backup had.
        era: the audit trail goes on in; None for a dump without one.
        findings: of the doctor, that are warnings or worse.
    """

    name: str
    database: str
    put_aside: str | None
    backup: Path | None
    rows: int
    sessions_ended: int
    era: int | None
    seconds: float
    log: Path
    findings: tuple[Finding, ...]


def restore(job: Job, announce: Announce, report: Report) -> Restored:
    """Do the seven steps, and return what was done.

    Raises:
        CodedError: a step failed; before the swap what runs was not touched.
        RuleBrokenError: the name was not typed.
        ConflictError: somebody else restores.
        DatabaseUnavailableError: the server cannot be reached.
    """
    started = datetime.now(UTC)
    require_folder(job.folder)
    path = job.folder / "logs" / f"restore_{started:%Y%m%d_%H%M%S}.log"
    with (
        told_when_full(job.folder),
        databases.restoring(job.dsn, job.database) as left,
        RunLog(path) as log,
    ):
        run = _Run(job, log, announce, report)
        for name in left:
            run.say(f"An interrupted restore had left {name}, which was dropped.")
        what = run.verified()
        run.tested(what)
        saved = run.saved()
        run.confirmed(what)
        new, found, ended, era = run.loaded(what)
        put_aside = run.swapped(new)
        findings = run.checked()
    return Restored(
        name=what.name,
        database=job.database,
        put_aside=put_aside,
        backup=job.folder / saved.file if saved else None,
        rows=sum(found.tables.values()),
        sessions_ended=ended,
        era=era,
        seconds=(datetime.now(UTC) - started).total_seconds(),
        log=path,
        findings=findings,
    )


def tried(what: Source, job: Job, log: RunLog, report: Report) -> Moment:
    """Restore into a database of its own, compare it, drop it, and return what was in it.

    Raises:
        CodedError: it cannot be restored, or differs; nothing of it is left.
    """
    name = databases.beside(job.database, "restore_test", what.name)
    try:
        load(what, job.dsn, name, log=log, report=report)
        return require_equal(what.told, job.dsn, name)
    finally:
        drop_database(job.dsn, name)


def require_fitting(what: Source, dsn: str) -> None:
    """Let pass only what the server can read and has room for.

    Raises:
        CodedError: it cannot, or has not.
    """
    with administrator(dsn) as connection:
        [(number, data_directory)] = connection.execute(_SERVER).fetchall()
    if what.told is None:
        return
    require_known(what.told.id, what.told.alembic_revision)
    if int(what.told.server_version.split(".")[0]) > number // 10_000:
        raise CodedError(
            OTHER_VERSION,
            f"{what.name} is of PostgreSQL {what.told.server_version}, and this server is of "
            f"{number // 10_000}.",
        )
    _require_room(what.told, Path(data_directory))


def _require_room(told: Manifest, data_dir: Path) -> None:
    if not data_dir.exists():
        return  # on another computer, where nobody can look from here
    free, needed = shutil.disk_usage(data_dir).free, int(told.database_bytes * 1.2)
    if free < needed:
        raise CodedError(
            NO_ROOM,
            f"{data_dir} has room for {size_text(free)}, and the restored database needs "
            f"{size_text(needed)} beside the present one.",
        )


@dataclass(frozen=True, slots=True)
class _Run:
    """One restore under way."""

    job: Job
    log: RunLog
    announce: Announce
    report: Report

    def say(self, words: str, step: Step | None = None) -> None:
        line = f"{step} {words}" if step else words
        self.log.say(line)
        self.announce(line)

    def verified(self) -> Source:
        self.say(f"Verify {self.job.name}.", Step.VERIFY)
        what = source(self.job.name, self.job.folder, self.job.secret)
        require_fitting(what, self.job.dsn)
        if what.told is None:
            self.say("It has no manifest: nobody can say whether it is what was written.")
        return what

    def tested(self, what: Source) -> None:
        if not self.job.test:
            self.say("No test restore, as was asked. A fault shows only in step R5.", Step.TEST)
            return
        self.say("Restore it for a test.", Step.TEST)
        found = tried(what, self.job, self.log, self.report)
        self.say(f"The test is good: {sum(found.tables.values())} rows.", Step.TEST)

    def saved(self) -> Manifest | None:
        if not databases.exists(self.job.dsn, self.job.database):
            self.say("There is no database yet, so none is saved.", Step.BACKUP)
            return None
        if self.job.backup is None:
            self.say("No backup of the present database, as was asked.", Step.BACKUP)
            return None
        self.say("Back up the present database.", Step.BACKUP)
        made = create(self.job.backup, self.report)
        self.say(f"It is in {self.job.backup.folder / made.file}.", Step.BACKUP)
        return made

    def confirmed(self, what: Source) -> None:
        if self.job.confirm is None:
            self.say("Nobody was asked to confirm (--no-confirm).", Step.CONFIRM)
            return
        made = f" of {what.told.started_at:%Y-%m-%d %H:%M} UTC" if what.told else ""
        typed = self.job.confirm(
            f"{self.job.database} will be replaced by {what.name}{made}. Everybody is signed out, "
            "and what was charted since then is only in the database that is put aside. Type the "
            "database's name to go on"
        )
        if typed != self.job.database:
            raise RuleBrokenError("That is not its name. Nothing was changed.")
        self.say("Confirmed.", Step.CONFIRM)

    def loaded(self, what: Source) -> tuple[str, Moment, int, int | None]:
        name = databases.beside(self.job.database, "restoring", what.name)
        self.say(f"Restore into {name}.", Step.RESTORE)
        try:
            load(what, self.job.dsn, name, log=self.log, report=self.report)
            found = require_equal(what.told, self.job.dsn, name)
            era, ended = self._set_apart(name, what) if found.revision else (None, 0)
        except BaseException:
            drop_database(self.job.dsn, name)
            raise
        return name, found, ended, era

    def _set_apart(self, name: str, what: Source) -> tuple[int, int]:
        """Begin a new era of the audit trail and end every session; return both."""
        reason = f"restored from {what.name}"
        era = audit_seals.begin_era(self.job.dsn, reason, database=name, restored=True)
        if self.job.environment is Environment.STAGING and name_staging(self.job.dsn, name):
            self.say("It was for production, and says now that it is for staging.")
        return era, end_sessions(self.job.dsn, name)

    def swapped(self, new: str) -> str | None:
        there = databases.exists(self.job.dsn, self.job.database)
        put_aside = databases.aside(self.job.database, "before") if there else None
        self.say(f"End connections; {new} becomes {self.job.database}.", Step.SWAP)
        lost = databases.swap(self.job.dsn, live=self.job.database, new=new, put_aside=put_aside)
        for words in lost:
            self.say(f"Not taken over: {words}.")
        if not there:
            self.say("What ALTER DATABASE had set is in no dump: wardctl tune, and set it again.")
        return put_aside

    def checked(self) -> tuple[Finding, ...]:
        self.say("Check it.", Step.CHECK)
        dsn = make_conninfo(self.job.dsn, dbname=self.job.database)
        found = doctor.examine(dsn, database=self.job.database)
        bad = tuple(one for one in found if one.level in {Level.WARNING, Level.ERROR})
        self.say(f"Done; doctor has {len(bad)} findings.", Step.CHECK)
        return bad
