"""Commands on messages: send, see, answer for, take back.

Callers own the transaction. Repeating a command with the same id changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.core.requires import requires
from ward_app.messages.types import LONGEST, EventKind, NewMessage
from ward_app.staff.types import Permission

_SEND = """
INSERT INTO public.messages
    (id, about_ward_id, to_user_id, to_role, urgency, body, admission_id, reply_to_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_EVENT = "SELECT * FROM public.record_message_event(%s, %s, %s, %s)"


class _Result(NamedTuple):
    """What `public.record_message_event` answers."""

    outcome: str
    by: str | None
    at: object


@requires(Permission.MESSAGE_SEND)
def send_message(tx: Transaction, new: NewMessage) -> None:
    """Send a message to a person, or to whoever holds a role on a ward.

    Raises:
        RuleBrokenError: it says nothing or too much, goes to nobody or to the sender alone, or
            answers a message that is not the sender's.
        NotPermittedError: the role may not send messages, or the patient is not on its wards.
    """
    body = new.body.strip()
    if not body:
        raise RuleBrokenError("Write the message.", field="body")
    if len(body) > LONGEST:
        raise RuleBrokenError(
            f"{len(body)} letters are too many, {LONGEST} fit. Write the rest as a note.",
            field="body",
        )
    if (new.to_user_id is None) is (new.to_role is None):
        raise RuleBrokenError("Choose whom it goes to.", field="to")
    values = (
        new.id,
        new.ward_id,
        new.to_user_id,
        new.to_role,
        new.urgency.value,
        body,
        new.admission_id,
        new.reply_to_id,
    )
    tx.execute(_SEND, values)


@requires(Permission.MESSAGE_READ)
def see_messages(tx: Transaction, message_ids: Sequence[UUID]) -> None:
    """Record that the reader has seen messages; those that are not the reader's are left out."""
    for message_id in message_ids:
        tx.rows(_Result, _EVENT, (new_id(), message_id, EventKind.SEEN.value, None))


@requires(Permission.MESSAGE_READ)
def acknowledge_message(tx: Transaction, event_id: UUID, message_id: UUID) -> None:
    """Answer for a message: whoever does so first does it for all who were told.

    Raises:
        ConflictError: somebody else was first, or it was taken back.
        NotPermittedError: the reader was not told of it.
    """
    _record(tx, event_id, message_id, EventKind.ACKNOWLEDGED, None)


@requires(Permission.MESSAGE_READ)
def retract_message(tx: Transaction, event_id: UUID, message_id: UUID, *, reason: str) -> None:
    """Take one's own message back while nobody has answered for it; it stays readable.

    Raises:
        RuleBrokenError: no reason is given.
        ConflictError: somebody answered for it first.
        NotPermittedError: somebody else sent it.
    """
    if not reason.strip():
        raise RuleBrokenError("Say why it is taken back.", field="reason")
    _record(tx, event_id, message_id, EventKind.RETRACTED, reason.strip())


def _record(
    tx: Transaction, event_id: UUID, message_id: UUID, kind: EventKind, reason: str | None
) -> None:
    [result] = tx.rows(_Result, _EVENT, (event_id, message_id, kind.value, reason))
    if result.outcome == "not_yours":
        raise NotPermittedError("This message is not one of yours.")
    if result.outcome == "answered":
        raise ConflictError(f"{result.by} has answered for this message already.")
    if result.outcome == "retracted":
        raise ConflictError(f"{result.by} has taken this message back.")
