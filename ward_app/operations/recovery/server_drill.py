"""The drill of a copy of the whole server: recovered into a new folder, looked into, removed.

What runs is not touched: the recovered server listens on a socket of its own, for this computer's
administrator alone, and is gone with its folder at the end, also when the drill fails or is asked
to end. What a power cut or kill -9 leaves is told by `doctor`, and goes with the next drill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from ward_app.core import file_lock
from ward_app.core.errors import CodedError, ConfigurationError, RuleBrokenError, WardError
from ward_app.operations import accounts
from ward_app.operations.backup.good import Kind
from ward_app.operations.backup.moment import Moment
from ward_app.operations.backup.preflight import require_folder
from ward_app.operations.findings import Finding, Level
from ward_app.operations.recovery.asked_to_end import asked_to_end
from ward_app.operations.recovery.compare import require_equal, require_known
from ward_app.operations.recovery.drill import Drill, begun_now, keep, log_of
from ward_app.operations.recovery.point_in_time import Announce, Recovered
from ward_app.operations.recovery.recovery_server import discard, files_beside, is_plain
from ward_app.operations.recovery_symptoms import DIFFERS, NOT_REACHED

_RECOVER, _COMPARE = "recover", "compare"
_ABOUT = "Restore drill"
_SUCH_AS = "/var/lib/postgresql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A drill to be done.

    Attributes:
        backup: id of the copy.
        folder: of the backups, where the report is kept.
        inside: folder in which the new data folder is made, and removed again.
        recover: recovers everything there is into `folder_in(inside)`, and leaves its server up.
    """

    kind: Kind
    backup: str
    database: str
    folder: Path
    inside: Path
    recover: Callable[[Announce], Recovered]


def usual_place(folder: Path) -> Path:
    """Return where a drill has its data folder: where the server's account may go.

    Args:
        folder: of the backups, which only its owner may enter.
    """
    if not accounts.is_root():
        return folder.resolve()
    return Path(accounts.entry_of(accounts.server_account()).pw_dir)


def folder_in(inside: Path) -> Path:
    """Return the new data folder of a drill."""
    return inside / "ward_drill"


def look(folder: Path) -> Iterator[Finding]:
    """Yield for `doctor` what a killed drill left where drills are usually done.

    Args:
        folder: of the backups.
    """
    places = {folder.resolve()}
    # of an account that would have to be made first there is no home yet
    if accounts.is_root() and accounts.has_server_account():
        places.add(usual_place(folder))
    for inside in sorted(places):
        yield from _looked_at(folder_in(inside))


def drill(job: Job, announce: Announce = lambda _: None) -> Drill:
    """Recover a copy of the server to the end of the kept log, keep a report, and return it.

    Every file is compared with its checksum, every row is read and counted, and the audit trail
    verified.

    Raises:
        RuleBrokenError, ConfigurationError: the place is none for it; there is no report.
        CodedError: the copy or the log is not good; the report says so too.
        ConfigurationError: the recovered server does not start; the same.
        OSError: something cannot be read or written; the report says so too.
        AskedToEnd: by a signal; there is no report, as it says nothing of the copy.
    """
    require_folder(job.folder)
    _require_place(job.inside)
    made = begun_now(job.backup, job.database, job.kind)
    try:
        with log_of(made, job.folder) as log:

            def tell(words: str) -> None:
                log.say(words)
                announce(words)

            with _room_for(folder_in(job.inside), tell):
                rows = _tried(job, made.steps_s, tell)
    except (WardError, OSError) as error:
        keep(job.folder, replace(made, problem=str(error)))
        raise
    # what was done is what has to be done when it counts
    return keep(job.folder, replace(made, rows=rows, projected_s=sum(made.steps_s.values())))


def _looked_at(place: Path) -> Iterator[Finding]:
    """Yield what was left there by a drill that is over."""
    try:
        with file_lock.held_now(_lock_of(place)) as is_over:
            is_left = is_over and files_beside(place).is_dir()
    except OSError as error:
        words = f"Nobody knows whether a killed drill left something in {place}: {error.strerror}."
        yield Finding(_ABOUT, Level.WARNING, words, "Run it as whom that belongs to, or as root.")
        return
    if is_left:
        yield Finding(
            _ABOUT,
            Level.WARNING,
            f"A drill that was killed left its copy of the server, with the data of patients in "
            f"the clear, in {place}.",
            f"Remove it, and end its server: wardctl restore discard {place}.",
        )


def _require_place(inside: Path) -> None:
    """Make the folder in which the server is recovered, or find that one can be there.

    Raises:
        RuleBrokenError: another name is needed.
        ConfigurationError: it cannot be made, or the server's account cannot get there.
    """
    place = folder_in(inside)
    if not is_plain(place):
        raise RuleBrokenError(
            f"A drill cannot be done inside '{inside}'. Name the folder in full, with letters, "
            f"digits and . _ - only: --inside {_SUCH_AS}."
        )
    account = accounts.server_account()
    if not accounts.reachable(place, account):
        raise ConfigurationError(
            f"The account {account}, which the recovered server runs as, cannot reach {inside}. "
            f"Name a folder below one that it may enter: --inside {_SUCH_AS}."
        )
    try:
        inside.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"A drill cannot be done inside {inside}: {error.strerror}. Name another folder with "
            "--inside."
        ) from error
    if place.exists() and not files_beside(place).exists() and any(place.iterdir()):
        raise RuleBrokenError(
            f"{place} is not empty, and no drill made it. Name another folder with --inside."
        )


def _tried(job: Job, steps: dict[str, float], tell: Announce) -> int:
    """Recover and compare, and return how many rows there are."""
    begun = monotonic()
    found = job.recover(tell)
    steps[_RECOVER] = monotonic() - begun
    _require_whole(found)
    tell("Reading every row, and verifying the audit trail.")
    moment = require_equal(None, found.dsn, job.database)
    _require_ward(job, moment)
    steps[_COMPARE] = monotonic() - begun - steps[_RECOVER]
    return sum(moment.tables.values())


def _require_whole(found: Recovered) -> None:
    """Let pass only a recovery that came to the end of what is kept."""
    if found.missing:
        raise CodedError(
            NOT_REACHED,
            f"{found.missing[0]} is missing from the kept log: nothing after it can be recovered. "
            "Make a new copy of the server now: wardctl backup base.",
        )
    if found.unread:
        raise CodedError(
            NOT_REACHED,
            f"{found.unread} of the kept log cannot be read to its end: nothing after that can be "
            "recovered. Look for its second copy, and make a new copy of the server now: wardctl "
            "backup base.",
        )


def _require_ward(job: Job, moment: Moment) -> None:
    if moment.revision is None:
        raise CodedError(DIFFERS, f"{job.database} of {job.backup} has no schema of this program.")
    require_known(job.backup, moment.revision)


@contextmanager
def _room_for(place: Path, tell: Announce) -> Iterator[None]:
    """Let one drill at a time make a new data folder there; what is made of it is removed.

    What a killed drill left, which is the data of patients in the clear, is removed before. Why a
    drill failed is not hidden by what cannot be removed after it: that is told.
    """
    with file_lock.held(_lock_of(place)), asked_to_end() as hold_off:
        _remove(place)
        try:
            try:
                yield
            finally:
                hold_off()
        except BaseException:
            try:
                _remove(place)
            except ConfigurationError as left:
                # the terminal, or the disk of the log, may be gone
                with suppress(OSError):
                    tell(str(left))
            raise
        _remove(place)


def _lock_of(place: Path) -> Path:
    return place.with_name(f".{place.name}.lock")


def _remove(place: Path) -> None:
    """Remove what a recovery made, and nothing else that has its name.

    Raises:
        ConfigurationError: it cannot be removed.
    """
    try:
        if files_beside(place).is_dir():
            discard(place, lambda _: str(place))
    except (WardError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigurationError(
            f"The copy of the server that a drill made in {place}, with the data of patients in "
            f"the clear, could not be removed: {why}. Remove it: wardctl restore discard {place}."
        ) from error
    with suppress(OSError):
        place.rmdir()
