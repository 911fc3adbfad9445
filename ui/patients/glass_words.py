"""Openings in words: what happens, how long, who is told."""

from __future__ import annotations

from collections.abc import Sequence

from ui.formats import person_name
from ward_app.openings.types import FoundElsewhere, OpeningKind

WHAT_HAPPENS = (
    "Only this chart opens, only for you here, for one hour. It is logged with your reason, who"
    " leads the patient's ward is told at once, and the opening is reviewed."
)
WHAT_MAY_BE_DONE = (
    "You may read, record observations and write notes. Nothing else may be changed."
)
ELSEWHERE = "Not on your ward: break the glass to open the chart"
PRIVATE = "Marked private: found by the patient number alone"
TOPIC = "openings"


def found_name(found: FoundElsewhere) -> str:
    """Return "SURNAME, Given", or the initials of somebody who is marked private."""
    if found.is_private:
        return f"{found.family_name}., {found.given_name}. (private)"
    return person_name(found.family_name, found.given_name, found.title)


def left_text(minutes: int) -> str:
    """Return "12 minutes left"."""
    return "1 minute left" if minutes == 1 else f"{minutes} minutes left"


def told_text(told: Sequence[str]) -> str:
    """Return who was told of an opening."""
    return f"{' and '.join(told)} told" if told else "the reviewers are told"


def strip_text(kind: OpeningKind, minutes: int, told: Sequence[str], ward: str) -> str:
    """Return what stands above a chart of that ward that was opened with a reason."""
    glass = kind is OpeningKind.BREAK_GLASS
    what = f"BREAK-GLASS   {ward}, not your ward" if glass else "PRIVATE   Opened with a reason"
    return f"{what} · {left_text(minutes)} · {told_text(told)}"
