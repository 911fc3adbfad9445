"""The rows of a patient's measurements: every word of them, made once when they are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from ui.formats import date_time_text
from ui.measurements.measured import Measured, Standing, title_of
from ui.widgets.rows_table import RowColumn
from ward_app.measurements.types import RecordedMeasurement

_MARKS = {Standing.IN_FORCE: "", Standing.CORRECTED: "✎ ", Standing.STRUCK_OUT: "✕ "}


@dataclass(frozen=True, slots=True)
class ListRow:
    """One measurement and how it reads, a text for each column."""

    measured: Measured
    texts: tuple[str, ...]

    @property
    def recorded(self) -> RecordedMeasurement:
        """The measurement itself."""
        return self.measured.recorded

    @property
    def counts(self) -> bool:
        """Whether it is in force."""
        return self.measured.standing is Standing.IN_FORCE


def list_row(one: Measured, zone: tzinfo) -> ListRow:
    """Return the row of a measurement, times on the clock of `zone`."""
    recorded = one.recorded
    texts = (
        date_time_text(recorded.occurred_at, zone),
        title_of(recorded.kind),
        recorded.summary,
        one.trend.text if one.trend else "",
        standing_text(one, zone),
        recorded.recorded_by,
        date_time_text(recorded.recorded_at, zone),
        recorded.note or "",
    )
    return ListRow(one, texts)


def standing_text(one: Measured, zone: tzinfo) -> str:
    """Return what became of a measurement, by whom, when and why; of a correction that it is one.

    Empty for one that stands as it was entered.
    """
    recorded = one.recorded
    if one.standing is Standing.IN_FORCE:
        return "correction" if recorded.supersedes_id else ""
    at = date_time_text(recorded.corrected_at, zone)
    who = recorded.corrected_by or "imported"
    return f"{_MARKS[one.standing]}{one.standing} {at}, {who}: {recorded.change_reason}"


def fitting(rows: Sequence[ListRow], typed: str) -> tuple[ListRow, ...]:
    """Return the rows whose kind, value, person or note has every word typed, in any case."""
    words = typed.casefold().split()
    return tuple(row for row in rows if _has_all(row, words))


def _has_all(row: ListRow, words: Sequence[str]) -> bool:
    known = " ".join(row.texts).casefold()
    return all(word in known for word in words)


def _text(place: int) -> Callable[[ListRow], str]:
    return lambda row: row.texts[place]


def _colour(row: ListRow) -> str | None:
    return None if row.counts else "dim"


def _trend_colour(row: ListRow) -> str | None:
    trend = row.measured.trend
    return "risk_high" if trend and trend.alarming else _colour(row)


COLUMNS: tuple[RowColumn[ListRow], ...] = tuple(
    RowColumn(
        header,
        width_px,
        _text(place),
        colour=_trend_colour if header == "Trend" else _colour,
    )
    for place, (header, width_px) in enumerate(
        (
            ("Measured", 152),
            ("What", 172),
            ("Value", 290),
            ("Trend", 58),
            ("Standing", 186),
            ("By", 120),
            ("Recorded", 152),
            ("Note", 110),
        )
    )
)


def place_of(marked: ListRow | None, rows: Sequence[ListRow]) -> int:
    """Return where the cursor goes in new rows: to the marked one or its correction, or first."""
    ids = [row.recorded.id for row in rows]
    if marked is None or marked.recorded.id not in ids:
        return 0
    place = ids.index(marked.recorded.id)
    after = rows[place].recorded.superseded_by
    # whoever was on one that counted goes on with what counts now
    return ids.index(after) if marked.counts and after in ids else place
