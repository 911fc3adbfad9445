"""Words of messages between staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

LONGEST = 2000
"""Letters of a message at most; what is longer belongs into a note."""


class Urgency(StrEnum):
    """How soon somebody has to answer for it."""

    ROUTINE = "routine"
    URGENT = "urgent"


class EventKind(StrEnum):
    """What became of a message."""

    SEEN = "seen"
    ACKNOWLEDGED = "acknowledged"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message as it is sent; who sends it and when is the database's to say.

    Attributes:
        ward_id: the ward whose staff is meant, or from whose work it comes.
        to_user_id: one person; None = everybody who holds `to_role` on that ward.
        to_role: name of a role; None = to one person.
        admission_id: the stay it is about; None = about no patient.
        reply_to_id: the message it answers; None = a new one.
    """

    id: UUID
    ward_id: UUID
    to_user_id: UUID | None = None
    to_role: str | None = None
    urgency: Urgency = Urgency.ROUTINE
    body: str
    admission_id: UUID | None = None
    reply_to_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message as one of those it concerns reads it.

    Attributes:
        to_words: "Col Coordinator", "Doctor, Ward 3 West".
        is_mine: the reader sent it.
        is_for_me: the reader was told of it and may answer for it.
        step: how often it was passed on because nobody answered.
        patient_words: "SURNAME, Given, bed 4"; None = about no patient, or not one of the
            reader's; `admission_id` is None then as well.
        told: who was told of it, by name, those first who were told first.
        seen_at: when the reader saw it; None = not yet, or sent it.
        acknowledged_at: when somebody answered for it; None = nobody has.
        retracted_at: when the sender took it back; None = it stands.
        pass_on_at: when others are told unless somebody answers; None = nobody will be.
    """

    id: UUID
    sent_at: datetime
    sender_id: UUID
    sender: str
    ward_id: UUID
    ward_name: str
    to_user_id: UUID | None
    to_role: str | None
    to_words: str
    urgency: Urgency
    body: str
    admission_id: UUID | None
    patient_words: str | None
    reply_to_id: UUID | None
    is_mine: bool
    is_for_me: bool
    step: int
    told: tuple[str, ...]
    seen_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    retracted_at: datetime | None
    retract_reason: str | None
    pass_on_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageBox:
    """The messages of one reader, the newest first."""

    read_at: datetime
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a message may go to.

    Attributes:
        user_id: one person; None = a role.
        role: name of a role of the ward; None = a person.
        words: "Doctor, Ward 3 West", "Bo Both".
        detail: who holds the role; or which roles the person has.
    """

    user_id: UUID | None
    role: str | None
    ward_id: UUID | None
    words: str
    detail: str


@dataclass(frozen=True, slots=True)
class MessageStep:
    """When an urgent message that nobody answers is passed on, and to whom.

    Attributes:
        step: 1 = first.
        after_minutes: since it was sent.
        role: name of the role that is told; `title` is its word.
        source: where the number comes from, who approved it.
    """

    step: int
    after_minutes: int
    role: str
    title: str
    source: str
