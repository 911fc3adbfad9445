"""Closing beds and opening them again: history stays, and nobody lies in a bed that is closed."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.operations.building.office import Connection, FoundWard, changing, note, ward_of
from ward_app.operations.staff_accounts import Office
from ward_app.rooms.types import Availability, BlockReason

# as an admission locks it: who comes second finds the bed as the first one left it
_LOCK = """
SELECT d.id FROM room.beds d WHERE d.ward_id = %s AND lower(d.label) = lower(%s)
FOR NO KEY UPDATE
"""
_IS_TAKEN = """
SELECT EXISTS (SELECT FROM admission.bed_stays b
               WHERE b.bed_id = %s AND upper_inf(b.during) AND b.voided_at IS NULL)
"""
_STATE = """
SELECT s.availability, s.block_reason FROM room.bed_availability s
WHERE s.bed_id = %s ORDER BY s.seq DESC LIMIT 1
"""
_SET = """
INSERT INTO room.bed_availability (id, bed_id, availability, block_reason, note, occurred_at)
VALUES (%s, %s, %s, %s, %s, %s)
"""


def close_bed(
    office: Office, ward_code: str, label: str, why: BlockReason, *, facility: str | None
) -> None:
    """Close a bed; boards show it at once, and nobody is given it.

    Raises:
        RuleBrokenError: somebody lies in it, it is closed already, or there is no such bed.
    """
    with changing(office) as connection:
        ward, bed_id = _locked(connection, ward_code, label, facility)
        row = connection.execute(_IS_TAKEN, (bed_id,)).fetchone()
        if row is None or row[0]:
            raise RuleBrokenError(
                f"Somebody lies in bed {label} of ward {ward_code}, so it was not closed. "
                "Move them first."
            )
        if _state(connection, bed_id)[0] is Availability.CLOSED:
            raise RuleBrokenError(f"Bed {label} of ward {ward_code} is closed already.")
        _set(connection, bed_id, Availability.CLOSED, why, office.words)
        words = f"Bed {label} was closed ({why.replace('_', ' ')})."
        note(connection, words, office, of=bed_id, ward_id=ward.id)


def reopen_bed(office: Office, ward_code: str, label: str, *, facility: str | None) -> None:
    """Open a closed bed again.

    Raises:
        RuleBrokenError: it is not closed, the ward blocked it, or there is no such bed.
    """
    with changing(office) as connection:
        ward, bed_id = _locked(connection, ward_code, label, facility)
        state, why = _state(connection, bed_id)
        if state is Availability.BLOCKED:
            raise RuleBrokenError(
                f"Bed {label} of ward {ward_code} is blocked by the ward "
                f"({why.replace('_', ' ')}), which opens it itself."
            )
        if state is Availability.OPEN:
            raise RuleBrokenError(f"Bed {label} of ward {ward_code} is open.")
        _set(connection, bed_id, Availability.OPEN, None, office.words)
        note(connection, f"Bed {label} was opened again.", office, of=bed_id, ward_id=ward.id)


def _locked(
    connection: Connection, ward_code: str, label: str, facility: str | None
) -> tuple[FoundWard, UUID]:
    ward = ward_of(connection, ward_code, facility)
    row = connection.execute(_LOCK, (ward.id, label.strip())).fetchone()
    if row is None:
        raise RuleBrokenError(
            f"Ward {ward.code} has no bed {label}. `wardctl bed list` names them."
        )
    return ward, row[0]


def _state(connection: Connection, bed_id: UUID) -> tuple[Availability, str]:
    """Return whether a bed is open, and why it is not; one that never changed is open."""
    row = connection.execute(_STATE, (bed_id,)).fetchone()
    return (Availability(row[0]), row[1] or "") if row else (Availability.OPEN, "")


def _set(
    connection: Connection, bed_id: UUID, state: Availability, why: BlockReason | None, words: str
) -> None:
    values = (new_id(), bed_id, state.value, why.value if why else None, words, datetime.now(UTC))
    connection.execute(_SET, values)
