"""The last assessments of a patient as a ward's copy holds them. No Qt."""

from __future__ import annotations

from ui.assessments.words import INCOMPLETE
from ui.kept_page import KeptLine
from ward_app.downtime.kept_record import KeptRecord
from ward_app.handover.types import Assessed


def kept_assessments(record: KeptRecord) -> tuple[KeptLine, ...]:
    """Return a line for each instrument that was used, and one for each that only is due."""
    dues = {due.title: due.due_at for due in record.dues if due.source == "assessment"}
    done = [
        KeptLine(
            what=one.title,
            came_to=_came_to(one),
            at=one.assessed_at,
            due_at=dues.pop(one.title, None),
        )
        for one in record.assessed
    ]
    never = [
        KeptLine(what=title or "", came_to="not on this stay", at=None, due_at=due_at)
        for title, due_at in dues.items()
    ]
    return (*done, *never)


def _came_to(one: Assessed) -> str:
    if not one.complete:
        return INCOMPLETE
    number = None if one.score is None else f"{one.score:g}"
    return ": ".join(part for part in (number, one.band) if part) or "done"
