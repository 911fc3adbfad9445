"""The words of an outage: what the bands say. No Qt."""

from __future__ import annotations

from datetime import datetime, tzinfo

from ui.formats import duration_text, moment_text

SIGN_IN_AGAIN = (
    "The server is back. You came in without it: type your password, so that it knows who you are."
)


def offline_words(shown_from: datetime | None, waiting: int, now: datetime, zone: tzinfo) -> str:
    """Return the red band: of which time what is shown is, and what becomes of charting."""
    kept = "What you chart is kept on this computer and sent later."
    if waiting:
        kept = f"{_entries(waiting)} kept on this computer and sent later."
    if shown_from is None:
        return f"OFFLINE   The server cannot be reached, and no copy of the ward is here. {kept}"
    since = moment_text(shown_from, zone, now)
    age = duration_text(now - shown_from)
    return f"OFFLINE   No server. You see the ward as of {since}, {age} ago. {kept}"


def back_words(waiting: int) -> str:
    """Return the band while what was charted is being sent."""
    return f"BACK   The server is back. {_entries(waiting)} being sent."


def settled_words(sent: int, needs_a_person: int) -> str:
    """Return what a replay came to, for the line at the bottom."""
    words = f"{_plural(sent)} charted without the server arrived."
    if not needs_a_person:
        return words
    which = "1 entry needs" if needs_a_person == 1 else f"{needs_a_person} entries need"
    return f"{words} {which} a person: open Downtime." if sent else f"{which} a person."


def _entries(count: int) -> str:
    return f"{_plural(count)} {'is' if count == 1 else 'are'}"


def _plural(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"
