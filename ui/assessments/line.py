"""The lines of the assessments panel and their columns. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ui.assessments.words import (
    answers_text,
    band_token,
    due_words,
    row_band,
    row_result_text,
    standing_text,
    trend_text,
    why_due,
)
from ui.formats import is_overdue, moment_text
from ui.patients.banner import patient_name
from ui.widgets.rows_table import RowColumn
from ward_app.assessments.types import (
    AssessmentChart,
    AssessmentDue,
    Instrument,
    RecordedAssessment,
)
from ward_app.board.types import BoardBed


@dataclass(frozen=True, slots=True)
class DueLine:
    """Something due of one patient of the ward, as of `now`."""

    bed: BoardBed
    due: AssessmentDue
    zone: tzinfo
    now: datetime

    @property
    def key(self) -> object:
        """What stays the same when the line is read anew."""
        return self.due.admission_id, self.due.instrument

    @property
    def instrument_name(self) -> str:
        """Name of the instrument."""
        return self.due.instrument

    @property
    def done_text(self) -> str:
        """Return when it was done completely the last time."""
        if self.due.done_at is None:
            return "not on this stay"
        return moment_text(self.due.done_at, self.zone, self.now)


@dataclass(frozen=True, slots=True)
class RowLine:
    """One recorded assessment of the patient shown, as of `now`."""

    row: RecordedAssessment
    chart: AssessmentChart
    zone: tzinfo
    now: datetime

    @property
    def key(self) -> object:
        """What stays the same when the line is read anew."""
        return self.row.id

    @property
    def instrument_name(self) -> str:
        """Name of the instrument."""
        return self.row.instrument

    @property
    def what_text(self) -> str:
        """Return the answers, and before them whether they count."""
        standing = standing_text(self.row)
        words = answers_text(self.row, self.chart.behind.get(self.row.hash))
        return f"{standing}: {words}" if standing else words

    @property
    def colour(self) -> str | None:
        """The token of its band, "dim" where it does not count; None = the usual colour."""
        return band_token(row_band(self.row, self.chart.behind)) if self.row.counts else "dim"


Line = DueLine | RowLine


def due_lines(
    beds: Iterable[BoardBed],
    dues: Iterable[AssessmentDue],
    in_use: Iterable[Instrument],
    zone: tzinfo,
    now: datetime,
) -> tuple[DueLine, ...]:
    """Return what is due of the patients in these beds, the earliest first."""
    whose = {bed.admission_id: bed for bed in beds if bed.admission_id and bed.patient_id}
    names = {one.name for one in in_use}
    lines = [
        DueLine(whose[due.admission_id], due, zone, now)
        for due in dues
        if due.admission_id in whose and due.instrument in names
    ]
    return tuple(sorted(lines, key=lambda line: (line.due.due_at, line.due.title)))


def row_lines(chart: AssessmentChart, zone: tzinfo, now: datetime) -> tuple[RowLine, ...]:
    """Return what was recorded of a stay, the newest first."""
    return tuple(RowLine(row, chart, zone, now) for row in chart.rows)


def due_columns() -> tuple[RowColumn[Line], ...]:
    """Return the columns of what is due on a ward."""

    def late(line: Line) -> str | None:
        return "risk_high" if is_overdue(_due(line).due.due_at, line.now) else None

    return (
        RowColumn("Bed", 56, lambda one: _due(one).bed.bed_label or "No bed"),
        RowColumn("Patient", 230, lambda one: patient_name(_due(one).bed)),
        RowColumn("Instrument", 220, lambda one: _due(one).due.title),
        RowColumn("Due", 170, lambda one: due_words(_due(one).due, one.now), colour=late),
        RowColumn("Why", 190, lambda one: why_due(_due(one).due)),
        RowColumn("Last done", 140, lambda one: _due(one).done_text),
    )


def row_columns() -> tuple[RowColumn[Line], ...]:
    """Return the columns of what was recorded of a stay."""

    def colour(line: Line) -> str | None:
        return _row(line).colour

    def plain(line: Line) -> str | None:
        return None if _row(line).row.counts else "dim"

    def at(line: Line) -> str:
        return moment_text(_row(line).row.occurred_at, line.zone, line.now)

    def came_to(line: Line) -> str:
        return row_result_text(_row(line).row, _row(line).chart.behind)

    def trend(line: Line) -> str:
        return trend_text(_row(line).row, _row(line).chart.rows)

    def by(line: Line) -> str:
        return _row(line).row.recorded_by or "imported"

    return (
        RowColumn("When", 112, at, colour=plain),
        RowColumn("Instrument", 180, lambda one: _row(one).row.title, colour=plain),
        RowColumn("Came to", 196, came_to, colour=colour),
        RowColumn("Before", 118, trend, colour=plain),
        RowColumn("By", 130, by, colour=plain),
        RowColumn("Answers", 300, lambda one: _row(one).what_text, colour=plain),
    )


def _due(line: Line) -> DueLine:
    if isinstance(line, DueLine):
        return line
    raise TypeError("a line of what was recorded is due of nothing")


def _row(line: Line) -> RowLine:
    if isinstance(line, RowLine):
        return line
    raise TypeError("a line of what is due records nothing")
