"""One look for alerts: what is beyond its limit, since when, and who was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ward_app.core.errors import DatabaseUnavailableError, WardError
from ward_app.core.file_lock import held
from ward_app.core.settings_alerts import AlertSettings
from ward_app.operations.monitor import episodes
from ward_app.operations.monitor.episodes import Episode
from ward_app.operations.monitor.reading import Found
from ward_app.operations.monitor.report import HIDDEN
from ward_app.operations.monitor.signals import Severity, Signal, signals

FILE_NAME = "alerts.json"
# tells somebody of one alert; what went wrong with that, in sentences
Tell = Callable[[Episode], list[str]]
Look = Callable[[], Found]
_DOWN = "server"


@dataclass(frozen=True, slots=True)
class Checked:
    """What one look found.

    Attributes:
        alerts: the worst first; those among them that are well again end after a while.
        unknown: why something is not known, in sentences.
        problems: why somebody was not told.
    """

    at: datetime
    alerts: tuple[Episode, ...]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def severity(self) -> Severity:
        """Return how bad it is: critical, then not known, then a warning, then well."""
        worst = max((alert.severity for alert in self.alerts), default=Severity.OK)
        if self.unknown and worst is not Severity.CRITICAL:
            return Severity.UNKNOWN
        return worst


def check(
    look: Look, limits: AlertSettings, *, folder: Path, now: datetime, tell: Tell
) -> Checked:
    """Look, remember what was found for the next look, and tell of what is new.

    `look` reads the figures; in `folder` it is remembered, by one look at a time.

    Raises:
        OSError: it cannot be remembered.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with held(folder / f"{FILE_NAME}.lock"):
        file = folder / FILE_NAME
        before = episodes.read(file)
        going, unknown = _looked(look, limits, before, now)
        delivered, problems = _told(going, tell)
        going = episodes.told(going, delivered)
        episodes.keep(file, going)
    raised = [one for one in going if one.raised_at is not None]
    worst = sorted(raised, key=lambda one: (-one.severity, one.raised_at))
    return Checked(now, tuple(worst), unknown, problems)


def _looked(
    look: Look, limits: AlertSettings, before: tuple[Episode, ...], now: datetime
) -> tuple[tuple[Episode, ...], tuple[str, ...]]:
    """Return the episodes that go on, and what is not known.

    Of a server that does not answer nothing else is known: other episodes stay as they are.
    """
    try:
        found = look()
    except DatabaseUnavailableError as error:
        down = Signal(_DOWN, Severity.CRITICAL, str(error), "wardctl doctor --explain WDB-101.")
        own = [one for one in before if one.key == _DOWN]
        others = tuple(one for one in before if one.key != _DOWN)
        seen = episodes.followed(own, [down], now, clear_after_s=limits.clear_after_s)
        return (*seen, *others), ()
    except WardError as error:
        return before, (str(error),)
    wrong = signals(found.figures, limits)
    going = episodes.followed(before, wrong, now, clear_after_s=limits.clear_after_s)
    return going, () if found.is_complete else (f"{HIDDEN.says} {HIDDEN.remedy}",)


def _told(going: tuple[Episode, ...], tell: Tell) -> tuple[list[str], tuple[str, ...]]:
    """Return the keys of what was told, and why others were not; those are tried again."""
    delivered: list[str] = []
    problems: list[str] = []
    for episode in going:
        if episode.is_to_be_told:
            wrong = tell(episode)
            problems += wrong
            delivered += [] if wrong else [episode.key]
    return delivered, tuple(problems)
