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
SAY_WHY_KEYS = "Ctrl+Shift+O"


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


def closed_text(names: Sequence[str]) -> str:
    """Return what a screen of several patients says of charts that stay closed; empty for none."""
    if not names:
        return ""
    if len(names) == 1:
        return (
            f"The chart of {names[0]} is private and stays closed: nothing of it is shown here."
            " A reason opens it."
        )
    return (
        f"{len(names)} charts are private and stay closed ({'; '.join(names)}): nothing of them"
        " is shown here. A reason opens each."
    )


def closed_number_text(number: int) -> str:
    """Return how many charts a search left out because they stay closed; empty for none."""
    if not number:
        return ""
    charts = "1 chart is" if number == 1 else f"{number} charts are"
    return f"{charts} private and closed, and not searched: a reason opens them, from the board."


def strip_text(
    kind: OpeningKind, minutes: int, told: Sequence[str], ward: str, name: str = ""
) -> str:
    """Return what stands above a chart of that ward that was opened with a reason.

    `name`: whose chart it is, where the screen is not hers alone.
    """
    glass = kind is OpeningKind.BREAK_GLASS
    what = f"{ward}, not your ward" if glass else "Opened with a reason"
    parts = [name, what, left_text(minutes), told_text(told)]
    word = "BREAK-GLASS" if glass else "PRIVATE"
    return f"{word}   {' · '.join(filter(None, parts))}"
