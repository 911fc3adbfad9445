"""The sheets that a row of the bay grid opens."""

from __future__ import annotations

from ui.context import Context
from ui.observations.decision_sheets import SpO2ScaleSheet
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.grid_fields import sheet_texts
from ui.observations.grid_row import GridRow
from ui.observations.subject import subject_of
from ui.observations.target_sheet import OxygenTargetSheet
from ui.observations.why_sheet import Explained, WhySheet


def sheet_of(row: GridRow, context: Context) -> tuple[ObservationSheet, str]:
    """Return the single sheet with what is typed in the row, and what must be told of it."""
    sheet = ObservationSheet(context, subject_of(row.bed, row.rules.zone))
    if not row.is_typed:
        return sheet, ""
    if context.drafts.kept(sheet.draft_key) is not None:
        return sheet, "An older entry is in the sheet; this row is kept."
    # saved there or here, it is the same set
    sheet.ids["set"] = row.entry.set_id
    sheet.entry.retype(sheet_texts(row.rules.fields, row.entry.texts))
    moment, _problem = row.moment(context.clock())
    if moment is not None:
        sheet.measured_at.set_value(moment)
    return sheet, ""


def why_of(row: GridRow, context: Context) -> WhySheet:
    """Return the arithmetic of what is typed in the row; of its last set when nothing is."""
    subject = subject_of(row.bed, row.rules.zone)
    if not row.score.points:
        return WhySheet(context, subject)
    shown = Explained("Typed, not saved", row.signs, row.score, row.choice.pack)
    return WhySheet(context, subject, shown)


def target_of(row: GridRow, context: Context) -> OxygenTargetSheet:
    """Return the sheet of the oxygen target of the row's patient."""
    return OxygenTargetSheet(context, subject_of(row.bed, row.rules.zone))


def scale_of(row: GridRow, context: Context) -> SpO2ScaleSheet:
    """Return the decision on the SpO2 scale of the row's patient."""
    return SpO2ScaleSheet(context, subject_of(row.bed, row.rules.zone), scale=row.scale)
