"""Which messages wait for somebody. Pure functions; times are aware."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ward_app.messages.types import Message, Urgency


def is_open(message: Message) -> bool:
    """Whether it stands and nobody has answered for it yet."""
    return message.acknowledged_at is None and message.retracted_at is None


def waits_for_me(message: Message) -> bool:
    """Whether the reader is among those who may still answer for it."""
    return message.is_for_me and is_open(message)


def is_new(message: Message) -> bool:
    """Whether the reader has not seen it."""
    return message.is_for_me and message.seen_at is None and message.retracted_at is None


def is_late(message: Message, now: datetime) -> bool:
    """Whether an urgent message was passed on, or should have been by now."""
    late = message.pass_on_at is not None and message.pass_on_at <= now
    return is_open(message) and message.urgency is Urgency.URGENT and (message.step > 0 or late)


def in_order(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return those first that wait for the reader, urgent before others, the oldest first.

    After them stands the rest, the newest first.
    """
    waiting = [message for message in messages if waits_for_me(message)]
    rest = [message for message in messages if not waits_for_me(message)]
    waiting.sort(key=lambda one: (one.urgency is not Urgency.URGENT, one.sent_at))
    rest.sort(key=lambda one: one.sent_at, reverse=True)
    return (*waiting, *rest)


def thread_of(message: Message, messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return the messages that answer one another around this one, the oldest first."""
    by_id = {one.id: one for one in messages}
    first = message
    seen = {first.id}
    while first.reply_to_id in by_id and first.reply_to_id not in seen:
        first = by_id[first.reply_to_id]
        seen.add(first.id)
    ids = {first.id}
    ordered = sorted(messages, key=lambda one: (one.sent_at, one.id))
    for one in ordered:
        if one.reply_to_id in ids:
            ids.add(one.id)
    return tuple(one for one in ordered if one.id in ids)
