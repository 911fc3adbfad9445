"""Base backups: a copy of the whole server, from which the kept log leads to any later moment.

`pg_basebackup` writes one archive, which goes through no file that is not encrypted where there
is a key. A record beside it is written last, once the copy was unpacked and `pg_verifybackup`
found every file in it as the server sent it: what has no record is no backup.
"""

from __future__ import annotations

import hmac
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import psycopg

from ward_app.core.errors import CodedError
from ward_app.core.ids import new_id
from ward_app.core.progress import Report, silent
from ward_app.core.whole_file import write_whole
from ward_app.operations.backup.container import (
    CHUNK_BYTES,
    ROUNDS,
    BackupWriter,
    FileKeys,
    Sums,
    content,
    new_keys,
)
from ward_app.operations.backup.create import PART
from ward_app.operations.backup.manifest import Encryption, mac_of, proved_keys
from ward_app.operations.backup.preflight import folder_held, refuse_plain, require_folder
from ward_app.operations.backup.programs import programs_for
from ward_app.operations.backup.shelf import inside
from ward_app.operations.bootstrap import administrator
from ward_app.operations.recovery import leftovers
from ward_app.operations.recovery.full_disk import told_when_full
from ward_app.operations.recovery.wal_archive import force_to_disk
from ward_app.operations.recovery_symptoms import BASE_FAILED, DAMAGED, NO_KEY, NO_ROOM
from ward_app.operations.sizes import size_text

FORMAT_VERSION = 1
_LABEL = "ward-app base backup"
_TIMES = ("started_at", "finished_at")
_FACTS = """
SELECT (SELECT system_identifier::text FROM pg_control_system()),
    current_setting('server_version_num')::int,
    (SELECT rolname::text FROM pg_roles WHERE oid = 10),
    pg_size_bytes(current_setting('wal_segment_size')),
    pg_tablespace_size('pg_default'),
    (SELECT count(*) FROM pg_tablespace WHERE spcname !~ '^pg_'),
    clock_timestamp()
"""
_NOW = "SELECT clock_timestamp()"
_HOLD = "SELECT pg_create_physical_replication_slot(%s, true, true)"

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseBackup:
    """One base backup that was verified.

    Attributes:
        id: "base_20260131_020000", the moment it began, UTC.
        file: its archive, in the same folder.
        finished_at: the server's clock; nothing earlier can be recovered from it.
        administrator: the server's first superuser.
        data_bytes: the size of the server's databases.
        hmac: of the encrypted file; None when it is not encrypted.
        mac: of everything else here, where there is a key.
    """

    id: str
    file: str
    database: str
    started_at: datetime
    finished_at: datetime
    start_lsn: str
    stop_lsn: str
    timeline: int
    server_version: int
    system_identifier: str
    administrator: str
    segment_bytes: int
    data_bytes: int
    bytes: int
    sha256: str
    hmac: str | None
    encryption: Encryption | None
    mac: str | None = None
    format_version: int = FORMAT_VERSION

    @property
    def sums(self) -> Sums:
        """What the file must come to."""
        return Sums(self.bytes, self.sha256, self.hmac)

    @property
    def major(self) -> int:
        """The major version of the server."""
        return self.server_version // 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A base backup to be made.

    Attributes:
        dsn: how an administrator, who may replicate, connects; it has no password.
        folder: of the base backups; made when it is missing.
        database: the ward database, which a recovery looks into.
        secret: encrypts it; None: not encrypted, which production refuses.
        rounds: how often the secret is stretched; tests take fewer.
    """

    dsn: str
    folder: Path
    database: str
    secret: str | None
    rounds: int = ROUNDS

    def __repr__(self) -> str:
        return f"Job(into {self.folder})"


def take(job: Job, report: Report = silent) -> BaseBackup:
    """Copy the whole server, verify the copy, and return its record.

    Args:
        job: what and whereto.
        report: is told how far it is.

    Raises:
        CodedError: no room, no right to replicate, not encrypted though it must be, or the copy
            is not what was sent; nothing of it is left.
        DatabaseUnavailableError: the server cannot be reached.
    """
    if job.secret is None:
        refuse_plain(job.dsn, job.database)
    require_folder(job.folder)
    with folder_held(job.folder), told_when_full(job.folder):
        # such as the copy that a killed run had unpacked to verify it
        leftovers.forget_what_goes(leftovers.unfinished(job.folder))
        with administrator(job.dsn) as connection:
            facts = _facts(connection)
        _require_room(job.folder, facts["data_bytes"])
        name = f"base_{facts['started_at']:%Y%m%d_%H%M%S}"
        try:
            return _taken(job, name, facts, report)
        except BaseException:
            leftovers.forget_what_goes([*job.folder.glob(f"{name}.*")])
            raise


def _taken(job: Job, name: str, facts: dict[str, Any], report: Report) -> BaseBackup:
    with administrator(job.dsn) as connection, _log_held(connection):
        keys = new_keys(job.secret, job.rounds) if job.secret else None
        file = job.folder / f"{name}.tar.gz{'.enc' if keys else ''}"
        major = facts["server_version"] // 10_000
        sums = _stream(job.dsn, file, major, keys, report)
        finished_at = _one(connection, _NOW)[0].astimezone(UTC)
    with _unpacked(file, sums, keys, major) as copy:
        log = json.loads((copy / "backup_manifest").read_text())["WAL-Ranges"][-1]
    made = BaseBackup(
        id=name,
        file=file.name,
        database=job.database,
        finished_at=finished_at,
        start_lsn=log["Start-LSN"],
        stop_lsn=log["End-LSN"],
        timeline=log["Timeline"],
        encryption=_how(keys),
        **facts,
        **asdict(sums),
    )
    write_whole(job.folder / f"{name}.json", _signed_record(made, keys))
    return made


def folder_beside(backups: Path) -> Path:
    """Return where the base backups are that belong to a folder of backups, made or not."""
    return backups / "base"


def backups(folder: Path) -> list[BaseBackup]:
    """Return the base backups of a folder, newest first; none where there is no folder.

    Raises:
        CodedError: a record, or the folder, cannot be read.
    """
    return sorted(map(_read, inside(folder, "base_*.json")), key=lambda one: one.id, reverse=True)


def document(base: BaseBackup) -> dict[str, Any]:
    """Return the record as JSON has it, without what signs it."""
    facts = asdict(base)
    for name in _TIMES:
        facts[name] = facts[name].isoformat()
    del facts["mac"]
    return facts


def opened(base: BaseBackup, folder: Path, secret: str | None) -> Iterator[bytes]:
    """Return the content of a base backup piece by piece, after its file was found to be whole.

    Raises:
        CodedError: its file is damaged, or the key is missing or another one.
    """
    pieces = content(folder / base.file, _keys(base, secret), base.sums)
    return chain([next(pieces)], pieces)


def unpack(pieces: Iterator[bytes], into: Path, major: int) -> None:
    """Unpack a base backup into an empty folder, and have PostgreSQL verify every file there.

    Raises:
        CodedError: it cannot be unpacked, or is not what the server sent.
    """
    try:
        with (
            told_when_full(into),
            tarfile.open(fileobj=_Pieces(pieces), mode="r|gz") as archive,
        ):
            archive.extractall(into, filter="tar")
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise CodedError(DAMAGED, f"The base backup cannot be unpacked: {error}") from error
    _verify(into, major)


class _Pieces(io.RawIOBase):
    """Reads from pieces as from a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        while len(self._left) < size and (piece := next(self._pieces, b"")):
            self._left += piece
        taken, self._left = self._left[:size], self._left[size:]
        return taken


def _keys(base: BaseBackup, secret: str | None) -> FileKeys | None:
    if base.encryption is None:
        return None
    if secret is None:
        raise CodedError(NO_KEY, f"{base.id} is encrypted, and there is no key (backup.key).")
    keys = proved_keys(base.encryption, secret, base.id)
    if not hmac.compare_digest(mac_of(document(base), keys), base.mac or ""):
        raise CodedError(
            DAMAGED,
            f"The record of {base.id} was changed since it was written, so it is not used.",
        )
    return keys


def _how(keys: FileKeys | None) -> Encryption | None:
    if keys is None:
        return None
    return Encryption(rounds=keys.rounds, salt=keys.salt.hex(), proof=keys.proof)


def _stream(dsn: str, file: Path, major: int, keys: FileKeys | None, report: Report) -> Sums:
    """Let `pg_basebackup` write the file, and return what it came to."""
    part = file.with_name(f"{file.name}{PART}")
    command = [programs_for(major).path("pg_basebackup"), *_copying(dsn)]
    with tempfile.TemporaryFile() as said, part.open("wb") as target:
        part.chmod(0o600)
        writer, done = BackupWriter(target, keys), 0
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
        ) as copying:
            assert copying.stdout is not None  # noqa: S101 - it is a pipe
            while chunk := copying.stdout.read(CHUNK_BYTES):
                writer.write(chunk)
                done += len(chunk)
                report(done, None)
        sums = writer.finish()
        if copying.returncode != 0:
            said.seek(0)
            why = said.read().decode(errors="replace").strip()
            raise CodedError(BASE_FAILED, f"The server cannot be copied: {why}")
    part.replace(file)
    force_to_disk(file.parent)
    return sums


def _copying(dsn: str) -> tuple[str, ...]:
    return (
        "--dbname", dsn, "--pgdata=-", "--format=tar", "--gzip", "--wal-method=fetch",
        "--checkpoint=fast", "--manifest-checksums=SHA256", f"--label={_LABEL}", "--no-password",
    )  # fmt: skip


@contextmanager
def _log_held(connection: Connection) -> Iterator[None]:
    """Let the server keep its log while it is copied: the copy is whole only with it."""
    slot = f"ward_base_{new_id().hex}"
    try:
        connection.execute(_HOLD, (slot,))
    except psycopg.errors.ObjectNotInPrerequisiteState as error:
        raise CodedError(
            BASE_FAILED,
            f"This server cannot be copied while it runs: {error}. wardctl server-config pitr "
            "shows the settings that it needs.",
        ) from error
    try:
        yield
    finally:
        # a temporary one goes with the connection in any case
        with suppress(psycopg.Error):
            connection.execute("SELECT pg_drop_replication_slot(%s)", (slot,))


def _facts(connection: Connection) -> dict[str, Any]:
    row = _one(connection, _FACTS)
    if row[5]:
        raise CodedError(
            BASE_FAILED,
            "This server keeps databases in tablespaces of their own, which this program does not "
            'copy. Use pgBackRest: backup.engine = "pgbackrest".',
        )
    names = ("system_identifier", "server_version", "administrator", "segment_bytes", "data_bytes")
    return dict(zip(names, row, strict=False)) | {"started_at": row[6].astimezone(UTC)}


def _require_room(folder: Path, data_bytes: int) -> None:
    """Refuse to begin where the copy, and the copy that is unpacked of it, have no room."""
    free, needed = shutil.disk_usage(folder).free, data_bytes + data_bytes // 2
    if free < needed:
        raise CodedError(
            NO_ROOM,
            f"{folder} has room for {size_text(free)}, and some {size_text(needed)} are needed to "
            "copy the server and to verify the copy. Make room, or set backup.dir elsewhere.",
        )


@contextmanager
def _unpacked(file: Path, sums: Sums, keys: FileKeys | None, major: int) -> Iterator[Path]:
    """Yield where the backup is unpacked and verified, until it is done."""
    scratch = Path(tempfile.mkdtemp(dir=file.parent, prefix=leftovers.CHECKING))
    try:
        unpack(content(file, keys, sums), scratch, major)
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _verify(copy: Path, major: int) -> None:
    done = subprocess.run(
        [programs_for(major).path("pg_verifybackup"), "--exit-on-error", str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CodedError(
            DAMAGED, f"The base backup is not what the server sent: {done.stderr.strip()}"
        )


def _signed_record(made: BaseBackup, keys: FileKeys | None) -> bytes:
    facts = document(made)
    record = facts | {"mac": mac_of(facts, keys) if keys else None}
    return json.dumps(record, indent=2).encode() + b"\n"


def _read(file: Path) -> BaseBackup:
    try:
        values = json.loads(file.read_text())
        for name in _TIMES:
            values[name] = datetime.fromisoformat(values[name])
        how = values["encryption"]
        return BaseBackup(**values | {"encryption": how and Encryption(**how)})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CodedError(
            DAMAGED,
            f"The record {file} of a base backup cannot be read. Restore it from the copy that is "
            "kept elsewhere, or move it away.",
        ) from error


def _one(connection: Connection, statement: str) -> tuple[Any, ...]:
    row = connection.execute(statement).fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM
    return tuple(row)
