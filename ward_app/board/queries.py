"""The bed board in one statement: beds in ward, room and natural bed order, then "no bed"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from ward_app.board.rules import mark_alike_names, name_bed_mates
from ward_app.board.types import Board, BoardBed
from ward_app.core.database import Transaction

# One call; its columns are BoardBed's, in its order, but for the mates that come of them.
BOARD_SQL = (
    "SELECT ((b.bed).bed).*, (b.bed).due_minutes, (b.bed).due_until, (b.bed).due_decision,"
    " (b.bed).due_by, (b.bed).back_by, (b.bed).accepted_points, (b.bed).accepted_until,"
    " (b.bed).accepted_by, b.round_due_at, b.round_title, b.rounds_overdue"
    " FROM report.ward_board_v3(%(ward_ids)s) b"
)

_ALL_WARDS = "SELECT array_agg(id ORDER BY name) FROM room.wards"


def ward_board(tx: Transaction, ward_ids: tuple[UUID, ...]) -> Board:
    """Return the board of these wards, one row per bed and patient, in bed order."""
    rows = tx.tuples(BOARD_SQL, {"ward_ids": list(ward_ids)})
    beds = name_bed_mates(mark_alike_names(map(_bed, rows)))
    return Board(ward_ids=ward_ids, beds=beds, read_at=tx.now)


def hospital_board(tx: Transaction) -> Board:
    """Return the board of all wards of the facility.

    Beds of wards the reader does not work on come without their patients, occupied or not.
    """
    ward_ids: list[UUID] = tx.value(_ALL_WARDS) or []
    return ward_board(tx, tuple(ward_ids))


_make: Callable[[Any], BoardBed] = BoardBed._make
_ALLERGIES = BoardBed._fields.index("allergies")
_FLAGS = BoardBed._fields.index("flags")


def _bed(row: tuple[Any, ...]) -> BoardBed:
    """Return one row with its two arrays as tuples: a board may not be changed in place."""
    allergies, flags = row[_ALLERGIES], row[_FLAGS]
    if allergies is None and flags is None:
        return _make((*row, ()))
    return _make((*row, ()))._replace(
        allergies=allergies and tuple(allergies),
        flags=flags and tuple((kind, detail) for kind, detail in flags),
    )
