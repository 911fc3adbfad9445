"""Pictures of the board and of what is opened from everywhere."""

from __future__ import annotations

from ui.demo.walk import Walk


def board(walk: Walk) -> None:
    """The board as it comes up, an ill patient chosen."""
    walk.choose("10")


def free_bed(walk: Walk) -> None:
    """The details of an empty bed."""
    walk.choose("6")


def found(walk: Walk) -> None:
    """The board while somebody is searched for."""
    walk.hands.press("/")
    walk.hands.type("lind")


def table(walk: Walk) -> None:
    """The board as a table."""
    walk.hands.press("V")


def palette(walk: Walk) -> None:
    """Everything by a few letters."""
    walk.hands.press("Ctrl+K")
    walk.hands.type("ok")


def wards(walk: Walk) -> None:
    """The ward switcher."""
    walk.hands.press("Ctrl+W")


def keys(walk: Walk) -> None:
    """All keys."""
    walk.hands.press("F1")
