"""Taking a ward's copy: on record first, then everything in one statement."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import NotPermittedError
from ward_app.core.requires import requires
from ward_app.handover.queries import sheets_out
from ward_app.observations.packs import shipped_hashes
from ward_app.shifts.queries import current_shift, responsible_now
from ward_app.staff.types import Permission

# as text: what is kept is what came, and nobody reads it until the database is away
WARD_COPY_SQL = """
SELECT report.ward_copy(%(ward)s, %(packs)s)::text, json_build_object(
    'until', %(until)s::timestamptz,
    'patients', (SELECT json_agg(p) FROM report.lane_patients(ARRAY[%(ward)s], %(until)s) p),
    'ahead', (SELECT json_agg(r) FROM rounding.lane_rounds(ARRAY[%(ward)s], %(until)s) r),
    'assessments', (SELECT json_agg(a) FROM report.assessment_dues(%(ward)s) a),
    'alerts', (SELECT json_agg(e) FROM report.open_escalations(ARRAY[%(ward)s]) e),
    'policy', (
        SELECT row_to_json(s) FROM rounding.lane_settings s
        WHERE s.ward_id = %(ward)s OR s.ward_id IS NULL
        ORDER BY s.ward_id IS NULL, s.seq DESC LIMIT 1),
    'handover', report.handover_copy(%(ward)s))::text
"""
# what is due is kept for as long as a copy may be shown at most
_AHEAD = timedelta(hours=24)


@requires(Permission.CHART_OPEN)
def open_ward_copy(tx: Transaction, ward_id: UUID) -> None:
    """Put on record that this workstation keeps a copy of a ward, once for a session and ward.

    The ward can be copied from the next transaction on.

    Raises:
        NotPermittedError: it is none of the reader's wards.
    """
    if not tx.value("SELECT auth.open_ward_copy(%s)", (ward_id,)):
        raise NotPermittedError("This is not one of your wards, so no copy of it is kept.")


def ward_copy_text(tx: Transaction, ward_id: UUID) -> str:
    """Return a ward as it is now, as `copy_reading.read_copy` reads it.

    Raises:
        NotPermittedError: the copy was not put on record by an earlier transaction.
    """
    values = {"ward": ward_id, "packs": list(shipped_hashes()), "until": tx.now + _AHEAD}
    [(ward, shift)] = tx.tuples(WARD_COPY_SQL, values)
    # put together as text: nobody reads it until the database is away
    return f'{ward.removesuffix("}")},"shift":{shift},"staff":{_staff_text(tx, ward_id)}}}'


def _staff_text(tx: Transaction, ward_id: UUID) -> str:
    """Return who holds the beds, until when the shift runs, and which pocket sheets are out."""
    shift = current_shift(tx, ward_id, tx.now)
    staff = {
        "beds": [bed._asdict() for bed in responsible_now(tx, ward_id)],
        "shift_until": shift.until_at if shift else None,
        "sheets": [sheet._asdict() for sheet in sheets_out(tx, ward_id)],
    }
    return json.dumps(staff, default=str)
