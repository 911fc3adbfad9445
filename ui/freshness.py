"""How fresh the screen is, in words that are true. Pure, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import Enum

from ui.formats import moment_text

# The poll runs every 30 s; half as long again allows for one slow answer before "live" is untrue.
LIVE_FOR = timedelta(seconds=45)
_AN_HOUR_MIN = 60


class FreshnessState(Enum):
    """What the lamp shows: glyph, colour token and what it means."""

    LIVE = ("●", "accent", "Read within the last 45 s; changes elsewhere show at once.")
    SLOW = (
        "◐",
        "caution",
        "Read within the last 45 s; the server takes long to answer, so a save may take longer.",
    )
    CLOCK = (
        "◔",
        "problem",
        "Ages and due times here are wrong by as much: the server has another time. Tell IT.",
    )
    LOADING = ("○", "dim", "The first reading is on its way.")
    SENDING = (
        "◑",
        "caution",
        "Charted here without the server and not there yet: it is sent by itself.",
    )
    STALE = ("▲", "caution", "Changes elsewhere may be missing since then. F5 reads anew.")
    OFFLINE = ("◆", "problem", "The server cannot be reached; the program keeps trying.")

    @property
    def glyph(self) -> str:
        """The shape that says the same as the colour."""
        return self.value[0]

    @property
    def token(self) -> str:
        """The colour."""
        return self.value[1]

    @property
    def meaning(self) -> str:
        """What it means, for the tooltip."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class Freshness:
    """One reading of the lamp: its state and its words.

    Attributes:
        short: the same in fewer words, for a line without room; empty = there are none.
    """

    state: FreshnessState
    words: str
    short: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is known about the connection.

    Attributes:
        listening: the listener is connected, so changes elsewhere would be heard.
        unreachable: the last load failed because the server could not be reached.
        slow: the server answers, but not soon.
        kept_here: it is out of reach; copies are shown, and what is charted is kept.
        waiting: how many entries charted here are not sent yet.
        loaded_at: when the screen's panel last loaded, aware; None = not yet.
        clock_ahead: how far this computer's clock is ahead of the server's (negative: behind),
            where that is worth telling.
    """

    listening: bool
    unreachable: bool
    loaded_at: datetime | None
    slow: bool = False
    kept_here: bool = False
    waiting: int = 0
    clock_ahead: timedelta = timedelta(0)


def freshness(signs: Signs, now: datetime, zone: tzinfo) -> Freshness:
    """Return what the lamp says; times on the clock of `zone`.

    "live" only while changes elsewhere are heard and the last load is younger than 45 s.
    """
    if signs.loaded_at is None:
        return _nothing_read_yet(signs)
    age = now - signs.loaded_at
    if age < -LIVE_FOR:
        return _clock_set_back(signs)
    since = moment_text(signs.loaded_at, zone, now)
    if signs.unreachable or signs.kept_here:
        return _offline(signs, since)
    if signs.listening and age < LIVE_FOR:
        return _live(signs)
    return Freshness(FreshnessState.STALE, f"stale since {since}")


def _offline(signs: Signs, since: str) -> Freshness:
    """Return of which time the screen is, and what becomes of charting."""
    words, short = f"offline: reading from {since}", f"offline {since}"
    if signs.kept_here and signs.waiting:
        words, short = f"{words}, {signs.waiting} kept here", f"{short}, {signs.waiting} kept"
    elif signs.kept_here:
        words = f"{words}, charting is kept here"
    return Freshness(FreshnessState.OFFLINE, words, short)


def _live(signs: Signs) -> Freshness:
    if signs.waiting:
        return Freshness(FreshnessState.SENDING, f"live, {signs.waiting} not sent yet")
    if signs.clock_ahead:
        return Freshness(FreshnessState.CLOCK, _clock_words(signs.clock_ahead))
    if signs.slow:
        return Freshness(FreshnessState.SLOW, "live, server slow")
    return Freshness(FreshnessState.LIVE, "live")


def _nothing_read_yet(signs: Signs) -> Freshness:
    if signs.unreachable or signs.kept_here:
        return Freshness(FreshnessState.OFFLINE, "offline: nothing read yet")
    return Freshness(FreshnessState.LOADING, "loading…")


def _clock_set_back(signs: Signs) -> Freshness:
    """Return what is true until the next load: "since" lies ahead, and "live" would till then."""
    if signs.unreachable or signs.kept_here:
        return Freshness(FreshnessState.OFFLINE, "offline: this clock was set back")
    return Freshness(FreshnessState.STALE, "stale: this clock was set back")


def _clock_words(ahead: timedelta) -> str:
    minutes = round(abs(ahead) / timedelta(minutes=1))
    how_far = f"{minutes} min" if minutes < _AN_HOUR_MIN else f"{minutes / _AN_HOUR_MIN:.0f} h"
    return f"live, clock {how_far} {'fast' if ahead > timedelta(0) else 'slow'}"
