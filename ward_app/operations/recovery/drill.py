"""The drill: a backup is verified and restored for a test, as in a restore, and that is kept.

What runs is not touched. The report names the steps as docs/it/restore.md does.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from ward_app.core.errors import RuleBrokenError, WardError
from ward_app.core.progress import Report
from ward_app.core.whole_file import write_whole
from ward_app.operations.backup.good import Kind
from ward_app.operations.backup.preflight import require_folder
from ward_app.operations.backup.run_log import RunLog
from ward_app.operations.backup.shelf import on_shelf
from ward_app.operations.backup.verify import noted
from ward_app.operations.bootstrap import administrator
from ward_app.operations.recovery import databases
from ward_app.operations.recovery.restore import Job, Step, require_fitting, tried
from ward_app.operations.recovery.source import Source, source

# how long the ward may be without its database (recovery time objective)
RTO_S = 4 * 3_600
_PREFIX = "drill_"
_SIZE = "SELECT pg_database_size(datname) FROM pg_database WHERE datname = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What a drill found.

    Attributes:
        kind: what was tried; reports of before had dumps alone.
        steps_s: how long each step took, by its number in docs/it/restore.md; of a copy of the
            server: "recover" and "compare".
        rows: that were restored and counted.
        projected_s: how long a whole restore would take at the present size; None when it failed.
        problem: why it failed; None when the backup is good.
    """

    id: str
    backup: str
    database: str
    started_at: datetime
    steps_s: dict[str, float]
    rows: int
    projected_s: float | None
    problem: str | None
    kind: Kind = Kind.DUMP

    @property
    def is_late(self) -> bool:
        """Whether a restore would take longer than it may."""
        return (self.projected_s or 0) > RTO_S


def drill(job: Job, report: Report) -> Drill:
    """Verify a backup, restore it for a test, keep the report, and return it.

    Args:
        job: of which only the backup, the folder and the server count.
        report: is told how far the restore is.

    Raises:
        CodedError: the backup is not good; the report says so too.
        ConflictError: somebody restores.
        DatabaseUnavailableError: the server cannot be reached.
    """
    require_folder(job.folder)
    made = begun_now(Path(job.name).name, job.database, Kind.DUMP)
    steps = made.steps_s
    try:
        with databases.restoring(job.dsn, job.database), log_of(made, job.folder) as log:
            begun = monotonic()
            what = source(job.name, job.folder, job.secret)
            require_fitting(what, job.dsn)
            steps[Step.VERIFY] = monotonic() - begun
            found = tried(what, job, log, report)
            steps[Step.TEST] = monotonic() - begun - steps[Step.VERIFY]
    except WardError as error:
        keep(job.folder, replace(made, problem=str(error)))
        raise
    _note(what)
    rows, projected_s = sum(found.tables.values()), _projected_s(what, job, steps)
    return keep(job.folder, replace(made, rows=rows, projected_s=projected_s))


def begun_now(backup: str, database: str, kind: Kind) -> Drill:
    """Return the report of a drill that begins now, to be filled in."""
    started = datetime.now(UTC)
    return Drill(
        id=f"{_PREFIX}{started:%Y%m%d_%H%M%S}",
        backup=backup,
        database=database,
        started_at=started,
        steps_s={},
        rows=0,
        projected_s=None,
        problem=None,
        kind=kind,
    )


def log_of(made: Drill, folder: Path) -> RunLog:
    """Return the log of a drill, beside the backups."""
    return RunLog(folder / "logs" / f"{made.id}.log")


def keep(folder: Path, made: Drill) -> Drill:
    """Keep the report of a drill beside the backups, and return it."""
    text = json.dumps(document(made), indent=2) + "\n"
    write_whole(_folder(folder) / f"{made.id}.json", text.encode())
    return made


def drills(folder: Path) -> list[Drill]:
    """Return the reports of a folder of backups, newest first; what cannot be read is left out."""
    files = sorted(_folder(folder).glob(f"{_PREFIX}*.json"), reverse=True)
    return [one for one in map(_read, files) if one is not None]


def newest_name(folder: Path) -> str:
    """Return the newest backup that has the data.

    Raises:
        RuleBrokenError: there is none.
    """
    good = on_shelf(folder).last_good(datetime.now(UTC))
    if good is None:
        raise RuleBrokenError(f"There is no good backup in {folder}: wardctl backup create.")
    return good.id


def document(made: Drill) -> dict[str, Any]:
    """Return the report as JSON has it."""
    return asdict(made) | {"started_at": made.started_at.isoformat()}


def _note(what: Source) -> None:
    """Remember in the manifest that the backup was restored for a test."""
    if what.told is not None:
        now = datetime.now(UTC)
        noted(what.path.parent, replace(what.told, verified_at=now, tested_at=now), what.keys)


def _projected_s(what: Source, job: Job, steps: dict[str, float]) -> float:
    """Return what all seven steps would take: the test and the restore are the same work."""
    one = steps[Step.VERIFY] + 2 * steps[Step.TEST]
    if what.told is None:
        return one
    saving = (what.told.finished_at - what.told.started_at).total_seconds()
    with administrator(job.dsn) as connection:
        row = connection.execute(_SIZE, (job.database,)).fetchone()
    grown = row[0] / what.told.database_bytes if row and what.told.database_bytes else 1.0
    return (one + saving) * max(grown, 1.0)


def _folder(folder: Path) -> Path:
    return folder / "drills"


def _read(file: Path) -> Drill | None:
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        known = {
            "started_at": datetime.fromisoformat(values["started_at"]),
            "kind": Kind(values.get("kind", Kind.DUMP)),
        }
        return Drill(**values | known)
    except (OSError, ValueError, TypeError, KeyError):
        return None
