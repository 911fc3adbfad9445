"""Counts, times and durations as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

NEVER = "never"
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400


def count_text(count: float) -> str:
    """Return a whole number with thin groups: `12 345`."""
    return f"{count:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def percent_text(percent: float | None) -> str:
    """Return a share with one decimal at most, "not known" for None."""
    if percent is None:
        return "not known"
    return f"{percent:.1f}".removesuffix(".0") + " %"


def duration_text(of_seconds: float | None) -> str:
    """Return a duration in its two largest units: `3 min 20 s`, `2 d 4 h`; None: "none"."""
    if of_seconds is None:
        return "none"
    if of_seconds < _MINUTE_S:
        return f"{of_seconds:.1f}".removesuffix(".0") + " s"
    whole = round(of_seconds)
    for unit_s, name, below_s, below in (
        (_DAY_S, "d", _HOUR_S, "h"),
        (_HOUR_S, "h", _MINUTE_S, "min"),
        (_MINUTE_S, "min", 1, "s"),
    ):
        if whole >= unit_s:
            rest = whole % unit_s // below_s
            return f"{whole // unit_s} {name}" + (f" {rest} {below}" if rest else "")
    return f"{whole} s"


def ms_text(of_ms: float | None) -> str:
    """Return a duration in milliseconds, or in seconds from one second on."""
    if of_ms is None:
        return "none"
    return duration_text(of_ms / 1_000) if of_ms >= 1_000 else f"{of_ms:.3g} ms"  # noqa: PLR2004 - a second


def moment_text(at: datetime | None) -> str:
    """Return a time of the server in UTC, "never" for None."""
    return NEVER if at is None else f"{at.astimezone(UTC):%d-%b-%Y %H:%M} UTC"


def ago_text(units: float | None, unit_s: int, *, looked: bool) -> str:
    """Return how long ago something was, so many units of so many seconds.

    None: nobody `looked`, or it was not found there.
    """
    if units is None:
        return "none known" if looked else "not known"
    return f"{duration_text(units * unit_s)} ago"
