"""How the history of rounds and tasks reads. No Qt."""

from __future__ import annotations

from datetime import datetime, tzinfo

from ui.formats import moment_text
from ui.rounding.words import REASON_WORDS
from ward_app.rounding.rules import summary
from ward_app.rounding.types import DeferralReason, HistoryItem

_TASK = {"opened": "opened", "done": "done", "cancelled": "not needed any more"}


def history_text(item: HistoryItem, zone: tzinfo, now: datetime) -> str:
    """Return what was recorded, in one line."""
    if item.template is None:
        return f"Task: {item.title}, {_task_text(item, zone, now)}"
    if item.outcome == "deferred":
        why = REASON_WORDS[DeferralReason(item.reason or "other")]
        note = f" ({item.note})" if item.note else ""
        until = moment_text(item.deferred_until, zone, now)
        return f"{item.title}: put off, {why}{note}, until {until}"
    return f"{item.title}: {summary(item.template, item.answers, item.words)}"


def ended_text(item: HistoryItem) -> str:
    """Return what became of a record; nothing for one in force."""
    if item.ended is None:
        return f"Corrected: {item.change_reason}" if item.corrects_id else ""
    verb = "Corrected" if item.ended == "corrected" else "Struck out"
    return f"{verb} by {item.ended_by or 'somebody'}: {item.ended_reason}"


def full_text(item: HistoryItem, zone: tzinfo, now: datetime) -> str:
    """Return everything about a record, for where there is room."""
    together = item.round_size is not None and item.round_size > 1
    round_text = f"One of {item.round_size} in a round." if together else ""
    parts = (history_text(item, zone, now), item.note or "", round_text, ended_text(item))
    return "\n".join(part for part in parts if part)


def _task_text(item: HistoryItem, zone: tzinfo, now: datetime) -> str:
    until = moment_text(item.deferred_until, zone, now)
    if item.outcome == "deferred":
        return f"put off until {until} ({item.reason})"
    if item.outcome == "opened":
        return f"opened, by {until}"
    return f"{_TASK[item.outcome]}{f' ({item.reason})' if item.reason else ''}"
