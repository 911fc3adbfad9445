"""Screens of the auditor."""

from __future__ import annotations

from ui.audit.print_sheet import PrintTrailSheet
from ui.demo.signing_in import sign_in_as
from ui.demo.steps.auditing import trail_of
from ui.demo.walk import Walk
from ward_app.demo.staff import AUDITOR


def trail(walk: Walk) -> None:
    """Everything on record, the newest first."""
    sign_in_as(walk, AUDITOR)
    walk.hands.press("1")
    trail_of(walk)


def printing(walk: Walk) -> None:
    """The trail is printed or saved."""
    trail(walk)
    walk.hands.press("P")
    walk.sheet(PrintTrailSheet)
