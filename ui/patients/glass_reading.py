"""What is read of a chart that was opened with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from ward_app.board.queries import opened_patient
from ward_app.board.types import BoardBed
from ward_app.core.database import Transaction
from ward_app.openings.queries import live_opening, live_openings
from ward_app.openings.types import LiveOpening


class BehindGlass(NamedTuple):
    """An opening, how long the server still grants it, and the patient; None: closed."""

    opening: LiveOpening | None
    left: timedelta
    row: BoardBed | None


def all_behind_glass(tx: Transaction) -> tuple[BehindGlass, ...]:
    """Return whatever this session opened with a reason and may still read, the latest first."""
    openings = sorted(live_openings(tx), key=lambda one: one.opened_at, reverse=True)
    return tuple(
        BehindGlass(one, one.valid_until - tx.now, opened_patient(tx, one.patient_id))
        for one in openings
    )


def behind_glass(tx: Transaction, patient_id: UUID) -> BehindGlass:
    """Return a patient whose chart this session opened with a reason."""
    opening = live_opening(tx, patient_id)
    if opening is None:
        return BehindGlass(None, timedelta(0), None)
    return BehindGlass(opening, opening.valid_until - tx.now, opened_patient(tx, patient_id))
