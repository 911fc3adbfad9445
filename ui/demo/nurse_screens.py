"""Pictures of the shift's nurses and of its sheets."""

from __future__ import annotations

from ui.demo.steps.nursing import directory, nurses
from ui.demo.walk import Walk
from ui.shifts.sheets import SignOnSheet


def ward(walk: Walk) -> None:
    """Beds, who holds them, nurses with their work, and what is missing."""
    nurses(walk)


def on_duty(walk: Walk) -> None:
    """Who is on duty in the house."""
    directory(walk)


def sign_on(walk: Walk) -> None:
    """Somebody signs on."""
    directory(walk)
    walk.hands.press("Ctrl+Return")
    walk.sheet(SignOnSheet)


def board_gap(walk: Walk) -> None:
    """A patient on the board whom nobody holds."""
    walk.choose("29")
    walk.until(lambda: walk.board.peek.nurses.facts, "no nurse is known")
