"""What the panels read at once, answered from the copies of wards. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ui.notes.reading import FoundNotes, ReadNotes, find_notes, read_notes
from ui.observations.chart_reading import WholeChart, whole_chart
from ui.patients.glass_reading import BehindGlass, all_behind_glass, behind_glass
from ward_app.downtime.answers import Copies, not_kept, notes_kept, stay_of


def _whole_chart(copies: Copies, admission_id: UUID) -> WholeChart:
    stay = stay_of(copies, admission_id)
    return WholeChart(stay.chart, stay.measured)


def _read_notes(
    copies: Copies, admission_ids: Sequence[UUID], since: datetime | None
) -> ReadNotes:
    found = notes_kept(copies, admission_ids)
    return ReadNotes(tuple(one for one in found if since is None or one.occurred_at >= since), ())


def _find_notes(
    _copies: Copies, _typed: str, *, ward_id: UUID | None, patient_id: UUID | None
) -> FoundNotes:
    del ward_id, patient_id
    raise not_kept("The search in notes (those of two days are in the list)")


def _behind_glass(_copies: Copies, _patient_id: UUID) -> BehindGlass:
    return BehindGlass(None, timedelta(0), None)


def _nobody(_copies: Copies) -> tuple[BehindGlass, ...]:
    return ()


FURTHER: Mapping[Callable[..., Any], Callable[..., Any]] = {
    whole_chart: _whole_chart,
    read_notes: _read_notes,
    find_notes: _find_notes,
    behind_glass: _behind_glass,
    all_behind_glass: _nobody,
}
