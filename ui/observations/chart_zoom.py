"""Zooming and moving the window of time that a chart shows. Pure functions, no Qt."""

from __future__ import annotations

from datetime import datetime, timedelta

from ui.observations.chart_axis import Window

SHORTEST = timedelta(hours=3)
FACTOR = 2
_EDGE_SHARE = 0.08


def zoomed_in(window: Window, around: datetime, whole: Window) -> Window:
    """Return half the window, around a moment."""
    return _of_length(window, max(window.length / FACTOR, SHORTEST), around, whole)


def zoomed_out(window: Window, around: datetime, whole: Window) -> Window:
    """Return twice the window, around a moment, at most the whole course."""
    return _of_length(window, window.length * FACTOR, around, whole)


def moved(window: Window, share: float, whole: Window) -> Window:
    """Return the window moved by a share of its length, inside the whole course."""
    start = window.start + window.length * share
    return _inside(Window(start, start + window.length), whole)


def showing(window: Window, moment: datetime, whole: Window) -> Window:
    """Return the window, moved no further than needed to show a moment away from its edge."""
    edge = window.length * _EDGE_SHARE
    if moment < window.start + edge:
        start = moment - edge
    elif moment > window.end - edge:
        start = moment + edge - window.length
    else:
        return window
    return _inside(Window(start, start + window.length), whole)


def followed(window: Window, before: Window, after: Window) -> Window:
    """Return the window over a newer load: one that stood at the end stays at the end."""
    if window.end < before.end:
        return window
    if window.start <= before.start:
        return after
    return Window(after.end - window.length, after.end)


def _of_length(window: Window, length: timedelta, around: datetime, whole: Window) -> Window:
    length = min(length, whole.length)
    share = (around - window.start) / window.length
    start = around - length * min(max(share, 0), 1)
    return _inside(Window(start, start + length), whole)


def _inside(window: Window, whole: Window) -> Window:
    """Return the window moved into the whole course; the whole course if it is longer."""
    # halving and doubling loses a microsecond now and then
    if window.length >= whole.length - timedelta(seconds=1):
        return whole
    start = min(max(window.start, whole.start), whole.end - window.length)
    return Window(start, start + window.length)
