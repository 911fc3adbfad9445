"""Reads of wards."""

from __future__ import annotations

from ward_app.core.database import Transaction
from ward_app.core.reference import reference
from ward_app.rooms.types import Ward

_WARDS = """
SELECT id, code, name, specialty, time_zone, wall_privacy FROM room.wards ORDER BY name
"""


@reference
def wards(tx: Transaction) -> tuple[Ward, ...]:
    """Return all wards of the facility, in name order."""

    def make(*columns: object) -> Ward:
        names = ("id", "code", "name", "specialty", "time_zone", "wall_privacy")
        return Ward(**dict(zip(names, columns, strict=True)))  # type: ignore[arg-type] # columns of the statement

    return tuple(tx.rows(make, _WARDS))
