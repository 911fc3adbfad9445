"""Words of the timeliness report: what was due, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Outcome(StrEnum):
    """What became of something that was due at a time."""

    ON_TIME = "on_time"
    LATE = "late"
    MISSED = "missed"
    DEFERRED = "deferred"
    LET_SLEEP = "let_sleep"
    PAUSED = "paused"
    OPEN = "open"


class Work(StrEnum):
    """What was due: a set of observations, an answer to an escalation, a round, an assessment."""

    OBSERVATIONS = "observations"
    ESCALATION = "escalation"
    ROUNDS = "rounds"
    ASSESSMENTS = "assessments"


class Grouping(StrEnum):
    """What the lines of the report are."""

    WARD = "ward"
    SHIFT = "shift"
    HOUR = "hour"
    CAUSE = "cause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One time at which something was due.

    Attributes:
        family_name / given_name / title: None when the patient is out of the reader's reach now.
        bed_label: where the patient is now; None without a bed, or out of reach.
        admission_id: None = a checklist of the ward itself.
        reason: why it was due then, or to whom it was escalated: a code of its context; of a
            round or an assessment the name of what was asked.
        deferral: the coded reason of a deferral, None otherwise.
        answered_at: None while nobody answered.
        minutes_late: elapsed minutes from `due_at`, or from the end of a night that let it wait,
            to the answer, or until now while it is open; 0 when in time, None when paused,
            deferred or let sleep.
        shift: the ward's shift that had begun last, empty when none ran.
        shift_from_at: when it began, None when none ran.
    """

    work: Work
    admission_id: UUID | None
    ward_id: UUID
    ward_name: str
    family_name: str | None
    given_name: str | None
    title: str | None
    bed_label: str | None
    due_at: datetime
    reason: str
    outcome: Outcome
    deferral: str | None
    answered_at: datetime | None
    answered_by: str | None
    minutes_late: int | None
    shift: str = ""
    shift_from_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the report: how many were due, and what became of them.

    Attributes:
        key: what the line stands for: ward name, shift name or hour ("07:00"); "" = in all.
        median_minutes_late: of the late ones; None when none was late.
        dues: the rows behind it, earliest first.
    """

    key: str
    counts: Mapping[Outcome, int]
    median_minutes_late: int | None
    dues: Sequence[Due]

    @property
    def expected(self) -> int:
        """How many were to be answered: put off, let sleep, paused and open ones are not."""
        answered = (Outcome.ON_TIME, Outcome.LATE, Outcome.MISSED)
        return sum(self.counts[outcome] for outcome in answered)

    @property
    def on_time_percent(self) -> int | None:
        """The share answered in time, rounded down; None when nothing was expected.

        Rounded down so that 100 % means every one.
        """
        return self.counts[Outcome.ON_TIME] * 100 // self.expected if self.expected else None
