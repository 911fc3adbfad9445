"""Taking a ward's copy: on record first, then everything in one statement."""

from __future__ import annotations

from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import NotPermittedError
from ward_app.core.requires import requires
from ward_app.observations.packs import shipped_hashes
from ward_app.staff.types import Permission

# as text: what is kept is what came, and nobody reads it until the database is away
WARD_COPY_SQL = "SELECT report.ward_copy(%s, %s)::text"


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
    return str(tx.value(WARD_COPY_SQL, (ward_id, list(shipped_hashes()))))
