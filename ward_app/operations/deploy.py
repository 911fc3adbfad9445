"""A migration where care is given: a backup, a rehearsal on a copy of it, then the real thing."""

from __future__ import annotations

from dataclasses import dataclass

from ward_app.core.errors import RuleBrokenError, WardError
from ward_app.core.progress import Report, silent
from ward_app.operations import migrate
from ward_app.operations.backup import create as backups
from ward_app.operations.backup.create import Job
from ward_app.operations.backup.manifest import Manifest
from ward_app.operations.rehearsal import Rehearsal, Tell, Timing, rehearse
from ward_app.operations.revisions import Revision, SchemaStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a migration goes.

    Attributes:
        dsn: how a member of ward_migrator and ward_backup, or the administrator, connects.
        job: the backup beforehand; None: somebody took it upon themselves to have one.
        check_on: how an administrator of a server for the rehearsal connects; None: no rehearsal.
    """

    dsn: str
    job: Job | None
    check_on: str | None

    def __repr__(self) -> str:
        return f"Plan(backup: {self.job is not None}, rehearsal: {self.check_on is not None})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What was done, with the seconds each part took.

    Attributes:
        backup: None where there was nothing to do or to lose, or it was not wanted.
    """

    before: SchemaStatus
    after: SchemaStatus
    backup: Manifest | None = None
    rehearsal: tuple[Timing, ...] = ()
    revisions: tuple[Timing, ...] = ()


def deploy(plan: Plan, tell: Tell, report: Report = silent) -> Deployed:
    """Apply every pending revision, a backup and a rehearsal having gone well.

    Args:
        plan: what is wanted.
        tell: gets a sentence for each step that is done.
        report: gets the bytes of the backup as they are written.

    Raises:
        RuleBrokenError: a rehearsal is wanted without a backup.
        SchemaMismatchError: a newer program made the database's schema.
        WardError: the backup, the rehearsal or a revision failed; the text says which.
    """
    if plan.check_on is not None and plan.job is None:
        raise RuleBrokenError("The rehearsal restores the backup, so it cannot be left out.")
    before = migrate.status(plan.dsn)
    if not before.pending:
        return Deployed(before=before, after=before)
    made = None
    if plan.job is not None and before.applied:
        made = backups.create(plan.job, report)
        tell(f"backup   {made.id}  {plan.job.folder / made.file}")
    rehearsed = _rehearsed(plan, made, tell)
    after = migrate.upgrade(plan.dsn, announce=lambda revision: tell(_applying(revision)))
    return Deployed(
        before=before,
        after=after,
        backup=made,
        rehearsal=rehearsed,
        revisions=_durations(plan.dsn, before),
    )


def _rehearsed(plan: Plan, made: Manifest | None, tell: Tell) -> tuple[Timing, ...]:
    """Return how long the rehearsal took; nothing where there is no data to try it on."""
    if plan.check_on is None or made is None or plan.job is None:
        return ()
    rehearsal = Rehearsal(
        server=plan.check_on, folder=plan.job.folder, backup=made, secret=plan.job.secret
    )
    try:
        return rehearse(rehearsal, tell)
    except WardError as error:
        raise WardError(
            f"The rehearsal failed, and the database itself was not touched. {error}"
        ) from error


def _applying(revision: Revision) -> str:
    return f"applying {revision.number}  {revision.title}"


def _durations(dsn: str, before: SchemaStatus) -> tuple[Timing, ...]:
    """Return how long each revision took that was pending before."""
    return tuple(
        Timing(standing.revision.number, standing.last.duration_s)
        for standing in migrate.standings(dsn)
        if standing.revision in before.pending
        and standing.last is not None
        and standing.last.duration_s is not None
    )
