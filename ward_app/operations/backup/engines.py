"""Backups that another program makes: pgBackRest is driven, Barman asked what it has."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ward_app.core.errors import CodedError
from ward_app.core.settings_operations import BackupEngine, BackupSettings
from ward_app.operations.backup import pgbackrest
from ward_app.operations.backup_symptoms import DUMP_FAILED, ENGINE_FAILED, OLD_PROGRAM


@dataclass(frozen=True, slots=True)
class Foreign:
    """A backup of another program; `bytes` and `seconds` None = it does not say."""

    id: str
    finished_at: datetime
    bytes: int | None
    is_good: bool
    seconds: float | None = None


def is_foreign(settings: BackupSettings) -> bool:
    """Whether another program makes the backups."""
    return settings.engine is not BackupEngine.PG_DUMP


def make(settings: BackupSettings) -> None:
    """Have the other program make a backup, as it was set up to.

    Raises:
        CodedError: it is not installed, or failed, or is Barman, which runs by itself.
    """
    if settings.engine is BackupEngine.BARMAN:
        raise CodedError(
            DUMP_FAILED,
            "Barman makes its backups where it runs, by its own timetable. Only backup list asks "
            "it from here.",
        )
    stanza = pgbackrest.stanza_of(settings)
    copies = pgbackrest.repository(stanza).copies
    pgbackrest.make(stanza, pgbackrest.kind_due(copies, datetime.now(UTC)))


def backups(settings: BackupSettings) -> list[Foreign]:
    """Return what the other program has, newest first, after it checked itself.

    Raises:
        CodedError: it is not installed, or found fault with itself.
    """
    if settings.engine is BackupEngine.BARMAN:
        _said("barman", "check", settings.stanza)
        found = _of_barman(settings.stanza)
    else:
        found = _of_pgbackrest(settings)
    return sorted(found, key=lambda one: one.finished_at, reverse=True)


def _of_pgbackrest(settings: BackupSettings) -> list[Foreign]:
    """Return what pgBackRest has; a repository that is ill is no answer."""
    found = pgbackrest.repository(pgbackrest.stanza_of(settings))
    if found.problem:
        raise CodedError(ENGINE_FAILED, f"pgBackRest says of {settings.stanza}: {found.problem}.")
    return [
        Foreign(
            id=one.id,
            finished_at=one.finished_at,
            bytes=one.bytes,
            is_good=one.is_good,
            seconds=(one.finished_at - one.started_at).total_seconds(),
        )
        for one in found.copies
    ]


def _of_barman(server: str) -> list[Foreign]:
    told = _document("barman", "--format=json", "list-backups", server)
    return [
        Foreign(
            id=str(one["backup_id"]),
            finished_at=datetime.fromtimestamp(float(one["end_time_timestamp"]), UTC),
            bytes=one.get("size_bytes"),
            is_good=one["status"] == "DONE",
        )
        for one in told[server]
        if one.get("end_time_timestamp")
    ]


def _document(program: str, *words: str) -> Any:
    try:
        return json.loads(_said(program, *words))
    except ValueError as error:
        raise CodedError(DUMP_FAILED, f"{program} answered what is no JSON.") from error


def _said(program: str, *words: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise CodedError(
            OLD_PROGRAM, f"backup.engine is {program}, which is not installed on this computer."
        )
    done = subprocess.run([found, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()
        raise CodedError(DUMP_FAILED, f"{program} failed: {said[-1].rstrip('.')}.")
    return done.stdout
