"""The rows of the observation chart as data, in the order of the Royal College's chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

ROW_GAP_PX = 6


class RowKind(Enum):
    """How a row is drawn."""

    LINE = auto()
    PRESSURE = auto()
    OXYGEN = auto()
    LEVEL = auto()
    SCORE = auto()
    MARKS = auto()
    MEASURED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """One row.

    Attributes:
        name: the field of `VitalSigns` that is drawn and scored, or the kind of another
            measurement.
        lowest / highest: values at the row's edges; beyond them a value is drawn at the edge
            with its number. 0 for rows of text.
        ticks: values with a grid line and a number.
        share: part of the height that rows of values share.
        height: of a row of text, in pixels; 0 for rows of values.
    """

    kind: RowKind
    name: str
    label: str
    unit: str = ""
    lowest: float = 0
    highest: float = 0
    ticks: tuple[float, ...] = ()
    share: float = 0
    height: float = 0


ROWS = (
    ChartRow(
        kind=RowKind.LINE,
        name="respiratory_rate_per_min",
        label="Respirations",
        unit="/min",
        lowest=4,
        highest=34,
        ticks=(8, 12, 20, 24, 30),
        share=1.1,
    ),
    ChartRow(
        kind=RowKind.LINE,
        name="spo2_percent",
        label="SpO₂",
        unit="%",
        lowest=80,
        highest=103,
        ticks=(84, 88, 92, 96, 100),
        share=1.2,
    ),
    ChartRow(kind=RowKind.OXYGEN, name="on_oxygen", label="Air or oxygen", height=22),
    ChartRow(
        kind=RowKind.PRESSURE,
        name="systolic_bp_mmhg",
        label="Blood pressure",
        unit="mmHg",
        lowest=40,
        highest=240,
        ticks=(60, 90, 110, 140, 180, 220),
        share=1.9,
    ),
    ChartRow(
        kind=RowKind.LINE,
        name="pulse_per_min",
        label="Pulse",
        unit="/min",
        lowest=30,
        highest=150,
        ticks=(40, 50, 90, 110, 130),
        share=1.4,
    ),
    ChartRow(kind=RowKind.LEVEL, name="consciousness", label="Consciousness", height=22),
    ChartRow(
        kind=RowKind.LINE,
        name="temperature_celsius",
        label="Temperature",
        unit="°C",
        lowest=34,
        highest=40.5,
        ticks=(35, 36, 38, 39, 40),
        share=1.1,
    ),
    ChartRow(kind=RowKind.SCORE, name="score", label="NEWS2", height=28),
    ChartRow(kind=RowKind.MARKS, name="marks", label="", height=16),
)


def rows_for_two_days(rows: Sequence[ChartRow] = ROWS) -> tuple[ChartRow, ...]:
    """Return the rows with room for two days below each other where there is no scale."""
    doubled = {RowKind.OXYGEN, RowKind.LEVEL, RowKind.SCORE}
    return tuple(
        replace(row, height=2 * row.height) if row.kind in doubled else row for row in rows
    )
