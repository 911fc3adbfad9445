"""The backup of the night: make it, let old ones go, copy it elsewhere, tell how it went."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ward_app.core.errors import WardError, words_of_system
from ward_app.core.progress import Report, silent
from ward_app.core.settings import Settings
from ward_app.operations import notify
from ward_app.operations.backup import engines, offsite
from ward_app.operations.backup.create import Job, create
from ward_app.operations.backup.manifest import Manifest
from ward_app.operations.backup.prune import prune
from ward_app.operations.backup.remotes import remote_of
from ward_app.operations.backup.run_log import RunLog
from ward_app.operations.backup.shelf import on_shelf
from ward_app.operations.notify import Notice
from ward_app.operations.sizes import size_text


@dataclass(frozen=True, slots=True)
class Night:
    """How a night went: the backup is good, whatever else was the matter.

    Attributes:
        deleted: ids of the backups that were old enough to go.
        log_deleted: names of the files of the kept log that were, in their order.
        problems: what went wrong beside the backup, in sentences.
    """

    made: Manifest
    deleted: tuple[str, ...]
    log_deleted: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """What was old enough to go: ids of backups, and names of files of the kept log."""

    ids: tuple[str, ...] = ()
    log: tuple[str, ...] = ()


# lets go of what is old, and returns what that was
LetGo = Callable[[], Gone]


def run(job: Job, settings: Settings, report: Report = silent, *, let_go: LetGo = Gone) -> Night:
    """Make the backup of the night and tell how it went; `let_go` of what else is old then.

    Raises:
        WardError, OSError: there is no backup; who is to be told was told.
    """
    problems: list[str] = []
    with _failure_told(settings):
        made = create(job, report)
    dumps = _let_go(lambda: _pruned(job, settings), problems)
    gone = _let_go(let_go, problems)
    _copy(job, settings, problems)
    problems += notify.send(_notice(made, problems), settings.notify)
    _write_down(job.folder, made, problems)
    return Night(made, dumps.ids + gone.ids, gone.log, tuple(problems))


def run_foreign(settings: Settings) -> tuple[str, ...]:
    """Have another program make the backup of the night; return what went wrong with the notice.

    Raises:
        WardError: as `run`.
    """
    with _failure_told(settings):
        engines.make(settings.backup)
    words = f"{settings.backup.engine} made the backup of the night."
    told = Notice(subject="Backup made", text=words, is_good=True)
    return tuple(notify.send(told, settings.notify))


@contextmanager
def _failure_told(settings: Settings) -> Iterator[None]:
    """Tell who is to be told when there is no backup, and go on failing."""
    try:
        yield
    except (WardError, OSError) as error:
        text = words_of_system(error) if isinstance(error, OSError) else str(error)
        failed = Notice(subject="Backup failed", text=text, is_good=False)
        for words in notify.send(failed, settings.notify):
            error.add_note(words)
        raise


def _pruned(job: Job, settings: Settings) -> Gone:
    days = settings.backup.retention_days
    going = prune(job.folder, job.secret, now=datetime.now(UTC), retention_days=days)
    return Gone(tuple(one.id for one in going))


def _let_go(work: LetGo, problems: list[str]) -> Gone:
    try:
        return work()
    except WardError as error:
        problems.append(str(error))
    except OSError as error:
        problems.append(f"What is old was not deleted: {error.filename}: {error.strerror}.")
    return Gone()


def _copy(job: Job, settings: Settings, problems: list[str]) -> None:
    """Copy the backup to the second place, and those that earlier nights could not."""
    if not settings.backup.offsite.enabled:
        return
    try:
        remote = remote_of(settings.backup.offsite)
        for one in offsite.missing(on_shelf(job.folder).backups, remote):
            offsite.push(job.folder, one, remote)
    except WardError as error:
        problems.append(str(error))


def _notice(made: Manifest, problems: list[str]) -> Notice:
    text = f"The backup {made.id} of {made.database} is good: {size_text(made.bytes)}."
    return Notice(
        subject="Backup made, with problems" if problems else "Backup made",
        text="\n".join([text, *problems]),
        is_good=not problems,
        facts={
            "id": made.id,
            "bytes": made.bytes,
            "seconds": round((made.finished_at - made.started_at).total_seconds(), 1),
            "sha256": made.sha256,
        },
    )


def _write_down(folder: Path, made: Manifest, problems: list[str]) -> None:
    with RunLog(folder / "logs" / f"{made.id}.log") as log:
        for words in problems:
            log.say(words)
