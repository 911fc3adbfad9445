"""How messages read: the columns of the list and the words of one. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from ui.formats import duration_text, moment_text
from ward_app.messages.rules import is_late, is_new, is_open, waits_for_me
from ward_app.messages.types import Message, Urgency


def state_text(message: Message, now: datetime) -> str:
    """Return the mark and word of a message's state: "▲ urgent", "● new", "✓ answered"."""
    if message.retracted_at is not None:
        return "✕ taken back"
    if message.acknowledged_at is not None:
        return "✓ answered"
    urgent = message.urgency is Urgency.URGENT
    if is_late(message, now):
        return "▲ urgent, late"
    if urgent:
        return "▲ urgent"
    if is_new(message):
        return "● new"
    return "waits for you" if waits_for_me(message) else "waits"


def state_colour(message: Message, now: datetime) -> str | None:
    """Return the colour token of a message's state, None = the usual one."""
    if not is_open(message):
        return "dim"
    if is_late(message, now):
        return "risk_high"
    return "caution" if message.urgency is Urgency.URGENT else None


def outcome_text(message: Message, zone: tzinfo, now: datetime) -> str:
    """Return what became of a message, or what will: who answered, who is told next and when."""
    if message.retracted_at is not None:
        at = moment_text(message.retracted_at, zone, now)
        return f"Taken back {at}: {message.retract_reason}"
    if message.acknowledged_at is not None:
        at = moment_text(message.acknowledged_at, zone, now)
        return f"{message.acknowledged_by} answered {at}"
    told = f"Told: {', '.join(message.told)}"
    if message.pass_on_at is None:
        return told
    if message.pass_on_at - now < timedelta(minutes=1):
        return f"{told}. Others are told now"
    return f"{told}. Others are told in {duration_text(message.pass_on_at - now)}"


def first_line(message: Message) -> str:
    """Return the message on one line."""
    return " ".join(message.body.split())


def about_text(message: Message) -> str:
    """Return whom the message is about, empty for nobody the reader may see."""
    return message.patient_words or ""


def thread_text(thread: Sequence[Message], zone: tzinfo, now: datetime) -> str:
    """Return a conversation to read, the oldest first: who to whom, the words, the outcome."""
    return "\n\n".join(_one_text(message, zone, now) for message in thread)


def count_text(messages: Sequence[Message]) -> str:
    """Return what waits for the reader, for the rail: "2", "▲2" when one is urgent, or nothing."""
    waiting = [message for message in messages if waits_for_me(message)]
    return f"{'▲' if any_urgent(waiting) else ''}{len(waiting)}" if waiting else ""


def any_urgent(messages: Sequence[Message]) -> bool:
    """Whether one of these messages is urgent."""
    return any(message.urgency is Urgency.URGENT for message in messages)


def arrival_text(new: Sequence[Message], keys: str) -> str:
    """Return what is said when messages arrive; never what they say: the screen is shared."""
    urgent = [message for message in new if message.urgency is Urgency.URGENT]
    first = (urgent or list(new))[0]
    kind = "Urgent message" if urgent else "Message"
    more = f" and {len(new) - 1} more" if len(new) > 1 else ""
    return f"{kind} from {first.sender}{more}. {keys} reads it."


def _one_text(message: Message, zone: tzinfo, now: datetime) -> str:
    head = f"{moment_text(message.sent_at, zone, now)}  {message.sender} to {message.to_words}"
    urgent = "  ▲ urgent" if message.urgency is Urgency.URGENT else ""
    about = f"\nAbout {message.patient_words}" if message.patient_words else ""
    return f"{head}{urgent}{about}\n{message.body}\n{outcome_text(message, zone, now)}"
