"""The chart's sets as a table: the keyboard and screen-reader path, originals included."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont
from typing_extensions import override

from ui import theme
from ui.formats import date_time_text
from ui.observations.charted import ChartedSet, Standing
from ui.observations.colours import chart_colours, risk_index, shade_in
from ui.observations.measured_rows import ChartedMeasurement, changed_text
from ui.observations.words import (
    REASON_WORDS,
    RISK_WORDS,
    SHORT_NAMES,
    further_text,
    missing_text,
    not_taken_text,
    oxygen_and_device_text,
    pressure_text,
    score_number,
    value_text,
)
from ui.plain_text import plain_tooltip
from ui.score_words import with_name
from ward_app.observations.types import RecordedObservations, SetNotTaken

Index = QModelIndex | QPersistentModelIndex
SetRole = int(Qt.ItemDataRole.UserRole)
MEASURED = "Also measured"
TableRow = ChartedSet | SetNotTaken | ChartedMeasurement


@dataclass(frozen=True, slots=True)
class Column:
    """One column: header, width, how a set reads in it, and whose points stand with it."""

    header: str
    width_px: int
    text: Callable[[ChartedSet, tzinfo], str]
    scored: str | None = None


class ObservationTableModel(QAbstractTableModel):
    """Every entered set, newest first; corrected and struck-out ones stay, marked as such.

    Whole sets that were refused or put off, and other measurements, stand between them; such a
    row has no set.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sets: tuple[TableRow, ...] = ()
        self._texts: tuple[tuple[str, ...], ...] = ()
        self._stale = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns."""
        return COLUMNS

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The words of every row, by column."""
        return self._texts

    def set_stale(self, *, stale: bool) -> None:
        """Grey the rows while newer ones could not be read."""
        if stale != self._stale:
            self._stale = stale
            if self._sets:
                last = self.index(len(self._sets) - 1, len(COLUMNS) - 1)
                self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.ForegroundRole])

    def show_sets(
        self,
        sets: Sequence[ChartedSet],
        zone: tzinfo,
        others: Sequence[TableRow] = (),
    ) -> None:
        """Replace the rows; `sets` come oldest first, times are shown in `zone`."""
        self.beginResetModel()
        rows: list[TableRow] = [*reversed(sets), *others]
        self._sets = tuple(sorted(rows, key=_measured_at, reverse=True) if others else rows)
        self._texts = tuple(_texts(one, zone) for one in self._sets)
        self.endResetModel()

    def row_of(self, set_id: UUID | None) -> int:
        """Return the row of a set, -1 when it is not there."""
        ids = [one.id if isinstance(one, SetNotTaken) else one.recorded.id for one in self._sets]
        return ids.index(set_id) if set_id in ids else -1

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._sets)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        one, text = self._sets[index.row()], self._texts[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(text) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[index.column()].header}: {text or 'nothing'}"
        if role == SetRole:
            return one if isinstance(one, ChartedSet) else None
        return self._look(one, COLUMNS[index.column()], role)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].header
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def _look(self, one: TableRow, column: Column, role: int) -> QColor | QFont | None:
        if isinstance(one, ChartedSet):
            return self._set_look(one, column, role)
        replaced = isinstance(one, ChartedMeasurement) and not one.standing.counts
        if role == Qt.ItemDataRole.FontRole and replaced and column.header == MEASURED:
            return _crossed_out()
        grey = role == Qt.ItemDataRole.ForegroundRole and (self._stale or replaced)
        return theme.colour("dim") if grey else None

    def _set_look(self, one: ChartedSet, column: Column, role: int) -> QColor | QFont | None:
        if role == Qt.ItemDataRole.FontRole:
            return _font(one, column)
        greyed = self._stale or not one.standing.counts
        if role == Qt.ItemDataRole.ForegroundRole and greyed:
            return theme.colour("dim")
        points = _points(one.recorded, column)
        if not one.standing.counts or not points:
            return None
        colours = chart_colours()
        if role == Qt.ItemDataRole.BackgroundRole:
            return QColor(colours.bands[points])
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(colours.points[points])
        return None


def _crossed_out() -> QFont:
    font = theme.font()
    font.setStrikeOut(True)
    return font


def _font(one: ChartedSet, column: Column) -> QFont | None:
    if one.standing.counts:
        bold = column.header == "Score" or bool(_points(one.recorded, column))
        return theme.font(weight=QFont.Weight.DemiBold) if bold else None
    font = theme.font()
    # what replaced the set must stay easy to read
    font.setStrikeOut(column.scored is not None or column.header == "Score")
    return font


def _points(recorded: RecordedObservations, column: Column) -> int:
    """Return the points that colour a cell; of the total, as many as its risk is high."""
    if recorded.score is None:
        return 0
    if column.header == "Score":
        return risk_index(recorded.score.at_least, recorded.score.risk)
    points = recorded.score.points.get(column.scored or "", 0)
    return shade_in(points, recorded.score.pack) if points else 0


def _scored(name: str, read: Callable[[RecordedObservations], str]) -> Callable[..., str]:
    """Return a reader of "25 /min  +3": the value and, when there are any, its points."""

    def text(one: ChartedSet, _zone: tzinfo) -> str:
        value = read(one.recorded)
        score = one.recorded.score
        points = score.points.get(name) if score else None
        return f"{value}  +{points}" if points else value

    return text


def _number(name: str, width_px: int) -> Column:
    reader = _scored(name, lambda recorded: value_text(recorded.vital_signs, name))
    return Column(SHORT_NAMES[name], width_px, reader, name)


def _number_of_score(one: ChartedSet, _zone: tzinfo) -> str:
    score = one.recorded.score
    return score_number(score) if score is None else with_name(score_number(score), score.pack)


def _further(one: ChartedSet, _zone: tzinfo) -> str:
    score = one.recorded.score
    return further_text(one.recorded.vital_signs, score.pack if score else "")


def _risk(one: ChartedSet, _zone: tzinfo) -> str:
    score = one.recorded.score
    return "" if score is None else RISK_WORDS[score.risk]


def _missing(one: ChartedSet, _zone: tzinfo) -> str:
    score, reason = one.recorded.score, one.recorded.incomplete_reason
    if score is None or score.complete:
        return ""
    why = f" ({REASON_WORDS[reason].lower()})" if reason else ""
    return missing_text(score) + why


def _state(one: ChartedSet, _zone: tzinfo) -> str:
    return "" if one.standing is Standing.IN_FORCE else one.standing.capitalize()


def _changed(one: ChartedSet, zone: tzinfo) -> str:
    """Return by whom, when and why a set was replaced, or itself replaced another."""
    changed = one.replaces if one.standing.counts else one.recorded
    if changed is None:
        return ""
    at = date_time_text(changed.corrected_at, zone)
    return f"{changed.corrected_by}, {at}: {changed.change_reason}"


COLUMNS = (
    Column("Measured", 146, lambda one, zone: date_time_text(one.recorded.occurred_at, zone)),
    Column("Score", 92, _number_of_score),
    Column("Risk", 90, _risk),
    Column("State", 88, _state),
    Column(MEASURED, 270, lambda _one, _zone: ""),
    _number("respiratory_rate_per_min", 108),
    _number("spo2_percent", 100),
    Column("Scale", 54, lambda one, _zone: str(one.recorded.vital_signs.spo2_scale)),
    Column(
        "Air or oxygen",
        236,
        _scored("on_oxygen", lambda r: oxygen_and_device_text(r.vital_signs)),
        "on_oxygen",
    ),
    Column(
        "Blood pressure",
        150,
        _scored("systolic_bp_mmhg", lambda recorded: pressure_text(recorded.vital_signs)),
        "systolic_bp_mmhg",
    ),
    _number("pulse_per_min", 110),
    Column(
        "Consciousness",
        160,
        _scored("consciousness", lambda r: value_text(r.vital_signs, "consciousness")),
        "consciousness",
    ),
    _number("temperature_celsius", 112),
    Column("Further signs", 220, _further),
    Column("Not measured", 240, _missing),
    Column("Changed by, when and why", 340, _changed),
    Column("Note", 220, lambda one, _zone: one.recorded.note or ""),
    Column("Recorded by", 150, lambda one, _zone: one.recorded.recorded_by),
    Column("Recorded", 146, lambda one, zone: date_time_text(one.recorded.recorded_at, zone)),
    Column("Source", 120, lambda one, _zone: one.recorded.source),
)


MEASURED_COLUMN = [column.header for column in COLUMNS].index(MEASURED)


def _measured_at(one: TableRow) -> datetime:
    return one.recorded.occurred_at if isinstance(one, ChartedSet) else one.occurred_at


def _texts(one: TableRow, zone: tzinfo) -> tuple[str, ...]:
    """Return what a row says in each column."""
    if isinstance(one, ChartedSet):
        return tuple(column.text(one, zone) for column in COLUMNS)
    said = _said_measured(one, zone) if isinstance(one, ChartedMeasurement) else _said(one, zone)
    return tuple(said.get(column.header, "") for column in COLUMNS)


def _said_measured(one: ChartedMeasurement, zone: tzinfo) -> dict[str, str]:
    recorded = one.recorded
    return {
        "Measured": date_time_text(recorded.occurred_at, zone),
        "State": "" if one.standing is Standing.IN_FORCE else one.standing.capitalize(),
        MEASURED: one.line,
        "Changed by, when and why": changed_text(one, zone),
        "Note": recorded.note or "",
        "Recorded by": recorded.recorded_by,
        "Recorded": date_time_text(recorded.recorded_at, zone),
        "Source": recorded.source,
    }


def _said(one: SetNotTaken, zone: tzinfo) -> dict[str, str]:
    return {
        "Measured": date_time_text(one.occurred_at, zone),
        "Score": "—",
        "State": "Refused" if one.reason == "refused" else "Put off",
        "Not measured": not_taken_text(one, zone),
        "Note": one.note or "",
        "Recorded by": one.recorded_by,
        "Recorded": date_time_text(one.recorded_at, zone),
    }
