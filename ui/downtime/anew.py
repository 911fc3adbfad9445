"""The forms that enter again what was charted without the server, filled in as it was charted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, tzinfo
from typing import Any

from ui.context import Context
from ui.downtime.entry_words import signs_of, values_of
from ui.measurements.sheet import MeasurementSheet
from ui.notes.note_form import section_name
from ui.notes.write_sheets import NewNoteSheet
from ui.notices import CAUTION
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.subject import subject_of
from ui.rounding.round_row import RoundEntry
from ui.widgets.form import Form
from ui.widgets.sheet import Sheet
from ward_app.board.types import BoardBed
from ward_app.downtime.reconciliation import Line
from ward_app.downtime.types import OfflineKind
from ward_app.measurements.kinds import kinds
from ward_app.notes.templates import note_templates
from ward_app.notes.types import Severity
from ward_app.observations.types import IncompleteReason
from ward_app.rounding.queries import answers_of
from ward_app.rounding.types import DeferralReason, Template

_CHECK = "Filled in as it was charted. Check each value, then save under your name."


def form_for(
    context: Context, line: Line, row: BoardBed, said: Mapping[str, Any], zone: tzinfo
) -> Sheet | None:
    """Return the sheet an entry belongs into, filled in; None: it has none of its own."""
    makers = {
        OfflineKind.OBSERVATIONS: _set_sheet,
        OfflineKind.MEASUREMENT: _measurement_sheet,
        OfflineKind.NOTE: _note_sheet,
    }
    make = makers.get(line.kind)
    if make is None:
        return None
    sheet = make(context, line, row, said, zone)
    if sheet is not None:
        sheet.notice.tell(CAUTION, _CHECK)
    return sheet


def round_entry(template: Template, line: Line, said: Mapping[str, Any]) -> RoundEntry:
    """Return a round as it was answered, or put off, at its time."""
    reason = said.get("reason")
    return RoundEntry(
        template,
        answers=dict(answers_of(said.get("answers") or {})),
        words=dict(said.get("words") or {}),
        reason=DeferralReason(reason) if reason else None,
        note=said.get("note") or "",
        begun_at=line.occurred_at,
    )


def _set_sheet(
    context: Context, line: Line, row: BoardBed, said: Mapping[str, Any], zone: tzinfo
) -> Sheet:
    sheet = ObservationSheet(context, subject_of(row, zone))
    sheet.measured_at.set_value(line.occurred_at)
    sheet.entry.fill(signs_of(said))
    reason = said.get("incomplete_reason")
    sheet.details.fill(IncompleteReason(reason) if reason else None, said.get("note"))
    return sheet


def _measurement_sheet(
    context: Context, line: Line, row: BoardBed, said: Mapping[str, Any], zone: tzinfo
) -> Sheet | None:
    kind = kinds().get(said["kind"])
    if kind is None:
        return None
    sheet = MeasurementSheet(context, subject_of(row, zone), kind)
    sheet.measured_at.set_value(line.occurred_at)
    sheet.entry.fill(values_of(said))
    sheet.details.set_value("note", said.get("note"))
    return sheet


def _note_sheet(
    context: Context, line: Line, row: BoardBed, said: Mapping[str, Any], zone: tzinfo
) -> Sheet:
    sheet = NewNoteSheet(context, row, zone)
    name = (said.get("template") or "").partition(" ")[0]
    known = {one.name for one in note_templates()}
    of_kind = next(one.name for one in note_templates() if one.kind.value == said["kind"])
    sheet.types.set_value("template", name if name in known else of_kind)
    if sheet.form is not None and sheet.outline is not None:
        sheet.form.set_value("title", said["title"])
        sheet.form.set_value("occurred_at", line.occurred_at)
        for place, text in _parts(said, len(sheet.outline.sections)):
            sheet.form.set_value(section_name(place), text)
        if sheet.outline.symptom:
            _tell_symptom(sheet.form, said)
    return sheet


def _tell_symptom(form: Form, said: Mapping[str, Any]) -> None:
    since, severity = said.get("since_on"), said.get("severity")
    form.set_value("symptom", said.get("symptom"))
    form.set_value("severity", Severity(severity) if severity else None)
    form.set_value("since_on", date.fromisoformat(since) if since else None)
    form.set_value("own_words", said.get("own_words"))


def _parts(said: Mapping[str, Any], room: int) -> list[tuple[int, str]]:
    """Return the words of each part of a note; what has no part of its own stands in the last."""
    texts = [one.get("text") or "" for one in said.get("sections") or ()]
    kept, rest = texts[: max(room, 1)], texts[max(room, 1) :]
    if rest:
        kept[-1] = "\n".join([kept[-1], *rest])
    return list(enumerate(kept))
