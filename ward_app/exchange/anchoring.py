"""Moving visits by whole weeks into the weeks before an anchor, and reading wall-clock times.

The newest visit of a patient is moved so that it ends in the week after the anchor, if it has
begun by then: it runs at the anchor. Else, and for every earlier visit, it is moved to the
latest week in which it is over in time; so is the newest where all are to be completed. A
visit's days of the week and clock times stay as they were, so a week in which one of its moves
would fall into the hour that a clock change skips is passed over. Nothing is drawn
at random: the same source and anchor give the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from ward_app.core.errors import RuleBrokenError
from ward_app.exchange.visits import Visit

WEEK = timedelta(weeks=1)
# ages of up to 122 years must stay after the earliest date of birth that the database takes
_EARLIEST_YEAR = 2004


@dataclass(frozen=True, slots=True)
class Timeline:
    """The anchor (aware) and the zone of the hospital's wall clock.

    Attributes:
        completed: every visit is over at the anchor, so that all of it can be loaded.
    """

    anchor: datetime
    zone: ZoneInfo
    completed: bool = False

    @property
    def local_anchor(self) -> datetime:
        """The anchor on the wall clock, without a zone."""
        return self.anchor.astimezone(self.zone).replace(tzinfo=None)

    def instant(self, local: datetime) -> datetime:
        """Return the moment of a wall-clock time, in UTC.

        A time that happens twice means its first occurrence; one that a clock change skips is
        read with the offset before the change, so 02:30 becomes 03:30 (RFC 5545, 3.3.5).
        """
        return local.replace(tzinfo=self.zone, fold=0).astimezone(UTC)

    def exists(self, local: datetime) -> bool:
        """Whether the wall clock ever shows the time."""
        shown = self.instant(local).astimezone(self.zone)
        return shown.replace(tzinfo=None, fold=0) == local

    def has_come(self, local: datetime) -> bool:
        """Whether the time is not later than the anchor."""
        return self.instant(local) <= self.anchor


@dataclass(frozen=True, slots=True)
class AnchoredVisit:
    """A visit and by how much it is moved."""

    visit: Visit
    shift: timedelta


def read_anchor(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment that was asked for, in UTC: "now", or an ISO date with or without time.

    Without an offset it is a time of the hospital's wall clock.

    Raises:
        RuleBrokenError: it is no time, lies in the future or too long ago.
    """
    if text.strip().lower() == "now":
        return now.astimezone(UTC).replace(second=0, microsecond=0)
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise RuleBrokenError(
            f'--anchor {text!r} is no time. Write "now" or a time such as 2026-11-20T08:00.'
        ) from None
    anchor = given if given.tzinfo else given.replace(tzinfo=zone)
    if anchor > now:
        raise RuleBrokenError("The anchor lies in the future; stays are moved to before it.")
    if anchor.year < _EARLIEST_YEAR:
        raise RuleBrokenError(f"The anchor lies before {_EARLIEST_YEAR}; choose a later one.")
    return anchor.astimezone(UTC)


def anchor_visits(visits: Iterable[Visit], timeline: Timeline) -> list[AnchoredVisit]:
    """Return the visits with their shifts; `visits` come by patient and time."""
    anchored: list[AnchoredVisit] = []
    for _subject_id, of_patient in groupby(visits, key=lambda visit: visit.patient.subject_id):
        anchored += reversed(_anchored(list(of_patient), timeline))
    return anchored


def _anchored(visits: Sequence[Visit], timeline: Timeline) -> list[AnchoredVisit]:
    """Return one patient's visits with their shifts, newest first."""
    found: list[AnchoredVisit] = []
    for visit in reversed(visits):
        if found:
            later = found[-1]
            weeks = (later.visit.begins_at + later.shift - visit.ends_at) // WEEK
        else:
            weeks = _weeks_of_newest(visit, timeline)
        found.append(AnchoredVisit(visit, _to_existing_times(visit, weeks, timeline=timeline)))
    return found


def _weeks_of_newest(visit: Visit, timeline: Timeline) -> int:
    """Return the weeks after which the visit ends soonest after the anchor, begun before it."""
    weeks = (timeline.local_anchor - visit.ends_at) // WEEK + 1
    if timeline.completed or not timeline.has_come(visit.begins_at + weeks * WEEK):
        weeks -= 1
    return weeks


def _to_existing_times(visit: Visit, weeks: int, *, timeline: Timeline) -> timedelta:
    times = [time for move in visit.moves for time in (move.begins_at, move.ends_at)]
    while not all(timeline.exists(time + weeks * WEEK) for time in times):
        weeks -= 1
    return weeks * WEEK
