"""Words of openings: charts that were opened with a reason, and their review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ward_app.core.errors import NotPermittedError

FEWEST_LETTERS = 10
"""A reason has at least so many; the database refuses a shorter one."""


class OpeningKind(StrEnum):
    """Why an opening waits for a review."""

    BREAK_GLASS = "break_glass"
    PRIVACY = "privacy"
    CARED_FOR = "cared_for"
    MANY_CHARTS = "many_charts"


class Decision(StrEnum):
    """What a review says; after `ASKED` the opening waits on."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"
    ASKED = "asked"


class ClosingCause(StrEnum):
    """Why an opening ended before its time."""

    CLOSED_BY_READER = "closed_by_reader"
    MARKED_PRIVATE = "marked_private"


class ReasonNeededError(NotPermittedError):
    """The chart of a patient marked private opens only with a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundElsewhere:
    """A patient of another ward who fits a search, by name alone.

    Attributes:
        is_private: then the names are initials.
    """

    id: UUID
    family_name: str
    given_name: str
    title: str | None
    is_private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOpening:
    """A chart this session opened with a reason and may still read.

    Attributes:
        valid_until: when the database takes the right away, aware.
        told: names of who was told of it.
    """

    patient_id: UUID
    kind: OpeningKind
    opened_at: datetime
    valid_until: datetime
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One thing that was said about an opening."""

    id: UUID
    decision: Decision
    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One opening in the queue of who reviews.

    Attributes:
        patient_words: "OKAFOR, Ada"; None when it is about many charts.
        reason: None where none was asked (who looks after the patient; many charts).
        valid_until, closed_at: when it ended or ends by itself; when it was closed before.
        charts: how many charts, None when it is about one.
        told: who was told when it happened.
        done: what was printed or recorded while it was open, in words.
        reviews: what was said about it, oldest first.
        is_mine: the reader opened it, and so cannot review it.
    """

    id: UUID
    kind: OpeningKind
    opened_at: datetime
    user_id: UUID
    user_name: str
    workstation: str
    patient_words: str | None
    ward_name: str
    reason: str | None
    valid_until: datetime | None
    closed_at: datetime | None
    charts: int | None
    told: tuple[str, ...]
    done: tuple[str, ...]
    reviews: tuple[Review, ...]
    is_mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReview:
    """A decision about an opening.

    Attributes:
        after: the latest review the person had seen, None when there was none.
    """

    id: UUID
    opening_id: UUID
    decision: Decision
    words: str
    after: UUID | None
