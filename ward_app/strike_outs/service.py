"""Commands: strike out many sets at once, and take that back.

Callers own the transaction. Who may, which sets are in reach and that all of them or none are
struck out is the database's to say.
"""

from __future__ import annotations

from ward_app.core.database import Transaction
from ward_app.core.errors import RuleBrokenError
from ward_app.core.requires import requires
from ward_app.staff.types import Permission
from ward_app.strike_outs.types import GroupStrikeOut, Reinstatement

_STRIKE_OUT = "SELECT report.strike_out_group(%s, %s, %s, %s, %s, %s, %s, %s)"
_REINSTATE = "SELECT report.reinstate_group(%s, %s, %s)"


@requires(Permission.OBSERVATION_STRIKE_GROUP)
def strike_out_group(tx: Transaction, group: GroupStrikeOut) -> int:
    """Strike out exactly the sets that were looked at and return how many they are.

    The charts they stand in must have been opened before. Repeating it changes nothing.

    Raises:
        RuleBrokenError: no reason is given, or one of the sets is no longer as it was looked
            at; then none is struck out.
        ConflictError: somebody else corrected or struck out one of them at the same moment.
        NotPermittedError: the person may not do this on that ward.
    """
    if not group.reason.strip():
        raise RuleBrokenError("Say why these sets are struck out.", field="reason")
    chosen = group.selection
    count: int = tx.value(
        _STRIKE_OUT,
        (
            group.id,
            chosen.ward_id,
            chosen.device_source,
            chosen.person_id,
            chosen.measured_from,
            chosen.measured_until,
            list(group.set_ids),
            group.reason.strip(),
        ),
    )
    return count


@requires(Permission.OBSERVATION_STRIKE_GROUP)
def reinstate_group(tx: Transaction, reinstatement: Reinstatement) -> int:
    """Let the sets of a group strike-out count again and return how many.

    Each comes back as a copy that supersedes its mark; original and mark stay readable. Sets of
    patients who are no longer on the person's wards stay struck out.

    Raises:
        RuleBrokenError: no reason is given, or no set is left to reinstate.
        NotPermittedError: the person may not do this on that ward.
    """
    if not reinstatement.reason.strip():
        raise RuleBrokenError("Say why these sets count again.", field="reason")
    count: int = tx.value(
        _REINSTATE,
        (reinstatement.id, reinstatement.strike_out_id, reinstatement.reason.strip()),
    )
    return count
