"""The command on the oxygen target that is prescribed. Callers own the transaction."""

from __future__ import annotations

from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError
from ward_app.core.requires import requires
from ward_app.observations.oxygen_target import NewOxygenTarget, check_target
from ward_app.staff.types import Permission

_SET = """
INSERT INTO report.oxygen_targets
    (id, admission_id, low_percent, high_percent, decided_by, reason, occurred_at, supersedes_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_STORED = "SELECT true FROM report.oxygen_targets WHERE id = %s"


@requires(Permission.OBSERVATION_TARGET)
def set_oxygen_target(tx: Transaction, new: NewOxygenTarget) -> None:
    """Write down the oxygen target of a stay, or that it ended; it replaces the one before.

    No score changes by it. Repeating it with the same id changes nothing.

    Raises:
        RuleBrokenError: the range is impossible, name or reason are missing, the time has no
            zone or lies in the future, or there is no target to end.
        ConflictError: somebody else replaced the same decision first.
        NotPermittedError: the patient is not on one of the recorder's wards.
    """
    check_target(new)
    low, high = new.target or (None, None)
    values = (
        new.id,
        new.admission_id,
        low,
        high,
        new.decided_by.strip(),
        (new.reason or "").strip() or None,
        new.occurred_at,
        new.supersedes_id,
    )
    if not tx.execute(_SET, values) and not tx.value(_STORED, (new.id,)):
        raise ConflictError(
            "Somebody else changed the oxygen target first. Look at it below, then save again."
        )
