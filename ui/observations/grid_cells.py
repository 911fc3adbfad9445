"""What the cells of one row of the bay grid show, worked out when the row changes. No Qt."""

from __future__ import annotations

from datetime import tzinfo
from typing import NamedTuple, TypeAlias

from ui.formats import time_text
from ui.observations.colours import risk_index
from ui.observations.entry_fields import points_of_line
from ui.observations.grid_row import GridRow, Look
from ui.observations.target_words import SIDE_GLYPHS
from ui.observations.words import score_number
from ui.patients.banner import patient_name
from ui.score_words import with_name
from ui.theme import risk_glyph

NAME_MARK = "≈ "


class ValueCell(NamedTuple):
    """A vital sign.

    Attributes:
        text: as typed.
        points: of what is typed, None where it is not scored; `shade` is that of its colours.
        before: the previous value, ghosted.
        wanted: the oxygen target, empty where there is none; `missed`: the value lies outside.
    """

    text: str
    wrong: bool
    points: int | None
    shade: int
    before: str
    wanted: str
    missed: bool


class ScoreCell(NamedTuple):
    """The score of what is typed, with the rank of its risk, and the score before."""

    text: str
    rank: int
    was: str


class WordsCell(NamedTuple):
    """A time or what is said of a row; `tone` is the token of its colour."""

    text: str
    tone: str


class PatientCell(NamedTuple):
    """Who a row is about."""

    bed: str
    name: str
    gone: bool


Cell: TypeAlias = ValueCell | ScoreCell | WordsCell


class RowCells(NamedTuple):
    """One row as it is shown: its patient and its columns."""

    patient: PatientCell
    columns: tuple[Cell, ...]


def cells_of(row: GridRow, zone: tzinfo) -> RowCells:
    """Return what a row shows now; `zone` is that of its times."""
    return RowCells(
        _patient(row),
        (
            *(_value(row, place) for place in range(len(row.rules.fields))),
            _score(row),
            _measured(row, zone),
            WordsCell(state_text(row), row.look.value[1]),
        ),
    )


def _patient(row: GridRow) -> PatientCell:
    mark = NAME_MARK if row.bed.alike_name else ""
    return PatientCell(row.bed.bed_label or "", f"{mark}{patient_name(row.bed)}", row.gone)


def _value(row: GridRow, place: int) -> ValueCell:
    points = points_of_line(row.score, row.rules.fields[place].scored)
    wanted = row.wanted(place)
    side = row.outside() if wanted else None
    return ValueCell(
        text=row.entry.texts[place],
        wrong=row.problems[place] is not None,
        points=points,
        shade=row.shade(points) if points else 0,
        before=row.before(place),
        wanted=f"{SIDE_GLYPHS[side]} {wanted}" if side else wanted,
        missed=side is not None,
    )


def _score(row: GridRow) -> ScoreCell:
    rank = risk_index(row.score.at_least, row.score.risk) if row.score.points else 0
    known = row.last.total if row.last else None
    was = (
        "" if row.last is None or known is None else f"was {with_name(str(known), row.last.pack)}"
    )
    return ScoreCell(score_cell(row), rank, was)


def _measured(row: GridRow, zone: tzinfo) -> WordsCell:
    """Return the time of a row: typed, or when its first key was pressed."""
    if row.entry.measured or row.entry.begun_at is None:
        return WordsCell(row.entry.measured, "text" if row.entry.measured else "dim")
    return WordsCell(time_text(row.entry.begun_at, zone), "dim")


def score_cell(row: GridRow) -> str:
    """Return "▲ 5", "● ≥3" for an incomplete set, empty when nothing is typed."""
    if not row.score.points:
        return ""
    number = with_name(score_number(row.score), row.score.pack)
    return f"{risk_glyph(row.score.at_least, row.score.risk)} {number}"


def state_text(row: GridRow) -> str:
    """Return what the last column says, its glyph first."""
    glyph, _token = row.look.value
    if row.look is Look.PLAIN or not row.message:
        return row.message
    return f"{glyph} {row.message}"
