"""pgBackRest, driven: what it has, new backups, and what it says of its repository.

It runs as the account of the server, which alone may read its file: key and passwords of the
repository stand there, and are never among the words of a command.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from ward_app.core.errors import CodedError, RuleBrokenError
from ward_app.core.settings_operations import BackupEngine, BackupSettings, BaseEngine
from ward_app.operations import accounts
from ward_app.operations.backup_symptoms import (
    DAMAGED,
    ENGINE_FAILED,
    NO_SERVER,
    OLD_PROGRAM,
    WRONG_KEY,
)
from ward_app.operations.server_programs import run_as

PROGRAM = "pgbackrest"
# half a day less than a week: one of last week at the same hour counts as old
FULL_EVERY = timedelta(days=6, hours=12)
_FILES = (Path("/etc/pgbackrest/pgbackrest.conf"), Path("/etc/pgbackrest.conf"))
_MORE_FILES = Path("/etc/pgbackrest/conf.d")
_OK, _NO_BACKUPS_YET = 0, 2
_CODES = {56: NO_SERVER, 95: WRONG_KEY}
_LABEL = re.compile(r"\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?")
_ERROR = re.compile(r"ERROR: \[\d+\]: (.*)", re.DOTALL)
_ADMINISTRATOR, _DATABASE = "ward-administrator", "ward-database"
_WHOLE = re.compile(r"^status: ok$", re.MULTILINE)
_FAULTY = re.compile(
    r"^ *(?:archiveId|backup): ([^,\s]+),(?: status: invalid)?[^\n]*\n"
    r" *(missing: (?!0, checksum invalid: 0, size invalid: 0, other: 0)[^\n]*)",
    re.MULTILINE,
)


class Kind(StrEnum):
    """What a backup holds: everything, or what changed since the full or the last one."""

    FULL = "full"
    DIFF = "diff"
    INCR = "incr"


@dataclass(frozen=True, slots=True)
class Stanza:
    """One server, as pgBackRest knows it; `config` is its file, "" where it looks itself."""

    name: str
    config: str = ""

    def words(self, *words: str) -> list[str]:
        """Return a call of pgBackRest for this server."""
        config = [f"--config={self.config}"] if self.config else []
        return [_program(), *config, f"--stanza={self.name}", *words]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One backup of the whole server.

    Attributes:
        id: pgBackRest's label, such as "20260131-020000F".
        finished_at: the next whole second; nothing earlier can be recovered from it.
        bytes: what it takes in the repository by itself.
        data_bytes: the size of the server's databases.
        is_good: no page of it was damaged when it was made.
        major: version of the server; 0 = of a server that the repository has forgotten.
        administrator: the server's first superuser; "" unless it was made from here.
        database: the ward database; "" unless it was made from here.
    """

    id: str
    kind: Kind
    started_at: datetime
    finished_at: datetime
    start_lsn: str
    stop_lsn: str
    bytes: int | None
    data_bytes: int
    is_good: bool
    major: int
    administrator: str
    database: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """What pgBackRest has of one server.

    Attributes:
        copies: newest first.
        first_log: first file of the kept log; "" = none is kept.
        last_log: the newest one.
        system_identifier: of the server it is set up for; "" = none.
        is_encrypted: each place of it is.
        places: how many.
        problem: what is wrong with it, in pgBackRest's words; "" = nothing.
    """

    copies: tuple[Copy, ...]
    first_log: str
    last_log: str
    system_identifier: str
    is_encrypted: bool
    places: int
    problem: str


def stanza_of(settings: BackupSettings) -> Stanza:
    """Return the server as the settings name it."""
    return Stanza(settings.stanza, settings.pgbackrest_config)


def copies_server(settings: BackupSettings) -> bool:
    """Whether pgBackRest copies the whole server, and keeps its log."""
    if settings.base_engine is BaseEngine.FOUND:
        return settings.engine is BackupEngine.PGBACKREST or _is_set_up(settings)
    return settings.base_engine is BaseEngine.PGBACKREST


def repository(stanza: Stanza) -> Repository:
    """Return what pgBackRest has of a server.

    Raises:
        CodedError: it is not installed, or does not answer.
    """
    said = said_by(stanza, "--output=json", "info")
    try:
        return _repository(json.loads(said)[0])
    except (ValueError, LookupError, TypeError) as error:
        raise CodedError(
            ENGINE_FAILED, f"What pgBackRest says of {stanza.name} cannot be read."
        ) from error


def kind_due(copies: Sequence[Copy], now: datetime) -> Kind:
    """Return what to make now: everything once a week, else what changed since then."""
    fresh = (now - one.finished_at < FULL_EVERY for one in copies if _is_good_full(one))
    return Kind.DIFF if any(fresh) else Kind.FULL


def make(stanza: Stanza, kind: Kind, *, administrator: str = "", database: str = "") -> Copy:
    """Have a backup made, and return it.

    Args:
        stanza: of which server.
        kind: how much of it.
        administrator: the server's first superuser, written down for a recovery; "" unknown.
        database: the ward database, likewise.

    Raises:
        CodedError: it failed, or found a damaged page in the server's files.
    """
    notes = {_ADMINISTRATOR: administrator, _DATABASE: database}
    told = [f"--annotation={name}={value}" for name, value in notes.items() if value]
    said_by(stanza, f"--type={kind}", "--start-fast", *told, "backup")
    made = repository(stanza).copies[0]
    if not made.is_good:
        raise CodedError(
            DAMAGED,
            f"{made.id} was made, and has damaged pages: the server's own files are damaged. Look "
            "into pgBackRest's log for which, and keep the older backups.",
        )
    return made


def check(stanza: Stanza) -> None:
    """Have pgBackRest see that the server is set up and its log arrives.

    Raises:
        CodedError: it is not, or does not.
    """
    said_by(stanza, "check")


def is_label(name: str) -> bool:
    """Whether that is how pgBackRest names a backup."""
    return _LABEL.fullmatch(name) is not None


def verify(stanza: Stanza, label: str = "") -> None:
    """Have every file of the repository read and its checksum compared.

    Args:
        stanza: of which server.
        label: of a backup that must be there; "" = whatever is.

    Raises:
        CodedError: a file is missing or damaged; the sentence says in which backup.
        RuleBrokenError: there is no such backup.
    """
    if label and label not in {one.id for one in repository(stanza).copies}:
        raise RuleBrokenError(f"pgBackRest has no {label}. wardctl backup list tells what it has.")
    said = said_by(stanza, "--output=text", "--verbose", "verify")
    if _WHOLE.search(said):
        return
    faults = [f"{name}: {what}" for name, what in _FAULTY.findall(said)]
    raise CodedError(
        DAMAGED,
        f"The repository of {stanza.name} is damaged. {'; '.join(faults) or said.strip()}. Do not "
        "rely on what is named here; make a full backup: wardctl backup base --type full.",
    )


def said_by(stanza: Stanza, *words: str) -> str:
    """Run pgBackRest to its end as the server's account, and return what it wrote.

    Raises:
        CodedError: it is not installed, or failed.
    """
    program, *rest = stanza.words("--log-level-console=off", *words)
    done = run_as(accounts.server_account(), Path(program), *rest)
    if done.returncode:
        found = _ERROR.search(done.stderr)
        why = " ".join((found[1] if found else done.stderr or "it said nothing").split())
        code = _CODES.get(done.returncode, ENGINE_FAILED)
        raise CodedError(code, f"pgBackRest failed ({words[-1]}): {why}")
    return done.stdout


def _program() -> str:
    found = shutil.which(PROGRAM)
    if found is None:
        raise CodedError(
            OLD_PROGRAM,
            f"{PROGRAM} is set to make the backups, and is not installed on this computer.",
        )
    return found


def _is_set_up(settings: BackupSettings) -> bool:
    if shutil.which(PROGRAM) is None:
        return False
    own = settings.pgbackrest_config
    files = [Path(own)] if own else [*_FILES, *sorted(_MORE_FILES.glob("*.conf"))]
    named = re.compile(rf"^\[{re.escape(settings.stanza)}(:[\w-]+)?\]", re.MULTILINE)
    return any(named.search(_text(file)) for file in files)


def _text(file: Path) -> str:
    """Return a file's text; "" when it is not there, or is not for this account to read."""
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def _is_good_full(one: Copy) -> bool:
    return one.kind is Kind.FULL and one.is_good


def _repository(told: dict[str, Any]) -> Repository:
    majors = {(one["id"], one["repo-key"]): one["version"] for one in told["db"]}
    status, logs = told["status"], told["archive"]
    newest = max(told["db"], key=lambda one: int(one["id"]), default=None)
    copies = [_copy(one, majors) for one in told["backup"]]
    copies.sort(key=lambda one: (one.finished_at, one.id), reverse=True)
    return Repository(
        copies=tuple(copies),
        first_log=min((one["min"] for one in logs if one["min"]), default=""),
        last_log=max((one["max"] for one in logs if one["max"]), default=""),
        system_identifier=str(newest["system-id"]) if newest else "",
        is_encrypted=all(one["cipher"] != "none" for one in told["repo"]),
        places=len(told["repo"]),
        problem="" if status["code"] in {_OK, _NO_BACKUPS_YET} else str(status["message"]),
    )


def _copy(told: dict[str, Any], majors: dict[tuple[int, int], str]) -> Copy:
    notes, times = told.get("annotation") or {}, told["timestamp"]
    server = majors.get((told["database"]["id"], told["database"]["repo-key"]), "0")
    return Copy(
        id=str(told["label"]),
        kind=Kind(told["type"]),
        started_at=datetime.fromtimestamp(times["start"], UTC),
        finished_at=datetime.fromtimestamp(times["stop"] + 1, UTC),
        start_lsn=told["lsn"]["start"],
        stop_lsn=told["lsn"]["stop"],
        bytes=told["info"].get("repository", {}).get("delta"),
        data_bytes=told["info"]["size"],
        is_good=not told.get("error"),
        major=int(server.partition(".")[0]),
        administrator=notes.get(_ADMINISTRATOR, ""),
        database=notes.get(_DATABASE, ""),
    )
