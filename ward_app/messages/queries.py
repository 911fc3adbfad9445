"""Reads of messages: one's own, and whom one may write to; looking also passes on what is late."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ward_app.core.database import Transaction
from ward_app.messages.types import Addressee, Message, MessageBox, Urgency

SHOWN_DAYS = 14
"""How far back the list goes; older ones stay on record."""

_MINE = "SELECT * FROM public.my_messages(%s)"
_FORWARD = "SELECT public.pass_on_messages()"
_ADDRESSEES = "SELECT * FROM public.message_addressees()"


def my_messages(tx: Transaction, days: int = SHOWN_DAYS) -> MessageBox:
    """Return what the reader sent or was told of in the last days, the newest first.

    Raises:
        NotPermittedError: the role reads no messages.
    """
    return MessageBox(tx.now, tuple(tx.rows(_message, _MINE, (days,))))


def pass_on_messages(tx: Transaction) -> int:
    """Tell those whose turn it is of urgent messages that waited too long; return how many.

    Whatever station looks first does it for all.
    """
    told: int = tx.value(_FORWARD)
    return told


def watched_messages(tx: Transaction) -> MessageBox:
    """Pass on what nobody answered in time, then return the reader's messages."""
    pass_on_messages(tx)
    return my_messages(tx)


def addressees(tx: Transaction) -> tuple[Addressee, ...]:
    """Return whom the reader may write to: roles of wards and people, in the order of words.

    Raises:
        NotPermittedError: the role sends no messages.
    """
    return tuple(tx.rows(Addressee, _ADDRESSEES))


def _message(*columns: Any) -> Message:
    """Return a row of `public.my_messages`; its columns are Message's, in its order."""
    row = Message(*columns)
    return replace(row, urgency=Urgency(row.urgency), told=tuple(row.told))
