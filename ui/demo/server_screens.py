"""Screens of IT: the report on the server."""

from __future__ import annotations

from ui.demo.steps.operating import server_of
from ui.demo.walk import Walk


def overview(walk: Walk) -> None:
    """What must be done on the server, and what runs out."""
    server_of(walk)


def sizes(walk: Walk) -> None:
    """How large it is, table by table."""
    server_of(walk)
    walk.hands.press("7")
