"""Commands on shifts: allocate beds, take them, put them down, sign on to duty, set the times.

Callers own the transaction. Who did it and when is the database's to say. Repeating a command
with the same id changes nothing. Several beds are done in the order of their ids, so that two
people who take the same ones wait for each other and never block each other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from ward_app.core.database import Transaction
from ward_app.core.errors import RuleBrokenError
from ward_app.core.requires import requires
from ward_app.shifts.types import (
    Duty,
    DutySign,
    NewAllocation,
    NewShiftTimes,
    PutDown,
    Take,
)
from ward_app.staff.types import Permission

_ALLOCATE = "SELECT public.allocate_bed(%s, %s, %s, %s, %s, %s, %s)"
_TAKE = "SELECT public.take_bed(%s, %s, %s, %s, %s)"
_PUT_DOWN = "SELECT public.put_down_bed(%s, %s, %s, %s)"
_SIGN = "SELECT public.sign_duty(%s, %s, %s, %s, %s, %s)"
_SET = "SELECT public.set_ward_shift(%s, %s, %s)"


@requires(Permission.SHIFT_ALLOCATE)
def allocate(tx: Transaction, beds: Sequence[NewAllocation]) -> int:
    """Plan who looks after beds in a shift and return how many were changed; all or none.

    Raises:
        RuleBrokenError: the shift is over or unknown, the person cannot hold beds there, a shift
            that has begun is changed without a reason, or somebody else allocated the bed first.
        NotPermittedError: the role may not do this, or the bed is on another ward.
    """
    done = 0
    for bed in sorted(beds, key=lambda bed: bed.bed_id):
        done += tx.value(
            _ALLOCATE,
            (
                bed.id,
                bed.bed_id,
                bed.user_id,
                bed.shift_name,
                bed.shift_on,
                bed.supersedes_id,
                bed.reason,
            ),
        )
    return done


@requires(Permission.SHIFT_TAKE)
def take(tx: Transaction, beds: Sequence[Take]) -> int:
    """Make the signed-in person hold these beds and return how many came to them; all or none.

    Who takes a bed is signed on to the ward until the end of the shift.

    Raises:
        RuleBrokenError: the person cannot hold beds, or a bed is with somebody else by now.
        NotPermittedError: the role may not do this, or the bed is on another ward.
    """
    return sum(
        tx.value(
            _TAKE, (bed.bed_id, bed.id, bed.from_user_id, bed.handover_id, bed.occurred_at)
        )
        for bed in sorted(beds, key=lambda bed: bed.bed_id)
    )  # fmt: skip


@requires(Permission.SHIFT_TAKE)
def put_down(tx: Transaction, beds: Sequence[PutDown]) -> int:
    """Put beds down with nobody taking them and return how many were; all or none.

    Raises:
        RuleBrokenError: somebody else holds it, and there is no reason or no right to do so.
        NotPermittedError: the role may not do this, or the bed is on another ward.
    """
    return sum(
        tx.value(_PUT_DOWN, (bed.bed_id, bed.id, bed.reason, bed.occurred_at))
        for bed in sorted(beds, key=lambda bed: bed.bed_id)
    )


@requires(Permission.DUTY_SIGN)
def sign_duty(tx: Transaction, sign: DutySign) -> None:
    """Sign the signed-in person on to duty, or off.

    Raises:
        RuleBrokenError: nothing is said of until when or as what, or beds are held still.
        NotPermittedError: the role may not do this, or the ward is another's.
    """
    if sign.is_on and sign.until_at is None:
        raise RuleBrokenError("Say until when you are on duty.", field="until_at")
    if sign.is_on and sign.duty is Duty.ON_CALL and not (sign.works_as or "").strip():
        raise RuleBrokenError("Say as what you are on call.", field="works_as")
    tx.value(
        _SIGN,
        (sign.id, sign.ward_id, sign.duty.value, sign.is_on, sign.until_at, sign.works_as),
    )


@requires(Permission.SHIFT_EDIT)
def set_shift_times(tx: Transaction, times: NewShiftTimes) -> None:
    """Set a shift of a ward from a day on; the times before it stay on record.

    Raises:
        RuleBrokenError: the shift is not named, nobody is said to have decided it, or the day is
            past.
        NotPermittedError: the role may not do this, or the ward is another's.
    """
    if not 1 <= len(times.name.strip()) <= _NAME_LETTERS:
        raise RuleBrokenError("Name the shift, in 30 letters at most.", field="name")
    if not times.source.strip():
        raise RuleBrokenError("Say who decided the times.", field="source")
    setting = {
        "name": times.name.strip(),
        "starts_at": times.starts_at.isoformat(),
        "ends_at": times.ends_at.isoformat(),
        "in_force_from": times.in_force_from.isoformat(),
        "source": times.source.strip(),
        "wanted": dict(times.wanted),
        "is_used": times.is_used,
    }
    tx.value(_SET, (times.id, times.ward_id, json.dumps(setting)))


_NAME_LETTERS = 30
