"""Closing beds, or taking them out of use, and the way back: their history stays.

Nobody lies in a bed that is closed or out of use: the database itself refuses it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.operations.building.office import (
    About,
    Connection,
    FoundWard,
    announce,
    changing,
    note,
    ward_of,
)
from ward_app.operations.staff_accounts import Office
from ward_app.rooms.types import Availability, BlockReason

_TABLE = "room.beds"
# as an admission locks it: who comes second finds the bed as the first one left it
_LOCK = """
SELECT d.id, d.is_active FROM room.beds d WHERE d.ward_id = %s AND lower(d.label) = lower(%s)
FOR NO KEY UPDATE
"""
_USE = "UPDATE room.beds SET is_active = %s WHERE id = %s"
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
        if _state(connection, bed_id)[0] is Availability.CLOSED:
            raise RuleBrokenError(f"Bed {label} of ward {ward_code} is closed already.")
        _set(connection, bed_id, Availability.CLOSED, why, office.words)
        words = f"Bed {label} was closed ({why.replace('_', ' ')})."
        note(connection, words, office, About(_TABLE, bed_id, ward.id))


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
        about = About(_TABLE, bed_id, ward.id)
        note(connection, f"Bed {label} was opened again.", office, about)


def retire_bed(office: Office, ward_code: str, label: str, *, facility: str | None) -> None:
    """Take a bed out of use: boards and lists leave it out, and nobody is given it.

    Raises:
        RuleBrokenError: somebody lies in it, it is out of use, or there is no such bed.
    """
    _use(office, (ward_code, label, facility), again=False)


def reinstate_bed(office: Office, ward_code: str, label: str, *, facility: str | None) -> None:
    """Use a bed again that was taken out of use.

    Raises:
        RuleBrokenError: it is in use, or there is no such bed.
    """
    _use(office, (ward_code, label, facility), again=True)


def _use(office: Office, place: tuple[str, str, str | None], *, again: bool) -> None:
    ward_code, label, facility = place
    with changing(office) as connection:
        ward, bed_id = _locked(connection, ward_code, label, facility, is_active=not again)
        connection.execute(_USE, (again, bed_id))
        done = "put into use again" if again else "taken out of use"
        note(connection, f"Bed {label} was {done}.", office, About(_TABLE, bed_id, ward.id))
        announce(connection, ward.id)


def _locked(
    connection: Connection,
    ward_code: str,
    label: str,
    facility: str | None,
    *,
    is_active: bool = True,
) -> tuple[FoundWard, UUID]:
    """Return a bed, in use or out of it as wanted, and keep admissions waiting for it."""
    ward = ward_of(connection, ward_code, facility)
    row = connection.execute(_LOCK, (ward.id, label.strip())).fetchone()
    if row is None:
        raise RuleBrokenError(
            f"Ward {ward.code} has no bed {label}. `wardctl bed list` names them."
        )
    if row[1] != is_active:
        way = "in use" if row[1] else "out of use: wardctl bed reinstate"
        raise RuleBrokenError(f"Bed {label} of ward {ward.code} is {way}.")
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
