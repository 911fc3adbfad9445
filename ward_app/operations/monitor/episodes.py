"""Episodes of alerts: each is told once, however often its figure goes to and fro."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ward_app.core.whole_file import write_whole
from ward_app.operations.monitor.signals import Severity, Signal

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Episode:
    """Something that is, or was just now, beyond its limit.

    Attributes:
        since: when it began; raised_at: from when on it is an alert, None: not yet.
        well_since: since when it is within its limit again, None: it is not.
        told: how bad it was when somebody was told, None: nobody was.
    """

    key: str
    severity: Severity
    says: str
    does: str
    since: datetime
    raised_at: datetime | None = None
    well_since: datetime | None = None
    told: Severity | None = None

    @property
    def is_to_be_told(self) -> bool:
        """Whether it is an alert that nobody knows of yet, or became worse than they know."""
        return self.raised_at is not None and (self.told is None or self.severity > self.told)


def followed(
    before: Iterable[Episode],
    found: Iterable[Signal],
    now: datetime,
    *,
    clear_after_s: int,
) -> tuple[Episode, ...]:
    """Return the episodes that go on or begin, by what was found now.

    One is over when it has been well for so long; until then it is the same one, so that a
    figure around its limit is told once.
    """
    signals = {signal.key: signal for signal in found}
    known = {episode.key: episode for episode in before}
    going = (_going(known[key], signals.get(key), now, clear_after_s) for key in known)
    new = (_begun(signal, now) for key, signal in signals.items() if key not in known)
    return tuple(episode for episode in (*going, *new) if episode is not None)


def told(episodes: Iterable[Episode], keys: Iterable[str]) -> tuple[Episode, ...]:
    """Return the episodes, of which somebody was told these."""
    of = set(keys)
    return tuple(replace(one, told=one.severity) if one.key in of else one for one in episodes)


def read(file: Path) -> tuple[Episode, ...]:
    """Return the episodes of the last look; none when there was none, or it cannot be read."""
    try:
        return tuple(_episodes(json.loads(file.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("the alerts of the last look cannot be read: %s", type(error).__name__)
        return ()


def keep(file: Path, episodes: Iterable[Episode]) -> None:
    """Write the episodes for the next look.

    Raises:
        OSError: they cannot be written.
    """
    rows = [asdict(episode) for episode in episodes]
    write_whole(file, json.dumps(rows, default=str, indent=1).encode())


def _begun(signal: Signal, now: datetime) -> Episode:
    begun = Episode(signal.key, signal.severity, signal.says, signal.does, now)
    return _raised(begun, signal, now)


def _going(
    episode: Episode, signal: Signal | None, now: datetime, clear_after_s: int
) -> Episode | None:
    if signal is not None:
        worst = max(episode.severity, signal.severity)
        ill = replace(episode, severity=worst, says=signal.says, does=signal.does, well_since=None)
        return _raised(ill, signal, now)
    if episode.raised_at is None:
        return None  # it never was an alert
    well_since = episode.well_since or now
    if now - well_since >= timedelta(seconds=clear_after_s):
        return None
    return replace(episode, well_since=well_since)


def _raised(episode: Episode, signal: Signal, now: datetime) -> Episode:
    if episode.raised_at is None and now - episode.since >= timedelta(seconds=signal.holds_s):
        return replace(episode, raised_at=now)
    return episode


def _episodes(rows: list[Mapping[str, Any]]) -> Iterator[Episode]:
    for row in rows:
        yield Episode(
            str(row["key"]),
            Severity(row["severity"]),
            str(row["says"]),
            str(row["does"]),
            datetime.fromisoformat(row["since"]),
            _moment(row["raised_at"]),
            _moment(row["well_since"]),
            None if row["told"] is None else Severity(row["told"]),
        )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
