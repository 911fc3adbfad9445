"""Make a backup: dump, schema and roles of one moment, with a manifest that tells of it.

Everything is written under another name, forced to the disk, read again and only then given its
own name, the manifest last: what has a manifest is a whole backup.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from socket import gethostname

from ward_app.core.errors import CodedError
from ward_app.core.progress import Report, silent
from ward_app.core.settings_operations import Compression
from ward_app.operations.backup import lock_wait, manifest, moment, preflight, shelf, verify
from ward_app.operations.backup.container import (
    ROUNDS,
    BackupWriter,
    FileKeys,
    Sums,
    new_keys,
)
from ward_app.operations.backup.dump import (
    dump_command,
    file_name,
    roles_command,
    said,
    schema_command,
)
from ward_app.operations.backup.manifest import (
    DumpFormat,
    Encryption,
    Manifest,
    Purpose,
    SideFile,
)
from ward_app.operations.backup.moment import Moment
from ward_app.operations.backup.programs import Programs, programs_for
from ward_app.operations.backup.run_log import RunLog
from ward_app.operations.backup_symptoms import NO_FOLDER, NO_ROOM

PART = ".part"
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A backup to be made.

    Attributes:
        dsn: how a member of ward_backup, or the administrator, connects; it has no password.
        folder: of the backups; made when it is missing.
        secret: encrypts it, None: not encrypted, which production refuses.
        schema_only: without rows.
        rounds: how often the secret is stretched; tests take fewer.
    """

    dsn: str
    folder: Path
    secret: str | None
    compression: Compression = Compression.GZIP
    format: DumpFormat = DumpFormat.CUSTOM
    purpose: Purpose = Purpose.REGULAR
    schema_only: bool = False
    rounds: int = ROUNDS

    def __repr__(self) -> str:
        return f"Job({self.purpose} into {self.folder})"


def create(job: Job, report: Report = silent) -> Manifest:
    """Make a backup, check it by reading it again, and return its manifest.

    Raises:
        CodedError: it could not be made, or is not good; nothing of it is left, and the other
            backups were not touched.
    """
    preflight.require_folder(job.folder)
    with _in_words(job.folder), preflight.folder_held(job.folder):
        preflight.forget_unfinished(job.folder, PART)
        name = _free_name(job.folder)
        with (
            _tidy(job.folder, name),
            RunLog(job.folder / "logs" / f"{name}.log") as log,
            _in_words(job.folder),
        ):
            log.say(f"Backup {name}, {job.purpose}.")
            made = _made(job, name, log, report)
            log.say(f"Good: {made.bytes} bytes, sha256 {made.sha256}.")
    return made


def _made(job: Job, name: str, log: RunLog, report: Report) -> Manifest:
    started = datetime.now(UTC)
    with moment.exported(job.dsn) as now:
        programs = ready(job, now)
        log.say(f"{now.database}, PostgreSQL {now.server_version}, pg_dump {programs.version}.")
        keys = new_keys(job.secret, job.rounds) if job.secret else None
        run = _Run(job, name, now, programs, keys, log)
        with lock_wait.told(job.dsn, log):
            sums = run.dump(report)
            sides = (run.side("schema", schema_command), run.side("globals", roles_command))
    told = _told(run, started, sums, sides)
    verify.require_readable(run.part(told.file), told, keys, programs)
    told = manifest.signed(told, keys)
    for file in (told.file, *(side.name for side in sides)):
        run.part(file).rename(job.folder / file)
    manifest.write(job.folder, told)
    return told


def ready(job: Job, now: Moment) -> Programs:
    """Return the programs, everything that a backup needs being there.

    Raises:
        CodedError: no key, no programs or no room.
    """
    preflight.require_key(now, job.secret)
    programs = programs_for(now.server_number // 10_000)
    preflight.require_zstd(programs, job.compression)
    last = shelf.newest_bytes(job.folder, now.database)
    preflight.require_room(job.folder, preflight.needed_bytes(now, job.compression, last))
    return programs


@dataclass(frozen=True, slots=True)
class _Run:
    """One backup in the making."""

    job: Job
    name: str
    now: Moment
    programs: Programs
    keys: FileKeys | None
    log: RunLog

    def part(self, name: str) -> Path:
        """Return what a file is called until the backup is whole."""
        return self.job.folder / f"{name}{PART}"

    @property
    def file(self) -> str:
        """The name of the dump."""
        job = self.job
        return file_name(self.name, job.format, job.compression, encrypted=self.keys is not None)

    def dump(self, report: Report) -> Sums:
        """Write the dump and return what it came to."""
        job = self.job
        command = dump_command(
            self.programs, job.dsn, self.now.snapshot, how=job.format, compression=job.compression
        )
        if job.schema_only:
            command.append("--schema-only")
        expected = shelf.newest_bytes(job.folder, self.now.database)
        return self._written(self.file, command, self.keys, lambda done: report(done, expected))

    def side(self, kind: str, command: Callable[[Programs, str, str, str], list[str]]) -> SideFile:
        """Write a file that goes with the dump; there are neither patients nor passwords in it."""
        name = f"{self.name}.{kind}.sql"
        words = command(self.programs, self.job.dsn, self.now.snapshot, self.now.database)
        sums = self._written(name, words, None, lambda _done: None)
        return SideFile(name=name, bytes=sums.bytes, sha256=sums.sha256)

    def _written(
        self, name: str, command: list[str], keys: FileKeys | None, done: Callable[[int], None]
    ) -> Sums:
        with self.part(name).open("xb") as file:
            self.part(name).chmod(0o600)
            writer = BackupWriter(file, keys)
            written = 0
            for piece in said(command, self.log):
                writer.write(piece)
                written += len(piece)
                done(written)
            return writer.finish()


@contextmanager
def _tidy(folder: Path, name: str) -> Iterator[None]:
    """Leave nothing of a backup that failed."""
    try:
        yield
    except BaseException:
        for left in folder.glob(f"{name}.*"):
            left.unlink(missing_ok=True)
        raise


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    """Say what the disk refused.

    Raises:
        CodedError: in place of what the disk said.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            words = f"The disk of {folder} ran full; what was written of the backup was removed."
            raise CodedError(NO_ROOM, words) from error
        where = error.filename or folder
        words = f"The backup cannot be written to {where}: {error.strerror}."
        raise CodedError(NO_FOLDER, words) from error


def _free_name(folder: Path) -> str:
    """Return a name by the time in UTC that no other backup has."""
    at = datetime.now(UTC)
    while any(folder.glob(f"{_name(at)}.*")):
        at += timedelta(seconds=1)
    return _name(at)


def _name(at: datetime) -> str:
    return f"{at:{shelf.PREFIX}%Y%m%d_%H%M%S}"


def _told(run: _Run, started: datetime, sums: Sums, sides: tuple[SideFile, ...]) -> Manifest:
    job, now, keys = run.job, run.now, run.keys
    finished = datetime.now(UTC)
    how = None
    if keys is not None:
        how = Encryption(rounds=keys.rounds, salt=keys.salt.hex(), proof=keys.proof)
    return Manifest(
        id=run.name,
        purpose=job.purpose,
        file=run.file,
        database=now.database,
        environment=now.environment,
        server_version=now.server_version,
        dump_version=run.programs.version,
        alembic_revision=now.revision,
        started_at=started,
        finished_at=finished,
        format=job.format,
        compression=job.compression,
        schema_only=job.schema_only,
        bytes=sums.bytes,
        sha256=sums.sha256,
        hmac=sums.hmac,
        encryption=how,
        database_bytes=now.database_bytes,
        tables={} if job.schema_only else now.tables,
        lsn=now.lsn,
        system_identifier=now.system_identifier,
        seal=now.seal,
        sides=sides,
        host=gethostname(),
        tool_version=version("ward-app"),
        verified_at=finished,
    )
